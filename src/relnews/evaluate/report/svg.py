"""Draw: a canvas of lines, marks and words, scales, and how wide a text is.

Colours and weights are classes, which the page's style sheet gives a meaning in light and dark.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, inf, isfinite, log10
from typing import TYPE_CHECKING, Literal
from xml.etree import ElementTree as ET  # it only writes here

from relnews.evaluate.report.wording import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDTH = 360.0
"""How wide every plot is, in the pixels of a small phone."""

FONT = 12.0
"""How large all text in a plot is, in the same pixels."""

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]

_NARROW = frozenset("fijlrtIJ.,:;!|'()[] -")
_WIDE = frozenset("mwMWGOQ@%–…")
_LARGEST = 1e12
# each fits a circle of radius 1
_SHAPES: dict[str, tuple[Point, ...]] = {
    "square": ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
    "triangle": ((0.0, -1.1), (1.05, 0.8), (-1.05, 0.8)),
    "diamond": ((0.0, -1.2), (1.2, 0.0), (0.0, 1.2), (-1.2, 0.0)),
    "wedge": ((0.0, 1.1), (1.05, -0.8), (-1.05, -0.8)),
}
SHAPES = ("circle", *_SHAPES)
"""Marks that can be told apart without colour."""


class Canvas:
    """A drawing that grows downwards.

    Parameters
    ----------
    title, description
        What a screen reader says of it.
    height
        In pixels at a width of `WIDTH`.
    """

    def __init__(self, title: str, description: str, height: float) -> None:
        self._root = ET.Element(
            "svg",
            {
                "viewBox": f"0 0 {_short(WIDTH)} {_short(height)}",
                "width": "100%",
                "role": "img",
                "class": "plot",
                "font-size": _short(FONT),
            },
        )
        ET.SubElement(self._root, "title").text = one_line(title)
        ET.SubElement(self._root, "desc").text = one_line(description)

    def line(self, start: Point, end: Point, kind: str) -> None:
        """Draw a straight line."""
        (x1, y1), (x2, y2) = start, end
        ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
        self._add("line", kind, {name: _short(value) for name, value in ends.items()})

    def path(self, points: Iterable[Point], kind: str) -> None:
        """Draw a line through points."""
        self._add("polyline", kind, {"points": _points(points)})

    def box(self, corner: Point, width: float, height: float, kind: str, note: str = "") -> None:
        """Draw a rectangle from its upper left corner; `note` is shown when pointed at."""
        sizes = {"x": corner[0], "y": corner[1], "width": width, "height": height}
        self._add("rect", kind, {name: _short(value) for name, value in sizes.items()}, note)

    def mark(self, at: Point, shape: str, kind: str, note: str = "", radius: float = 4.0) -> None:
        """Draw one of `SHAPES` around a point."""
        x, y = at
        if shape in _SHAPES:
            corners = [(x + radius * dx, y + radius * dy) for dx, dy in _SHAPES[shape]]
            self._add("polygon", kind, {"points": _points(corners)}, note)
        else:
            place = {"cx": _short(x), "cy": _short(y), "r": _short(radius)}
            self._add("circle", kind, place, note)

    def text(self, at: Point, words: str, kind: str = "", anchor: Anchor = "start") -> None:
        """Write words on a base line."""
        place = {"x": _short(at[0]), "y": _short(at[1]), "text-anchor": anchor}
        self._add("text", kind, place).text = one_line(words)

    def name(self, at: Point, words: str, width: float, kind: str = "name") -> None:
        """Write words as far as there is room; cut ones are shown whole when pointed at."""
        shown = fit(one_line(words), width)
        place = {"x": _short(at[0]), "y": _short(at[1])}
        element = self._add("text", kind, place, one_line(words) if shown != words else "")
        if len(element):
            element[0].tail = shown
        else:
            element.text = shown

    def render(self) -> str:
        """Give the drawing as markup."""
        return ET.tostring(self._root, encoding="unicode")

    def _add(self, tag: str, kind: str, place: dict[str, str], note: str = "") -> ET.Element:
        element = ET.SubElement(self._root, tag, place | ({"class": kind} if kind else {}))
        if note:
            ET.SubElement(element, "title").text = one_line(note)
        return element


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from values to places."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Give the place of a value, never beyond the ends."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)


def drawable(value: float) -> bool:
    """Tell whether a value has a place on a scale."""
    return isfinite(value) and abs(value) < _LARGEST


def span(values: Iterable[float]) -> tuple[float, float]:
    """Give a range around values, with some air; never below 0 when none of them is."""
    known = [value for value in values if drawable(value)] or [0.0, 1.0]
    low, high = min(known), max(known)
    air = max(0.06 * (high - low), 1e-6 * max(abs(low), abs(high)), 1e-9)
    if high - low < 2 * air:
        air = max(0.1 * abs(high), 0.05)
    return (max(0.0, low - air) if low >= 0 else low - air), high + air


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Give round values within a range: multiples of 1, 2 or 5 times a power of ten."""
    power = 10.0 ** floor(log10((high - low) / most))
    for factor in (1, 2, 5, 10, 20):
        step = factor * power
        first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
        if last - first < most:
            break
    return [number * step for number in range(first, last + 1)]


def write_ticks(values: Sequence[float]) -> list[str]:
    """Write the values of an axis, all with as many decimals as their step needs."""
    step = min((b - a for a, b in pairwise(values)), default=inf)
    decimals = max(0, -floor(log10(step) + 1e-9)) if isfinite(step) else 2
    return [f"{value:,.{decimals}f}".replace("-", "−") for value in values]


def text_width(words: str) -> float:
    """Estimate how wide a text is, rather too wide than too narrow."""
    return FONT * sum(map(_em, words))


def fit(words: str, width: float) -> str:
    """Cut a text with an ellipsis to a width."""
    if text_width(words) <= width:
        return words
    room = width - text_width("…")
    end = 0
    while end < len(words) and room >= (needed := FONT * _em(words[end])):
        room -= needed
        end += 1
    return words[:end].rstrip() + "…"


def _em(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1.05
    if character in _NARROW:
        return 0.36
    return 0.95 if character in _WIDE else 0.72 if character.isupper() else 0.61


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{_short(x)},{_short(y)}" for x, y in points)


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
