"""The key of a plot: marks or fields with words, in as many lines as they need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relnews.evaluate.report.svg import WIDTH, fit, text_width
from relnews.evaluate.report.wording import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relnews.evaluate.report.svg import Canvas

LINE = 18.0
"""How high a line of the key is."""

_MARK = 14.0
_GAP = 14.0


@dataclass(frozen=True, slots=True)
class Key:
    """One entry: what it is called, its shape (``field`` for a square of colour) and class."""

    name: str
    shape: str
    kind: str


def legend_height(keys: Sequence[Key]) -> float:
    """Give how high a key will be."""
    return LINE * (1 + max((line for _, line, _ in _places(keys)), default=-1))


def draw_legend(canvas: Canvas, keys: Sequence[Key], top: float) -> None:
    """Draw a key whose upper edge is at `top`."""
    for key, (x, line, name) in zip(keys, _places(keys), strict=True):
        base = top + line * LINE + 12
        if key.shape == "field":
            canvas.box((x, base - 9), 10, 10, f"field {key.kind}")
        else:
            canvas.mark((x + 5, base - 4), key.shape, f"mark {key.kind}")
        canvas.text((x + _MARK, base), name, "muted")


def _places(keys: Sequence[Key]) -> list[tuple[float, int, str]]:
    """Give where each entry begins, on which line, and what there is room for."""
    places = []
    x, line = 0.0, 0
    for key in keys:
        name = fit(one_line(key.name), WIDTH - _MARK)
        width = _MARK + text_width(name)
        if x and x + width > WIDTH:
            x, line = 0.0, line + 1
        places.append((x, line, name))
        x += width + _GAP
    return places
