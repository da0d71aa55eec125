"""One task, all systems: from questions to numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np

from relnews.evaluate.ask.guards import Guarded, guard, not_before
from relnews.evaluate.ask.tasks import SAMPLE
from relnews.evaluate.compare import breakdown
from relnews.evaluate.compare.intervals import Resampler
from relnews.evaluate.compare.measure import (
    compare_all,
    estimate,
    estimate_pairs,
    measure,
    pair_metrics,
    score_pairs,
)
from relnews.evaluate.metrics import NDCG, AgeQuantile, IntraListDiversity, Recall, churn, standard
from relnews.evaluate.offpolicy.estimates import off_policy
from relnews.evaluate.results import CurvePoint, Estimate, OffPolicyResult, TaskResult
from relnews.evaluate.world.panel import Member, Panel
from relnews.evaluate.world.replay import judge, replay
from relnews.evaluate.world.systems import curves
from relnews.evaluate.world.world import World
from relnews.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from relnews.evaluate.ask.tasks import Task
    from relnews.evaluate.catalogue import Catalogue
    from relnews.evaluate.judged import Judged, Run
    from relnews.evaluate.protocols import Likens, ListMetric, Recommends
    from relnews.evaluate.truth import Impression, Question
    from relnews.evaluate.world.readers import Readers
    from relnews.evaluate.world.systems import Systems

_Estimates = Mapping[str, Estimate]

_CURVE = "curve"
"""Begins the names of runs that are points on a curve, and no system of the comparison."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to evaluate: all that a second person needs to get the same numbers.

    Attributes
    ----------
    tasks
        Names from `tasks.TASKS`; empty: whatever people's judgement there is.
    k
        List length, at least 1.
    sample
        At most so many questions a task.
    seed
        Of everything that is drawn.
    split
        Nothing is fitted from this moment on, and only later questions are asked.
    with_curves
        Whether to measure the library under other half-lives and diversities too.
    language
        Assumed where none can be told.
    """

    tasks: Sequence[str] = ()
    k: int = 10
    sample: int = SAMPLE
    seed: int = 0
    split: datetime | None = None
    with_curves: bool = True
    language: str = "de"


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The questions of a task, without leaks, and the lists of each system."""

    questions: tuple[Question, ...]
    runs: Mapping[str, Run]


class Contest:
    """A task and all that is needed to run it.

    Parameters
    ----------
    task, systems, plan
        What is asked, of whom, and how.
    catalogue, readers
        What lists are held against, and whence popularity comes.
    """

    def __init__(
        self, task: Task, systems: Systems, plan: Plan, catalogue: Catalogue, readers: Readers
    ) -> None:
        self.task, self.systems, self.plan = task, systems, plan
        self.catalogue, self.readers = catalogue, readers

    def run(self, progress: Callable[[int], None]) -> tuple[TaskResult, Answers]:
        """Ask all systems and measure what they say."""
        task, plan = self.task, self.plan
        split = plan.split if task.dated else None
        archive, same_source = self.catalogue.archive, task.same_source
        with closing(
            World(archive, split=split, same_source=same_source, language=plan.language)
        ) as world:
            systems = self.systems.build(world, self.readers, self._generator(), dated=task.dated)
            panel = Panel(world)
            varied = {name: Member(panel, policy) for name, policy in self._varied().items()}
            guarded = self._guarded(systems)
            everyone: dict[str, Recommends] = {**systems, **varied}
            runs = replay(world, guarded.questions, everyone, task.k, progress=progress)
            of_pairs = self._of_pairs(systems, world)
        result = self._result(guarded, runs, of_pairs)
        return result, Answers(guarded.questions, {name: runs[name] for name in systems})

    def _generator(self) -> np.random.Generator:
        """Start anew for each use, so that no result depends on what else was asked for."""
        return np.random.default_rng(self.plan.seed)

    def _varied(self) -> dict[str, Policy]:
        """Give the policies of the trade-off curves by the name of their run."""
        if not (self.plan.with_curves and self.task.dated and self.systems.policies):
            return {}
        policy = self.systems.policies[self.systems.main]
        return {
            f"{_CURVE}/{curve}/{label}": varied
            for curve, points in curves(policy).items()
            for label, varied in points.items()
        }

    def _guarded(self, systems: Mapping[str, Recommends]) -> Guarded:
        """Take out what leaks, and what a fitted system has already seen."""
        guarded = guard(self.task.questions, self.catalogue)
        if not self.task.dated:
            return guarded
        fits = [getattr(system, "fitted_until", None) for system in systems.values()]
        known = [moment for moment in (self.plan.split, *fits) if moment is not None]
        later = not_before(guarded.questions, max(known, default=None))
        return Guarded(later.questions, (*guarded.removals, *later.removals))

    def _result(
        self, guarded: Guarded, runs: Mapping[str, Run], of_pairs: Mapping[str, _Estimates]
    ) -> TaskResult:
        task, questions, main = self.task, guarded.questions, next(iter(runs))
        judged = {name: judge(run, questions, self.catalogue) for name, run in runs.items()}
        varied = {name: judged.pop(name) for name in self._varied()}
        resampler = Resampler([question.group for question in questions], self._generator())
        measured = measure(judged, standard(task.k, self._half_life()))
        headline = str(NDCG(task.k))
        values = measured.lists[headline]
        shown = {name: runs[name] for name in judged}
        churned = f"churn@{task.k}"
        systems = [
            replace(
                found,
                values={
                    **of_pairs.get(found.name, {}),
                    **found.values,
                    churned: _unsure(churn(runs[main], runs[found.name]), len(questions)),
                },
            )
            for found in estimate(measured, shown, resampler)
        ]
        slices = {"section": breakdown.by_section(values, questions, resampler)}
        if task.dated:
            ages = breakdown.by_age(values, questions, self.catalogue, resampler)
            slices["age of the source"] = ages
        return TaskResult(
            name=task.name,
            about=task.about,
            k=task.k,
            n_questions=len(questions),
            n_without_truth=sum(not question.gains for question in questions),
            headline=headline,
            better={
                **dict.fromkeys(next(iter(of_pairs.values()), {}), 1),
                **measured.better,
                churned: 0,
            },
            groups=(task.grouping, resampler.n_groups),
            removed=guarded.counts,
            systems=tuple(systems),
            comparisons=compare_all(measured, main, (headline, str(Recall(task.k))), resampler),
            slices=slices,
            ages=breakdown.age_shares(judged) if task.dated else (),
            curves=_curves(varied),
            worst=breakdown.worst_lists(judged[main], values[main]),
            worst_of=main,
            off_policy=self._off_policy(questions, shown),
        )

    def _half_life(self) -> float:
        policy = self.systems.policies.get(self.systems.main, Policy())
        return policy.half_life_hours

    def _of_pairs(
        self, systems: Mapping[str, Recommends], world: World
    ) -> dict[str, dict[str, Estimate]]:
        """Hold the similarities of those systems that tell them against judged pairs."""
        row_of = world.mirror.corpus.row_of
        pairs = [
            pair
            for pair in self.task.pairs
            if pair.source_id in row_of and pair.target_id in row_of  # no retraction came first
        ]
        likens = {name: made for name, made in systems.items() if hasattr(made, "similarities")}
        if not pairs or not likens:
            return {}
        resampler = Resampler([pair.source_id for pair in pairs], self._generator())
        scores = score_pairs(cast("dict[str, Likens]", likens), pairs, world)
        return estimate_pairs(scores, pair_metrics(pairs), pairs, resampler)

    def _off_policy(
        self, questions: Sequence[Question], runs: Mapping[str, Run]
    ) -> tuple[OffPolicyResult, ...]:
        """Estimate clicks from the log, where it says how likely each entry was."""
        k = self.task.k
        log = [_first(one.shown, k) for one in questions if one.shown is not None]
        if not log or len(log) < len(questions) or any(one.propensities is None for one in log):
            return ()
        return tuple(
            off_policy(name, log, run.lists, self._generator()) for name, run in runs.items()
        )


def _first(shown: Impression, k: int) -> Impression:
    """Cut an impression to k places, so that lists of one length are compared."""
    given = shown.propensities
    return replace(
        shown,
        shown=shown.shown[:k],
        clicked=shown.clicked[:k],
        propensities=None if given is None else given[:k],
    )


def _curves(varied: Mapping[str, Sequence[Judged]]) -> dict[str, tuple[CurvePoint, ...]]:
    """Give the trade-off curves, one point for each varied policy."""
    found: dict[str, list[CurvePoint]] = defaultdict(list)
    for name, lists in varied.items():
        _, curve, label = name.split("/")
        k = lists[0].k if lists else 1
        point = CurvePoint(
            label=label,
            accuracy=_mean(NDCG(k), lists),
            median_age_hours=AgeQuantile(0.5, k).of_run(lists),
            diversity=_mean(IntraListDiversity(k), lists),
        )
        found[curve].append(point)
    return {curve: tuple(points) for curve, points in found.items()}


def _unsure(value: float, n: int) -> Estimate:
    """Give a value of all lists together, which has no interval."""
    return Estimate(value, float("nan"), float("nan"), n)


def _mean(metric: ListMetric, lists: Sequence[Judged]) -> float:
    values = np.array([metric.of(one) for one in lists], np.float64)
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")
