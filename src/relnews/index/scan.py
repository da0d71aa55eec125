"""Candidates of many articles at one moment: the full scan as a product of matrices.

The same candidates as `ExactIndex.search` finds one by one, for a block of sources at the cost of
a sparse product, a dense one and a few passes over the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relnews.embed.cosine import pair_cosines
from relnews.index.exact import kth_largest

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from relnews.corpus import Corpus
    from relnews.embed.lexical import LexicalView
    from relnews.protocols import Score

    Rows = npt.NDArray[np.intp]
    Values = npt.NDArray[np.float32]
    Mask = npt.NDArray[np.bool_]

_FRESHEST = 2_048
"""So many of the freshest targets tell how good a candidate must be at least."""

_TINY = np.finfo(np.float32).tiny
_TOLERANCE = 1e-6
"""Sums in another order differ by less; what is so near the last candidate is looked at again."""


@dataclass(frozen=True, slots=True, eq=False)
class CandidateBlock:
    """The candidates of q sources, best first: by score, then newest, then id.

    Arrays have shape (q, m); `rows` is -1, the others 0, where a source has fewer than m.
    """

    rows: Rows
    score: Values
    lexical: Values
    semantic: Values


class Scan:
    """A corpus at a moment, under a policy, for one set of eligible targets.

    Parameters
    ----------
    corpus, lexical, vectors
        Row for row.
    score
        Relevance and freshness at the moment.
    eligible
        bool, shape (n,): which rows may be candidates of any of the sources.
    at
        The moment, epoch seconds.
    """

    def __init__(
        self,
        corpus: Corpus,
        lexical: LexicalView,
        vectors: Values,
        score: Score,
        eligible: Mask,
        at: int,
    ) -> None:
        self._lexical, self._vectors, self._score = lexical, vectors, score
        self._fresh = np.where(eligible, score.freshness(slice(None)), np.float32(0))
        self._ties = _places(corpus.newest_first(np.arange(len(corpus)), at))
        self._freshest = np.argsort(-self._fresh, kind="stable")[:_FRESHEST]

    def search(self, sources: Rows, barred: Sequence[Rows], k: int) -> CandidateBlock:
        """Give the k best candidates of each source.

        Parameters
        ----------
        sources
            Rows, shape (q,). O(q x postings + q n d); up to q x n x 40 bytes are held.
        barred
            For each source the rows that may not be its candidates; itself should be among them.
        k
            How many at most, at least 1.

        Notes
        -----
        A related article whose score is 0, being too old for a policy without a floor of
        freshness, is no candidate here; `ExactIndex` names it last.
        """
        lexical = self._lexical.similarities_to_all(sources)
        semantic = self._vectors[sources] @ self._vectors.T
        found = [self._may_be_best(*one, k) for one in zip(lexical, semantic, barred, strict=True)]
        which = np.repeat(np.arange(len(sources)), [len(rows) for rows in found])
        targets = np.concatenate([np.zeros(0, np.intp), *found])
        return self._best(sources, which, targets, lexical[which, targets], k)

    def _may_be_best(self, lexical: Values, semantic: Values, barred: Rows, k: int) -> Rows:
        """Give the targets of one source that sums in another order might make its k best.

        One source at a time, as its n values stay in the cache. The freshest targets set a bar
        that few others reach, and those then set the bar for each other.
        """
        relevance = self._score.relevance(lexical, semantic)
        scores = relevance * self._fresh
        scores[barred] = 0
        least, rows = np.float32(_TINY), self._freshest
        for _ in range(2):
            sure = relevance[rows] >= np.float32(self._score.floor + _TOLERANCE)
            least = max(least, kth_largest(scores[rows][sure], k, 0.0) - np.float32(2 * _TOLERANCE))
            rows = np.flatnonzero(scores >= least)
        related: Mask = relevance[rows] >= np.float32(self._score.floor - _TOLERANCE)
        return rows[related]

    def _best(
        self, sources: Rows, which: Rows, targets: Rows, lexical: Values, k: int
    ) -> CandidateBlock:
        """Score what may be among the best once more, to the last bit, and keep the k best."""
        score = self._score
        semantic = pair_cosines(self._vectors[sources[which]], self._vectors[targets])
        relevance = score.relevance(lexical, semantic)
        scores = relevance * self._fresh[targets]
        related = (relevance >= score.floor) & (relevance > 0)
        order = np.lexsort((self._ties[targets], -scores, which))
        order = order[related[order]]
        places = np.arange(len(order)) - np.searchsorted(which[order], which[order])
        order, places = order[places < k], places[places < k]
        block = no_candidates(len(sources), k)
        spots = (which[order], places)
        block.rows[spots], block.score[spots] = targets[order], scores[order]
        block.lexical[spots], block.semantic[spots] = lexical[order], semantic[order]
        return block


def no_candidates(n_sources: int, k: int) -> CandidateBlock:
    """Give a block to be filled: sources without any candidate."""
    shape = (n_sources, k)
    return CandidateBlock(
        np.full(shape, -1, np.intp), *(np.zeros(shape, np.float32) for _ in range(3))
    )


def _places(order: Rows) -> Rows:
    """Give the place of each in an order."""
    places = np.empty(len(order), np.intp)
    places[order] = np.arange(len(order))
    return places
