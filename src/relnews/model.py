"""What is learnt of a site, and anew as it grows: the semantic view and the calibration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from relnews.errors import StoreError
from relnews.rank.relevance import MIN_PAIRS, Calibration
from relnews.semantic import SemanticModel
from relnews.semantic_weight import N_ARTICLES, measure_weight

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.embed.latent import LatentModel
    from relnews.embed.lexical import LexicalView

_PAIRS = 4096
_ROWS_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, eq=False)
class TextModel:
    """What is learnt from a corpus.

    Attributes
    ----------
    semantic
        What gives vectors.
    calibration
        The similarity of random pairs, and how much of the semantic view is mixed in.
    n_articles
        How many articles it was learnt from.
    """

    semantic: SemanticModel
    calibration: Calibration
    n_articles: int = 0


def unfitted() -> TextModel:
    """Give the model of an empty store."""
    nothing = np.zeros(0, np.float32)
    return TextModel(SemanticModel(), Calibration(nothing, nothing))


def calibration_bytes(calibration: Calibration) -> bytes:
    """Give its arrays as safetensors."""
    pairs = {"lexical": calibration.lexical, "semantic": calibration.semantic}
    return save({name: np.ascontiguousarray(values) for name, values in pairs.items()})


def read_calibration(data: bytes, semantic_weight: float) -> Calibration:
    """Read a stored calibration; `StoreError` when its parts are not those of one."""
    try:
        arrays = load(data)
        found = Calibration(arrays["lexical"], arrays["semantic"], semantic_weight)
        _require_fit(found)
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        msg = f"the stored calibration is damaged ({error}); run check --repair"
        raise StoreError(msg) from error
    return found


def _require_fit(found: Calibration) -> None:
    """Refuse parts that do not belong together."""
    if found.lexical.ndim != 1 or found.lexical.shape != found.semantic.shape:
        msg = f"random pairs of {found.lexical.shape} and {found.semantic.shape}"
        raise ValueError(msg)
    if not 0 <= found.semantic_weight <= 1:
        msg = f"a semantic weight of {found.semantic_weight}"
        raise ValueError(msg)


def calibrate(
    view: LexicalView,
    rows: npt.NDArray[np.intp],
    vectors: npt.NDArray[np.float16],
    weight: float | None,
    generator: np.random.Generator,
) -> Calibration:
    """Measure what the two views of live rows are worth.

    Parameters
    ----------
    view, rows
        Where the rows stand, and which.
    vectors
        Of the rows, shape (len(rows), d).
    weight
        The semantic weight, where it is known; None: it is measured (`relnews.semantic_weight`).
    generator
        The source of randomness; the same one gives the same pairs.
    """
    first, second = _random_pairs(len(rows), generator)
    products = view.weights(rows[first]).multiply(view.weights(rows[second]))
    lexical = np.asarray(products.sum(axis=1), np.float32).ravel()
    both = vectors[first].astype(np.float32) * vectors[second].astype(np.float32)
    if weight is None:
        weight = _measured(view, rows, vectors, generator)
    return Calibration(lexical, both.sum(axis=1), weight)


def _measured(
    view: LexicalView,
    rows: npt.NDArray[np.intp],
    vectors: npt.NDArray[np.float16],
    generator: np.random.Generator,
) -> float:
    """Measure the semantic weight on some of the rows."""
    some = generator.choice(len(rows), min(N_ARTICLES, len(rows)), replace=False)
    return measure_weight(view.weights(rows[some]), vectors[some], generator)


def project(
    latent: LatentModel, view: LexicalView, rows: npt.NDArray[np.intp]
) -> npt.NDArray[np.float16]:
    """Give the latent vectors of rows, a few thousand at a time to bound memory."""
    blocks = [rows[start : start + _ROWS_AT_ONCE] for start in range(0, len(rows), _ROWS_AT_ONCE)]
    parts = [latent.project(view.term_frequencies(block)) for block in blocks]
    return np.concatenate([np.zeros((0, latent.dimensions), np.float16), *parts])


def _random_pairs(
    n: int, generator: np.random.Generator
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Draw pairs of two different places below n, no more of them than there are of a handful."""
    possible = n * (n - 1) // 2
    n_pairs = _PAIRS if possible >= MIN_PAIRS else possible
    first = generator.integers(0, max(n, 1), n_pairs)
    second = (first + generator.integers(1, max(n, 2), n_pairs)) % max(n, 1)
    return first, second
