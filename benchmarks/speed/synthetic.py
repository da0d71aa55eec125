"""A site of vectors: overlapping topics, five years of dates, nothing of any publisher."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

YEARS = 5
_TOPICS_PER_ARTICLE = 3
_SHARE_AT_BIRTH = 0.5
_HOURS = YEARS * 365 * 24


@dataclass(frozen=True, slots=True, eq=False)
class Synthetic:
    """`vectors` float32 (n, d) of unit length; `age_hours` float64 (n,), in no order."""

    vectors: np.ndarray[tuple[int, int], np.dtype[np.float32]]
    age_hours: np.ndarray[tuple[int], np.dtype[np.float64]]


def site(n: int, dimensions: int = 256, seed: int = 0) -> Synthetic:
    """Draw n articles, each a mixture of three of n / 100 topics, with noise of its own.

    Topics come and go as stories do: an article's topics have centres in time, so that what is
    similar is often near in time too.
    """
    rng = np.random.default_rng(seed)
    n_topics = max(n // 100, 20)
    topics = rng.standard_normal((n_topics, dimensions), np.float32)
    born = rng.uniform(0, _HOURS, n_topics)
    picked = rng.integers(0, n_topics, (n, _TOPICS_PER_ARTICLE))
    shares = rng.dirichlet(np.ones(_TOPICS_PER_ARTICLE), n).astype(np.float32)
    vectors = rng.standard_normal((n, dimensions), np.float32) * np.float32(0.7)
    for place in range(_TOPICS_PER_ARTICLE):
        vectors += topics[picked[:, place]] * shares[:, place, None]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    near = born[picked[:, 0]] + rng.exponential(24 * 60, n)
    anywhen = rng.uniform(0, _HOURS, n)
    ages = np.where(rng.random(n) < _SHARE_AT_BIRTH, near % _HOURS, anywhen)
    return Synthetic(vectors, ages)
