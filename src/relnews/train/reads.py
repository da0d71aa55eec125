"""Articles that the same readers turned to, from a log of reads or shares."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from relnews.evaluate.truth import Event

WITHIN_HOURS = 24.0
"""How long after a read another one of the same reader still belongs to it."""

MIN_READERS = 2
"""One reader alone says more about the reader than about the articles."""

MAX_EVENTS = 100
"""Readers with more are left out: they are machines, or read everything."""

MAX_PARTNERS = 5
"""An article everybody reads would otherwise be paired with everything."""


def read_together(events: Iterable[Event]) -> list[tuple[str, str]]:
    """Give pairs of articles that at least two readers turned to within a day, first one first.

    A read is paired with the next one of the same reader, so that a reader of n articles makes at
    most n - 1 pairs. Of each article the pairs with most readers are kept, ties by id; a pair is
    kept when both articles still have room for it. O(events log events).
    """
    by_user: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_user[event.user].append(event)
    readers: Counter[tuple[str, str]] = Counter()
    both: Counter[frozenset[str]] = Counter()
    for history in by_user.values():
        if len(history) <= MAX_EVENTS:
            history.sort(key=lambda event: (event.at, event.article_id))
            turned = set(_successions(history))
            readers.update(turned)
            both.update({frozenset(pair) for pair in turned})  # both ways are one reader
    wanted = [pair for pair in readers if both[frozenset(pair)] >= MIN_READERS]
    wanted.sort(key=lambda pair: (-both[frozenset(pair)], -readers[pair], pair))
    return list(_with_room(wanted))


def _successions(history: Sequence[Event]) -> Iterator[tuple[str, str]]:
    """Yield what one reader turned to next, soon enough."""
    for event, after in pairwise(history):
        soon = after.at - event.at <= timedelta(hours=WITHIN_HOURS)
        if soon and after.article_id != event.article_id:
            yield event.article_id, after.article_id


def _with_room(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Keep a pair, in one direction, while each of its articles has fewer than it may."""
    partners: Counter[str] = Counter()
    seen: set[frozenset[str]] = set()
    for pair in pairs:
        if frozenset(pair) in seen or max(partners[name] for name in pair) >= MAX_PARTNERS:
            continue
        seen.add(frozenset(pair))
        partners.update(pair)
        yield pair
