"""What models are asked: questions of the validation and of the test, leaks taken out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relnews.errors import InvalidTruth
from relnews.evaluate.ask.guards import guard
from relnews.evaluate.ask.tasks import make_tasks
from relnews.evaluate.catalogue import Catalogue
from relnews.evaluate.compare.intervals import Resampler
from relnews.evaluate.metrics import NDCG
from relnews.evaluate.world.world import World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relnews.evaluate.archive import Archive
    from relnews.evaluate.truth import Question, Truth
    from relnews.train.material import Material
    from relnews.train.periods import Periods

K = 10


@dataclass(frozen=True, slots=True, kw_only=True)
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
    questions
        With right answers, from the beginning of the validation on.
    seed
        Of the intervals.
    """

    archive: Archive
    catalogue: Catalogue
    periods: Periods
    task: str
    k: int
    same_source: bool
    questions: tuple[Question, ...]
    seed: int

    def parts(self) -> dict[str, list[int]]:
        """Give the places of the questions of each part."""
        later = [question.at >= self.periods.test for question in self.questions]
        return {
            "validation": [place for place, is_test in enumerate(later) if not is_test],
            "test": [place for place, is_test in enumerate(later) if is_test],
        }

    @property
    def metric(self) -> NDCG:
        """What lists are judged by."""
        return NDCG(self.k)

    def world(self) -> World:
        """Give a fresh world, in which nothing is fitted once the validation has begun."""
        return World(self.archive, split=self.periods.validation, same_source=self.same_source)

    def resampler(self, places: Sequence[int]) -> Resampler:
        """Give what draws whole groups of some of the questions."""
        groups = [self.questions[place].group for place in places]
        return Resampler(groups, np.random.default_rng(self.seed))


def make_exam(truth: Truth, material: Material, *, task: str = "", sample: int, seed: int) -> Exam:
    """Make the questions from the validation on, leaks taken out.

    Parameters
    ----------
    truth
        What is known to be right.
    material
        The archive and its periods.
    task
        ``links``, ``events``, ...; empty: the first that has moments.
    sample
        At most so many questions.
    seed
        Draws them, and the intervals later.

    Raises
    ------
    InvalidTruth
        When the truth has no moments, or nothing to ask about after the test begins.
    """
    archive, periods = material.archive, material.periods
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
    exam = Exam(
        archive=archive,
        catalogue=catalogue,
        periods=periods,
        task=chosen.name,
        k=chosen.k,
        same_source=chosen.same_source,
        questions=questions,
        seed=seed,
    )
    if not exam.parts()["test"]:
        msg = (
            f"there must be {chosen.name} after {periods.test.isoformat()} to measure on, got "
            "none; choose an earlier --until, or another --task"
        )
        raise InvalidTruth(msg)
    return exam
