"""Lists that no rule touches, a block at a time: candidates, entries, evidence."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from relnews.batch.retrieval import Retrieval
from relnews.lists import date_of, switched_off
from relnews.rank.block import LISTS_AT_ONCE, Block, pick
from relnews.rank.edition import Edition
from relnews.rank.evidence import BlockEvidence
from relnews.rank.reasons import spellings
from relnews.store import StoredEntry, StoredList

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from relnews.batch.retrieval import Kind
    from relnews.batch.task import Task
    from relnews.index.scan import CandidateBlock
    from relnews.mirror import Mirror
    from relnews.rank.evidence import ListRows
    from relnews.types import Article

    Rows = npt.NDArray[np.intp]


class PlainLists:
    """What all lists of a task share, as long as the site does not change.

    Parameters
    ----------
    mirror
        Fresh, and unchanged while this is used.
    task
        Moment, depth and policy.

    Attributes
    ----------
    content
        The mirror's when this was made.
    """

    def __init__(self, mirror: Mirror, task: Task) -> None:
        self.content = mirror.content
        self._mirror, self._task = mirror, task
        self._policy = repr(task.policy)
        self._edition = Edition(mirror.site(), task.policy, mirror.rules, task.second)
        self._retrieval = Retrieval(mirror, self._edition, task)

    def make(self, articles: Sequence[Article]) -> dict[str, StoredList]:
        """Make the lists that can be made so, by id; other articles are missing."""
        rules, row_of = self._mirror.rules, self._mirror.corpus.row_of
        wanted = [
            article
            for article in articles
            if article.id in row_of and not switched_off(article, rules)
        ]
        made: dict[str, StoredList] = {}
        kind_of = self._retrieval.kind
        for kind, some in groupby(sorted(wanted, key=kind_of), kind_of):
            group = [*some]
            for start in range(0, len(group), LISTS_AT_ONCE):
                made |= self._block(kind, group[start : start + LISTS_AT_ONCE])
        return made

    def _block(self, kind: Kind, articles: Sequence[Article]) -> dict[str, StoredList]:
        edition, depth = self._edition, self._task.depth
        row_of = self._mirror.corpus.row_of
        sources = np.array([row_of[article.id] for article in articles], np.intp)
        dated = np.array([date_of(article, self._task.at) for article in articles], np.int64)
        found = self._retrieval.candidates(kind, articles)
        block = Block(sources, dated, found.rows, found.score, found.lexical, found.semantic)
        picked, plain = pick(edition, block, depth)
        full = found.rows[:, -1] >= 0
        if self._task.policy.freshness_floor == 0:  # what scores nothing by its age is not found
            plain &= full
        evidence = BlockEvidence(edition, sources[plain], dated[plain], picked[plain])
        made = {}
        for number, place in enumerate(np.flatnonzero(plain).tolist()):
            article = articles[place]
            spelt = self._spelt(article, int(sources[place]))
            rows = evidence.list_rows(number, spelt, self._mirror.vocabulary.terms)
            made[article.id] = self._stored(article, rows, _reach(found, place))
        return made

    def _spelt(self, article: Article, row: int) -> dict[int, str]:
        corpus = self._mirror.corpus
        language = corpus.names["language"].names[corpus["language"][row]]
        return spellings(article, self._mirror.analyzer.written(language))

    def _stored(self, article: Article, rows: ListRows, reach: float) -> StoredList:
        return StoredList(
            source_id=article.id,
            at=self._task.at,
            k=self._task.depth,
            note="",  # the list is full, and all of it is related
            policy=self._policy,
            seen=self._mirror.change,
            reach=reach,
            rows=tuple(_entry(rows, place) for place in range(len(rows.target_ids))),
        )


def _entry(rows: ListRows, place: int) -> StoredEntry:
    return StoredEntry(
        target_id=rows.target_ids[place],
        score=rows.score[place],
        relevance=rows.relevance[place],
        freshness=rows.freshness[place],
        lexical=rows.lexical[place],
        semantic=rows.semantic[place],
        relation=rows.relation[place],
        placed_by="score",
        reason=rows.reason[place],
        shared_words=rows.shared_words[place],
    )


def _reach(found: CandidateBlock, place: int) -> float:
    """Give the score of the last candidate; 0 when all related articles are candidates."""
    return float(found.score[place, -1]) if found.rows[place, -1] >= 0 else 0.0
