"""The exact index: every row is scored. The default, and the oracle of every faster one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from relnews.embed.cosine import cosines
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
        float32, shape (n, d), unit length or zero: the semantic view; d = 0 without one.
    """

    def __init__(
        self, corpus: Corpus, lexical: LexicalView, vectors: npt.NDArray[np.float32]
    ) -> None:
        self._corpus, self._lexical, self._vectors = corpus, lexical, vectors

    def similarities(self, query: Query) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Give the lexical and the semantic cosine of the query with every row, shape (n,) each."""
        lexical = self._lexical.similarities(query.document)
        return lexical, self._vectors @ query.semantic

    def search(
        self, query: Query, score: Score, eligible: npt.NDArray[np.bool_], k: int
    ) -> Candidates:
        """Give the k best candidates, or all when there are fewer."""
        lexical, semantic = self.similarities(query)
        relevance = score.relevance(lexical, semantic)
        related = np.flatnonzero(eligible & (relevance >= score.floor) & (relevance > 0))
        near = related[largest(relevance[related] * score.freshness(related), k)]
        exact = cosines(self._vectors[near], query.semantic[None])[:, 0]
        found = best(self._corpus, query, score, near, (lexical[near], exact), k)
        return replace(found, total=len(related))


def similarities_of(
    lexical: LexicalView,
    vectors: npt.NDArray[np.float32],
    query: Query,
    rows: npt.NDArray[np.intp],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Give the lexical and the semantic cosine of the query with some rows, shape (m,) each."""
    if len(rows) == 0:
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    document = lexical.document_weights(query.document)
    dense = np.zeros(document.shape[1], np.float32)
    dense[document.indices] = document.data
    found = np.asarray(lexical.weights(rows) @ dense, np.float32)
    return found, cosines(vectors[rows], query.semantic[None])[:, 0]


def best(
    corpus: Corpus,
    query: Query,
    score: Score,
    rows: npt.NDArray[np.intp],
    similarities: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]],
    k: int,
) -> Candidates:
    """Give the k best of rows whose cosines are known, lexical and semantic, shape (m,) each."""
    lexical, semantic = similarities
    relevance = score.relevance(lexical, semantic)
    related = np.flatnonzero((relevance >= score.floor) & (relevance > 0))
    freshness = score.freshness(rows[related])
    scores = relevance[related] * freshness
    first = largest(scores, k)
    order = first[corpus.newest_first(rows[related[first]], query.at, scores[first])][:k]
    picked = related[order]
    return Candidates(
        rows=rows[picked],
        score=scores[order],
        relevance=relevance[picked],
        freshness=freshness[order],
        lexical=lexical[picked],
        semantic=semantic[picked],
        total=len(related),
    )


_ROUNDING = 1e-6
"""How far two ways to add up one score may lie apart."""


def largest(values: npt.NDArray[np.float32], k: int) -> npt.NDArray[np.intp]:
    """Give the places of the k largest values, and of all that may tie with the last of them."""
    if len(values) <= k:
        return np.arange(len(values))
    return np.flatnonzero(values >= kth_largest(values, k) - np.float32(_ROUNDING))


def kth_largest(values: npt.NDArray[np.float32], k: int, otherwise: float = -np.inf) -> np.float32:
    """Give the k-th largest value, or another one where there are fewer."""
    if len(values) < k:
        return np.float32(otherwise)
    found: np.float32 = np.partition(values, len(values) - k)[len(values) - k]
    return found
