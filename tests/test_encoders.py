"""Which encoder a store's vectors come from: held, found again, or refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from encoders import SkimmingEncoder
from relnews.embed.sentence.settings import SentenceSettings
from relnews.encoders import Encoders, find, name_of
from relnews.errors import InvalidModel, ModelMismatch
from relnews.semantic import SemanticModel, encoder_view

LETTERS = SentenceSettings(name="letters")


def view_of(encoder: SkimmingEncoder) -> SemanticModel:
    return replace(encoder_view(encoder), fingerprint=name_of(encoder))


def loads(monkeypatch: pytest.MonkeyPatch, encoder: SkimmingEncoder) -> list[str]:
    """Have this encoder loaded, whatever is asked for; give the names that were."""
    asked: list[str] = []

    def load(settings: SentenceSettings, device: str = "") -> SkimmingEncoder:
        asked.append(settings.name + device)
        return encoder

    monkeypatch.setattr("relnews.embed.sentence.encoder.load_encoder", load)
    monkeypatch.setattr("relnews.encoders.load_settings", lambda name: replace(LETTERS, name=name))
    return asked


def test_the_fingerprint_names_what_decides_the_vectors() -> None:
    one = name_of(SkimmingEncoder(LETTERS))
    elsewhere = replace(LETTERS, languages=("de", "en"), semantic_weight=0.4)
    assert name_of(SkimmingEncoder(elsewhere)) == one
    assert name_of(SkimmingEncoder(LETTERS, shift=1)) != one


def test_what_is_held_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = SkimmingEncoder(LETTERS)
    asked = loads(monkeypatch, encoder)
    assert Encoders(encoder).of(view_of(encoder)) is encoder
    assert asked == []


def test_what_is_not_held_is_loaded_once_by_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, encoders = SkimmingEncoder(LETTERS), Encoders(SkimmingEncoder(shift=3))
    asked = loads(monkeypatch, encoder)
    assert encoders.of(view_of(encoder)) is encoder
    assert encoders.of(view_of(encoder)) is encoder
    assert asked == ["letters"]


def test_files_that_have_changed_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    loads(monkeypatch, SkimmingEncoder(LETTERS, shift=1))
    with pytest.raises(ModelMismatch, match=r"changed; run relnews embed DATABASE --model letters"):
        Encoders().of(view_of(SkimmingEncoder(LETTERS)))


def test_the_latent_view_has_no_encoder() -> None:
    with pytest.raises(InvalidModel, match="pretrained"):
        Encoders().of(SemanticModel())


def test_a_model_that_made_the_vectors_need_not_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = SkimmingEncoder(LETTERS)
    asked = loads(monkeypatch, encoder)
    assert find("letters", view_of(encoder)) is None
    assert find(encoder, view_of(encoder)) is encoder
    assert asked == []
    assert find("others", view_of(encoder)) is encoder
    assert asked == ["others"]
    other = SkimmingEncoder(LETTERS, shift=1)
    assert find(other, view_of(encoder)) is other
