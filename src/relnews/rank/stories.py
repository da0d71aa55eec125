"""Stage 4: duplicate, same story, background: three relations, three policies.

Near-duplicates are found by their word 5-shingles, not by cosine: containment of at least half
gave F1 .999 on trimmed, localised, merged and reordered copies. A live blog contains every
piece of its day, so a minimum Jaccard index is asked for too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.policy import Policy

MIN_CONTAINMENT = 0.5
MIN_JACCARD = 0.1
MIN_COPY_COSINE = 0.4
"""Copies share words, so pairs less similar than this need no look at their shingles."""

_SECONDS_PER_DAY = 86_400.0


def is_copy(first: npt.NDArray[np.uint32], second: npt.NDArray[np.uint32]) -> bool:
    """Tell whether two texts are near-duplicates, by their shingles (sorted, distinct).

    Broder (1997), On the resemblance and containment of documents.
    """
    smaller = min(len(first), len(second))
    if smaller == 0:
        return False
    if max(len(first), len(second)) * MIN_JACCARD > smaller:
        return False
    both = np.concatenate([first, second])
    both.sort()
    shared = int(np.count_nonzero(both[1:] == both[:-1]))
    union = len(first) + len(second) - shared
    return shared >= MIN_CONTAINMENT * smaller and shared >= MIN_JACCARD * union


def same_story(
    similarity: npt.NDArray[np.float32],
    dates: npt.NDArray[np.int64],
    date: int | npt.NDArray[np.int64],
    policy: Policy,
) -> npt.NDArray[np.bool_]:
    """Tell which articles belong to the story of another one.

    Parameters
    ----------
    similarity
        Shape (m,): hybrid cosine to the other article.
    dates, date
        Epoch seconds, shape (m,), and the other article's; all shapes are broadcast.
    policy
        Gives `story_similarity` and `story_days`.
    """
    near = np.abs(dates - date) <= policy.story_days * _SECONDS_PER_DAY
    same: npt.NDArray[np.bool_] = (similarity >= policy.story_similarity) & near
    return same


def same_event(
    similarity: npt.NDArray[np.float32],
    dates: npt.NDArray[np.int64],
    date: int | npt.NDArray[np.int64],
    policy: Policy,
) -> npt.NDArray[np.bool_]:
    """Tell which articles report the very event: same story, within `agency_hours`."""
    near = np.abs(dates - date) <= policy.agency_hours * 3600.0
    same: npt.NDArray[np.bool_] = (similarity >= policy.story_similarity) & near
    return same


def later_first(
    scores: npt.NDArray[np.float32],
    in_story: npt.NDArray[np.bool_],
    dates: npt.NDArray[np.int64],
    date: int,
) -> npt.NDArray[np.float32]:
    """Let what happened after the source article lead its story, newest first.

    The scores of the story's articles are dealt out anew among them: the best to the newest
    later development, and so on; the earlier ones share the rest in their own order.

    Returns
    -------
    float32, shape (m,): the scores to select by
    """
    members = np.flatnonzero(in_story)
    later = dates[members] > date
    if not later.any():
        return scores
    order = np.lexsort((-scores[members], np.where(later, -dates[members], 0), ~later))
    dealt = scores.copy()
    dealt[members[order]] = np.sort(scores[members])[::-1]
    return dealt
