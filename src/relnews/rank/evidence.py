"""Why the entries of many lists stand where they stand: score parts, shared words, a sentence.

`Ranker.evidence` says the same of one list at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relnews.corpus import UNDATED
from relnews.embed.cosine import cosines
from relnews.rank import stories
from relnews.rank.reasons import CANDIDATES, SHARED_WORDS, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    import scipy.sparse as sp

    from relnews.rank.edition import Edition
    from relnews.types import Relation

    Rows = npt.NDArray[np.intp]
    Values = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ListRows:
    """The entries of one list, all placed by their score, column by column and without texts.

    All columns have k values, which are those of `relnews.types.Related`.
    """

    target_ids: tuple[str, ...]
    score: tuple[float, ...]
    relevance: tuple[float, ...]
    freshness: tuple[float, ...]
    lexical: tuple[float, ...]
    semantic: tuple[float, ...]
    relation: tuple[Relation, ...]
    reason: tuple[str, ...]
    shared_words: tuple[tuple[str, ...], ...]


class BlockEvidence:
    """The evidence of the entries of q lists of k entries.

    Parameters
    ----------
    edition
        What the lists were made from.
    sources, dated
        Shape (q,): the rows of the source articles, and their dates as `Query.dated`.
    rows
        intp, shape (q, k): the entries.
    """

    def __init__(
        self, edition: Edition, sources: Rows, dated: npt.NDArray[np.int64], rows: Rows
    ) -> None:
        self._edition, self._rows = edition, rows
        score, vectors = edition.score, edition.site.vectors
        self._lexical, self._terms = _shared(edition, sources, rows)
        self._semantic = cosines(vectors[rows], vectors[sources][:, None])[:, :, 0]
        self._relevance = score.relevance(self._lexical, self._semantic)
        self._freshness = score.freshness(rows.ravel()).reshape(rows.shape)
        dates = edition.dates[rows]
        known = (dates != UNDATED) & (dated != UNDATED)[:, None]
        self._hours_later = np.where(known, (dates - dated[:, None]) / 3600.0, np.inf)
        self._relation = self._relations(sources, dated)

    def list_rows(self, number: int, spelt: Mapping[int, str], stems: Sequence[str]) -> ListRows:
        """Give the entries of one of the lists.

        Parameters
        ----------
        number
            Which one, in [0, q).
        spelt
            The terms of the source article as it writes them (`reasons.spellings`).
        stems
            The terms by id; those that begin with no letter are not shown.
        """
        relevance, freshness = self._relevance[number], self._freshness[number]
        score = relevance.astype(np.float64) * freshness.astype(np.float64)
        relation = self._relation[number].tolist()
        words = [
            tuple(spelt[term] for term in terms if term in spelt and stems[term][0].isalpha())
            for terms in self._terms[number]
        ]
        words = [found[:SHARED_WORDS] for found in words]
        apart = self._hours_later[number].tolist()
        reasons = [
            sentence("score", kind, hours, "", shared)
            for kind, hours, shared in zip(relation, apart, words, strict=True)
        ]
        ids = self._edition.site.corpus.ids
        return ListRows(
            target_ids=tuple(ids[row] for row in self._rows[number].tolist()),
            score=tuple(score.tolist()),
            relevance=tuple(relevance.tolist()),
            freshness=tuple(freshness.tolist()),
            lexical=tuple(self._lexical[number].tolist()),
            semantic=tuple(self._semantic[number].tolist()),
            relation=tuple(relation),
            reason=tuple(reasons),
            shared_words=tuple(words),
        )

    def _relations(self, sources: Rows, dated: npt.NDArray[np.int64]) -> npt.NDArray[np.str_]:
        edition, rows, dates = self._edition, self._rows, self._edition.dates[self._rows]
        similarity = edition.score.similarity(self._lexical, self._semantic)
        copies = edition.copies_of(sources, dated, rows, similarity)
        same = stories.same_story(similarity, dates, dated[:, None], edition.policy)
        related = (self._relevance >= edition.score.floor) & (self._relevance > 0)
        names = ["duplicate", "same_story", "background"]
        return np.select([copies, same, related], names, "unrelated")


def _shared(edition: Edition, sources: Rows, rows: Rows) -> tuple[Values, list[list[list[int]]]]:
    """Give the lexical cosines, shape (q, k), and the terms that add most to each of them."""
    lexical = edition.site.lexical
    distinct, places = np.unique(rows, return_inverse=True)
    weights, places = lexical.weights(distinct), places.reshape(rows.shape)
    of_sources = lexical.weights(sources)
    scratch = np.zeros(weights.shape[1], np.float32)
    cosine, terms = np.zeros(rows.shape, np.float32), []
    for number in range(len(rows)):
        span = slice(*of_sources.indptr[number : number + 2])
        scratch[of_sources.indices[span]] = of_sources.data[span]
        targets = weights[places[number]]
        cosine[number] = targets @ scratch
        terms.append(_strongest(targets, scratch))
        scratch[of_sources.indices[span]] = 0
    return cosine, terms


def _strongest(targets: sp.csr_matrix, source: Values) -> list[list[int]]:
    """Give, for each target, the terms that `reasons.shared_terms` gives."""
    products = targets.data * source[targets.indices]
    shared = np.flatnonzero(products)
    bounds = np.searchsorted(shared, targets.indptr)
    of_target = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    order = np.lexsort((-products[shared], of_target))
    ordered = targets.indices[shared[order]]
    return [
        ordered[begin : min(begin + CANDIDATES, end)].tolist()
        for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
    ]
