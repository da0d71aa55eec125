"""What a model's JSON files say is read as sentence-transformers reads it, and checked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from relnews.embed.sentence.layout import (
    body,
    is_static,
    leaves_prompt_out,
    modules,
    padding,
    pooling,
    token_limit,
)
from relnews.errors import InvalidModel

if TYPE_CHECKING:
    from pathlib import Path

STEPS = [
    {"path": "", "type": "sentence_transformers.models.Transformer"},
    {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
]


def write(folder: Path, **files: Any) -> Path:
    """Write JSON files; two underscores in a name stand for a slash."""
    for name, held in files.items():
        path = folder / f"{name.replace('__', '/')}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(held if isinstance(held, str) else json.dumps(held))
    return folder


def test_the_steps_of_a_model_in_order(tiny_transformer: Path, tiny_static: Path) -> None:
    kinds = [step.kind for step in modules(tiny_transformer)]
    assert kinds == ["Transformer", "Pooling", "Normalize"]
    assert modules(tiny_transformer)[1].folder == tiny_transformer / "1_Pooling"
    assert [step.kind for step in modules(tiny_static)] == ["StaticEmbedding", "Normalize"]


def test_a_plain_transformer_is_pooled_by_its_mean(tmp_path: Path) -> None:
    write(tmp_path, config={"model_type": "bert"}, tokenizer={})
    assert [step.kind for step in modules(tmp_path)] == ["Transformer"]
    assert pooling(tmp_path) == "mean"
    assert not is_static(tmp_path)


def test_the_first_step_may_have_a_folder(tmp_path: Path) -> None:
    steps = [{"path": "0_Transformer", "type": "sentence_transformers.models.Transformer"}]
    assert body(write(tmp_path, modules=steps)) == tmp_path / "0_Transformer"
    assert body(write(tmp_path, modules=[])) == tmp_path


@pytest.mark.parametrize("held", ["{", '{"a": 1}', [{"path": 1, "type": "x"}], ["x"]])
def test_steps_that_cannot_be_are_refused(tmp_path: Path, held: Any) -> None:
    with pytest.raises(InvalidModel, match=r"modules\.json"):
        modules(write(tmp_path, modules=held))


def test_a_step_outside_of_the_folder_is_refused(tmp_path: Path) -> None:
    steps = [{"path": "../other", "type": "sentence_transformers.models.Transformer"}]
    with pytest.raises(InvalidModel, match="must have a path inside and a type"):
        modules(write(tmp_path, modules=steps))


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"pooling_mode": "cls"}, "cls"),
        ({"pooling_mode": ["mean", "max"]}, "mean+max"),
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, "cls"),
        ({"pooling_mode_mean_tokens": True, "pooling_mode_max_tokens": True}, "mean+max"),
        ({"pooling_mode_lasttoken": True}, "lasttoken"),
        ({}, "mean"),
    ],
)
def test_pooling_in_the_old_and_the_new_words(
    tmp_path: Path, told: dict[str, Any], expected: str
) -> None:
    assert pooling(write(tmp_path, modules=STEPS, **{"1_Pooling__config": told})) == expected


def test_a_pooling_that_leaves_the_prompt_out_is_told(tmp_path: Path) -> None:
    write(tmp_path, modules=STEPS, **{"1_Pooling__config": {"include_prompt": True}})
    assert not leaves_prompt_out(tmp_path)
    write(tmp_path, modules=STEPS, **{"1_Pooling__config": {"include_prompt": False}})
    assert leaves_prompt_out(tmp_path)


@pytest.mark.parametrize("held", [{"model_type": "model2vec"}, {"normalize": True}])
def test_a_model2vec_folder_without_steps_is_static(tmp_path: Path, held: dict[str, Any]) -> None:
    assert is_static(write(tmp_path, config=held, tokenizer={}))


def test_a_model_of_one_static_step_is_static(tiny_static: Path, tiny_onnx: Path) -> None:
    assert is_static(tiny_static)
    assert not is_static(tiny_onnx)


BERT = {"model_type": "bert", "max_position_embeddings": 512, "pad_token_id": 0}
XLM = {"model_type": "xlm-roberta", "max_position_embeddings": 514, "pad_token_id": 1}
ENDLESS = {"model_max_length": 1e30}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"config": BERT, "sentence_bert_config": {"max_seq_length": 128}}, 128),
        ({"config": BERT, "tokenizer_config": {"model_max_length": 256}}, 256),
        ({"config": BERT, "tokenizer_config": ENDLESS}, 512),
        ({"config": BERT, "sentence_bert_config": {"max_seq_length": 4096}}, 512),
        ({"config": XLM}, 512),
        ({"config": XLM, "sentence_bert_config": {"max_seq_length": None}}, 512),
        ({"config": {"model_type": "t5"}, "sentence_bert_config": {"max_seq_length": 99}}, 99),
    ],
)
def test_a_models_own_limit(tmp_path: Path, files: dict[str, Any], expected: int) -> None:
    assert token_limit(write(tmp_path, **files), 0) == expected


def test_more_may_be_asked_for_up_to_the_positions(tmp_path: Path) -> None:
    write(tmp_path, config=XLM, sentence_bert_config={"max_seq_length": 128})
    assert token_limit(tmp_path, 64) == 64
    assert token_limit(tmp_path, 512) == 512
    with pytest.raises(InvalidModel, match="must be at most 512, got 513; lower it"):
        token_limit(tmp_path, 513)


def test_a_model_that_tells_no_limit_wants_one(tmp_path: Path) -> None:
    write(tmp_path, config={"model_type": "t5"}, tokenizer_config=ENDLESS)
    assert token_limit(tmp_path, 300) == 300
    with pytest.raises(InvalidModel, match=r"must say how many tokens it reads .* give max_tokens"):
        token_limit(tmp_path, 0)


def test_the_padding_is_the_models_own(tmp_path: Path) -> None:
    assert padding(write(tmp_path, config=XLM)) == 1
    assert padding(write(tmp_path, config={"pad_token_id": None})) == 0
