"""Candidates of many articles at one moment: the full scan as a product of matrices.

The same candidates as `ExactIndex.search` finds one by one. What depends on the target alone
(freshness, length, calibration) is folded into one factor and one summand per target, so that a
block of sources costs a sparse product, a dense one and a few passes over the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

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

_TOLERANCE = 1e-5
"""Sums in another order differ by less; what is so near the last candidate is looked at again."""


@dataclass(frozen=True, slots=True, eq=False)
class CandidateBlock:
    """The candidates of q sources, best first: by score, then newest, then id.

    Arrays have shape (q, m); `rows` is -1, the others 0, where a source has fewer than m.
    """

    rows: Rows
    score: Values
    lexical: Values
    latent: Values


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
        self._targets = np.flatnonzero(eligible)
        fresh = score.freshness(self._targets)
        self._fresh = fresh
        self._tie_order = _places(corpus.newest_first(self._targets, at))
        self._freshest = np.argsort(-fresh, kind="stable")[:_FRESHEST]

    def search(self, sources: Rows, barred: Sequence[Rows], k: int) -> CandidateBlock:
        """Give the k best candidates of each source.

        Parameters
        ----------
        sources
            Rows, shape (q,). O(q x postings + q n d); q x n x 12 bytes are held.
        barred
            For each source the rows that may not be its candidates, itself among them.
        k
            How many at most, at least 1.
        """
        lexical = self._lexical.similarities_of(sources)[:, self._targets]
        latent = self._vectors[sources] @ self._vectors[self._targets].T
        relevance = self._score.relevance(lexical, latent)
        scores = relevance * self._fresh
        scores[(relevance < self._score.floor) | (relevance <= 0)] = 0
        self._bar(scores, barred)
        least = _kth_largest(scores[:, self._freshest], k) * np.float32(1 - _TOLERANCE)
        which, targets = np.nonzero(scores >= np.maximum(least, np.finfo(np.float32).tiny)[:, None])
        found = scores[which, targets]
        order = np.lexsort((self._tie_order[targets], -found, which))
        which, targets, found = which[order], targets[order], found[order]
        places = np.arange(len(which)) - np.searchsorted(which, which)
        first = places < k
        which, targets, places = which[first], targets[first], places[first]
        block = CandidateBlock(
            np.full((len(sources), k), -1, np.intp),
            *(np.zeros((len(sources), k), np.float32) for _ in range(3)),
        )
        block.rows[which, places] = self._targets[targets]
        block.score[which, places] = found[first]
        block.lexical[which, places] = lexical[which, targets]
        block.latent[which, places] = latent[which, targets]
        return block

    def _bar(self, scores: Values, barred: Sequence[Rows]) -> None:
        for place, rows in enumerate(barred):
            spots = np.searchsorted(self._targets, rows)
            inside = spots < len(self._targets)
            spots = spots[inside][self._targets[spots[inside]] == rows[inside]]
            scores[place, spots] = 0


def _places(order: Rows) -> Rows:
    """Give the place of each in an order."""
    places = np.empty(len(order), np.intp)
    places[order] = np.arange(len(order))
    return places


def _kth_largest(values: Values, k: int) -> Values:
    """Give the k-th largest value of each row, 0 where there are fewer."""
    if values.shape[1] < k:
        return np.zeros(len(values), np.float32)
    found: Values = np.partition(values, values.shape[1] - k, axis=1)[:, values.shape[1] - k]
    return found
