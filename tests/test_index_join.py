"""The self-join against sorting the whole table of similarities."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from relnews.index.join import join
from relnews.index.space import DenseSpace, HybridSpace

if TYPE_CHECKING:
    from relnews.index.pools import Pools
    from relnews.index.space import Space


class Table:
    """A space whose similarities are given."""

    def __init__(self, similarity: np.ndarray) -> None:
        self.similarity = similarity.astype(np.float32)

    def __len__(self) -> int:
        return len(self.similarity)

    def block(self, left: slice, right: slice) -> np.ndarray:
        return self.similarity[left, right].copy()


def naive_join(space: Space, m: int) -> list[list[tuple[float, int]]]:
    """Sort all others of each point: most similar first, then the lower row."""
    n = len(space)
    table = space.block(slice(0, n), slice(0, n)) + 0
    others = [sorted((-float(table[i, j]), j) for j in range(n) if j != i)[:m] for i in range(n)]
    return [[(-similarity, j) for similarity, j in pool] for pool in others]


def pool(pools: Pools, i: int) -> list[tuple[float, int]]:
    held = pools.rows[i] >= 0
    assert (pools.similarity[i][~held] == -np.inf).all()
    pairs = zip(pools.similarity[i][held].tolist(), pools.rows[i][held].tolist(), strict=True)
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1]))


def unit_vectors(n: int, d: int, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal((n, d), np.float32)
    unit: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


@settings(max_examples=60)
@given(
    n=st.integers(0, 60),
    m=st.integers(1, 12),
    block=st.integers(1, 20),
    levels=st.sampled_from([1, 3, 20, 100_000]),
    seed=st.integers(0, 99),
)
def test_join_is_the_sorted_table(n: int, m: int, block: int, levels: int, seed: int) -> None:
    """Few levels mean many ties: the lower row wins, in whatever block it comes."""
    half = np.random.default_rng(seed).integers(-levels, levels + 1, (n, n)) / levels
    space = Table(np.triu(half) + np.triu(half, 1).T)
    with patch("relnews.index.join._BLOCK", block):
        pools = join(space, m)
    assert pools.rows.shape == pools.similarity.shape == (n, m)
    assert pools.exact
    assert [pool(pools, i) for i in range(n)] == naive_join(space, m)


@given(n=st.integers(1, 30), m=st.integers(1, 32))
def test_the_reach_is_the_mth_or_nothing(n: int, m: int) -> None:
    pools = join(DenseSpace(unit_vectors(n, 4, n)), m)
    expected = pools.similarity.min(axis=1) if n - 1 > m else np.full(n, -np.inf)
    np.testing.assert_array_equal(pools.reach, expected)


@pytest.mark.parametrize("hybrid", [False, True])
def test_real_blocks_of_products(hybrid: bool) -> None:  # noqa: FBT001  # a parameter of pytest
    """Blocks of another size round otherwise: pools are the same up to ties of rounding."""
    vectors = unit_vectors(2300, 16, 0)
    vectors[5:9] = vectors[4]
    vectors[100:110] = 0
    words = sp.random(2300, 50, 0.1, "csr", np.float32, random_state=0)
    space = HybridSpace(words, vectors, 0.5) if hybrid else DenseSpace(vectors)
    table = space.block(slice(0, 2300), slice(0, 2300))
    np.fill_diagonal(table, -np.inf)
    pools = join(space, 30)
    expected = -np.sort(-table, axis=1)[:, :30]
    np.testing.assert_allclose(-np.sort(-pools.similarity, axis=1), expected, atol=1e-6)
    points = np.arange(2300)[:, None]
    np.testing.assert_allclose(table[points, pools.rows], pools.similarity, atol=1e-6)
    assert all(len(set(row)) == 30 for row in pools.rows.tolist())


def test_similarity_that_rises_with_the_rows_keeps_the_last() -> None:
    """The worst order: every later point exceeds all before."""
    rising = np.add.outer(np.arange(300), np.arange(300)) / 600
    with patch("relnews.index.join._BLOCK", 16):
        pools = join(Table(rising), 5)
    assert set(pools.rows[0].tolist()) == {295, 296, 297, 298, 299}
    assert set(pools.rows[299].tolist()) == {294, 295, 296, 297, 298}


def test_zero_of_either_sign_is_a_tie() -> None:
    table = np.zeros((6, 6))
    table[4, :4] = table[:4, 4] = -0.0
    table[4, 0] = table[0, 4] = 0.0
    pools = join(Table(table), 2)
    assert sorted(pools.rows[5].tolist()) == [0, 1]
    assert sorted(pools.rows[3].tolist()) == [0, 1]
    table[1, 2] = table[2, 1] = -0.0
    assert sorted(join(Table(table), 2).rows[2].tolist()) == [0, 1]


def test_progress_adds_up_to_the_points() -> None:
    done: list[int] = []
    with patch("relnews.index.join._BLOCK", 4):
        join(DenseSpace(unit_vectors(10, 3, 0)), 2, done.append)
    assert done == [4, 4, 2]


def test_a_pool_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 point, got m=0"):
        join(DenseSpace(unit_vectors(3, 3, 0)), 0)
