"""What the files of a model's folder say: its modules, its pooling, how much it reads at once.

Read from JSON alone, so that it is known before anything heavy is imported, and the same for
every runtime. The formats are those of sentence-transformers, transformers and model2vec.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relnews.errors import InvalidModel

if TYPE_CHECKING:
    from pathlib import Path

_OLD_POOLING = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}
_SHIFTED = {"camembert", "mpnet", "roberta", "xlm-roberta", "xlm-roberta-xl", "xmod"}
"""Kinds whose positions begin after that of the padding: 514 positions hold 512 tokens."""

_STATIC = "model2vec"
_ENDLESS = 1_000_000  # tokenizers without a limit say 10^30


@dataclass(frozen=True, slots=True)
class Module:
    """One step of a model: its class, such as ``Pooling``, and the folder with its files."""

    kind: str
    folder: Path


def modules(folder: Path) -> tuple[Module, ...]:
    """Give the steps of a model in order; a folder without ``modules.json`` is a transformer.

    Raises
    ------
    InvalidModel
        When a step is not one of sentence-transformers: it would be code of the model's own.
    """
    if not (folder / "modules.json").is_file():
        return (Module("Transformer", folder),)
    found = []
    for entry in read_json(folder / "modules.json", list):
        path, kind = _entry(folder, entry)
        if not kind.startswith("sentence_transformers."):
            refuse_code(folder, f"the step {kind}")
        found.append(Module(kind.rpartition(".")[2], folder / path))
    return tuple(found)


def _entry(folder: Path, entry: object) -> tuple[str, str]:
    """Give path and type of an entry of ``modules.json``."""
    if isinstance(entry, dict):
        path, kind = entry.get("path"), entry.get("type")
        if isinstance(path, str) and isinstance(kind, str) and ".." not in path.split("/"):
            return path.lstrip("/"), kind
    msg = f"{folder / 'modules.json'}: a module must have a path inside and a type, got {entry!r}"
    raise InvalidModel(msg)


def body(folder: Path) -> Path:
    """Give the folder of the first step: there lie the tokenizer, its settings and the weights."""
    steps = modules(folder)
    return steps[0].folder if steps else folder


def is_static(folder: Path) -> bool:
    """Tell a static model: word vectors and a tokenizer, nothing that reads them in context."""
    steps = modules(folder)
    if (folder / "modules.json").is_file():
        return bool(steps) and steps[0].kind == "StaticEmbedding"
    if not (folder / "config.json").is_file() or not (folder / "tokenizer.json").is_file():
        return False
    return bool(read_json(folder / "config.json", dict).get("model_type", _STATIC) == _STATIC)


def pooling(folder: Path) -> str:
    """Name how token vectors become one; ``mean`` where a model says nothing.

    So does sentence-transformers. Several at once are joined by ``+``.
    """
    for step in modules(folder):
        if step.kind == "Pooling":
            told = read_json(step.folder / "config.json", dict)
            if "pooling_mode" in told:
                mode = told["pooling_mode"]
                return mode if isinstance(mode, str) else "+".join(map(str, mode))
            return "+".join(name for key, name in _OLD_POOLING.items() if told.get(key)) or "mean"
    return "mean"


def leaves_prompt_out(folder: Path) -> bool:
    """Tell whether the pooling of a model passes over the prompt, as INSTRUCTOR does."""
    for step in modules(folder):
        if step.kind == "Pooling":
            return read_json(step.folder / "config.json", dict).get("include_prompt") is False
    return False


def token_limit(folder: Path, asked: int) -> int:
    """Give how many tokens are read at once: `asked`, or the model's own limit when that is 0.

    Raises
    ------
    InvalidModel
        When more are asked for than the model has positions, or nothing tells its limit.
    """
    where = body(folder)
    config = _optional(where / "config.json")
    most = config.get("max_position_embeddings")
    if isinstance(most, int) and config.get("model_type") in _SHIFTED:
        most -= int(config.get("pad_token_id") or 0) + 1
    told = (
        _optional(where / "sentence_bert_config.json").get("max_seq_length"),
        _optional(where / "tokenizer_config.json").get("model_max_length"),
        most,
    )
    limits = [int(one) for one in told if isinstance(one, int | float) and 0 < one < _ENDLESS]
    positions = most if isinstance(most, int) and most > 0 else _ENDLESS
    if asked > positions:
        msg = f"max_tokens of {folder.name} must be at most {positions}, got {asked}; lower it"
        raise InvalidModel(msg)
    if not asked and not limits:
        msg = f"{folder.name} must say how many tokens it reads and does not; give max_tokens"
        raise InvalidModel(msg)
    return asked or min(limits[0], positions)


def padding(folder: Path) -> int:
    """Give the id of the token that fills up a batch; it is masked, so any other would do."""
    number = _optional(body(folder) / "config.json").get("pad_token_id")
    return number if isinstance(number, int) else 0


def refuse_code(folder: Path, what: str) -> None:
    """Raise the error of a model that brings code of its own."""
    msg = (
        f"a model must need no code of its own, got {what} in {folder.name}; relnews never runs "
        "code of a model: take another model, or an ONNX export of it"
    )
    raise InvalidModel(msg)


def read_json(path: Path, kind: type) -> Any:  # noqa: ANN401  # whatever the file holds
    """Read a JSON file whose outermost value is of a kind; `InvalidModel` when it is not."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{path} of a model must be JSON that can be read: {error}; get the model again"
        raise InvalidModel(msg) from error
    if not isinstance(found, kind):
        msg = f"{path} of a model must hold a {kind.__name__}, got {found!r:.80}"
        raise InvalidModel(msg)
    return found


def _optional(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = read_json(path, dict) if path.is_file() else {}
    return found
