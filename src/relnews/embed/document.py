"""What the text stage leaves of an article: the numbers that every later stage works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """An article as counts and shingles.

    Attributes
    ----------
    terms
        int32, shape (u,): the ids of its distinct terms, ascending.
    counts
        int32, shape (u,): how often each occurs, field weights included; at least 1.
    shingles
        uint32, shape (s,): the hashes of its distinct word 5-shingles, ascending.
    """

    terms: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int32]
    shingles: npt.NDArray[np.uint32]
