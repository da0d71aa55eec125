"""Greedy selection: what pyversity picks, and what every selector must keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyversity import dpp, mmr

from relnews.errors import InvalidPolicy
from relnews.rank.diversity import SELECTORS, Dpp, Mmr, select

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.protocols import Selector

    Values = npt.NDArray[np.float32]

SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.integers(1, 40)
DIVERSITIES = st.one_of(st.just(1.0), st.floats(0, 0.95))  # just below 1, rounding decides
DIMENSIONS = 48


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
