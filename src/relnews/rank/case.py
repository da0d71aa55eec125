"""Everything that one list depends on, in one place: the stages take it instead of its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relnews.policy import Policy
    from relnews.query import Query
    from relnews.rank.ruleset import RuleSet
    from relnews.rank.score import MomentScore
    from relnews.rank.site import Site


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A site, a policy, its rules, and the question asked.

    `score` is what the policy makes of similarity and date at the moment of the query.
    """

    site: Site
    query: Query
    policy: Policy
    rules: RuleSet
    score: MomentScore
