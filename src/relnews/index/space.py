"""Articles as points with a similarity: what pools are built over, one view or both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    Values = npt.NDArray[np.float32]


class Space(Protocol):
    """n points and the similarity of any two; symmetric, at most 1, larger is closer."""

    def __len__(self) -> int:
        """Count the points."""
        ...

    def block(self, left: slice, right: slice) -> Values:
        """Give the similarity of every left point with every right one, shape (l, r)."""
        ...


class DenseSpace:
    """Unit vectors and their cosine.

    Parameters
    ----------
    vectors
        float32, shape (n, d), unit length or zero.
    """

    def __init__(self, vectors: Values) -> None:
        self.vectors = vectors

    def __len__(self) -> int:
        """Count the points."""
        return len(self.vectors)

    def block(self, left: slice, right: slice) -> Values:
        """Give the cosine of every left point with every right one, shape (l, r)."""
        products: Values = self.vectors[left] @ self.vectors[right].T
        return products


class HybridSpace:
    """Both views of articles and the hybrid cosine: (1 - w) lexical + w max(latent, 0).

    Parameters
    ----------
    weights
        Unit-length tf-idf rows, float32, shape (n, v).
    vectors
        float32, shape (n, d), unit length or zero; d = 0 without a latent view.
    semantic_weight
        In [0, 1]; ignored without a latent view.
    """

    def __init__(self, weights: sp.csr_matrix, vectors: Values, semantic_weight: float) -> None:
        self.weights, self.vectors = weights, vectors
        self.semantic_weight = np.float32(semantic_weight if vectors.shape[1] else 0.0)

    def __len__(self) -> int:
        """Count the points."""
        return len(self.vectors)

    def block(self, left: slice, right: slice) -> Values:
        """Give the hybrid cosine of every left point with every right one, shape (l, r)."""
        mixed: Values = (self.weights[left] @ self.weights[right].T).toarray()
        if self.semantic_weight:
            mixed *= 1 - self.semantic_weight
            latent = self.vectors[left] @ self.vectors[right].T
            mixed += self.semantic_weight * np.maximum(latent, 0)
        return mixed
