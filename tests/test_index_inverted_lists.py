"""The engine against a plain product: whom it may find, and whom it does find."""

from __future__ import annotations

import numpy as np
import pytest

from relnews.index.inverted_lists import InvertedLists

N = 4_000


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    rng = np.random.default_rng(0)
    drawn = rng.standard_normal((30, 24))[rng.integers(0, 30, N)] + rng.standard_normal((N, 24))
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    return drawn.astype(np.float32)


def nearest(vectors: np.ndarray, query: np.ndarray, allowed: np.ndarray, n: int) -> set[int]:
    similarity = np.where(allowed, vectors @ query, -2)
    return {row for row in np.argsort(-similarity)[:n].tolist() if allowed[row]}


@pytest.mark.parametrize("share", [1.0, 0.1, 0.01, 0.001])
def test_the_nearest_allowed_rows_are_found(vectors: np.ndarray, share: float) -> None:
    lists = InvertedLists(vectors)
    allowed = np.random.default_rng(1).random(N) < share
    shares = []
    for query in vectors[:50]:
        found = lists.search(query, allowed, 20)
        assert allowed[found].all()
        true = nearest(vectors, query, allowed, 20)
        shares.append(len(true & set(found.tolist())) / len(true))
    assert np.mean(shares) >= 0.99


def test_nothing_allowed_gives_nothing(vectors: np.ndarray) -> None:
    assert len(InvertedLists(vectors).search(vectors[0], np.zeros(N, bool), 5)) == 0


def test_additions_are_found_under_the_next_numbers(vectors: np.ndarray) -> None:
    lists = InvertedLists(vectors[:3_000])
    lists.add(vectors[3_000:3_001])
    lists.add(vectors[3_001:])
    everything = np.ones(N, bool)
    for row in (0, 2_999, 3_000, 3_999):
        assert lists.search(vectors[row], everything, 1).tolist() == [row]


@pytest.mark.parametrize("n", [1, 2, 41, 100])
def test_few_rows_are_enough(vectors: np.ndarray, n: int) -> None:
    found = InvertedLists(vectors[:n]).search(vectors[0], np.ones(n, bool), n + 5)
    assert sorted(found.tolist()) == [*range(n)]
    assert found[0] == 0
