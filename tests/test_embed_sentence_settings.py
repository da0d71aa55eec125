"""Settings of a pretrained model: kept as given, or refused with what must hold."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from relnews.embed.sentence.settings import SentenceSettings
from relnews.errors import InvalidModel


def test_a_name_is_all_that_is_needed() -> None:
    settings = SentenceSettings(name="intfloat/multilingual-e5-small")
    assert (settings.runtime, settings.long_text, settings.semantic_weight) == (
        "auto",
        "windows",
        None,
    )
    with pytest.raises(FrozenInstanceError):
        settings.prompt = "query: "  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "value", "must"),
    [
        ("name", "", "must name a folder or a hub model, got ''"),
        ("name", " ", "must name a folder"),
        ("name", None, "must be text, got None"),
        ("prompt", 3, "must be text"),
        ("runtime", "cuda", "must be one of auto, torch, onnx, static, got 'cuda'"),
        ("long_text", "cut", "must be one of lead, windows"),
        ("max_tokens", -1, "must be a whole number of at least 0"),
        ("max_tokens", 12.5, "must be a whole number of at least 0"),
        ("max_windows", 0, "must be a whole number of at least 1"),
        ("dimensions", True, "must be a whole number of at least 0"),
        ("languages", "de", "must be a list of two-letter codes"),
        ("languages", ["de"], "must be a list of two-letter codes"),
        ("languages", ("deu",), "must be a list of two-letter codes"),
        ("languages", ("DE",), "must be a list of two-letter codes"),
        ("languages", ("de", 1), "must be a list of two-letter codes"),
        ("semantic_weight", 1.1, "must be in [0, 1], got 1.1"),
        ("semantic_weight", float("nan"), "must be in [0, 1]"),
        ("semantic_weight", "0.3", "must be in [0, 1]"),
        ("semantic_weight", True, "must be in [0, 1]"),
    ],
)
def test_what_cannot_be_is_refused(name: str, value: Any, must: str) -> None:
    with pytest.raises(InvalidModel) as caught:
        SentenceSettings(**{"name": "letters", name: value})
    assert str(caught.value).startswith(f"{name} of a model {must}")


@pytest.mark.parametrize("languages", [(), ("de",), ("de", "en"), ("*",)])
def test_languages_are_codes_or_any(languages: tuple[str, ...]) -> None:
    assert SentenceSettings(name="letters", languages=languages).languages == languages
