"""From lists to numbers: every metric of every system, list by list, then together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relnews.evaluate.compare.paired import compare, correct
from relnews.evaluate.metrics import split
from relnews.evaluate.results import Comparison, Estimate, SystemResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from relnews.evaluate.compare.intervals import Resampler
    from relnews.evaluate.judged import Judged, Run
    from relnews.evaluate.metrics import Metric

    Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """All values of all systems.

    Attributes
    ----------
    lists
        By metric, then by system: one value for each question, shape (q,), NaN where the metric
        does not apply.
    runs
        By metric, then by system: one value of all lists together.
    better
        By metric: which end is the good one.
    """

    lists: Mapping[str, Mapping[str, Values]]
    runs: Mapping[str, Mapping[str, float]]
    better: Mapping[str, int]


def measure(judged: Mapping[str, Sequence[Judged]], metrics: Sequence[Metric]) -> Measured:
    """Measure the lists of all systems.

    Parameters
    ----------
    judged
        By system: its lists, in the same order of questions for all.
    metrics
        Such as `metrics.standard` gives.
    """
    of_lists, of_runs = split(metrics)
    return Measured(
        lists={
            str(metric): {
                name: np.array([metric.of(one) for one in lists], np.float64)
                for name, lists in judged.items()
            }
            for metric in of_lists
        },
        runs={
            str(metric): {name: metric.of_run(lists) for name, lists in judged.items()}
            for metric in of_runs
        },
        better={str(metric): metric.better for metric in metrics},
    )


def estimate(
    measured: Measured, runs: Mapping[str, Run], resampler: Resampler
) -> list[SystemResult]:
    """Give the estimates of each system; a value of all lists together has no interval."""
    results = []
    for name, run in runs.items():
        values = {
            metric: resampler.interval(found[name]) for metric, found in measured.lists.items()
        }
        for metric, totals in measured.runs.items():
            values[metric] = Estimate(totals[name], float("nan"), float("nan"), len(run.lists))
        ordered = {metric: values[metric] for metric in measured.better}
        results.append(SystemResult(name, ordered, len(run.failures)))
    return results


def compare_all(
    measured: Measured,
    main: str,
    metrics: Sequence[str],
    resampler: Resampler,
    further: Sequence[Comparison] = (),
) -> tuple[Comparison, ...]:
    """Hold the main system against every other on some metrics.

    Whatever else was compared in the task follows; p is corrected for all of them together.
    """
    found: list[Comparison] = []
    for metric in metrics:
        values = measured.lists[metric]
        pairs = [(main, peer) for peer in values if peer != main]
        found += compare(values, metric, pairs, resampler, better=measured.better[metric])
    return correct([*found, *further])
