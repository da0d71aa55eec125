"""The approximate join: pools of a million vectors without comparing every pair.

Vectors are divided into clusters (an inverted file); each is compared with what lies in the
clusters whose centroids are nearest to it, one matrix product per cluster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.index.pools import Pools

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    Values = npt.NDArray[np.float32]
    Keys = npt.NDArray[np.int64]

PROBES = 8
CLUSTER_SIZE = 64
"""Vectors in a cluster on average: clusters must be fine enough to resolve a corpus' topics."""

_MOST_CLUSTERS_PER_ROOT = 16
_SAMPLES_AT_MOST = 16
_ROUNDS = ((0.25, 4), (0.5, 4), (0.75, 6), (1.0, 8), (1.0, _SAMPLES_AT_MOST))
"""The share of the clusters that have a centroid in a round, and the sample points per cluster."""

_SEEDS_AMONG = 2
"""Seeds are drawn among so many times as many of the worst: the very worst may be outliers."""

_CELLS_AT_ONCE = 1 << 22
_ROW_BITS = 32
_MAGNITUDE = np.int32(0x7FFFFFFF)


def approximate_join(
    vectors: Values,
    m: int,
    generator: np.random.Generator,
    *,
    n_clusters: int | None = None,
    n_probes: int = PROBES,
) -> Pools:
    """Find most of the m most similar others of each vector.

    The inverted file of Jégou, Douze & Schmid (2011, without their codes), with the queries of
    a cluster batched.

    Parameters
    ----------
    vectors
        float32, shape (n, d), unit length or zero.
    m
        How many, at least 1.
    generator
        Draws the sample that the clusters are found on.
    n_clusters
        By default n / 64, but at most 16 times the square root of n: finding the nearest
        centroids would take most of the time otherwise.
    n_probes
        Each vector is compared with the clusters of so many centroids.

    Returns
    -------
    Pools
        Not exact. The reach is the least similarity in a full pool, and otherwise that of no
        point at all: 1.

    Raises
    ------
    ValueError
        When m, n_clusters or n_probes is less than 1.

    Notes
    -----
    O(n d (n_clusters + n_probes n / n_clusters)) time; memory for a second copy of the
    vectors and three times the pools.
    """
    n = len(vectors)
    if n_clusters is None:
        n_clusters = max(min(n // CLUSTER_SIZE, int(_MOST_CLUSTERS_PER_ROOT * n**0.5)), 1)
    if min(m, n_clusters, n_probes) < 1:
        msg = f"m, n_clusters and n_probes must be at least 1, got {m}, {n_clusters}, {n_probes}"
        raise ValueError(msg)
    if n == 0:
        return Pools(
            np.empty((0, m), np.int32),
            np.empty((0, m), np.float32),
            np.empty(0, np.float32),
            exact=False,
        )
    centroids = _centroids(vectors, min(n_clusters, n), generator)
    probes = _nearest(vectors, centroids, min(n_probes, len(centroids)))
    order = np.argsort(probes[:, 0], kind="stable")
    keys = _visit(vectors[order], probes[order], len(centroids), m)
    return _pools(keys, order)


def _centroids(vectors: Values, n_clusters: int, generator: np.random.Generator) -> Values:
    """Find unit-length centroids: Lloyd's algorithm by cosine, on samples, seeded in rounds.

    Each round adds seeds among the points that the centroids so far represent worst, as
    k-means|| does (Bahmani et al., 2012): random seeds leave small topics without a centroid.
    """
    drawn = generator.permutation(len(vectors))[: n_clusters * _SAMPLES_AT_MOST]
    centroids = vectors[drawn[: int(np.ceil(_ROUNDS[0][0] * n_clusters))]]
    for share, n_samples in _ROUNDS:
        sample = vectors[drawn[: n_samples * n_clusters]]
        missing = int(np.ceil(share * n_clusters)) - len(centroids)
        if missing:
            worst = _worst(sample, centroids, _SEEDS_AMONG * missing)
            seeds = sample[generator.choice(worst, missing, replace=False)]
            centroids = np.concatenate([centroids, seeds])
        centroids = _means(sample, centroids)
    return centroids


def _worst(sample: Values, centroids: Values, most: int) -> npt.NDArray[np.intp]:
    """Give the places of the points that are least similar to their nearest centroid."""
    nearest = _nearest(sample, centroids, 1)[:, 0]
    similarity = np.einsum("ij,ij->i", sample, centroids[nearest])
    return np.argsort(similarity, kind="stable")[:most]


def _means(sample: Values, centroids: Values) -> Values:
    """Move each centroid to the direction of the sum of its points, if it has any."""
    nearest = _nearest(sample, centroids, 1)[:, 0]
    members = sample[np.argsort(nearest, kind="stable")]
    sizes = np.bincount(nearest, minlength=len(centroids))
    filled = np.flatnonzero(sizes)
    sums = np.add.reduceat(members, (np.cumsum(sizes) - sizes)[filled])
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    moved = centroids.copy()
    moved[filled] = sums / np.where(lengths > 0, lengths, 1)
    return moved


def _nearest(vectors: Values, centroids: Values, n_probes: int) -> npt.NDArray[np.int32]:
    """Give the nearest centroids of each vector, shape (n, n_probes), nearest first."""
    nearest = np.empty((len(vectors), n_probes), np.int32)
    step = max(_CELLS_AT_ONCE // len(centroids), 1)
    for start in range(0, len(vectors), step):
        products = vectors[start : start + step] @ centroids.T
        every = np.arange(len(products))
        for probe in range(n_probes):  # argmax is vectorised: cheaper than argpartition
            nearest[start : start + step, probe] = best = products.argmax(axis=1)
            products[every, best] = -np.inf
    return nearest


def _visit(vectors: Values, probes: npt.NDArray[np.int32], n_clusters: int, m: int) -> Keys:
    """Compare vectors, in order of their clusters, with the members of the clusters they probe."""
    keys = np.full((len(vectors), m), _pack(np.array(-np.inf, np.float32), 0))
    bounds = np.searchsorted(probes[:, 0], np.arange(n_clusters + 1))
    for cluster, visitors in enumerate(_visitors(probes, n_clusters)):
        begin, end = bounds[cluster], bounds[cluster + 1]
        if begin == end:
            continue
        products = vectors[visitors] @ vectors[begin:end].T
        home = np.flatnonzero((begin <= visitors) & (visitors < end))
        products[home, visitors[home] - begin] = -np.inf
        found = _largest(_pack(products, np.arange(begin, end)), m)
        keys[visitors] = _largest(np.concatenate([keys[visitors], found], axis=1), m)
    return keys


def _visitors(probes: npt.NDArray[np.int32], n_clusters: int) -> Iterator[npt.NDArray[np.intp]]:
    """Yield, cluster after cluster, the vectors that probe it."""
    flat = probes.ravel()
    order = np.argsort(flat, kind="stable")
    bounds = np.searchsorted(flat[order], np.arange(n_clusters + 1))
    for cluster in range(n_clusters):
        yield order[bounds[cluster] : bounds[cluster + 1]] // probes.shape[1]


def _pools(keys: Keys, order: npt.NDArray[np.intp]) -> Pools:
    """Name points by their rows instead of their places in the order of clusters."""
    n, m = keys.shape
    rows, similarity = np.empty((n, m), np.int32), np.empty((n, m), np.float32)
    similarity[order], places = _unpack(keys)
    rows[order] = order[places]
    missing = np.isneginf(similarity)
    rows[missing] = -1
    reach = np.where(missing.any(axis=1), np.float32(1), similarity.min(axis=1, initial=1))
    return Pools(rows, similarity, reach.astype(np.float32), exact=False)


def _largest(keys: Keys, m: int) -> Keys:
    """Give the m largest keys of each row, or all when there are fewer, in no order."""
    width = keys.shape[1]
    return np.partition(keys, width - m, axis=1)[:, width - m :] if width > m else keys


def _pack(similarity: Values, places: npt.NDArray[np.intp] | int) -> Keys:
    """Put similarity and place into one integer that sorts as they do.

    One vectorised partition then selects both, several times faster than argpartition. A
    float's bits sort as an integer once those of the negative ones are turned round.
    """
    bits = similarity.view(np.int32)
    bits = bits ^ ((bits >> 31) & _MAGNITUDE)
    packed: Keys = (bits.astype(np.int64) << _ROW_BITS) | places
    return packed


def _unpack(keys: Keys) -> tuple[Values, npt.NDArray[np.int64]]:
    bits = (keys >> _ROW_BITS).astype(np.int32)
    bits ^= (bits >> 31) & _MAGNITUDE
    return bits.view(np.float32), keys & np.int64(0xFFFFFFFF)
