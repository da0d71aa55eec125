"""The approximate join against the sorted products of all pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relnews.index.ivf import _pack, _unpack, approximate_join

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.index.pools import Pools

    Values = npt.NDArray[np.float32]


def clustered(n: int, dimensions: int, seed: int) -> Values:
    """Draw unit vectors around n / 40 centres, and a zero vector."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((n // 40 + 1, dimensions))
    vectors = centres[rng.integers(0, len(centres), n)]
    vectors = vectors + 0.5 * rng.standard_normal(vectors.shape)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[-1:] = 0
    return vectors.astype(np.float32)


def join(vectors: Values, m: int, *, n_clusters: int | None = None, n_probes: int = 8) -> Pools:
    rng = np.random.default_rng(0)
    return approximate_join(vectors, m, rng, n_clusters=n_clusters, n_probes=n_probes)


def naive(vectors: Values, m: int) -> Values:
    """Give the m largest similarities of each to others, -inf where there are fewer."""
    products = vectors @ vectors.T
    np.fill_diagonal(products, -np.inf)
    padded = np.pad(products, ((0, 0), (0, m)), constant_values=-np.inf)
    return np.sort(padded, axis=1)[:, ::-1][:, :m]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(1, 12), st.integers(1, 9), st.integers(0, 99))
def test_with_all_clusters_probed_nothing_is_missed(
    n: int, m: int, n_clusters: int, seed: int
) -> None:
    vectors = clustered(n, 4, seed)
    pools = join(vectors, m, n_clusters=n_clusters, n_probes=n_clusters)
    found = np.sort(pools.similarity, axis=1)[:, ::-1]
    np.testing.assert_allclose(found, naive(vectors, m), atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(1, 12), st.integers(1, 9), st.integers(1, 3))
def test_every_similarity_is_that_of_its_row_and_no_row_comes_twice(
    n: int, m: int, n_clusters: int, n_probes: int
) -> None:
    vectors = clustered(n, 4, n)
    pools = join(vectors, m, n_clusters=n_clusters, n_probes=n_probes)
    assert pools.rows.shape == pools.similarity.shape == (n, m)
    assert not pools.exact
    for row in range(n):
        there = pools.rows[row] >= 0
        others = pools.rows[row][there]
        assert row not in others
        assert len(set(others.tolist())) == len(others)
        np.testing.assert_allclose(
            pools.similarity[row][there], vectors[others] @ vectors[row], atol=1e-6
        )
        assert np.isneginf(pools.similarity[row][~there]).all()
        assert pools.reach[row] == (pools.similarity[row].min() if there.all() else 1)


def test_few_probes_find_nearly_all_of_clustered_vectors() -> None:
    vectors = clustered(4000, 32, 0)
    pools, expected = join(vectors, 10), naive(vectors, 10)
    found = np.sort(pools.similarity, axis=1)[:, ::-1]
    assert np.isclose(found, expected, atol=1e-6).mean() > 0.97


def test_the_same_generator_gives_the_same_pools() -> None:
    vectors = clustered(500, 8, 0)
    first, again = join(vectors, 5), join(vectors, 5)
    np.testing.assert_array_equal(first.rows, again.rows)
    np.testing.assert_array_equal(first.similarity, again.similarity)


def test_without_vectors_there_are_no_pools() -> None:
    pools = join(np.empty((0, 8), np.float32), 3)
    assert pools.rows.shape == pools.similarity.shape == (0, 3)
    assert pools.reach.shape == (0,)


@pytest.mark.parametrize("given_", [{"m": 0}, {"m": 1, "n_clusters": 0}, {"m": 1, "n_probes": 0}])
def test_what_makes_no_pool_is_refused(given_: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be at least 1, got"):
        join(np.ones((3, 1), np.float32), **given_)


@given(st.lists(st.floats(-1, 1, width=32), min_size=1), st.integers(0, 2**31 - 1))
def test_packed_keys_sort_as_their_similarities_do(values: list[float], place: int) -> None:
    similarity = np.array([*values, -np.inf], np.float32)
    keys = _pack(similarity, place)
    back, places = _unpack(keys)
    np.testing.assert_array_equal(back, similarity)
    assert (places == place).all()
    assert (np.diff(similarity[np.argsort(keys)]) >= 0).all()
