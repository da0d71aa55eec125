"""Stages 4 to 7 for one list: stories, rules, diversity, fill, one entry after the other.

An entry is chosen knowing only those above it, never k, so that a shorter list is a prefix of
a longer one. Candidates come in pools: when one is used up the next is fetched, so that no
stage that leaves something out can run dry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.query import Placed
from relnews.rank.choice import Choice
from relnews.rank.constraints import Constraints
from relnews.rank.fill import fills
from relnews.rank.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from relnews.query import Candidates
    from relnews.rank.case import Case
    from relnews.rank.eligibility import Eligibility

FIRST_POOL = 100
POOL_GROWTH = 4
RESERVE = 20
"""Candidates fetched for a quota beside each pool."""


class Listing:
    """One list in the making.

    Parameters
    ----------
    case
        What is listed, for what, and how.
    eligibility
        What may stand on the list, be chosen by the ranking itself, and be chosen as related.

    Attributes
    ----------
    dropped
        Why rows that were related were left out.
    reach
        A row that scores less cannot have mattered so far. 0: any related row could; -1: any
        row at all could, as fills do not ask for relevance.
    """

    def __init__(self, case: Case, eligibility: Eligibility) -> None:
        self._case = case
        shown = eligibility.may_be_shown()
        self._constraints = Constraints(case.site.corpus, case.rules, case.query.id, shown)
        self.dropped: dict[int, str] = {}
        self.reach = 0.0
        chosen, compared = eligibility.may_be_chosen(), eligibility.is_compared()
        self._open, self._only_fills = chosen & compared, chosen & ~compared
        for mask in (self._open, self._only_fills):
            mask[list(self._constraints.pins.values())] = False

    def entries(self) -> Iterator[Placed]:
        """Yield the entries in order, until nothing is left that may be shown."""
        pins, listed = dict(self._constraints.pins), self._constraints.listed
        for placed in self._unpinned():
            while len(listed) + 1 in pins:
                pinned = Placed(pins.pop(len(listed) + 1), "pin")
                listed.append(pinned.row)
                yield pinned
            listed.append(placed.row)
            yield placed
        for row in pins.values():
            listed.append(row)
            yield Placed(row, "pin")

    def reason(self, row: int) -> str:
        """Say why a related row is not on the list; empty when others were simply better."""
        return self.dropped.get(row) or self._constraints.reason(row)

    def _unpinned(self) -> Iterator[Placed]:
        case, size = self._case, FIRST_POOL
        while True:
            found = case.site.index.search(case.query, case.score, self._open, size)
            self.reach = 0.0
            if len(found) == 0:
                break
            if len(found) == size and not case.rules.quotas:
                self.reach = float(found.score[-1])
            self._open[found.rows] = False
            yield from self._from_pool(found)
            if len(found) == found.total:
                break
            size *= POOL_GROWTH
        self.reach = 0.0 if case.policy.fill == "none" else -1.0
        yield from fills(case, self._constraints, self._open | self._only_fills)

    def _from_pool(self, found: Candidates) -> Iterator[Placed]:
        """Choose from candidates until none is left that may follow."""
        choice = self._choice(found)
        rows = choice.pool.rows
        while True:
            allowed = choice.open() & self._constraints.allowed(rows)
            urgent = self._constraints.urgent(rows, allowed)
            free = allowed & ~choice.reserved
            if urgent is None and not free.any():
                break
            best = choice.best(free if urgent is None else urgent)
            forced = urgent is not None and (not free.any() or choice.best(free) != best)
            choice.take(best)
            yield Placed(int(rows[best]), "quota" if forced else "score")
        self._open[rows[choice.open() & choice.reserved]] = True
        choice.leave()
        self.dropped |= {int(rows[place]): why for place, why in choice.dropped.items()}

    def _choice(self, found: Candidates) -> Choice:
        """Set the candidates beside what stands on the list, or will by a pin."""
        case, company = self._case, self._constraints.rows()
        reserved = self._reserved()
        parts = [found, *reserved]
        lexical, semantic = case.site.similarities(case.query, company)
        pool = Pool(
            case,
            np.concatenate([*(part.rows for part in parts), company]),
            np.concatenate([*(part.lexical for part in parts), lexical]),
            np.concatenate([*(part.semantic for part in parts), semantic]),
        )
        nothing = np.zeros(len(company), np.float32)
        scores = np.concatenate([*(part.score for part in parts), nothing])
        n_reserved = sum(len(part) for part in reserved)
        return Choice(case, pool, scores, len(found) + n_reserved, n_reserved)

    def _reserved(self) -> list[Candidates]:
        """Fetch the best candidates for each quota, which may lie beyond the pool."""
        case, reserved = self._case, []
        for serving in self._constraints.wanted():
            fit = self._open & serving
            reserved.append(case.site.index.search(case.query, case.score, fit, RESERVE))
            self._open[reserved[-1].rows] = False
        return reserved
