"""Near-duplicates remembered: what `is_copy` says, asked once per pair."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from relnews.rank import copies
from relnews.rank.copies import Copies
from relnews.rank.stories import is_copy

SHINGLES = [
    np.array(values, np.uint32)
    for values in (range(20), range(10, 30), range(18, 40), (), range(9), range(300))
]
PAIRS = st.lists(st.tuples(*[st.integers(0, len(SHINGLES) - 1)] * 2), max_size=30)


@given(st.lists(PAIRS, max_size=4), st.sampled_from([0, 3, 1_000_000]))
def test_every_pair_is_told_as_is_copy_tells_it(asked: list[list[tuple[int, int]]], n: int) -> None:
    known = Copies(SHINGLES)
    with patch.object(copies, "_MOST", n):
        for pairs in asked:
            first, second = np.array(pairs, np.intp).reshape(-1, 2).T
            expected = [is_copy(SHINGLES[left], SHINGLES[right]) for left, right in pairs]
            assert known.pairs(first, second).tolist() == expected


def test_a_pair_is_compared_once_whichever_way_it_is_asked() -> None:
    known, one, two = Copies(SHINGLES), np.array([0, 1, 0]), np.array([1, 0, 2])
    with patch.object(copies, "is_copy", wraps=is_copy) as compared:
        known.pairs(one, two)
        known.pairs(two, one)
    assert compared.call_count == 2
