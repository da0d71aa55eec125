"""What a search found, with all the evidence, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from relnews.evaluate.results import Comparison, Estimate
    from relnews.policy import Policy

Verdict = Literal[
    "better",
    "no difference can be shown",
    "worse: keep the default",
    "too few questions to decide",
]
"""What the later questions say of the chosen policy, against the policy the search started from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A policy and what it came to on some questions.

    Attributes
    ----------
    changes
        What differs from the start policy, such as ``half_life_hours 240``; ``start policy`` for
        itself.
    accuracy, freshness, diversity
        Means with their 95 % intervals: nDCG@k, share of the entries that are at most 72 hours
        old, intra-list diversity. Larger is better, each in [0, 1].
    n_failures
        Lists that could not be made, and count as empty ones.
    """

    policy: Policy
    changes: str
    accuracy: Estimate
    freshness: Estimate
    diversity: Estimate
    n_failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionLife:
    """A half-life that the questions of one section ask for.

    Attributes
    ----------
    section, hours
        The section of the source articles, and the half-life found for it.
    instead_of
        The half-life it was held against, the rung nearest to the one for all sections.
    n
        How many earlier questions with truth the section has.
    gain, error
        Mean gain in nDCG@k on them, and its standard error.
    """

    section: str
    hours: float
    instead_of: float
    n: int
    gain: float
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """A policy to use, and why.

    Attributes
    ----------
    policy
        What to use: the chosen policy when it is better, otherwise the start policy.
    verdict
        What the later questions say of the chosen policy.
    start, chosen
        The policy the search started from, and what the earlier questions chose.
    k
        Entries per list.
    split
        The moment that parts earlier from later questions.
    n_earlier, n_later
        Questions with truth.
    groups_earlier, groups_later
        Into how many groups, such as days, they fall.
    trials
        Every policy tried on the earlier questions, the start first.
    front
        Those of them that no other beats in accuracy, freshness and diversity at once, most
        accurate first.
    sections
        Half-lives that sections ask for; in `chosen` they count only if that shows on all
        earlier questions, too.
    later_start, later_chosen
        Both policies on the later questions.
    comparison
        Chosen against start on the later questions, in nDCG@k.
    smallest_effect
        The difference that so many questions find with a probability of 80 %: 2.8 standard
        errors of the difference.
    """

    policy: Policy
    verdict: Verdict
    start: Policy
    chosen: Policy
    k: int
    split: datetime
    n_earlier: int
    n_later: int
    groups_earlier: int
    groups_later: int
    trials: tuple[Trial, ...]
    front: tuple[Trial, ...]
    sections: tuple[SectionLife, ...]
    later_start: Trial
    later_chosen: Trial
    comparison: Comparison
    smallest_effect: float
