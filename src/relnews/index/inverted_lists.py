"""Vectors in lists around centroids (IVF, by faiss): the nearest rows without a look at all.

The engine of the approximate index; `benchmarks/speed/engines.py` says why this one. Built from
vectors in memory, never read from a file of the engine's own.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from relnews.errors import MissingExtra

if TYPE_CHECKING:
    import numpy.typing as npt

LISTS_PER_ROOT = 8
"""Lists by the square root of n; for a million of 10,000 topics half of them found .88, not .97."""

PROBED = 256
"""Lists searched without a filter: .996 of the 100 nearest of 28,056 articles."""

POINTS_PER_LIST = 20
"""What k-means is given; with 40 and more rounds a million took longer and found no more."""

_ROUNDS = 6
_SPARE = 8


class InvertedLists:
    """Vectors that can be searched under a filter.

    Additions go to the list of their nearest centroid. Nothing is removed: what may not be found
    is not allowed. Half precision, which loses nothing that float16 vectors had: 2 n d bytes.
    Building costs O(n sqrt(n) d).

    Parameters
    ----------
    vectors
        float32, shape (n, d), n and d at least 1, unit length or zero.

    Raises
    ------
    MissingExtra
        When faiss is not installed.
    """

    def __init__(self, vectors: npt.NDArray[np.float32]) -> None:
        self._faiss = faiss = engine()
        n, d = vectors.shape
        self._n_lists = max(1, min(int(LISTS_PER_ROOT * n**0.5), n // POINTS_PER_LIST))
        self._index = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(d),
            d,
            self._n_lists,
            faiss.ScalarQuantizer.QT_fp16,
            faiss.METRIC_INNER_PRODUCT,
            False,  # the vectors themselves, not what is left of them beside the centroid
        )
        self._index.cp.niter = _ROUNDS
        self._index.cp.min_points_per_centroid = 1
        self._index.cp.max_points_per_centroid = POINTS_PER_LIST
        self._index.train(vectors)
        self._index.add(vectors)

    def add(self, vectors: npt.NDArray[np.float32]) -> None:
        """Take in further rows, shape (m, d)."""
        self._index.add(vectors)

    def search(
        self, query: npt.NDArray[np.float32], allowed: npt.NDArray[np.bool_], n: int
    ) -> npt.NDArray[np.intp]:
        """Give about the n nearest allowed rows, nearest first; sometimes fewer.

        The rarer the allowed rows, the more lists are searched, so that always about as many
        allowed rows are looked at: at least those of 256 full lists, and `8 n`.
        """
        n_allowed = max(1, int(np.count_nonzero(allowed)))
        wanted = max(PROBED * len(allowed) / self._n_lists, _SPARE * n)
        n_probed = min(self._n_lists, int(self._n_lists * wanted / n_allowed) + 1)
        bits = np.packbits(allowed, bitorder="little")
        parameters = self._faiss.SearchParametersIVF(
            nprobe=n_probed, sel=self._faiss.IDSelectorBitmap(bits)
        )
        _, rows = self._index.search(query[None], n, params=parameters)
        found: npt.NDArray[np.intp] = rows[0][rows[0] >= 0].astype(np.intp)
        return found


def engine() -> Any:  # noqa: ANN401  # a module
    """Import faiss; `MissingExtra` when it is not installed."""
    try:
        return import_module("faiss")
    except ImportError as error:
        msg = (
            "an approximate index needs faiss, which is not installed; "
            "pip install 'relnews[approximate]'"
        )
        raise MissingExtra(msg) from error
