"""The trade-off: what accuracy costs in age or diversity, as curves among the systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relnews.evaluate.report.frame import Axis, Frame, Spot, make_frame
from relnews.evaluate.report.legend import LINE, Key, draw_legend, legend_height
from relnews.evaluate.report.svg import SHAPES, WIDTH, Canvas, drawable, fit, text_width
from relnews.evaluate.report.tables import (
    DIVERSITY,
    MEDIAN_AGE,
    estimate_of,
    find_metric,
    metrics_of,
    ranked,
)
from relnews.evaluate.report.wording import one_line, write_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from relnews.evaluate.results import CurvePoint, TaskResult

_TITLES: dict[Axis, str] = {
    "age": "median age of what is recommended",
    "diversity": "diversity within a list",
}
_COLOURS = 6
_LABELS = (140.0, 90.0)


def trade_off(task: TaskResult, axis: Axis) -> str:
    """Draw accuracy over median age (a logarithmic axis) or over diversity; "" without curves.

    One line for each curve, its points labelled where there is room; the systems as points of
    their own where both of their values are known. The frame is around the curves: systems far
    off are named below it.
    """
    curves = {
        name: spots for name, points in task.curves.items() if (spots := _spots(points, axis))
    }
    if not curves:
        return ""
    settings = [spot for spots in curves.values() for spot in spots]
    near, far = _split(_systems(task, axis), settings)
    keys = _keys(curves, near)
    top = legend_height(keys) + 24
    frame = make_frame([*near, *settings], axis, top)
    title = f"{task.headline} over {_TITLES[axis]}"
    canvas = Canvas(title, _described(curves, axis), frame.bottom + (56 if far else 38))
    draw_legend(canvas, keys, 0)
    canvas.text((0, top - 9), fit(one_line(task.headline), WIDTH), "name")
    frame.draw_axes(canvas, _TITLES[axis])
    if far:
        words = f"Out of the frame: {', '.join(spot.name for spot in far)}"
        canvas.name((0, frame.bottom + 34 + LINE), words, WIDTH, "muted")
    for key, spots in zip(keys, curves.values(), strict=False):
        canvas.path([frame.at(spot) for spot in spots], f"curve {key.kind}")
    for key, spots in zip(keys, [*curves.values(), near], strict=False):
        for spot in spots:
            note = _note(key.name, spot, axis)
            canvas.mark(frame.at(spot), key.shape, f"mark {key.kind}", note)
    _draw_labels(canvas, frame, near, curves)
    return canvas.render()


def _spots(points: Sequence[CurvePoint], axis: Axis) -> list[Spot]:
    found = [
        Spot(
            one_line(point.label),
            point.median_age_hours if axis == "age" else point.diversity,
            point.accuracy,
        )
        for point in points
    ]
    return [spot for spot in found if _known(spot, axis)]


def _systems(task: TaskResult, axis: Axis) -> list[Spot]:
    metric = find_metric(metrics_of(task), MEDIAN_AGE if axis == "age" else DIVERSITY)
    found = [
        Spot(
            one_line(system.name),
            estimate_of(system, metric).value,
            estimate_of(system, task.headline).value,
        )
        for system in ranked(task)
    ]
    return [spot for spot in found if _known(spot, axis)]


def _known(spot: Spot, axis: Axis) -> bool:
    return drawable(spot.x) and drawable(spot.y) and (axis != "age" or spot.x >= 0)


def _split(systems: Sequence[Spot], settings: Sequence[Spot]) -> tuple[list[Spot], list[Spot]]:
    """Part the systems that are about as accurate as the settings from those far off."""
    low, high = min(spot.y for spot in settings), max(spot.y for spot in settings)
    reach = max(1.5 * (high - low), 0.2 * abs(high))
    near = [spot for spot in systems if low - reach <= spot.y <= high + reach]
    return near, [spot for spot in systems if spot not in near]


def _keys(curves: Mapping[str, Sequence[Spot]], systems: Sequence[Spot]) -> list[Key]:
    keys = [
        Key(name, SHAPES[place % len(SHAPES)], f"series-{place % _COLOURS}")
        for place, name in enumerate(curves)
    ]
    return [*keys, Key("systems", "circle", "hollow")] if systems else keys


def _draw_labels(
    canvas: Canvas, frame: Frame, systems: Sequence[Spot], curves: Mapping[str, Sequence[Spot]]
) -> None:
    """Write the settings first, those of the widest curve before others, then the systems."""
    lines = sorted(curves.values(), key=lambda spots: -_extent(spots, frame))
    for spots in [systems, *lines]:
        frame.block_marks(spots)
    for spots in lines:
        frame.block_line(spots)
    for spots, kind in [*((spots, "label") for spots in lines), (systems, "label muted")]:
        for spot in spots:
            _draw_label(canvas, frame, spot, kind)


def _draw_label(canvas: Canvas, frame: Frame, spot: Spot, kind: str) -> None:
    """Write a label, cut shorter where there is no room for all of it, or none."""
    for width in _LABELS:
        words = fit(spot.name, width)
        found = frame.find_room(spot, text_width(words)) if words else None
        if found:
            canvas.text(found, words, kind)
            return


def _extent(spots: Sequence[Spot], frame: Frame) -> float:
    places = [frame.at(spot)[0] for spot in spots]
    return max(places) - min(places)


def _note(curve: str, spot: Spot, axis: Axis) -> str:
    unit = " hours" if axis == "age" else ""
    return f"{curve} {spot.name}: {write_value(spot.y)} at {write_value(spot.x)}{unit}"


def _described(curves: Mapping[str, Sequence[Spot]], axis: Axis) -> str:
    return ". ".join(
        "; ".join(_note(name, spot, axis) for spot in spots) for name, spots in curves.items()
    )
