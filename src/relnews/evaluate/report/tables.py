"""What a task's table shows, before it is HTML or Markdown: metrics in groups, systems in order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite, nan
from typing import TYPE_CHECKING

from relnews.evaluate.report.wording import decimals_for, write_interval, write_value
from relnews.evaluate.results import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relnews.evaluate.results import Comparison, SystemResult, TaskResult

NO_ESTIMATE = Estimate(nan, nan, nan, 0)

MEDIAN_AGE = r"^age p50 h\b|median.*\bage\b"
DIVERSITY = r"^diversity\b|\bild\b"
"""How the metrics on the axes of the trade-off are called."""

# A metric is known by its name alone; what no pattern finds comes last.
_GROUPS = (
    (
        "Accuracy",
        r"ndcg|\bm?rr\b|\bm?ap\b|recall|precision|\bhits?\b|pearson|spearman|kendall|\bauc\b",
    ),
    ("Freshness", r"\bages?\b|\bolder\b|fresh|\bhours\b"),
    ("Soundness", r"violation|duplicate|\bempty\b|\bshort\b"),
    ("Diversity", r"diversity|\bild\b|\bstory\b|novel|serendip"),
    ("Reach and balance", r"coverage|gini|\bhub\b|calibration|divergence|churn"),
)
_REST = "Further"


@dataclass(frozen=True, slots=True)
class Cell:
    """One estimate as it is written; `best` marks the best of its metric."""

    value: str
    interval: str
    n: int
    best: bool


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One metric of all systems, in their order; `n` says over how many values."""

    name: str
    better: int
    n: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class MetricGroup:
    """Metrics that say something alike."""

    name: str
    rows: tuple[MetricRow, ...]


def estimate_of(system: SystemResult, metric: str) -> Estimate:
    """Give an estimate of a system; all NaN where it has none."""
    return system.values.get(metric, NO_ESTIMATE)


def ranked(task: TaskResult) -> tuple[SystemResult, ...]:
    """Give the systems, best on the headline metric first; those without a value come last."""
    better = task.better.get(task.headline, 1)

    def place(system: SystemResult) -> tuple[bool, float, str]:
        value = estimate_of(system, task.headline).value
        known = isfinite(value)
        return not known, (value if better < 0 else -value) if known else 0.0, system.name

    return tuple(sorted(task.systems, key=place))


def metrics_of(task: TaskResult) -> tuple[str, ...]:
    """Give the names of all metrics, the headline first, then as they were measured."""
    names = [name for system in task.systems for name in system.values]
    return tuple(dict.fromkeys([task.headline, *names] if task.headline else names))


def metric_groups(task: TaskResult) -> tuple[MetricGroup, ...]:
    """Give all metrics in groups; the group of the headline, and in it the headline, first."""
    groups: dict[str, list[MetricRow]] = {}
    systems = ranked(task)
    for metric in metrics_of(task):
        row = _row(metric, task.better.get(metric, 0), systems)
        groups.setdefault(_group_of(metric), []).append(row)
    first = _group_of(task.headline)
    order = [first, *(name for name, _ in _GROUPS), _REST]
    return tuple(
        MetricGroup(name, tuple(groups[name])) for name in dict.fromkeys(order) if name in groups
    )


def ordered_comparisons(task: TaskResult) -> tuple[Comparison, ...]:
    """Give the comparisons, those on the headline metric first."""
    return tuple(sorted(task.comparisons, key=lambda found: found.metric != task.headline))


def find_metric(names: Iterable[str], pattern: str) -> str:
    """Give the first name that a pattern is found in, or ""."""
    return next((name for name in names if re.search(pattern, name, re.IGNORECASE)), "")


def _group_of(metric: str) -> str:
    words = metric.replace("_", " ").lower()
    return next((name for name, pattern in _GROUPS if re.search(pattern, words)), _REST)


def _row(metric: str, better: int, systems: tuple[SystemResult, ...]) -> MetricRow:
    estimates = [estimate_of(system, metric) for system in systems]
    values = [estimate.value for estimate in estimates]
    decimals = decimals_for(values)
    best = _best(values, better)
    cells = tuple(
        Cell(
            write_value(estimate.value, decimals),
            write_interval(estimate, decimals),
            estimate.n,
            estimate.value == best,
        )
        for estimate in estimates
    )
    counts = sorted({estimate.n for estimate in estimates if isfinite(estimate.value)})
    n = f"{counts[0]:,}" if counts else ""
    return MetricRow(metric, better, n if len(counts) < 2 else f"{n}–{counts[-1]:,}", cells)  # noqa: PLR2004  # a range


def _best(values: list[float], better: int) -> float:
    """Give the best value; NaN when neither end is the good one, or nothing stands out."""
    known = {value for value in values if isfinite(value)}
    if better == 0 or len(known) < 2:  # noqa: PLR2004  # all alike
        return nan
    return max(known) if better > 0 else min(known)
