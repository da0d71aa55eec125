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

    def urgent(self, rows: Rows, allowed: Mask) -> Mask | None:
        """Tell which of the allowed rows the quotas need at the next position, if they do.

        They do when, up to the end of some quota, there are no more free positions than entries
        still missing. What no allowed row can serve is not missing: such a quota stays open.
        """
        place = len(self.listed)
        for within in sorted({quota.within for quota in self._rules.quotas}):
            free = within - place - len(self._pinned_ahead(within))
            serving, n_missing = np.zeros(len(rows), bool), 0
            for quota in self._rules.quotas:
                if quota.within <= within:
                    useful = self._matching(quota, rows) & allowed
                    missing = min(self._missing(quota), int(useful.sum()))
                    n_missing += missing
                    serving |= useful & (missing > 0)
            if 0 < free <= n_missing:
                return serving
        return None

    def wanted(self) -> list[Mask]:
        """Give, for each quota that can still be served, the rows of the corpus that serve it."""
        every = np.arange(len(self._corpus))
        return [
            self._matching(quota, every)
            for quota in self._rules.quotas
            if quota.within > len(self.listed) and self._missing(quota) > 0
        ]

    def _missing(self, quota: Quota) -> int:
        """Give how many entries a quota lacks, what pins will bring included."""
        top = [*self.listed[: quota.within], *self._pinned_ahead(quota.within)]
        present = int(self._matching(quota, np.array(top, np.intp)).sum())
        return max(0, quota.at_least - present) if len(self.listed) < quota.within else 0

    def _pinned_ahead(self, within: int) -> list[int]:
        """Give the pinned rows that will stand at a free position up to `within`."""
        return [row for at, row in self.pins.items() if len(self.listed) < at <= within]

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
