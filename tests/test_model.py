"""What was measured: cosines of random pairs, saved and loaded unchanged, refused when damaged."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load, save

from builders import a_view
from relnews.errors import StoreError
from relnews.model import calibrate, calibration_bytes, read_calibration, unfitted
from relnews.rank.relevance import LATENT_WEIGHT, MIN_PAIRS, Calibration


def a_calibration(n_rows: int, weight: float | None = LATENT_WEIGHT) -> Calibration:
    generator = np.random.default_rng(n_rows)
    vectors = generator.normal(size=(n_rows, 4))
    units = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)
    return calibrate(a_view(n_rows), np.arange(n_rows), units, weight, np.random.default_rng(1))


@given(st.integers(0, 40), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_any_calibration_survives_saving_and_loading(
    n_pairs: int, weight: float, seed: int
) -> None:
    generator = np.random.default_rng(seed)
    pairs = generator.random((2, n_pairs), np.float32)
    data = calibration_bytes(Calibration(pairs[0], pairs[1][::-1], weight))
    read = read_calibration(data, weight)
    np.testing.assert_array_equal(read.lexical, pairs[0])
    np.testing.assert_array_equal(read.semantic, pairs[1][::-1])
    assert read.semantic_weight == weight


def test_the_calibration_holds_both_cosines_of_two_different_articles() -> None:
    found, view = a_calibration(30), a_view(30)
    weights = view.weights(np.arange(30)).toarray()
    lexical = [weights[a] @ weights[b] for a, b in combinations(range(30), 2)]
    for value in found.lexical:
        assert np.abs(np.array(lexical) - value).min() < 1e-5
    assert found.lexical.shape == found.semantic.shape
    assert 0.3 < float(np.std(found.semantic)) < 0.7, "of random directions in 4 dimensions"


def test_the_same_generator_gives_the_same_pairs() -> None:
    assert calibration_bytes(a_calibration(50)) == calibration_bytes(a_calibration(50))


@pytest.mark.parametrize("n_rows", [0, 1])
def test_without_two_articles_there_are_no_pairs(n_rows: int) -> None:
    assert len(a_calibration(n_rows).lexical) == 0


@pytest.mark.parametrize("n_rows", [2, 5, 20])
def test_a_handful_of_articles_is_calibrated_by_the_prior(n_rows: int) -> None:
    """With n articles there are n (n - 1) / 2 pairs, however often each of them is drawn."""
    found, prior = a_calibration(n_rows), unfitted().calibration
    assert len(found.lexical) == n_rows * (n_rows - 1) // 2 < MIN_PAIRS
    for share in (0.25, 0.9):
        assert found.quantile(share, 0.0) == prior.quantile(share, 0.0)


def test_a_weight_that_is_known_is_taken() -> None:
    assert a_calibration(30, 0.4).semantic_weight == 0.4
    assert 0 <= a_calibration(30, None).semantic_weight <= 1


def test_bytes_cut_short_anywhere_are_refused() -> None:
    whole = calibration_bytes(Calibration(np.ones(3, np.float32), np.ones(3, np.float32)))
    for length in range(len(whole)):
        with pytest.raises(StoreError, match="the stored calibration is damaged"):
            read_calibration(whole[:length], 0.05)


@given(st.binary(max_size=200))
def test_bytes_of_something_else_are_refused(data: bytes) -> None:
    with pytest.raises(StoreError, match=r"damaged .*; run check --repair"):
        read_calibration(data, 0.05)


@pytest.mark.parametrize("weight", [-0.1, 1.1, float("nan")])
def test_a_weight_out_of_range_is_refused(weight: float) -> None:
    with pytest.raises(StoreError, match="damaged"):
        read_calibration(calibration_bytes(a_calibration(3)), weight)


@pytest.mark.parametrize("name", ["lexical", "semantic"])
@pytest.mark.parametrize("part", [None, np.zeros(3, np.float32), np.zeros((2, 2), np.float32)])
def test_parts_that_do_not_fit_together_are_refused(
    name: str, part: np.ndarray[tuple[int, ...], np.dtype[np.float32]] | None
) -> None:
    parts = load(calibration_bytes(a_calibration(30)))
    del parts[name]
    with pytest.raises(StoreError, match="damaged"):
        read_calibration(save(parts if part is None else parts | {name: part}), 0.05)
