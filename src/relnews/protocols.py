"""The verbs: the few seams where another implementation may be passed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from relnews.corpus import Corpus
    from relnews.embed.embedded import Embedded
    from relnews.embed.lexical import LexicalView
    from relnews.embed.sentence.settings import SentenceSettings
    from relnews.query import Candidates, Query
    from relnews.types import Article

    Rows = npt.NDArray[np.intp]
    Values = npt.NDArray[np.float32]
    Taken = int | npt.NDArray[np.intp]
    Mask = npt.NDArray[np.bool_]


class ArticleEncoder(Protocol):
    """Turns articles into vectors with a model that was trained elsewhere."""

    @property
    def config(self) -> Mapping[str, str | int | float | list[str] | None]:
        """All that decides what a vector is, as JSON holds it, a digest of the files included.

        Equal configs give equal vectors, so that this names the space they lie in.
        """
        ...

    @property
    def settings(self) -> SentenceSettings:
        """By which another process finds the same encoder again; its name may be your own."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of a vector, at least 1."""
        ...

    def embed(
        self, articles: Sequence[Article], progress: Callable[[int], None] = lambda _: None
    ) -> Embedded:
        """Give the vectors of articles; `progress` hears of each finished batch how many it had.

        An article's vector does not depend on which others are asked for.
        """
        ...


class Score(Protocol):
    """Turns similarities into scores, at the moment and for the policy it was made for."""

    def relevance(self, lexical: Values, semantic: Values) -> Values:
        """Give calibrated relevance in [0, 1]; non-decreasing in both."""
        ...

    def calibrated(self, similarity: Values) -> Values:
        """Give the relevance of hybrid cosines; non-decreasing."""
        ...

    def freshness(self, rows: Rows | slice) -> Values:
        """Give the freshness in [0, 1] of rows."""
        ...

    def freshest(self, date: int, *, evergreen: bool) -> float:
        """Give a freshness that nothing dated then or before exceeds, evergreen or not."""
        ...

    @property
    def semantic_weight(self) -> float:
        """The share of the semantic cosine in the hybrid cosine."""
        ...

    @property
    def floor(self) -> float:
        """The least relevance that counts as related."""
        ...


class Index(Protocol):
    """Finds the best candidates for a query.

    The contract: of the rows that `eligible` allows and whose relevance is positive and at
    least `score.floor`, the k with the largest relevance times freshness, exactly, ties by
    newest and then id. Nothing is cut off by similarity before freshness and filters had
    their say. What is published after the query's moment must not be eligible.
    """

    def search(self, query: Query, score: Score, eligible: Mask, k: int) -> Candidates:
        """Give the k best candidates, or all when there are fewer."""
        ...


class GrowingIndex(Index, Protocol):
    """An index that takes in new rows and so outlives a change."""

    def extend(self, vectors: Values) -> None:
        """Take in rows appended to the corpus; `vectors` are those of all rows, shape (n, d)."""
        ...


class IndexMaker(Protocol):
    """Makes an index; a class such as `relnews.index.approximate.ApproximateIndex` is one."""

    def __call__(self, corpus: Corpus, lexical: LexicalView, vectors: Values, /) -> GrowingIndex:
        """Make the index of a corpus with its two views, row for row."""
        ...


class Selection(Protocol):
    """Lists in the making: leading axes are lists, none for a single one."""

    def gains(self) -> Values:
        """Give what each candidate would add now, shape (..., m); larger is better."""
        ...

    def take(self, taken: Taken, similarity: Values) -> None:
        """Note which candidate each list took, shape (...).

        `similarity` is that of the taken one to all candidates of its list, shape (..., m). A
        finished list is handed any place; nobody reads its gains any more.
        """
        ...


class Selector(Protocol):
    """Picks entries greedily for relevance and diversity."""

    def begin(self, scores: Values) -> Selection:
        """Start lists over candidates with these scores in [0, 1], shape (..., m), m >= 1."""
        ...
