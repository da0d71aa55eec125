"""The walk from new to old against a look at everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from relnews.index import newest
from relnews.index.newest import blocks, lifted

if TYPE_CHECKING:
    import pytest

SHARES = st.integers(0, 8).map(lambda eighth: eighth / 8)


@given(
    st.lists(st.tuples(SHARES, SHARES), max_size=60),
    st.lists(SHARES, max_size=9),
    st.integers(1, 9),
)
def test_with_a_true_reach_the_best_are_those_of_everything(
    rows: list[tuple[float, float]], known: list[float], k: int
) -> None:
    relevance = np.array([row[0] for row in rows], np.float32)
    freshness = np.sort(np.array([row[1] for row in rows], np.float32))[::-1]
    scores, reach = np.array(known, np.float32), float(relevance.max(initial=0))
    walk = np.array_split(np.arange(len(rows)), 5)
    found = lifted(walk, freshness.__getitem__, relevance.__getitem__, reach, scores, k)
    own = relevance * freshness
    best = np.sort(np.concatenate([scores, own[found]]))[::-1][:k]
    everything = np.sort(np.concatenate([scores, own]))[::-1][:k]
    np.testing.assert_array_equal(best[best > 0], everything[everything > 0])
    assert len(set(found.tolist())) == len(found)


def test_it_stops_where_freshness_leaves_no_hope() -> None:
    asked: list[int] = []

    def relevance(rows: np.ndarray) -> np.ndarray:
        asked.extend(rows.tolist())
        return np.full(len(rows), 0.1, np.float32)

    freshness = np.array([1.0, 0.9, 0.4, 0.3, 0.9, 0.9], np.float32)
    walk = np.arange(6).reshape(3, 2)
    found = lifted(walk, freshness.__getitem__, relevance, 0.5, np.full(3, 0.25, np.float32), 3)
    assert (asked, found.tolist()) == ([0, 1], [])


def test_a_walk_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newest, "MOST_SCORED", 25)
    ones = np.ones(100, np.float32)
    walk = np.arange(100).reshape(10, 10)
    found = lifted(walk, ones.__getitem__, ones.__getitem__, 1.0, ones[:0], 90)
    assert found.tolist() == [*range(25)]


@given(st.permutations(range(40)), st.sets(st.integers(0, 39)))
def test_blocks_give_each_allowed_row_once_in_order(order: list[int], allowed: set[int]) -> None:
    mask = np.isin(np.arange(40), [*allowed])
    newest._FIRST_BLOCK, first = 3, newest._FIRST_BLOCK
    try:
        given_rows = np.concatenate([*blocks(np.array(order), mask)])
    finally:
        newest._FIRST_BLOCK = first
    assert given_rows.tolist() == [row for row in order if row in allowed]
