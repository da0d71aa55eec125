"""From lists to numbers: every metric of every system, list by list, then together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from relnews.evaluate.compare.paired import compare, correct
from relnews.evaluate.metrics import Auc, AveragePrecision, Pearson, Spearman, split
from relnews.evaluate.results import Comparison, Estimate, SystemResult

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from relnews.evaluate.compare.intervals import Resampler
    from relnews.evaluate.judged import Judged, Run
    from relnews.evaluate.metrics import Metric, PairMetric
    from relnews.evaluate.protocols import Likens
    from relnews.evaluate.truth import JudgedPair
    from relnews.evaluate.world.world import World

    Values = npt.NDArray[np.float64]

PAIR_RESAMPLES = 300
"""A correlation is computed anew on each resample, so there are fewer than of means."""


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
    measured: Measured, main: str, metrics: Sequence[str], resampler: Resampler
) -> tuple[Comparison, ...]:
    """Hold the main system against every other on some metrics; p corrected for all of them."""
    found: list[Comparison] = []
    for metric in metrics:
        values = measured.lists[metric]
        pairs = [(main, peer) for peer in values if peer != main]
        found += compare(values, metric, pairs, resampler, better=measured.better[metric])
    return correct(found)


@dataclass(frozen=True, slots=True, eq=False)
class PairScores:
    """What systems make of judged pairs: gains of shape (p,), and by system its scores."""

    gains: Values
    scores: Mapping[str, Values]


def score_pairs(
    systems: Mapping[str, Likens], pairs: Sequence[JudgedPair], world: World
) -> PairScores:
    """Ask each system for the similarity of judged pairs; the world must hold all of them.

    A system to which all pairs are alike, such as the newest, is left out.
    """
    targets: dict[str, list[int]] = defaultdict(list)
    for place, pair in enumerate(pairs):
        targets[pair.source_id].append(place)
    scores = {name: np.zeros(len(pairs)) for name in systems}
    for (source_id, places), name in product(targets.items(), systems):
        source = world.archive.latest(source_id)
        wanted = [pairs[place].target_id for place in places]
        scores[name][places] = systems[name].similarities(source, wanted)
    telling = {name: found for name, found in scores.items() if np.ptp(found) > 0}
    return PairScores(np.array([pair.gain for pair in pairs]), telling)


def pair_metrics(pairs: Sequence[JudgedPair]) -> tuple[PairMetric, ...]:
    """Give the metrics of a scale; good is what reaches half of its largest gain."""
    half = max(pair.gain for pair in pairs) / 2
    return (Pearson(), Spearman(), Auc(half), AveragePrecision(half))


def estimate_pairs(
    found: PairScores,
    metrics: Sequence[PairMetric],
    pairs: Sequence[JudgedPair],
    resampler: Resampler,
) -> dict[str, dict[str, Estimate]]:
    """Give the estimates of each system on pairs, by system and metric; resampled by source."""
    draws = list(_resamples(pairs, np.random.default_rng(resampler.seed)))
    return {
        name: {
            str(metric): resampler.interval_of(
                np.array([metric.of_pairs(found.gains[some], scores[some]) for some in draws]),
                len(scores),
            )
            for metric in metrics
        }
        for name, scores in found.scores.items()
    }


def _resamples(
    pairs: Sequence[JudgedPair], generator: np.random.Generator
) -> Iterator[npt.NDArray[np.intp]]:
    """Yield the places of all pairs, then those of each resample of whole sources."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, pair in enumerate(pairs):
        places[pair.source_id].append(place)
    by_source = [np.array(found, np.intp) for found in places.values()]
    yield np.arange(len(pairs))
    for _ in range(PAIR_RESAMPLES):
        drawn = generator.integers(len(by_source), size=len(by_source))
        yield np.concatenate([by_source[number] for number in drawn])
