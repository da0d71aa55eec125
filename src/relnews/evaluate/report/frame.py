"""The frame of the trade-off: two axes, one of them in hours or diversity, and room for labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING, Literal

from relnews.evaluate.report.svg import (
    FONT,
    WIDTH,
    Scale,
    span,
    text_width,
    ticks,
    write_ticks,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from relnews.evaluate.report.svg import Canvas, Point

Axis = Literal["age", "diversity"]

_HEIGHT = 240.0
_RIGHT = WIDTH - 8.0
_YOUNGEST = 0.1
_HOURS = (
    (0.1, "6 min"),
    (0.5, "30 min"),
    (1.0, "1 h"),
    (3.0, "3 h"),
    (6.0, "6 h"),
    (12.0, "12 h"),
    (24.0, "1 day"),
    (72.0, "3 days"),
    (168.0, "1 week"),
    (720.0, "1 month"),
    (2160.0, "3 months"),
    (8760.0, "1 year"),
    (43800.0, "5 years"),
    (438000.0, "50 years"),
)
_HOPS = (12.0, 22.0)
_STEP = 5.0
_LEVELS = 7

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Spot:
    """A setting or a system, by its values: `x` in hours or diversity, `y` accuracy."""

    name: str
    x: float
    y: float


@dataclass(slots=True)
class Frame:
    """Where values are drawn, and what room is taken."""

    axis: Axis
    x_scale: Scale
    y_scale: Scale
    taken: list[Box] = field(default_factory=list)

    @property
    def bottom(self) -> float:
        """The height of the lower edge, above the words of the axis."""
        return self.y_scale.start

    def at(self, spot: Spot) -> Point:
        """Give where a spot is drawn."""
        return self.x_scale(_place(spot.x, self.axis)), self.y_scale(spot.y)

    def draw_axes(self, canvas: Canvas, title: str) -> None:
        """Draw the grid, both scales, and what the lower one is called."""
        left, bottom = self.x_scale.start, self.bottom
        levels = ticks(self.y_scale.low, self.y_scale.high, _LEVELS)
        for level, words in zip(levels, write_ticks(levels), strict=True):
            y = self.y_scale(level)
            canvas.line((left, y), (_RIGHT, y), "grid")
            canvas.text((left - 6, y + 4), words, "muted", "end")
        canvas.line((left, bottom), (_RIGHT, bottom), "rule")
        free = 0.0
        for value, words in self._x_ticks():
            x, half = self.x_scale(value), text_width(words) / 2
            canvas.line((x, bottom), (x, bottom + 4), "rule")
            x = min(x, WIDTH - half)
            if x - half >= free:
                canvas.text((x, bottom + 17), words, "muted", "middle")
                free = x + half + 6
        canvas.text(((left + _RIGHT) / 2, bottom + 34), f"{title} →", "muted", "middle")

    def block_marks(self, spots: Sequence[Spot]) -> None:
        """Keep labels off the marks of spots."""
        self.taken += [(x - 5, y - 5, x + 5, y + 5) for x, y in map(self.at, spots)]

    def block_line(self, spots: Sequence[Spot]) -> None:
        """Keep labels off the line through spots."""
        points = [self.at(spot) for spot in spots]
        for (x1, y1), (x2, y2) in pairwise(points):
            count = int(max(abs(x2 - x1), abs(y2 - y1)) / _STEP) + 1
            for number in range(1, count):
                x, y = x1 + (x2 - x1) * number / count, y1 + (y2 - y1) * number / count
                self.taken.append((x - 1, y - 1, x + 1, y + 1))

    def find_room(self, spot: Spot, width: float) -> Point | None:
        """Give where a text should begin, and keep that room; None when there is none."""
        for x, y in _around(*self.at(spot), width):
            box = (x - 2, y - 0.75 * FONT, x + width + 2, y + 0.2 * FONT)
            inside = self.x_scale.start <= x and x + width <= WIDTH
            inside = inside and self.y_scale.end - 4 <= box[1] and y <= self.bottom - 3
            if inside and not any(_meet(box, other) for other in self.taken):
                self.taken.append(box)
                return x, y
        return None

    def _x_ticks(self) -> list[tuple[float, str]]:
        scale = self.x_scale
        if self.axis == "diversity":
            values = ticks(scale.low, scale.high)
            return list(zip(values, write_ticks(values), strict=True))
        marks = [(log(hours), words) for hours, words in _HOURS]
        return [(place, words) for place, words in marks if scale.low <= place <= scale.high]


def make_frame(spots: Sequence[Spot], axis: Axis, top: float) -> Frame:
    """Make a frame around spots, of which there must be some."""
    y_scale = Scale(*span(spot.y for spot in spots), top + _HEIGHT, top)
    words = write_ticks(ticks(y_scale.low, y_scale.high, _LEVELS))
    left = 8 + max(map(text_width, words), default=0.0)
    if axis == "diversity":
        low, high = span(spot.x for spot in spots)
    else:
        low, high = _span_of_ages([_place(spot.x, axis) for spot in spots])
    return Frame(axis, Scale(low, high, min(left, WIDTH / 2), _RIGHT), y_scale)


def _place(value: float, axis: Axis) -> float:
    """Give what is linear on an axis: the logarithm of an age, at least six minutes."""
    return log(max(value, _YOUNGEST)) if axis == "age" else value


def _span_of_ages(places: Sequence[float]) -> tuple[float, float]:
    """Give a range around the logarithms of ages that holds at least two marks."""
    air = max(0.06 * (max(places) - min(places)), 0.12)
    low, high = min(places) - air, max(places) + air
    marks = [log(hours) for hours, _ in _HOURS]
    if sum(low <= mark <= high for mark in marks) < 2:  # noqa: PLR2004  # one mark is no scale
        low = max((mark for mark in marks if mark < low), default=low)
        high = min((mark for mark in marks if mark > high), default=high)
    return low, high


def _around(x: float, y: float, width: float) -> Iterator[Point]:
    """Yield where a text of a width may begin, the best place first."""
    yield x + 8, y + 4
    yield x - 8 - width, y + 4
    for hop in _HOPS:
        for start in (x - width / 2, x + 4, x - 4 - width):
            yield start, y - hop + 3
            yield start, y + hop + 6


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
