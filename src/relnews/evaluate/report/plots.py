"""Three plots: systems with their intervals, slices, and how old the recommended articles are.

Each is a pure function from results to the markup of an SVG, "" when there is nothing to draw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from relnews.evaluate.report.legend import Key, draw_legend, legend_height
from relnews.evaluate.report.svg import (
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
from relnews.evaluate.report.tables import NO_ESTIMATE, estimate_of, ranked
from relnews.evaluate.report.wording import (
    decimals_for,
    one_line,
    write_interval,
    write_share,
    write_value,
)
from relnews.evaluate.results import AGE_CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from relnews.evaluate.results import AgeShares, Estimate, Slice, TaskResult

MAX_SLICED = 5
"""So many systems are drawn in each slice; a table beside the plot has them all."""

_ROW = 35.0
_EDGE = 6.0
_AXIS = 22.0
_DODGE = 9.0


def dot_plot(task: TaskResult) -> str:
    """Draw the headline metric of each system with its interval, best first."""
    systems = ranked(task)
    estimates = [estimate_of(system, task.headline) for system in systems]
    if not any(drawable(estimate.value) for estimate in estimates):
        return ""
    scale = _scale(estimates)
    decimals = decimals_for(estimate.value for estimate in estimates)
    described = "; ".join(
        f"{system.name} {write_value(found.value, decimals)}"
        for system, found in zip(systems, estimates, strict=True)
    )
    bottom = _ROW * len(systems) + 4
    title = f"{task.headline} by system, best first, with 95 % intervals"
    canvas = Canvas(title, described, bottom + _AXIS)
    _draw_axis(canvas, scale, bottom)
    for place, (system, found) in enumerate(zip(systems, estimates, strict=True)):
        top = place * _ROW
        value = write_value(found.value, decimals)
        kind = "best" if place == 0 else "plain"
        canvas.name((0, top + 13), system.name, WIDTH - text_width(value) - 16, f"name {kind}")
        canvas.text((WIDTH, top + 13), value, f"value {kind}", "end")
        note = f"{system.name}: {value} {write_interval(found, decimals)}"
        _draw_estimate(canvas, found, scale, top + 23, ("circle", kind, note))
    return canvas.render()


def slice_plot(slices: Sequence[Slice], order: Sequence[str], title: str) -> str:
    """Draw the headline metric within slices of the questions.

    Parameters
    ----------
    slices
        Drawn in this order, from top to bottom.
    order
        The names of the systems, best first; the first `MAX_SLICED` are drawn.
    title
        What a screen reader says.
    """
    names = [name for name in order if any(name in one.values for one in slices)][:MAX_SLICED]
    estimates = [one.values.get(name, NO_ESTIMATE) for one in slices for name in names]
    if not any(drawable(found.value) for found in estimates):
        return ""
    scale = _scale(estimates)
    keys = [Key(name, shape, f"series-{place}") for place, (name, shape) in _shaped(names)]
    top = legend_height(keys) + 6
    row = 24 + _DODGE * len(names)
    bottom = top + row * len(slices) + 2
    canvas = Canvas(
        title, f"{len(slices)} slices: {_listed(one.label for one in slices)}", bottom + _AXIS
    )
    draw_legend(canvas, keys, 0)
    _draw_axis(canvas, scale, bottom, top)
    for place, one in enumerate(slices):
        _draw_slice(canvas, one, keys, scale, top + place * row)
    return canvas.render()


def age_bars(ages: Sequence[AgeShares], order: Sequence[str] = ()) -> str:
    """Draw how old the dated entries of each system are, as bars of 100 %.

    Parameters
    ----------
    ages
        One for each system. Shares are drawn in proportion to their sum.
    order
        The names of the systems as they should come; others follow.
    """
    if not ages:
        return ""
    places = {name: place for place, name in enumerate(order)}
    ages = sorted(ages, key=lambda one: places.get(one.system, len(places)))
    last = len(AGE_CLASSES) - 1
    keys = [
        Key(label if place == last else f"≤ {label}", "field", f"age-{place}")
        for place, (label, _) in enumerate(AGE_CLASSES)
    ]
    top = legend_height(keys) + 8
    canvas = Canvas(
        "How old the recommended articles are, by system",
        f"Bars of 100 % for {_listed(one.system for one in ages)}; the table has the shares",
        top + 46 * len(ages),
    )
    draw_legend(canvas, keys, 0)
    for place, one in enumerate(ages):
        canvas.name((0, top + 46 * place + 13), one.system, WIDTH)
        _draw_bar(canvas, one, keys, top + 46 * place + 19)
    return canvas.render()


def _scale(estimates: Iterable[Estimate]) -> Scale:
    ends = [end for found in estimates for end in (found.value, found.low, found.high)]
    return Scale(*span(ends), _EDGE, WIDTH - _EDGE)


def _draw_axis(canvas: Canvas, scale: Scale, bottom: float, top: float = 0.0) -> None:
    values = ticks(scale.low, scale.high)
    for value, words in zip(values, write_ticks(values), strict=True):
        x = scale(value)
        canvas.line((x, top), (x, bottom), "grid")
        half = text_width(words) / 2
        canvas.text((min(max(x, half), WIDTH - half), bottom + 15), words, "muted", "middle")


def _draw_estimate(
    canvas: Canvas, found: Estimate, scale: Scale, y: float, look: tuple[str, str, str]
) -> None:
    """Draw a mark and its interval; `look` is its shape, class and note."""
    shape, kind, note = look
    if not drawable(found.value):
        return
    if drawable(found.low) and drawable(found.high):
        canvas.line((scale(found.low), y), (scale(found.high), y), f"interval {kind}")
    canvas.mark((scale(found.value), y), shape, f"mark {kind}", note)


def _draw_slice(canvas: Canvas, one: Slice, keys: Sequence[Key], scale: Scale, top: float) -> None:
    count = f"{one.n:,}"
    canvas.line((0, top), (WIDTH, top), "rule")
    canvas.name((0, top + 14), one.label, WIDTH - text_width(f"n = {count}") - 12)
    canvas.text((WIDTH, top + 14), f"n = {count}", "muted", "end")
    for place, key in enumerate(keys):
        found = one.values.get(key.name, NO_ESTIMATE)
        note = f"{one.label}, {key.name}: {write_value(found.value)} {write_interval(found)}"
        y = top + 23 + _DODGE * place
        _draw_estimate(canvas, found, scale, y, (key.shape, key.kind, note))


def _draw_bar(canvas: Canvas, one: AgeShares, keys: Sequence[Key], top: float) -> None:
    shares = [share if drawable(share) and share > 0 else 0.0 for share in one.shares[: len(keys)]]
    total = sum(shares)
    if total == 0:
        canvas.text((0, top + 13), "no dated entries", "muted")
        return
    x = 0.0
    for share, key in zip(shares, keys, strict=False):
        width = WIDTH * share / total
        words = write_share(share / total)
        note = f"{one.system}, {key.name}: {words}"
        canvas.box((x, top), width, 18, f"field {key.kind}", note)
        if width > text_width(words) + 6:
            canvas.text((x + width / 2, top + 13), words, f"on {key.kind}", "middle")
        x += width


def _shaped(names: Sequence[str]) -> enumerate[tuple[str, str]]:
    return enumerate(zip(names, SHAPES, strict=False))


def _listed(names: Iterable[str]) -> str:
    return fit(", ".join(map(one_line, names)), 3000)
