"""The semantic view: saved and loaded unchanged, refused when damaged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load, save

from encoders import SkimmingEncoder
from relnews.embed.latent import LatentModel
from relnews.embed.sentence.settings import SentenceSettings
from relnews.errors import StoreError
from relnews.semantic import SemanticModel, encoder_view, latent_view, stored_settings
from relnews.store import StoredModel

if TYPE_CHECKING:
    from pathlib import Path


def a_latent(n_terms: int = 5, dimensions: int = 3, seed: int = 0) -> LatentModel:
    projection = np.random.default_rng(seed).normal(size=(n_terms, dimensions))
    return LatentModel(np.arange(n_terms, dtype=np.int32), projection.astype(np.float16))


def stored(model: SemanticModel) -> StoredModel:
    encoder = None if model.encoder is None else stored_settings(model.encoder)
    return StoredModel("f00d", dict(model.config), model.to_bytes(), encoder)


@given(st.integers(0, 9), st.integers(0, 5), st.integers(0, 2**32 - 1))
def test_any_latent_view_survives_saving_and_loading(
    n_terms: int, dimensions: int, seed: int
) -> None:
    model = latent_view(a_latent(n_terms, dimensions, seed), 40)
    read = SemanticModel.of(stored(model))
    np.testing.assert_array_equal(read.latent.terms, model.latent.terms)
    np.testing.assert_array_equal(read.latent.projection, model.latent.projection)
    assert (read.fingerprint, read.dimensions, read.encoder) == ("f00d", dimensions, None)
    assert read.config == {
        "kind": "lsa",
        "dimensions": dimensions,
        "terms": n_terms,
        "articles": 40,
    }


def test_the_view_of_an_encoder_keeps_its_settings_and_no_weights() -> None:
    encoder = SkimmingEncoder(SentenceSettings(name="letters", languages=("de", "en")))
    model = SemanticModel.of(stored(encoder_view(encoder)))
    assert model.encoder == encoder.settings
    assert (model.dimensions, model.latent.dimensions) == (encoder.dimensions, 0)
    assert model.languages == {"de", "en"}


@pytest.mark.parametrize(
    ("named", "compared"), [((), set()), (("de",), set()), (("*",), {"*"}), (("de", "en"), None)]
)
def test_a_model_of_one_language_compares_none_with_another(
    named: tuple[str, ...], compared: set[str] | None
) -> None:
    view = encoder_view(SkimmingEncoder(SentenceSettings(name="letters", languages=named)))
    assert view.languages == (set(named) if compared is None else compared)
    assert SemanticModel().languages == set()


def test_a_folder_is_remembered_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model").mkdir()
    monkeypatch.chdir(tmp_path)
    view = encoder_view(SkimmingEncoder(SentenceSettings(name="model")))
    assert view.encoder is not None
    assert view.encoder.name == str(tmp_path / "model")


def test_the_empty_view_has_no_dimensions() -> None:
    assert (SemanticModel().dimensions, SemanticModel().fingerprint) == (0, "")


@given(st.binary(max_size=200))
def test_bytes_of_something_else_are_refused(data: bytes) -> None:
    with pytest.raises(StoreError, match=r"f00d is damaged .*; run check --repair"):
        SemanticModel.of(StoredModel("f00d", {}, data))


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("terms", np.arange(3, dtype=np.int32)),
        ("projection", np.zeros(7, np.float16)),
        ("terms", None),
        ("projection", None),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(name: str, part: Any) -> None:
    whole = stored(latent_view(a_latent(), 1))
    parts = load(whole.arrays)
    del parts[name]
    data = save(parts if part is None else parts | {name: part})
    with pytest.raises(StoreError, match="damaged"):
        SemanticModel.of(replace(whole, arrays=data))


@pytest.mark.parametrize(
    "encoder",
    [{}, {"name": "x"}, {"name": "", "languages": []}, {"name": "x", "languages": [], "code": 1}],
)
def test_settings_that_are_not_those_of_a_model_are_refused(encoder: dict[str, object]) -> None:
    whole = stored(encoder_view(SkimmingEncoder(SentenceSettings(name="letters"))))
    with pytest.raises(StoreError, match="damaged"):
        SemanticModel.of(replace(whole, encoder=encoder))


@pytest.mark.parametrize("config", [{}, {"dimensions": 0}, {"dimensions": None}])
def test_an_encoder_without_dimensions_is_refused(config: dict[str, object]) -> None:
    whole = stored(encoder_view(SkimmingEncoder(SentenceSettings(name="letters"))))
    with pytest.raises(StoreError, match="damaged"):
        SemanticModel.of(replace(whole, config=config))
