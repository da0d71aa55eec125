"""The part of an approximate search that looks at dates: what freshness can lift among the best."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import numpy.typing as npt

    Mask = npt.NDArray[np.bool_]
    Rows = npt.NDArray[np.intp]
    Values = npt.NDArray[np.float32]

MOST_SCORED = 4_096
"""A walk ends when so many rows were scored: a week of a site with a million."""

_FIRST_BLOCK = 512


def blocks(newest: Rows, allowed: Mask) -> Iterator[Rows]:
    """Yield the allowed rows in blocks, newest first, each taken from twice as many as the last."""
    start, size = 0, _FIRST_BLOCK
    while start < len(newest):
        rows = newest[start : start + size]
        yield rows[allowed[rows]]
        start, size = start + size, 2 * size


def lifted(  # what is walked, how it is scored, what must be beaten
    walk: Iterable[Rows],
    freshness: Callable[[Rows], Values],
    relevance: Callable[[Rows], Values],
    reach: float,
    scores: Values,
    k: int,
) -> Rows:
    """Give the rows of a walk that may be among the k best by relevance times freshness.

    The walk ends with the first block where the largest relevance possible, times the largest
    freshness of the block, beats nothing; nearly always after a few hundred rows. What it passes
    over is only what cannot win, as long as later blocks are no fresher.

    Parameters
    ----------
    walk
        Blocks of rows, newest first.
    freshness, relevance
        What rows score, each in [0, 1]; relevance is asked only where freshness leaves hope.
    reach
        No row has a larger relevance.
    scores
        Of the rows that are candidates already.
    k
        How many are wanted.
    """
    found, n_scored = [np.zeros(0, np.intp)], 0
    best = _largest(scores, k)
    for rows in walk:
        if len(rows) == 0:
            continue
        fresh = freshness(rows)
        least = best.min() if len(best) == k else 0
        hopeful = reach * fresh > least
        if not hopeful.any() or n_scored >= MOST_SCORED:
            break
        places = np.flatnonzero(hopeful)[: MOST_SCORED - n_scored]
        rows, fresh = rows[places], fresh[places]  # noqa: PLW2901  # the others are done with
        own = relevance(rows) * fresh
        better = own >= least
        found.append(rows[better])
        best = _largest(np.concatenate([best, own[better]]), k)
        n_scored += len(rows)
    return np.concatenate(found)


def _largest(values: Values, k: int) -> Values:
    return values if len(values) <= k else np.partition(values, len(values) - k)[-k:]
