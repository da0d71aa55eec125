"""What ``model="..."`` means: a preset, a TOML file, a model folder or a name on the hub.

A preset is a folder with ``model.toml`` (the fields of `SentenceSettings`) and ``card.md``. The
repository keeps them in ``models/``, an installed package in ``relnews/presets/``.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import MISSING, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relnews.embed.sentence.settings import SentenceSettings
from relnews.errors import InvalidModel
from relnews.toml import quoted

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

DEFAULT = "default"
"""The name of the view that is fitted on a site's own articles: no pretrained model."""

BESIDE_MODEL = "relnews.toml"
"""The file in a model folder that says how its model reads articles; its name is ``"."``."""

_PACKAGE = Path(__file__).parents[2]
_PLACES = (_PACKAGE / "presets", _PACKAGE.parents[1] / "models")
_HUB_NAME = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")


def presets() -> dict[str, Path]:
    """Give the folders of all presets by name, `DEFAULT` first, then by alphabet."""
    place = next((place for place in _PLACES if place.is_dir()), None)
    found = sorted(place.glob("*/model.toml"), key=lambda path: path.parent.name) if place else []
    folders = {path.parent.name: path.parent for path in found}
    return dict(sorted(folders.items(), key=lambda item: item[0] != DEFAULT))


def load_settings(given: str | os.PathLike[str]) -> SentenceSettings | None:
    """Find out which model is meant and how it reads articles. Nothing is downloaded.

    Parameters
    ----------
    given
        In this order: the name of a preset; a TOML file; a folder with a model, read as the
        `BESIDE_MODEL` in it says; a name on the hub, with a slash. A hub name that a preset is
        about is that preset, so that no prompt gets lost. A folder that has the name of a
        preset is written ``./name``.

    Returns
    -------
    The settings, whose name is a folder or a hub name; None for the site's own latent view,
    which `DEFAULT` and files with ``name = "default"`` stand for.

    Raises
    ------
    InvalidModel
        When there is no such thing, or a file holds an unknown key or a value out of range.

    Examples
    --------
    >>> load_settings("multilingual-e5-small").prompt
    'query: '
    >>> load_settings("default") is None
    True
    """
    known = presets()
    if isinstance(given, str) and given in known:
        return _read(known[given] / "model.toml")
    path = Path(given)
    if path.is_dir():
        beside = path / BESIDE_MODEL
        return _read(beside) if beside.exists() else SentenceSettings(name=str(path.absolute()))
    if path.suffix == ".toml":
        return _read(path)
    if isinstance(given, str) and _HUB_NAME.fullmatch(given):
        of_presets = (_read(folder / "model.toml") for folder in known.values())
        named = (settings for settings in of_presets if settings and settings.name == given)
        return next(named, None) or SentenceSettings(name=given)
    near = get_close_matches(str(given), known, n=3, cutoff=0.3) or known
    msg = (
        "a model must be a preset, a TOML file, a folder or a hub name such as "
        f"intfloat/multilingual-e5-small, got {str(given)!r:.80}; presets: {', '.join(near)}"
    )
    raise InvalidModel(msg)


def settings_from(values: Mapping[str, Any], folder: Path) -> SentenceSettings | None:
    """Make settings from plain data, such as a TOML document; see `load_settings`.

    Parameters
    ----------
    values
        Fields of `SentenceSettings`. A ``name`` that is a folder, or starts with a dot, counts
        from `folder`.
    folder
        Where the data was found.

    Raises
    ------
    InvalidModel
        When a key is unknown, the name is missing, or a value is out of range.
    """
    names = [field.name for field in fields(SentenceSettings)]
    unknown = sorted(values.keys() - set(names))
    if unknown:
        msg = f"a model has {', '.join(names)}; unknown: {', '.join(unknown)}"
        raise InvalidModel(msg)
    if values.get("name") == DEFAULT:
        if len(values) > 1:
            msg = f"the site's own view takes no settings beside its name, got {sorted(values)}"
            raise InvalidModel(msg)
        return None
    if "name" not in values:
        msg = f"name of a model must name a folder or a hub model, got {sorted(values)}"
        raise InvalidModel(msg)
    if isinstance(values.get("languages"), list):
        values = {**values, "languages": tuple(values["languages"])}
    settings = SentenceSettings(**values)
    local = (folder / settings.name).absolute()
    if settings.name.startswith(".") or local.is_dir():
        return replace(settings, name=str(local))
    return settings


def settings_to_toml(settings: SentenceSettings) -> str:
    """Write what differs from the defaults as TOML; `load_settings` reads the same back.

    Raises
    ------
    InvalidModel
        When a text is no valid Unicode.

    Examples
    --------
    >>> print(settings_to_toml(SentenceSettings(name=".", prompt="query: ", dimensions=256)))
    name = "."
    prompt = "query: "
    dimensions = 256
    <BLANKLINE>
    """
    lines = []
    for field in fields(SentenceSettings):
        value = getattr(settings, field.name)
        if field.default is MISSING or value != field.default:
            lines.append(f"{field.name} = {_written(value)}\n")
    return "".join(lines)


def _read(path: Path) -> SentenceSettings | None:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        msg = f"a model file must be readable UTF-8, got {path}: {error}"
        raise InvalidModel(msg) from error
    except tomllib.TOMLDecodeError as error:
        msg = f"a model file must be TOML, but {path} is not: {error}"
        raise InvalidModel(msg) from error
    try:
        return settings_from(values, path.parent)
    except InvalidModel as error:
        msg = f"{path}: {error}"
        raise InvalidModel(msg) from error


def _written(value: str | float | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_written(each) for each in value)}]"
    if isinstance(value, int | float):
        return repr(value)
    try:
        return quoted(value)
    except UnicodeEncodeError as error:
        msg = f"a text in a model file must be valid Unicode, got {value!r:.80}"
        raise InvalidModel(msg) from error
