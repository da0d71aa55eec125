"""Stage 6: greedy selection for relevance and diversity, for one list or for many at once.

A selector looks at scores and at the similarity of what it already took; which candidates are
allowed at a step is the ranker's business. Scores are in [0, 1]; leading axes are lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from relnews.errors import InvalidPolicy

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from relnews.protocols import Selection, Selector, Taken, Values

LISTS_AT_ONCE = 64
"""Lists that take their steps together: enough to share the cost of a call, few enough to cache."""

_NOTHING = 1e-12  # of a residual; it starts at the square of a weight, about 1


@dataclass(frozen=True, slots=True)
class Mmr:
    """Maximal marginal relevance: (1 - diversity) * score - diversity * max similarity.

    Carbonell and Goldstein (1998), The use of MMR. `diversity` is in [0, 1]; 0 sorts by score.
    """

    diversity: float = 0.1

    def __post_init__(self) -> None:
        """Refuse a diversity out of range."""
        _require_diversity(self.diversity)

    def begin(self, scores: Values) -> Selection:
        """Start lists over candidates with these scores, shape (..., m)."""
        return _MmrSelection(scores, self.diversity)


@dataclass(frozen=True, slots=True)
class Dpp:
    """Greedy MAP of a determinantal point process.

    Chen et al. (2018), Fast greedy MAP inference for determinantal point process. The kernel is
    w_i w_j sim_ij with w = exp((1 - diversity) * z) over standardised scores, so that it does
    not depend on their scale. `diversity` is in [0, 1]; 0 sorts by score.
    """

    diversity: float = 0.5

    def __post_init__(self) -> None:
        """Refuse a diversity out of range."""
        _require_diversity(self.diversity)

    def begin(self, scores: Values) -> Selection:
        """Start lists over candidates with these scores, shape (..., m)."""
        if self.diversity == 0:
            return _MmrSelection(scores, 0.0)
        return _DppSelection(scores, self.diversity)


SELECTORS: dict[str, Callable[[float], Selector]] = {"mmr": Mmr, "dpp": Dpp}
"""The names that a settings file may use."""


class _MmrSelection:
    def __init__(self, scores: Values, diversity: float) -> None:
        self._scores, self._diversity = scores, diversity
        self._similarity: Values | None = None

    def gains(self) -> Values:
        if self._similarity is None:
            return self._scores
        weight = np.float32(self._diversity)
        gains = (1 - weight) * self._scores - weight * self._similarity
        return np.asarray(gains, np.float32)

    def take(self, taken: Taken, similarity: Values) -> None:  # noqa: ARG002
        if self._similarity is None:
            self._similarity = similarity.astype(np.float32)
        else:
            self._similarity = np.maximum(self._similarity, similarity)


class _DppSelection:
    """The incremental Cholesky factor of the kernel of what was taken, in float64."""

    def __init__(self, scores: Values, diversity: float) -> None:
        deviations = scores - scores.mean(axis=-1, keepdims=True)
        spread = scores.std(axis=-1, keepdims=True)
        zeros = np.zeros_like(scores)
        standardised = np.divide(deviations, spread, out=zeros, where=spread > 0)
        self._weights = np.asarray(np.exp((1 - diversity) * standardised), np.float32)
        self._residual = np.asarray(self._weights**2, np.float32)
        self._factor: list[npt.NDArray[np.float64]] = []
        self._lists = np.indices(scores.shape[:-1], sparse=True)

    def gains(self) -> Values:
        return self._residual

    def take(self, taken: Taken, similarity: Values) -> None:
        at = (*self._lists, taken, None)
        kernel = (self._weights * similarity * self._weights[at]).astype(np.float64)
        for column in self._factor:
            kernel -= column * column[at]
        pivot = self._residual[at].astype(np.float64)
        # What adds nothing to what was taken, such as a copy of it, changes nothing: its kernel is
        # rounding, which a root near 0 would blow up.
        column = kernel / np.where(pivot < _NOTHING, np.inf, np.sqrt(pivot))
        self._factor.append(column)
        self._residual = np.asarray(np.maximum(self._residual - column**2, 0), np.float32)


def select(selector: Selector, scores: Values, similarity: Values, k: int) -> npt.NDArray[np.intp]:
    """Pick k of m candidates, without rules: the bare selection, O(k m).

    Parameters
    ----------
    selector
        Such as ``Mmr(diversity=0.3)``.
    scores
        Shape (m,), larger is better; ties go to the earlier candidate.
    similarity
        Shape (m, m).
    k
        How many; at most m are picked.

    Returns
    -------
    intp, shape (min(k, m),), in the order picked

    Examples
    --------
    The second candidate is nearly the first; with some diversity the third goes before it.

    >>> import numpy as np
    >>> similarity = np.array([[1, 0.9, 0.1], [0.9, 1, 0.1], [0.1, 0.1, 1]], np.float32)
    >>> scores = np.array([1, 0.9, 0.8], np.float32)
    >>> select(Mmr(0.0), scores, similarity, 2).tolist()
    [0, 1]
    >>> select(Mmr(0.3), scores, similarity, 2).tolist()
    [0, 2]
    """
    return _pick(selector, scores, k, lambda taken: similarity[taken])


def select_many(
    selector: Selector, scores: Values, vectors: Values, k: int
) -> npt.NDArray[np.intp]:
    """Pick k of m candidates for each of q lists, as `select` does with all cosines of a list.

    Only what was taken is compared: O(k m d) a list. A cosine below 0 counts as it is.

    Parameters
    ----------
    selector
        Such as ``Mmr(diversity=0.3)``; it sees the scores of many lists at once.
    scores
        Shape (q, m), larger is better; ties go to the earlier candidate.
    vectors
        Shape (q, m, d), of unit length. Candidates with the same vector are equally similar to
        every other, to the last bit, so that their ties are ties.
    k
        How many; at most m are picked.

    Returns
    -------
    intp, shape (q, min(k, m)), in the order picked

    Examples
    --------
    >>> import numpy as np
    >>> vectors = np.array([[[1, 0], [1, 0], [0, 1]], [[1, 0], [0, 1], [1, 0]]], np.float32)
    >>> scores = np.array([[1, 0.9, 0.8], [1, 0.9, 0.8]], np.float32)
    >>> select_many(Mmr(0.3), scores, vectors, 2).tolist()
    [[0, 2], [0, 1]]
    """
    picked = np.empty((len(scores), min(k, scores.shape[-1])), np.intp)
    for start in range(0, len(scores), LISTS_AT_ONCE):
        lists = slice(start, start + LISTS_AT_ONCE)
        picked[lists] = _pick(selector, scores[lists], k, partial(_cosines, vectors[lists]))
    return picked


def _pick(
    selector: Selector, scores: Values, k: int, similarity_to: Callable[[Taken], Values]
) -> npt.NDArray[np.intp]:
    """Pick for the lists of the leading axes; `similarity_to` compares what was taken to all."""
    picked = np.empty((*scores.shape[:-1], min(k, scores.shape[-1])), np.intp)
    open_ = np.ones(scores.shape, bool)
    lists = np.indices(scores.shape[:-1], sparse=True)
    selection = selector.begin(scores)
    for place in range(picked.shape[-1]):
        best = np.argmax(np.where(open_, selection.gains(), -np.inf), axis=-1)
        open_[(*lists, best)] = False
        picked[..., place] = best
        if place + 1 < picked.shape[-1]:
            selection.take(best, similarity_to(best))
    return picked


def _cosines(vectors: Values, taken: Taken) -> Values:
    """Give the cosine of the one taken of each list to all of it, (q, m, d) and (q,) to (q, m).

    Each is a dot product of its own. A product of matrix and vector takes a tenth less, but sums
    some rows in another order: then candidates with the same vector are no longer tied.
    """
    chosen = vectors[np.arange(len(vectors)), taken]
    cosines: Values = vectors[:, :, None, :] @ chosen[:, None, :, None]
    return cosines[..., 0, 0]


def _require_diversity(value: object) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        msg = f"diversity must be in [0, 1], got {value!r}"
        raise InvalidPolicy(msg)
