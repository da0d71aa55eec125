"""What is first, what is best, and what belongs together, before anything is written."""

from __future__ import annotations

from dataclasses import replace
from math import nan

from evaluations import METRICS, SYSTEMS, estimate, hostile_evaluation, site_task
from relnews.evaluate import metrics
from relnews.evaluate.report.tables import (
    DIVERSITY,
    MEDIAN_AGE,
    find_metric,
    metric_groups,
    metrics_of,
    ordered_comparisons,
    ranked,
)
from relnews.evaluate.results import SystemResult

TASK = site_task()


def test_systems_are_ranked_by_the_headline() -> None:
    assert [system.name for system in ranked(TASK)] == list(SYSTEMS)
    assert [one.name for one in ranked(replace(TASK, systems=TASK.systems[::-1]))] == list(SYSTEMS)


def test_where_smaller_is_better_the_smallest_is_first() -> None:
    turned = replace(TASK, better={"nDCG@10": -1})
    assert [system.name for system in ranked(turned)] == list(SYSTEMS[::-1])


def test_systems_without_a_value_come_last() -> None:
    systems = (
        SystemResult("none", {}),
        SystemResult("nan", {"m": estimate(nan)}),
        SystemResult("low", {"m": estimate(0.1)}),
        SystemResult("high", {"m": estimate(0.2)}),
    )
    found = ranked(replace(TASK, headline="m", systems=systems))
    assert [system.name for system in found] == ["high", "low", "nan", "none"]


def test_every_metric_stands_in_one_group_and_the_headline_is_first() -> None:
    groups = metric_groups(TASK)
    names = [row.name for group in groups for row in group.rows]
    assert names[0] == "nDCG@10"
    assert sorted(names) == sorted(METRICS)
    late = metric_groups(replace(TASK, headline="Gini@10"))
    assert late[0].name == "Reach and balance"
    assert late[0].rows[0].name == "Gini@10"


def test_every_standard_metric_has_a_group() -> None:
    values = {str(metric): estimate(0.5) for metric in metrics.standard(10, 60.0)}
    task = replace(TASK, systems=(SystemResult("a", values),))
    assert "Further" not in {group.name for group in metric_groups(task)}
    assert find_metric(metrics_of(task), MEDIAN_AGE) == "age p50 h@10"
    assert find_metric(metrics_of(task), DIVERSITY) == "diversity@10"


def test_a_metric_that_nobody_knows_comes_last() -> None:
    systems = (SystemResult("a", {"sparkle": estimate(1.0), "MRR@10": estimate(0.5)}),)
    groups = metric_groups(replace(TASK, systems=systems))
    assert groups[-1].name == "Further"
    assert groups[0].rows[0].name == "nDCG@10"
    assert groups[0].rows[0].cells[0].value == "–"


def test_the_best_is_marked_at_the_good_end_only() -> None:
    rows = {row.name: row for group in metric_groups(TASK) for row in group.rows}
    assert [cell.best for cell in rows["nDCG@10"].cells] == [True] + [False] * 7
    assert [cell.best for cell in rows["hub skew@10"].cells] == [False] * 6 + [True, False]
    assert not any(cell.best for cell in rows["age p50 h@10"].cells)
    violations = [cell.best for cell in rows["violations@10"].cells]
    assert violations == [True, True, True, True, False, True, True, False]


def test_nothing_is_best_where_all_are_alike() -> None:
    systems = tuple(SystemResult(name, {"m": estimate(0.3)}) for name in "abc")
    task = replace(TASK, headline="m", better={"m": 1}, systems=systems)
    assert not any(c.best for group in metric_groups(task) for row in group.rows for c in row.cells)


def test_counts_that_differ_are_a_range() -> None:
    systems = (
        SystemResult("a", {"m": estimate(0.3, n=12)}),
        SystemResult("b", {"m": estimate(0.3, n=1480)}),
    )
    task = replace(TASK, headline="m", systems=systems)
    assert metric_groups(task)[0].rows[0].n == "12–1,480"


def test_comparisons_on_the_headline_come_first() -> None:
    backwards = replace(TASK, comparisons=TASK.comparisons[::-1])
    found = [one.metric for one in ordered_comparisons(backwards)]
    assert found[:7] == ["nDCG@10"] * 7
    assert "nDCG@10" not in found[7:]


def test_odd_values_break_nothing() -> None:
    for task in hostile_evaluation().tasks:
        assert len(ranked(task)) == len(task.systems)
        assert all(
            len(row.cells) == len(task.systems) for g in metric_groups(task) for row in g.rows
        )
