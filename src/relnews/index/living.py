"""The index of a process that stays: pools that live with the site, between two weighings.

Built when first asked after weights were taken anew; from then on arrivals enter them, and what
was replaced leaves them. While weights run along, and for what has no pool, all is scanned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relnews.index.exact import ExactIndex
from relnews.index.join import join
from relnews.index.pooled import PoolIndex
from relnews.index.pools import Pools, insert, recompute, remove
from relnews.index.space import HybridSpace, mixed

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.corpus import Corpus
    from relnews.embed.lexical import LexicalView
    from relnews.embed.weighting import Weighing
    from relnews.protocols import Score
    from relnews.query import Candidates, Query

    Rows = npt.NDArray[np.intp]
    Values = npt.NDArray[np.float32]
    Mask = npt.NDArray[np.bool_]

WIDTH = 300

REMOVED_AT_ONCE = 0.01
"""Dead rows leave the pools when they are this share of all: one pass for many, they do no harm."""


@dataclass(frozen=True, slots=True)
class LivingPools:
    """Makes a `LivingIndex`: what `Recommender.open(url, index=LivingPools())` takes.

    Attributes
    ----------
    semantic_weight
        Of the policy that lists are mostly made under; others are answered by the full scan.
        None: that of the first question.
    width
        Articles in a pool.

    Raises
    ------
    ValueError
        When `semantic_weight` is neither None nor in [0, 1], or `width` is less than 1.
    """

    semantic_weight: float | None = None
    width: int = WIDTH

    def __post_init__(self) -> None:
        weight = self.semantic_weight
        if weight is not None and not 0 <= weight <= 1:
            msg = f"semantic_weight must be in [0, 1], got {weight}; take that of the policy"
            raise ValueError(msg)
        if self.width < 1:
            msg = f"width must be at least 1, got {self.width}; choose about {WIDTH}"
            raise ValueError(msg)

    def __call__(self, corpus: Corpus, lexical: LexicalView, vectors: Values, /) -> LivingIndex:
        """Make the index of a corpus with its two views, row for row."""
        return LivingIndex(corpus, lexical, vectors, self)


class LivingIndex:
    """Finds what `ExactIndex` finds, through pools where they help.

    They hold as long as weights do (`LexicalView.weighing`): without a weighing, for a draft, or
    under another semantic weight than the pools', every row is scanned.

    Parameters
    ----------
    corpus, lexical, vectors
        As for `ExactIndex`; `extend` takes in what is appended to them.
    setting
        Of the pools.

    Notes
    -----
    The first search after each weighing or refit joins all live articles: 23 s for 28,056, four
    times that for twice as many. Pools take 8 x width bytes an article, 240 MB for 100,000 of
    width 300, and three times that while they are joined. An arrival costs one scan for all its
    pools, 4 ms among 28,056, paid by the next search.

    What is won is latency: for 100 candidates the scan takes 1.8 ms among 28,056 articles and
    5.8 ms among 112,224, pools take 1.8 and 1.9 ms. So they are of use from about 100,000
    articles, to a process that answers at once and is not often weighed anew. The time of the
    join is won back after some 60,000 answers.
    """

    def __init__(
        self, corpus: Corpus, lexical: LexicalView, vectors: Values, setting: LivingPools
    ) -> None:
        self._corpus, self._lexical, self._vectors = corpus, lexical, vectors
        self._wanted_weight = setting.semantic_weight
        self._semantic_weight = (setting.semantic_weight or 0.0) if vectors.shape[1] else 0.0
        self._width = setting.width
        self._weighing: Weighing | None = None
        self._pools: Pools | None = None
        self._index: PoolIndex | None = None

    def extend(self, vectors: Values) -> None:
        """Take in rows appended to the corpus; they enter the pools with the next search."""
        if len(vectors) != len(self._vectors):
            self._index = None
        self._vectors = vectors

    def search(self, query: Query, score: Score, eligible: Mask, k: int) -> Candidates:
        """Give the k best candidates, or all when there are fewer."""
        if self._wanted_weight is None:
            self._wanted_weight = self._semantic_weight = score.semantic_weight
        held = self._lexical.weighing is not None and query.row is not None
        if not held or score.semantic_weight != self._semantic_weight:
            exact = ExactIndex(self._corpus, self._lexical, self._vectors)
            return exact.search(query, score, eligible, k)
        return self._current().search(query, score, eligible, k)

    def _current(self) -> PoolIndex:
        """Give the index over pools of all rows under the weights of now."""
        if self._weighing is not self._lexical.weighing:
            self._weighing, self._pools, self._index = self._lexical.weighing, None, None
        if self._index is None:
            pools, self._pools = self._pools, None  # what fails midway is made anew
            self._pools = self._joined() if pools is None else self._caught_up(pools)
            self._index = PoolIndex(
                self._corpus, self._lexical, self._vectors, self._pools, self._semantic_weight
            )
        return self._index

    def _joined(self) -> Pools:
        """Join the live rows; the others count as removed."""
        live = np.flatnonzero(self._corpus["alive"])
        weights, vectors = self._lexical.weights(live), self._vectors[live]
        pools = join(HybridSpace(weights, vectors, self._semantic_weight), self._width)
        return _spread(pools, live, len(self._vectors))

    def _caught_up(self, pools: Pools) -> Pools:
        """Let in what is new, and take out what is dead as soon as that is worth a pass."""
        space = _Arrivals(self._lexical, self._vectors, self._semantic_weight)
        insert(pools, space, len(pools))
        dead = np.flatnonzero((self._corpus["alive"] == 0) & ~pools.removed)
        if len(dead) > REMOVED_AT_ONCE * len(pools):
            recompute(pools, space, remove(pools, dead).tolist())
        return pools


class _Arrivals:
    """The points of `HybridSpace`, for few of them against all: without every row's weights."""

    def __init__(self, lexical: LexicalView, vectors: Values, semantic_weight: float) -> None:
        self._lexical, self._vectors = lexical, vectors
        self._semantic_weight = np.float32(semantic_weight)

    def __len__(self) -> int:
        """Count the points."""
        return len(self._vectors)

    def block(self, left: slice, right: slice) -> Values:
        """Give the hybrid cosine of every left point with every right one, shape (l, r)."""
        lexical = self._lexical.similarities_to_all(np.arange(len(self))[left])[:, right]
        semantic = self._vectors[left], self._vectors[right]
        return mixed(lexical, *semantic, self._semantic_weight)


def _spread(pools: Pools, rows: Rows, n: int) -> Pools:
    """Give pools of some of n rows their places; the other rows are as if removed."""
    m = pools.rows.shape[1]
    spread = Pools(
        np.full((n, m), -1, np.int32),
        np.full((n, m), -np.inf, np.float32),
        np.full(n, np.inf, np.float32),
    )
    spread.rows[rows] = np.append(rows, -1).astype(np.int32)[pools.rows]
    spread.similarity[rows], spread.reach[rows] = pools.similarity, pools.reach
    return spread
