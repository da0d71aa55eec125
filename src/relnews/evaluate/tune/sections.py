"""Half-lives of sections, from the questions that each section asks."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

import numpy as np

from relnews.evaluate.compare.intervals import Resampler
from relnews.evaluate.tune.choice import simplest_of_the_best, standard_error
from relnews.evaluate.tune.record import SectionLife

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from relnews.evaluate.truth import Question

    Values = npt.NDArray[np.float64]

MIN_QUESTIONS = 40
"""A section with fewer questions keeps the half-life of all."""


def section_lives(
    questions: Sequence[Question],
    by_hours: Mapping[float, Values],
    half_life_hours: float,
    generator: np.random.Generator,
) -> tuple[SectionLife, ...]:
    """Find the sections whose own questions ask for another half-life.

    A policy sets half-lives by the target's section. Readers and editors mostly stay in one, so
    that the section of the source stands for it. A rung must gain more than one standard error on
    the section's own questions; of several the simplest is the one nearest to the half-life of all.

    Parameters
    ----------
    questions
        n questions with truth.
    by_hours
        By half-life: the accuracy on each question under a policy that differs in it alone,
        shape (n,).
    half_life_hours
        That of all sections; the nearest rung stands for it.
    generator
        Draws the resamples.

    Returns
    -------
    tuple of SectionLife
        By name; empty when no section has `MIN_QUESTIONS`, or none asks for another half-life.
    """
    rungs = sorted(by_hours, key=lambda hours: (abs(log(hours / half_life_hours)), hours))
    columns = np.column_stack([by_hours[hours] for hours in rungs])
    sections = np.array([question.source.section for question in questions], np.str_)
    groups = np.array([question.group for question in questions], np.str_)
    found = []
    for section in np.unique(sections[sections != ""]).tolist():
        asked = sections == section
        if np.count_nonzero(asked) >= MIN_QUESTIONS:
            resampler = Resampler(groups[asked].tolist(), generator)
            life = _life(section, rungs, columns[asked], resampler)
            found += [life] if life else []
    return tuple(found)


def _life(
    section: str, rungs: Sequence[float], values: Values, resampler: Resampler
) -> SectionLife | None:
    """Choose a rung that beats the first one, which stands for all sections; None when none does.

    To beat it is to gain more than one standard error; of those that do, the rule of one error.
    """
    gained = values - values[:, [0]]
    gains, errors = gained.mean(axis=0), standard_error(gained, resampler)
    worth = np.flatnonzero(gains > errors).tolist()
    if not worth:
        return None
    steps = [(abs(log(rungs[place] / rungs[0])),) for place in worth]
    chosen = worth[simplest_of_the_best(values[:, worth], steps, resampler)]
    return SectionLife(
        section=section,
        hours=rungs[chosen],
        instead_of=rungs[0],
        n=len(values),
        gain=float(gains[chosen]),
        error=float(errors[chosen]),
    )
