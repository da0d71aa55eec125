"""The model that training begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import tiny_models
from relnews.errors import InvalidModel, RelnewsError
from relnews.train.start import STATIC, is_static, open_base, settings_of

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = ["the bridge and the river", "a storm in the harbour", "the trial in court"]


def never() -> list[str]:
    pytest.fail("articles are read for a model that does not need them")


@pytest.mark.parametrize("name", STATIC)
def test_static_models_are_made_on_the_spot(name: str) -> None:
    assert is_static(open_base(settings_of(name), lambda: TEXTS, 0, "cpu"))


def test_a_folder_is_loaded(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tiny_models.transformer(tmp_path / "tiny")
    model = open_base(settings_of(str(folder)), never, 0, "cpu")
    assert not is_static(model)
    assert capfd.readouterr() == ("", "")
    assert model.encode(TEXTS).shape == (3, 32)


@pytest.mark.parametrize("bare", [False, True])
def test_a_model2vec_folder_is_loaded(tmp_path: Path, bare: bool) -> None:  # noqa: FBT001  # a case
    folder = tiny_models.static(tmp_path / "tiny")
    if bare:
        (folder / "modules.json").unlink()
    model = open_base(settings_of(str(folder)), never, 0, "cpu")
    assert is_static(model)
    assert model.encode(TEXTS).shape == (3, 32)


def test_the_settings_beside_a_model_are_heeded(tmp_path: Path) -> None:
    folder = tiny_models.transformer(tmp_path / "tiny")
    text = 'name = "."\nmax_tokens = 9\nprompt = "query: "\n'
    (folder / "relnews.toml").write_text(text, encoding="utf-8")
    settings = settings_of(str(folder))
    assert settings.prompt == "query: "
    assert open_base(settings, never, 0, "cpu").max_seq_length == 9


@pytest.mark.parametrize("base", ["default", "no such model"])
def test_what_is_no_sentence_model_is_told(base: str) -> None:
    with pytest.raises(InvalidModel, match="must be a"):
        settings_of(base)


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(RelnewsError, match=str(tmp_path)):
        open_base(settings_of(str(tmp_path)), never, 0, "cpu")


def test_an_exported_model_is_told(tmp_path: Path) -> None:
    folder = tiny_models.onnx(tmp_path / "onnx", tiny_models.transformer(tmp_path / "tiny"))
    with pytest.raises(InvalidModel, match="an exported model cannot be trained"):
        open_base(settings_of(str(folder)), never, 0, "cpu")


def test_a_damaged_model_is_told(tmp_path: Path) -> None:
    folder = tiny_models.transformer(tmp_path / "tiny")
    (folder / "model.safetensors").write_bytes(b"damaged")
    with pytest.raises(InvalidModel, match="must hold a model that sentence-transformers can load"):
        open_base(settings_of(str(folder)), never, 0, "cpu")
