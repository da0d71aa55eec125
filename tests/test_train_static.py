"""Static models from a site's own articles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer

from relnews.errors import InvalidTruth
from relnews.train.pairs import text_of
from relnews.train.static import DIMENSIONS, Start, singular_vectors, static_model
from trainable import VOCABULARY, WORDS, an_article

TEXTS = [text_of(an_article(number)) for number in range(120)]
GERMAN = ["Die Brücke über die Elmse bleibt gesperrt.", "Über die Brücke fährt kein Bus mehr."]


def rows(texts: list[str], start: Start, seed: int = 0) -> np.ndarray:
    model = static_model(texts, start, seed)
    found: np.ndarray = model.encode(texts, normalize_embeddings=True)
    return found


def test_singular_vectors_put_texts_where_a_decomposition_does() -> None:
    """The mean of a text's vectors points where its row of the decomposed matrix points."""
    generator = np.random.default_rng(3)
    counts = sp.csr_matrix((generator.random((40, 60)) < 0.2).astype(np.float32))
    frequencies = np.asarray((counts > 0).sum(axis=0)).ravel()
    vectors = singular_vectors(counts, 5, np.random.default_rng(0))
    weights = counts.toarray() * (np.log(41 / (1 + frequencies)) + 1)
    weights /= np.linalg.norm(weights, axis=1, keepdims=True)
    exact = TruncatedSVD(5, algorithm="arpack").fit(weights)
    expected = weights @ (exact.components_.T * exact.singular_values_**-0.5)
    found = counts.toarray() @ vectors
    assert np.corrcoef(_cosines(found).ravel(), _cosines(expected).ravel())[0, 1] > 0.95


def _cosines(rows: Any) -> Any:
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return units @ units.T


def test_singular_vectors_have_the_scale_of_drawn_ones_and_unseen_terms_none() -> None:
    counts = sp.csr_matrix(np.array([[1, 2, 0, 1], [0, 1, 0, 3], [2, 0, 0, 1]], np.float32))
    vectors = singular_vectors(counts, 256, np.random.default_rng(0))
    assert vectors.shape == (4, 2)
    assert vectors.dtype == np.float32
    assert not vectors[2].any()
    assert np.mean(np.square(vectors[[0, 1, 3]])) == pytest.approx(1)


def test_words_that_stand_together_start_close_together() -> None:
    counter = CountVectorizer(vocabulary=VOCABULARY)
    vectors = singular_vectors(counter.transform(TEXTS).tocsr(), 12, np.random.default_rng(0))
    cosines, block = _cosines(vectors), np.arange(len(VOCABULARY)) // WORDS
    together = block[:, None] == block
    assert cosines[together].mean() > 0.9
    assert abs(cosines[~together]).mean() < 0.1


@pytest.mark.parametrize("start", ["svd", "random"])
def test_the_seed_alone_decides(start: Start) -> None:
    first = rows(TEXTS, start)
    assert (first == rows(TEXTS, start)).all()
    assert not np.array_equal(first, rows(TEXTS, start, seed=1))


def test_words_are_lower_case_and_umlauts_stay() -> None:
    tokenizer = static_model(GERMAN, "random", 0).tokenizer
    small, large = (tokenizer.encode(word).tokens for word in ("brücke", "BRÜCKE"))
    assert small == large
    assert "".join(small).replace("##", "") == "brücke"
    assert tokenizer.encode("brucke").tokens != small


def test_few_texts_make_few_dimensions() -> None:
    assert static_model(GERMAN, "svd", 0)[0].embedding_dim == 1
    assert static_model(GERMAN, "random", 0)[0].embedding_dim == DIMENSIONS


@pytest.mark.parametrize("texts", [[], ["", " "]])
def test_there_must_be_words(texts: list[str]) -> None:
    with pytest.raises(InvalidTruth, match="learns the words of articles"):
        static_model(texts, "svd", 0)
