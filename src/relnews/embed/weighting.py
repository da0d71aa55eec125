"""What a term weighs: sublinear tf and smooth idf, and the counts these are taken from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt


def sublinear(counts: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
    """Give 1 + ln(count), the damped term frequency (Manning et al., IR, section 6.4.1)."""
    return np.asarray(1.0 + np.log(counts), np.float32)


def inverse_document_frequency(
    frequencies: npt.NDArray[np.int64], n_documents: int
) -> npt.NDArray[np.float32]:
    """Give ln((1 + n) / (1 + df)) + 1, the smooth idf of scikit-learn's `TfidfTransformer`."""
    return np.asarray(np.log((1.0 + n_documents) / (1.0 + frequencies)) + 1.0, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Weighing:
    """The counts that weights are taken from.

    Attributes
    ----------
    frequencies
        int64, shape (v,): the number of documents with each term; terms beyond have none.
    n_documents
        How many documents were counted.
    """

    frequencies: npt.NDArray[np.int64]
    n_documents: int
