"""Similarity pools: the most similar articles of each article, of all times.

Similarity does not depend on the moment, so pools survive the passing of time, changes of policy
and of rules. What a pool leaves out is at most as similar as its reach: that is a certificate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(slots=True, eq=False)
class Pools:
    """The m most similar points of each of n points, itself left out.

    Attributes
    ----------
    rows
        int32, shape (n, m): the points in no order; -1 where there are fewer than m others.
    similarity
        float32, shape (n, m): of the same places; -inf where there is no point.
    reach
        float32, shape (n,): every point outside a pool has at most this similarity; -inf where
        nothing is outside.
    exact
        False when an approximate join made them: then the reach is likely, not certain.
    """

    rows: npt.NDArray[np.int32]
    similarity: npt.NDArray[np.float32]
    reach: npt.NDArray[np.float32]
    exact: bool = True
