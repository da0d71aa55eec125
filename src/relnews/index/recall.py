"""What an approximate index finds of what the exact one finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from relnews.protocols import Index, Score
    from relnews.query import Query

LEAST_RECALL = 0.95
"""Below this mean recall@10, lists differ too often for an index to be worth its speed."""


class Question(NamedTuple):
    """What an index is asked; `eligible` is bool, shape (n,)."""

    query: Query
    score: Score
    eligible: npt.NDArray[np.bool_]


def recall(
    approximate: Index, exact: Index, questions: Iterable[Question], k: int = 10
) -> npt.NDArray[np.float64]:
    """Give the share of the exact k best that is found, per question; larger is better.

    Returns
    -------
    float64, shape (q,), in [0, 1]
        1 for a question without any candidate: nothing can be missed.
    """
    shares = []
    for query, score, eligible in questions:
        true = exact.search(query, score, eligible, k).rows
        found = approximate.search(query, score, eligible, k).rows
        shares.append(np.isin(true, found).mean() if len(true) else 1.0)
    return np.array(shares, np.float64)
