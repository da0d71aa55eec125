"""How similar the candidates of a list are to each other, for many lists, as far as needed.

What is taken is nearly always among the best by score, so those are compared with all others
in one product per list; the few other picks follow one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from relnews.embed.cosine import cosines

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        distinct, places = np.unique(rows, return_inverse=True)
        self._weights = edition.site.lexical.weights(distinct)
        self._places = places.reshape(rows.shape)
        self._known = np.full(rows.shape, -1)
        np.put_along_axis(self._known, likely, np.arange(likely.shape[1]), axis=1)
        vectors = edition.site.vectors
        self._similarity = np.empty((*likely.shape, rows.shape[1]), np.float32)
        for number, lexical in enumerate(products(self._weights, self._places, likely)):
            own = vectors[rows[number]].astype(np.float64)
            semantic = cosines(own[likely[number]], own)
            self._similarity[number] = edition.score.similarity(lexical, semantic)

    def to(self, places: Rows) -> Values:
        """Give the hybrid cosine of one place of each list to all of that list, shape (q, m)."""
        lists = np.arange(len(places))
        known = self._known[lists, places]
        found: Values = self._similarity[lists, known]
        for number in np.flatnonzero(known < 0).tolist():
            found[number] = self.one(number, int(places[number]))
        return found

    def one(self, number: int, place: int) -> Values:
        """Give the hybrid cosine of one place of one list to all of that list, shape (m,)."""
        if self._known[number, place] >= 0:
            known: Values = self._similarity[number, self._known[number, place]]
            return known
        weights = self._weights[self._places[number]]
        own = self._edition.site.vectors[self._rows[number]].astype(np.float64)
        semantic = cosines(own, own[place : place + 1])[:, 0]
        lexical = weights @ weights[place].toarray()[0]
        return self._edition.score.similarity(lexical, semantic)


def products(weights: sp.csr_matrix, rows: Rows, picked: Rows) -> Iterator[Values]:
    """Multiply the rows of each list with some of them, over the terms that these have.

    A dense table of these terms alone stays in the cache: 20 rows at a time cost what 7 cost
    one by one. Terms that only other rows have share its first line, which is zero.

    Parameters
    ----------
    weights
        Sparse, shape (n, v).
    rows
        Shape (q, m): the rows of q lists.
    picked
        Shape (q, t): places in each list.

    Yields
    ------
    float32, shape (t, m): those of a list
    """
    left = weights[rows.ravel()]
    right = weights[np.take_along_axis(rows, picked, axis=1).ravel()]
    starts, ends = left.indptr[:: rows.shape[1]], right.indptr[:: picked.shape[1]]
    line_of = np.zeros(weights.shape[1], np.int32)
    table = np.zeros((int(np.diff(ends).max()) + 1, picked.shape[1]), np.float32)
    columns = np.repeat(np.tile(np.arange(picked.shape[1]), len(rows)), np.diff(right.indptr))
    for number in range(len(rows)):
        mine, its = slice(*starts[number : number + 2]), slice(*ends[number : number + 2])
        terms = right.indices[its]
        line_of[terms] = np.arange(1, len(terms) + 1, dtype=np.int32)
        table[line_of[terms], columns[its]] = right.data[its]
        first = number * rows.shape[1]
        bounds = left.indptr[first : first + rows.shape[1] + 1] - starts[number]
        of_list = sp.csr_matrix(
            (left.data[mine], line_of[left.indices[mine]], bounds),
            shape=(rows.shape[1], len(table)),
        )
        yield (of_list @ table).T
        table[: len(terms) + 1] = 0
        line_of[terms] = 0
