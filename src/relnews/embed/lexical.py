"""The lexical view: sublinear tf-idf cosine over a vocabulary that grows without a refit.

Only raw counts are kept, so that a word first seen today weighs what it should today: the
document frequencies run along, and weights follow from them when a query is asked. A site that
stores its lists holds the weights still from one weighing to the next, so that an article that
arrives changes the lists it enters and no others.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from relnews.embed.segment import Segment, dot, lengths
from relnews.embed.weighting import Weighing, inverse_document_frequency, sublinear

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from relnews.embed.document import Document


def stack(documents: Sequence[Document], width: int = 0) -> sp.csr_matrix:
    """Give the damped term frequencies of documents as rows, at least `width` terms wide."""
    bounds = np.cumsum([0, *(len(document.terms) for document in documents)])
    terms = np.concatenate([np.zeros(0, np.int32), *(document.terms for document in documents)])
    counts = np.concatenate([np.zeros(0, np.int32), *(document.counts for document in documents)])
    width = max(width, int(terms.max(initial=-1)) + 1)
    return sp.csr_matrix((sublinear(counts), terms, bounds), shape=(len(documents), width))


class LexicalView:
    """The documents of a corpus as a sparse matrix, searchable by cosine.

    Rows are appended in segments that are merged when they become as large as their
    neighbour (as log-structured search engines do), so that adding is cheap and a query
    touches few of them. A removed row keeps its number and its text, and stops counting.

    Attributes
    ----------
    weighing
        The counts that hold the weights still; None while these follow the running counts.
    """

    def __init__(self) -> None:
        self._segments: list[Segment] = []
        self._pending: list[Document] = []
        self._n_rows = 0
        self._n_live = 0
        self._frequencies = np.zeros(0, np.int64)
        self._idf = np.zeros(0, np.float32)
        self._norms = np.zeros(0, np.float32)
        self.weighing: Weighing | None = None
        self._stale = True

    def __len__(self) -> int:
        """Count the rows, removed ones included."""
        return self._n_rows

    def append(self, document: Document) -> None:
        """Add a document as the next row."""
        self._pending.append(document)
        self._n_rows += 1
        self._n_live += 1
        self._count(document.terms, 1)

    def remove(self, row: int) -> None:
        """Take a row out of the document frequencies."""
        self._n_live -= 1
        first_pending = self._n_rows - len(self._pending)
        waiting = row >= first_pending
        terms = self._pending[row - first_pending].terms if waiting else self._row(row)[0]
        self._count(terms, -1)

    def counts(self) -> Weighing:
        """Give the counts as they stand now."""
        return Weighing(self._frequencies.copy(), self._n_live)

    def weigh(self, weighing: Weighing | None) -> None:
        """Take weights from these counts from now on; with None, from the running ones.

        A term that was not counted weighs as one that no document has.
        """
        self.weighing = weighing
        self._norms = np.zeros(0, np.float32)
        self._stale = True

    def similarities(self, document: Document) -> npt.NDArray[np.float32]:
        """Give the cosine of a document with every row; O(postings of its terms).

        Returns
        -------
        float32, shape (n,), in [0, 1]
        """
        unit = self.document_weights(document)
        weights = unit.data * self._idf[unit.indices]
        found = [dot(part.by_term, unit.indices, weights) for part in self._segments]
        dots = np.concatenate([np.zeros(0, np.float32), *found])
        cosines = np.divide(dots, self._norms, out=np.zeros_like(dots), where=self._norms > 0)
        bounded: npt.NDArray[np.float32] = np.minimum(cosines, np.float32(1.0))
        return bounded

    def query_weights(self, document: Document) -> npt.NDArray[np.float32]:
        """Give what `similarities_of` multiplies rows with, shape (vocabulary,)."""
        unit = self.document_weights(document)
        weights = np.zeros(len(self._idf), np.float32)
        weights[unit.indices] = unit.data * self._idf[unit.indices]
        return weights

    def similarities_of(
        self, rows: npt.NDArray[np.intp], query_weights: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.float32]:
        """Give the cosine of a document with some rows, shape (len(rows),).

        Adds up in the order of `similarities`, so that both give the same bits.
        """
        dots = np.zeros(len(rows), np.float32)
        for places, part in self._parts(rows):
            dots[places] = part @ query_weights
        norms = self._norms[rows]
        cosines = np.divide(dots, norms, out=np.zeros_like(dots), where=norms > 0)
        bounded: npt.NDArray[np.float32] = np.minimum(cosines, np.float32(1.0))
        return bounded

    def similarities_to_all(self, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
        """Give the cosine of some rows with every row, shape (len(rows), n).

        Adds up in the order of `similarities`, so that both give the same bits. Row by row:
        one sparse product of all takes twice as long, as it first counts what it will hold.
        """
        asked = self.weights(rows)
        asked.data *= self._idf[asked.indices]
        found = np.empty((len(rows), self._n_rows), np.float32)
        for part in self._segments:
            ends = part.start + part.n_rows
            for place, (begin, end) in enumerate(pairwise(asked.indptr.tolist())):
                terms, weights = asked.indices[begin:end], asked.data[begin:end]
                found[place, part.start : ends] = dot(part.by_term, terms, weights)
        np.divide(found, self._norms, out=found, where=self._norms > 0)
        return np.minimum(found, np.float32(1.0), out=found)

    def document(self, row: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Give the terms and counts of a row, as they came in."""
        self._settle()
        terms, frequencies = self._row(row)
        return terms, np.rint(np.exp(frequencies - 1.0)).astype(np.int32)

    def weights(self, rows: npt.NDArray[np.intp]) -> sp.csr_matrix:
        """Give the unit-length tf-idf rows, shape (len(rows), vocabulary)."""
        self._settle()
        picked = self.term_frequencies(rows)
        picked.data *= self._idf[picked.indices]
        norms = np.repeat(self._norms[rows], np.diff(picked.indptr))
        np.divide(picked.data, norms, out=picked.data, where=norms > 0)
        return picked

    def term_frequencies(self, rows: npt.NDArray[np.intp]) -> sp.csr_matrix:
        """Give the damped term frequencies of rows, shape (len(rows), vocabulary)."""
        parts = [*self._parts(rows)]
        if not parts:
            return sp.csr_matrix((0, len(self._frequencies)), dtype=np.float32)
        if len(parts) == 1:
            return parts[0][1]
        order = np.concatenate([places for places, _ in parts])
        return sp.vstack([part for _, part in parts], format="csr")[np.argsort(order)]

    def postings(self, terms: npt.NDArray[np.int32]) -> sp.csr_matrix:
        """Give the damped frequencies of known terms in every row, shape (len(terms), n)."""
        self._settle()
        width = len(self._frequencies)
        for segment in self._segments:
            segment.by_term.resize(width, segment.n_rows)  # terms it never saw have no postings
        parts = [segment.by_term[terms] for segment in self._segments]
        if not parts:
            return sp.csr_matrix((len(terms), 0), dtype=np.float32)
        return sp.hstack(parts, format="csr")

    def document_weights(self, document: Document) -> sp.csr_matrix:
        """Give a document's unit-length tf-idf weights, shape (1, vocabulary)."""
        self._settle()
        known = document.terms < len(self._idf)
        frequencies = sublinear(document.counts)
        norm = self._norm(document.terms, frequencies)
        data = frequencies[known] * self._idf[document.terms[known]] / np.float32(norm or 1.0)
        return sp.csr_matrix(
            (data, document.terms[known], [0, len(data)]), shape=(1, len(self._idf))
        )

    def inverse_document_frequencies(self) -> npt.NDArray[np.float32]:
        """Give the idf of every term now, shape (vocabulary,)."""
        self._settle()
        return self._idf

    def document_frequencies(self) -> npt.NDArray[np.int64]:
        """Give the number of live rows that hold each term, shape (vocabulary,)."""
        return self._frequencies

    def _norm(self, terms: npt.NDArray[np.int32], frequencies: npt.NDArray[np.float32]) -> float:
        """Give a document's length; a term never seen weighs as one with frequency 0.

        Added up as the lengths of the rows are, to the last bit.
        """
        n_documents = self.weighing.n_documents if self.weighing else self._n_live
        unseen = inverse_document_frequency(np.zeros(1, np.int64), n_documents)[0]
        idf = np.full(len(terms), unseen, np.float32)
        known = terms < len(self._idf)
        idf[known] = self._idf[terms[known]]
        places, ends = np.arange(len(terms)), [0, len(terms)]
        row = sp.csr_matrix((frequencies, places, ends), shape=(1, len(terms)))
        return float(lengths(row, idf)[0])

    def _parts(
        self, rows: npt.NDArray[np.intp]
    ) -> Iterator[tuple[npt.NDArray[np.intp], sp.csr_matrix]]:
        """Yield the places of rows that lie in one segment, and their term frequencies."""
        self._settle()
        starts = np.array([segment.start for segment in self._segments])
        which = np.searchsorted(starts, rows, side="right") - 1
        for number in np.unique(which):
            segment, places = self._segments[number], np.flatnonzero(which == number)
            part = segment.by_row[rows[places] - segment.start]
            part.resize(len(places), len(self._frequencies))
            yield places, part

    def _row(self, row: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        segment = next(part for part in reversed(self._segments) if part.start <= row)
        begin, end = segment.by_row.indptr[row - segment.start : row - segment.start + 2]
        return segment.by_row.indices[begin:end], segment.by_row.data[begin:end]

    def _count(self, terms: npt.NDArray[np.int32], step: int) -> None:
        if len(terms) and terms[-1] >= len(self._frequencies):
            missing = max(int(terms[-1]) + 1, len(self._frequencies) * 5 // 4)
            self._frequencies = np.pad(self._frequencies, (0, missing - len(self._frequencies)))
        self._frequencies[terms] += step
        self._stale = True

    def _settle(self) -> None:
        """Bring segments, idf and lengths up to date; nothing to do between changes."""
        if not self._stale:
            return
        if self._pending:
            start = self._n_rows - len(self._pending)
            fresh = stack(self._pending, len(self._frequencies))
            self._segments.append(Segment(start, fresh, fresh.T.tocsr()))
            self._pending = []
            self._merge()
        self._idf = self._weights_of_terms()
        known = len(self._norms) if self.weighing else 0
        self._norms = np.concatenate([self._norms[:known], *self._norms_after(known)])
        self._stale = False

    def _weights_of_terms(self) -> npt.NDArray[np.float32]:
        weighing = self.weighing
        if weighing is None:
            return inverse_document_frequency(self._frequencies, self._n_live)
        counted = weighing.frequencies[: len(self._frequencies)]
        frequencies = np.pad(counted, (0, len(self._frequencies) - len(counted)))
        return inverse_document_frequency(frequencies, weighing.n_documents)

    def _norms_after(self, first: int) -> list[npt.NDArray[np.float32]]:
        """Give the lengths of the rows from `first` on, by segment."""
        parts = [np.zeros(0, np.float32)]
        for segment in self._segments:
            skipped = max(first - segment.start, 0)
            if skipped < segment.n_rows:
                parts.append(lengths(segment.by_row[skipped:], self._idf))
        return parts

    def _merge(self) -> None:
        while (
            len(self._segments) > 1 and self._segments[-2].n_rows <= 2 * self._segments[-1].n_rows
        ):
            last, before = self._segments.pop(), self._segments.pop()
            before.by_row.resize(before.n_rows, last.by_row.shape[1])
            rows = sp.vstack([before.by_row, last.by_row], format="csr")
            self._segments.append(Segment(before.start, rows, rows.T.tocsr()))
