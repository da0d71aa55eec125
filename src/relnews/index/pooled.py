"""The index over similarity pools: certified search where there is a pool, else the full scan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from relnews.embed.cosine import cosines
from relnews.index.exact import ExactIndex, best
from relnews.index.moment import ROUNDING, Near, Timeline, search

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.corpus import Corpus
    from relnews.embed.lexical import LexicalView
    from relnews.index.pools import Pools
    from relnews.protocols import Score
    from relnews.query import Candidates, Query

    Rows = npt.NDArray[np.intp]
    Values = npt.NDArray[np.float32]
    Mask = npt.NDArray[np.bool_]

PATIENCE = 0.25
"""The share of the corpus that may be walked before the full scan is the cheaper one."""


class PoolIndex:
    """The candidates of `ExactIndex`, found in O(pool + rows walked).

    What the certificate cannot spare is scanned: drafts, which have no pool, scores with another
    semantic weight than the pools', and questions whose answer lies too deep in the past. With
    pools of an approximate join the answer is as good as they are.

    Parameters
    ----------
    corpus, lexical, vectors
        As for `ExactIndex`. They must not change during the life of the index, which keeps
        their rows in the order of their dates: O(n log n) once.
    pools
        Of exactly these articles, row for row.
    semantic_weight
        Of the hybrid similarity that the pools were made by.

    Raises
    ------
    ValueError
        When there is not one pool for each row.
    """

    def __init__(
        self,
        corpus: Corpus,
        lexical: LexicalView,
        vectors: npt.NDArray[np.float32],
        pools: Pools,
        semantic_weight: float,
    ) -> None:
        if len(pools.rows) != len(corpus):
            msg = f"there must be a pool for each of {len(corpus)} rows, got {len(pools.rows)}; "
            raise ValueError(msg + "make the pools anew")
        self._exact = ExactIndex(corpus, lexical, vectors)
        self._corpus, self._lexical, self._vectors = corpus, lexical, vectors
        self._pools = pools
        self._semantic_weight = semantic_weight if vectors.shape[1] else 0.0
        evergreen = corpus["evergreen"] == 1
        self._timelines = [(kind, _timeline(corpus, evergreen == kind)) for kind in (False, True)]

    def search(self, query: Query, score: Score, eligible: Mask, k: int) -> Candidates:
        """Give the k best candidates, or all when there are fewer.

        Of what the pool leaves out evergreen articles are walked last: they never grow stale,
        but mostly the newest have set a bar by then that the pool's reach cannot pass.
        """
        if query.row is None or score.semantic_weight != self._semantic_weight:
            return self._exact.search(query, score, eligible, k)
        look = _Look(self._lexical, self._vectors, query, score, eligible)
        pool = self._pools.rows[query.row]
        pool = np.append(pool[pool >= 0], query.row).astype(np.intp)
        near = Near(pool, self._outside(query.row, score))
        walks = (
            ((score.freshest(date, evergreen=kind), rows) for date, rows in line.newest(query.at))
            for kind, line in self._timelines
        )
        found = search(look, near, walks, k, int(PATIENCE * len(self._corpus)))
        if found is None:
            return self._exact.search(query, score, eligible, k)
        _, lexical, semantic = found.values
        picked = best(self._corpus, query, score, found.rows, (lexical, semantic), k)
        more = max(picked.total, len(picked) + 1)
        return picked if found.complete else replace(picked, total=more)

    def _outside(self, row: int, score: Score) -> float:
        """Bound the relevance of what is not in a pool; 0 when it cannot be related."""
        reach = np.array([self._pools.reach[row]], np.float32) + np.float32(ROUNDING)
        relevance = float(score.calibrated(reach)[0])
        return relevance if relevance >= score.floor else 0.0


class _Look:
    """Scores rows for a query; its values are the score, the lexical and the semantic cosine."""

    def __init__(
        self,
        lexical: LexicalView,
        vectors: npt.NDArray[np.float32],
        query: Query,
        score: Score,
        eligible: Mask,
    ) -> None:
        self._lexical, self._vectors, self._semantic = lexical, vectors, query.semantic
        self._weights = lexical.query_weights(query.document)
        self._score, self._eligible = score, eligible

    def __call__(self, rows: Rows, least_freshness: float) -> tuple[Rows, Values]:
        rows = rows[self._eligible[rows]]
        freshness = self._score.freshness(rows)
        fresh = freshness >= least_freshness
        rows, freshness = rows[fresh], freshness[fresh]
        lexical = self._lexical.similarities_of(rows, self._weights)
        semantic = cosines(self._vectors[rows], self._semantic[None])[:, 0]
        relevance = self._score.relevance(lexical, semantic)
        related = (relevance >= self._score.floor) & (relevance > 0)
        columns = (relevance * freshness, lexical, semantic)
        return rows[related], np.stack([column[related] for column in columns])


def _timeline(corpus: Corpus, among: Mask) -> Timeline:
    rows = np.flatnonzero(among)
    return Timeline(rows, corpus["published"][rows], corpus["updated"][rows])
