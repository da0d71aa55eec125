"""From similarities of judged pairs to numbers: how sure they are, and which system is better."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import product
from math import isnan, nan
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from relnews.evaluate.compare.counted import EQUAL, Items, counted
from relnews.evaluate.metrics import Auc, AveragePrecision, Pearson, Spearman
from relnews.evaluate.results import Comparison

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from relnews.evaluate.compare.intervals import Resampler
    from relnews.evaluate.metrics import PairMetric
    from relnews.evaluate.protocols import Likens
    from relnews.evaluate.results import Estimate
    from relnews.evaluate.truth import JudgedPair
    from relnews.evaluate.world.world import World

    Values = npt.NDArray[np.float64]
    Places = npt.NDArray[np.intp]

PAIR_RESAMPLES = 300
"""A correlation is computed anew on each resample, so there are fewer than of means."""

SWAPS = 999
"""So many random swaps tell p; the data count as one more."""

ENOUGH_GROUPS = 10
"""With fewer groups neither an interval nor p says much."""


@dataclass(frozen=True, slots=True, eq=False)
class PairScores:
    """What systems make of judged pairs: gains of shape (p,), and by system its scores."""

    gains: Values
    scores: Mapping[str, Values]


def score_pairs(
    systems: Mapping[str, Likens], pairs: Sequence[JudgedPair], world: World
) -> PairScores:
    """Ask each system for the similarity of judged pairs; the world must hold all of them.

    A system to which all pairs are alike, such as the newest, is left out, and so is one that
    fails.
    """
    targets: dict[str, list[int]] = defaultdict(list)
    for place, pair in enumerate(pairs):
        targets[pair.source_id].append(place)
    scores = {name: np.zeros(len(pairs)) for name in systems}
    for (source_id, places), name in product(targets.items(), systems):
        source = world.archive.latest(source_id)
        wanted = [pairs[place].target_id for place in places]
        try:
            scores[name][places] = systems[name].similarities(source, wanted)
        except Exception:  # noqa: BLE001  # a system under test may fail in any way
            scores[name][:] = np.nan
    telling = {name: found for name, found in scores.items() if np.ptp(found) > 0}  # not NaN
    return PairScores(np.array([pair.gain for pair in pairs]), telling)


def pair_metrics(pairs: Sequence[JudgedPair]) -> tuple[PairMetric, ...]:
    """Give the metrics of a scale; good is what reaches half of its largest gain."""
    half = _half(pairs)
    return (Pearson(), Spearman(), Auc(half), AveragePrecision(half))


def pair_groups(pairs: Sequence[JudgedPair]) -> list[str]:
    """Give the group that each pair is drawn and swapped with: the subject of its source.

    A pair counts for two articles, so that pairs of different sources rise and fall together
    where the sources are about the same thing. All judged pairs usually hang together (each of
    the 150 articles of CNRec with all others), so that no grouping parts them for good. Those
    judged alike do part: a subject is what hangs together by pairs that reach half of the
    largest gain. CNRec falls into 42 subjects by similarity, 100 articles on energy policy into
    their 44 running stories. What still crosses groups are pairs that people found unlike.

    Parameters
    ----------
    pairs
        Of one scale.

    Returns
    -------
    list of str, one for each pair
        The smallest id of the subject; or, where there are fewer than `ENOUGH_GROUPS` subjects,
        the source, since intervals over a handful of groups are hardly worth having.
    """
    if not pairs:
        return []
    ids = sorted({name for pair in pairs for name in (pair.source_id, pair.target_id)})
    row = {name: place for place, name in enumerate(ids)}
    half = _half(pairs)
    alike = [(row[pair.source_id], row[pair.target_id]) for pair in pairs if pair.gain >= half]
    ends = np.array(alike, np.intp).reshape(-1, 2)
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(len(ids), len(ids)))
    _, subjects = connected_components(graph, directed=False)
    _, firsts = np.unique(subjects, return_index=True)
    found = [ids[firsts[subjects[row[pair.source_id]]]] for pair in pairs]
    enough = len(set(found)) >= ENOUGH_GROUPS
    return found if enough else [pair.source_id for pair in pairs]


def estimate_pairs(
    found: PairScores,
    metrics: Sequence[PairMetric],
    pairs: Sequence[JudgedPair],
    resampler: Resampler,
) -> dict[str, dict[str, Estimate]]:
    """Give the estimates of each system on pairs, by system and metric.

    Groups of `pair_groups` are resampled whole. The resampler should be made from them too; its
    seed and level are used.
    """
    drawing = _Drawing.of(pairs, resampler.seed)
    return {
        name: {
            str(metric): resampler.interval_of(
                _resampled(metric, found.gains, scores, drawing), len(scores), drawing.n_groups
            )
            for metric in metrics
        }
        for name, scores in found.scores.items()
    }


def compare_pairs(
    found: PairScores,
    metrics: Sequence[PairMetric],
    pairs: Sequence[JudgedPair],
    main: str,
    resampler: Resampler,
) -> list[Comparison]:
    """Hold the main system against every other by what they make of judged pairs.

    The difference is that of the two values of a metric, its interval that over the resamples
    of `estimate_pairs`. `p` is of a two-sided randomisation test, which asks nothing of how a
    metric is distributed (Yeh 2000, More accurate tests for the statistical significance of
    result differences, COLING; Smucker, Allan & Carterette 2007, CIKM): were the systems alike,
    each group of `pair_groups` could as well have come out with their scores swapped. p is the
    share of random swaps after which the two values are at least as far apart, the data counting
    as one of them (Phipson & Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9:39).

    A swap mixes scores of two systems, so both are first put on one scale, on which the metric
    has the same value: ranks over all pairs (ties share their mean rank) for Spearman, AUC and
    AP, which gives both systems the same distribution; mean 0 and standard deviation 1 for
    Pearson, whose value ranks would change, and for any metric of the caller's own, whose value
    should not depend on the scale of the scores. Systems that differ in scale alone have p = 1.

    All systems and metrics see the same resamples and swaps, so that no result depends on what
    else is compared; main and peer the other way round have the negated difference and the same
    p. O(b g p) for each metric and peer, for b resamples or swaps, g groups and p pairs.

    Parameters
    ----------
    found, metrics, pairs
        As for `estimate_pairs`.
    main
        Name of the system; where `score_pairs` has left it out, there is no comparison.
    resampler
        Made from `pair_groups`; its seed and level are used.

    Returns
    -------
    list of Comparison
        By metric, then by peer. There are no values of single lists, hence `effect` is NaN and
        wins, ties and losses are 0. `p_corrected` is NaN until `correct` has seen all
        comparisons of the task. Equal scores have the difference 0 and p = 1; a metric that is
        undefined for either system has NaN for both. One group only: p = 1.
    """
    if main not in found.scores:
        return []
    drawing = _Drawing.of(pairs, resampler.seed)
    peers = [name for name in found.scores if name != main]
    return [
        _compared(metric, found, (main, peer), drawing, resampler)
        for metric, peer in product(metrics, peers)
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Drawing:
    """Which groups are drawn.

    `groups` numbers the group of each pair, shape (p,); `resamples` holds how often each group is
    in each resample, shape (PAIR_RESAMPLES, g); `swaps` is 1 where a group is swapped, shape
    (1 + SWAPS, g), and begins with the data as they are.
    """

    groups: Places
    resamples: Values
    swaps: Values

    @property
    def n_groups(self) -> int:
        return int(self.resamples.shape[1])

    @classmethod
    def of(cls, pairs: Sequence[JudgedPair], seed: int) -> _Drawing:
        """Draw for the groups of pairs."""
        names, groups = np.unique(np.array(pair_groups(pairs), np.str_), return_inverse=True)
        generator, size = np.random.default_rng(seed), len(names)
        drawn = [generator.integers(size, size=size) for _ in range(PAIR_RESAMPLES if size else 0)]
        resamples = [np.bincount(some, minlength=size) for some in drawn]
        swaps = np.random.default_rng(seed).integers(2, size=(1 + SWAPS, size))
        swaps[0] = 0
        counts = np.array(resamples, np.float64).reshape(-1, size)
        return cls(groups.astype(np.intp), counts, swaps.astype(np.float64))


def _half(pairs: Sequence[JudgedPair]) -> float:
    return max(pair.gain for pair in pairs) / 2


def _resampled(metric: PairMetric, gains: Values, scores: Values, drawing: _Drawing) -> Values:
    """Give the value on all pairs, then that on each resample."""
    value = metric.of_pairs(gains, scores)
    if isnan(value):
        return np.full(1 + len(drawing.resamples), nan)
    items = Items(gains, scores, drawing.groups)
    return np.concatenate([[value], counted(metric, items, drawing.resamples)])


def _compared(
    metric: PairMetric,
    found: PairScores,
    both: tuple[str, str],
    drawing: _Drawing,
    resampler: Resampler,
) -> Comparison:
    of_main, of_peer = (
        _resampled(metric, found.gains, found.scores[name], drawing) for name in both
    )
    apart = of_main - of_peer
    difference = np.where(np.abs(apart) <= EQUAL, 0.0, apart)
    return Comparison(
        metric=str(metric),
        system=both[0],
        peer=both[1],
        difference=resampler.interval_of(difference, len(found.gains), drawing.n_groups),
        p=nan if isnan(apart[0]) else _swapped_p(metric, found, both, drawing),
        p_corrected=nan,
        effect=nan,
        wins=0,
        ties=0,
        losses=0,
    )


def _swapped_p(
    metric: PairMetric, found: PairScores, both: tuple[str, str], drawing: _Drawing
) -> float:
    """Give the share of swaps that part two systems as far; what is undefined counts as far.

    Both systems' scores lie in one row, of which a swap counts one half of each group for the
    one system and the other half for the other: sorted once, no swap is sorted anew.
    """
    system, peer = (_on_one_scale(metric, found.scores[name]) for name in both)
    if np.allclose(system, peer, rtol=0, atol=EQUAL):
        return 1.0
    items = Items(
        np.tile(found.gains, 2),
        np.concatenate([system, peer]),
        np.concatenate([drawing.groups, drawing.groups + drawing.n_groups]),
    )
    swaps, kept = drawing.swaps, 1.0 - drawing.swaps
    of_system = counted(metric, items, np.hstack([kept, swaps]))
    of_peer = counted(metric, items, np.hstack([swaps, kept]))
    apart = np.abs(of_system - of_peer)
    return float(np.mean(~(apart < apart[0] - EQUAL)))


def _on_one_scale(metric: PairMetric, scores: Values) -> Values:
    if isinstance(metric, Spearman | Auc | AveragePrecision):
        from scipy.stats import rankdata  # noqa: PLC0415  # slow to import

        return np.asarray(rankdata(scores), np.float64)
    return np.asarray((scores - scores.mean()) / scores.std(), np.float64)
