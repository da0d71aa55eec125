"""The pools of a whole corpus: the exact self-join beside the product alone and exact searches.

A search answers one point in twenty, and its time counts twenty times: it is linear in them.
"""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
from synthetic import site
from timing import Section, interleaved

from relnews.index.join import join
from relnews.index.space import DenseSpace

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from relnews.index.pools import Pools

    Vectors = np.ndarray[tuple[int, int], np.dtype[np.float32]]
    Search = Callable[[], object]
    Maker = Callable[[ModuleType, Vectors], Search]

M = 100
_BLOCK = 1024  # the fastest of 512, 1024, 2048, 4096 for the product alone
_SHARE = 20  # a search answers 1 / _SHARE of the points
PRODUCT, OURS = "X @ X.T in blocks, nothing kept", "relnews join"


def measure(quick: bool) -> list[Section]:  # noqa: FBT001  # as every section is called
    """Build pools of 100 over 100,000 articles; 10,000 when quick."""
    n = 10_000 if quick else 100_000
    vectors = site(n).vectors
    outcome: list[tuple[Pools, int]] = []
    searches, missing = _searches(vectors)
    rows = interleaved(
        {
            PRODUCT: lambda: _product(vectors),
            OURS: lambda: outcome.append(_join(vectors)),
            **searches,
        },
        rounds=3 if quick else 2,
    )
    for name in searches:
        row = rows[name]
        rows[name] = replace(row, seconds=row.seconds * _SHARE, ratio=row.ratio * _SHARE)
    pools, peak = outcome[-1]
    rows[OURS].facts["wrong pools"] = _wrong(pools, vectors)
    rows[OURS].facts["peak MiB"] = peak / 2**20
    return [
        Section(
            title="Pools of a whole corpus",
            setting=f"{n} x {vectors.shape[1]} float32, m = {M}; absent: {missing or 'none'}.",
            target="join at most 0.8 of the product alone, and below every exact search",
            rows=list(rows.values()),
        )
    ]


def _product(vectors: Vectors) -> None:
    for start in range(0, len(vectors), _BLOCK):
        for other in range(0, len(vectors), _BLOCK):
            vectors[start : start + _BLOCK] @ vectors[other : other + _BLOCK].T


def _join(vectors: Vectors) -> tuple[Pools, int]:
    """Give the pools and the peak of memory in bytes; tracing a few large arrays costs nothing."""
    tracemalloc.start()
    pools = join(DenseSpace(vectors), M)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return pools, peak


def _wrong(pools: Pools, vectors: Vectors) -> int:
    """Count pools among 1,000 whose similarities are not the largest ones."""
    some = np.linspace(0, len(vectors) - 1, 1000).astype(int)
    similarity = vectors[some] @ vectors.T
    similarity[np.arange(len(some)), some] = -np.inf
    expected = np.sort(np.partition(similarity, -M, axis=1)[:, -M:], axis=1)
    error = np.abs(np.sort(pools.similarity[some], axis=1) - expected).max(axis=1)
    return int(np.count_nonzero(error > 1e-6))  # noqa: PLR2004  # rounding


def _searches(vectors: Vectors) -> tuple[dict[str, Search], str]:
    """Give the exact searches that are installed, and the names of the others."""
    searches: dict[str, Search] = {}
    missing = []
    for module, makers in _PEERS.items():
        try:
            library = import_module(module)
        except ImportError:
            missing.append(module)
            continue
        for name, make in makers.items():
            searches[name] = make(library, vectors)
    return searches, ", ".join(missing)


def _faiss_knn(faiss: ModuleType, vectors: Vectors) -> Search:
    faiss.omp_set_num_threads(1)
    asked = vectors[: len(vectors) // _SHARE]
    return lambda: faiss.knn(asked, vectors, M + 1, metric=faiss.METRIC_INNER_PRODUCT)


def _faiss_flat(faiss: ModuleType, vectors: Vectors) -> Search:
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return lambda: index.search(vectors[: len(vectors) // _SHARE], M + 1)


def _usearch(usearch: ModuleType, vectors: Vectors) -> Search:
    asked = vectors[: len(vectors) // _SHARE]
    metric = usearch.MetricKind.IP
    return lambda: usearch.search(vectors, asked, M + 1, metric, exact=True, threads=1)


def _sklearn(neighbors: ModuleType, vectors: Vectors) -> Search:
    model = neighbors.NearestNeighbors(
        n_neighbors=M + 1, metric="cosine", algorithm="brute", n_jobs=1
    ).fit(vectors)
    return lambda: model.kneighbors(vectors[: len(vectors) // _SHARE])


_PEERS: dict[str, dict[str, Maker]] = {
    "faiss": {"faiss.knn": _faiss_knn, "faiss IndexFlatIP": _faiss_flat},
    "usearch.index": {"usearch exact search": _usearch},
    "sklearn.neighbors": {"scikit-learn NearestNeighbors": _sklearn},
}
