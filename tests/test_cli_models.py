"""The commands about pretrained models: what there is, its card, one download, one export."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import huggingface_hub
import pytest

from relnews.embed.sentence import export
from relnews.embed.sentence.presets import load_settings, presets
from relnews.embed.sentence.settings import SentenceSettings
from test_cli import is_told, run

if TYPE_CHECKING:
    from pathlib import Path

MODEL = "multilingual-e5-small"


@pytest.fixture(autouse=True)
def _empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has no hub model."""

    def missing(*_: object, **__: object) -> str:
        message = "not in the cache"
        raise FileNotFoundError(message)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", missing)
    monkeypatch.chdir(tmp_path)


def test_list_names_every_preset_and_what_is_here() -> None:
    ran = run("models", "list")
    assert (ran.code, ran.err) == (0, "")
    head, *lines = ran.out.splitlines()
    assert head.split() == [
        *("name", "here", "languages", "licence", "size", "dimensions", "tokens"),
    ]
    here = {line.split()[0]: line.split()[1] for line in lines}
    assert list(here) == list(presets())
    assert {name for name, said in here.items() if said == "yes"} == {"default"}


def test_list_for_programs(monkeypatch: pytest.MonkeyPatch, tiny_transformer: Path) -> None:
    """A model counts as here when its files do, not when its name is known."""

    def cached(name: str, **_: object) -> str:
        if name != "intfloat/multilingual-e5-small":
            raise FileNotFoundError(name)
        return str(tiny_transformer)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", cached)
    rows = {row["name"]: row for row in run("models", "list", "--json").json}
    assert list(rows) == list(presets())
    assert [name for name, row in rows.items() if row["here"]] == ["default", MODEL]
    assert rows[MODEL] == {
        "name": MODEL,
        "here": True,
        "languages": "100",
        "licence": "MIT",
        "size": "471 MB",
        "dimensions": "384",
        "tokens": "512",
    }


def test_show_prints_the_card() -> None:
    ran = run("models", "show", MODEL)
    card = presets()[MODEL] / "card.md"
    assert (ran.code, ran.out, ran.err) == (0, card.read_text(encoding="utf-8"), "")
    is_told(run("models", "show", "nothing"), "a preset must be one of default, ", "'nothing'")


def test_download_puts_a_model_into_a_folder(
    tiny_transformer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(name: str, *, local_dir: Path, **_: object) -> str:
        assert name == "intfloat/multilingual-e5-small"
        shutil.copytree(tiny_transformer, local_dir)
        return str(local_dir)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fetch)
    ran = run("models", "download", MODEL, "--out", "e5")
    assert (ran.code, ran.out, ran.err) == (0, "e5\n", "")
    preset = load_settings(MODEL)
    assert preset is not None
    assert load_settings(tmp_path / "e5") == replace(preset, name=str(tmp_path / "e5"))


def test_a_download_that_fails_is_one_sentence() -> None:
    ran = run("models", "download", MODEL)
    is_told(ran, "relnews: intfloat/multilingual-e5-small", "could not be downloaded", "cache")
    assert ran.err.count("\n") == 1


def test_export_keeps_how_the_model_reads(
    tiny_transformer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an export is worth is tested where it is made; here a copy stands for it."""

    def copy(folder: Path, target: Path, *, int8: bool) -> None:
        assert int8
        shutil.copytree(folder, target, ignore=shutil.ignore_patterns("relnews.toml"))

    monkeypatch.setattr(export, "export_onnx", copy)
    source = tmp_path / "source"
    shutil.copytree(tiny_transformer, source)
    (source / "relnews.toml").write_text('name = "."\nprompt = "query: "\n', encoding="utf-8")
    ran = run("models", "export", source, "--out", "exported", "--int8")
    assert (ran.code, ran.out, ran.err) == (0, "exported\n", "")
    assert load_settings(tmp_path / "exported") == SentenceSettings(
        name=str(tmp_path / "exported"), prompt="query: ", runtime="onnx"
    )


def test_an_export_that_cannot_be_is_told(tmp_path: Path) -> None:
    is_told(run("models", "export", MODEL, "--out", "x"), "relnews models download ", MODEL)
    is_told(run("models", "export", tmp_path, "--out", "x"), "relnews: ")
    is_told(run("models", "export", MODEL), "Usage:", "--out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [("download",), ("export", "--out", "x")], ids=" ".join)
def test_the_sites_own_view_has_no_files(command: tuple[str, ...]) -> None:
    is_told(run("models", *command, "default"), "default has nothing to download or export")


def test_a_name_that_is_none_is_told_with_the_nearest() -> None:
    is_told(run("models", "download", "multilingual-e5-smal"), f"presets: {MODEL}")
