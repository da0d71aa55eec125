"""What a trained model gained: its lists against those of its base, on what came later."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relnews.errors import InvalidTruth
from relnews.evaluate.ask.guards import guard
from relnews.evaluate.ask.tasks import make_tasks
from relnews.evaluate.catalogue import Catalogue
from relnews.evaluate.compare.intervals import Resampler
from relnews.evaluate.compare.paired import compare, correct
from relnews.evaluate.metrics import NDCG
from relnews.evaluate.world.replay import judge, replay
from relnews.evaluate.world.systems import LATENT, Systems
from relnews.evaluate.world.world import World
from relnews.train.lists import Cosines, ModelLists, Vectors
from relnews.train.report import Measured, Score

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from relnews.evaluate.archive import Archive
    from relnews.evaluate.protocols import Recommends
    from relnews.evaluate.results import Comparison
    from relnews.evaluate.truth import Question, Truth
    from relnews.protocols import ArticleEncoder
    from relnews.train.periods import Periods

    Values = npt.NDArray[np.float64]

BASE, TRAINED = "base", "trained"
LEXICAL = "tf-idf"
WEIGHTS = (0.1, 0.2, 0.3, 0.5)
"""Shares of the model's cosine that are tried beside the lexical view."""

K = 10


@dataclass(frozen=True, slots=True)
class Exam:
    """Questions of the validation and of the test, and where they are asked.

    Attributes
    ----------
    task
        The kind of truth they are made from.
    k
        How long the lists are.
    same_source
        Whether lists stay within the source article's own outlet.
    """

    archive: Archive
    catalogue: Catalogue
    periods: Periods
    task: str
    k: int
    same_source: bool
    questions: tuple[Question, ...]

    def parts(self) -> dict[str, list[int]]:
        """Give the places of the questions of each part."""
        later = [question.at >= self.periods.test for question in self.questions]
        return {
            "validation": [place for place, is_test in enumerate(later) if not is_test],
            "test": [place for place, is_test in enumerate(later) if is_test],
        }


def make_exam(
    truth: Truth, archive: Archive, periods: Periods, *, task: str = "", sample: int, seed: int
) -> Exam:
    """Make the questions from the validation on, leaks taken out.

    Parameters
    ----------
    task
        ``links``, ``events``, ...; empty: the first that has moments.
    sample
        At most so many questions, drawn with `seed`.

    Raises
    ------
    InvalidTruth
        When the truth has no moments, or nothing to ask about after the test begins.
    """
    generator = np.random.default_rng(seed)
    names = (task,) if task else ()
    tasks = make_tasks(
        truth, archive, generator, names=names, k=K, size=sample, since=periods.validation
    )
    chosen = next((each for each in tasks if each.dated), tasks[0])
    if not chosen.dated:
        msg = (
            f"a model is measured on what came after it, and the questions of {chosen.name!r} have "
            "no moment; add links.jsonl, events.csv or impressions.jsonl"
        )
        raise InvalidTruth(msg)
    catalogue = Catalogue(archive)
    asked = guard(chosen.questions, catalogue).questions
    questions = tuple(one for one in asked if one.gains and one.at >= periods.validation)
    exam = Exam(archive, catalogue, periods, chosen.name, chosen.k, chosen.same_source, questions)
    if not exam.parts()["test"]:
        msg = (
            f"there must be {chosen.name} after {periods.test.isoformat()} to measure on, got "
            "none; choose an earlier --until, or another --task"
        )
        raise InvalidTruth(msg)
    return exam


def examine(
    exam: Exam,
    models: Mapping[str, ArticleEncoder],
    seed: int,
    progress: Callable[[int], None] = lambda _: None,
) -> Measured:
    """Ask both models, alone and beside the lexical view, and what the library has without them.

    The weight beside the lexical view is chosen on the validation, for each model its own; where
    there is no validation it is the smallest. Nothing is fitted after the validation begins: the
    latent view and the document counts of a fit know no more than the models.

    Parameters
    ----------
    exam
        What is asked.
    models
        `BASE` and `TRAINED`, by name.
    seed
        Of the intervals.
    progress
        Called after each question with 1.
    """
    vectors = {n: Vectors(exam.archive, exam.questions, made) for n, made in models.items()}
    with closing(_world(exam)) as world:
        systems = _systems(world, vectors)
        runs = replay(world, exam.questions, systems, exam.k, progress=progress)
    judged = {name: judge(run, exam.questions, exam.catalogue) for name, run in runs.items()}
    metric = NDCG(exam.k)
    values = {
        name: np.array([metric.of(one) for one in lists], np.float64)
        for name, lists in judged.items()
    }
    return _measured(exam, values, _chosen_weights(exam, values, models), seed)


def _world(exam: Exam) -> World:
    return World(exam.archive, split=exam.periods.validation, same_source=exam.same_source)


def _systems(world: World, vectors: Mapping[str, Vectors]) -> dict[str, Recommends]:
    """Make everyone who is asked."""
    found: dict[str, Recommends] = {}
    for name, known in vectors.items():
        cosines = Cosines(world, known)
        found[name] = ModelLists(cosines, 1.0)
        found |= {_beside(name, weight): ModelLists(cosines, weight) for weight in WEIGHTS}
    baselines = Systems(policies={}, baselines=(LEXICAL, LATENT, "hybrid"))
    readers = Catalogue(world.archive).readers
    return found | baselines.build(world, readers, np.random.default_rng(0), dated=True)


def _beside(name: str, weight: float) -> str:
    return f"{LEXICAL} + {weight:g} {name}"


def _chosen_weights(
    exam: Exam, values: Mapping[str, Values], models: Mapping[str, ArticleEncoder]
) -> dict[str, float]:
    """Give each model the weight that is best on the validation; of equal ones the smallest."""
    places = exam.parts()["validation"]
    if not places:
        return dict.fromkeys(models, WEIGHTS[0])
    return {
        name: max(WEIGHTS, key=lambda weight: values[_beside(name, weight)][places].mean())
        for name in models
    }


def _measured(
    exam: Exam, values: Mapping[str, Values], weights: Mapping[str, float], seed: int
) -> Measured:
    parts = exam.parts()
    metric = str(NDCG(exam.k))
    resamplers = {part: _resampler(exam, places, seed) for part, places in parts.items()}
    scores = tuple(
        Score(
            name,
            *(
                resamplers[part].interval(found[places]) if places else None
                for part, places in parts.items()
            ),
        )
        for name, found in values.items()
    )
    of_test = {name: found[parts["test"]] for name, found in values.items()}
    return Measured(
        task=exam.task,
        metric=metric,
        n_validation=len(parts["validation"]),
        n_test=len(parts["test"]),
        n_groups=resamplers["test"].n_groups,
        weights=weights,
        scores=scores,
        comparisons=_compared(metric, of_test, weights, resamplers["test"]),
    )


def _compared(
    metric: str,
    values: Mapping[str, Values],
    weights: Mapping[str, float],
    resampler: Resampler,
) -> tuple[Comparison, ...]:
    """Compare what a site must decide between, on the test alone."""
    beside = {name: _beside(name, weight) for name, weight in weights.items()}
    pairs = [
        (TRAINED, BASE),
        (TRAINED, LEXICAL),
        (beside[TRAINED], LEXICAL),
        (beside[TRAINED], beside[BASE]),
        (beside[TRAINED], "hybrid"),
    ]
    return correct(compare(values, metric, pairs, resampler))


def _resampler(exam: Exam, places: Sequence[int], seed: int) -> Resampler:
    groups = [exam.questions[place].group for place in places]
    return Resampler(groups, np.random.default_rng(seed))
