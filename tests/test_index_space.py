"""Spaces: blocks are parts of one symmetric table of similarities."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.metrics.pairwise import cosine_similarity

from relnews.index.space import DenseSpace, HybridSpace, Space

N, D, WORDS = 1200, 8, 300
RNG = np.random.default_rng(3)


def unit(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths, lengths, 1)).astype(np.float32)


VECTORS = unit(RNG.standard_normal((N, D)))
VECTORS[7] = 0
WEIGHTS = unit(sp.random(N, WORDS, 0.05, random_state=3).toarray())
WEIGHTS[9] = 0
SPACES: dict[str, Space] = {
    "dense": DenseSpace(VECTORS),
    "hybrid": HybridSpace(sp.csr_matrix(WEIGHTS), VECTORS, 0.3),
    "lexical": HybridSpace(sp.csr_matrix(WEIGHTS), VECTORS[:, :0], 0.3),
}
EXPECTED = {
    "dense": cosine_similarity(VECTORS),
    "hybrid": 0.7 * cosine_similarity(WEIGHTS) + 0.3 * np.maximum(cosine_similarity(VECTORS), 0),
    "lexical": cosine_similarity(WEIGHTS),
}
WHOLE = slice(0, N)


@pytest.mark.parametrize("name", SPACES)
@pytest.mark.parametrize(
    ("left", "right"),
    [
        (WHOLE, WHOLE),
        (slice(7, 8), WHOLE),
        (slice(5, 13), slice(0, 1100)),
        (slice(1000, N), slice(3, 1190)),
        (slice(4, 4), WHOLE),
        (slice(0, 20), slice(9, 9)),
    ],
)
def test_a_block_is_a_part_of_the_table(name: str, left: slice, right: slice) -> None:
    block = SPACES[name].block(left, right)
    assert block.dtype == np.float32
    np.testing.assert_allclose(block, EXPECTED[name][left, right], atol=1e-6)


@pytest.mark.parametrize("name", SPACES)
def test_a_block_may_be_written_to(name: str) -> None:
    space = SPACES[name]
    before = space.block(slice(0, 3), slice(0, 5)).copy()
    space.block(slice(0, 3), slice(0, 5))[:] = -1
    np.testing.assert_array_equal(space.block(slice(0, 3), slice(0, 5)), before)


@pytest.mark.parametrize("name", SPACES)
def test_length_counts_points(name: str) -> None:
    assert len(SPACES[name]) == N
