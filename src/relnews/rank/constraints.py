"""Stage 5 on a list in the making: pins, caps, quotas and pairs that are kept apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.corpus import Corpus
    from relnews.rank.rules import Cap, Quota
    from relnews.rank.ruleset import RuleSet

    Rows = npt.NDArray[np.intp]
    Mask = npt.NDArray[np.bool_]


class Constraints:
    """The rules of a site over the rows of one list.

    What pins will put on the list counts from the start, at whatever position: otherwise a
    longer list could differ from a shorter one above the pin.

    Attributes
    ----------
    pins
        The pinned rows that may stand, by position (1 is the top).
    listed
        The rows placed so far.
    """

    def __init__(self, corpus: Corpus, rules: RuleSet, source_id: str, shown: Mask) -> None:
        self._corpus, self._rules = corpus, rules
        self.listed: list[int] = []
        self.pins = self._standing_pins(source_id, shown)

    def allowed(self, rows: Rows) -> Mask:
        """Tell which rows may come next, shape (m,)."""
        allowed = np.ones(len(rows), bool)
        for cap in self._rules.caps:
            if self._is_full(cap):
                allowed &= ~self._matching(cap, rows)
        for name in self._kept_apart():
            if name in self._corpus.row_of:
                allowed &= rows != self._corpus.row_of[name]
        return allowed

    def reason(self, row: int) -> str:
        """Say which rule keeps a row off the list as it stands; empty when none does."""
        if self._corpus.ids[row] in self._kept_apart():
            return "kept apart by a rule from an article on the list"
        for cap in self._rules.caps:
            if self._is_full(cap) and self._matching(cap, np.array([row], np.intp))[0]:
                return f"over the cap of {cap.at_most} for {cap.attribute} {cap.value!r}"
        return ""

    def urgent(self, rows: Rows) -> Mask | None:
        """Tell which rows serve a quota that must be served at the next position, if any."""
        place = len(self.listed)
        for quota in self._rules.quotas:
            ahead = [row for at, row in self.pins.items() if place < at <= quota.within]
            top = np.array(
                [*self.listed, *(row for row in ahead if row not in self.listed)], np.intp
            )
            missing = quota.at_least - int(self._matching(quota, top).sum())
            left = quota.within - len(top)
            matching = self._matching(quota, rows)
            if missing > 0 and 0 < left <= missing and matching.any():
                return matching
        return None

    def rows(self) -> Rows:
        """Give the rows that stand on the list, and those that pins will put there."""
        pinned = [row for row in self.pins.values() if row not in self.listed]
        return np.array([*self.listed, *pinned], np.intp)

    def _kept_apart(self) -> set[str]:
        ids = (self._corpus.ids[row] for row in self.rows())
        return {name for listed in ids for name in self._rules.separated(listed)}

    def _is_full(self, cap: Cap) -> bool:
        return int(self._matching(cap, self.rows()).sum()) >= cap.at_most

    def _matching(self, rule: Cap | Quota, rows: Rows) -> Mask:
        code = self._corpus.names[rule.attribute].find(rule.value)
        matching: Mask = self._corpus[rule.attribute][rows] == code
        return matching

    def _standing_pins(self, source_id: str, shown: Mask) -> dict[int, int]:
        standing: dict[int, int] = {}
        for position, target in self._rules.pins(source_id).items():
            row = self._corpus.row_of.get(target)
            apart = self._rules.separated(target)
            clash = any(self._corpus.ids[other] in apart for other in standing.values())
            if row is not None and shown[row] and not clash:
                standing[position] = row
        return standing
