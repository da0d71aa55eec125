"""The fitted part of a site: the latent model and the calibration, saved without pickle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from relnews.embed.latent import LatentModel, empty_model, fit
from relnews.errors import StoreError
from relnews.rank.relevance import MIN_PAIRS, Calibration

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.embed.lexical import LexicalView

_PAIRS = 4096
_ROWS_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, eq=False)
class TextModel:
    """What is learnt from a corpus, and refitted as it grows.

    Attributes
    ----------
    latent
        The latent view; of 0 dimensions below 1,000 articles.
    calibration
        The similarity of random pairs.
    n_articles
        How many articles it was fitted on.
    fingerprint
        Names its settings and bytes in the store; empty before anything was fitted.
    """

    latent: LatentModel
    calibration: Calibration
    n_articles: int = 0
    fingerprint: str = ""

    def config(self) -> dict[str, Any]:
        """Give its settings, as they are stored beside its arrays."""
        return {
            "kind": "lsa",
            "dimensions": self.latent.dimensions,
            "terms": len(self.latent.terms),
            "articles": self.n_articles,
        }

    def to_bytes(self) -> bytes:
        """Give its arrays as safetensors."""
        return save(
            {
                name: np.ascontiguousarray(array)  # safetensors writes buffers as they lie
                for name, array in (
                    ("terms", self.latent.terms),
                    ("projection", self.latent.projection),
                    ("random_lexical", self.calibration.lexical),
                    ("random_latent", self.calibration.latent),
                )
            }
        )

    @classmethod
    def read(cls, fingerprint: str, config: dict[str, Any], data: bytes) -> TextModel:
        """Read a stored model; `StoreError` when its parts are not those of one."""
        try:
            arrays = load(data)
            latent = LatentModel(arrays["terms"], arrays["projection"])
            calibration = Calibration(arrays["random_lexical"], arrays["random_latent"])
            _require_fit(latent, calibration)
            return cls(latent, calibration, int(config["articles"]), fingerprint)
        except (SafetensorError, KeyError, ValueError, TypeError) as error:
            msg = f"the stored text model {fingerprint} is damaged ({error}); run check --repair"
            raise StoreError(msg) from error


def _require_fit(latent: LatentModel, calibration: Calibration) -> None:
    """Refuse parts that do not belong together."""
    if latent.projection.ndim != 2 or latent.terms.shape != latent.projection.shape[:1]:  # noqa: PLR2004  # (m, d)
        msg = f"{latent.terms.shape} terms and a projection of {latent.projection.shape}"
        raise ValueError(msg)
    if calibration.lexical.ndim != 1 or calibration.lexical.shape != calibration.latent.shape:
        msg = f"random pairs of {calibration.lexical.shape} and {calibration.latent.shape}"
        raise ValueError(msg)


def unfitted() -> TextModel:
    """Give the model of an empty store."""
    nothing = np.zeros(0, np.float32)
    return TextModel(empty_model(), Calibration(nothing, nothing))


def fit_model(
    view: LexicalView, rows: npt.NDArray[np.intp], generator: np.random.Generator
) -> tuple[TextModel, npt.NDArray[np.float16]]:
    """Fit both parts on live rows.

    Returns
    -------
    TextModel
        Without a fingerprint; the store gives it one.
    float16, shape (len(rows), d)
        The latent vectors of the rows.
    """
    latent = fit(view, rows, generator)
    vectors = project(latent, view, rows)
    first, second = _random_pairs(len(rows), generator)
    products = view.weights(rows[first]).multiply(view.weights(rows[second]))
    lexical = np.asarray(products.sum(axis=1), np.float32).ravel()
    both = vectors[first].astype(np.float32) * vectors[second].astype(np.float32)
    return TextModel(latent, Calibration(lexical, both.sum(axis=1)), len(rows)), vectors


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
    """Draw pairs of two different places below n; none when n has too few to say anything."""
    n_pairs = _PAIRS if n * (n - 1) // 2 >= MIN_PAIRS else 0
    first = generator.integers(0, max(n, 1), n_pairs)
    second = (first + generator.integers(1, max(n, 2), n_pairs)) % max(n, 1)
    return first, second
