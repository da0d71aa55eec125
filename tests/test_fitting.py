"""What is learnt of a site's own articles: the same of the same, and vectors that are its own."""

from __future__ import annotations

import numpy as np

from builders import a_view
from relnews.embed.latent import MIN_ARTICLES
from relnews.fitting import fit_latent
from relnews.model import calibration_bytes, project
from relnews.rank.relevance import LATENT_WEIGHT


def test_the_same_articles_give_the_same_bytes() -> None:
    view, rows = a_view(MIN_ARTICLES), np.arange(MIN_ARTICLES)
    semantic, vectors, calibration = fit_latent(view, rows)
    again, vectors_again, calibration_again = fit_latent(view, rows)
    assert again.to_bytes() == semantic.to_bytes()
    assert again.config == semantic.config
    assert calibration_bytes(calibration_again) == calibration_bytes(calibration)
    np.testing.assert_array_equal(vectors_again, vectors)
    assert calibration.semantic_weight == LATENT_WEIGHT


def test_the_vectors_of_a_fit_are_those_its_model_gives() -> None:
    view = a_view(MIN_ARTICLES)
    semantic, vectors, _ = fit_latent(view, np.arange(MIN_ARTICLES))
    assert semantic.config["articles"] == MIN_ARTICLES
    assert vectors.shape == (MIN_ARTICLES, semantic.dimensions)
    rows = np.array([7, 3, 999], np.intp)
    np.testing.assert_array_equal(project(semantic.latent, view, rows), vectors[rows])
    assert project(semantic.latent, view, rows[:0]).shape == (0, semantic.dimensions)


def test_below_a_thousand_articles_there_are_no_vectors() -> None:
    semantic, vectors, calibration = fit_latent(a_view(20), np.arange(20))
    assert (semantic.dimensions, vectors.shape) == (0, (20, 0))
    assert not calibration.semantic.any()
