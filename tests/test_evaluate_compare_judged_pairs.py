"""Judged pairs: values, intervals and comparisons by whole subjects, as naive versions give."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from math import isnan, nan
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata, zscore
from sklearn.metrics import average_precision_score, roc_auc_score

import relnews.evaluate.compare.counted as counted_module
import relnews.evaluate.compare.judged_pairs as module
from newsroom import an_article
from relnews.evaluate import Archive, JudgedPair
from relnews.evaluate.compare.intervals import Resampler
from relnews.evaluate.compare.judged_pairs import (
    PAIR_RESAMPLES,
    PairScores,
    compare_pairs,
    estimate_pairs,
    pair_groups,
    pair_metrics,
    score_pairs,
)
from relnews.evaluate.metrics import Auc, AveragePrecision, Pearson, Spearman

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from relnews import Article
    from relnews.evaluate.metrics import PairMetric
    from relnews.evaluate.results import Comparison

    Values = npt.NDArray[np.float64]

METRICS = (Pearson(), Spearman(), Auc(1.5), AveragePrecision(1.5))


@dataclass
class Table:
    """Knows how alike articles are, and notes what it was asked."""

    alike: dict[tuple[str, str], float]
    asked: list[tuple[str, tuple[str, ...]]]

    def similarities(self, source: Article, targets: Sequence[str]) -> Sequence[float]:
        self.asked.append((source.id, tuple(targets)))
        return [self.alike.get((source.id, name), 0.5) for name in targets]


@dataclass
class Site:
    """As much of a world as is looked at."""

    archive: Archive


@dataclass(frozen=True)
class Covariance:
    """A metric that nobody has made quick."""

    better: ClassVar[int] = 1

    def of_pairs(self, gains: Values, scores: Values) -> float:
        return float(np.mean(gains * scores) - gains.mean() * scores.mean())


def scored(systems: dict[str, Any], pairs: Sequence[JudgedPair]) -> PairScores:
    world: Any = Site(Archive([an_article(name) for name in "abcdefgh"]))
    return score_pairs(systems, pairs, world)


def some_pairs(gains: Sequence[float], n_sources: int) -> list[JudgedPair]:
    return [
        JudgedPair(f"s{number % n_sources:02}", f"t{number}", gain)
        for number, gain in enumerate(gains)
    ]


def a_resampler(pairs: Sequence[JudgedPair], seed: int = 0) -> Resampler:
    return Resampler(pair_groups(pairs), np.random.default_rng(seed))


def trial(seed: int, noise: dict[str, float], n: int = 160) -> tuple[PairScores, list[JudgedPair]]:
    """Draw systems that see the gains through noise, half of it common to a source."""
    generator = np.random.default_rng(seed)
    gains = generator.choice([0.0, 0.0, 1.0, 2.0, 3.0], n)
    pairs = some_pairs(gains.tolist(), 16)
    scores = {
        name: gains
        + much * (generator.normal(size=16)[np.arange(n) % 16] + generator.normal(size=n))
        for name, much in noise.items()
    }
    return PairScores(gains, scores), pairs


def compared(
    seed: int, noise: dict[str, float], metrics: Sequence[PairMetric] = METRICS
) -> list[Comparison]:
    found, pairs = trial(seed, noise)
    return compare_pairs(found, metrics, pairs, "main", a_resampler(pairs))


def test_each_pair_gets_its_score_though_sources_are_asked_once() -> None:
    pairs = [
        JudgedPair("a", "b", 3.0),
        JudgedPair("c", "d", 1.0),
        JudgedPair("a", "d", 0.0),
        JudgedPair("c", "a", 2.0),
    ]
    table = Table({("a", "b"): 0.9, ("c", "d"): 0.1, ("a", "d"): 0.3, ("c", "a"): 0.7}, [])
    found = scored({"table": table}, pairs)
    assert found.gains.tolist() == [3.0, 1.0, 0.0, 2.0]
    assert found.scores["table"].tolist() == [0.9, 0.1, 0.3, 0.7]
    assert table.asked == [("a", ("b", "d")), ("c", ("d", "a"))]


def test_a_system_to_which_all_pairs_are_alike_is_left_out() -> None:
    pairs = [JudgedPair("a", "b", 3.0), JudgedPair("c", "d", 1.0)]
    found = scored({"same": Table({}, []), "told": Table({("a", "b"): 0.6}, [])}, pairs)
    assert list(found.scores) == ["told"]
    assert scored({}, pairs).scores == {}


@pytest.mark.parametrize(("gains", "half"), [((3.0, 1.0, 0.0), 1.5), ((1.0, 0.0), 0.5)])
def test_good_is_what_reaches_half_of_the_largest_gain(
    gains: tuple[float, ...], half: float
) -> None:
    pairs = [JudgedPair("a", "b", gain) for gain in gains]
    names = [str(metric) for metric in pair_metrics(pairs)]
    assert names == ["Pearson", "Spearman", f"AUC(gain>={half})", f"AP(gain>={half})"]


def test_pairs_are_grouped_by_what_hangs_together_by_good_pairs() -> None:
    """A chain b-a, b-c is one subject; a pair below half of the largest gain joins nothing."""
    pairs = [
        JudgedPair("b", "a", 2.0),
        JudgedPair("c", "b", 1.0),
        JudgedPair("c", "d", 0.9),
        JudgedPair("x", "c", 0.0),
    ]
    others = [JudgedPair(f"y{number}", f"z{number}", 2.0) for number in range(8)]
    expected = ["a", "a", "a", "x"] + [pair.source_id for pair in others]
    assert pair_groups([*pairs, *others]) == expected
    turned = [replace(pair, source_id=pair.target_id, target_id=pair.source_id) for pair in others]
    assert pair_groups([*turned, *pairs]) == expected[4:] + expected[:4]


def test_too_few_subjects_leave_the_sources() -> None:
    pairs = [JudgedPair(f"s{number}", "hub", 1.0) for number in range(12)]
    assert pair_groups(pairs) == [pair.source_id for pair in pairs]
    apart = [JudgedPair(f"s{number}", f"t{number}", 1.0) for number in range(9)]
    joined = JudgedPair("s0", "s1", 1.0)
    assert pair_groups([*apart, joined])[1] == "s1"
    more = [JudgedPair(f"u{number}", f"v{number}", 1.0) for number in range(9)]
    assert pair_groups([*apart, *more, joined])[1] == "s0"


@pytest.mark.parametrize("gain", [0.0, -1.0])
def test_a_scale_on_which_nothing_is_good_has_groups_too(gain: float) -> None:
    pairs = some_pairs([gain] * 24, 12)
    assert pair_groups(pairs) == [pair.source_id for pair in pairs]
    assert pair_groups([]) == []


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6)), min_size=4, max_size=12),
    st.integers(1, 4),
)
def test_the_value_is_that_of_all_pairs_as_they_are(
    drawn: list[tuple[int, int]], n_sources: int
) -> None:
    gains, scores = np.array(drawn, np.float64).T
    good = gains >= gains.max() / 2
    assume(np.ptp(gains) > 0 and np.ptp(scores) > 0 and good.any() and not good.all())
    pairs = some_pairs(gains.tolist(), n_sources)
    resampler = a_resampler(pairs)
    metrics = [Pearson(), *pair_metrics(pairs)[2:]]
    found = estimate_pairs(PairScores(gains, {"s": scores}), metrics, pairs, resampler)["s"]
    naive = [
        np.corrcoef(gains, scores)[0, 1],
        roc_auc_score(good, scores),
        average_precision_score(good, scores),
    ]
    assert [one.value for one in found.values()] == pytest.approx(naive)
    for one in found.values():
        assert one.n == len(pairs)
        alone = resampler.n_groups == 1
        assert isnan(one.low) if alone else one.low <= one.value <= one.high


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), min_size=2, max_size=14),
    st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=4),
)
def test_counting_groups_is_measuring_repeated_pairs(
    drawn: list[tuple[int, int]], counts: list[list[int]]
) -> None:
    """The quick way gives what `of_pairs` gives, and is silent where that is."""
    gains, scores = np.array(drawn, np.float64).T
    groups = np.arange(len(gains)) % 4
    often = np.array(counts, np.float64)
    items = counted_module.Items(gains, scores, groups)
    for metric in METRICS:
        found = counted_module.counted(metric, items, often)
        for value, row in zip(found, counts, strict=True):
            some = np.repeat(np.arange(len(gains)), np.array(row)[groups])
            expected = metric.of_pairs(gains[some], scores[some])
            assert value == pytest.approx(expected, nan_ok=True)


def test_counting_in_blocks_counts_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = compared(1, {"main": 1.0, "peer": 1.5})
    monkeypatch.setattr(counted_module, "_CELLS_AT_ONCE", 20_000)
    for one, other in zip(compared(1, {"main": 1.0, "peer": 1.5}), whole, strict=True):
        assert one.p == other.p
        assert one.difference.low == pytest.approx(other.difference.low)


def test_an_interval_is_that_of_a_naive_bootstrap_of_whole_sources() -> None:
    generator = np.random.default_rng(2)
    gains = generator.integers(0, 4, 40).astype(np.float64)
    scores = gains + generator.normal(0, 2, 40)
    pairs = some_pairs(gains.tolist(), 10)
    resampler = a_resampler(pairs, 9)
    (found,) = estimate_pairs(PairScores(gains, {"s": scores}), [Spearman()], pairs, resampler)[
        "s"
    ].values()
    drawn, places = np.random.default_rng(resampler.seed), defaultdict(list)
    for place, pair in enumerate(pairs):
        places[pair.source_id].append(place)
    values = [Spearman().of_pairs(gains, scores)]
    for _ in range(PAIR_RESAMPLES):
        sources = [list(places)[number] for number in drawn.integers(10, size=10)]
        some = [place for source in sources for place in places[source]]
        values.append(Spearman().of_pairs(gains[some], scores[some]))
    naive = resampler.interval_of(np.array(values), 40)
    assert (found.value, found.n) == (naive.value, naive.n)
    assert (found.low, found.high) == pytest.approx((naive.low, naive.high))
    assert found.low < found.value < found.high


def test_pairs_of_one_source_are_drawn_together() -> None:
    """Sources that are all alike leave nothing to chance; single pairs would."""
    gains, scores = np.array([0.0, 1.0, 2.0] * 8), np.array([0.1, 0.9, 0.5] * 8)
    pairs = [JudgedPair(f"s{number // 3}", "t", gain) for number, gain in enumerate(gains)]
    for one in estimate_pairs(
        PairScores(gains, {"s": scores}), pair_metrics(pairs), pairs, a_resampler(pairs)
    )["s"].values():
        assert (one.low, one.high) == pytest.approx((one.value, one.value))


def test_pairs_of_one_subject_are_drawn_together() -> None:
    """Two sources of a subject err against each other; drawn apart, the value would vary."""
    pairs, scores = [], []
    for number in range(12):
        one, two = f"a{number}", f"b{number}"
        pairs += [JudgedPair(one, two, 1.0), JudgedPair(one, f"c{number}", 0.0)]
        pairs += [JudgedPair(two, one, 1.0), JudgedPair(two, f"c{number}", 0.0)]
        scores += [0.9, 0.1, 0.2, 0.3]
    gains = np.array([pair.gain for pair in pairs])
    found = PairScores(gains, {"s": np.array(scores)})
    (one_value,) = estimate_pairs(found, [Auc()], pairs, a_resampler(pairs))["s"].values()
    assert (one_value.low, one_value.high) == (one_value.value, one_value.value)


def test_the_main_system_is_held_against_every_other_on_every_metric() -> None:
    found = compared(1, {"peer": 1.0, "main": 1.0, "third": 1.5})
    assert [(one.metric, one.system, one.peer) for one in found] == [
        (str(metric), "main", peer) for metric in METRICS for peer in ("peer", "third")
    ]
    for one in found:
        assert one.difference.low <= one.difference.value <= one.difference.high
        assert isnan(one.p_corrected)
        assert isnan(one.effect)
        assert (one.wins, one.ties, one.losses, one.difference.n) == (0, 0, 0, 160)


def test_the_difference_is_that_of_the_values() -> None:
    found, pairs = trial(3, {"main": 1.0, "peer": 1.5})
    resampler = a_resampler(pairs)
    estimates = estimate_pairs(found, METRICS, pairs, resampler)
    for one in compare_pairs(found, METRICS, pairs, "main", resampler):
        values = [estimates[name][one.metric].value for name in ("main", "peer")]
        assert one.difference.value == pytest.approx(values[0] - values[1])


@pytest.mark.parametrize("metric", METRICS, ids=str)
def test_p_is_that_of_naive_swaps_of_whole_groups(
    metric: PairMetric, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SWAPS", 59)
    found, pairs = trial(4, {"main": 1.0, "peer": 1.3})
    resampler = a_resampler(pairs)
    (one,) = compare_pairs(found, [metric], pairs, "main", resampler)
    scale = zscore if isinstance(metric, Pearson) else rankdata
    system, peer = scale(found.scores["main"]), scale(found.scores["peer"])
    groups = np.unique(pair_groups(pairs), return_inverse=True)[1]
    swaps = np.random.default_rng(resampler.seed).integers(2, size=(60, groups.max() + 1))
    apart = [
        abs(
            metric.of_pairs(found.gains, np.where(swapped[groups], peer, system))
            - metric.of_pairs(found.gains, np.where(swapped[groups], system, peer))
        )
        for swapped in [0 * swaps[0], *swaps[1:]]
    ]
    assert one.p == np.mean([value >= apart[0] - 1e-12 for value in apart])


@pytest.mark.parametrize("seed", range(3))
def test_a_better_system_is_found(seed: int) -> None:
    for one in compared(seed, {"main": 0.5, "peer": 2.5}):
        assert one.difference.low > 0
        assert one.p < 0.02


def test_p_is_uniform_when_systems_are_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SWAPS", 99)
    monkeypatch.setattr(module, "PAIR_RESAMPLES", 2)
    chances = defaultdict(list)
    for seed in range(150):
        for one in compared(seed, {"main": 1.0, "peer": 1.0}):
            chances[one.metric].append(one.p)
    for found in chances.values():
        for level in (0.05, 0.2, 0.5, 0.8):
            assert np.mean(np.array(found) <= level) == pytest.approx(level, abs=0.13)
        assert np.mean(np.array(found) <= 0.05) < 0.11


@pytest.mark.parametrize("factor", [1.0, 0.37])
def test_systems_that_differ_in_scale_alone_are_equal(factor: float) -> None:
    found, pairs = trial(5, {"main": 1.0})
    both = PairScores(
        found.gains, {**found.scores, "peer": found.scores["main"] * factor + (factor != 1.0)}
    )
    for one in compare_pairs(both, METRICS, pairs, "main", a_resampler(pairs)):
        assert one.p == 1
        bounds = (one.difference.value, one.difference.low, one.difference.high)
        assert bounds == (0, 0, 0)


def test_main_and_peer_the_other_way_round_are_the_negative() -> None:
    found, pairs = trial(6, {"main": 1.0, "peer": 1.4})
    here = compare_pairs(found, METRICS, pairs, "main", a_resampler(pairs))
    there = compare_pairs(found, METRICS, pairs, "peer", a_resampler(pairs))
    for one, other in zip(here, there, strict=True):
        assert one.p == other.p
        assert (one.difference.value, one.difference.low) == pytest.approx(
            (-other.difference.value, -other.difference.high)
        )


def test_the_same_seed_gives_the_same_comparison_whoever_else_is_there() -> None:
    found, pairs = trial(7, {"main": 1.0, "peer": 1.4, "third": 1.0})
    alone = PairScores(found.gains, {name: found.scores[name] for name in ("main", "peer")})

    def shown(scores: PairScores, seed: int) -> list[str]:
        every = compare_pairs(scores, METRICS, pairs, "main", a_resampler(pairs, seed))
        return [repr(one) for one in every if one.peer == "peer"]

    assert shown(found, 1) == shown(found, 1) == shown(alone, 1)
    assert shown(found, 1) != shown(found, 2)


def test_a_system_left_out_or_alone_is_compared_with_nobody() -> None:
    found, pairs = trial(8, {"peer": 1.0})
    assert compare_pairs(found, METRICS, pairs, "main", a_resampler(pairs)) == []
    assert compare_pairs(found, METRICS, pairs, "peer", a_resampler(pairs)) == []


def test_what_is_undefined_has_no_p() -> None:
    found, pairs = trial(9, {"main": 1.0, "peer": 1.0})
    flat = PairScores(np.ones_like(found.gains), found.scores)
    holed = PairScores(found.gains, {**found.scores, "peer": np.full(len(pairs), nan)})
    for scores in (flat, holed):
        for one in compare_pairs(scores, METRICS, pairs, "main", a_resampler(pairs)):
            assert all(isnan(value) for value in (one.p, one.difference.value, one.difference.low))


def test_one_group_says_nothing() -> None:
    found, pairs = trial(10, {"main": 0.5, "peer": 3.0})
    single = [replace(pair, source_id="s") for pair in pairs]
    assert len(Counter(pair_groups(single))) == 1
    for one in compare_pairs(found, METRICS, single, "main", a_resampler(single)):
        assert one.p == 1
        assert isnan(one.difference.low)


def test_any_metric_can_be_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SWAPS", 99)
    (one,) = compared(0, {"main": 0.3, "peer": 3.0}, [Covariance()])
    assert one.difference.low <= one.difference.value <= one.difference.high
    assert one.p < 0.05
