"""A pool of candidates with what was taken from it: stories and diversity, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.rank.stories import later_first

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.rank.case import Case
    from relnews.rank.pool import Pool

    Mask = npt.NDArray[np.bool_]


class Choice:
    """What is open, what was taken, and what each candidate would add.

    Parameters
    ----------
    case
        Gives the source article's date, the selector and the limit per story.
    pool
        The candidates, then the rows that stand on the list already ("company").
    scores
        Shape (m,): relevance times freshness; 0 for the company.
    n_candidates
        How many of the rows are candidates; the last `n_reserved` of them only for quotas.

    Attributes
    ----------
    dropped
        Why candidates were left out, by place.
    """

    def __init__(
        self,
        case: Case,
        pool: Pool,
        scores: npt.NDArray[np.float32],
        n_candidates: int,
        n_reserved: int,
    ) -> None:
        self.pool, policy, date = pool, case.policy, case.query.dated
        places = np.arange(len(scores))
        self._open = places < n_candidates
        self.reserved = self._open & (places >= n_candidates - n_reserved)
        told = pool.in_source_story & self._open & ~pool.foreign  # a translation is no development
        self._scores = later_first(scores, told, pool.dates, date)
        top = self._scores.max()
        self._selection = policy.selector.begin(self._scores / top if top > 0 else self._scores)
        self._most = policy.max_same_story
        self._company = np.zeros(len(scores), np.int64)
        self._in_source_story = 0
        self.dropped: dict[int, str] = {}
        for place in range(n_candidates, len(scores)):
            self.take(place)
        self._drop(pool.copies_source, "a duplicate of the article")

    def open(self) -> Mask:
        """Tell which candidates may still be taken as far as stories go, shape (m,)."""
        within = self._open & (self._company < self._most)
        if self._in_source_story >= self._most:
            within &= ~self.pool.in_source_story
        return within

    def best(self, allowed: Mask) -> int:
        """Return the place of the allowed candidate that adds most, or rather of its best copy.

        Of copies, the article's language goes before others, own reporting before agency, then
        the newest, then the best score.
        """
        pool = self.pool
        place = int(np.argmax(np.where(allowed, self._selection.gains(), -np.inf)))
        copies = pool.copies_of(place) & allowed
        return min(
            [place, *np.flatnonzero(copies).tolist()],
            key=lambda copy: (
                pool.foreign[copy],
                pool.agency[copy],
                -pool.dates[copy],
                -self._scores[copy],
            ),
        )

    def take(self, place: int) -> None:
        """Take a candidate, and drop its copies."""
        self._open[place] = False
        self._selection.take(place, self.pool.to(place))
        self._company += self.pool.in_story_of(place)
        self._in_source_story += int(self.pool.in_source_story[place])
        self._drop(
            self.pool.copies_of(place),
            f"a duplicate of {self.pool.id(place)}, which is on the list",
        )

    def leave(self) -> None:
        """Note why what is still open was not taken."""
        limit = f"over the limit of {self._most} articles of one story"
        self._drop(self._open & ~self.open(), limit)

    def _drop(self, places: Mask, reason: str) -> None:
        for place in np.flatnonzero(places & self._open).tolist():
            self.dropped[place] = reason
        self._open &= ~places
