"""Living pools against fresh joins, over random histories."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relnews.index.join import join
from relnews.index.pools import Pools, insert, recompute, remove
from relnews.index.space import DenseSpace

CLOSE = 1e-6  # products of the same pair in blocks of another shape
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), st.integers(0, 9)),
        st.tuples(st.just("remove"), st.integers(1, 6)),
        st.tuples(st.just("recompute"), st.integers(1, 6)),
    ),
    max_size=12,
)


def unit_vectors(n: int, seed: int, d: int = 4) -> np.ndarray:
    """Draw vectors of which some are the same and some are zero."""
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((n, d), np.float32)
    vectors[rng.random(n) < 0.1] = 1
    unit: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    unit[rng.random(n) < 0.05] = 0
    return unit


def copied(pools: Pools) -> Pools:
    return replace(
        pools,
        rows=pools.rows.copy(),
        similarity=pools.similarity.copy(),
        reach=pools.reach.copy(),
    )


def assert_sound(pools: Pools, vectors: np.ndarray, alive: np.ndarray, m: int) -> None:
    """Check every pool against the whole table of similarities."""
    table = vectors @ vectors.T
    for i in range(len(pools)):
        held = pools.rows[i] >= 0
        rows = pools.rows[i][held]
        assert (pools.similarity[i][~held] == -np.inf).all()
        if not alive[i]:
            assert not held.any()
            continue
        assert i not in rows
        assert alive[rows].all(), "a removed point is in a pool"
        assert len(set(rows.tolist())) == len(rows)
        np.testing.assert_allclose(pools.similarity[i][held], table[i, rows], atol=CLOSE)
        others = alive.copy()
        others[i] = False
        best = -np.sort(-table[i, others])[:m]
        if len(rows) == len(best):
            np.testing.assert_allclose(-np.sort(-table[i, rows]), best, atol=CLOSE)
        others[rows] = False
        if others.any():
            assert table[i, others].max() <= pools.reach[i] + CLOSE
        assert len(rows) == len(best) or pools.reach[i] > -np.inf


@settings(max_examples=150)
@given(steps=STEPS, n=st.integers(0, 20), m=st.integers(1, 8), seed=st.integers(0, 999))
def test_pools_stay_sound_over_any_history(
    steps: list[tuple[str, int]], n: int, m: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    vectors = unit_vectors(200, seed)
    pools = join(DenseSpace(vectors[:n]), m)
    alive = np.ones(n, bool)
    for step, count in steps:
        n = len(pools)
        if step == "insert":
            insert(pools, DenseSpace(vectors[: n + count]), n)
            alive = np.append(alive, np.ones(count, bool))
        elif n:
            rows = rng.integers(0, n, count)
            if step == "remove":
                alive[rows] = False
                remove(pools, rows)
            else:
                recompute(pools, DenseSpace(vectors[:n]), rows)
        assert_sound(pools, vectors[: len(pools)], alive, m)


@given(n=st.integers(0, 30), batches=st.lists(st.integers(1, 15), max_size=5), m=st.integers(1, 20))
def test_arrivals_equal_a_rebuild(n: int, batches: list[int], m: int) -> None:
    """The same similarities in every pool, and the same reach."""
    vectors = unit_vectors(n + sum(batches), n)
    pools = join(DenseSpace(vectors[:n]), m)
    for batch in batches:
        first = len(pools)
        insert(pools, DenseSpace(vectors[: first + batch]), first)
    fresh = join(DenseSpace(vectors), m)
    np.testing.assert_allclose(
        np.sort(pools.similarity, axis=1), np.sort(fresh.similarity, axis=1), atol=CLOSE
    )
    np.testing.assert_allclose(pools.reach, fresh.reach, atol=CLOSE)


def test_the_groups_of_a_large_space_lose_nothing() -> None:
    vectors = unit_vectors(3000, 1)
    pools = join(DenseSpace(vectors[:2990]), 10)
    insert(pools, DenseSpace(vectors), 2990)
    fresh = join(DenseSpace(vectors), 10)
    np.testing.assert_allclose(
        np.sort(pools.similarity, axis=1), np.sort(fresh.similarity, axis=1), atol=CLOSE
    )


@given(st.integers(1, 40), st.integers(1, 12), st.integers(1, 10))
def test_insert_names_the_pools_that_changed(n: int, count: int, m: int) -> None:
    vectors = unit_vectors(n + count, count)
    pools = join(DenseSpace(vectors[:n]), m)
    before = copied(pools)
    changed = insert(pools, DenseSpace(vectors), n)
    differ = [i for i in range(n) if set(pools.rows[i]) != set(before.rows[i])]
    assert set(differ) <= set(changed.tolist())
    newcomers = (pools.rows[:n] >= n).any(axis=1)
    assert set(np.flatnonzero(newcomers)) <= set(changed.tolist())
    if count == 1:
        np.testing.assert_array_equal(changed, np.flatnonzero(newcomers))


def test_a_batch_is_its_points_one_by_one() -> None:
    vectors = unit_vectors(60, 5)
    together = join(DenseSpace(vectors[:40]), 7)
    single = copied(together)
    with patch("relnews.index.pools._CELLS", 150):
        insert(together, DenseSpace(vectors), 40)
    for n in range(40, 60):
        insert(single, DenseSpace(vectors[: n + 1]), n)
    np.testing.assert_allclose(together.similarity, single.similarity, atol=CLOSE)
    np.testing.assert_allclose(together.reach, single.reach, atol=CLOSE)


def test_remove_names_pools_that_are_half_empty() -> None:
    vectors = unit_vectors(50, 7)
    pools = join(DenseSpace(vectors), 6)
    pool = pools.rows[10].tolist()
    assert 10 not in remove(pools, pool[:3]), "half is left"
    assert 10 in remove(pools, pool[3:4])
    assert pool[0] not in remove(pools, pool[3:4]), "what is removed needs no pool"
    recompute(pools, DenseSpace(vectors), [10])
    assert (pools.rows[10] >= 0).all()
    assert not set(pool[:4]) & set(pools.rows[10].tolist())


def test_where_nothing_is_outside_nothing_is_recomputed() -> None:
    pools = join(DenseSpace(unit_vectors(5, 7)), 10)
    assert len(remove(pools, [0, 1, 2])) == 0
    assert sorted(pools.rows[3].tolist())[-2:] == [-1, 4]


def test_newcomers_do_not_meet_the_removed() -> None:
    vectors = unit_vectors(30, 2)
    vectors[29] = vectors[3]
    pools = join(DenseSpace(vectors[:29]), 4)
    remove(pools, [3])
    insert(pools, DenseSpace(vectors), 29)
    assert 3 not in pools.rows[29]
    assert (pools.rows[3] == -1).all()
    recompute(pools, DenseSpace(vectors), [3])
    assert (pools.rows[3] == -1).all()


def test_pools_that_share_arrays_do_not_share_their_room() -> None:
    vectors = unit_vectors(12, 4)
    whole = join(DenseSpace(vectors[:10]), 3)
    insert(whole, DenseSpace(vectors[:11]), 10)
    kept = whole.rows[6:].copy()
    part = Pools(whole.rows[:6], whole.similarity[:6], whole.reach[:6])
    insert(part, DenseSpace(vectors[:8]), 6)
    np.testing.assert_array_equal(whole.rows[6:], kept)


def test_arrays_that_were_replaced_are_the_ones_that_grow() -> None:
    vectors = unit_vectors(12, 4)
    pools = join(DenseSpace(vectors[:10]), 3)
    insert(pools, DenseSpace(vectors[:11]), 10)
    pools.rows, pools.similarity = pools.rows[:, ::-1].copy(), pools.similarity[:, ::-1].copy()
    kept = pools.rows.copy()
    pools.extend(12)
    np.testing.assert_array_equal(pools.rows[:11], kept)


def test_arrays_grow_in_amortised_constant_time() -> None:
    pools = join(DenseSpace(unit_vectors(4, 0)), 2)
    bases = set()
    for n in range(5, 400):
        pools.extend(n)
        bases.add(id(pools.rows.base))
        assert len(pools.rows) == len(pools.similarity) == len(pools.reach) == n
    assert len(bases) < 9


def test_newcomers_follow_the_others() -> None:
    vectors = unit_vectors(9, 0)
    pools = join(DenseSpace(vectors[:5]), 2)
    with pytest.raises(ValueError, match="follow the 5 points that have pools, got first=4"):
        insert(pools, DenseSpace(vectors), 4)
