"""An evaluation as GitHub Markdown: for a release note, a pull request or a README."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from relnews.evaluate.report.tables import metric_groups, ordered_comparisons, ranked
from relnews.evaluate.report.wording import (
    NOTHING,
    one_line,
    verdict,
    write_estimate,
    write_moment,
    write_p,
    write_share,
    write_value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from relnews.evaluate.report.tables import Cell, MetricGroup
    from relnews.evaluate.results import Comparison, Evaluation, OffPolicyResult, TaskResult

ARROWS = {1: " ↑", -1: " ↓"}
"""Which end of a metric is the good one."""

_SPECIAL = re.compile(r"([\\`*_\[\]~|$])")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def to_markdown(evaluation: Evaluation) -> str:
    """Give an evaluation as GitHub Markdown: tables of systems by metrics, and comparisons.

    Plots, slices and single lists are left to `to_html`. All names are escaped. Best values are
    bold; brackets hold 95 % intervals.
    """
    ends = [escape(write_moment(end)) for end in (evaluation.first, evaluation.last) if end]
    facts = [
        f"relnews {escape(evaluation.version)}",
        f"{evaluation.n_articles:,} articles",
        " to ".join(ends),
    ]
    settings = [f"{escape(name)}: {escape(value)}" for name, value in evaluation.settings.items()]
    parts = [
        f"# {escape(evaluation.title)}",
        " · ".join(filter(None, facts)),
        "\n".join(f"- {line}" for line in settings),
        *(part for task in evaluation.tasks for part in _task(task)),
    ]
    if not evaluation.tasks:
        parts.append("No task was evaluated.")
    return "\n\n".join(part for part in parts if part) + "\n"


def escape(text: str) -> str:
    r"""Give a text on one line that Markdown takes for nothing but text, in a table too.

    Examples
    --------
    >>> escape("a|b\n<b>*c*")
    'a\\|b &lt;b&gt;\\*c\\*'
    """
    return _SPECIAL.sub(r"\\\1", one_line(text)).translate(_ENTITIES)


def _numbers(written: str) -> str:
    """Escape what `wording` wrote: it holds no other special character than < and >."""
    return written.strip().translate(_ENTITIES)


def _task(task: TaskResult) -> Iterator[str]:
    yield f"## {escape(task.name)}"
    yield escape(task.about)
    yield _facts(task)
    for group in metric_groups(task) if task.systems else ():
        yield _metric_table(task, group)
    if task.comparisons:
        yield _comparison_table(task, ordered_comparisons(task))
    if task.off_policy:
        yield _off_policy_table(task.off_policy)


def _facts(task: TaskResult) -> str:
    unit, count = task.groups
    facts = [
        f"{task.n_questions:,} questions, {task.n_without_truth:,} without truth",
        f"lists of {task.k}",
        f"resampled by {escape(unit)}: {count:,} groups",
    ]
    removed = ", ".join(f"{escape(guard)} {count:,}" for guard, count in task.removed.items())
    facts.append(f"removed by guards: {removed or 'nothing'}")
    absent = ", ".join(f"{escape(name)} ({escape(why)})" for name, why in task.absent.items())
    facts += [f"not there: {absent}"] if absent else []
    failed = ", ".join(
        f"{escape(system.name)} {system.failures:,}" for system in task.systems if system.failures
    )
    return " · ".join([*facts, f"**failed lists: {failed}**"] if failed else facts)


def _metric_table(task: TaskResult, group: MetricGroup) -> str:
    head = [group.name, *(escape(row.name) + ARROWS.get(row.better, "") for row in group.rows)]
    lines = []
    for place, system in enumerate(ranked(task)):
        cells = [row.cells[place] for row in group.rows]
        lines.append([escape(system.name), *map(_metric_cell, cells)])
    return _table(head, lines)


def _metric_cell(cell: Cell) -> str:
    value = f"**{cell.value}**" if cell.best else cell.value
    return _numbers(f"{value} {cell.interval}")


def _comparison_table(task: TaskResult, comparisons: Sequence[Comparison]) -> str:
    head = ["Metric", "System", "Against", "Verdict", "Difference", "p corrected"]
    head.append("Wins / ties / losses")
    return _table(head, (_comparison(found, task) for found in comparisons), n_names=4)


def _comparison(found: Comparison, task: TaskResult) -> list[str]:
    said = verdict(found, task.better.get(found.metric, 0))
    return [
        escape(found.metric),
        escape(found.system),
        escape(found.peer),
        f"**{said}**" if said else "no difference shown",
        _numbers(write_estimate(found.difference)),
        _numbers(write_p(found.p_corrected)),
        f"{found.wins:,} / {found.ties:,} / {found.losses:,}",
    ]


def _off_policy_table(results: Sequence[OffPolicyResult]) -> str:
    names = list(dict.fromkeys(name for result in results for name in result.values))
    head = ["Clicks per list", *map(escape, names), "Effective slots", "Cut weights"]
    lines = []
    for result in results:
        found = [result.values.get(name) for name in names]
        values = [_numbers(write_estimate(one)) if one else NOTHING for one in found]
        effective = f"{write_value(result.effective_sample_size, 0)} of {result.n_slots:,}"
        clipped = f"{write_share(result.clipped)} at {write_value(result.clip, 0)}"
        lines.append([escape(result.system), *values, _numbers(effective), _numbers(clipped)])
    return _table(head, lines)


def _table(head: Sequence[str], lines: Iterable[Sequence[str]], n_names: int = 1) -> str:
    """Lay out a table; the first columns are names, the others numbers."""
    rule = ["---" if place < n_names else "---:" for place in range(len(head))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *lines))
