"""How similar the candidates of a list are to each other, for many lists, as far as needed.

What is taken is nearly always among the best by score, so those are compared with all others
in one product per list; the few other picks follow one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from relnews.embed.latent import cosines

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.rank.edition import Edition

    Rows = npt.NDArray[np.intp]
    Values = npt.NDArray[np.float32]


class Crosswise:
    """The candidates of q lists, each compared with those of its own list.

    All values are those of `Pool.to`, to the last bit: the lexical sums run over the terms of
    a row in their order, however many rows are compared at a time.

    Parameters
    ----------
    edition
        Gives both views.
    rows
        intp, shape (q, m): the candidates; what stands at places that are never asked for or
        looked at does not matter, as long as it is a row.
    likely
        intp, shape (q, t): the places that will probably be asked for, each once.
    """

    def __init__(self, edition: Edition, rows: Rows, likely: Rows) -> None:
        self._edition, self._rows = edition, rows
        distinct, self._places = np.unique(rows, return_inverse=True)
        self._places = self._places.reshape(rows.shape)
        self._weights = edition.site.lexical.weights(distinct)
        self._term_places = np.zeros(self._weights.shape[1], np.int32)
        self._known = np.full(rows.shape, -1)
        np.put_along_axis(self._known, likely, np.arange(likely.shape[1]), axis=1)
        self._similarity = np.empty((*likely.shape, rows.shape[1]), np.float32)
        for number, places in enumerate(likely):
            self._similarity[number] = self._compare(number, places)

    def to(self, numbers: Rows, places: Rows) -> Values:
        """Give the hybrid cosine of one place of each of some lists to its list, shape (a, m)."""
        known = self._known[numbers, places]
        found: Values = self._similarity[numbers, known]
        for at in np.flatnonzero(known < 0).tolist():
            found[at] = self._compare(int(numbers[at]), places[at : at + 1])[0]
        return found

    def _compare(self, number: int, places: Rows) -> Values:
        """Compare some places of a list with all of it, shape (t, m)."""
        vectors = self._edition.site.vectors[self._rows[number]].astype(np.float64)
        return self._edition.score.similarity(
            self._lexical(self._weights[self._places[number]], places),
            cosines(vectors[places], vectors),
        )

    def _lexical(self, weights: sp.csr_matrix, places: Rows) -> Values:
        """Multiply rows with some of themselves, over the terms that these have.

        A dense table of these terms alone stays in the cache: 20 places at a time cost what 7
        cost one by one. Terms that only other rows have share its first line, which is zero.
        """
        picked = weights[places]
        self._term_places[picked.indices] = np.arange(1, picked.nnz + 1, dtype=np.int32)
        shape = (weights.shape[0], picked.nnz + 1)
        short = sp.csc_matrix(
            (picked.data, self._term_places[picked.indices], picked.indptr),
            shape=(shape[1], len(places)),
        )
        all_rows = sp.csr_matrix(
            (weights.data, self._term_places[weights.indices], weights.indptr), shape=shape
        )
        self._term_places[picked.indices] = 0
        products: Values = (all_rows @ short.toarray()).T
        return products
