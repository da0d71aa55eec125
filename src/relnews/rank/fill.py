"""Stage 7: what completes a list that has too few related articles, each labelled as what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.query import Placed
from relnews.rank.stories import is_copy

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from relnews.query import Query
    from relnews.rank.case import Case
    from relnews.rank.constraints import Constraints
    from relnews.rank.site import Site

_FIRST_LOOK = 32
_GROWTH = 8


def fills(
    case: Case, constraints: Constraints, remaining: npt.NDArray[np.bool_]
) -> Iterator[Placed]:
    """Yield the newest of the section, then of the site, as the policy allows.

    Rules hold, and nothing that copies the source article or an entry is yielded.
    """
    site, query, fill = case.site, case.query, case.policy.fill
    in_section = site.corpus["section"] == site.corpus.names["section"].find(query.section)
    in_section &= bool(query.section)
    if fill != "none":
        for row in _newest(site, query, constraints, remaining & in_section):
            yield Placed(row, "section")
    if fill == "newest":
        for row in _newest(site, query, constraints, remaining & ~in_section):
            yield Placed(row, "newest")


def _newest(
    site: Site, query: Query, constraints: Constraints, remaining: npt.NDArray[np.bool_]
) -> Iterator[int]:
    shingles = site.corpus.shingles
    for row in _by_date(site, query.at, np.flatnonzero(remaining)):
        if constraints.reason(row) or is_copy(shingles[row], query.document.shingles):
            continue
        if not any(is_copy(shingles[row], shingles[other]) for other in constraints.listed):
            yield row


def _by_date(site: Site, at: int, rows: npt.NDArray[np.intp]) -> Iterator[int]:
    """Yield rows newest first, sorting no more of them than are looked at."""
    look = _FIRST_LOOK
    while len(rows):
        dates = site.corpus.dates(at)[rows]
        oldest = np.partition(dates, -look)[-look] if look < len(rows) else dates.min()
        near = dates >= oldest
        yield from rows[near][site.corpus.newest_first(rows[near], at)].tolist()
        rows, look = rows[~near], look * _GROWTH
