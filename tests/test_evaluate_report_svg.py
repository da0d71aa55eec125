"""The drawing itself: scales, ticks, cut texts, and markup that is well formed."""

from __future__ import annotations

from math import inf, nan
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations import HOSTILE
from relnews.evaluate.report.legend import Key, draw_legend, legend_height
from relnews.evaluate.report.svg import (
    FONT,
    SHAPES,
    WIDTH,
    Canvas,
    Scale,
    drawable,
    fit,
    span,
    text_width,
    ticks,
    write_ticks,
)

numbers = st.floats(-1e11, 1e11)


@given(st.lists(st.floats(), max_size=5))
def test_a_span_holds_its_values_and_has_few_round_ticks(values: list[float]) -> None:
    low, high = span(values)
    assert low < high
    assert all(low <= value <= high for value in values if drawable(value))
    found = ticks(low, high)
    assert 1 <= len(found) <= 5
    slack = 1e-6 * (high - low)
    assert all(low - slack <= tick <= high + slack for tick in found)
    assert len(set(write_ticks(found))) == len(found)


def test_no_span_goes_below_zero_without_need() -> None:
    assert span([0.0, 1.0])[0] == 0
    assert span([-0.1, 1.0])[0] < -0.1
    assert span([]) == span([nan, inf])


def test_ticks_are_written_with_the_decimals_of_their_step() -> None:
    assert write_ticks(ticks(0.27, 0.45)) == ["0.30", "0.35", "0.40", "0.45"]
    assert write_ticks(ticks(-1.2, 0.3)) == ["−1.0", "−0.5", "0.0"]
    assert write_ticks(ticks(0, 12_000)) == ["0", "5,000", "10,000"]


@given(numbers)
def test_a_scale_never_leaves_its_ends(value: float) -> None:
    assert 10 <= Scale(0.0, 1.0, 10.0, 90.0)(value) <= 90
    assert Scale(0.0, 1.0, 90.0, 10.0)(0.25) == 70


@given(st.text(), st.floats(20, 400))
def test_a_cut_text_fits(words: str, width: float) -> None:
    cut = fit(words, width)
    assert text_width(cut) <= width
    if text_width(words) <= width:
        assert cut == words
    else:
        assert cut.endswith("…")


def test_wide_characters_count_as_wide() -> None:
    assert text_width("新闻") > text_width("ne")
    assert text_width("e\u0301") == text_width("e")


@pytest.mark.parametrize("words", HOSTILE)
def test_whatever_is_written_is_well_formed(words: str) -> None:
    canvas = Canvas(words, words, 40)
    canvas.text((0, 12), words)
    canvas.name((0, 24), words, 60)
    for shape in SHAPES:
        canvas.mark((5, 5), shape, "mark", words)
    canvas.box((0, 0), 4, 4, "field", words)
    root = ET.fromstring(canvas.render())  # noqa: S314  # our own
    assert root.get("viewBox") == f"0 0 {WIDTH:g} 40"
    assert root.get("width") == "100%"
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == ["title", "desc"]
    assert not list(root.iter("script")) + list(root.iter("img"))


def test_cut_names_are_whole_when_pointed_at() -> None:
    canvas = Canvas("t", "d", 40)
    canvas.name((0, 12), "short", 200)
    canvas.name((0, 24), "long " * 40, 100)
    short, long = ET.fromstring(canvas.render()).iter("text")  # noqa: S314  # our own
    assert short.find("title") is None
    assert short.text == "short"
    assert long.findtext("title") == ("long " * 40).strip()
    assert "".join(long.itertext()).endswith("…")


def test_text_is_readable_on_a_small_phone() -> None:
    assert FONT * 332 / WIDTH >= 11  # 360 pixels, less the margins


def test_a_legend_wraps_and_stays_inside() -> None:
    keys = [Key(f"a system with a name {number}", "circle", "c") for number in range(7)]
    assert legend_height([]) == 0
    assert legend_height(keys[:1]) < legend_height(keys)
    canvas = Canvas("t", "d", legend_height(keys))
    draw_legend(canvas, [*keys, Key("x" * 500, "field", "c")], 0)
    texts = list(ET.fromstring(canvas.render()).iter("text"))  # noqa: S314  # our own
    assert len(texts) == 8
    for text in texts:
        assert float(text.get("x", "")) + text_width(text.text or "") <= WIDTH + 0.1
