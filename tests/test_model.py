"""The fitted part of a site: saved and loaded unchanged, refused when damaged."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load, save

from builders import a_document
from relnews.embed.latent import MIN_ARTICLES, LatentModel
from relnews.embed.lexical import LexicalView
from relnews.errors import StoreError
from relnews.model import TextModel, fit_model, project, unfitted
from relnews.rank.relevance import MIN_PAIRS, Calibration


def a_view(n_rows: int, seed: int = 5) -> LexicalView:
    generator, view = np.random.default_rng(seed), LexicalView()
    for _ in range(n_rows):
        terms = generator.choice(60, generator.integers(4, 9), replace=False)
        view.append(a_document({int(term): int(generator.integers(1, 4)) for term in terms}))
    return view


@lru_cache(maxsize=1)
def a_fit() -> tuple[LexicalView, TextModel, np.ndarray[tuple[int, int], np.dtype[np.float16]]]:
    view = a_view(MIN_ARTICLES)
    model, vectors = fit_model(view, np.arange(len(view)), np.random.default_rng(1))
    return view, model, vectors


def assert_same(first: TextModel, second: TextModel) -> None:
    for one, two in (
        (first.latent.terms, second.latent.terms),
        (first.latent.projection, second.latent.projection),
        (first.calibration.lexical, second.calibration.lexical),
        (first.calibration.semantic, second.calibration.semantic),
    ):
        np.testing.assert_array_equal(one, two)
        assert one.dtype == two.dtype
        assert one.shape == two.shape
    assert first.n_articles == second.n_articles


def test_a_fitted_model_survives_saving_and_loading() -> None:
    _, model, _ = a_fit()
    read = TextModel.read("f00d", model.config(), model.to_bytes())
    assert_same(read, model)
    assert read.fingerprint == "f00d"


def test_the_unfitted_model_survives_saving_and_loading() -> None:
    model = unfitted()
    assert (model.latent.dimensions, model.n_articles, model.fingerprint) == (0, 0, "")
    assert_same(TextModel.read("", model.config(), model.to_bytes()), model)


@given(st.integers(0, 9), st.integers(0, 5), st.integers(0, 40), st.integers(0, 2**32 - 1))
def test_any_model_survives_saving_and_loading(
    n_terms: int, dimensions: int, n_pairs: int, seed: int
) -> None:
    generator = np.random.default_rng(seed)
    model = TextModel(
        LatentModel(
            np.arange(n_terms, dtype=np.int32),
            generator.normal(size=(n_terms, dimensions)).astype(np.float16),
        ),
        Calibration(
            generator.random(n_pairs, np.float32),
            generator.random(n_pairs, np.float32),
        ),
        n_articles=n_pairs,
    )
    assert_same(TextModel.read("x", model.config(), model.to_bytes()), model)


def test_the_same_generator_gives_the_same_bytes() -> None:
    view, model, vectors = a_fit()
    again, vectors_again = fit_model(view, np.arange(len(view)), np.random.default_rng(1))
    assert again.to_bytes() == model.to_bytes()
    assert again.config() == model.config()
    np.testing.assert_array_equal(vectors_again, vectors)


def test_the_settings_say_what_was_fitted_on_what() -> None:
    _, model, vectors = a_fit()
    assert model.config() == {
        "kind": "lsa",
        "dimensions": vectors.shape[1],
        "terms": len(model.latent.terms),
        "articles": MIN_ARTICLES,
    }


def test_the_vectors_of_a_fit_are_those_its_model_gives() -> None:
    view, model, vectors = a_fit()
    rows = np.array([7, 3, 999], np.intp)
    np.testing.assert_array_equal(project(model.latent, view, rows), vectors[rows])
    assert project(model.latent, view, rows[:0]).shape == (0, model.latent.dimensions)


def test_the_calibration_holds_cosines_of_two_different_articles() -> None:
    view = a_view(30)
    model, _ = fit_model(view, np.arange(30), np.random.default_rng(1))
    weights = view.weights(np.arange(30)).toarray()
    possible = [weights[a] @ weights[b] for a, b in combinations(range(30), 2)]
    for value in model.calibration.lexical:
        assert np.abs(np.array(possible) - value).min() < 1e-5
    assert model.calibration.lexical.shape == model.calibration.semantic.shape


@pytest.mark.parametrize("n_rows", [0, 1])
def test_without_two_articles_there_are_no_pairs(n_rows: int) -> None:
    model, vectors = fit_model(a_view(n_rows), np.arange(n_rows), np.random.default_rng(1))
    assert len(model.calibration.lexical) == 0
    assert model.n_articles == n_rows
    assert vectors.shape == (n_rows, 0)


@pytest.mark.parametrize("n_rows", [2, 5, 20])
def test_a_handful_of_articles_is_calibrated_by_the_prior(n_rows: int) -> None:
    """With n articles there are n (n - 1) / 2 pairs, however often each of them is drawn."""
    assert n_rows * (n_rows - 1) // 2 < MIN_PAIRS
    model, _ = fit_model(a_view(n_rows), np.arange(n_rows), np.random.default_rng(1))
    prior = unfitted().calibration
    for share in (0.25, 0.9):
        assert model.calibration.quantile(share, 0.0) == prior.quantile(share, 0.0)


def test_bytes_cut_short_anywhere_are_refused() -> None:
    model = unfitted()
    data = TextModel(model.latent, Calibration(np.ones(3, np.float32), np.ones(3, np.float32)))
    whole = data.to_bytes()
    for length in range(len(whole)):
        with pytest.raises(StoreError, match="the stored text model f00d is damaged"):
            TextModel.read("f00d", model.config(), whole[:length])


@given(st.binary(max_size=200))
def test_bytes_of_something_else_are_refused(data: bytes) -> None:
    with pytest.raises(StoreError, match=r"damaged .*; run check --repair"):
        TextModel.read("f00d", unfitted().config(), data)


@pytest.mark.parametrize("name", ["terms", "projection", "random_lexical", "random_semantic"])
def test_a_model_with_a_missing_part_is_refused(name: str) -> None:
    _, model, _ = a_fit()
    parts = load(model.to_bytes())
    del parts[name]
    with pytest.raises(StoreError, match="damaged"):
        TextModel.read("f00d", model.config(), save(parts))


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("terms", np.arange(3, dtype=np.int32)),
        ("projection", np.zeros(7, np.float16)),
        ("random_semantic", np.zeros(3, np.float32)),
        ("random_lexical", np.zeros((2, 2), np.float32)),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(
    name: str, part: np.ndarray[tuple[int, ...], np.dtype[np.generic]]
) -> None:
    _, model, _ = a_fit()
    parts = load(model.to_bytes()) | {name: part}
    with pytest.raises(StoreError, match="damaged"):
        TextModel.read("f00d", model.config(), save(parts))


@pytest.mark.parametrize("config", [{}, {"articles": "many"}, {"articles": None}])
def test_settings_that_are_not_those_of_a_model_are_refused(config: dict[str, object]) -> None:
    with pytest.raises(StoreError, match="damaged"):
        TextModel.read("f00d", config, unfitted().to_bytes())
