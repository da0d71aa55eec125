"""The latent view: unit vectors from a projection that the same generator finds again."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_document
from relnews.embed.latent import DIMENSIONS, MIN_ARTICLES, LatentModel, empty_model, fit
from relnews.embed.lexical import LexicalView, stack

if TYPE_CHECKING:
    from relnews.embed.document import Document

N_TOPICS, N_TERMS = 6, 240


def a_document_on(topic: int, generator: np.random.Generator) -> Document:
    """Write about a topic: mostly its own words, some of anybody's."""
    width = N_TERMS // N_TOPICS
    own = topic * width + generator.choice(width, 9, replace=False)
    others = generator.choice(N_TERMS, 3, replace=False)
    return a_document({int(term): 1 + int(term) % 2 for term in {*own.tolist(), *others.tolist()}})


@lru_cache(maxsize=1)
def a_view() -> tuple[LexicalView, list[Document]]:
    generator = np.random.default_rng(7)
    documents = [a_document_on(n % N_TOPICS, generator) for n in range(MIN_ARTICLES + 50)]
    view = LexicalView()
    for document in documents:
        view.append(document)
    return view, documents


@lru_cache(maxsize=1)
def a_model() -> LatentModel:
    view, _ = a_view()
    return fit(view, np.arange(len(view)), np.random.default_rng(3))


@given(
    st.lists(
        st.dictionaries(st.integers(0, N_TERMS + 40), st.integers(1, 9), max_size=8),
        max_size=6,
    )
)
def test_vectors_have_unit_length_or_are_zero(documents: list[dict[int, int]]) -> None:
    model = a_model()
    vectors = model.project(stack([a_document(words) for words in documents]))
    assert vectors.dtype == np.float16
    assert vectors.shape == (len(documents), model.dimensions)
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    known = [any(term in model.terms for term in words) for words in documents]
    np.testing.assert_allclose(lengths, np.array(known, float), atol=2e-3)


def test_terms_the_model_does_not_know_are_passed_over() -> None:
    model = a_model()
    plain = model.project(stack([a_document({1: 2, 50: 1})]))
    mixed = model.project(stack([a_document({1: 2, 50: 1, N_TERMS + 7: 9})]))
    narrow = model.project(stack([a_document({1: 2})]))
    np.testing.assert_array_equal(plain, mixed)
    assert narrow.shape == plain.shape
    assert np.linalg.norm(narrow) > 0


def test_a_model_of_some_terms_reads_their_columns_and_no_others() -> None:
    model = LatentModel(np.array([2, 5], np.int32), np.array([[1, 0], [0, 2]], np.float16))
    vectors = model.project(stack([a_document({0: 4, 2: 1}), a_document({5: 1, 9: 1})]))
    np.testing.assert_array_equal(vectors, [[1, 0], [0, 1]])
    np.testing.assert_array_equal(model.project(stack([a_document({2: 3})])), [[1, 0]])


def test_articles_on_one_subject_are_nearer_than_others() -> None:
    generator = np.random.default_rng(99)
    topics = np.arange(60) % N_TOPICS
    documents = [a_document_on(int(topic), generator) for topic in topics]
    vectors = a_model().project(stack(documents)).astype(np.float32)
    similarity = vectors @ vectors.T
    same = topics[:, None] == topics[None, :]
    assert similarity[same].mean() > similarity[~same].mean() + 0.1


def test_the_same_generator_gives_the_same_model() -> None:
    view, _ = a_view()
    again = fit(view, np.arange(len(view)), np.random.default_rng(3))
    np.testing.assert_array_equal(again.terms, a_model().terms)
    assert again.projection.tobytes() == a_model().projection.tobytes()


def test_a_model_is_of_finite_halves_over_ascending_terms() -> None:
    model = a_model()
    assert (np.diff(model.terms) > 0).all()
    assert model.terms.dtype == np.int32
    assert model.projection.dtype == np.float16
    assert np.isfinite(model.projection).all()
    assert 0 < model.dimensions <= DIMENSIONS
    assert model.projection.shape == (len(model.terms), model.dimensions)


def test_a_small_corpus_has_no_latent_view() -> None:
    view, documents = a_view()
    model = fit(view, np.arange(MIN_ARTICLES - 1), np.random.default_rng(3))
    assert model.dimensions == 0
    assert model.project(stack(documents[:4])).shape == (4, 0)


@pytest.mark.parametrize("words", [{}, {0: 1}], ids=["no-words", "one-word"])
def test_a_corpus_without_dimensions_has_no_latent_view(words: dict[int, int]) -> None:
    view = LexicalView()
    for _ in range(MIN_ARTICLES):
        view.append(a_document(words))
    model = fit(view, np.arange(MIN_ARTICLES), np.random.default_rng(3))
    assert model.dimensions == 0


def test_the_empty_model_gives_vectors_of_no_dimension() -> None:
    assert empty_model().dimensions == 0
    assert empty_model().project(stack([a_document({3: 1})])).shape == (1, 0)
