"""Approximate pools of a whole corpus: our inverted-file join beside graphs and inverted files.

Time is from vectors to everybody's neighbours, builds included; recall is against exact
neighbours of a sample. Each contestant runs once, in turn: a run takes minutes at a million.
"""

from __future__ import annotations

import importlib.util
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from synthetic import site
from timing import Row, Section, interleaved

from relnews.index.ivf import approximate_join

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Rows = npt.NDArray[np.int64]
    Values = npt.NDArray[np.float32]

K = 10
SAMPLE = 500
SAMPLED_AT_ONCE = 50
HNSW_LINKS, HNSW_BREADTH, HNSW_SEARCH = 32, 40, 256
FAISS_CLUSTER, FAISS_PROBES, FAISS_SAMPLES = 50, 8, 39
GRAPH_NEIGHBOURS = 20
SLOW = 200_000
TARGET = (
    "recall at least .99; at most 1/4 of faiss HNSW's time, 1/1.5 of faiss IVF's, and no more "
    "than pynndescent's"
)


def measure(quick: bool) -> list[Section]:  # noqa: FBT001  # the folder's convention
    """Measure at 100,000 and at a million vectors; at 20,000 when in a hurry."""
    return [_measure(n) for n in ((20_000,) if quick else (100_000, 1_000_000))]


def _measure(n: int) -> Section:
    vectors = site(n).vectors
    sample = np.random.default_rng(1).choice(n, min(SAMPLE, n), replace=False)
    least = _tenth(vectors, sample)
    found: dict[str, Rows] = {}
    contestants = _contestants(n)
    runs = {name: partial(_keep, found, name, run, vectors) for name, run in contestants.items()}
    rows = interleaved(runs, 1)
    measured = [
        Row(
            name,
            rows[name].seconds,
            rows[name].ratio,
            {f"recall@{K}": _recall(vectors, sample, found[name], least)},
        )
        for name in contestants
    ]
    missing = [name for name in ("faiss", "pynndescent") if not _installed(name)]
    note = f" Not installed: {', '.join(missing)}." if missing else ""
    if n > SLOW:
        note += " Left out here, too slow: faiss HNSW, and faiss IVF with as many clusters."
    return Section(
        f"Approximate pools, {n:,} x {vectors.shape[1]}",
        f"{K} neighbours of each, one core, recall on {len(sample)} of them.{note}",
        TARGET,
        measured,
    )


def _contestants(n: int) -> dict[str, Callable[[Values], Rows]]:
    contestants: dict[str, Callable[[Values], Rows]] = {"inverted-file join": _ours}
    if _installed("faiss") and n <= SLOW:
        contestants |= {"faiss IVF": _faiss_ivf, "faiss HNSW": _faiss_hnsw}
    if _installed("pynndescent"):
        _compile()
        contestants["pynndescent"] = _pynndescent
    return contestants


def _installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def _keep(
    found: dict[str, Rows], name: str, run: Callable[[Values], Rows], vectors: Values
) -> None:
    found[name] = run(vectors)


def _ours(vectors: Values) -> Rows:
    return approximate_join(vectors, K, np.random.default_rng(0)).rows.astype(np.int64)


def _faiss_ivf(vectors: Values) -> Rows:
    import faiss  # noqa: PLC0415  # a peer, which need not be installed

    faiss.omp_set_num_threads(1)
    n, dimensions = vectors.shape
    product = faiss.METRIC_INNER_PRODUCT
    index = faiss.IndexIVFFlat(
        faiss.IndexFlatIP(dimensions), dimensions, n // FAISS_CLUSTER, product
    )
    index.cp.max_points_per_centroid = FAISS_SAMPLES
    index.nprobe = FAISS_PROBES
    index.train(vectors)
    index.add(vectors)
    return np.asarray(index.search(vectors, K + 1)[1], np.int64)


def _faiss_hnsw(vectors: Values) -> Rows:
    import faiss  # noqa: PLC0415  # a peer, which need not be installed

    faiss.omp_set_num_threads(1)
    index = faiss.IndexHNSWFlat(vectors.shape[1], HNSW_LINKS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = HNSW_BREADTH
    index.hnsw.efSearch = HNSW_SEARCH
    index.add(vectors)
    return np.asarray(index.search(vectors, K + 1)[1], np.int64)


def _pynndescent(vectors: Values) -> Rows:
    from pynndescent import NNDescent  # noqa: PLC0415  # a peer, which need not be installed

    graph = NNDescent(vectors, metric="dot", n_neighbors=GRAPH_NEIGHBOURS, n_jobs=1, random_state=0)
    return np.asarray(graph.neighbor_graph[0], np.int64)


def _compile() -> None:
    """Let numba compile before the clock runs."""
    _pynndescent(site(2000).vectors)


def _tenth(vectors: Values, sample: Rows) -> Values:
    """Give the exact similarity of the sample's K-th neighbours, shape (len(sample),)."""
    least = []
    for start in range(0, len(sample), SAMPLED_AT_ONCE):
        some = sample[start : start + SAMPLED_AT_ONCE]
        products = vectors[some] @ vectors.T
        products[np.arange(len(some)), some] = -np.inf
        least.append(np.partition(products, -K, axis=1)[:, -K])
    return np.concatenate(least)


def _recall(vectors: Values, sample: Rows, found: Rows, least: Values) -> float:
    """Give the share of the true neighbours that the best K found others hold."""
    shares = []
    for source, bar in zip(sample, least, strict=True):
        rows = found[source]
        rows = np.unique(rows[(rows >= 0) & (rows != source)])
        hits = (vectors[rows] @ vectors[source] >= bar - 1e-6).sum()
        shares.append(min(int(hits), K) / K)
    return float(np.mean(shares))
