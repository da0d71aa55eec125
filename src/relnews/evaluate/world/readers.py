"""Who read or shared what, and when: popularity as of a moment."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from relnews.evaluate.truth import Event


class Readers:
    """Events in time order; nothing of it is seen before it happened."""

    def __init__(self, events: Iterable[Event]) -> None:
        ordered = sorted(events, key=lambda event: event.at)
        self._times = [event.at.timestamp() for event in ordered]
        self._articles = [event.article_id for event in ordered]
        self._by_article: dict[str, list[float]] = defaultdict(list)
        for name, moment in zip(self._articles, self._times, strict=True):
            self._by_article[name].append(moment)

    def __len__(self) -> int:
        """Count all events."""
        return len(self._times)

    def count(self, article_id: str, at: datetime) -> int:
        """Count the events of an article before a moment."""
        return bisect_left(self._by_article.get(article_id, []), at.timestamp())

    def total(self, at: datetime) -> int:
        """Count all events before a moment."""
        return bisect_left(self._times, at.timestamp())

    def counts(self, at: datetime, hours: float) -> Counter[str]:
        """Count the events of each article in the hours before a moment."""
        begin = bisect_left(self._times, (at - timedelta(hours=hours)).timestamp())
        return Counter(self._articles[begin : self.total(at)])
