"""The stages in order: from a query to placed rows, and from a row to why it is not there."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from relnews.corpus import UNDATED
from relnews.index.recall import Question
from relnews.rank.case import Case
from relnews.rank.eligibility import Eligibility
from relnews.rank.listing import Listing
from relnews.rank.pool import Pool
from relnews.rank.score import MomentScore

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.policy import Policy
    from relnews.query import Placed, Query
    from relnews.rank.ruleset import RuleSet
    from relnews.rank.site import Site
    from relnews.types import Relation

    Values = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The score parts of rows and how they stand to the source article; shape (k,) each."""

    relevance: Values
    freshness: Values
    lexical: Values
    semantic: Values
    age_hours: npt.NDArray[np.float64]
    hours_later: npt.NDArray[np.float64]
    relation: list[Relation]


class Ranker:
    """One site, one policy, one set of rules, at one moment.

    Parameters
    ----------
    site, policy, rules
        What lists are made from, and how.
    query
        The article and the moment.

    Attributes
    ----------
    reach
        Of the list ranked last; see `Listing.reach`.
    """

    def __init__(self, site: Site, policy: Policy, rules: RuleSet, query: Query) -> None:
        score = MomentScore(site, policy, query.at)
        self._score, self._case = score, Case(site, query, policy, rules, score)
        self._eligibility = Eligibility(self._case)
        self.reach = 0.0

    def question(self) -> Question:
        """Give what the index is asked for the ranking to choose from."""
        return Question(self._case.query, self._score, self._eligibility.may_be_related())

    def rank(self, k: int) -> list[Placed]:
        """Give the first k rows of the list, or all that may be shown; then `reach` is its."""
        listing = self._listing()
        placed = self._first(listing, k)
        self.reach = listing.reach
        return placed

    def evidence(self, rows: npt.NDArray[np.intp]) -> Evidence:
        """Give the score parts of rows."""
        case = self._case
        lexical, semantic = case.site.similarities(case.query, rows)
        pool = Pool(case, rows, lexical, semantic)
        relevance = self._score.relevance(lexical, semantic)
        related = (relevance >= self._score.floor) & (relevance > 0)
        related &= self._eligibility.is_compared()[rows]
        return Evidence(
            relevance=relevance,
            freshness=self._score.freshness(rows),
            lexical=lexical,
            semantic=semantic,
            age_hours=self._score.age_hours(rows),
            hours_later=self._hours_later(pool.dates),
            relation=[_relation(pool, related, place) for place in range(len(rows))],
        )

    def why_not(self, row: int, k: int) -> str:
        """Say at which stage a row was left out of the first k."""
        unfit = self._eligibility.reason(row)
        if unfit:
            return f"not eligible: {unfit}"
        if not self._eligibility.is_compared()[row]:
            return "not related: in another language, which the model does not compare"
        evidence = self.evidence(np.array([row], np.intp))
        relevance = float(evidence.relevance[0])
        score = relevance * float(evidence.freshness[0])
        if relevance < self._score.floor or relevance == 0:
            floor = f"the floor of {self._score.floor:.3f}"
            return f"not related: relevance {relevance:.3f} is below {floor}"
        listing = self._listing()
        shown = [placed.row for placed in self._first(listing, k)]
        if row in shown:
            return f"on the list, at position {shown.index(row) + 1}"
        reason = listing.reason(row)
        return reason or f"outranked: score {score:.3f} was not among the best {k}"

    def _hours_later(self, dates: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Give how much later than the source article dates are; infinite where one is missing."""
        dated = self._case.query.dated
        known = (dates != UNDATED) & (dated != UNDATED)
        return np.where(known, (dates - dated) / 3600.0, np.inf)

    def _first(self, listing: Listing, k: int) -> list[Placed]:
        """Give the first entries; no list is longer than the corpus, however large k is."""
        return list(islice(listing.entries(), min(k, len(self._case.site.corpus))))

    def _listing(self) -> Listing:
        return Listing(self._case, self._eligibility)


def _relation(pool: Pool, related: npt.NDArray[np.bool_], place: int) -> Relation:
    if pool.copies_source[place]:
        return "duplicate"
    if pool.in_source_story[place]:
        return "same_story"
    return "background" if related[place] else "unrelated"
