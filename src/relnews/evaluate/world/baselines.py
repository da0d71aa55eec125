"""Systems to be better than, and the library itself: each sees the world as of the moment.

A `Scorer` scores every article; `Ranked` makes a recommender of it. What may be shown is the same
for all, so that systems differ in their order alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import numpy as np

from relnews.evaluate.ask.questions import question_id
from relnews.policy import Policy
from relnews.rank.freshness import freshness
from relnews.rank.relevance import hybrid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from relnews.evaluate.world.readers import Readers
    from relnews.evaluate.world.world import World
    from relnews.protocols import ArticleEncoder
    from relnews.query import Query
    from relnews.types import Article

    Values = npt.NDArray[np.float32]

_SECONDS_PER_HOUR = 3600.0


class Scorer(Protocol):
    """Scores every article of a world for a query."""

    @property
    def world(self) -> World:
        """Where it looks."""
        ...

    def scores(self, query: Query) -> Values:
        """Give one score per row, shape (n,); what scores 0 or less is not shown."""
        ...


@dataclass(frozen=True, slots=True)
class Ranked:
    """The articles that may be shown, by score, ties by newest.

    With a policy in `fresh`, its freshness multiplies the scores; else dates count for nothing.
    """

    scorer: Scorer
    fresh: Policy | None = None

    def recommend(self, source: Article, at: datetime, k: int) -> Sequence[str]:
        """Give the k best ids."""
        world = self.scorer.world
        query = world.query(source, at)
        scores = self.scorer.scores(query)
        if self.fresh is not None:
            ages = (query.at - world.mirror.corpus.dates(query.at)) / _SECONDS_PER_HOUR
            life, floor = self.fresh.half_life_hours, self.fresh.freshness_floor
            scores = scores * freshness(ages, life, floor)
        return world.best(scores, world.candidates(query) & (scores > 0), at, k)

    def similarities(self, source: Article, targets: Sequence[str]) -> Sequence[float]:
        """Give the score of each target, dates left out; all must have arrived."""
        world = self.scorer.world
        scores = self.scorer.scores(world.query(source, world.now))
        return [float(scores[world.mirror.corpus.row_of[name]]) for name in targets]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The library itself, all stages, under a policy."""

    world: World
    policy: Policy = field(default_factory=Policy)

    def recommend(self, source: Article, at: datetime, k: int) -> Sequence[str]:
        """Give the ids that `Recommender.recommend` gives."""
        same_source = self.policy.same_source or self.world.same_source
        policy = replace(self.policy, same_source=same_source)
        asked, hidden = self.world.source(source, at), self.world.hidden
        made = self.world.recommender.recommend(asked, at=at, k=k, exclude=hidden, policy=policy)
        return made.ids

    def similarities(self, source: Article, targets: Sequence[str]) -> Sequence[float]:
        """Give the hybrid cosine that relevance is made from."""
        return Ranked(Hybrid(self.world, self.policy.semantic_weight)).similarities(source, targets)


@dataclass(frozen=True, slots=True)
class OtherModel:
    """The library itself with another semantic view, in a world of its own that moves along.

    Parameters
    ----------
    world
        Where the others look.
    twin
        Its `World.twin` with the other model.
    policy
        How lists are made.
    """

    world: World
    twin: World
    policy: Policy

    def recommend(self, source: Article, at: datetime, k: int) -> Sequence[str]:
        """Give the ids that `Recommender.recommend` gives with the other model."""
        self.twin.follow(self.world)
        return Pipeline(self.twin, self.policy).recommend(source, at, k)

    def similarities(self, source: Article, targets: Sequence[str]) -> Sequence[float]:
        """Give the hybrid cosine that relevance is made from."""
        self.twin.follow(self.world)
        return Pipeline(self.twin, self.policy).similarities(source, targets)


@dataclass(frozen=True, slots=True)
class Newest:
    """All alike, so that the newest come first."""

    world: World

    def scores(self, query: Query) -> Values:  # noqa: ARG002  # blind on purpose
        """Give 1 for every row."""
        return np.ones(len(self.world.mirror.corpus), np.float32)


@dataclass(frozen=True, slots=True)
class NewestInSection:
    """The source's section and nothing else, newest first: the usual box of a desk."""

    world: World

    def scores(self, query: Query) -> Values:
        """Give 1 for the rows of the section; an article without one has no desk."""
        corpus = self.world.mirror.corpus
        if not query.section:
            return np.zeros(len(corpus), np.float32)
        section = corpus.names["section"].find(query.section)
        return np.asarray(corpus["section"] == section, np.float32)


@dataclass(frozen=True, slots=True)
class AtRandom:
    """Chance."""

    world: World
    generator: np.random.Generator

    def scores(self, query: Query) -> Values:  # noqa: ARG002  # blind on purpose
        """Draw a score in (0, 1] for every row."""
        return np.float32(1) - self.generator.random(len(self.world.mirror.corpus), np.float32)


@dataclass(frozen=True, slots=True)
class MostRead:
    """The events of the last hours before the moment: the usual box of what is read most."""

    world: World
    readers: Readers
    hours: float = 72.0

    def scores(self, query: Query) -> Values:
        """Count the events of every row before the moment, and none from it on."""
        corpus = self.world.mirror.corpus
        scores = np.zeros(len(corpus), np.float32)
        at = datetime.fromtimestamp(query.at, UTC)
        for name, count in self.readers.counts(at, self.hours).items():
            row = corpus.row_of.get(name)
            if row is not None:
                scores[row] = count
        return scores


@dataclass(frozen=True, slots=True)
class TfIdf:
    """The lexical view: the cosine of sublinear tf-idf."""

    world: World

    def scores(self, query: Query) -> Values:
        """Give the cosine with every row."""
        return self.world.similarities(query)[0]


@dataclass(frozen=True, slots=True)
class Latent:
    """The semantic view; nothing at all before there is one."""

    world: World

    def scores(self, query: Query) -> Values:
        """Give the cosine with every row."""
        return self.world.similarities(query)[1]


@dataclass(frozen=True, slots=True)
class Hybrid:
    """Both views, without the stages that follow; a weight of None is the measured one."""

    world: World
    semantic_weight: float | None = None

    def scores(self, query: Query) -> Values:
        """Give the weighted sum of both cosines."""
        measured = self.world.mirror.model.calibration
        weight = measured.weight(self.semantic_weight) if len(query.semantic) else 0.0
        return hybrid(*self.world.similarities(query), weight)


@dataclass(frozen=True, slots=True)
class Bm25:
    """Okapi BM25 with the source's whole text as the query: what More-Like-This does.

    Robertson and Zaragoza (2009), The probabilistic relevance framework; the idf is Lucene's,
    ln(1 + (n - df + .5) / (df + .5)). Counts are those of the lexical view, in which headline
    and lead weigh more; each distinct term of the source is asked for once.
    """

    world: World
    k1: float = 1.2
    b: float = 0.75
    _lengths: list[float] = field(default_factory=list, repr=False)

    def scores(self, query: Query) -> Values:
        """Score every row; O(postings of the source's terms)."""
        lexical = self.world.mirror.lexical
        frequencies = lexical.document_frequencies()
        terms = query.document.terms[query.document.terms < len(frequencies)]
        terms = terms[frequencies[terms] > 0]
        found, lengths = lexical.postings(terms), self._row_lengths()
        live = self.world.mirror.live_rows()
        counts = np.exp(found.data - 1.0)
        relative = lengths * len(live) / max(float(lengths[live].sum()), 1.0)
        damping = self.k1 * (1 - self.b + self.b * relative)
        found.data = counts * (self.k1 + 1) / (counts + damping[found.indices])
        n_live, df = len(live), frequencies[terms]
        return np.asarray(found.T @ np.log1p((n_live - df + 0.5) / (df + 0.5)), np.float32)

    def _row_lengths(self) -> npt.NDArray[np.float64]:
        """Give the number of words of every row; rows do not change once they are there."""
        lexical = self.world.mirror.lexical
        for row in range(len(self._lengths), len(lexical)):
            self._lengths.append(float(lexical.document(row)[1].sum()))
        return np.array(self._lengths)


class _Rows:
    """A float32 matrix that grows at its end in amortised constant time a row."""

    __slots__ = ("_buffer", "_size")

    def __init__(self) -> None:
        self._buffer: Values = np.zeros((0, 0), np.float32)
        self._size = 0

    def __len__(self) -> int:
        """Count the rows."""
        return self._size

    def extend(self, rows: Values) -> None:
        """Add rows, shape (m, d); d is that of the first."""
        size = self._size + len(rows)
        if size > len(self._buffer):
            grown = np.zeros((max(size, 2 * len(self._buffer)), rows.shape[1]), np.float32)
            if self._size:
                grown[: self._size] = self.values
            self._buffer = grown
        self._buffer[self._size : size] = rows
        self._size = size

    @property
    def values(self) -> Values:
        """The rows so far, as a view."""
        return self._buffer[: self._size]


@dataclass(frozen=True, slots=True)
class SentenceModel:
    """The cosine of a pretrained model's vectors, and nothing else.

    Parameters
    ----------
    world
        Where it looks.
    encoder
        Gives the vectors. Each version is embedded once, when it has arrived.
    """

    world: World
    encoder: ArticleEncoder
    _vectors: _Rows = field(default_factory=_Rows, repr=False)

    def recommend(self, source: Article, at: datetime, k: int) -> Sequence[str]:
        """Give the k most similar ids."""
        scores = self._scores(source)
        allowed = self.world.candidates(self.world.query(source, at)) & (scores > 0)
        return self.world.best(scores, allowed, at, k)

    def similarities(self, source: Article, targets: Sequence[str]) -> Sequence[float]:
        """Give the cosine with each target; all must have arrived."""
        scores = self._scores(source)
        return [float(scores[self.world.mirror.corpus.row_of[name]]) for name in targets]

    def _scores(self, source: Article) -> Values:
        archive, now = self.world.archive, self.world.now
        new = self.world.mirror.corpus.ids[len(self._vectors) :]
        if new:
            versions = [archive.version(name, now) or archive.first(name) for name in new]
            self._vectors.extend(self._embed(versions))
        asked = self._embed([source])[0]
        scores: Values = self._vectors.values.reshape(-1, len(asked)) @ asked
        return scores

    def _embed(self, articles: Sequence[Article]) -> Values:
        return self.encoder.embed(articles).vectors.astype(np.float32)


@dataclass(frozen=True, slots=True)
class StoredRun:
    """The lists of a run file, by `question_id` or else by the id of the source."""

    lists: Mapping[str, Sequence[str]]

    def recommend(self, source: Article, at: datetime, k: int) -> Sequence[str]:
        """Give the stored list; an empty one where none is stored."""
        found = self.lists.get(question_id(source.id, at), self.lists.get(source.id, ()))
        return tuple(found)[:k]
