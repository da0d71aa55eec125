"""The semantic view of a site: what turns articles into vectors.

Either the latent model, fitted on the site's own articles, or a pretrained encoder, of which the
store keeps no more than what names it and where it was found.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from relnews.embed.latent import LatentModel, empty_model
from relnews.embed.sentence.settings import ANY_LANGUAGE, SentenceSettings
from relnews.errors import InvalidModel, StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from relnews.protocols import ArticleEncoder
    from relnews.store.records import StoredModel


@dataclass(frozen=True, slots=True, eq=False)
class SemanticModel:
    """What gives vectors, and the name that they carry in the store.

    Attributes
    ----------
    config
        What decides the vectors, as it is stored.
    latent
        The model fitted here; of 0 dimensions where an encoder gives the vectors, and below
        1,000 articles.
    encoder
        By which settings the encoder is found again; None for the latent view.
    fingerprint
        Names config and bytes in the store; empty before anything was stored.
    """

    config: Mapping[str, Any] = field(default_factory=dict)
    latent: LatentModel = field(default_factory=empty_model)
    encoder: SentenceSettings | None = None
    fingerprint: str = ""

    @property
    def dimensions(self) -> int:
        """The length of a vector; 0 without a semantic view."""
        return self.latent.dimensions if self.encoder is None else int(self.config["dimensions"])

    @property
    def languages(self) -> frozenset[str]:
        """The languages that it compares with each other; empty: each only with itself."""
        named = frozenset(() if self.encoder is None else self.encoder.languages)
        return named if len(named) > 1 or ANY_LANGUAGE in named else frozenset()

    def to_bytes(self) -> bytes:
        """Give its arrays as safetensors, which takes buffers as they lie."""
        arrays = {"terms": self.latent.terms, "projection": self.latent.projection}
        return save({name: np.ascontiguousarray(array) for name, array in arrays.items()})

    @classmethod
    def of(cls, stored: StoredModel) -> SemanticModel:
        """Read a stored model; `StoreError` when its parts are not those of one."""
        try:
            arrays = load(stored.arrays)
            latent = LatentModel(arrays["terms"], arrays["projection"])
            _require_fit(latent)
            settings = None if stored.encoder is None else _settings(stored.encoder)
            model = cls(stored.config, latent, settings, stored.fingerprint)
            _require_length(model)
        except (SafetensorError, KeyError, ValueError, TypeError, InvalidModel) as error:
            name = stored.fingerprint
            msg = f"the stored text model {name} is damaged ({error}); run check --repair"
            raise StoreError(msg) from error
        return model


def _require_fit(latent: LatentModel) -> None:
    """Refuse parts that do not belong together."""
    if latent.projection.ndim != 2 or latent.terms.shape != latent.projection.shape[:1]:  # noqa: PLR2004  # (m, d)
        msg = f"{latent.terms.shape} terms and a projection of {latent.projection.shape}"
        raise ValueError(msg)


def _require_length(model: SemanticModel) -> None:
    if model.encoder is not None and model.dimensions < 1:
        msg = f"vectors of {model.dimensions} dimensions"
        raise ValueError(msg)


def _settings(encoder: Mapping[str, Any]) -> SentenceSettings:
    return SentenceSettings(**{**encoder, "languages": tuple(encoder["languages"])})


def latent_view(latent: LatentModel, n_articles: int) -> SemanticModel:
    """Give the view of a latent model that was fitted on so many articles."""
    config = {
        "kind": "lsa",
        "dimensions": latent.dimensions,
        "terms": len(latent.terms),
        "articles": n_articles,
    }
    return SemanticModel(config, latent)


def encoder_view(encoder: ArticleEncoder) -> SemanticModel:
    """Give the view of a pretrained encoder; a folder is remembered by its whole path."""
    settings = encoder.settings
    if Path(settings.name).is_dir():
        settings = replace(settings, name=str(Path(settings.name).resolve()))
    config = {**encoder.config, "kind": "sentence", "dimensions": encoder.dimensions}
    return SemanticModel(config, encoder=settings)


def stored_settings(settings: SentenceSettings) -> dict[str, Any]:
    """Give settings as JSON holds them."""
    return {**asdict(settings), "languages": list(settings.languages)}
