"""The release gate: what fell, against the evaluation of the release before."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from relnews.errors import InvalidTruth

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from relnews.evaluate.results import Estimate, Evaluation, SystemResult, TaskResult

STRICT = "violations"
"""The metric, at whatever k, of which no rise is let pass: broken promises are not noise."""


def gate(
    new: Evaluation, old: Evaluation, *, only: Collection[str] | None = None
) -> tuple[str, ...]:
    """Tell what fell; nothing to tell means that the release may go.

    Both must have been made from the same data, seed and k; the metrics say k in their names.
    What was in the old evaluation is looked at, what is new in the new one is not:

    - A metric fell when its new value lies beyond the OLD interval on the bad side. What moves
      inside the interval is taken as noise, as is all that moves to the good side. Where all
      lists had the same value, such as near-duplicates 0 [0, 0], the interval has no width, and
      any move to the bad side is a fall.
    - `violations` fell with any rise, and so did the lists that failed.
    - A metric without an interval, such as coverage of a whole run, is only missed when it is
      gone, as it cannot be told how much of a move is noise. A metric without a good end
      (`better` 0) is not looked at.
    - A task, a system or a value that is gone is missing: a gate that measures less would pass
      more.

    Slices, curves, comparisons and off-policy estimates are for people to read, not for the gate.

    Parameters
    ----------
    new, old
        The evaluations of this release and of the one before.
    only
        Names of the systems to judge, such as all but the baselines, which are no part of a
        release; all when None.

    Returns
    -------
    tuple of str
        One message each, in the order of the old evaluation, such as
        ``links: pipeline: nDCG@10 fell from 0.436 [0.390, 0.480] to 0.310``.

    Raises
    ------
    InvalidTruth
        When `only` is empty or names a system that the old evaluation does not have: a gate on
        nothing would let everything pass.
    """
    judged = _names(old) if only is None else set(only)
    if only is not None and not (judged and judged <= _names(old)):
        known, given = (", ".join(sorted(names)) for names in (_names(old), judged))
        msg = f"only must name systems of the old evaluation ({known}), got {given or 'none'}"
        raise InvalidTruth(msg)
    found = {task.name: task for task in new.tasks}
    messages: list[str] = []
    for task in old.tasks:
        if task.name in found:
            fallen = _task(found[task.name], task, judged)
            messages.extend(f"{task.name}: {fell}" for fell in fallen)
        else:
            messages.append(f"{task.name}: missing")
    return tuple(messages)


def _names(evaluation: Evaluation) -> set[str]:
    return {system.name for task in evaluation.tasks for system in task.systems}


def _task(new: TaskResult, old: TaskResult, judged: Collection[str]) -> Iterator[str]:
    found = {system.name: system for system in new.systems}
    for system in old.systems:
        if system.name not in judged:
            continue
        if system.name not in found:
            yield f"{system.name}: missing"
            continue
        for fell in _system(found[system.name], system, old):
            yield f"{system.name}: {fell}"


def _system(new: SystemResult, old: SystemResult, task: TaskResult) -> Iterator[str]:
    for metric, before in old.values.items():
        better = task.better.get(metric, 0)
        if better == 0 or isnan(before.value):
            continue
        after = new.values.get(metric)
        if after is None or isnan(after.value):
            yield f"{metric} missing, was {_show(before)}"
        elif _fell(metric, better, after, before):
            verb = "fell" if after.value < before.value else "rose"
            yield f"{metric} {verb} from {_show(before)} to {after.value:.3f}"
    if new.failures > old.failures:
        yield f"failed lists rose from {old.failures} to {new.failures}"


def _fell(metric: str, better: int, after: Estimate, before: Estimate) -> bool:
    """Tell whether a value left the old interval on the bad side; NaN bounds bound nothing."""
    if metric.partition("@")[0] == STRICT:
        return after.value > before.value
    return after.value < before.low if better > 0 else after.value > before.high


def _show(estimate: Estimate) -> str:
    if isnan(estimate.low) or isnan(estimate.high):
        return f"{estimate.value:.3f}"
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"
