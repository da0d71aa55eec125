"""Everything that was ever published, in every version, with the moment each arrived."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from relnews.errors import UnknownArticle
from relnews.rank.check import is_live

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from relnews.types import Article

BEGINNING = datetime.min.replace(tzinfo=UTC)
"""When undated articles arrived: before anything dated."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that happened to a site: a version came in, or (article None) a retraction."""

    at: datetime
    article_id: str
    article: Article | None


class Archive:
    """The articles of a site through time.

    Parameters
    ----------
    articles
        Every version that is known, updates without a version number included; of two with the
        same id, version and date of update the last one counts.
    retractions
        When an article was taken back, by id.
    """

    def __init__(
        self, articles: Iterable[Article], retractions: Mapping[str, datetime] | None = None
    ) -> None:
        versions: dict[str, dict[tuple[int, datetime], Article]] = defaultdict(dict)
        for article in articles:
            key = article.version, article.updated_at or BEGINNING
            versions[article.id][key] = article
        self._versions = {
            name: _timeline([found[key] for key in sorted(found)])
            for name, found in versions.items()
        }
        self.retractions = MappingProxyType(dict(retractions or {}))

    def __len__(self) -> int:
        """Count the articles, not their versions."""
        return len(self._versions)

    def __contains__(self, article_id: object) -> bool:
        return article_id in self._versions

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all articles, in the order given."""
        return tuple(self._versions)

    def latest(self, article_id: str) -> Article:
        """Give the last version of an article; `UnknownArticle` when there is none."""
        if article_id not in self._versions:
            msg = f"the archive must hold every article it is asked for; it has no {article_id!r}"
            raise UnknownArticle(msg)
        return self._versions[article_id][-1][1]

    def first(self, article_id: str) -> Article:
        """Give the first version of an article; `UnknownArticle` when there is none."""
        self.latest(article_id)
        return self._versions[article_id][0][1]

    def version(self, article_id: str, at: datetime) -> Article | None:
        """Give the version that stood at a moment; None when none had arrived."""
        arrived = [article for when, article in self._versions.get(article_id, ()) if when <= at]
        return arrived[-1] if arrived else None

    def arrived_at(self, article_id: str) -> datetime:
        """Give when the first version of an article arrived."""
        self.latest(article_id)
        return self._versions[article_id][0][0]

    def is_live(self, article_id: str, at: datetime) -> bool:
        """Tell whether an article could be shown at a moment, as the site then stood."""
        article = self.version(article_id, at)
        retracted = self.retractions.get(article_id)
        if article is None or (retracted is not None and retracted <= at):
            return False
        return is_live(article, at)

    def arrivals(self) -> Iterator[Arrival]:
        """Yield what happened, in time order; versions before retractions of the same moment."""
        events: list[tuple[datetime, int, str, Article | None]] = [
            (when, 0, name, article)
            for name, timeline in self._versions.items()
            for when, article in timeline
        ]
        events += [(when, 1, name, None) for name, when in self.retractions.items()]
        for when, _, name, article in sorted(events, key=lambda event: event[:3]):
            yield Arrival(when, name, article)

    def until(self, at: datetime) -> Archive:
        """Give the archive as it stood at a moment, without anything that came later."""
        articles = [
            article
            for timeline in self._versions.values()
            for when, article in timeline
            if when <= at
        ]
        return Archive(articles, {n: when for n, when in self.retractions.items() if when <= at})


def _timeline(versions: list[Article]) -> tuple[tuple[datetime, Article], ...]:
    """Date the versions of one article.

    The first came with its publication, whatever it says of later updates; each further one
    with its update, and never before the version it replaces.
    """
    timeline: list[tuple[datetime, Article]] = []
    for article in versions:
        published = article.published_at or BEGINNING
        when = max(timeline[-1][0], article.updated_at or published) if timeline else published
        timeline.append((when, article))
    return tuple(timeline)
