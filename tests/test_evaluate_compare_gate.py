"""The gate: what fell is told, noise and what rose is not."""

from __future__ import annotations

from dataclasses import replace
from math import nan
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.errors import InvalidTruth
from relnews.evaluate.compare.gate import gate
from relnews.evaluate.results import Estimate, Evaluation, SystemResult, TaskResult

if TYPE_CHECKING:
    from collections.abc import Mapping

BETTER = {"nDCG@10": 1, "copies@10": -1, "age": 0, "coverage": 1, "violations": -1}
OLD = {
    "nDCG@10": Estimate(0.436, 0.39, 0.48, 200),
    "copies@10": Estimate(0.02, 0.01, 0.03, 200),
    "age": Estimate(30, 20, 40, 200),
    "coverage": Estimate(0.6, nan, nan, 200),
    "violations": Estimate(1, nan, nan, 200),
}
NUMBERS = st.floats(-1, 1)


def evaluation(values: Mapping[str, Estimate], failures: int = 0) -> Evaluation:
    task = TaskResult(
        name="links",
        about="",
        k=10,
        n_questions=200,
        n_without_truth=0,
        headline="nDCG@10",
        better=BETTER,
        groups=("story", 50),
        removed={},
        systems=(SystemResult("pipeline", values, failures),),
    )
    return Evaluation(
        title="",
        version="0",
        n_articles=9,
        first="",
        last="",
        settings={},
        tasks=(task,),
    )


def changed(metric: str, value: float) -> Evaluation:
    return evaluation({**OLD, metric: replace(OLD[metric], value=value)})


def test_the_same_again_passes() -> None:
    assert gate(evaluation(OLD), evaluation(OLD)) == ()


def test_a_fall_below_the_old_interval_is_told() -> None:
    expected = "links: pipeline: nDCG@10 fell from 0.436 [0.390, 0.480] to 0.310"
    assert gate(changed("nDCG@10", 0.31), evaluation(OLD)) == (expected,)


def test_a_rise_of_what_should_be_small_is_told() -> None:
    expected = "links: pipeline: copies@10 rose from 0.020 [0.010, 0.030] to 0.050"
    assert gate(changed("copies@10", 0.05), evaluation(OLD)) == (expected,)


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("nDCG@10", 0.39),  # the bound itself is inside
        ("nDCG@10", 0.9),
        ("copies@10", 0.03),
        ("copies@10", 0.0),
        ("age", 900.0),  # neither end is the good one
        ("coverage", 0.1),  # no interval: how much is noise is unknown
        ("violations", 1.0),
        ("violations", 0.0),
    ],
)
def test_noise_and_the_good_side_pass(metric: str, value: float) -> None:
    assert gate(changed(metric, value), evaluation(OLD)) == ()


def test_any_new_violation_is_told() -> None:
    expected = ("links: pipeline: violations rose from 1.000 to 2.000",)
    assert gate(changed("violations", 2), evaluation(OLD)) == expected


def test_a_violation_within_the_interval_is_told_too() -> None:
    old = evaluation({"violations": Estimate(0.1, 0, 1, 200)})
    new = evaluation({"violations": Estimate(0.2, 0, 1, 200)})
    assert len(gate(new, old)) == 1


def test_more_failed_lists_are_told() -> None:
    expected = ("links: pipeline: failed lists rose from 1 to 3",)
    assert gate(evaluation(OLD, 3), evaluation(OLD, 1)) == expected
    assert gate(evaluation(OLD, 1), evaluation(OLD, 3)) == ()


def test_what_is_gone_is_told() -> None:
    old = evaluation(OLD)
    without = {name: value for name, value in OLD.items() if name != "coverage"}
    assert gate(replace(old, tasks=()), old) == ("links: missing",)
    nobody = replace(old, tasks=(replace(old.tasks[0], systems=()),))
    assert gate(nobody, old) == ("links: pipeline: missing",)
    assert gate(evaluation(without), old) == ("links: pipeline: coverage missing, was 0.600",)
    assert gate(changed("nDCG@10", nan), old) == (
        "links: pipeline: nDCG@10 missing, was 0.436 [0.390, 0.480]",
    )


def test_what_is_new_or_was_unknown_is_not_looked_at() -> None:
    old = evaluation({"nDCG@10": Estimate(nan, nan, nan, 0)})
    assert gate(evaluation(OLD), old) == ()
    assert gate(evaluation(OLD), replace(old, tasks=())) == ()
    assert gate(evaluation({}), old) == ()


def test_messages_come_in_the_order_of_the_old_evaluation() -> None:
    found = gate(evaluation({}, 1), evaluation(OLD))
    names = ["nDCG@10", "copies@10", "coverage", "violations", "failed"]
    assert [message.split(": ")[2].split(" ")[0] for message in found] == names


@given(NUMBERS, st.lists(NUMBERS, min_size=3, max_size=3), st.sampled_from([-1, 1]))
def test_turning_a_metric_round_turns_its_gate_round(
    after: float, interval: list[float], better: int
) -> None:
    low, value, high = sorted(interval)
    metric = "nDCG@10" if better > 0 else "copies@10"
    old = evaluation({metric: Estimate(value, low, high, 9)})
    new = evaluation({metric: Estimate(after, nan, nan, 9)})
    assert bool(gate(new, old)) == (after < low if better > 0 else after > high)


def beside(value: float) -> Evaluation:
    """Give an evaluation of two systems, the second with another value."""
    found = evaluation(OLD)
    theirs = {**OLD, "nDCG@10": replace(OLD["nDCG@10"], value=value)}
    systems = (*found.tasks[0].systems, SystemResult("tf-idf", theirs, int(value < 0.3)))
    return replace(found, tasks=(replace(found.tasks[0], systems=systems),))


def test_only_the_named_systems_are_judged() -> None:
    assert len(gate(beside(0.1), beside(0.4))) == 2
    assert gate(beside(0.1), beside(0.4), only=["pipeline"]) == ()
    assert gate(evaluation(OLD), beside(0.4), only={"pipeline"}) == ()
    assert len(gate(beside(0.1), beside(0.4), only=("tf-idf", "pipeline"))) == 2
    assert gate(evaluation(OLD), beside(0.4), only=["tf-idf"]) == ("links: tf-idf: missing",)
    nothing = replace(beside(0.4), tasks=())
    assert gate(nothing, beside(0.4), only=["pipeline"]) == ("links: missing",)


@pytest.mark.parametrize("only", [(), ("relnews",), ("pipeline", "relnews"), "pipeline"])
def test_a_gate_on_nothing_is_refused(only: tuple[str, ...] | str) -> None:
    with pytest.raises(InvalidTruth, match=r"must name systems of the old .*pipeline, tf-idf"):
        gate(beside(0.4), beside(0.4), only=only)


def test_any_rise_over_an_interval_without_width_is_told() -> None:
    old = evaluation({"copies@10": Estimate(0, 0, 0, 200)})
    assert gate(old, old) == ()
    new = evaluation({"copies@10": Estimate(0.001, 0, 0.002, 200)})
    expected = "links: pipeline: copies@10 rose from 0.000 [0.000, 0.000] to 0.001"
    assert gate(new, old) == (expected,)
