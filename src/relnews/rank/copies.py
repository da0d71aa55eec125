"""Which rows are near-duplicates, remembered: the same pairs meet on many lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.rank.stories import is_copy

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Rows = npt.NDArray[np.intp]

_MOST = 1_000_000
"""Pairs to remember, in about 100 MB."""


class Copies:
    """Near-duplicates among rows, each pair compared once.

    Parameters
    ----------
    shingles
        Those of every row: sorted, distinct.
    """

    def __init__(self, shingles: Sequence[npt.NDArray[np.uint32]]) -> None:
        self._shingles, self._n_rows = shingles, len(shingles)
        self._known: dict[int, bool] = {}

    def pairs(self, first: Rows, second: Rows) -> npt.NDArray[np.bool_]:
        """Tell which pairs are near-duplicates, shape (p,) each."""
        if len(self._known) > _MOST:
            self._known.clear()
        keys = np.minimum(first, second) * self._n_rows + np.maximum(first, second)
        found = [
            self._compare(key) if known is None else known
            for key, known in ((key, self._known.get(key)) for key in keys.tolist())
        ]
        return np.array(found, bool)

    def _compare(self, key: int) -> bool:
        first, second = divmod(key, self._n_rows)
        found = self._known[key] = is_copy(self._shingles[first], self._shingles[second])
        return found
