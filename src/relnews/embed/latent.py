"""The latent view: latent semantic analysis, a randomised SVD of the lexical view.

Deerwester et al. (1990), Indexing by latent semantic analysis; Halko et al. (2011) for the
randomised SVD. Dimensions are scaled by the root of their singular value (half-whitened),
which raised MRR on halves of one article from .639 to .803.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    from relnews.embed.lexical import LexicalView

DIMENSIONS = 128
MIN_ARTICLES = 1_000
"""Below this many articles a latent view adds nothing, and there is none."""

_SAMPLE = 10_000
_MIN_FREQUENCY = 5
_ITERATIONS = 2


@dataclass(frozen=True, slots=True, eq=False)
class LatentModel:
    """A projection from damped term frequencies to unit vectors.

    Attributes
    ----------
    terms
        int32, shape (m,): the terms it knows, ascending; all others are passed over.
    projection
        float16, shape (m, d): idf at the time of the fit times the scaled right singular vectors.
    """

    terms: npt.NDArray[np.int32]
    projection: npt.NDArray[np.float16]

    @property
    def dimensions(self) -> int:
        """The length of its vectors; 0 for the model of a small corpus."""
        return int(self.projection.shape[1])

    def project(self, frequencies: sp.csr_matrix) -> npt.NDArray[np.float16]:
        """Give the unit vectors of rows of damped term frequencies, shape (n, d).

        A row without any known term gets the zero vector, which is similar to nothing.
        """
        columns = frequencies[:, self.terms[self.terms < frequencies.shape[1]]]
        known = self.projection[: columns.shape[1]].astype(np.float32)
        vectors = np.asarray(columns @ known, np.float32)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        units = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
        halves: npt.NDArray[np.float16] = units.astype(np.float16)
        return halves


def empty_model() -> LatentModel:
    """Give the model of a corpus too small to have a latent view."""
    return LatentModel(np.zeros(0, np.int32), np.zeros((0, 0), np.float16))


def fit(
    view: LexicalView, rows: npt.NDArray[np.intp], generator: np.random.Generator
) -> LatentModel:
    """Fit a model on rows of the lexical view.

    Parameters
    ----------
    view
        Where the rows stand.
    rows
        The live rows; of more than 10,000 a random 10,000 are used, which costs nothing
        measurable and bounds time and memory.
    generator
        The source of randomness; the same one gives the same model.
    """
    if len(rows) < MIN_ARTICLES:
        return empty_model()
    from sklearn.utils.extmath import randomized_svd  # noqa: PLC0415  # half a second, only here

    if len(rows) > _SAMPLE:
        rows = np.sort(generator.choice(rows, _SAMPLE, replace=False))
    weights = view.weights(rows)
    frequencies = np.bincount(weights.indices, minlength=weights.shape[1])
    terms = np.flatnonzero(frequencies >= _MIN_FREQUENCY).astype(np.int32)
    columns = weights.tocsc()[:, terms].tocsr()
    dimensions = min(DIMENSIONS, min(columns.shape) - 1)
    if dimensions < 1:
        return empty_model()
    _, values, directions = randomized_svd(
        columns, dimensions, n_iter=_ITERATIONS, random_state=int(generator.integers(2**31))
    )
    strong = values > values[0] * 1e-5
    scaled = directions[strong].T * values[strong] ** -0.5
    idf = view.inverse_document_frequencies()[terms]
    projection = scaled * idf[:, None]
    halves = np.ascontiguousarray(projection / np.abs(projection).max(), np.float16)
    return LatentModel(terms, halves)
