"""The exact self-join: the pools of all points of a space at once, each pair computed once.

A block of products serves the rows on its left and those above it; what is kept of it is only
what exceeds the m-th similarity that a point has already seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.index.pools import Pools

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from relnews.index.space import Space, Values

    Codes = npt.NDArray[np.uint64]
    Places = npt.NDArray[np.intp]

_BLOCK = 1024  # 4 MiB of products: larger blocks leave the cache, smaller ones cost calls
_ROUNDING = np.float32(1e-5)  # what two products of the same pair may differ by
_SIGN = np.uint32(1 << 31)
_LAST = np.uint64((1 << 32) - 1)


def join(space: Space, m: int, progress: Callable[[int], None] = lambda _: None) -> Pools:
    """Give the m most similar others of each point, exact; the lower row at equal similarity.

    O(n² / 2) similarities in blocks; memory 16 m bytes a point while it runs, 8 m in the end,
    and a few blocks of 4 MiB. Every point is first compared with its own block alone: what is
    near in time is near in similarity, so its m-th similarity there is a good first threshold.

    Parameters
    ----------
    space
        The points; at most 2³¹.
    m
        How many to keep for each, at least 1.
    progress
        Called with the number of points in each block when its pairs are done.

    Raises
    ------
    ValueError
        When `m` is less than 1.
    """
    if m < 1:
        message = f"a pool holds at least 1 point, got m={m}; choose about 100"
        raise ValueError(message)
    n = len(space)
    blocks = [slice(start, min(start + _BLOCK, n)) for start in range(0, n, _BLOCK)]
    best = _Best(n, m)
    for own in blocks:
        best.expect(own, _without_itself(space.block(own, own)))
    for place, left in enumerate(blocks):
        best.offer(left, left, _without_itself(space.block(left, left)))
        for right in blocks[place + 1 :]:
            similarity = space.block(left, right)
            best.offer(left, right, similarity)
            best.offer_transposed(left, right, similarity)
        progress(left.stop - left.start)
    return best.pools()


def _without_itself(similarity: Values) -> Values:
    np.fill_diagonal(similarity, -np.inf)
    return similarity


class _Best:
    """The best of each point so far; a buffer of 2 m codes a point, cut to m when it is full.

    A code holds similarity and row in one integer that sorts as they should: by similarity, then
    the lower row; 0 is an empty place. Blocks come in ascending order of the other row, so a tie
    with the m-th can be passed over unseen.
    """

    def __init__(self, n: int, m: int) -> None:
        self._m = m
        self._codes = np.zeros((n, 2 * m), np.uint64)
        self._held = np.zeros(n, np.intp)
        self._least = np.full(n, -np.inf, np.float32)  # only what exceeds it is kept

    def expect(self, points: slice, similarity: Values) -> None:
        """Take the m-th of some similarities, shape (p, s), as what has to be exceeded."""
        surplus = similarity.shape[1] - self._m
        if surplus >= 0:
            similarity.partition(surplus, axis=1)
            self._least[points] = similarity[:, surplus] - _ROUNDING

    def offer(self, points: slice, others: slice, similarity: Values) -> None:
        """Offer every point its similarity with some others, shape (p, o)."""
        found = np.flatnonzero(similarity > self._least[points, None])
        if len(found):
            point, other = np.divmod(found, similarity.shape[1])
            codes = _encoded(similarity.ravel()[found], other + others.start)
            self._keep(point + points.start, codes)

    def offer_transposed(self, others: slice, points: slice, similarity: Values) -> None:
        """Offer every point its similarity with some others, shape (o, p)."""
        found = np.flatnonzero(similarity > self._least[points])
        if len(found):
            other, point = np.divmod(found, similarity.shape[1])
            order = np.argsort(point.astype(np.uint16), kind="stable")  # 16 bits: radix sort
            codes = _encoded(similarity.ravel()[found], other + others.start)
            self._keep(point[order] + points.start, codes[order])

    def _keep(self, points: Places, codes: Codes) -> None:
        """Add codes to buffers, `points` ascending; m at a time, which a cut makes room for."""
        first, start, counts = np.unique(points, return_index=True, return_counts=True)
        turn = np.arange(len(points)) - np.repeat(start, counts)
        for done in range(0, int(counts.max()), self._m):
            now = slice(None) if counts.max() <= self._m else (turn // self._m) == done // self._m
            adding = np.clip(counts - done, 0, self._m)
            self._cut(first[self._held[first] + adding > 2 * self._m])
            at = points[now]
            self._codes[at, self._held[at] + turn[now] - done] = codes[now]
            self._held[first] += adding

    def _cut(self, points: Places) -> None:
        """Leave each of these points, which hold more than m, its best m."""
        if not len(points):
            return
        codes = np.partition(self._codes[points], self._m, axis=1)[:, self._m :]
        self._codes[points, : self._m] = codes
        self._codes[points, self._m :] = 0
        self._held[points] = self._m
        self._least[points] = _similarity(codes[:, 0])

    def pools(self) -> Pools:
        """Give what was kept, cut to m."""
        n, m = len(self._held), self._m
        rows = np.empty((n, m), np.int32)
        similarity = np.empty((n, m), np.float32)
        for start in range(0, n, _BLOCK):
            here = slice(start, start + _BLOCK)
            codes = np.partition(self._codes[here], m, axis=1)[:, m:]
            other = np.where(codes, _LAST - (codes & _LAST), _LAST).astype(np.uint32)
            rows[here] = other.view(np.int32)  # the last unsigned integer is -1
            similarity[here] = np.where(codes, _similarity(codes), -np.inf)
        reach = similarity.min(axis=1) if n - 1 > m else np.full(n, -np.inf, np.float32)
        return Pools(rows, similarity, reach)


def _encoded(similarity: Values, rows: Places) -> Codes:
    """Give integers that are larger for more similar, then for lower rows."""
    bits = (similarity + np.float32(0)).view(np.uint32)  # -0 becomes 0
    rising = bits ^ np.where(bits & _SIGN, ~np.uint32(0), _SIGN)
    return (rising.astype(np.uint64) << np.uint64(32)) | (_LAST - rows.astype(np.uint64))


def _similarity(codes: Codes) -> Values:
    """Give the similarity in codes."""
    rising = (codes >> np.uint64(32)).astype(np.uint32)
    return (rising ^ np.where(rising & _SIGN, _SIGN, ~np.uint32(0))).view(np.float32)
