"""Sites of thousands of rows in topics: large enough for an index to cut corners."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from builders import Row, a_site, ago
from relnews.rank.relevance import Calibration
from relnews.rank.site import Site

N_TOPICS, N_WORDS, DIMENSIONS = 40, 2_000, 16


def crowd(n: int, seed: int = 0) -> list[Row]:
    """Draw rows, each of a topic in words and in direction, from the last two years."""
    rng = np.random.default_rng(seed)
    topics = np.random.default_rng(99).standard_normal((N_TOPICS, DIMENSIONS))
    vocabularies = np.random.default_rng(98).integers(0, N_WORDS, (N_TOPICS, 60))
    rows = []
    for number in range(n):
        topic = int(rng.integers(N_TOPICS))
        words = [*rng.choice(vocabularies[topic], 20), *rng.integers(0, N_WORDS, 60)]
        terms, counts = np.unique(words, return_counts=True)
        vector = topics[topic] + 0.8 * rng.standard_normal(DIMENSIONS)
        vector /= np.linalg.norm(vector)
        rows.append(
            Row(
                id=f"{seed}-{number}",
                words=dict(zip(terms.tolist(), counts.tolist(), strict=True)),
                vector=tuple(vector.tolist()),
                published=ago(float(rng.uniform(0, 24 * 730))),
                evergreen=bool(rng.random() < 0.01),
            )
        )
    return rows


@lru_cache(maxsize=2)
def crowded_site(n: int) -> tuple[list[Row], Site]:
    """Give a crowd and its site, calibrated on random pairs of it; not to be changed."""
    rows = crowd(n)
    site = a_site(rows)
    left, right = np.random.default_rng(1).integers(0, n, (2, 400))
    lexical = (site.lexical.weights(left).multiply(site.lexical.weights(right))).sum(axis=1)
    semantic = np.einsum("ij,ij->i", site.vectors[left], site.vectors[right])
    pairs = Calibration(np.asarray(lexical, np.float32).ravel(), semantic)
    return rows, Site(site.corpus, site.lexical, site.vectors, site.index, pairs)
