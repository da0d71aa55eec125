"""What a model's name means: presets that are complete, files read as written, or the reason."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.embed.sentence.cards import FACTS, card, facts
from relnews.embed.sentence.presets import (
    DEFAULT,
    load_settings,
    presets,
    settings_from,
    settings_to_toml,
)
from relnews.embed.sentence.settings import ANY_LANGUAGE, SentenceSettings
from relnews.errors import InvalidModel

if TYPE_CHECKING:
    from collections.abc import Mapping

MODELS = Path(__file__).parents[1] / "models"
NAMES = sorted(path.parent.name for path in MODELS.glob("*/card.md"))
LICENCES = {"MIT", "Apache-2.0"}
HEADINGS = ["What it is", "Measured here", "Bad at", "When to choose it", "How to get it"]

FILE = """
name = "intfloat/multilingual-e5-large"
prompt = "query: "
max_tokens = 256
long_text = "lead"
languages = ["de", "en"]
semantic_weight = 0.5
"""


def test_the_presets_are_those_of_the_repository() -> None:
    assert len(NAMES) >= 8
    assert sorted(presets()) == NAMES
    assert next(iter(presets())) == DEFAULT
    assert all((folder / "model.toml").is_file() for folder in presets().values())


def test_nothing_but_cards_and_settings_lies_beside_them() -> None:
    """The folder goes into the package as it is."""
    assert {path.suffix for path in MODELS.rglob("*") if path.is_file()} == {".md", ".toml"}


@pytest.mark.parametrize("name", NAMES)
def test_every_preset_loads(name: str) -> None:
    settings = load_settings(name)
    if name == DEFAULT:
        assert settings is None
        return
    assert settings is not None
    assert settings.name.endswith(f"/{name}")
    assert settings.languages
    assert load_settings(settings.name) == settings
    if "e5" in name:
        assert settings.prompt == "query: "


@pytest.mark.parametrize("name", NAMES)
def test_every_card_tells_what_must_be_known(name: str) -> None:
    folder = presets()[name]
    known = facts(folder)
    assert tuple(known) == FACTS
    assert known["licence"] in LICENCES
    assert int(known["dimensions"]) in {128, 256, 384, 768, 1024}
    text = card(folder)
    assert text.startswith(f"# {name}\n")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    settings = load_settings(name)
    if settings is None:
        return
    assert known["model"] == settings.name
    assert (settings.prompt in known["prompt"]) if settings.prompt else known["prompt"] == "none"
    assert f"relnews models download {name}`" in text
    if settings.languages == (ANY_LANGUAGE,):
        assert int(known["languages"]) >= 50


@pytest.mark.parametrize("name", NAMES)
def test_the_table_of_the_folder_says_what_the_card_says(name: str) -> None:
    text = (MODELS / "README.md").read_text(encoding="utf-8")
    (row,) = [
        line for line in text.splitlines() if line.startswith(f"| [`{name}`]({name}/card.md)")
    ]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    known = facts(presets()[name])
    columns = ("languages", "licence", "size", "dimensions", "tokens")
    assert cells[1:] == [known[column] for column in columns]


def test_a_file_gives_the_settings_it_describes(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(FILE, encoding="utf-8")
    expected = SentenceSettings(
        name="intfloat/multilingual-e5-large",
        prompt="query: ",
        max_tokens=256,
        long_text="lead",
        languages=("de", "en"),
        semantic_weight=0.5,
    )
    assert load_settings(path) == expected
    assert load_settings(str(path)) == expected


def test_a_folder_is_a_model_and_may_say_how_it_reads(tmp_path: Path) -> None:
    folder = tmp_path / "e5"
    folder.mkdir()
    assert load_settings(folder) == SentenceSettings(name=str(folder))
    (folder / "relnews.toml").write_text('name = "."\nprompt = "query: "\n', encoding="utf-8")
    assert load_settings(str(folder)) == SentenceSettings(name=str(folder), prompt="query: ")


def test_a_folder_of_the_place_one_works_in_needs_a_dot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / DEFAULT).mkdir()
    assert load_settings(DEFAULT) is None
    assert load_settings(f"./{DEFAULT}") == SentenceSettings(name=str(tmp_path / DEFAULT))
    assert load_settings(Path(DEFAULT)) == SentenceSettings(name=str(tmp_path / DEFAULT))


@pytest.mark.parametrize("name", ["trained", "./trained", "../models/trained", "deep/trained"])
def test_a_folder_in_a_file_counts_from_the_file(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "models"
    (place / name).mkdir(parents=True)
    (place / "site.toml").write_text(f'name = "{name}"', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    settings = load_settings("models/site.toml")
    assert settings is not None
    assert Path(settings.name).is_absolute()
    assert Path(settings.name).samefile(place / name)


def test_a_hub_name_is_kept_as_it_is() -> None:
    assert load_settings("owner/some-model_1.5") == SentenceSettings(name="owner/some-model_1.5")


def test_the_sites_own_view_can_be_named_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('name = "default"\n', encoding="utf-8")
    assert load_settings(path) is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("multilingual-e5-smal", "got 'multilingual-e5-smal'; presets: multilingual-e5-small"),
        ("zzz", "a preset, a TOML file, a folder or a hub name .* presets: default, "),
        (".hidden", "a model must be"),
        ("a/b/c", "a model must be"),
        ("../weights", "a model must be"),
        (Path("owner/model"), "a model must be"),
        ("missing.toml", "readable UTF-8, got missing.toml"),
    ],
)
def test_what_is_no_model_is_refused(
    given: str | Path, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidModel, match=message):
        load_settings(given)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('name = "a/b"\npromt = "query: "\n', r"site\.toml: .* unknown: promt"),
        ('name = "a/b"\ntrust_remote_code = true\n', "unknown: trust_remote_code"),
        ('prompt = "query: "\n', "must name a folder or a hub model"),
        ('name = "default"\nprompt = "query: "\n', "takes no settings beside its name"),
        (
            'name = "a/b"\nlanguages = "de"\n',
            r"site\.toml: languages of a model must be a list of two-letter codes",
        ),
        ('name = "a/b"\nmax_windows = 0\n', "max_windows of a model must be a whole number"),
        ("name = 3\n", "name of a model must be text"),
        ("name = \n", "must be TOML"),
    ],
)
def test_a_file_that_cannot_be_is_refused_with_its_path(
    text: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "site.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidModel, match=message):
        load_settings(path)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_bytes(b"name = \xff")
    with pytest.raises(InvalidModel, match="readable UTF-8"):
        load_settings(path)


def test_the_values_given_are_left_as_they_were() -> None:
    values: Mapping[str, Any] = {"name": "a/b", "languages": ["de"]}
    settings = settings_from(values, Path())
    assert settings is not None
    assert settings.languages == ("de",)
    assert values == {"name": "a/b", "languages": ["de"]}


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SETTINGS = st.builds(
    SentenceSettings,
    name=st.sampled_from(["owner/model", "intfloat/multilingual-e5-small"]),
    revision=WORDS,
    runtime=st.sampled_from(["auto", "torch", "onnx", "static"]),
    file=WORDS,
    prompt=WORDS,
    max_tokens=st.integers(0, 8192),
    long_text=st.sampled_from(["lead", "windows"]),
    max_windows=st.integers(1, 64),
    dimensions=st.integers(0, 1024),
    languages=st.lists(st.sampled_from(["de", "en", "*"])).map(tuple),
    semantic_weight=st.none() | st.floats(0, 1),
)


@given(SETTINGS)
def test_what_is_written_is_read_back(settings: SentenceSettings) -> None:
    written = settings_to_toml(settings)
    assert settings_from(tomllib.loads(written), Path("/nowhere")) == settings


def test_only_what_differs_from_the_defaults_is_written() -> None:
    assert settings_to_toml(SentenceSettings(name="a/b")) == 'name = "a/b"\n'
    every = replace(
        SentenceSettings(name="a/b"),
        revision="r",
        runtime="onnx",
        file="f",
        prompt="p",
        max_tokens=1,
        long_text="lead",
        max_windows=2,
        dimensions=3,
        languages=("de",),
        semantic_weight=0.5,
    )
    assert settings_to_toml(every).count("\n") == len(fields(SentenceSettings))


def test_text_that_no_file_can_hold_is_refused() -> None:
    with pytest.raises(InvalidModel, match="valid Unicode"):
        settings_to_toml(SentenceSettings(name="a/b", prompt="\ud800"))
