"""Stored lists, from the database to what of them may be shown now.

The counterpart of `relnews.lists`, which makes new ones: both end in the same final check.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from relnews.lists import TEASER_LOOK, note, switched_off, with_teaser
from relnews.rank.check import violations
from relnews.types import Related, RelatedList

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from relnews.rank.ruleset import RuleSet
    from relnews.store import Store, StoredEntry, StoredList
    from relnews.types import Article


class StoredLists:
    """Shows stored lists without what has been retracted, expired, blocked or held back since.

    The rules must be fresh; the articles are read anew for each call of `show`, with their
    `bodies` or without.
    """

    def __init__(self, store: Store, rules: RuleSet, *, bodies: bool = True) -> None:
        self._store, self._rules, self._bodies = store, rules, bodies

    def show(
        self,
        lists: Sequence[StoredList],
        *,
        at: datetime,
        k: int,
        exclude: frozenset[str] = frozenset(),
    ) -> list[RelatedList]:
        """Give the first k entries of each list that may be shown at a moment.

        All articles on the lists, and those the lists are for, are read together: one query for
        500 of them. They are all in memory until the last list is made.
        """
        ids = chain.from_iterable(
            (stored.source_id, *(row.target_id for row in stored.rows)) for stored in lists
        )
        length = None if self._bodies else TEASER_LOOK
        articles = self._store.articles(ids, body_length=length)
        return [self._shown(stored, articles, at, k, exclude) for stored in lists]

    def _shown(
        self,
        stored: StoredList,
        articles: dict[str, Article],
        at: datetime,
        k: int,
        exclude: frozenset[str],
    ) -> RelatedList:
        name = stored.source_id
        off = switched_off(articles[name], self._rules)  # a list without its article cannot be
        pairs = [(row.target_id, articles.get(row.target_id)) for row in stored.rows]
        wrong = violations(pairs, name, at, exclude, self._rules)
        sound = [] if off else [row for row in stored.rows if row.target_id not in wrong]
        entries = tuple(_related(row, self._target(articles, row)) for row in sound[:k])
        text = off or note(entries, k)
        return RelatedList(source_id=name, at=at, k=k, entries=entries, note=text)

    def _target(self, articles: dict[str, Article], row: StoredEntry) -> Article:
        shown = with_teaser(articles[row.target_id])
        return shown if self._bodies else replace(shown, body="")


def _related(row: StoredEntry, article: Article) -> Related:
    return Related(
        article=article,
        score=row.score,
        relevance=row.relevance,
        freshness=row.freshness,
        lexical=row.lexical,
        semantic=row.semantic,
        relation=row.relation,
        placed_by=row.placed_by,
        shared_words=row.shared_words,
        reason=row.reason,
    )
