"""The lexical view with documents cut to their strongest terms: quick, and almost as good.

Serves the approximate index, which scores what it finds here by the full documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from relnews.embed.segment import dot

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.embed.document import Document
    from relnews.embed.lexical import LexicalView

KEPT_TERMS = 64
_AT_ONCE = 8_192


class PrunedView:
    """An inverted file of the strongest terms of each document, weights as of its row's arrival.

    Parameters
    ----------
    lexical
        The view whose rows are cut; `extend` takes in what was appended to it.
    """

    def __init__(self, lexical: LexicalView) -> None:
        self._lexical = lexical
        self._by_term: list[sp.csr_matrix] = []
        self._n_rows = 0
        self.extend()

    def extend(self) -> None:
        """Take in the rows appended since; amortised O(their counts times log n)."""
        while self._n_rows < len(self._lexical):
            end = min(self._n_rows + _AT_ONCE, len(self._lexical))
            weights = self._lexical.weights(np.arange(self._n_rows, end))
            self._by_term.append(strongest(weights, KEPT_TERMS).T.tocsr())
            self._n_rows = end
            self._merge()

    def similarities(self, document: Document) -> npt.NDArray[np.float32]:
        """Give about the cosine of a document with every row, at most the true one, shape (n,)."""
        asked = strongest(self._lexical.document_weights(document), KEPT_TERMS)
        found = [dot(part, asked.indices, asked.data) for part in self._by_term]
        return np.concatenate([np.zeros(0, np.float32), *found])

    def _merge(self) -> None:
        """Join neighbours of like size, so that there are few parts and each row moves rarely."""
        while (
            len(self._by_term) > 1 and self._by_term[-2].shape[1] <= 2 * self._by_term[-1].shape[1]
        ):
            last, before = self._by_term.pop(), self._by_term.pop()
            before.resize(last.shape[0], before.shape[1])
            self._by_term.append(sp.hstack([before, last], format="csr"))


def strongest(weights: sp.csr_matrix, n: int) -> sp.csr_matrix:
    """Keep the n largest weights of each row."""
    rows = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
    order = np.lexsort((-weights.data, rows))
    kept = order[np.arange(len(order)) - weights.indptr[rows] < n]
    cut = (weights.data[kept], (rows[kept], weights.indices[kept]))
    return sp.csr_matrix(cut, shape=weights.shape)
