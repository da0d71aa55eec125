"""What a trained model gained: its lists against those of its base, on what came later."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np

from relnews.evaluate.compare.paired import compare, correct
from relnews.evaluate.world.replay import judge, replay
from relnews.evaluate.world.systems import LATENT, Systems
from relnews.train.lists import Cosines, ModelLists, Vectors
from relnews.train.report import Measured, Score

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import numpy.typing as npt

    from relnews.evaluate.protocols import Recommends
    from relnews.evaluate.world.world import World
    from relnews.protocols import ArticleEncoder
    from relnews.train.exam import Exam

    Values = npt.NDArray[np.float64]

BASE, TRAINED = "base", "trained"
LEXICAL, HYBRID = "tf-idf", "hybrid"
WEIGHTS = (0.1, 0.2, 0.3, 0.5)
"""Shares of the model's cosine that are tried beside the lexical view."""


def examine(
    exam: Exam,
    models: Mapping[str, ArticleEncoder],
    progress: Callable[[int], None] = lambda _: None,
) -> Measured:
    """Ask both models, alone and beside the lexical view, and what the library has without them.

    Parameters
    ----------
    exam
        What is asked.
    models
        `BASE` and `TRAINED`, by name.
    progress
        Called after each question with 1.
    """
    values = ask(exam, models, progress)
    weights = chosen_weights(exam, values, models)
    mixed = {name: beside(name, weight) for name, weight in weights.items()}
    pairs = (
        (TRAINED, BASE),
        (TRAINED, LEXICAL),
        (mixed[TRAINED], LEXICAL),
        (mixed[TRAINED], mixed[BASE]),
        (mixed[TRAINED], HYBRID),
    )
    return measured(exam, values, weights, pairs)


def ask(
    exam: Exam,
    models: Mapping[str, ArticleEncoder],
    progress: Callable[[int], None] = lambda _: None,
) -> dict[str, Values]:
    """Give the metric on each question, shape (n,), by system, in one walk through time.

    The systems are each model alone, each beside the lexical view at all `WEIGHTS`, and three
    baselines: the lexical view, the latent view where the archive has one, and both. Nothing is
    fitted once the validation has begun, so that no baseline knows more than the models.
    """
    vectors = {name: Vectors(exam.archive, exam.questions, model) for name, model in models.items()}
    with closing(exam.world()) as world:
        systems = _baselines(exam, world)
        for name, known in vectors.items():
            systems |= _of_model(name, Cosines(world, known))
        runs = replay(world, exam.questions, systems, exam.k, progress=progress)
    judged = {name: judge(run, exam.questions, exam.catalogue) for name, run in runs.items()}
    return {
        name: np.array([exam.metric.of(one) for one in lists], np.float64)
        for name, lists in judged.items()
    }


def chosen_weights(
    exam: Exam, values: Mapping[str, Values], models: Iterable[str]
) -> dict[str, float]:
    """Give each model the weight that is best on the validation; of equal ones the smallest.

    Where the validation has no questions it is the smallest for all.
    """
    places = exam.parts()["validation"]
    if not places:
        return dict.fromkeys(models, WEIGHTS[0])
    return {
        name: max(WEIGHTS, key=lambda weight: float(values[beside(name, weight)][places].mean()))
        for name in models
    }


def beside(name: str, weight: float) -> str:
    """Name the system of a model beside the lexical view."""
    return f"{LEXICAL} + {weight:g} {name}"


def measured(
    exam: Exam,
    values: Mapping[str, Values],
    weights: Mapping[str, float],
    pairs: Iterable[tuple[str, str]],
) -> Measured:
    """Sum up what was asked: means with intervals, and pairs of systems compared on the test."""
    parts, metric = exam.parts(), str(exam.metric)
    resamplers = {
        part: exam.resampler(places) if places else None for part, places in parts.items()
    }
    scores = [
        Score(
            name,
            *(
                drawn.interval(found[parts[part]]) if drawn else None
                for part, drawn in resamplers.items()
            ),
        )
        for name, found in values.items()
    ]
    of_test = exam.resampler(parts["test"])
    on_test = {name: found[parts["test"]] for name, found in values.items()}
    return Measured(
        task=exam.task,
        metric=metric,
        n_validation=len(parts["validation"]),
        n_test=len(parts["test"]),
        n_groups=of_test.n_groups,
        weights=weights,
        scores=tuple(scores),
        comparisons=correct(compare(on_test, metric, pairs, of_test)),
    )


def _baselines(exam: Exam, world: World) -> dict[str, Recommends]:
    systems = Systems(policies={}, baselines=(LEXICAL, LATENT, HYBRID))
    return systems.build(world, exam.catalogue.readers, np.random.default_rng(0), dated=True)


def _of_model(name: str, cosines: Cosines) -> dict[str, Recommends]:
    """Give the lists of a model, alone and beside the lexical view."""
    alone: dict[str, Recommends] = {name: ModelLists(cosines, 1.0)}
    return alone | {beside(name, weight): ModelLists(cosines, weight) for weight in WEIGHTS}
