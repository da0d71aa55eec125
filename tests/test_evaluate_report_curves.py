"""The trade-off: every setting and every near system is a point, and labels do not overlap."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan
from typing import get_args
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations import estimate, hostile_evaluation, site_task
from relnews.evaluate.report.curves import trade_off
from relnews.evaluate.report.frame import Axis
from relnews.evaluate.report.svg import FONT, WIDTH, text_width
from relnews.evaluate.results import CurvePoint, SystemResult

TASK = site_task()
AXES: tuple[Axis, ...] = get_args(Axis)


def parsed(markup: str) -> ET.Element:
    return ET.fromstring(markup)  # noqa: S314  # our own


def classes(root: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in root.iter() if name in element.get("class", "").split()]


def point(x: float, y: float, label: str = "p") -> CurvePoint:
    return CurvePoint(label=label, accuracy=y, median_age_hours=x, diversity=x)


@pytest.mark.parametrize("axis", AXES)
def test_one_line_for_each_curve_and_a_mark_for_each_point(axis: Axis) -> None:
    root = parsed(trade_off(TASK, axis))
    lines = classes(root, "curve")
    assert [len((line.get("points") or "").split()) for line in lines] == [5, 4]
    noted = [mark.findtext("title") or "" for mark in classes(root, "mark")]
    assert len([note for note in noted if note.startswith("half-life ")]) == 5
    assert len([note for note in noted if note.startswith("diversity ")]) == 4


def test_near_systems_are_points_and_far_ones_are_named() -> None:
    root = parsed(trade_off(TASK, "age"))
    notes = [mark.findtext("title") or "" for mark in classes(root, "hollow")]
    assert {note.partition(":")[0] for note in notes if note} == {
        "systems relnews",
        "systems relnews, no freshness",
        "systems BM25 + freshness",
        "systems tf-idf + freshness",
        "systems BM25",
    }
    assert "Out of the frame: most read, newest in section, random" in [
        text.text for text in root.iter("text")
    ]


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("count", [1, 8, 100])
def test_labels_meet_neither_each_other_nor_the_edge(axis: Axis, count: int) -> None:
    boxes = []
    for text in classes(parsed(trade_off(site_task(count), axis)), "label"):
        x, y = float(text.get("x", "")), float(text.get("y", ""))
        width = text_width(text.text or "")
        assert x >= 0
        assert x + width <= WIDTH + 0.1
        boxes.append((x, y - 0.7 * FONT, x + width, y))
    assert len(boxes) >= 6
    for place, one in enumerate(boxes):
        for other in boxes[:place]:
            apart = one[2] <= other[0] or other[2] <= one[0]
            assert apart or one[3] <= other[1] or other[3] <= one[1]


def test_age_is_drawn_by_its_logarithm() -> None:
    curve = tuple(point(hours, 0.4) for hours in (10.0, 100.0, 1000.0))
    root = parsed(trade_off(replace(TASK, systems=(), curves={"c": curve}), "age"))
    places = (classes(root, "curve")[0].get("points") or "").split()
    first, second, third = (float(place.partition(",")[0]) for place in places)
    assert abs((third - second) - (second - first)) < 0.3


def test_better_is_higher_up_and_older_further_right() -> None:
    curve = (point(10.0, 0.2), point(20.0, 0.4))
    root = parsed(trade_off(replace(TASK, systems=(), curves={"c": curve}), "age"))
    (x1, y1), (x2, y2) = (
        map(float, place.split(","))
        for place in (classes(root, "curve")[0].get("points") or "").split()
    )
    assert x1 < x2
    assert y1 > y2


def test_an_axis_of_ages_has_at_least_two_marks() -> None:
    for hours in (0.0, 0.05, 7.0, 100.0, 9000.0):
        curves = {"c": (point(hours, 0.4),)}
        root = parsed(trade_off(replace(TASK, systems=(), curves=curves), "age"))
        units = ("min", "h", "day", "days", "week", "month", "months", "year", "years")
        words = [(text.text or "").split() for text in root.iter("text")]
        assert len([one for one in words if len(one) == 2 and one[1] in units]) >= 2


@pytest.mark.parametrize("axis", AXES)
def test_points_without_a_place_are_left_out(axis: Axis) -> None:
    odd = (point(nan, 0.4), point(3.0, nan), point(inf, 0.4), point(2.0, 0.4, "fine"))
    root = parsed(trade_off(replace(TASK, systems=(), curves={"c": odd}), axis))
    assert len((classes(root, "curve")[0].get("points") or "").split()) == 1
    assert trade_off(replace(TASK, curves={"c": odd[:3]}), axis) == ""
    assert trade_off(replace(TASK, curves={"c": ()}), axis) == ""
    assert trade_off(replace(TASK, curves={}), axis) == ""


def test_a_negative_age_is_no_age() -> None:
    task = replace(TASK, curves={"c": (point(-1.0, 0.4),)})
    assert trade_off(task, "age") == ""
    assert trade_off(task, "diversity") != ""


def test_systems_without_an_age_are_only_left_out() -> None:
    systems = (SystemResult("a", {"nDCG@10": estimate(0.4)}),)
    root = parsed(trade_off(replace(TASK, systems=systems), "age"))
    assert not classes(root, "hollow")


def test_hostile_names_and_odd_numbers_break_nothing() -> None:
    for task in hostile_evaluation().tasks:
        for axis in AXES:
            root = parsed(trade_off(task, axis))
            assert not list(root.iter("script")) + list(root.iter("img"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(), st.floats()), max_size=5), st.sampled_from(AXES))
def test_any_numbers_can_be_drawn(pairs: list[tuple[float, float]], axis: Axis) -> None:
    curves = {"c": tuple(point(x, y) for x, y in pairs)}
    markup = trade_off(replace(TASK, curves=curves), axis)
    assert "nan" not in markup.lower().replace("pignan", "")
    if markup:
        parsed(markup)
