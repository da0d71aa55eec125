"""What all lists of one run have in common: the site, how its lists are made, and the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.rank import stories
from relnews.rank.copies import Copies
from relnews.rank.score import MomentScore

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.policy import Policy
    from relnews.rank.ruleset import RuleSet
    from relnews.rank.site import Site

    Rows = npt.NDArray[np.intp]
    Mask = npt.NDArray[np.bool_]


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
        self.score = MomentScore(site, policy, at)
        self.dates = site.corpus.dates(at)
        self.agency = np.isin(site.corpus["source"], site.agency_codes(policy))
        self.copies = Copies(site.corpus.shingles)

    def copies_of(
        self,
        rows: Rows,
        dates: npt.NDArray[np.int64],
        others: Rows,
        similarity: npt.NDArray[np.float32],
        among: Mask | np.bool_ = np.True_,
    ) -> Mask:
        """Tell which rows copy another one: near-duplicates, and agency reports of its event.

        Parameters
        ----------
        rows, dates
            Shape (q,): the originals, and when they were published, epoch seconds.
        others, similarity
            Shape (q, m): what may copy each of them, and its hybrid cosine to it.
        among
            Where to look, shape (q, m).
        """
        which, places = np.nonzero(among & (similarity >= stories.MIN_COPY_COSINE))
        event = stories.same_event(similarity, self.dates[others], dates[:, None], self.policy)
        found: Mask = among & event & (self.agency[others] | self.agency[rows][:, None])
        found[which, places] |= self.copies.pairs(rows[which], others[which, places])
        return found
