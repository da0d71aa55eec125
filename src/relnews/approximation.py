"""How good an approximate index would be on a site: asked for its own articles, at a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.index.approximate import ApproximateIndex
from relnews.index.exact import ExactIndex
from relnews.index.recall import recall
from relnews.lists import Asked, query_of
from relnews.rank.ranker import Ranker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import numpy.typing as npt

    from relnews.index.recall import Question
    from relnews.rank.site import Site
    from relnews.recommender import Recommender

SAMPLE = 200


def site_recall(
    recommender: Recommender, at: datetime, *, n: int = SAMPLE, k: int = 10, seed: int = 0
) -> npt.NDArray[np.float64]:
    """Give the recall@k of an approximate index for sampled articles of a site.

    Builds the index, and asks it and the exact one for the same candidates under the
    recommender's policy. The same seed draws the same articles.

    Parameters
    ----------
    recommender
        Whose articles, policy and rules.
    at
        The moment; only articles published by then are sources.
    n
        How many articles at most.

    Returns
    -------
    float64, shape (m,), m <= n

    Raises
    ------
    MissingExtra
        When faiss is not installed.
    """
    recommender.mirror.refresh()
    site = recommender.mirror.site()
    parts = site.corpus, site.lexical, site.vectors
    rows = recommender.mirror.live_rows_by_id()
    rows = rows[site.corpus["published"][rows] <= at.timestamp()]
    drawn = np.random.default_rng(seed).permutation(rows)[:n]
    questions = _questions(recommender, site, at, [site.corpus.ids[row] for row in drawn])
    return recall(ApproximateIndex(*parts), ExactIndex(*parts), questions, k)


def _questions(
    recommender: Recommender, site: Site, at: datetime, ids: list[str]
) -> Iterator[Question]:
    mirror, policy = recommender.mirror, recommender.policy
    for article in recommender.store.articles(ids).values():
        query = query_of(mirror, Asked(article, at, 1, frozenset(), stored=True))
        yield Ranker(site, policy, mirror.rules, query).question()
