"""The explicit question that retrieval and ranking answer, and what retrieval gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from relnews.embed.document import Document
    from relnews.types import PlacedBy


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """An article, at a moment.

    Attributes
    ----------
    id
        The source article's id; a draft has one too.
    at
        The moment the list is for, epoch seconds.
    row
        The source article's row, or None for a draft that is not stored.
    document, semantic
        Its two views; `semantic` is float32 of shape (d,), d = 0 without a semantic view.
    dated
        Its own date, epoch seconds; `corpus.UNDATED` when it has none.
    section, source, language
        As text; empty when unknown.
    exclude
        Ids that may not be shown, such as what is already on the page.
    """

    id: str
    at: int
    row: int | None
    document: Document
    semantic: npt.NDArray[np.float32]
    dated: int
    section: str
    source: str
    language: str
    exclude: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Rows with their scores, best first: by score, then newest, then id.

    All arrays have shape (m,) and belong together: `score[i]` is that of `rows[i]`. `total` is
    m when there are no other candidates, and more than m otherwise: then the number of them, or
    a lower bound from an index that need not look at every row (where it is m + 1 the last one
    may turn out not to exist).
    """

    rows: npt.NDArray[np.intp]
    score: npt.NDArray[np.float32]
    relevance: npt.NDArray[np.float32]
    freshness: npt.NDArray[np.float32]
    lexical: npt.NDArray[np.float32]
    semantic: npt.NDArray[np.float32]
    total: int

    def __len__(self) -> int:
        """Count the candidates."""
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Placed:
    """A row on a list, and what put it there."""

    row: int
    placed_by: PlacedBy
