"""The weight of a model follows what it adds to the words, on articles whose topics are planted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import scipy.sparse as sp

from encoders import LetterEncoder
from newsroom import filler
from relnews import Recommender, semantic_weight
from relnews.rank.relevance import LATENT_WEIGHT
from relnews.semantic_weight import ENCODER_WEIGHT, MIN_ARTICLES, MOST_WEIGHT, measure_weight

if TYPE_CHECKING:
    import numpy.typing as npt

N, TOPICS, WORDS, PER_TOPIC = 400, 40, 2_000, 60


def site(noise: float, n: int = N) -> tuple[sp.csr_matrix, npt.NDArray[np.float16]]:
    """Give articles of 12 words each, half of them their topic's; and noisy vectors of topics."""
    generator = np.random.default_rng(0)
    topics = generator.integers(0, TOPICS, n)
    counts = np.zeros((n, WORDS), np.float32)
    for row, topic in enumerate(topics):
        own = generator.choice(PER_TOPIC, 6, replace=False) + topic * PER_TOPIC // 2
        counts[row, own % WORDS] = 1
        counts[row, generator.integers(0, WORDS, 6)] = 1
    vectors = generator.standard_normal((TOPICS, 16))[topics]
    vectors += noise * generator.standard_normal(vectors.shape)
    return _units(counts), (vectors / np.linalg.norm(vectors, axis=1)[:, None]).astype(np.float16)


def _units(counts: npt.NDArray[np.float32]) -> sp.csr_matrix:
    return sp.csr_matrix(counts / np.linalg.norm(counts, axis=1)[:, None])


def measured(noise: float, n: int = N, seed: int = 0) -> float:
    return measure_weight(*site(noise, n), np.random.default_rng(seed))


def test_a_model_that_knows_the_topics_gets_the_most_and_one_that_guesses_nothing() -> None:
    good, fair, none = (measured(noise) for noise in (0.1, 1.5, 100.0))
    assert good == MOST_WEIGHT
    assert 0 < fair < good
    assert none <= 0.05
    assert none < fair


def test_vectors_of_zeros_get_no_weight() -> None:
    lexical, vectors = site(0.1)
    assert measure_weight(lexical, np.zeros_like(vectors), np.random.default_rng(0)) == 0


def test_a_small_site_gets_the_weight_of_others() -> None:
    assert measured(100.0, MIN_ARTICLES - 1) == ENCODER_WEIGHT
    assert measured(100.0, MIN_ARTICLES) < ENCODER_WEIGHT


def test_the_same_generator_gives_the_same_weight_and_others_nearly() -> None:
    assert measured(1.0) == measured(1.0)
    found = [measured(1.0, seed=seed) for seed in range(4)]
    assert max(found) - min(found) <= 0.15


def test_articles_without_words_or_text_do_no_harm() -> None:
    lexical, vectors = site(0.1)
    empty = lexical.tolil()
    empty[:20] = 0
    vectors[10:30] = 0
    weight = measure_weight(sp.csr_matrix(empty), vectors, np.random.default_rng(0))
    assert 0.3 < weight <= MOST_WEIGHT


def test_a_naive_curve_is_the_same() -> None:
    generator = np.random.default_rng(1)
    seen, held_out, semantic = generator.random((3, 4, 30)).astype(np.float32)
    curves = semantic_weight._curves(seen, held_out, semantic)
    for source in range(4):
        for place, weight in enumerate(semantic_weight._WEIGHTS):
            mixed = (1 - weight) * seen[source] + weight * semantic[source]
            nearest = np.argsort(-mixed)[:5]
            assert curves[source, place] == pytest.approx(
                held_out[source, nearest].mean(), rel=1e-5
            )


@pytest.mark.parametrize(("best", "weight"), [(0.0, 0.0), (0.5, 1 / 3), (0.95, MOST_WEIGHT)])
def test_the_odds_are_halved_as_the_full_view_knows_twice_the_words(
    monkeypatch: pytest.MonkeyPatch, best: float, weight: float
) -> None:
    monkeypatch.setattr(semantic_weight, "_least_good", lambda _: best)
    assert measured(1.0) == pytest.approx(weight)


def test_the_smallest_weight_within_a_standard_error_is_chosen() -> None:
    best = np.zeros((100, 20))
    best[:, 8:] = 1.0
    best[::2, 6] = 1.98  # on average a little less than the best, and uncertain
    best[:, 7] = 0.9  # surely less
    assert semantic_weight._least_good(best) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("encoder", "weight"), [(None, LATENT_WEIGHT), (LetterEncoder(semantic_weight=0.7), 0.7)]
)
def test_a_weight_that_is_known_is_not_measured(
    encoder: LetterEncoder | None, weight: float
) -> None:
    assert weight_of_a_site(encoder) == weight


def test_a_site_measures_the_weight_of_its_model() -> None:
    found = weight_of_a_site(LetterEncoder())
    assert 0 <= found <= MOST_WEIGHT
    assert found not in {ENCODER_WEIGHT, LATENT_WEIGHT}


def weight_of_a_site(encoder: LetterEncoder | None) -> float:
    with Recommender.open(":memory:", model=encoder) as recommender:
        recommender.add(filler(MIN_ARTICLES))
        recommender.refit()
        return recommender.mirror.model.calibration.semantic_weight
