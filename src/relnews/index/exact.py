"""The exact index: every row is scored. The default, and the oracle of every faster one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.embed.latent import cosines
from relnews.query import Candidates

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.corpus import Corpus
    from relnews.embed.lexical import LexicalView
    from relnews.protocols import Score
    from relnews.query import Query


class ExactIndex:
    """A full scan of both views: O(postings of the query's terms + n d).

    Parameters
    ----------
    corpus
        Gives dates and ids for ties.
    lexical
        The lexical view, row for row.
    vectors
        float32, shape (n, d), unit length or zero: the latent view; d = 0 without one.
    """

    def __init__(
        self, corpus: Corpus, lexical: LexicalView, vectors: npt.NDArray[np.float32]
    ) -> None:
        self._corpus, self._lexical, self._vectors = corpus, lexical, vectors

    def similarities(self, query: Query) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Give the lexical and the latent cosine of the query with every row, shape (n,) each."""
        lexical = self._lexical.similarities(query.document)
        return lexical, self._vectors @ query.latent

    def search(
        self, query: Query, score: Score, eligible: npt.NDArray[np.bool_], k: int
    ) -> Candidates:
        """Give the k best candidates, or all when there are fewer."""
        lexical, latent = self.similarities(query)
        relevance = score.relevance(lexical, latent)
        related = eligible & (relevance >= score.floor) & (relevance > 0)
        rows = np.flatnonzero(related)
        rows = rows[largest(relevance[rows] * score.freshness(rows), k)]
        lexical, latent = lexical[rows], cosines(self._vectors[rows], query.latent[None])[:, 0]
        relevance, freshness = score.relevance(lexical, latent), score.freshness(rows)
        scores = relevance * freshness
        order = self._corpus.newest_first(rows, query.at, scores)[:k]
        return Candidates(
            rows=rows[order],
            score=scores[order],
            relevance=relevance[order],
            freshness=freshness[order],
            lexical=lexical[order],
            latent=latent[order],
            total=int(np.count_nonzero(related)),
        )


_ROUNDING = 1e-6
"""How far two ways to add up one score may lie apart."""


def largest(values: npt.NDArray[np.float32], k: int) -> npt.NDArray[np.intp]:
    """Give the places of the k largest values, and of all that may tie with the last of them."""
    if len(values) <= k:
        return np.arange(len(values))
    least = np.partition(values, len(values) - k)[len(values) - k]
    return np.flatnonzero(values >= least - np.float32(_ROUNDING))
