"""What all lists of one run have in common: the site, how its lists are made, and the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.rank.copies import Copies
from relnews.rank.score import MomentScore

if TYPE_CHECKING:
    from relnews.policy import Policy
    from relnews.rank.ruleset import RuleSet
    from relnews.rank.site import Site


class Edition:
    """A site, a policy and its rules at a moment, with what is asked again for each list.

    Parameters
    ----------
    site, policy, rules
        What lists are made from, and how; none of them may change while it is used.
    at
        The moment, epoch seconds.

    Attributes
    ----------
    score
        What the policy makes of similarity and date at the moment.
    dates
        int64, shape (n,): the semantic date of every row.
    agency
        bool, shape (n,): whether a row is an agency's.
    copies
        Which rows are near-duplicates, as far as anybody has asked.
    """

    def __init__(self, site: Site, policy: Policy, rules: RuleSet, at: int) -> None:
        self.site, self.policy, self.rules, self.at = site, policy, rules, at
        self.score = MomentScore(site.corpus, site.calibration, policy, site.vectors.shape[1], at)
        self.dates = site.corpus.dates(at)
        self.agency = np.isin(site.corpus["source"], site.agency_codes(policy))
        self.copies = Copies(site.corpus.shingles)
