"""Questions parted by time: what chooses came before what checks the choice."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from relnews.errors import InvalidTruth
from relnews.evaluate.compare.intervals import Resampler

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    import numpy as np

    from relnews.evaluate.truth import Question


@dataclass(frozen=True, slots=True)
class Parts:
    """Questions with truth before and after a moment, in time order; neither part is empty."""

    earlier: tuple[Question, ...]
    later: tuple[Question, ...]
    split: datetime


def parted(questions: Iterable[Question], share: float) -> Parts:
    """Part questions with truth between two days, both parts in time order.

    Parameters
    ----------
    questions
        Any order. Those without truth cannot tell good from bad and are left out.
    share
        In (0, 1): how much of them the earlier part should hold. The cut is the one between two
        days that comes nearest to it, and no day (by each moment's own zone) is in both.

    Returns
    -------
    Parts
        Split at the beginning of the first later question's day, in its own zone.

    Raises
    ------
    InvalidTruth
        When no question has truth, or all are of one day.
    """
    asked = [question for question in questions if question.gains]
    asked.sort(key=lambda question: (question.at, question.source.id))
    if not asked:
        msg = "tuning takes questions with at least one right answer, got none"
        raise InvalidTruth(msg)
    days = [question.at.date() for question in asked]
    ended = list(accumulate(days, max))
    begun = list(accumulate(reversed(days), min))[::-1]
    cuts = [place for place in range(1, len(days)) if ended[place - 1] < begun[place]]
    if not cuts:
        msg = f"the questions must be of two days at least to be parted by time, got {_span(days)}"
        raise InvalidTruth(msg)
    cut = min(cuts, key=lambda place: abs(place / len(days) - share))
    split = asked[cut].at.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return Parts(tuple(asked[:cut]), tuple(asked[cut:]), split)


def resampler_of(questions: Sequence[Question], generator: np.random.Generator) -> Resampler:
    """Give the resampler that draws whole groups of questions."""
    return Resampler([question.group for question in questions], generator)


def _span(days: list[date]) -> str:
    return f"{len(days)} on {days[0].isoformat()}"
