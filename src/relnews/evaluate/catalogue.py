"""What is known of all articles, whatever system is measured: texts, dates, company, readers.

One reference for all systems, over the whole archive: it judges lists and never makes them, so
that it may know the future.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from relnews.embed.analysis import Analyzer
from relnews.embed.lexical import LexicalView
from relnews.embed.vocabulary import Vocabulary
from relnews.evaluate.world.readers import Readers
from relnews.rank.stories import is_copy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    import numpy.typing as npt

    from relnews.embed.document import Document
    from relnews.evaluate.archive import Archive
    from relnews.evaluate.truth import Chain, Event
    from relnews.types import Article

_SECONDS_PER_HOUR = 3600.0


class Catalogue:
    """The facts about an archive.

    Parameters
    ----------
    archive
        Every version of every article.
    chains
        Running stories, where they are known.
    events
        Who read or shared what and when; popularity comes from them.
    language
        Assumed where none can be told.
    """

    def __init__(
        self,
        archive: Archive,
        chains: Iterable[Chain] = (),
        events: Iterable[Event] = (),
        language: str = "de",
    ) -> None:
        self.archive = archive
        self._stories = {name: chain.story for chain in chains for name in chain.article_ids}
        self._analyzer = Analyzer(Vocabulary(), language)
        self._document = lru_cache(maxsize=65_536)(self._analyse)
        self.readers = Readers(events)

    def __len__(self) -> int:
        """Count the articles."""
        return len(self.archive)

    def __contains__(self, article_id: str) -> bool:
        return article_id in self.archive

    def article(self, article_id: str) -> Article:
        """Give the last version of an article; `UnknownArticle` when there is none."""
        return self.archive.latest(article_id)

    def age_hours(self, article_id: str, at: datetime) -> float:
        """Give the age by the semantic date at a moment, at least 0; NaN without a date."""
        article = self.archive.version(article_id, at) or self.article(article_id)
        dates = [article.published_at, article.updated_at]
        passed = [date for date in dates if date is not None and date <= at]
        if not passed:
            return float("nan")
        return (at - max(passed)).total_seconds() / _SECONDS_PER_HOUR

    def similarity(self, ids: Sequence[str]) -> npt.NDArray[np.float32]:
        """Give the lexical cosine of articles with each other, shape (n, n), in [0, 1]."""
        rows = np.array([self._row_of[name] for name in ids], np.intp)
        weights = self._view.weights(rows)
        cosines = np.asarray((weights @ weights.T).toarray(), np.float32)
        return np.minimum(cosines, np.float32(1.0))

    def is_copy(self, first_id: str, second_id: str) -> bool:
        """Tell whether two articles are near-duplicates, by their shingles."""
        return self.are_copies(self.article(first_id), self.article(second_id))

    def are_copies(self, first: Article, second: Article) -> bool:
        """Tell the same of any two versions, be they stored or not."""
        return is_copy(self._document(first).shingles, self._document(second).shingles)

    def story(self, article_id: str) -> str:
        """Give the running story an article belongs to; empty when none is known."""
        return self._stories.get(article_id, "")

    @property
    def knows_stories(self) -> bool:
        """Whether any running story is known."""
        return bool(self._stories)

    @property
    def knows_readers(self) -> bool:
        """Whether any event is known."""
        return len(self.readers) > 0

    def popularity(self, article_id: str, at: datetime) -> int:
        """Count the events of an article before a moment."""
        return self.readers.count(article_id, at)

    def n_events(self, at: datetime) -> int:
        """Count all events before a moment."""
        return self.readers.total(at)

    def _analyse(self, article: Article) -> Document:
        return self._analyzer.document(article, self._analyzer.language_of(article))

    @cached_property
    def _row_of(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.archive.ids)}

    @cached_property
    def _view(self) -> LexicalView:
        view = LexicalView()
        for name in self.archive.ids:
            view.append(self._document(self.article(name)))
        return view
