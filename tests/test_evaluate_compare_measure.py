"""From lists to numbers: every value of every system, in the order of the metrics."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pytest

from newsroom import NOON, an_article
from relnews.evaluate import Archive, Catalogue, Judged, Question, Run
from relnews.evaluate.compare.intervals import Resampler
from relnews.evaluate.compare.measure import compare_all, estimate, measure
from relnews.evaluate.compare.paired import holm
from relnews.evaluate.metrics import NDCG, standard
from relnews.evaluate.metrics.slots import gains

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relnews.evaluate.compare.measure import Measured

CATALOGUE = Catalogue(Archive([an_article(name) for name in "abcdefgh"]))


@dataclass(frozen=True)
class Length:
    """How long a list is; it does not apply to an empty one."""

    better: ClassVar[int] = -1

    def __str__(self) -> str:
        return "length"

    def of(self, judged: Judged) -> float:
        return float(len(judged.ids)) or nan


@dataclass(frozen=True)
class Total:
    """How many entries all lists have together."""

    better: ClassVar[int] = 1

    def __str__(self) -> str:
        return "total"

    def of_run(self, lists: Sequence[Judged]) -> float:
        return float(sum(len(judged.ids) for judged in lists))


@dataclass(frozen=True)
class First:
    """The gain of the first entry."""

    better: ClassVar[int] = 0

    def __str__(self) -> str:
        return "first"

    def of(self, judged: Judged) -> float:
        return next(iter(gains(judged, 1)), 0.0)


RUNS = {
    "ours": Run("ours", 3, (("b", "c"), (), ("d",), ("e", "f", "g")), ((1, "KeyError: x"),)),
    "theirs": Run("theirs", 3, (("c",), ("b",), ("a",), ("f", "e"))),
    "chance": Run("chance", 3, (("h",), ("h", "a"), ("h",), ())),
}


def a_resampler(n: int = 4, seed: int = 5) -> Resampler:
    return Resampler([f"day {number // 2}" for number in range(n)], np.random.default_rng(seed))


def judged(run: Run) -> list[Judged]:
    gains: list[dict[str, float]] = [{"b": 1.0, "c": 2.0}, {"b": 1.0}, {"d": 3.0}, {"e": 1.0}]
    source = an_article("a")
    return [
        Judged(Question(source=source, at=NOON, gains=right), ids, run.k, CATALOGUE)
        for right, ids in zip(gains, run.lists, strict=True)
    ]


def measured() -> Measured:
    lists = {name: judged(run) for name, run in RUNS.items()}
    return measure(lists, [Length(), Total(), First()])


def test_each_list_has_its_value_and_each_system_its_total() -> None:
    found = measured()
    assert list(found.lists) == ["length", "first"]
    assert list(found.runs) == ["total"]
    assert found.better == {"length": -1, "total": 1, "first": 0}
    np.testing.assert_array_equal(found.lists["length"]["ours"], [2, nan, 1, 3])
    np.testing.assert_array_equal(found.lists["first"]["ours"], [1, 0, 3, 1])
    np.testing.assert_array_equal(found.lists["first"]["theirs"], [2, 1, 0, 0])
    assert found.runs["total"] == {"ours": 6, "theirs": 5, "chance": 4}


def test_estimates_come_in_the_order_of_metrics_and_of_systems() -> None:
    found = estimate(measured(), RUNS, a_resampler())
    assert [system.name for system in found] == ["ours", "theirs", "chance"]
    assert [system.failures for system in found] == [1, 0, 0]
    for system in found:
        assert list(system.values) == ["length", "total", "first"]


def test_the_standard_metrics_keep_the_order_of_the_report() -> None:
    metrics = standard(3, 60.0)
    lists = {name: judged(run) for name, run in RUNS.items()}
    found = estimate(measure(lists, metrics), RUNS, a_resampler())
    assert all(list(system.values) == [str(metric) for metric in metrics] for system in found)
    ndcg = np.mean([NDCG(3).of(one) for one in lists["theirs"]])
    assert found[1].values["nDCG@3"].value == pytest.approx(ndcg)


def test_a_mean_has_an_interval_and_a_value_of_all_lists_has_none() -> None:
    ours = estimate(measured(), RUNS, a_resampler())[0].values
    assert (ours["length"].value, ours["length"].n) == (2.0, 3)
    assert ours["length"].low <= 2.0 <= ours["length"].high
    assert ours["length"] == a_resampler().interval(measured().lists["length"]["ours"])
    assert (ours["total"].value, ours["total"].n) == (6.0, 4)
    assert isnan(ours["total"].low)
    assert isnan(ours["total"].high)


def test_no_lists_at_all_have_no_values() -> None:
    empty = {"ours": Run("ours", 3, ())}
    resampler = Resampler([], np.random.default_rng(0))
    (found,) = estimate(measure({"ours": []}, [Length(), Total()]), empty, resampler)
    assert isnan(found.values["length"].value)
    assert found.values["length"].n == found.values["total"].n == 0


def test_the_main_system_is_held_against_every_other_on_every_metric() -> None:
    found = compare_all(measured(), "theirs", ("first", "length"), a_resampler())
    assert [(one.metric, one.system, one.peer) for one in found] == [
        ("first", "theirs", "ours"),
        ("first", "theirs", "chance"),
        ("length", "theirs", "ours"),
        ("length", "theirs", "chance"),
    ]
    assert found[0].difference.value == pytest.approx(3 / 4 - 5 / 4)
    assert (found[0].wins, found[0].ties, found[0].losses) == (2, 0, 2)


def test_where_less_is_better_the_lesser_wins() -> None:
    (compared, _) = compare_all(measured(), "ours", ("length",), a_resampler())
    assert compared.difference.value > 0
    assert (compared.wins, compared.ties, compared.losses) == (0, 1, 2)


def test_p_is_corrected_for_all_comparisons_of_a_task_together() -> None:
    generator = np.random.default_rng(1)
    values = {f"s{number}": generator.normal(0.1 * number, 1, 40) for number in range(4)}
    lists = {"one": values, "two": {name: found**2 for name, found in values.items()}}
    better = {"one": 1, "two": 1}
    both = type(measured())(lists=lists, runs={}, better=better)
    resampler = Resampler([str(number) for number in range(40)], generator)
    found = compare_all(both, "s0", ("one", "two"), resampler)
    assert len(found) == 6
    assert [one.p_corrected for one in found] == holm([one.p for one in found]).tolist()
    alone = compare_all(both, "s0", ("one",), resampler)
    assert [one.p for one in alone] == [one.p for one in found[:3]]
    assert all(one.p_corrected <= two.p_corrected for one, two in zip(alone, found, strict=False))


def test_a_system_alone_is_compared_with_nobody() -> None:
    alone = measure({"ours": judged(RUNS["ours"])}, [First()])
    assert compare_all(alone, "ours", ("first",), a_resampler()) == ()
