"""One task, all systems: from questions to numbers."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np

from relnews.errors import InvalidTruth
from relnews.evaluate.ask.guards import Guarded, guard, not_before
from relnews.evaluate.ask.tasks import SAMPLE
from relnews.evaluate.compare import breakdown
from relnews.evaluate.compare.intervals import Resampler
from relnews.evaluate.compare.judged_pairs import (
    compare_pairs,
    estimate_pairs,
    pair_groups,
    pair_metrics,
    score_pairs,
)
from relnews.evaluate.compare.measure import compare_all, estimate, measure
from relnews.evaluate.metrics import (
    NDCG,
    AgeQuantile,
    IntraListDiversity,
    churn,
    parse,
    split,
    standard,
)
from relnews.evaluate.metrics.slots import require_k
from relnews.evaluate.offpolicy.estimates import off_policy
from relnews.evaluate.results import (
    Comparison,
    CurvePoint,
    Estimate,
    OffPolicyResult,
    SystemResult,
    TaskResult,
)
from relnews.evaluate.truth import require_aware
from relnews.evaluate.world.panel import Member, Panel
from relnews.evaluate.world.replay import judge, replay
from relnews.evaluate.world.systems import curves
from relnews.evaluate.world.world import World
from relnews.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from relnews.evaluate.ask.tasks import Task
    from relnews.evaluate.catalogue import Catalogue
    from relnews.evaluate.judged import Judged, Run
    from relnews.evaluate.protocols import Likens, ListMetric, Recommends
    from relnews.evaluate.truth import Impression, Question
    from relnews.evaluate.world.readers import Readers
    from relnews.evaluate.world.systems import Systems

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
    metrics
        Names of metrics to compare systems on besides those of the task, such as ``MRR@10``.
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
    metrics: Sequence[str] = ()
    with_curves: bool = True
    language: str = "de"

    def __post_init__(self) -> None:
        """Refuse what cannot be done, with `InvalidTruth`."""
        require_k(self.k)
        for name in self.metrics:
            parse(name)
        if not isinstance(self.sample, int) or self.sample < 1:
            msg = f"sample must be a whole number of at least 1, got {self.sample!r}"
            raise InvalidTruth(msg)
        if self.split is not None:
            require_aware("split", self.split)


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The questions of a task, without leaks, and the lists of each system."""

    questions: tuple[Question, ...]
    runs: Mapping[str, Run]


@dataclass(frozen=True, slots=True)
class _JudgedPairs:
    """What systems make of judged pairs: estimates by system and metric, and comparisons."""

    estimates: Mapping[str, Mapping[str, Estimate]]
    better: Mapping[str, int]
    comparisons: Sequence[Comparison]


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
            World(
                archive,
                split=split,
                same_source=same_source,
                language=plan.language,
                encoder=self.systems.encoder,
            )
        ) as world:
            systems = self.systems.build(world, self.readers, self._generator(), dated=task.dated)
            panel = Panel(world)
            varied = {name: Member(panel, policy) for name, policy in self._varied().items()}
            everyone: dict[str, Recommends] = {**systems, **varied}
            guarded = self._guarded(systems)
            questions, logged = guarded.questions, _logged(guarded.questions)
            runs = replay(world, (*questions, *logged), everyone, task.k, progress=progress)
            judged_pairs = self._judge_pairs(systems, world)
        of_log = {name: runs[name].lists[len(questions) :] for name in systems}
        runs = {name: _first_lists(run, len(questions)) for name, run in runs.items()}
        result = self._result(guarded, runs, judged_pairs)
        result = replace(result, off_policy=self._off_policy(logged, of_log))
        return result, Answers(questions, {name: runs[name] for name in systems})

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
        fits = [getattr(system, "fitted_until", None) for system in systems.values()]
        known = [moment for moment in fits if moment is not None]
        for moment in known:
            require_aware("fitted_until", moment)
        if not self.task.dated:
            return guarded
        later = not_before(guarded.questions, self.plan.split)
        unseen = not_before(later.questions, max(known, default=None), what="a fitted system")
        removals = (*guarded.removals, *later.removals, *unseen.removals)
        return Guarded(unseen.questions, removals)

    def _result(
        self, guarded: Guarded, runs: Mapping[str, Run], judged_pairs: _JudgedPairs
    ) -> TaskResult:
        task, questions, main = self.task, guarded.questions, next(iter(runs))
        judged = {name: judge(run, questions, self.catalogue) for name, run in runs.items()}
        varied = {name: judged.pop(name) for name in self._varied()}
        resampler = Resampler([question.group for question in questions], self._generator())
        wanted = split([parse(name) for name in self.plan.metrics])[0]
        usual = standard(task.k, self._half_life())
        measured = measure(judged, tuple(dict.fromkeys([*usual, *wanted])))
        names = list(
            dict.fromkeys([*(f"{name}@{task.k}" for name in task.compared), *map(str, wanted)])
        )
        further = judged_pairs.comparisons
        estimates = estimate(measured, {name: runs[name] for name in judged}, resampler)
        values = measured.lists[names[0]]
        return TaskResult(
            name=task.name,
            about=task.about,
            k=task.k,
            n_questions=len(questions),
            n_without_truth=sum(not question.gains for question in questions),
            headline=names[0],
            better={**judged_pairs.better, **measured.better, f"churn@{task.k}": 0},
            groups=(task.grouping, resampler.n_groups),
            removed=guarded.counts,
            systems=tuple(self._whole(one, runs, judged_pairs) for one in estimates),
            comparisons=compare_all(measured, main, names, resampler, further),
            slices=breakdown.slices(values, questions, self.catalogue, resampler, task.dated),
            ages=breakdown.age_shares(judged) if task.dated else (),
            curves=_curves(varied),
            worst=breakdown.worst_lists(judged[main], values[main]),
            worst_of=main,
            absent=self.systems.absent(self.catalogue.archive, self.readers, dated=task.dated),
        )

    def _whole(
        self, found: SystemResult, runs: Mapping[str, Run], judged_pairs: _JudgedPairs
    ) -> SystemResult:
        """Add to the estimates of a system what it makes of pairs, and how it differs."""
        main = next(iter(runs.values()))
        differs = churn(main, runs[found.name])
        changed = Estimate(differs, float("nan"), float("nan"), len(main.lists))
        of_pairs = judged_pairs.estimates.get(found.name, {})
        values = {**of_pairs, **found.values, f"churn@{self.task.k}": changed}
        return replace(found, values=values)

    def _half_life(self) -> float:
        policy = self.systems.policies.get(self.systems.main, Policy())
        return policy.half_life_hours

    def _judge_pairs(self, systems: Mapping[str, Recommends], world: World) -> _JudgedPairs:
        """Hold the similarities of those systems that tell them against judged pairs."""
        row_of = world.mirror.corpus.row_of
        pairs = [
            pair
            for pair in self.task.pairs
            if pair.source_id in row_of and pair.target_id in row_of  # no retraction came first
        ]
        likens = {name: made for name, made in systems.items() if hasattr(made, "similarities")}
        if not pairs or not likens:
            return _JudgedPairs({}, {}, [])
        resampler = Resampler(pair_groups(pairs), self._generator())
        scores = score_pairs(cast("dict[str, Likens]", likens), pairs, world)
        metrics, main = pair_metrics(pairs), next(iter(systems))
        return _JudgedPairs(
            estimate_pairs(scores, metrics, pairs, resampler),
            {str(metric): metric.better for metric in metrics},
            compare_pairs(scores, metrics, pairs, main, resampler),
        )

    def _off_policy(
        self,
        logged: Sequence[Question],
        lists: Mapping[str, Sequence[Sequence[str]]],
    ) -> tuple[OffPolicyResult, ...]:
        """Estimate clicks from the log, where it says how likely each entry was."""
        log = [_first_places(one.shown, self.task.k) for one in logged if one.shown is not None]
        if not log:
            return ()
        return tuple(
            off_policy(name, log, found, self._generator()) for name, found in lists.items()
        )


def _logged(questions: Sequence[Question]) -> list[Question]:
    """Ask once more what has a log with propensities, with all articles in play and none hidden.

    What a system would have been clicked depends on all that it would have shown.
    """
    return [
        replace(question, only=None, ignored=frozenset())
        for question in questions
        if question.shown is not None and question.shown.propensities is not None
    ]


def _first_lists(run: Run, n: int) -> Run:
    failures = tuple(failure for failure in run.failures if failure[0] < n)
    return replace(run, lists=run.lists[:n], failures=failures)


def _first_places(shown: Impression, k: int) -> Impression:
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


def _mean(metric: ListMetric, lists: Sequence[Judged]) -> float:
    values = np.array([metric.of(one) for one in lists], np.float64)
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")
