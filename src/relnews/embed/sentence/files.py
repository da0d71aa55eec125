"""Finds a pretrained model on this machine, and checks that it is whole, before work starts.

Nothing here touches the network: what is missing ends in one sentence with the command that
gets it. Nothing here runs or unpickles what a model brings.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from relnews.embed.sentence.layout import (
    body,
    is_static,
    leaves_prompt_out,
    modules,
    read_json,
    refuse_code,
)
from relnews.errors import InvalidModel, MissingExtra, MissingModel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relnews.embed.sentence.settings import SentenceSettings

Kind = Literal["torch", "onnx", "static"]

_WEIGHTS = "model.safetensors"
_SHARDS = "model.safetensors.index.json"
_PICKLES = ("pytorch_model*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
_TOKENIZER = "tokenizer.json"
_OLD_TOKENIZER = ("merges.txt", "vocab.txt", "vocab.json", "*.model")
"""What transformers makes a tokenizer of where the one file is missing; nothing else does."""
_SAYING = (
    "added_tokens.json",
    "config.json",
    "modules.json",
    "sentence_bert_config.json",
    "special_tokens_map.json",
    "tokenizer_config.json",
)
_CHUNK = 1 << 20
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model on this machine.

    Attributes
    ----------
    folder
        Where it lies.
    at_hub
        Whether it lies in the hub's cache, not in a folder of someone's own.
    revision
        The commit of a hub model, told by the cache; else what the settings say.
    runtime
        What runs it.
    file
        Of an ONNX model: the file inside the folder, with slashes; else empty.
    """

    folder: Path
    at_hub: bool
    revision: str
    runtime: Kind
    file: str


def find(settings: SentenceSettings) -> ModelFiles:
    """Find a model and check that everything needed is there.

    Raises
    ------
    MissingModel
        When it is not on this machine, or not whole; the message names the command.
    InvalidModel
        When it brings code of its own, or weights as a pickle alone, or cannot take a prompt.
    MissingExtra
        When a hub name is given and no package is installed that knows the hub's cache.
    """
    folder = locate(settings)
    runtime = runtime_of(folder, settings)
    file = _onnx_file(folder, settings) if runtime == "onnx" else ""
    _check(folder, runtime, settings)
    at_hub = not Path(settings.name).expanduser().is_dir()
    revision = folder.name if at_hub else settings.revision
    return ModelFiles(folder, at_hub, revision, runtime, file)


def locate(settings: SentenceSettings) -> Path:
    """Give the folder of a model: a local one, or that of a hub name in the hub's cache.

    A folder of this name goes before a hub model. Never asks the network.
    """
    folder = Path(settings.name).expanduser()
    if folder.is_dir():
        return folder
    if folder.is_absolute() or settings.name.startswith((".", "~")) or "\\" in settings.name:
        msg = f"the folder of a model must exist, got {settings.name}; check the path"
        raise MissingModel(msg)
    try:
        from huggingface_hub import snapshot_download  # noqa: PLC0415  # an extra brings it
    except ImportError as error:
        msg = (
            f"the hub model {settings.name} needs a package that is not installed; "
            "pip install 'relnews[models]', or [onnx] or [static] for such a model"
        )
        raise MissingExtra(msg) from error
    try:
        return Path(
            snapshot_download(
                settings.name, revision=settings.revision or None, local_files_only=True
            )
        )
    except (OSError, ValueError) as error:  # not in the cache; not a name the hub could have
        raise _missing(settings, "") from error


def runtime_of(folder: Path, settings: SentenceSettings) -> Kind:
    """Tell what runs a model: the settings, or else its files and what is installed here.

    A static model is run as such. Of safetensors and ONNX, torch runs the first, unless a file
    is named, or torch is not installed and onnxruntime is: the same model without its exporter's
    roundings. The choice is part of an encoder's config, so that stores made on machines with
    another choice are refused, not mixed.
    """
    if settings.runtime != "auto":
        return settings.runtime
    if settings.file:
        return "onnx"
    if is_static(folder):
        return "static"
    exported = _exports(folder)
    if exported and not _weights(body(folder)):
        return "onnx"
    if exported and not find_spec("sentence_transformers") and find_spec("onnxruntime"):
        return "onnx"
    return "torch"


def deciding(found: ModelFiles) -> list[Path]:
    """List the files that decide what a vector is: weights, tokenizer, settings of every step.

    None besides, so that a model has one digest whatever else of it was downloaded.
    """
    places = {found.folder, *(step.folder for step in modules(found.folder))}
    files = {place / name for place in places for name in _SAYING}
    for place in places:
        whole = place / _TOKENIZER
        files |= {whole} if whole.is_file() else _matching(place, _OLD_TOKENIZER)
    if found.runtime == "onnx":
        graph = found.folder / found.file
        files |= {graph, *graph.parent.glob(f"{graph.name}[._]*")}  # large weights lie beside it
    else:
        files |= {file for place in places for file in _weights(place)}
    return sorted(file for file in files if file.is_file())


def digest(folder: Path, files: Iterable[Path]) -> str:
    """Give 16 hex digits of the SHA-256 of files, with their paths below `folder`. O(bytes)."""
    whole = hashlib.sha256()
    for file in sorted(files):
        whole.update(f"{file.relative_to(folder).as_posix()}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                whole.update(chunk)
    return whole.hexdigest()[:_DIGITS]


def _onnx_file(folder: Path, settings: SentenceSettings) -> str:
    """Give the ONNX file to run: the one named, or the only one there."""
    if settings.file:
        path = PurePosixPath(settings.file.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or path.suffix != ".onnx":
            msg = f"file of a model must be an .onnx inside its folder, got {settings.file!r}"
            raise InvalidModel(msg)
        if not (folder / path).is_file():
            raise _missing(settings, str(path))
        return str(path)
    found = _exports(folder)
    if not found:
        raise _missing(settings, "an .onnx file")
    if len(found) > 1:
        msg = f"file must name one of the ONNX models of {settings.name}: {', '.join(found)}"
        raise InvalidModel(msg)
    return found[0]


def _matching(folder: Path, patterns: Iterable[str]) -> set[Path]:
    return {file for pattern in patterns for file in folder.glob(pattern)}


def _exports(folder: Path) -> list[str]:
    places = (folder, folder / "onnx")
    found = (file for place in places for file in place.glob("*.onnx"))
    return sorted(file.relative_to(folder).as_posix() for file in found)


def _weights(folder: Path) -> list[Path]:
    """List the weights in a folder, all parts of them; empty when there are none."""
    if (folder / _WEIGHTS).is_file():
        return [folder / _WEIGHTS]
    if (folder / _SHARDS).is_file():
        parts = read_json(folder / _SHARDS, dict).get("weight_map", {})
        return [folder / name for name in sorted(set(parts.values()))]
    return []


def _check(folder: Path, runtime: Kind, settings: SentenceSettings) -> None:
    """Refuse a model that brings code or pickles, or lacks a file that its runtime reads."""
    where, lacking = body(folder), []
    if runtime == "torch":
        _refuse_code(folder)
        lacking += [file.name for step in modules(folder) for file in _lacking_weights(step.folder)]
        if not _weights(where) and not lacking:
            lacking.append(_WEIGHTS)
    elif runtime == "static" and not _weights(where):
        _refuse_pickles(where)
        lacking.append(_WEIGHTS)
    if not _matching(where, (_TOKENIZER, *(_OLD_TOKENIZER if runtime == "torch" else ()))):
        lacking.append(_TOKENIZER)
    if runtime != "static" and not (where / "config.json").is_file():
        lacking.append("config.json")
    if lacking:
        raise _missing(settings, ", ".join(lacking))
    if settings.prompt and leaves_prompt_out(folder):
        msg = f"prompt must be empty, as the pooling of {settings.name} passes over prompts"
        raise InvalidModel(msg)


def _lacking_weights(folder: Path) -> list[Path]:
    """List the parts of weights that are announced and not there."""
    weights = _weights(folder)
    if not weights:
        _refuse_pickles(folder)
    return [file for file in weights if not file.is_file()]


def _refuse_pickles(folder: Path) -> None:
    for file in sorted(_matching(folder, _PICKLES)):
        msg = (
            f"weights of a model must be safetensors, got only the pickle {file.name} in "
            f"{folder.name}, which could run code; take a revision that has {_WEIGHTS}"
        )
        raise InvalidModel(msg)


def _refuse_code(folder: Path) -> None:
    for name in ("config.json", "tokenizer_config.json"):
        path = body(folder) / name
        if path.is_file() and read_json(path, dict).get("auto_map"):
            refuse_code(folder, f"auto_map in {name}")
    for step in modules(folder):
        path = step.folder / "config.json"
        if step.kind == "Dense" and path.is_file():
            activation = str(read_json(path, dict).get("activation_function", "torch."))
            if not activation.startswith("torch."):
                refuse_code(folder, f"the activation {activation}")


def _missing(settings: SentenceSettings, what: str) -> MissingModel:
    """Make the error of a model that is not here, or lacks files; nothing is downloaded."""
    name = settings.name
    if Path(name).expanduser().is_dir():
        return MissingModel(f"the model in {name} lacks {what}; put it there, or name a whole one")
    lacks = f"lacks {what}" if what else "is not"
    revision = f" in revision {settings.revision}" if settings.revision else ""
    msg = f"the model {name}{revision} {lacks} on this machine; run: relnews models download {name}"
    return MissingModel(msg)
