"""Stage 7: what completes a list that has too few related articles, each labelled as what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.query import Placed
from relnews.rank.pool import Pool
from relnews.rank.stories import is_copy

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from relnews.rank.case import Case
    from relnews.rank.constraints import Constraints
    from relnews.rank.site import Site

_FIRST_LOOK = 32
_GROWTH = 8


def fills(
    case: Case, constraints: Constraints, remaining: npt.NDArray[np.bool_]
) -> Iterator[Placed]:
    """Yield the newest of the section, then of the site, as the policy allows.

    First those in the source article's language, then in the same order those in others.
    Rules hold, nothing that copies the source article or an entry is yielded, and no story
    gets more entries than the policy allows.
    """
    site, query, fill = case.site, case.query, case.policy.fill
    in_section = site.corpus["section"] == site.corpus.names["section"].find(query.section)
    in_section &= bool(query.section)
    own = site.corpus.written_in((query.language,))
    for left in (remaining & own, remaining & ~own):
        if fill != "none":
            for row in _newest(case, constraints, left & in_section):
                yield Placed(row, "section")
        if fill == "newest":
            for row in _newest(case, constraints, left & ~in_section):
                yield Placed(row, "newest")


def _newest(
    case: Case, constraints: Constraints, remaining: npt.NDArray[np.bool_]
) -> Iterator[int]:
    for row in _by_date(case.site, case.query.at, np.flatnonzero(remaining)):
        if not constraints.reason(row) and _adds_something(case, constraints, row):
            yield row


def _adds_something(case: Case, constraints: Constraints, row: int) -> bool:
    """Tell whether a row is no copy of what is there, nor one too many of a story."""
    company, shingles = constraints.rows(), case.site.corpus.shingles
    others = [case.query.document.shingles, *(shingles[other] for other in company)]
    if any(is_copy(shingles[row], other) for other in others):
        return False
    rows = np.concatenate([np.array([row], np.intp), company])
    pool = Pool(case, rows, *case.site.similarities(case.query, rows))
    same_event = bool(pool.copies_source[0]) or bool(pool.copies_of(0).any())
    return not same_event and int(pool.in_story_of(0)[1:].sum()) < case.policy.max_same_story


def _by_date(site: Site, at: int, rows: npt.NDArray[np.intp]) -> Iterator[int]:
    """Yield rows newest first, sorting no more of them than are looked at."""
    look = _FIRST_LOOK
    while len(rows):
        dates = site.corpus.dates(at, rows)
        oldest = np.partition(dates, -look)[-look] if look < len(rows) else dates.min()
        near = dates >= oldest
        yield from rows[near][site.corpus.newest_first(rows[near], at)].tolist()
        rows, look = rows[~near], look * _GROWTH
