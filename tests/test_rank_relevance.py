"""Relevance: calibrated on random pairs, 0 at what they reach, 1 at identity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import Row, a_case, a_query, a_site
from relnews.policy import Policy
from relnews.rank.relevance import MIN_PAIRS, Calibration, calibrate, hybrid

COSINES = st.lists(st.floats(0, 1, width=32), min_size=1, max_size=20)
SIGNED = st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=20)
SHARES = st.floats(0, 1)


def array(values: list[float]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(values, np.float32)


@given(COSINES, SHARES)
def test_relevance_is_bounded_and_never_falls_with_similarity(
    cosines: list[float], zero: float
) -> None:
    found = calibrate(array(sorted(cosines)), zero)
    assert found.dtype == np.float32
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(found) >= 0).all()


@given(st.floats(0, 0.999))
def test_relevance_is_0_up_to_zero_and_1_at_identity(zero: float) -> None:
    found = calibrate(array([0, zero / 2, zero, 1]), zero)
    assert found[:3].tolist() == pytest.approx([0, 0, 0], abs=1e-4)
    assert found[3] == pytest.approx(1, abs=1e-4)


def test_relevance_is_linear_between() -> None:
    assert calibrate(array([0.2, 0.4, 0.6]), 0.2).tolist() == pytest.approx([0, 0.25, 0.5])


def test_where_random_pairs_are_identical_nothing_is_related() -> None:
    assert calibrate(array([0.3, 1]), 1.0).tolist() == [0, 0]


@given(st.integers(1, 20), SHARES, st.data())
def test_the_hybrid_lies_between_its_parts_and_a_negative_latent_cosine_is_none(
    n: int, weight: float, data: st.DataObject
) -> None:
    drawn = st.lists(st.floats(-1, 1, width=32), min_size=n, max_size=n)
    lexical, semantic = np.abs(array(data.draw(drawn))), array(data.draw(drawn))
    found, positive = hybrid(lexical, semantic, weight), np.maximum(semantic, 0)
    assert (found >= np.minimum(lexical, positive) - 1e-6).all()
    assert (found <= np.maximum(lexical, positive) + 1e-6).all()


@pytest.mark.parametrize(("weight", "expected"), [(0.0, 0.4), (0.25, 0.5), (1.0, 0.8)])
def test_the_weight_is_the_share_of_the_latent_view(weight: float, expected: float) -> None:
    assert hybrid(array([0.4]), array([0.8]), weight).tolist() == pytest.approx([expected])


def test_a_quantile_is_what_a_share_of_random_pairs_stays_below() -> None:
    lexical = np.linspace(0, 0.5, 1001, dtype=np.float32)
    semantic = np.full(1001, 0.3, np.float32)
    calibration = Calibration(lexical, semantic)
    assert calibration.quantile(0.9, 0.0) == pytest.approx(0.45)
    assert calibration.quantile(0.9, 0.5) == pytest.approx(0.375)
    assert calibration.quantile(0.9, 1.0) == pytest.approx(0.3)


@given(COSINES, COSINES, SHARES, st.integers(0, MIN_PAIRS - 1))
def test_with_few_pairs_a_prior_takes_the_place_of_their_quantile(
    lexical: list[float], semantic: list[float], share: float, n_pairs: int
) -> None:
    few = Calibration(np.resize(array(lexical), n_pairs), np.resize(array(semantic), n_pairs))
    none = Calibration(array([]), array([]))
    assert few.quantile(share, 0.0) == none.quantile(share, 0.3)


def test_with_enough_pairs_the_prior_has_no_say() -> None:
    enough = Calibration(np.full(MIN_PAIRS, 0.7, np.float32), np.zeros(MIN_PAIRS, np.float32))
    assert enough.quantile(0.1, 0.0) == pytest.approx(0.7)


@given(st.lists(SHARES, min_size=2, max_size=9), st.booleans())
def test_quantiles_never_fall_with_the_share(
    shares: list[float],
    enough: bool,  # noqa: FBT001  # drawn
) -> None:
    generator = np.random.default_rng(0)
    n_pairs = 500 if enough else 0
    pairs = generator.random(n_pairs, np.float32), generator.random(n_pairs, np.float32)
    found = [Calibration(*pairs).quantile(share, 0.4) for share in sorted(shares)]
    assert found == sorted(found)
    assert 0 <= found[0] <= found[-1] <= 1


def test_the_latent_weight_counts_only_where_there_is_a_latent_view() -> None:
    policy = Policy(semantic_weight=0.5, relevance_zero=0.0)
    for vector, expected in (((), 0.4), ((1.0, 0.0), 0.6)):
        rows = [Row(id="a", words={0: 1}, vector=vector)]
        case = a_case(a_site(rows), a_query(rows[0]), policy)
        found = case.score.relevance(array([0.4]), array([0.8]))
        assert found.tolist() == pytest.approx([expected])


def test_the_floor_is_on_the_scale_of_relevance() -> None:
    pairs = np.linspace(0, 0.5, 1001, dtype=np.float32)
    site = a_site([Row(id="a")], Calibration(pairs, pairs))
    policy = Policy(relevance_zero=0.4, relevance_floor=0.8)
    score = a_case(site, a_query(Row(id="a")), policy).score
    assert score.zero == pytest.approx(0.2)
    assert score.floor == pytest.approx((0.4 - 0.2) / (1 - 0.2))


def test_a_floor_below_zero_relevance_is_none() -> None:
    pairs = np.linspace(0, 0.5, 1001, dtype=np.float32)
    site = a_site([Row(id="a")], Calibration(pairs, pairs))
    policy = Policy(relevance_zero=0.8, relevance_floor=0.4)
    assert a_case(site, a_query(Row(id="a")), policy).score.floor == 0


@given(SIGNED, SIGNED, SHARES, SHARES)
def test_relevance_never_falls_with_either_cosine(
    lexical: list[float], semantic: list[float], weight: float, zero: float
) -> None:
    size = min(len(lexical), len(semantic))
    one, two = np.abs(array(lexical[:size])), array(semantic[:size])
    lower = calibrate(hybrid(one * np.float32(0.5), two - np.float32(0.1), weight), zero)
    assert (lower <= calibrate(hybrid(one, two, weight), zero) + 1e-6).all()
