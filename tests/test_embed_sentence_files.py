"""A model is found on this machine or its absence is told in one sentence, before work starts."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from relnews.embed.sentence.files import deciding, digest, find, locate
from relnews.embed.sentence.settings import SentenceSettings
from relnews.errors import InvalidModel, MissingExtra, MissingModel

COMMIT = "0123456789abcdef0123456789abcdef01234567"
HUB_NAME = "someone/tiny-bert"


def settings(name: object, **others: Any) -> SentenceSettings:
    return SentenceSettings(name=str(name), **others)


@pytest.fixture
def copied(tmp_path: Path, tiny_transformer: Path) -> Path:
    """Give a copy of the tiny model that a test may break."""
    return Path(shutil.copytree(tiny_transformer, tmp_path / "copied"))


@pytest.fixture
def hub(tmp_path: Path, tiny_transformer: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the snapshot of the tiny model in a cache of the hub's layout."""
    place = tmp_path / "hub" / f"models--{HUB_NAME.replace('/', '--')}"
    (place / "refs").mkdir(parents=True)
    (place / "refs" / "main").write_text(COMMIT)
    shutil.copytree(tiny_transformer, place / "snapshots" / COMMIT)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    return place / "snapshots" / COMMIT


def test_a_local_folder_is_taken_as_it_is(tiny_transformer: Path) -> None:
    found = find(settings(tiny_transformer, revision="v1"))
    assert (found.folder, found.at_hub, found.revision) == (tiny_transformer, False, "v1")


def test_a_hub_model_is_found_in_the_cache_with_its_commit(hub: Path) -> None:
    for revision in ("", "main", COMMIT):
        found = find(settings(HUB_NAME, revision=revision))
        assert (found.folder, found.at_hub, found.revision) == (hub, True, COMMIT)


def test_a_hub_model_that_is_not_there_names_the_command(hub: Path) -> None:
    assert hub.is_dir()
    with pytest.raises(MissingModel, match=r"someone/else is not .*models download someone/else$"):
        locate(settings("someone/else"))
    with pytest.raises(MissingModel, match=r"in revision v9 is not on this machine"):
        locate(settings(HUB_NAME, revision="v9"))
    with pytest.raises(MissingModel, match=r"models download no such name!$"):
        locate(settings("no such name!"))


def test_a_hub_model_that_is_not_whole_names_the_command_too(hub: Path) -> None:
    (hub / "tokenizer.json").unlink()
    with pytest.raises(
        MissingModel,
        match=r"tiny-bert lacks tokenizer\.json on this machine; run: relnews models d",
    ):
        find(settings(HUB_NAME))


@pytest.mark.parametrize("name", ["./nowhere", "/nowhere/at/all", "~/nowhere-at-all"])
def test_a_path_that_is_not_there_is_no_hub_model(name: str) -> None:
    with pytest.raises(MissingModel, match=f"must exist, got {name}; check the path"):
        locate(settings(name))


def test_without_a_package_that_knows_the_cache_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingExtra, match=r"pip install 'relnews\[models\]'"):
        locate(settings(HUB_NAME))


@pytest.mark.parametrize("lacking", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_model_that_is_not_whole_is_refused(copied: Path, lacking: str) -> None:
    (copied / lacking).unlink()
    with pytest.raises(MissingModel, match=rf"copied lacks {lacking}; put it there, or"):
        find(settings(copied))


def test_every_part_of_split_weights_must_be_there(copied: Path) -> None:
    (copied / "model.safetensors").rename(copied / "model-00001-of-00002.safetensors")
    parts = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    (copied / "model.safetensors.index.json").write_text(json.dumps({"weight_map": parts}))
    with pytest.raises(MissingModel, match=r"lacks model-00002-of-00002\.safetensors;"):
        find(settings(copied))
    (copied / "model-00002-of-00002.safetensors").touch()
    assert len(deciding(find(settings(copied)))) > len(parts)


def test_weights_that_are_a_pickle_are_refused(copied: Path) -> None:
    (copied / "model.safetensors").rename(copied / "pytorch_model.bin")
    with pytest.raises(InvalidModel, match=r"must be safetensors, got only the pickle pytorch_mo"):
        find(settings(copied))


def test_a_further_step_with_a_pickle_is_refused(copied: Path) -> None:
    add_step(copied, "sentence_transformers.models.Dense", {"in_features": 32})
    (copied / "9_Step" / "pytorch_model.bin").touch()
    with pytest.raises(InvalidModel, match=r"got only the pickle pytorch_model\.bin in 9_Step"):
        find(settings(copied))


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json"])
def test_code_of_a_models_own_is_refused(copied: Path, name: str) -> None:
    held = json.loads((copied / name).read_text())
    held["auto_map"] = {"AutoModel": "modeling.Own"}
    (copied / name).write_text(json.dumps(held))
    with pytest.raises(InvalidModel, match=f"got auto_map in {name} .*never runs code of a model"):
        find(settings(copied))


def test_a_step_of_a_models_own_is_refused(copied: Path) -> None:
    add_step(copied, "custom_st.Transformer", {})
    with pytest.raises(InvalidModel, match=r"step custom_st\.Transformer in copied; relnews never"):
        find(settings(copied))


def test_an_activation_from_elsewhere_is_refused(copied: Path) -> None:
    add_step(copied, "sentence_transformers.models.Dense", {"activation_function": "os.abort"})
    with pytest.raises(InvalidModel, match=r"got the activation os\.abort in copied"):
        find(settings(copied))


def test_a_prompt_that_the_pooling_passes_over_is_refused(copied: Path) -> None:
    path = copied / "1_Pooling" / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "include_prompt": False}))
    assert find(settings(copied)).runtime == "torch"
    with pytest.raises(InvalidModel, match=r"prompt must be empty, as the pooling of"):
        find(settings(copied, prompt="query: "))


def add_step(folder: Path, kind: str, config: dict[str, object]) -> None:
    steps = json.loads((folder / "modules.json").read_text())
    steps.append({"idx": 9, "name": "9", "path": "9_Step", "type": kind})
    (folder / "modules.json").write_text(json.dumps(steps))
    (folder / "9_Step").mkdir()
    (folder / "9_Step" / "config.json").write_text(json.dumps(config))


def test_the_runtime_is_told_by_the_files(
    tiny_transformer: Path, tiny_onnx: Path, tiny_static: Path
) -> None:
    found = [find(settings(one)) for one in (tiny_transformer, tiny_onnx, tiny_static)]
    assert [(one.runtime, one.file) for one in found] == [
        ("torch", ""),
        ("onnx", "onnx/model.onnx"),
        ("static", ""),
    ]


def test_of_two_runtimes_torch_goes_first_where_it_is_installed(
    copied: Path, tiny_onnx: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(tiny_onnx / "onnx", copied / "onnx")
    assert find(settings(copied)).runtime == "torch"
    assert find(settings(copied, file="onnx/model.onnx")).runtime == "onnx"
    assert find(settings(copied, runtime="onnx")).runtime == "onnx"
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    assert find(settings(copied)).runtime == "onnx"
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert find(settings(copied)).runtime == "torch"  # whose error names the extra to install


def test_of_several_onnx_files_one_must_be_named(copied: Path, tiny_onnx: Path) -> None:
    shutil.copytree(tiny_onnx / "onnx", copied / "onnx")
    shutil.copy(copied / "onnx" / "model.onnx", copied / "onnx" / "other.onnx")
    with pytest.raises(InvalidModel, match=r"file must name one .*: onnx/model\.onnx, onnx/other"):
        find(settings(copied, runtime="onnx"))
    assert find(settings(copied, file="onnx/other.onnx")).file == "onnx/other.onnx"


def test_an_onnx_file_lies_inside_the_folder(tiny_onnx: Path, tiny_transformer: Path) -> None:
    for file in ("../model.onnx", "/model.onnx", "model.safetensors"):
        with pytest.raises(InvalidModel, match=r"must be an \.onnx inside its folder"):
            find(settings(tiny_onnx, file=file))
    with pytest.raises(MissingModel, match=r"lacks onnx/no\.onnx; put"):
        find(settings(tiny_onnx, file="onnx/no.onnx"))
    with pytest.raises(MissingModel, match=r"lacks an \.onnx file; put"):
        find(settings(tiny_transformer, runtime="onnx"))


def test_the_digest_follows_every_file_that_decides_and_no_other(copied: Path) -> None:
    def now() -> str:
        found = find(settings(copied))
        return digest(found.folder, deciding(found))

    before = now()
    for other in ("README.md", "data_config.json", "vocab.txt"):
        (copied / other).write_text("other words")
    assert now() == before
    assert len(before) == 16
    for name in ("model.safetensors", "tokenizer.json", "1_Pooling/config.json"):
        (copied / name).write_bytes((copied / name).read_bytes() + b"\n")
        assert now() != before
        before = now()


def test_the_digest_of_an_onnx_model_takes_in_what_lies_beside_it(
    tmp_path: Path, tiny_onnx: Path
) -> None:
    folder = Path(shutil.copytree(tiny_onnx, tmp_path / "onnx"))
    before = deciding(find(settings(folder)))
    (folder / "onnx" / "model.onnx_data").touch()
    (folder / "onnx" / "model.onnx.data").touch()
    added = set(deciding(find(settings(folder)))) - set(before)
    assert {file.name for file in added} == {"model.onnx_data", "model.onnx.data"}
