"""The candidates of a list with what is known of their company: similarity, copies, stories."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from relnews.embed.cosine import cosines
from relnews.rank import stories

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    from relnews.rank.case import Case

    Values = npt.NDArray[np.float32]
    Mask = npt.NDArray[np.bool_]


class Pool:
    """Rows, compared with the source article and, when asked, with one of themselves.

    Comparing is lazy: a list of k entries needs k comparisons, not all pairs.

    Parameters
    ----------
    case
        What is compared, and how.
    rows
        intp, shape (m,).
    lexical, semantic
        Shape (m,): both cosines to the source article.
    """

    def __init__(
        self, case: Case, rows: npt.NDArray[np.intp], lexical: Values, semantic: Values
    ) -> None:
        site, query, policy, score = case.site, case.query, case.policy, case.score
        self._site, self._policy, self._score = site, policy, score
        self._seen: dict[int, Values] = {}
        self._copied: dict[int, Mask] = {}
        self.rows = rows
        self.dates = site.corpus.dates(query.at, rows)
        sources = site.corpus["source"][rows]
        self.agency = np.isin(sources, site.agency_codes(policy))
        self.foreign = ~site.corpus.written_in((query.language,), rows)
        self.to_source = score.similarity(lexical, semantic)
        self.in_source_story = stories.same_story(self.to_source, self.dates, query.dated, policy)
        self.copies_source = self._copies(
            self.to_source,
            query.document.shingles,
            query.dated,
            agency=site.is_agency(query, policy),
        )
        self.in_source_story |= self.copies_source

    def id(self, place: int) -> str:
        """Give the id of the row at a place."""
        return self._site.corpus.ids[int(self.rows[place])]

    def to(self, place: int) -> Values:
        """Give the hybrid cosine of the row at a place to all, shape (m,)."""
        if place not in self._seen:
            begin, end = self._weights.indptr[place : place + 2]
            terms = self._weights.indices[begin:end]
            self._scratch[terms] = self._weights.data[begin:end]
            lexical = self._weights @ self._scratch
            self._scratch[terms] = 0
            semantic = cosines(self._vectors, self._vectors[place : place + 1])[:, 0]
            self._seen[place] = self._score.similarity(lexical, semantic)
        return self._seen[place]

    def in_story_of(self, place: int) -> Mask:
        """Tell which rows belong to the story of the one at a place."""
        date = int(self.dates[place])
        return stories.same_story(self.to(place), self.dates, date, self._policy)

    def copies_of(self, place: int) -> Mask:
        """Tell which rows are copies of the one at a place, itself left out."""
        if place not in self._copied:
            shingles = self._site.corpus.shingles[self.rows[place]]
            date, agency = int(self.dates[place]), bool(self.agency[place])
            copies = self._copies(self.to(place), shingles, date, agency=agency)
            copies[place] = False
            self._copied[place] = copies
        return self._copied[place]

    @cached_property
    def _weights(self) -> sp.csr_matrix:
        return self._site.lexical.weights(self.rows)

    @cached_property
    def _scratch(self) -> Values:
        return np.zeros(self._weights.shape[1], np.float32)

    @cached_property
    def _vectors(self) -> npt.NDArray[np.float64]:
        return self._site.vectors[self.rows].astype(np.float64)

    def _copies(
        self, similarity: Values, shingles: npt.NDArray[np.uint32], date: int, *, agency: bool
    ) -> Mask:
        """Find near-duplicates, and agency reports of the same event."""
        copies = np.zeros(len(self.rows), bool)
        for place in np.flatnonzero(similarity >= stories.MIN_COPY_COSINE):
            other = self._site.corpus.shingles[self.rows[place]]
            copies[place] = stories.is_copy(shingles, other)
        event = stories.same_event(similarity, self.dates, date, self._policy)
        return copies | (event & (self.agency | agency))
