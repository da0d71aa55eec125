"""Exports: the same vectors without torch, whole or not at all."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
import pytest
import torch
from tokenizers import Tokenizer

import relnews.embed.sentence.export as under_test
import tiny_models
from relnews.embed.sentence.export import export_onnx
from relnews.errors import InvalidModel, MissingExtra, MissingModel

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

TEXTS = ("council votes budget", "the river and the flood in the council", "train", "goal match")


@pytest.fixture(scope="module")
def exported(crowded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("exports") / "deep" / "fp32"
    return export_onnx(crowded, target, int8=False)


def with_torch(folder: Path) -> npt.NDArray[np.float32]:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415  # heavy

    found = SentenceTransformer(str(folder), device="cpu").encode(list(TEXTS))
    return np.asarray(found, dtype=np.float32)


def with_onnx(folder: Path, file: str) -> npt.NDArray[np.float32]:
    """Embed the texts in one padded batch: means of hidden states, of length 1."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_padding()
    encoded = tokenizer.encode_batch(list(TEXTS))
    mask = np.array([each.attention_mask for each in encoded])
    inputs = {
        "input_ids": np.array([each.ids for each in encoded]),
        "attention_mask": mask,
        "token_type_ids": np.zeros_like(mask),
    }
    session = onnxruntime.InferenceSession(folder / "onnx" / file)
    (hidden,) = session.run(["last_hidden_state"], inputs)
    means = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1)[:, None]
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), dtype=np.float32)


def test_the_export_gives_the_vectors_of_the_model(exported: Path, tiny_transformer: Path) -> None:
    """Texts of different lengths in one batch, so that padding would show."""
    assert np.allclose(with_onnx(exported, "model.onnx"), with_torch(tiny_transformer), atol=1e-5)


def test_int8_is_close_and_smaller(exported: Path, tiny_transformer: Path, tmp_path: Path) -> None:
    folder = export_onnx(tiny_transformer, tmp_path / "int8", int8=True)
    assert [path.name for path in (folder / "onnx").iterdir()] == ["model_qint8.onnx"]
    cosines = (with_onnx(folder, "model_qint8.onnx") * with_torch(tiny_transformer)).sum(axis=1)
    assert cosines.min() > 0.99
    sizes = [next((place / "onnx").iterdir()).stat().st_size for place in (folder, exported)]
    assert sizes[0] < sizes[1]


@pytest.fixture(scope="module")
def crowded(tiny_transformer: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a model's folder with other exports, settings and code in it."""
    folder = tmp_path_factory.mktemp("crowded") / "model"
    shutil.copytree(tiny_transformer, folder)
    for name in ("openvino/config.json", "onnx/old.json", "relnews.toml", "setup.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("", encoding="utf-8")
    return folder


def test_the_folder_has_what_is_needed_and_no_weights(exported: Path) -> None:
    names = {path.relative_to(exported).as_posix() for path in exported.rglob("*")}
    assert {"modules.json", "config.json", "tokenizer.json", "1_Pooling/config.json"} <= names
    assert {path.name for path in (exported / "onnx").iterdir()} == {"model.onnx"}
    assert not names & {"openvino", "relnews.toml", "setup.py", "model.safetensors", "README.md"}


def test_a_model_that_knows_no_token_types_and_counts_from_its_padding(tmp_path: Path) -> None:
    """As XLM-RoBERTa does, the architecture of most multilingual models."""
    folder = _roberta(tmp_path / "roberta")
    target = export_onnx(folder, tmp_path / "export", int8=False)
    session = onnxruntime.InferenceSession(target / "onnx" / "model.onnx")
    assert [each.name for each in session.get_inputs()] == ["input_ids", "attention_mask"]


def _roberta(folder: Path) -> Path:
    from transformers import XLMRobertaConfig, XLMRobertaModel  # noqa: PLC0415  # heavy

    config = XLMRobertaConfig(
        vocab_size=64,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=40,
        type_vocab_size=1,
    )
    XLMRobertaModel(config).save_pretrained(folder)
    tiny_models.tokenizer().save(str(folder / "tokenizer.json"))
    return folder


def test_nothing_is_written_over(tiny_transformer: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidModel, match="not there yet"):
        export_onnx(tiny_transformer, tmp_path, int8=False)
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_differs_leaves_nothing_behind(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_another(*_: object, f: str, **__: object) -> None:
        shutil.copy(exported / "onnx" / "model.onnx", f)

    monkeypatch.setattr(torch.onnx, "export", write_another)
    other = tiny_models.transformer(tmp_path / "other", seed=1)
    with pytest.raises(InvalidModel, match="must give what torch gives, but hidden states are"):
        export_onnx(other, tmp_path / "export", int8=False)
    assert list(tmp_path.iterdir()) == [other]


def test_a_place_that_cannot_be_written_to_is_told(tiny_transformer: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InvalidModel, match=r"could not be exported to .*file"):
        export_onnx(tiny_transformer, tmp_path / "file" / "export", int8=False)


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        (["Transformer", "Pooling", "Dense"], "has Transformer, Pooling, Dense"),
        (["StaticEmbedding"], "only a transformer with pooling can be exported"),
        ([], "only a transformer with pooling can be exported"),
    ],
)
def test_what_cannot_be_exported_is_refused(
    modules: list[str], message: str, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    steps = [{"type": f"sentence_transformers.models.{kind}", "path": ""} for kind in modules]
    (folder / "modules.json").write_text(json.dumps(steps), encoding="utf-8")
    with pytest.raises(InvalidModel, match=message):
        export_onnx(folder, tmp_path / "export", int8=False)
    assert not (tmp_path / "export").exists()


def test_a_pickle_is_not_opened(tiny_transformer: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pickled"
    shutil.copytree(tiny_transformer, folder)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(InvalidModel, match="must be safetensors, got only the pickle"):
        export_onnx(folder, tmp_path / "export", int8=False)
    assert not (tmp_path / "export").exists()


def test_a_folder_that_is_not_there_or_not_whole_is_told(tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(MissingModel):
            export_onnx(folder, tmp_path / "export", int8=False)
    assert list(tmp_path.iterdir()) == []


def test_a_kind_that_transformers_does_not_know_is_told(
    tiny_transformer: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "unknown"
    shutil.copytree(tiny_transformer, folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["model_type"] = "nobody-knows"
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(InvalidModel, match=r"unknown could not be exported to .*nobody-knows"):
        export_onnx(folder, tmp_path / "export", int8=False)
    assert not (tmp_path / "export").exists()


def test_without_its_packages_the_extra_is_named(
    tiny_transformer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(name: str) -> Any:
        return None if name == "onnxscript" else object()

    monkeypatch.setattr(under_test, "find_spec", find)
    with pytest.raises(MissingExtra, match=r"needs onnxscript: pip install 'relnews\[export\]'"):
        export_onnx(tiny_transformer, tmp_path / "export", int8=False)


def test_the_tiny_model_pads(tiny_transformer: Path) -> None:
    """What the comparison rests on: the texts have different lengths."""
    tokenizer = tiny_models.tokenizer()
    assert len({len(each.ids) for each in tokenizer.encode_batch(list(TEXTS))}) > 2
    assert (tiny_transformer / "tokenizer.json").exists()
