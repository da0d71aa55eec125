"""Stored lists, from the database to what of them may be shown now.

The counterpart of `relnews.lists`, which makes new ones: both end in the same final check.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from relnews.lists import TEASER_LOOK, Asked, note, switched_off, with_teaser
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
        ids = dict.fromkeys(
            chain.from_iterable(
                (stored.source_id, *(row.target_id for row in stored.rows)) for stored in lists
            )
        )
        length = None if self._bodies else TEASER_LOOK
        articles = self._store.articles(ids, body_length=length)
        languages = self._store.languages(ids)
        shown = []
        for stored in lists:
            source = articles[stored.source_id]  # a list without its article cannot be
            asked = Asked(source, at, k, exclude, stored=True)
            shown.append(self._shown(stored, asked, articles, languages))
        return shown

    def _shown(
        self,
        stored: StoredList,
        asked: Asked,
        articles: dict[str, Article],
        languages: dict[str, str],
    ) -> RelatedList:
        name, k = stored.source_id, asked.k
        off = switched_off(asked.article, self._rules)
        pairs = [(row.target_id, articles.get(row.target_id)) for row in stored.rows]
        wrong = violations(pairs, name, asked.at, asked.exclude, self._rules)
        sound = [] if off else [row for row in stored.rows if row.target_id not in wrong]
        entries = tuple(
            _related(row, self._target(articles, row), languages.get(row.target_id, ""))
            for row in sound[:k]
        )
        return RelatedList(
            source_id=name,
            at=asked.at,
            k=k,
            entries=entries,
            note=off or note(entries, k),
            language=languages.get(name, ""),
        )

    def _target(self, articles: dict[str, Article], row: StoredEntry) -> Article:
        shown = with_teaser(articles[row.target_id])
        return shown if self._bodies else replace(shown, body="")


def _related(row: StoredEntry, article: Article, language: str) -> Related:
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
        language=language,
    )
