"""Peers on words: BM25 and tf-idf, over the library's tokens or over their own."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from contestants.material import K, best_first, top
from contestants.process import own_peak_bytes

if TYPE_CHECKING:
    import numpy.typing as npt

    from contestants.material import Asked, Material, Rows


class _InMemory:
    """What has nothing but its own process."""

    def peak_bytes(self) -> int:
        """Give the peak of this process."""
        return own_peak_bytes()

    def close(self) -> None:
        """Nothing is left behind."""


class Bm25s(_InMemory):
    """bm25s with its defaults on the library's tokens; a query has each distinct term once."""

    def __init__(self, material: Material) -> None:
        import bm25s  # noqa: PLC0415  # a peer that may be missing

        counts = material.counts()
        bounds = counts.indptr
        self._terms = [counts.indices[begin:end] for begin, end in pairwise(bounds)]
        tokens = np.repeat(counts.indices, counts.data)
        ends = np.concatenate([[0], np.cumsum(counts.data)])[bounds]
        documents = [tokens[begin:end].tolist() for begin, end in pairwise(ends)]
        vocabulary = {str(term): term for term in range(counts.shape[1])}
        self._index = bm25s.BM25()
        self._index.index((documents, vocabulary), show_progress=False)

    def one(self, row: int) -> object:
        """Retrieve eleven, of which one is the row itself."""
        return self.many(np.array([row]))

    def many(self, rows: Rows) -> object:
        """Retrieve eleven each; it has no quicker way on one core."""
        queries = [self._terms[row].tolist() for row in rows]
        return self._index.retrieve(queries, k=K + 1, show_progress=False)

    def ranking(self, asked: Asked) -> Rows:
        """Sort by score."""
        scores: npt.NDArray[np.float32] = self._index.get_scores(asked.weights.indices.tolist())
        return best_first(scores)


class ScikitLearn(_InMemory):
    """`TfidfVectorizer` as it comes: `linear_kernel` for one, brute `NearestNeighbors` for many."""

    def __init__(self, material: Material) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415  # slow
        from sklearn.metrics.pairwise import linear_kernel  # noqa: PLC0415  # slow
        from sklearn.neighbors import NearestNeighbors  # noqa: PLC0415  # slow

        self._vectorizer, self._kernel = TfidfVectorizer(), linear_kernel
        texts = ["\n".join(text) for text in material.texts()]
        self._rows = self._vectorizer.fit_transform(texts)
        self._neighbours = NearestNeighbors(metric="cosine", algorithm="brute").fit(self._rows)

    def one(self, row: int) -> object:
        """Multiply a row with all others."""
        return top(self._kernel(self._rows[row : row + 1], self._rows)[0], row)

    def many(self, rows: Rows) -> object:
        """Find eleven neighbours each."""
        return self._neighbours.kneighbors(self._rows[rows], n_neighbors=K + 1)

    def ranking(self, asked: Asked) -> Rows:
        """Sort by cosine."""
        article = asked.article
        query = self._vectorizer.transform([f"{article.headline}\n{article.body}"])
        return best_first(self._kernel(query, self._rows)[0])


class SparseDotTopN(_InMemory):
    """The bare product of the library's tf-idf rows with themselves, the top hundred of each."""

    def __init__(self, material: Material) -> None:
        from sparse_dot_topn import sp_matmul_topn  # noqa: PLC0415  # a peer that may be missing

        self._product = sp_matmul_topn
        self._rows = material.weights()
        self._columns = self._rows.T.tocsr()

    def one(self, row: int) -> object:
        """Multiply a row with all others."""
        return self.many(np.array([row]))

    def many(self, rows: Rows) -> object:
        """Multiply rows with all others."""
        return self._product(self._rows[rows], self._columns, top_n=100, sort=True, n_threads=1)

    def ranking(self, asked: Asked) -> Rows:
        """Sort by cosine."""
        return best_first((asked.weights @ self._columns).toarray()[0])
