"""Greedy selection: what pyversity picks, what every selector must keep, and many lists at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyversity import dpp, mmr

from relnews.errors import InvalidPolicy
from relnews.rank.diversity import LISTS_AT_ONCE, SELECTORS, Dpp, Mmr, select, select_many

if TYPE_CHECKING:
    from relnews.protocols import Selector, Values

SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.integers(1, 40)
DIVERSITIES = st.one_of(st.just(1.0), st.floats(0, 0.95))  # just below 1, rounding decides
DIMENSIONS = 48
SELECTIONS = [Mmr(0), Mmr(0.1), Mmr(0.5), Mmr(1), Dpp(0), Dpp(0.1), Dpp(0.5), Dpp(1)]


def candidates(m: int, seed: int) -> tuple[Values, Values]:
    """Draw vectors of unit length that are all somewhat alike, and scores without ties."""
    generator = np.random.default_rng(seed)
    vectors = np.abs(generator.normal(size=(m, DIMENSIONS))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = generator.permutation(np.linspace(0.05, 1, m)).astype(np.float32)
    return vectors, scores


def pick(selector: Selector, vectors: Values, scores: Values, k: int) -> list[int]:
    picked: list[int] = select(selector, scores, vectors @ vectors.T, k).tolist()
    return picked


@given(SIZES, SEEDS, DIVERSITIES, st.integers(1, 40))
def test_mmr_picks_what_pyversity_picks(m: int, seed: int, diversity: float, k: int) -> None:
    vectors, scores = candidates(m, seed)
    oracle = mmr(vectors, scores, k=k, diversity=diversity).indices.tolist()
    assert pick(Mmr(diversity), vectors, scores, k) == oracle


@given(SIZES, SEEDS, DIVERSITIES, st.integers(1, 20))
def test_dpp_picks_what_pyversity_picks(m: int, seed: int, diversity: float, k: int) -> None:
    vectors, scores = candidates(m, seed)
    oracle = dpp(vectors, scores, k=k, diversity=diversity).indices.tolist()
    assert pick(Dpp(diversity), vectors, scores, k) == oracle


@pytest.mark.parametrize("selector", [Mmr, Dpp])
@given(SIZES, SEEDS)
def test_diversity_0_sorts_by_score(selector: Any, m: int, seed: int) -> None:
    vectors, scores = candidates(m, seed)
    assert pick(selector(0), vectors, scores, m) == np.argsort(-scores).tolist()


@pytest.mark.parametrize("selector", [Mmr, Dpp])
@given(SIZES, SEEDS, DIVERSITIES, st.integers(1, 50))
def test_a_shorter_list_is_a_prefix_of_a_longer_one(
    selector: Any, m: int, seed: int, diversity: float, k: int
) -> None:
    vectors, scores = candidates(m, seed)
    whole = pick(selector(diversity), vectors, scores, m)
    assert sorted(whole) == list(range(m))
    assert pick(selector(diversity), vectors, scores, k) == whole[:k]


@pytest.mark.parametrize("selector", [Mmr, Dpp])
@given(SIZES, SEEDS, DIVERSITIES)
def test_the_best_score_comes_first(selector: Any, m: int, seed: int, diversity: float) -> None:
    vectors, scores = candidates(m, seed)
    if selector is Mmr or diversity < 1:
        assert pick(selector(diversity), vectors, scores, 1) == [int(np.argmax(scores))]


@pytest.mark.parametrize("selector", [Mmr(0.5), Dpp(0.5)])
def test_of_three_the_one_unlike_the_first_goes_before_its_twin(selector: Selector) -> None:
    similarity = np.array([[1, 0.95, 0.05], [0.95, 1, 0.05], [0.05, 0.05, 1]], np.float32)
    scores = np.array([1, 0.95, 0.9], np.float32)
    assert select(selector, scores, similarity, 3).tolist() == [0, 2, 1]


@pytest.mark.parametrize("selector", [Mmr(0), Mmr(0.4), Dpp(0), Dpp(0.4), Dpp(1)])
def test_ties_go_to_the_earlier_candidate(selector: Selector) -> None:
    scores = np.full(5, 0.5, np.float32)
    assert select(selector, scores, np.eye(5, dtype=np.float32), 5).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("selector", [Mmr(0.3), Dpp(0.3)])
def test_identical_candidates_are_all_picked_when_there_is_nothing_else(
    selector: Selector,
) -> None:
    scores = np.array([0.2, 0.9, 0.5], np.float32)
    similarity = np.ones((3, 3), np.float32)
    assert sorted(select(selector, scores, similarity, 9).tolist()) == [0, 1, 2]


@pytest.mark.parametrize("selector", [Mmr, Dpp])
@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan"), float("inf"), True, "0.5", None])
def test_a_diversity_out_of_range_is_refused(selector: Any, value: object) -> None:
    with pytest.raises(InvalidPolicy, match=r"diversity must be in \[0, 1\], got "):
        selector(value)


def test_a_settings_file_names_both_selectors() -> None:
    assert {name: make(0.25) for name, make in SELECTORS.items()} == {
        "mmr": Mmr(0.25),
        "dpp": Dpp(0.25),
    }


def pools(q: int, m: int, seed: int) -> tuple[Values, Values]:
    """Draw candidates for q lists."""
    drawn = [candidates(m, seed + place) for place in range(q)]
    return np.stack([vectors for vectors, _ in drawn]), np.stack([scores for _, scores in drawn])


def tied_pools(q: int, m: int, seed: int) -> tuple[Values, Values]:
    """Draw scores with many ties, and vectors whose cosines are exact quarters, also below 0."""
    generator = np.random.default_rng(seed)
    signs = generator.choice(np.array([-0.5, 0.5], np.float32), (q, m, 6))
    used = generator.permuted(np.tile(np.arange(6) < 4, (q, m, 1)), axis=-1)
    scores = generator.integers(0, 5, (q, m)) / 4
    return np.where(used, signs, 0).astype(np.float32), scores.astype(np.float32)


def one_by_one(selector: Selector, scores: Values, vectors: Values, k: int) -> list[list[int]]:
    lists = zip(vectors, scores, strict=True)
    return [pick(selector, each, own, k) for each, own in lists]


@pytest.mark.parametrize("selector", SELECTIONS, ids=repr)
@given(st.integers(1, 8), SIZES, SEEDS, st.integers(1, 20))
def test_many_lists_are_picked_as_one_by_one(
    selector: Selector, q: int, m: int, seed: int, k: int
) -> None:
    vectors, scores = pools(q, m, seed)
    picked = select_many(selector, scores, vectors, k)
    assert picked.dtype == np.intp
    assert picked.shape == (q, min(k, m))
    assert picked.tolist() == one_by_one(selector, scores, vectors, k)


@pytest.mark.parametrize("selector", SELECTIONS, ids=repr)
@given(st.integers(1, 8), SIZES, SEEDS, st.integers(1, 50))
def test_many_lists_with_ties_are_picked_as_one_by_one(
    selector: Selector, q: int, m: int, seed: int, k: int
) -> None:
    vectors, scores = tied_pools(q, m, seed)
    picked = select_many(selector, scores, vectors, k)
    assert picked.tolist() == one_by_one(selector, scores, vectors, k)


@pytest.mark.parametrize("selector", [Mmr(0.3), Dpp(0.3)])
@pytest.mark.parametrize("q", [0, LISTS_AT_ONCE, LISTS_AT_ONCE + 1, 2 * LISTS_AT_ONCE + 3])
def test_more_lists_than_a_block_holds(selector: Selector, q: int) -> None:
    generator = np.random.default_rng(0)
    vectors, scores = tied_pools(q, 12, 7)
    scores += generator.random(scores.shape, np.float32) / 8
    picked = select_many(selector, scores, vectors, 5)
    assert picked.shape == (q, 5)
    assert picked.tolist() == one_by_one(selector, scores, vectors, 5)


@given(st.integers(1, 8), SIZES, SEEDS, st.sampled_from([0.1, 0.3, 0.5]))
def test_many_lists_are_what_pyversity_picks(q: int, m: int, seed: int, diversity: float) -> None:
    vectors, scores = pools(q, m, seed)
    for selector, peer in ((Mmr(diversity), mmr), (Dpp(diversity), dpp)):
        oracle = [
            peer(each, own, k=10, diversity=diversity).indices.tolist()
            for each, own in zip(vectors, scores, strict=True)
        ]
        assert select_many(selector, scores, vectors, 10).tolist() == oracle


@given(SIZES, SEEDS, st.sampled_from([47, 48, 256]))
def test_of_twins_the_earlier_is_picked_first(m: int, seed: int, dimensions: int) -> None:
    """Which needs cosines that do not depend on where in the pool a vector stands."""
    generator = np.random.default_rng(seed)
    vectors = generator.random((3, m, dimensions), np.float32)
    vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
    scores = np.tile(generator.random((3, m), np.float32), 2)
    for order in select_many(Mmr(0.5), scores, np.tile(vectors, (1, 2, 1)), 2 * m).tolist():
        places = np.argsort(order)
        assert (places[:m] < places[m:]).all()


@pytest.mark.parametrize("selector", SELECTIONS, ids=repr)
@given(SIZES, SEEDS)
def test_a_list_among_many_has_the_gains_it_has_alone(
    selector: Selector, m: int, seed: int
) -> None:
    """To the last bit, even where another list has no spread at all."""
    vectors, scores = candidates(m, seed)
    flat = np.full(m, 0.5, np.float32)
    alone, among = selector.begin(scores), selector.begin(np.stack([flat, scores]))
    similarity = vectors @ vectors.T
    for place in np.random.default_rng(seed).permutation(m)[:10].tolist():
        assert among.gains()[1].tobytes() == alone.gains().tobytes()
        alone.take(place, similarity[place])
        among.take(np.array([0, place]), similarity[[0, place]])
        assert np.isfinite(among.gains()).all()


@pytest.mark.parametrize("selector", SELECTIONS, ids=repr)
@given(SEEDS, st.integers(1, 8))
def test_copies_of_what_was_taken_keep_the_gains_finite(
    selector: Selector, seed: int, n_kinds: int
) -> None:
    """Rounding is not divided by nothing; pytest turns a warning into an error."""
    generator = np.random.default_rng(seed)
    vectors, scores = candidates(40, seed)
    vectors = vectors[generator.integers(0, n_kinds, 40)]
    selection, similarity = selector.begin(scores), vectors @ vectors.T
    for place in generator.permutation(40).tolist():
        selection.take(place, similarity[place])
        assert np.isfinite(selection.gains()).all()
