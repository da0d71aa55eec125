"""One list, from the question to the checked answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np

from relnews.corpus import UNDATED
from relnews.query import Query
from relnews.rank.check import violations
from relnews.rank.ranker import Ranker
from relnews.rank.reasons import SHARED_WORDS, sentence, shared_terms, surface_forms
from relnews.store import StoredList, entry_of
from relnews.text import teaser
from relnews.types import Related, RelatedList

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from relnews.mirror import Mirror
    from relnews.policy import Policy
    from relnews.query import Placed
    from relnews.rank.ruleset import RuleSet
    from relnews.store import Store
    from relnews.types import Article

TEASER_LOOK = 4_000
"""A teaser is cut from so many characters of a body: ten times what it needs."""

NOTHING_MATTERS = 2.0
"""The reach of a list that no article can enter: no score is larger than 1."""

_FILLS = ("section", "newest")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it came in; `stored` tells whether the article is the stored version."""

    article: Article
    at: datetime
    k: int
    exclude: frozenset[str]
    stored: bool


@dataclass(frozen=True, slots=True)
class _Made:
    """What a list is, whether it is shown or stored."""

    entries: tuple[Related, ...]
    note: str
    language: str
    reach: float
    is_off: bool = False


class ListMaker:
    """Makes lists from a store and its mirror, under one policy.

    The mirror must be fresh; the final check reads the store once more all the same. `lock` is
    held by whoever uses the mirror.
    """

    def __init__(
        self, store: Store, mirror: Mirror, policy: Policy, lock: AbstractContextManager[object]
    ) -> None:
        self._store, self._mirror, self._policy = store, mirror, policy
        self._lock = lock

    def make(self, asked: Asked) -> RelatedList:
        """Make the list that is asked for."""
        made = self._made(asked)
        return RelatedList(
            source_id=asked.article.id,
            at=asked.at,
            k=asked.k,
            entries=made.entries,
            note=made.note,
            language=made.language,
            _why_not=(lambda _: made.note) if made.is_off else partial(self.why_not, asked),
        )

    def make_stored(self, asked: Asked) -> StoredList:
        """Make the list that is asked for, as it is stored."""
        made = self._made(asked)
        return StoredList(
            source_id=asked.article.id,
            at=asked.at,
            k=asked.k,
            note=made.note,
            policy=repr(self._policy),
            seen=self._mirror.change,
            reach=made.reach,
            rows=tuple(map(entry_of, made.entries)),
        )

    def _made(self, asked: Asked) -> _Made:
        """Rank, and rank again without what the final check finds."""
        off = switched_off(asked.article, self._mirror.rules)
        if off:
            language = language_of(self._mirror, asked)
            return _Made((), off, language, NOTHING_MATTERS, is_off=True)
        query = query_of(self._mirror, asked)
        while True:
            ranker = Ranker(self._mirror.site(), self._policy, self._mirror.rules, query)
            placed = ranker.rank(asked.k)
            ids = [self._mirror.corpus.ids[entry.row] for entry in placed]
            articles = self._store.articles(ids)
            pairs = [(name, articles.get(name)) for name in ids]
            rules = self._mirror.rules
            wrong = violations(pairs, asked.article.id, asked.at, asked.exclude, rules)
            if not wrong:
                break
            query = replace(query, exclude=query.exclude | wrong.keys())
        entries = self._entries(asked.article, query, ranker, placed, articles)
        return _Made(entries, note(entries, asked.k), query.language, ranker.reach)

    def why_not(self, asked: Asked, target_id: str) -> str:
        """Say at which stage a target was left out of a list, as things stand now."""
        with self._lock:
            self._mirror.refresh()
            row = self._mirror.corpus.row_of.get(target_id)
            if row is None:
                return f"unknown: no article has the id {target_id!r}"
            site, rules = self._mirror.site(), self._mirror.rules
            query = query_of(self._mirror, asked)
            return Ranker(site, self._policy, rules, query).why_not(row, asked.k)

    def _entries(
        self,
        article: Article,
        query: Query,
        ranker: Ranker,
        placed: Sequence[Placed],
        articles: dict[str, Article],
    ) -> tuple[Related, ...]:
        if not placed:
            return ()
        rows = np.array([entry.row for entry in placed], np.intp)
        languages = self._mirror.corpus.languages(rows)
        evidence = ranker.evidence(rows)
        words = self._shared_words(article, query, rows)
        words = [
            () if entry.placed_by in _FILLS else found
            for entry, found in zip(placed, words, strict=True)
        ]
        entries = []
        for place, entry in enumerate(placed):
            target = with_teaser(articles[self._mirror.corpus.ids[entry.row]])
            relevance, fresh = float(evidence.relevance[place]), float(evidence.freshness[place])
            relation = evidence.relation[place]
            apart = float(evidence.hours_later[place])
            entries.append(
                Related(
                    article=target,
                    score=relevance * fresh,
                    relevance=relevance,
                    freshness=fresh,
                    lexical=float(evidence.lexical[place]),
                    semantic=float(evidence.semantic[place]),
                    relation=relation,
                    placed_by=entry.placed_by,
                    shared_words=words[place],
                    reason=sentence(entry.placed_by, relation, apart, target.section, words[place]),
                    language=languages[place],
                )
            )
        return tuple(entries)

    def _shared_words(
        self, article: Article, query: Query, rows: np.ndarray[tuple[int], np.dtype[np.intp]]
    ) -> list[tuple[str, ...]]:
        lexical, written = self._mirror.lexical, self._mirror.analyzer.written(query.language)
        source = lexical.document_weights(query.document)
        shared = shared_terms(source, lexical.weights(rows))
        stems = self._mirror.vocabulary.terms
        wanted = {term for terms in shared for term in terms.tolist() if stems[term][0].isalpha()}
        spelt = surface_forms(article, wanted, written)
        return [
            tuple(spelt[term] for term in terms.tolist() if term in spelt)[:SHARED_WORDS]
            for terms in shared
        ]


def switched_off(article: Article, rules: RuleSet) -> str:
    """Say why an article gets no list; empty when it gets one."""
    if article.status == "canceled":
        return "no list: the article was canceled or retracted"
    if article.no_list:
        return "no list: switched off on the article"
    return "no list: switched off by a rule" if rules.no_list(article.id) else ""


def language_of(mirror: Mirror, asked: Asked) -> str:
    """Give the language that the article of a question is read in, a two-letter code."""
    row = mirror.corpus.row_of.get(asked.article.id) if asked.stored else None
    if row is None:
        return mirror.analyzer.language_of(asked.article)
    return mirror.corpus.languages(np.array([row]))[0]


def query_of(mirror: Mirror, asked: Asked) -> Query:
    """Turn a question into what retrieval and ranking take; the mirror must be fresh."""
    article, at = asked.article, asked.at
    row = mirror.corpus.row_of.get(article.id) if asked.stored else None
    language = language_of(mirror, asked)
    if row is None:
        document = mirror.analyzer.draft(article, language)
        semantic = mirror.embed(article, document)
    else:
        document, semantic = mirror.document(row), mirror.vector(row)
    return Query(
        id=article.id,
        at=int(at.timestamp() // 1),
        row=row,
        document=document,
        semantic=semantic,
        dated=date_of(article, at),
        section=article.section,
        source=article.source,
        language=language,
        exclude=asked.exclude,
    )


def with_teaser(article: Article) -> Article:
    """Give an article as a list shows it: with a teaser, cut from its body if it has none."""
    if article.teaser:
        return article
    return replace(article, teaser=_cut_teaser(article.body[:TEASER_LOOK]))


@lru_cache(maxsize=1024)
def _cut_teaser(text: str) -> str:
    """Cut a teaser; the same articles stand on many lists."""
    return teaser(text)


def note(entries: Sequence[Related], k: int) -> str:
    """Say when and why a list is short, or which of its entries are fills."""
    n_fills = sum(entry.placed_by in _FILLS for entry in entries)
    n_related = len(entries) - n_fills
    if n_related >= k:
        return ""
    rest = f"{n_fills} filled with the newest" if n_fills else "fewer rather than unrelated ones"
    if len(entries) < k and n_fills:
        rest += ", then nothing was left"
    return f"{n_related} of {k} related: {rest}"


def date_of(article: Article, at: datetime) -> int:
    """Give the semantic date of an article as seen at a moment, epoch seconds."""
    published, updated = article.published_at, article.updated_at
    happened = updated if updated is not None and updated <= at else None
    dates = [int(date.timestamp() // 1) for date in (published, happened) if date is not None]
    return max(dates, default=UNDATED)
