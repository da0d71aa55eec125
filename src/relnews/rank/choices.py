"""Stages 4 and 6 in step for many lists: `Choice` with one more axis, where no rule interferes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.rank import stories
from relnews.rank.crosswise import Crosswise

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.rank.block import Block
    from relnews.rank.edition import Edition

    Rows = npt.NDArray[np.intp]
    Values = npt.NDArray[np.float32]
    Mask = npt.NDArray[np.bool_]

_LIKELY = 1.3
"""A list of depth k takes nearly all its entries from the best 1.3 k by score."""


class Choices:
    """`Choice` for q lists in step: arrays of shape (q, m) where it has (m,).

    Attributes
    ----------
    going
        bool, shape (q,): which lists have found an entry at every step so far.
    """

    def __init__(self, edition: Edition, block: Block, depth: int) -> None:
        self._edition, policy = edition, edition.policy
        self._open = block.rows >= 0
        self._rows = np.maximum(block.rows, 0)
        self._lists = np.arange(len(block.rows))
        self._dates = edition.dates[self._rows]
        self._agency = edition.agency[self._rows]
        languages = edition.site.corpus["language"]
        self._foreign = languages[self._rows] != languages[block.sources][:, None]
        self.going = np.ones(len(block.rows), bool)
        to_source = edition.score.similarity(block.lexical, block.semantic)
        copies = edition.copies_of(block.sources, block.dated, self._rows, to_source, self._open)
        in_story = stories.same_story(to_source, self._dates, block.dated[:, None], policy)
        self._in_source_story = (in_story | copies) & self._open
        self._scores = self._dealt(np.where(self._open, block.score, np.float32(0)), block.dated)
        top = self._scores.max(axis=1, keepdims=True)
        relative = np.divide(self._scores, top, out=self._scores.copy(), where=top > 0)
        self._selection = policy.selector.begin(relative)
        likely = np.argsort(-relative, axis=1, kind="stable")[:, : int(_LIKELY * depth)]
        self._crosswise = Crosswise(edition, self._rows, likely)
        self._company = np.zeros(block.rows.shape, np.int64)
        self._n_in_source_story = np.zeros(len(block.rows), np.int64)
        self._open &= ~copies

    def next(self) -> Rows:
        """Take the next entry of each list and give its row, shape (q,)."""
        allowed = self._allowed()
        self.going &= allowed.any(axis=1)
        gains = np.where(allowed, self._selection.gains(), np.float32(-np.inf))
        places = np.argmax(gains, axis=1)
        similarity = self._crosswise.to(places)
        copies = self._copies_of(self._lists, places, similarity)
        for number in np.flatnonzero((copies & allowed).any(axis=1)).tolist():
            best = self._best_copy(number, places[number], copies[number] & allowed[number])
            if best != places[number]:
                places[number], one = best, slice(number, number + 1)
                similarity[number] = self._crosswise.one(number, best)
                copies[one] = self._copies_of(self._lists[one], places[one], similarity[one])
        self._take(places, similarity, copies)
        rows: Rows = self._rows[self._lists, places]
        return rows

    def _allowed(self) -> Mask:
        most = self._edition.policy.max_same_story
        full = self._n_in_source_story >= most
        within: Mask = self._company < most
        return self._open & within & ~(self._in_source_story & full[:, None])

    def _best_copy(self, number: int, place: np.intp, copies: Mask) -> int:
        """Prefer the article's language, own reporting, then the newest, then the best score."""
        foreign, agency, dates, scores = (
            values[number] for values in (self._foreign, self._agency, self._dates, self._scores)
        )
        return min(
            [int(place), *np.flatnonzero(copies).tolist()],
            key=lambda copy: (foreign[copy], agency[copy], -dates[copy], -scores[copy]),
        )

    def _take(self, places: Rows, similarity: Values, copies: Mask) -> None:
        dates = self._dates[self._lists, places][:, None]
        self._open[self._lists, places] = False
        with np.errstate(over="ignore", invalid="ignore"):  # of lists that are not going any more
            self._selection.take(places, similarity)
        self._company += stories.same_story(similarity, self._dates, dates, self._edition.policy)
        self._n_in_source_story += self._in_source_story[self._lists, places]
        self._open &= ~copies

    def _copies_of(self, lists: Rows, places: Rows, similarity: Values) -> Mask:
        """Tell which open places are copies of one place of each of some lists, shape (a, m)."""
        rows, dates = self._rows[lists, places], self._dates[lists, places]
        copies = self._edition.copies_of(
            rows, dates, self._rows[lists], similarity, self._open[lists]
        )
        copies[np.arange(len(lists)), places] = False
        return copies

    def _dealt(self, scores: Values, dated: npt.NDArray[np.int64]) -> Values:
        """Let later developments lead the source article's story."""
        told = self._in_source_story & ~self._foreign  # a translation is no development
        later = (told & (self._dates > dated[:, None])).any(axis=1)
        for number in np.flatnonzero(later).tolist():
            scores[number] = stories.later_first(
                scores[number],
                told[number],
                self._dates[number],
                int(dated[number]),
            )
        return scores
