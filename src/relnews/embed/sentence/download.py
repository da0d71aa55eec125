"""Downloads: the only place of the package that fetches anything, and only when it is called."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relnews.embed.sentence.files import find
from relnews.embed.sentence.presets import BESIDE_MODEL, settings_to_toml
from relnews.errors import InvalidModel, MissingExtra, MissingModel

if TYPE_CHECKING:
    from relnews.embed.sentence.settings import SentenceSettings

CONFIGURATION = ("*.json", "*.txt", "*.model")
"""Tokenizer, pooling and the like; a .model is a vocabulary of SentencePiece.

No pattern here lets code or pickles pass (.py, .bin, .pt, .pkl).
"""

WEIGHTS = ("*.safetensors",)
OTHER_RUNTIMES = ("onnx/*", "openvino/*")

GRAPHS = ("*.onnx", "*.onnx_data", "*.onnx.data")
"""What exporters call a graph and the weights they keep beside a large one."""


def download(settings: SentenceSettings, folder: Path | None = None) -> Path:
    """Fetch the files of a hub model that are needed to run it, and check that they are complete.

    Parameters
    ----------
    settings
        Which model, at which revision, for which runtime.
    folder
        Where to put the files, with a `BESIDE_MODEL` that keeps the settings: such a folder can
        be carried to a machine without a network. It appears when it is complete. None: the
        hub's cache of this user.

    Returns
    -------
    The folder with the model.

    Raises
    ------
    InvalidModel
        When the settings name a folder, or `folder` is there already.
    MissingExtra
        When the hub's package is not installed.
    MissingModel
        When the hub cannot be reached, has no such model, or has it without the files needed.
    """
    if Path(settings.name).is_absolute():
        msg = f"a model to download must have a hub name, got the folder {settings.name}"
        raise InvalidModel(msg)
    if folder is not None and folder.exists():
        msg = f"a model must be put into a folder that is not there yet, got {folder}"
        raise InvalidModel(msg)
    if folder is None:
        _fetch(settings, None)
        return _whole(settings, settings.name)
    partial = folder.with_name(f".{folder.name}.part")  # a download that breaks off goes on here
    _fetch(settings, partial)
    _whole(settings, str(partial.absolute()))
    shutil.rmtree(partial / ".cache", ignore_errors=True)  # the hub's notes on what it fetched
    told = settings_to_toml(replace(settings, name="."))
    (partial / BESIDE_MODEL).write_text(told, encoding="utf-8")
    return partial.rename(folder)


def wanted(settings: SentenceSettings) -> dict[str, list[str]]:
    """Tell which files of a hub model are fetched, as the hub's patterns, and which are not."""
    if settings.file:
        beside = Path(settings.file).with_name("Constant_*").as_posix()
        graph = [settings.file, f"{settings.file}_data", f"{settings.file}.data", beside]
        return {"allow": [*CONFIGURATION, *graph], "ignore": ["openvino/*"]}
    if settings.runtime == "onnx":
        return {"allow": [*CONFIGURATION, *GRAPHS], "ignore": ["openvino/*"]}
    return {"allow": [*CONFIGURATION, *WEIGHTS], "ignore": [*OTHER_RUNTIMES]}


def _fetch(settings: SentenceSettings, folder: Path | None) -> None:
    hub = _hub(settings)
    patterns = wanted(settings)
    try:
        hub.snapshot_download(
            settings.name,
            revision=settings.revision or None,
            allow_patterns=patterns["allow"],
            ignore_patterns=patterns["ignore"],
            local_dir=folder,
        )
    except Exception as error:  # whatever the hub's HTTP library raises
        first, *_ = str(error).strip().splitlines() or [type(error).__name__]
        at = f" at revision {settings.revision}" if settings.revision else ""
        msg = f"{settings.name}{at} could not be downloaded from the hub: {first}"
        raise MissingModel(msg) from error


def _whole(settings: SentenceSettings, name: str) -> Path:
    """Give the folder of what was fetched, under the name it goes by here."""
    try:
        return find(replace(settings, name=name)).folder
    except MissingModel as error:
        lack, _, _ = str(error).partition(";")  # the advice that follows would be to download it
        msg = f"{settings.name} came from the hub without files that are needed: {lack}"
        raise MissingModel(msg) from error


def _hub(settings: SentenceSettings) -> Any:  # noqa: ANN401  # a module
    try:
        import huggingface_hub  # noqa: PLC0415  # an extra brings it
    except ImportError as error:
        extra = settings.runtime if settings.runtime in {"onnx", "static"} else "models"
        msg = f"downloads need an extra: pip install 'relnews[{extra}]'"
        raise MissingExtra(msg) from error
    return huggingface_hub
