"""A site as it stood at a moment: the library itself, fed with an archive in time order.

Nothing is simulated. What is measured is the code that a site runs: articles, versions and
retractions arrive when they did, document counts run along, and the semantic view is refitted as
the corpus grows. So no list can know what came after its moment.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import UTC
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, cast

import numpy as np

from relnews import fitting, intake
from relnews.errors import InvalidQuery
from relnews.evaluate.archive import BEGINNING
from relnews.index.exact import ExactIndex
from relnews.lists import Asked, query_of
from relnews.policy import Policy
from relnews.rank.case import Case
from relnews.rank.eligibility import Eligibility
from relnews.rank.score import MomentScore
from relnews.recommender import Recommender

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    import numpy.typing as npt

    from relnews.embed.document import Document
    from relnews.evaluate.archive import Archive, Arrival
    from relnews.evaluate.truth import Question
    from relnews.mirror import Mirror
    from relnews.protocols import ArticleEncoder
    from relnews.query import Query
    from relnews.rank.site import Site
    from relnews.types import Article

    Mask = npt.NDArray[np.bool_]
    Values = npt.NDArray[np.float32]


class RememberingIndex(ExactIndex):
    """An exact index that knows the similarities of the document it was asked for last.

    It extends instead of wrapping because `search` asks for nothing but its own similarities.
    """

    _asked: Document | None = None
    _found: tuple[Values, Values]

    def similarities(self, query: Query) -> tuple[Values, Values]:
        """Give the lexical and the semantic cosine of the query with every row, shape (n,) each."""
        if self._asked is not query.document:
            self._found, self._asked = super().similarities(query), query.document
        return self._found


class World:
    """An archive, lived through.

    Parameters
    ----------
    archive
        What happened.
    split
        From this moment on nothing is fitted any more: the semantic view and the calibration come
        from what had arrived before it. None: they are refitted as on a site.
    same_source
        Lists show only the source article's own outlet. On a corpus of several outlets this
        controls for readers who keep to one.
    language
        Assumed where neither an article nor detection names one.
    encoder
        What gives the semantic view; None: the latent view, fitted as on a site. One that several
        worlds share had better remember what it made (`RememberingEncoder`).

    Attributes
    ----------
    now
        The moment the world stands at.
    fitted_until
        The moment of the last fit; None before the first.
    hidden
        Ids that may not stand on a list, whoever makes it; see `prepare`.
    """

    def __init__(
        self,
        archive: Archive,
        *,
        split: datetime | None = None,
        same_source: bool = False,
        language: str = "de",
        encoder: ArticleEncoder | None = None,
    ) -> None:
        self.archive, self.same_source = archive, same_source
        self.split, self.language = split, language
        self.now, self.fitted_until = BEGINNING, None
        self.hidden: frozenset[str] = frozenset()
        self._fits = deque(_fit_moments(archive, split))
        self._waiting = iter(archive.arrivals())
        self._next = next(self._waiting, None)
        self.recommender = Recommender.open(":memory:", language=language, model=encoder)
        self.query = lru_cache(maxsize=1)(self._query)
        self.candidates = lru_cache(maxsize=1)(self._candidates)
        self._site: Site | None = None
        self._twins: list[World] = []

    now: datetime
    fitted_until: datetime | None

    def close(self) -> None:
        """Let go of the memory, that of its twins included."""
        self.recommender.close()
        for twin in self._twins:
            twin.close()

    def twin(self, encoder: ArticleEncoder | None) -> World:
        """Give a world of the same archive with another semantic view; `follow` moves it."""
        made = World(
            self.archive,
            split=self.split,
            same_source=self.same_source,
            language=self.language,
            encoder=encoder,
        )
        self._twins.append(made)
        return made

    def follow(self, other: World) -> None:
        """Move to where another world stands, and hide what it hides.

        Raises
        ------
        InvalidQuery
            When this world has passed that moment already.
        """
        self.advance(other.now)
        self._hide(other.hidden)

    @property
    def mirror(self) -> Mirror:
        """The articles and views as of now."""
        return self.recommender.mirror

    def advance(self, at: datetime) -> None:
        """Let everything happen up to a moment, which must not lie in the past.

        Raises
        ------
        InvalidQuery
            When the world has passed the moment already.
        """
        if at < self.now:
            msg = f"a world only moves forward: it stands at {self.now}, was asked for {at}"
            raise InvalidQuery(msg)
        while self._fits and self._fits[0] <= at:
            moment = self._fits.popleft()
            self._live_through(moment)
            self._fit(moment)
        self._live_through(at)
        self.now = at

    def prepare(self, question: Question) -> None:
        """Move to the moment of a question, and hide what it leaves out from its lists."""
        self.advance(question.at)
        hidden = question.ignored
        if question.only is not None:
            hidden |= self.mirror.corpus.row_of.keys() - question.only
        self._hide(hidden)

    def _hide(self, hidden: frozenset[str]) -> None:
        if hidden != self.hidden:
            self.hidden = hidden
            self.query.cache_clear()

    def _live_through(self, until: datetime) -> None:
        arrived = self._arrived(until)
        for is_retraction, some in groupby(arrived, lambda arrival: arrival.article is None):
            if is_retraction:
                for arrival in some:
                    self.recommender.retract(arrival.article_id)
            else:
                self._take_in(arrival.article for arrival in some if arrival.article)
        if arrived:
            self.mirror.refresh()
            self._forget()

    def _arrived(self, until: datetime) -> list[Arrival]:
        arrived = []
        while self._next is not None and self._next.at <= until:
            arrived.append(self._next)
            self._next = next(self._waiting, None)
        return arrived

    def _take_in(self, articles: Iterable[Article]) -> None:
        """Add articles as the library does, but for the refit, which has its own time here."""
        intake.add(self.recommender.store, self.mirror, articles, lambda _: None)

    def _fit(self, at: datetime) -> None:
        self.recommender.refit()
        self._forget()
        self.fitted_until = at

    def _forget(self) -> None:
        """Drop what was remembered of the site before it changed."""
        self.query.cache_clear()
        self.candidates.cache_clear()
        self._site = None

    def source(self, source: Article, at: datetime) -> str | Article:
        """Give a source as `recommend` takes it: its id when it is the stored version."""
        stored = source.id in self.mirror.corpus.row_of
        return source.id if stored and source == self.archive.version(source.id, at) else source

    def _query(self, source: Article, at: datetime) -> Query:
        stored = isinstance(self.source(source, at), str)
        return query_of(self.mirror, Asked(source, at, 1, self.hidden, stored=stored))

    def site(self) -> Site:
        """Give what lists are made from; its index remembers what it was asked last."""
        if self._site is None:
            site = self.mirror.site()
            index = RememberingIndex(site.corpus, site.lexical, site.vectors)
            self._site = replace(site, index=index)
        return self._site

    def similarities(self, query: Query) -> tuple[Values, Values]:
        """Give the lexical and the semantic cosine of a query with every row, shape (n,) each."""
        index = self.site().index
        return cast("RememberingIndex", index).similarities(query)

    def _candidates(self, query: Query) -> Mask:
        """Mark the rows that may stand on the list of a query, shape (n,)."""
        site, policy = self.site(), Policy(same_source=self.same_source)
        score = MomentScore(site, policy, query.at)
        return Eligibility(Case(site, query, policy, self.mirror.rules, score)).may_be_chosen()

    def best(self, scores: Values, allowed: Mask, at: datetime, k: int) -> list[str]:
        """Give the ids of the k largest scores among allowed rows, ties by newest, then id."""
        rows = np.flatnonzero(allowed)
        if len(rows) > k:
            least = np.partition(scores[rows], len(rows) - k)[len(rows) - k]
            rows = rows[scores[rows] >= least]
        corpus, moment = self.mirror.corpus, int(at.astimezone(UTC).timestamp() // 1)
        order = corpus.newest_first(rows, moment, scores[rows])[:k]
        return [corpus.ids[row] for row in rows[order]]


def _fit_moments(archive: Archive, split: datetime | None) -> Iterator[datetime]:
    """Yield when the text model is fitted: as on a site whenever the corpus has grown by half.

    The moments follow from the archive alone, and not from what is asked, so that a list does not
    depend on which other lists are made. With a split, the last fit is there.
    """
    known: set[str] = set()
    n_fitted = 0
    for at, some in groupby(archive.arrivals(), lambda arrival: arrival.at):
        if split is not None and at >= split:
            break
        known.update(arrival.article_id for arrival in some if arrival.article)
        if len(known) > 1 and len(known) >= n_fitted * (1 + fitting.REFIT_GROWTH):
            yield at
            n_fitted = len(known)
    if split is not None:
        yield split
