"""The certified search: a pool, then the newest articles, until nothing older can matter.

Similarity bounds what is outside a pool, the date bounds what is further down the timeline; when
both together cannot reach the k-th best score, the answer is that of a full scan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from relnews.corpus import NEVER
from relnews.index.exact import kth_largest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

    Rows = npt.NDArray[np.intp]
    Seconds = npt.NDArray[np.int64]
    Values = npt.NDArray[np.float32]

FIRST_BLOCK = 256
BLOCK_GROWTH = 2

ROUNDING = 1e-6
"""How far two ways to add up one similarity or score may lie apart."""


class Timeline:
    """Rows by their dates, newest first, as seen at any moment.

    A row stands at its publication, and once more at an update that came later. Of the two the
    later one that has happened is its date, so one order serves all moments.

    Parameters
    ----------
    rows
        intp, shape (r,).
    published, updated
        int64, shape (r,), epoch seconds; `corpus.UNDATED` and `corpus.NEVER` where missing.
    """

    def __init__(self, rows: Rows, published: Seconds, updated: Seconds) -> None:
        moved = (updated > published) & (updated < NEVER)
        times = np.concatenate([published, updated[moved]])
        order = np.argsort(times, kind="stable")
        self._times = times[order]
        self._rows = np.concatenate([rows, rows[moved]])[order]
        never = np.full(int(moved.sum()), NEVER)
        self._until = np.concatenate([np.where(moved, updated, NEVER), never])[order]

    def newest(self, at: int) -> Iterator[tuple[int, Rows]]:
        """Yield (date, rows) in growing blocks: each row once, none dated after `at`.

        No row of a block, nor of any that follows, has a later date than the block's.
        """
        end, size = int(np.searchsorted(self._times, at, side="right")), FIRST_BLOCK
        while end > 0:
            begin = max(end - size, 0)
            stands = self._until[begin:end] > at
            yield int(self._times[end - 1]), self._rows[begin:end][stands]
            end, size = begin, size * BLOCK_GROWTH


class Look(Protocol):
    """Scores rows at a moment."""

    def __call__(self, rows: Rows, least_freshness: float) -> tuple[Rows, Values]:
        """Give the candidates among rows, and what is known of them.

        Rows that are less fresh than `least_freshness` may be left out unscored. The values
        have shape (c, m) for m candidates: scores first, the other lines are the caller's own.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """What is most similar to the source article.

    Attributes
    ----------
    rows
        Its pool: looked at first.
    outside
        In [0, 1]: no row outside the pool has a larger relevance; 0 when none of them can be a
        candidate at all.
    """

    rows: Rows
    outside: float


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a search has looked at, in no order.

    Attributes
    ----------
    rows, values
        The candidates and what `Look` said of them; the k best are among them, with all that
        tie with the last of these.
    complete
        Whether these are known to be all candidates there are.
    """

    rows: Rows
    values: Values
    complete: bool


def search(
    look: Look,
    near: Near,
    walks: Iterable[Iterable[tuple[float, Rows]]],
    k: int,
    patience: int,
) -> Found | None:
    """Find the k best by relevance times freshness, exactly; O(pool + rows walked).

    Parameters
    ----------
    look
        Scores rows.
    near
        The pool, and what it says of the rows outside.
    walks
        Every row that may be a candidate is in the pool or on a walk. A walk yields blocks of
        rows, each with a freshness that neither the block nor what follows on this walk exceeds.
    k
        How many are wanted, at least 1.
    patience
        How many rows may be walked.

    Returns
    -------
    Found
        None when patience ran out first: a full scan is cheaper then.
    """
    parts = [look(near.rows, 0.0)]
    if near.outside <= 0:
        return Found(*parts[0], complete=True)
    bound, complete = near.outside * (1 + ROUNDING), True
    least = _kth_largest(parts, k)
    fence = np.append(np.sort(near.rows), np.iinfo(np.intp).max)
    for walk in walks:
        for freshest, rows in walk:
            if bound * freshest < least:
                complete = False
                break
            patience -= len(rows)
            if patience < 0:
                return None
            beyond = rows[fence[np.searchsorted(fence, rows)] != rows]
            too_old = max(least, 0.0) / bound
            parts.append(look(beyond, too_old))
            complete &= too_old == 0
            least = _kth_largest(parts, k)
    rows = np.concatenate([part[0] for part in parts])
    return Found(rows, np.concatenate([part[1] for part in parts], axis=1), complete)


def _kth_largest(parts: list[tuple[Rows, Values]], k: int) -> float:
    """Give the k-th largest score so far; -inf when there are fewer, for anything may enter."""
    return float(kth_largest(np.concatenate([values[0] for _, values in parts]), k))
