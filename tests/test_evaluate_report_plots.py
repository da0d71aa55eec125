"""The plots: what is drawn is what was measured, and nothing odd breaks them."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations import SYSTEMS, estimate, hostile_evaluation, site_task
from relnews.evaluate.report.plots import MAX_SLICED, age_bars, dot_plot, slice_plot
from relnews.evaluate.report.svg import FONT, WIDTH
from relnews.evaluate.results import AgeShares, Estimate, Slice, SystemResult

TASK = site_task()


def parsed(markup: str) -> ET.Element:
    """Parse a drawing, and check that all of it lies inside."""
    root = ET.fromstring(markup)  # noqa: S314  # our own
    height = float((root.get("viewBox") or "").split()[3])
    for element in root.iter():
        for name in ("x", "x1", "x2", "cx"):
            assert -0.1 <= float(element.get(name, "0")) <= WIDTH + 0.1
        for name in ("y", "y1", "y2", "cy"):
            assert -0.1 <= float(element.get(name, "0")) <= height + 0.1
        assert "nan" not in " ".join(element.attrib.values())
    return root


def classes(root: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in root.iter() if name in element.get("class", "").split()]


def test_systems_are_drawn_best_first_with_their_values() -> None:
    root = parsed(dot_plot(TASK))
    assert [text.text for text in classes(root, "name")] == list(SYSTEMS)
    assert [text.text for text in classes(root, "value")][:2] == ["0.436", "0.419"]
    assert len(classes(root, "mark")) == len(classes(root, "interval")) == len(SYSTEMS)
    places = [float(mark.get("cx", "")) for mark in classes(root, "mark")]
    assert places == sorted(places, reverse=True)
    assert "relnews 0.436" in (root.findtext("desc") or "")


def test_a_dot_lies_inside_its_interval_and_on_its_scale() -> None:
    systems = (
        SystemResult("a", {"m": Estimate(0.5, 0.25, 1.0, 9)}),
        SystemResult("b", {"m": Estimate(0.0, 0.0, 0.0, 9)}),
    )
    root = parsed(dot_plot(replace(TASK, headline="m", better={"m": 1}, systems=systems)))
    high, low = (float(mark.get("cx", "")) for mark in classes(root, "mark"))
    line = classes(root, "interval")[0]
    start, end = float(line.get("x1", "")), float(line.get("x2", ""))
    assert abs((high - low) / (end - low) - 0.5) < 0.01
    assert abs((start - low) / (end - low) - 0.25) < 0.01


def test_systems_without_a_number_keep_their_line_and_have_no_dot() -> None:
    systems = (
        SystemResult("fine", {"m": estimate(0.4)}),
        SystemResult("nan", {"m": Estimate(nan, nan, nan, 0)}),
        SystemResult("inf", {"m": Estimate(inf, -inf, inf, 1)}),
        SystemResult("no interval", {"m": Estimate(0.3, nan, nan, 1)}),
        SystemResult("missing", {}),
    )
    root = parsed(dot_plot(replace(TASK, headline="m", systems=systems)))
    assert len(classes(root, "name")) == 5
    assert len(classes(root, "mark")) == 2
    assert len(classes(root, "interval")) == 1


def test_nothing_to_draw_is_no_drawing() -> None:
    assert dot_plot(replace(TASK, systems=())) == ""
    assert dot_plot(replace(TASK, headline="unknown")) == ""
    assert slice_plot((), ["a"], "t") == ""
    assert slice_plot((Slice("s", 1, {"a": Estimate(nan, nan, nan, 0)}),), ["a"], "t") == ""
    assert slice_plot((Slice("s", 1, {"a": estimate(0.5)}),), [], "t") == ""
    assert age_bars(()) == ""


def test_one_system_and_a_hundred() -> None:
    for count in (1, 100):
        task = site_task(count)
        assert len(classes(parsed(dot_plot(task)), "mark")) == count
        order = [system.name for system in task.systems]
        assert len(classes(parsed(age_bars(task.ages, order)), "name")) == count
        drawn = parsed(slice_plot(task.slices["section"], order, "t"))
        assert len(classes(drawn, "interval")) == 7 * min(count, MAX_SLICED)


def test_long_names_are_cut_beside_their_value() -> None:
    systems = (SystemResult("name " * 60, {"m": estimate(0.4)}),)
    root = parsed(dot_plot(replace(TASK, headline="m", systems=systems)))
    name = classes(root, "name")[0]
    assert "".join(name.itertext()).endswith("…")
    assert name.findtext("title") == ("name " * 60).strip()


def test_bars_are_as_long_as_their_shares() -> None:
    root = parsed(age_bars([AgeShares("a", (0.5, 0.25, 0.25, 0.0, 0.0, 0.0, 0.0))]))
    widths = [float(box.get("width", "")) for box in classes(root, "field")][7:]
    assert widths == [WIDTH / 2, WIDTH / 4, WIDTH / 4, 0, 0, 0, 0]
    written = [text.text for text in classes(root, "on")]
    assert written == ["50 %", "25 %", "25 %"]


def test_bars_come_in_the_order_asked_for() -> None:
    ages = [AgeShares(name, (1.0,) * 7) for name in "abc"]
    names = classes(parsed(age_bars(ages, ["c", "b"])), "name")
    assert [name.text for name in names] == ["c", "b", "a"]


def test_shares_that_are_none_are_told() -> None:
    odd = [(), (nan,) * 7, (0.0,) * 7, (-1.0,) * 7, (inf,)]
    root = parsed(age_bars([AgeShares("a", shares) for shares in odd]))
    assert [text.text for text in root.iter("text")].count("no dated entries") == len(odd)


def test_slices_show_the_best_systems_with_their_counts() -> None:
    order = [system.name for system in TASK.systems]
    root = parsed(slice_plot(TASK.slices["section"], order, "nDCG@10 by section"))
    texts = [text.text for text in root.iter("text")]
    assert set(order[:MAX_SLICED]) <= set(texts)
    assert order[MAX_SLICED] not in texts
    assert {"Politik", "n = 66", "Kultur"} <= set(texts)
    assert root.findtext("title") == "nDCG@10 by section"


def test_all_text_is_large_enough() -> None:
    for markup in (dot_plot(TASK), age_bars(TASK.ages)):
        root = parsed(markup)
        assert float(root.get("font-size", "0")) == FONT >= 11.5
        assert not [one for one in root.iter("text") if one.get("font-size")]


def test_hostile_names_and_odd_numbers_break_nothing() -> None:
    for task in hostile_evaluation().tasks:
        names = [system.name for system in task.systems]
        drawings = [dot_plot(task), age_bars(task.ages, names)]
        drawings += [
            slice_plot(one, names, names[0] if names else "") for one in task.slices.values()
        ]
        for markup in filter(None, drawings):
            root = parsed(markup)
            assert not list(root.iter("script")) + list(root.iter("img"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.builds(Estimate, st.floats(), st.floats(), st.floats(), st.just(1)), max_size=4))
def test_any_numbers_can_be_drawn(estimates: list[Estimate]) -> None:
    values = {f"s{place}": found for place, found in enumerate(estimates)}
    systems = tuple(SystemResult(name, {"m": found}) for name, found in values.items())
    for markup in (
        dot_plot(replace(TASK, headline="m", systems=systems)),
        slice_plot((Slice("s", 1, values),), list(values), "t"),
        age_bars([AgeShares("a", tuple(found.value for found in estimates))]),
    ):
        if markup:
            parsed(markup)
