"""What the later questions say of the policy that the earlier ones chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.evaluate.compare.paired import SIGNIFICANT, compare, correct
from relnews.evaluate.metrics import NDCG
from relnews.evaluate.tune.choice import standard_error

if TYPE_CHECKING:
    from relnews.evaluate.compare.intervals import Resampler
    from relnews.evaluate.results import Comparison
    from relnews.evaluate.tune.outcome import Outcome
    from relnews.evaluate.tune.record import Verdict

MIN_QUESTIONS, MIN_GROUPS = 50, 10
"""Fewer later questions, or groups of them, decide nothing."""

WORTH = 0.05
"""A difference in nDCG that must not be missed: who cannot see it cannot say "no difference"."""

_ERRORS_TO_BE_FOUND = 2.8
"""1.96 + 0.84: a difference of so many standard errors is found at 5 % in 80 % of cases (Gelman &
Hill 2007, Data analysis using regression, section 20.3)."""


def compared(chosen: Outcome, start: Outcome, k: int, resampler: Resampler) -> Comparison:
    """Compare the accuracy of two policies on the same questions."""
    values = {"chosen": chosen.accuracy, "start": start.accuracy}
    return correct(compare(values, str(NDCG(k)), [("chosen", "start")], resampler))[0]


def smallest_effect(chosen: Outcome, start: Outcome, resampler: Resampler) -> float:
    """Give the difference that these questions would find with a probability of 80 %."""
    difference = (chosen.accuracy - start.accuracy)[:, np.newaxis]
    return _ERRORS_TO_BE_FOUND * float(standard_error(difference, resampler)[0])


def verdict(comparison: Comparison, n_groups: int, smallest: float) -> Verdict:
    """Put the comparison into words.

    A difference counts when p is below 5 % and the interval leaves 0 out. Where none does, the
    questions must at least be able to show one of `WORTH`; otherwise they are too few.
    """
    difference = comparison.difference
    if difference.n < MIN_QUESTIONS or n_groups < MIN_GROUPS:
        return "too few questions to decide"
    if comparison.p < SIGNIFICANT and difference.low > 0:
        return "better"
    if comparison.p < SIGNIFICANT and difference.high < 0:
        return "worse: keep the default"
    if smallest > WORTH:
        return "too few questions to decide"
    return "no difference can be shown"
