"""Stage 1: which articles may be shown at all, under this article, at this moment.

One table says what forbids an article and in which words; the mask and `why_not` both read it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.embed.sentence.settings import ANY_LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from relnews.rank.case import Case

    Mask = npt.NDArray[np.bool_]


class Eligibility:
    """Which articles may stand on a list, and why others may not."""

    def __init__(self, case: Case) -> None:
        self.site, self.corpus = case.site, case.site.corpus
        self.query, self.policy, self.rules = case.query, case.policy, case.rules
        self._shown: Mask | None = None

    def may_be_shown(self) -> Mask:
        """Allow what may stand anywhere on the list, if only by an editor's hand; shape (n,)."""
        if self._shown is None:
            self._shown = self._allow(FORBIDDEN)
        return self._shown

    def may_be_chosen(self) -> Mask:
        """Allow what the ranking may choose by itself, shape (n,)."""
        return self.may_be_shown() & self._allow(UNSUITABLE)

    def may_be_related(self) -> Mask:
        """Allow what may be chosen for its similarity, shape (n,); the rest can only be a fill."""
        return self.may_be_chosen() & self.is_compared()

    def is_compared(self) -> Mask:
        """Mark the languages whose similarity to the article says something, shape (n,)."""
        own, languages = self.query.language, self.site.languages
        if ANY_LANGUAGE in languages:
            return np.ones(len(self.corpus), bool)
        return self.corpus.written_in(languages if own in languages else (own,))

    def reason(self, row: int) -> str:
        """Say why a row may not be chosen; empty when it may."""
        for words, forbids in (*FORBIDDEN, *UNSUITABLE):
            if forbids(self)[row]:
                return words
        return ""

    def rows_of(self, ids: frozenset[str]) -> Mask:
        """Mark the living rows of ids."""
        marked = np.zeros(len(self.corpus), bool)
        rows = [self.corpus.row_of[name] for name in ids if name in self.corpus.row_of]
        marked[np.array(rows, np.intp)] = True
        return marked

    def _allow(self, checks: tuple[Check, ...]) -> Mask:
        allowed = np.ones(len(self.corpus), bool)
        for _, forbids in checks:
            allowed &= ~forbids(self)
        return allowed


Check = tuple[str, "Callable[[Eligibility], Mask]"]


def _other_language(given: Eligibility) -> Mask:
    return ~given.corpus.written_in(given.policy.languages or (given.query.language,))


def _other_source(given: Eligibility) -> Mask:
    if not given.policy.same_source:
        return np.zeros(len(given.corpus), bool)
    other: Mask = given.corpus["source"] != given.corpus.names["source"].find(given.query.source)
    return other


FORBIDDEN: tuple[Check, ...] = (
    ("replaced by a newer version", lambda given: given.corpus["alive"] == 0),
    ("not usable: withheld, canceled or retracted", lambda given: given.corpus["usable"] == 0),
    ("not yet published", lambda given: given.corpus["published"] > given.query.at),
    ("under embargo", lambda given: given.corpus["embargo"] > given.query.at),
    ("expired", lambda given: given.corpus["expires"] <= given.query.at),
    ("marked 'never recommend'", lambda given: given.corpus["never_recommend"] == 1),
    ("the article itself", lambda given: given.rows_of(frozenset({given.query.id}))),
    ("excluded by the caller", lambda given: given.rows_of(given.query.exclude)),
    ("blocked by a rule", lambda given: given.rows_of(given.rules.blocked(given.query.id))),
    (
        "kept apart from the article by a rule",
        lambda given: given.rows_of(given.rules.separated(given.query.id)),
    ),
)

UNSUITABLE: tuple[Check, ...] = (
    ("in another language", _other_language),
    ("from another source", _other_source),
)
