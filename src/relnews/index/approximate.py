"""The approximate index: what is near by either view or new, scored exactly. For millions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from relnews.corpus import NEVER
from relnews.index.exact import ExactIndex, best, similarities_of
from relnews.index.inverted_lists import InvertedLists, engine
from relnews.index.newest import blocks, lifted
from relnews.index.pruned import PrunedView

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.corpus import Corpus
    from relnews.embed.lexical import LexicalView
    from relnews.protocols import Score
    from relnews.query import Candidates, Query

    Mask = npt.NDArray[np.bool_]
    Rows = npt.NDArray[np.intp]
    Values = npt.NDArray[np.float32]

DEPTH, DEPTH_PER_ENTRY = 200, 2
"""Rows fetched by each view: so many, or so many for each entry asked for."""

FEW = 2_000
"""So many eligible rows are all scored exactly."""

GROWTH = 1.5
"""Everything is learnt anew when there are so many times the rows of the last time."""


class ApproximateIndex:
    """Finds nearly what `ExactIndex` finds, in a fraction of its time.

    Candidates are the nearest eligible rows by the semantic view (inverted lists), the best by the
    lexical view with documents cut to their strongest terms, and the newest, from new to old as
    long as freshness can lift them among the k best. They are scored exactly. Filters are applied
    inside every search, never afterwards: what is not eligible is never a candidate, and nothing
    is lost by a filter.

    It keeps the contract of an index but for one word: its answer is not certainly the k best.
    `relnews.index.recall` tells how many it misses. `total` counts what was found to be related.
    A filter that keeps few rows, or a k near their number, is answered exactly.

    Parameters
    ----------
    corpus, lexical, vectors
        As of `ExactIndex`; `extend` takes in what is appended to them.

    Raises
    ------
    MissingExtra
        When faiss is not installed.
    """

    def __init__(self, corpus: Corpus, lexical: LexicalView, vectors: Values) -> None:
        engine()
        self._corpus, self._lexical = corpus, lexical
        self._build(vectors)

    def extend(self, vectors: Values) -> None:
        """Take in rows appended to corpus and lexical view.

        Parameters
        ----------
        vectors
            Of all rows; those of the former rows must be as they were.
        """
        n_known = len(self._vectors)
        if len(vectors) == n_known:
            return
        if len(vectors) > GROWTH * self._n_learnt:
            self._build(vectors)
            return
        if self._lists is not None:
            self._lists.add(vectors[n_known:])
        self._pruned.extend()
        self._take(vectors)

    def search(self, query: Query, score: Score, eligible: Mask, k: int) -> Candidates:
        """Give about the k best candidates, or all when there are fewer."""
        n_eligible, depth = int(np.count_nonzero(eligible)), max(DEPTH, DEPTH_PER_ENTRY * k)
        if n_eligible <= FEW:
            return self._best(query, score, np.flatnonzero(eligible), k)
        if n_eligible <= 2 * depth:
            return self._exact.search(query, score, eligible, k)
        fetched = self._similar(query, eligible, depth)
        relevance = partial(self._relevance, query, score)
        known = relevance(fetched)
        unseen = eligible.copy()
        unseen[fetched] = False
        walk, scores = blocks(self._newest, unseen), known * score.freshness(fetched)
        fresh = lifted(walk, score.freshness, relevance, _reach(known, depth), scores, k)
        return self._best(query, score, np.concatenate([fetched, fresh]), k)

    def _build(self, vectors: Values) -> None:
        """Learn everything anew."""
        self._n_learnt = len(vectors)
        self._lists = InvertedLists(vectors) if vectors.size else None
        self._pruned = PrunedView(self._lexical)
        self._take(vectors)

    def _take(self, vectors: Values) -> None:
        self._vectors = vectors
        self._exact = ExactIndex(self._corpus, self._lexical, vectors)
        # An update that has not happened yet puts its article too early, never too late.
        self._newest = np.argsort(-self._corpus.dates(NEVER - 1), kind="stable")

    def _similar(self, query: Query, eligible: Mask, depth: int) -> Rows:
        """Give the eligible rows that are best by either view, ascending."""
        alike = _most(self._pruned.similarities(query.document), eligible, depth)
        if self._lists is None:
            return np.sort(alike)
        return np.union1d(alike, self._lists.search(query.semantic, eligible, depth))

    def _relevance(self, query: Query, score: Score, rows: Rows) -> Values:
        """Give the relevance of rows, 0 for those below the floor."""
        similarities = similarities_of(self._lexical, self._vectors, query, rows)
        relevance = score.relevance(*similarities)
        return np.where(relevance >= score.floor, relevance, np.float32(0))

    def _best(self, query: Query, score: Score, rows: Rows, k: int) -> Candidates:
        similarities = similarities_of(self._lexical, self._vectors, query, rows)
        return best(self._corpus, query, score, rows, similarities, k)


def _most(values: Values, eligible: Mask, n: int) -> Rows:
    """Give the eligible rows with the n largest positive values."""
    rows = np.flatnonzero(np.where(eligible, values, 0))
    return rows if len(rows) <= n else rows[np.argpartition(values[rows], len(rows) - n)[-n:]]


def _reach(relevance: Values, depth: int) -> float:
    """Give the relevance that no row reaches which was not fetched; likely, not certain.

    That of the fetched row in the middle: with the least of them as the bound, the cut documents
    hid fresh rows that were more relevant (recall@10 .83; so 1.000 on 28,056 articles).
    """
    related = np.sort(relevance[relevance > 0])
    return float(related[-depth // 2 :][0]) if len(related) else 0.0
