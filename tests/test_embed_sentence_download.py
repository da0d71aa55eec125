"""Downloads: what is needed and nothing else, at the revision asked for, or one sentence."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import huggingface_hub
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError
from huggingface_hub.utils import filter_repo_objects

from relnews.embed.sentence.download import download, wanted
from relnews.embed.sentence.presets import load_settings, presets
from relnews.embed.sentence.settings import SentenceSettings
from relnews.errors import InvalidModel, MissingExtra, MissingModel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = "owner/tiny"
SETTINGS = SentenceSettings(name=NAME, revision="abc", prompt="query: ", languages=("de",))
DANGEROUS = (
    "pytorch_model.bin",
    "modeling.py",
    "colbert_linear.pt",
    "weights.pkl",
    "rust_model.ot",
)
ELSEWHERE = ("openvino/model.json", "onnx/tokenizer.json", "onnx/model.onnx", "tf_model.h5")


@pytest.fixture
def repository(tiny_transformer: Path, tmp_path: Path) -> Path:
    """Give a repository as the hub has them: with pickles, code and other runtimes in it."""
    folder = tmp_path / "repository"
    shutil.copytree(tiny_transformer, folder)
    for name in (*DANGEROUS, *ELSEWHERE):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"{}")
    return folder


@pytest.fixture
def asked(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Stand in for the hub: files pass by its own patterns; give the revisions it was asked for."""
    revisions: list[str | None] = []
    cache = tmp_path / "cache"

    def snapshot(  # the hub's own parameters
        name: str,
        *,
        revision: str | None,
        local_files_only: bool = False,
        allow_patterns: list[str] | None = None,
        ignore_patterns: list[str] | None = None,
        local_dir: Path | None = None,
    ) -> str:
        assert name == NAME
        if local_files_only:
            if not cache.exists():
                message = "not in the cache"
                raise LocalEntryNotFoundError(message)
            return str(cache)
        revisions.append(revision)
        names = [
            path.relative_to(repository).as_posix()
            for path in repository.rglob("*")
            if path.is_file()
        ]
        passed = filter_repo_objects(
            names, allow_patterns=allow_patterns, ignore_patterns=ignore_patterns
        )
        for file in passed:
            target = (local_dir or cache) / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(repository / file, target)
        if local_dir:  # where the real one notes what it has fetched
            (local_dir / ".cache" / "huggingface").mkdir(parents=True, exist_ok=True)
        return str(local_dir or cache)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    return revisions


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_code_pickles_and_other_runtimes_stay_where_they_are(asked: list[str | None]) -> None:
    folder = download(SETTINGS)
    assert asked == ["abc"]
    found = files(folder)
    assert not found & {*DANGEROUS, *ELSEWHERE}
    assert {"model.safetensors", "tokenizer.json", "modules.json", "1_Pooling/config.json"} <= found


def test_without_a_revision_the_newest_is_asked_for(asked: list[str | None]) -> None:
    download(replace(SETTINGS, revision=""))
    assert asked == [None]


def test_a_folder_can_be_carried_away(asked: list[str | None], tmp_path: Path) -> None:
    """It keeps its settings, wherever it lies, and needs the hub no more."""
    folder = download(SETTINGS, tmp_path / "here")
    assert asked == ["abc"]
    assert folder == tmp_path / "here"
    there = folder.rename(tmp_path / "there")
    assert load_settings(there) == replace(SETTINGS, name=str(there))
    assert not (there / ".cache").exists()


def test_a_folder_appears_when_it_is_complete_and_an_interrupted_one_goes_on(
    asked: list[str | None], repository: Path, tmp_path: Path
) -> None:
    weights = repository / "model.safetensors"
    weights.rename(tmp_path / "later")
    with pytest.raises(MissingModel, match=rf"{NAME} came from the hub without .*\.safetensors"):
        download(SETTINGS, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    (tmp_path / "later").rename(weights)
    assert download(SETTINGS, tmp_path / "new") == tmp_path / "new"
    assert asked == ["abc", "abc"]
    assert not list(tmp_path.glob(".new*"))


def test_an_onnx_model_comes_without_other_weights(asked: list[str | None]) -> None:
    folder = download(replace(SETTINGS, runtime="onnx", file="onnx/model.onnx"))
    assert len(asked) == 1
    found = files(folder)
    assert "onnx/model.onnx" in found
    assert "model.safetensors" not in found
    assert not found & set(DANGEROUS)


def test_only_the_named_graph_comes_with_what_lies_beside_it() -> None:
    names = [
        *("onnx/model.onnx", "onnx/model.onnx_data", "onnx/model.onnx.data"),
        *("onnx/Constant_7_attr__value", "onnx/model_O4.onnx", "onnx/model_O4.onnx_data"),
    ]
    patterns = wanted(SentenceSettings(name=NAME, file="onnx/model.onnx"))
    passed = filter_repo_objects(
        names, allow_patterns=patterns["allow"], ignore_patterns=patterns["ignore"]
    )
    assert list(passed) == names[:4]


@pytest.mark.parametrize("name", list(presets()))
def test_no_preset_lets_code_or_pickles_pass(name: str) -> None:
    settings = load_settings(name)
    if settings is None:
        return
    patterns = wanted(settings)
    dangerous = [f"{place}{file}" for place in ("", "onnx/", "1_Pooling/") for file in DANGEROUS]
    passed = filter_repo_objects(
        dangerous, allow_patterns=patterns["allow"], ignore_patterns=patterns["ignore"]
    )
    assert not list(passed)


def test_what_lacks_weights_that_may_be_loaded_is_refused(
    asked: list[str | None], repository: Path
) -> None:
    (repository / "model.safetensors").unlink()
    with pytest.raises((InvalidModel, MissingModel), match=r"safetensors"):
        download(SETTINGS)
    assert asked == ["abc"]


@pytest.mark.parametrize(
    "error",
    [
        OSError("no route to host\nand much more"),
        ValueError("no route to host"),
        RuntimeError("no route to host"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_the_network_says_becomes_one_sentence(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface_hub, "snapshot_download", _raise(error))
    with pytest.raises(MissingModel) as told:
        download(SETTINGS)
    assert str(told.value) == (
        "owner/tiny at revision abc could not be downloaded from the hub: no route to host"
    )


def test_an_error_without_words_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub, "snapshot_download", _raise(TimeoutError()))
    with pytest.raises(MissingModel, match="from the hub: TimeoutError"):
        download(SETTINGS)


def _raise(error: Exception) -> Callable[..., str]:
    def fail(*_: object, **__: object) -> str:
        raise error

    return fail


def test_a_folder_needs_no_download(tmp_path: Path) -> None:
    with pytest.raises(InvalidModel, match="must have a hub name, got the folder"):
        download(SentenceSettings(name=str(tmp_path)))


def test_nothing_is_written_over(asked: list[str | None], tmp_path: Path) -> None:
    with pytest.raises(InvalidModel, match="not there yet"):
        download(SETTINGS, tmp_path)
    assert asked == []


@pytest.mark.parametrize(
    ("runtime", "extra"), [("auto", "models"), ("torch", "models"), ("onnx", "onnx")]
)
def test_without_the_hubs_package_the_extra_is_named(
    runtime: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    settings = SentenceSettings(name=NAME, runtime=runtime)  # type: ignore[arg-type]  # a parameter
    with pytest.raises(MissingExtra, match=rf"pip install 'relnews\[{extra}\]'"):
        download(settings)
