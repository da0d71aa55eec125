"""Similarity pools: the most similar articles of each article, of all times.

Similarity does not depend on the moment, so pools survive the passing of time, changes of policy
and of rules. What a pool leaves out is at most as similar as its reach: that is a certificate.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from relnews.index.space import Space, Values

    Places = npt.NDArray[np.intp]
    Rows = npt.NDArray[np.int32]

_GROUPS = 8  # groups per place of a pool when its points are looked for
_CELLS = 1 << 25  # similarities held at once: 128 MiB, 32 arrivals among a million points
_Cells = TypeVar("_Cells", "Rows", "Values")


@dataclass(slots=True, eq=False)
class Pools:
    """The m most similar points of each of n points, itself left out.

    Attributes
    ----------
    rows
        int32, shape (n, m): the points in no order; -1 where there are fewer than m others, or
        where a point was removed and none has taken its place.
    similarity
        float32, shape (n, m): of the same places; -inf where there is no point.
    reach
        float32, shape (n,): every point outside a pool has at most this similarity; -inf where
        nothing is outside. +inf where the point itself was removed: its pool is empty for good.
    exact
        False when an approximate join made them: then the reach is likely, not certain.
    """

    rows: Rows
    similarity: Values
    reach: Values
    exact: bool = True
    _room: tuple[Rows, Values, Values] | None = field(default=None, init=False, repr=False)

    def __len__(self) -> int:
        """Count the points, removed ones too."""
        return len(self.reach)

    @property
    def removed(self) -> npt.NDArray[np.bool_]:
        """Tell which points were removed, shape (n,)."""
        gone: npt.NDArray[np.bool_] = np.isposinf(self.reach)
        return gone

    def extend(self, n: int) -> None:
        """Make the arrays n long, new pools undefined; a row costs O(m) over many calls."""
        if self._room is None or self._room[0] is not self.rows.base or len(self._room[0]) < n:
            room = max(n, 2 * len(self))  # doubles, so that a row is copied about once
            self._room = (
                _roomy(self.rows, room),
                _roomy(self.similarity, room),
                _roomy(self.reach, room),
            )
        rows, similarity, reach = self._room
        self.rows, self.similarity, self.reach = rows[:n], similarity[:n], reach[:n]


def insert(pools: Pools, space: Space, first: int) -> Places:
    """Give the points from row `first` on their pools, and enter them into those of the others.

    The outcome is that of one arrival after the other: a newcomer enters every pool whose reach
    it exceeds, and the least similar point of a full pool leaves. One pass over the points for a
    batch, O(b n) similarities for b newcomers, at most 128 MiB or one row of them at once; the
    arrays grow in amortised constant time.

    Parameters
    ----------
    pools
        Pools of the first `first` points; changed in place.
    space
        All points, the newcomers last.
    first
        The row of the first newcomer.

    Returns
    -------
    The rows below `first` whose pools changed, ascending.

    Raises
    ------
    ValueError
        When `first` is not the number of points that have pools.
    """
    if first != len(pools):
        message = f"newcomers follow the {len(pools)} points that have pools, got first={first}"
        raise ValueError(message)
    n = len(space)
    changed = np.zeros(n, bool)
    batch = max(1, _CELLS // max(n, 1))
    for start in range(first, n, batch):
        stop = min(start + batch, n)
        similarity = space.block(slice(start, stop), slice(0, stop))
        similarity[:, np.flatnonzero(pools.removed)] = -np.inf
        for newcomer in range(start, stop):
            mine = similarity[newcomer - start, :newcomer]
            changed[_enter(pools, newcomer, mine)] = True
            pools.extend(newcomer + 1)
            _fill(pools, newcomer, mine)
    return np.flatnonzero(changed[:first])


def remove(pools: Pools, rows: npt.ArrayLike) -> Places:
    """Take points out of all pools, and empty their own; every reach stays valid.

    O(n m): what is in which pool is not kept the other way round.

    Parameters
    ----------
    pools
        Changed in place.
    rows
        The points; those removed before are passed over.

    Returns
    -------
    The rows whose pools hold fewer than m / 2 points although there are others, ascending: call
    `recompute` with them.
    """
    gone = np.zeros(len(pools) + 1, bool)  # the last place is that of row -1: nothing there
    gone[np.asarray(rows, np.intp)] = True
    out = gone[pools.rows]
    pools.rows[out], pools.similarity[out] = -1, -np.inf
    mine = np.flatnonzero(gone[:-1])
    pools.rows[mine], pools.similarity[mine], pools.reach[mine] = -1, -np.inf, np.inf
    held = np.count_nonzero(pools.rows >= 0, axis=1)
    return np.flatnonzero((held < pools.rows.shape[1] / 2) & np.isfinite(pools.reach))


def recompute(pools: Pools, space: Space, rows: Iterable[int]) -> None:
    """Give points their pools anew, exact, without what was removed; one pass over all for each.

    Parameters
    ----------
    pools
        Changed in place.
    space
        All points.
    rows
        Whose pools; a removed point stays without one.
    """
    for row in rows:
        if np.isfinite(pools.reach[row]):
            similarity = space.block(slice(row, row + 1), slice(0, len(pools)))[0]
            similarity[pools.removed] = similarity[row] = -np.inf
            _fill(pools, row, similarity)


def _enter(pools: Pools, newcomer: int, similarity: Values) -> Places:
    """Enter a newcomer where it exceeds the reach; give the rows of the pools that it entered.

    A free place counts as a point of similarity -inf, so it is the first to be taken. Where no
    place was free something is outside afterwards, and the reach is the pool's own m-th.
    """
    near = np.flatnonzero(similarity > pools.reach)
    held = pools.similarity[near]
    place = held.argmin(axis=1)
    leaving = held[np.arange(len(near)), place]
    stays = similarity[near] > leaving
    entered: Places = near[stays]
    pools.rows[entered, place[stays]] = newcomer
    pools.similarity[entered, place[stays]] = similarity[entered]
    full = near[leaving > -np.inf]
    pools.reach[full] = pools.similarity[full].min(axis=1)
    return entered


def _fill(pools: Pools, row: int, similarity: Values) -> None:
    """Make a point's pool from its similarity with the first points; -inf where there is none."""
    m = pools.rows.shape[1]
    best = _largest(similarity, m + 1)
    rows, outside = best[:m], len(best) > m
    pools.rows[row], pools.similarity[row] = -1, -np.inf
    pools.rows[row, : len(rows)] = rows
    pools.similarity[row, : len(rows)] = similarity[rows]
    pools.reach[row] = similarity[rows[-1]] if outside else -np.inf


def _largest(values: Values, k: int) -> Places:
    """Give the places of the k largest finite values, largest first, the lower place at a tie.

    The k-th largest of the maxima of disjoint groups is at most the k-th largest value: only what
    reaches it is sorted, few more than k.
    """
    depth = len(values) // (_GROUPS * k)
    least = np.finfo(np.float32).min
    if depth > 1:
        maxima = values[: depth * _GROUPS * k].reshape(depth, -1).max(axis=0)
        least = max(least, np.partition(maxima, -k)[-k])
    near = np.flatnonzero(values >= least)
    best: Places = near[np.argsort(-values[near], kind="stable")[:k]]
    return best


def _roomy(cells: _Cells, n: int) -> _Cells:
    """Copy an array into one of n rows."""
    room = np.empty((n, *cells.shape[1:]), cells.dtype)
    room[: len(cells)] = cells
    return room
