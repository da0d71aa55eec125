"""What the semantic view makes of articles: a vector each, and how much of the text is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """Vectors of articles, row for row.

    Attributes
    ----------
    vectors
        float16, shape (n, d): unit vectors, or zero for an article without any text.
    seen
        float32, shape (n,): the share of each article's text that went into its vector, in
        [0, 1]; 1 for an article without any text.
    """

    vectors: npt.NDArray[np.float16]
    seen: npt.NDArray[np.float32]

    def row(self, number: int) -> Embedded:
        """Give what was made of one article."""
        return Embedded(self.vectors[number : number + 1], self.seen[number : number + 1])


def join(parts: Sequence[Embedded]) -> Embedded:
    """Put parts one after the other; at least one."""
    vectors = np.concatenate([part.vectors for part in parts])
    return Embedded(vectors, np.concatenate([part.seen for part in parts]))
