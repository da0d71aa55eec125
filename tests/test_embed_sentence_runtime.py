"""The contract of a runtime, for each of them, and what the three have of their own."""

from __future__ import annotations

import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import tiny_models
from relnews.embed.sentence.encoder import unit
from relnews.embed.sentence.files import find
from relnews.embed.sentence.onnx_runtime import OnnxRuntime, pool
from relnews.embed.sentence.settings import SentenceSettings
from relnews.embed.sentence.static_runtime import StaticRuntime
from relnews.embed.sentence.torch_runtime import TorchRuntime
from relnews.errors import InvalidModel, MissingExtra

if TYPE_CHECKING:
    from relnews.embed.sentence.files import ModelFiles
    from relnews.embed.sentence.runtime import Runtime

TEXTS = [
    "council votes on the budget",
    "fire",
    "the bridge in the flood: police and the storm on the river, and a train to the court",
    "",
    "stimmt über den haushalt ab",
]


def files(folder: Path) -> ModelFiles:
    return find(SentenceSettings(name=str(folder)))


@pytest.fixture(params=["torch", "onnx", "int8", "static"])
def runtime(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    tiny_transformer: Path,
    tiny_onnx: Path,
    tiny_static: Path,
) -> Runtime:
    if request.param == "torch":
        return TorchRuntime(files(tiny_transformer), device="cpu")
    if request.param == "onnx":
        return OnnxRuntime(files(tiny_onnx))
    if request.param == "static":
        return StaticRuntime(files(tiny_static))
    return OnnxRuntime(files(tiny_models.onnx(tmp_path / "int8", tiny_transformer, int8=True)))


def in_batches(runtime: Runtime, texts: list[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
    step = runtime.batch_size
    starts = range(0, len(texts), step)
    return unit(np.concatenate([runtime.encode(texts[start : start + step]) for start in starts]))


def test_vectors_are_rows_of_float32(runtime: Runtime) -> None:
    found = runtime.encode(TEXTS)
    assert found.shape == (len(TEXTS), runtime.dimensions) == (5, 32)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()


def test_a_text_does_not_depend_on_the_others_of_its_batch(runtime: Runtime) -> None:
    alone = np.concatenate([in_batches(runtime, [text]) for text in TEXTS])
    assert np.abs(in_batches(runtime, TEXTS) - alone).max() < 2e-6


def test_the_tokenizer_neither_cuts_nor_pads(runtime: Runtime) -> None:
    lengths = [len(one) for one in runtime.tokenizer.encode_batch(["fire", "fire " * 3000])]
    assert lengths[1] - lengths[0] == 2999
    runtime.encode(TEXTS)
    assert len(runtime.tokenizer.encode("fire " * 3000)) == lengths[1]


def test_threads_get_the_same(runtime: Runtime) -> None:
    expected = runtime.encode(TEXTS)
    with ThreadPoolExecutor(4) as threads:
        for found in threads.map(lambda _: runtime.encode(TEXTS), range(16)):
            assert np.allclose(found, expected, atol=1e-6)


def test_the_export_agrees_with_its_model(
    tmp_path: Path, tiny_transformer: Path, tiny_onnx: Path
) -> None:
    expected = in_batches(TorchRuntime(files(tiny_transformer), device="cpu"), TEXTS)
    exported = in_batches(OnnxRuntime(files(tiny_onnx)), TEXTS)
    assert (expected * exported).sum(1).min() > 0.9999
    int8 = tiny_models.onnx(tmp_path / "int8", tiny_transformer, int8=True)
    rounded = in_batches(OnnxRuntime(files(int8)), TEXTS)
    assert 0.9 < (expected * rounded).sum(1).min() < 0.999999


@pytest.mark.parametrize("pooling", ["cls", "max"])
def test_other_poolings_agree_too(tmp_path: Path, pooling: Any) -> None:
    folder = tiny_models.transformer(tmp_path / "model", pooling=pooling)
    expected = TorchRuntime(files(folder), device="cpu")
    exported = OnnxRuntime(files(tiny_models.onnx(tmp_path / "onnx", folder)))
    assert exported.pooling == expected.pooling == pooling
    assert (in_batches(expected, TEXTS) * in_batches(exported, TEXTS)).sum(1).min() > 0.9999


def test_padding_takes_no_part_in_pooling() -> None:
    values = np.array([[[1, 4], [3, 2], [90, 90]]], np.float32)
    mask = np.array([[1, 1, 0]])
    assert pool(values, mask, "mean").tolist() == [[2, 3]]
    assert pool(values, mask, "max").tolist() == [[3, 4]]
    assert pool(values, mask, "cls").tolist() == [[1, 4]]
    assert pool(values[:, 0], mask, "mean").tolist() == [[1, 4]]  # pooled by the graph


def test_a_batch_of_int8_is_one_text(tmp_path: Path, tiny_transformer: Path) -> None:
    """Its ranges are those of the whole batch: a text would depend on the others."""
    folder = tiny_models.onnx(tmp_path / "int8", tiny_transformer, int8=True)
    runtime = OnnxRuntime(files(folder))
    assert runtime.batch_size == 1
    together = unit(runtime.encode(TEXTS))
    assert np.abs(together - in_batches(runtime, TEXTS)).max() > 2e-5


def change(folder: Path, name: str, **values: Any) -> Path:
    held = json.loads((folder / name).read_text())
    (folder / name).write_text(json.dumps({**held, **values}))
    return folder


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"pooling_mode": "lasttoken"}, "got lasttoken in"),
        ({"pooling_mode": ["mean", "max"]}, r"got mean\+max in"),
    ],
)
def test_a_pooling_that_onnx_cannot_do_is_refused(
    tmp_path: Path, tiny_onnx: Path, values: dict[str, Any], told: str
) -> None:
    folder = Path(shutil.copytree(tiny_onnx, tmp_path / "model"))
    with pytest.raises(InvalidModel, match=f"must pool by mean, cls, max .*{told}"):
        OnnxRuntime(files(change(folder, "1_Pooling/config.json", **values)))


def test_a_step_that_onnx_cannot_do_is_refused(tmp_path: Path, tiny_onnx: Path) -> None:
    folder = Path(shutil.copytree(tiny_onnx, tmp_path / "model"))
    steps = json.loads((folder / "modules.json").read_text())
    steps.insert(2, {"path": "2_Dense", "type": "sentence_transformers.models.Dense"})
    (folder / "modules.json").write_text(json.dumps(steps))
    with pytest.raises(InvalidModel, match="got mean, Dense in model"):
        OnnxRuntime(files(folder))


def test_a_file_that_is_no_graph_is_refused(tmp_path: Path, tiny_onnx: Path) -> None:
    folder = Path(shutil.copytree(tiny_onnx, tmp_path / "model"))
    (folder / "onnx" / "model.onnx").write_bytes(b"not a graph")
    with pytest.raises(InvalidModel, match=r"onnx/model\.onnx must be an ONNX model"):
        OnnxRuntime(files(folder))


def test_a_graph_that_has_pooled_is_taken_at_its_word(
    tmp_path: Path, tiny_transformer: Path
) -> None:
    folder = graph(tmp_path, tiny_transformer, "input_ids", "sentence_embedding")
    runtime = OnnxRuntime(files(folder))
    assert runtime.encode(["fire", "flood storm"]).tolist() == [[3.0], [4.0]]  # lengths


def test_a_graph_that_wants_more_is_refused(tmp_path: Path, tiny_transformer: Path) -> None:
    folder = graph(tmp_path, tiny_transformer, "pixel_values", "sentence_embedding")
    with pytest.raises(InvalidModel, match=r"must take input_ids .* got pixel_values tensor"):
        OnnxRuntime(files(folder))


def graph(folder: Path, source: Path, given: str, gives: str) -> Path:
    """Write a graph that counts the tokens that are not padding, beside the files of a model."""
    from onnx import TensorProto, helper, save  # noqa: PLC0415  # as elsewhere

    nodes = [
        helper.make_node("Cast", [given], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("Sign", ["numbers"], ["here"]),
        helper.make_node("ReduceSum", ["here", "axis"], [gives]),
    ]
    made = helper.make_graph(
        nodes,
        "counts",
        [helper.make_tensor_value_info(given, TensorProto.INT64, ["n", "t"])],
        [helper.make_tensor_value_info(gives, TensorProto.FLOAT, ["n", 1])],
        [helper.make_tensor("axis", TensorProto.INT64, [1], [1])],
    )
    copied = shutil.copytree(source, folder / "model", ignore=shutil.ignore_patterns("*.safe*"))
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    save(model, copied / "model.onnx")
    return Path(copied)


def test_weights_that_are_broken_are_refused(tmp_path: Path, tiny_transformer: Path) -> None:
    folder = Path(shutil.copytree(tiny_transformer, tmp_path / "model"))
    (folder / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(InvalidModel, match="must be able to load model:"):
        TorchRuntime(files(folder))


def test_a_device_that_is_not_there_is_refused(tiny_transformer: Path) -> None:
    with pytest.raises(InvalidModel, match="nothing"):
        TorchRuntime(files(tiny_transformer), device="nothing")


def test_a_models_own_default_prompt_is_not_used(tmp_path: Path, tiny_transformer: Path) -> None:
    expected = TorchRuntime(files(tiny_transformer), device="cpu").encode(TEXTS)
    folder = Path(shutil.copytree(tiny_transformer, tmp_path / "model"))
    change(
        folder,
        "config_sentence_transformers.json",
        prompts={"query": "query: "},
        default_prompt_name="query",
    )
    assert np.array_equal(TorchRuntime(files(folder), device="cpu").encode(TEXTS), expected)


def test_nothing_is_printed(tiny_transformer: Path, capfd: pytest.CaptureFixture[str]) -> None:
    TorchRuntime(files(tiny_transformer), device="cpu").encode(TEXTS)
    assert capfd.readouterr() == ("", "")


def test_a_static_vector_is_the_mean_of_its_words(tiny_static: Path) -> None:
    from safetensors.numpy import load_file  # noqa: PLC0415  # as elsewhere

    known = tiny_models.tokenizer()
    words = load_file(tiny_static / "model.safetensors")["embeddings"]
    runtime = StaticRuntime(files(tiny_static))
    ids = [known.token_to_id(word) for word in ("council", "votes", "flood", "##ed")]
    expected = words[ids].mean(0, keepdims=True)
    found = runtime.encode(["council nonsense votes flooded"])
    assert np.allclose(unit(found), unit(expected), atol=1e-6)
    assert not runtime.encode(["nonsense"]).any()


def test_a_static_model_reads_to_the_end(tiny_static: Path) -> None:
    runtime = StaticRuntime(files(tiny_static))
    long, other = runtime.encode(["fire " * 5000 + "flood " * 5000, "fire flood"])
    assert np.allclose(long, other, atol=1e-4)


def test_a_static_model_of_sentence_transformers_is_read(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415  # as elsewhere
    from sentence_transformers.sentence_transformer.modules import (  # noqa: PLC0415  # the same
        StaticEmbedding,
    )

    made = StaticEmbedding(tiny_models.tokenizer(), embedding_dim=16)
    model = SentenceTransformer(modules=[made], device="cpu")
    model.save(str(tmp_path / "static"))
    runtime = StaticRuntime(files(tmp_path / "static"))
    texts = ["council votes", "the bridge in the river"]
    assert np.allclose(runtime.encode(texts), model.encode(texts), atol=1e-6)


def test_static_vectors_that_are_broken_are_refused(tmp_path: Path, tiny_static: Path) -> None:
    folder = Path(shutil.copytree(tiny_static, tmp_path / "model"))
    (folder / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(InvalidModel, match="model2vec must be able to load model:"):
        StaticRuntime(files(folder))


def test_a_missing_package_names_its_extra(
    tiny_transformer: Path,
    tiny_onnx: Path,
    tiny_static: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [files(one) for one in (tiny_transformer, tiny_onnx, tiny_static)]
    for name in ("sentence_transformers", "onnxruntime", "model2vec"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra, match=r"pip install 'relnews\[models\]'"):
        TorchRuntime(found[0])
    with pytest.raises(MissingExtra, match=r"pip install 'relnews\[onnx\]'"):
        OnnxRuntime(found[1])
    with pytest.raises(MissingExtra, match=r"pip install 'relnews\[static\]'"):
        StaticRuntime(found[2])
