"""The peer on vectors alone: a small-world graph over the library's semantic vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contestants.material import K
from contestants.process import own_peak_bytes

if TYPE_CHECKING:
    from contestants.material import Asked, Material, Rows

_LINKS, _BUILD_BREADTH, _BREADTH = 32, 200, 64


class FaissHnsw:
    """faiss HNSW, inner product, M = 32, efConstruction = 200, efSearch = 64."""

    def __init__(self, material: Material) -> None:
        self._vectors = material.vectors()
        self._index = self._built()

    def _built(self) -> Any:  # noqa: ANN401  # faiss ships no types
        import faiss  # noqa: PLC0415  # a peer that may be missing

        faiss.omp_set_num_threads(1)
        index = faiss.IndexHNSWFlat(self._vectors.shape[1], _LINKS, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = _BUILD_BREADTH
        index.hnsw.efSearch = _BREADTH
        index.add(self._vectors)
        return index

    def one(self, row: int) -> object:
        """Search with a stored vector."""
        return self._index.search(self._vectors[row : row + 1], K + 1)

    def many(self, rows: Rows) -> object:
        """Build the graph anew, then search with many vectors."""
        return self._built().search(self._vectors[rows], K + 1)

    def ranking(self, asked: Asked) -> Rows:
        """Search so widely that the whole site is ranked."""
        self._index.hnsw.efSearch = len(self._vectors)
        rows: Rows = self._index.search(asked.vector[None], len(self._vectors))[1][0]
        self._index.hnsw.efSearch = _BREADTH
        return rows[rows >= 0]

    def peak_bytes(self) -> int:
        """Give the peak of this process."""
        return own_peak_bytes()

    def close(self) -> None:
        """Nothing is left behind."""
