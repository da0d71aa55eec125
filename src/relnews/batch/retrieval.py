"""The candidates of many source articles: one scan for all of them, or the site's own index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.corpus import UNDATED
from relnews.embed.document import Document
from relnews.index.exact import ExactIndex
from relnews.index.scan import Scan, no_candidates
from relnews.lists import query_of
from relnews.query import Query
from relnews.rank.case import Case
from relnews.rank.eligibility import Eligibility
from relnews.rank.listing import FIRST_POOL

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from relnews.batch.task import Task
    from relnews.index.scan import CandidateBlock
    from relnews.mirror import Mirror
    from relnews.rank.edition import Edition
    from relnews.types import Article

    Rows = npt.NDArray[np.intp]
    Mask = npt.NDArray[np.bool_]

Kind = tuple[str, str]
"""What decides which targets an article may have: its language, and its outlet (empty: any)."""


class Retrieval:
    """Finds the first pool of candidates that `Listing` would fetch for each of many articles.

    Parameters
    ----------
    mirror
        Fresh, and unchanged while this is used.
    edition
        What the lists have in common.
    task
        Moment and policy.
    """

    def __init__(self, mirror: Mirror, edition: Edition, task: Task) -> None:
        self._mirror, self._edition, self._task = mirror, edition, task
        self._eligible: dict[Kind, Mask] = {}
        self._scans: dict[Kind, Scan] = {}

    def kind(self, article: Article) -> Kind:
        """Give what decides which targets an article may have."""
        corpus, policy = self._mirror.corpus, self._task.policy
        code = corpus["language"][corpus.row_of[article.id]]
        language = corpus.names["language"].names[code]
        return language, article.source if policy.same_source else ""

    def candidates(self, kind: Kind, articles: Sequence[Article]) -> CandidateBlock:
        """Give the best candidates of articles of one kind."""
        if not isinstance(self._edition.site.index, ExactIndex):
            return self._by_index(kind, articles)
        row_of = self._mirror.corpus.row_of
        sources = np.array([row_of[article.id] for article in articles], np.intp)
        barred = [self._barred(article.id) for article in articles]
        return self._scan(kind).search(sources, barred, FIRST_POOL)

    def _by_index(self, kind: Kind, articles: Sequence[Article]) -> CandidateBlock:
        """Ask the site's index for each; in memory for the moment are n bits more."""
        index, score = self._edition.site.index, self._edition.score
        block = no_candidates(len(articles), FIRST_POOL)
        for place, article in enumerate(articles):
            eligible = self._may_be_related(kind).copy()
            eligible[self._barred(article.id)] = False
            found = index.search(
                query_of(self._mirror, self._task.asked(article)), score, eligible, FIRST_POOL
            )
            spots = (place, slice(len(found)))
            block.rows[spots], block.score[spots] = found.rows, found.score
            block.lexical[spots], block.semantic[spots] = found.lexical, found.semantic
        return block

    def _barred(self, name: str) -> Rows:
        rules, row_of = self._mirror.rules, self._mirror.corpus.row_of
        ids = {name} | rules.blocked(name) | rules.separated(name)
        return np.array([row_of[other] for other in ids if other in row_of], np.intp)

    def _scan(self, kind: Kind) -> Scan:
        if kind not in self._scans:
            edition, site = self._edition, self._edition.site
            eligible = self._may_be_related(kind)
            self._scans[kind] = Scan(
                site.corpus, site.lexical, site.vectors, edition.score, eligible, edition.at
            )
        return self._scans[kind]

    def _may_be_related(self, kind: Kind) -> Mask:
        """Mark what may follow any article of a kind, shape (n,)."""
        if kind not in self._eligible:
            edition, nothing = self._edition, np.zeros(0, np.int32)
            query = Query(
                id="",
                at=edition.at,
                row=None,
                document=Document(nothing, nothing, np.zeros(0, np.uint32)),
                semantic=np.zeros(0, np.float32),
                dated=UNDATED,
                section="",
                source=kind[1],
                language=kind[0],
                exclude=frozenset(),
            )
            case = Case(edition.site, query, edition.policy, edition.rules, edition.score)
            self._eligible[kind] = Eligibility(case).may_be_related()
        return self._eligible[kind]
