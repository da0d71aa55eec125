"""Policies as TOML: the names of `Policy`, checked, unknown ones refused."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relnews.errors import InvalidPolicy
from relnews.policy import Policy
from relnews.rank.diversity import SELECTORS

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

_LISTS = ("languages", "agencies")


def load_policy(path: str | os.PathLike[str]) -> Policy:
    """Read a policy from a TOML file.

    The keys are the fields of `Policy`; what is not given keeps its default. Diversity is a
    table: ``selector = {name = "mmr", diversity = 0.1}``, with ``"dpp"`` for the other one.

    Raises
    ------
    InvalidPolicy
        When the file is missing, is no TOML, or holds an unknown key or a value out of range.

    Examples
    --------
    >>> policy_from({"half_life_hours": 24, "section_half_life_hours": {"Kultur": 240}}).fill
    'newest'
    """
    try:
        settings = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        msg = f"a policy file must be readable UTF-8, got {path}: {error}"
        raise InvalidPolicy(msg) from error
    except tomllib.TOMLDecodeError as error:
        msg = f"a policy file must be TOML, but {path} is not: {error}"
        raise InvalidPolicy(msg) from error
    return policy_from(settings)


def policy_from(settings: Mapping[str, Any]) -> Policy:
    """Make a policy from plain data, such as a TOML document; see `load_policy`."""
    known = {field.name for field in fields(Policy)}
    unknown = sorted(settings.keys() - known)
    if unknown:
        msg = f"a policy has {', '.join(sorted(known))}; unknown: {', '.join(unknown)}"
        raise InvalidPolicy(msg)
    values = dict(settings)
    for name in _LISTS:
        if isinstance(values.get(name), list):
            values[name] = tuple(values[name])
    if "selector" in values:
        values["selector"] = _selector(values["selector"])
    return Policy(**values)


def _selector(settings: object) -> object:
    if not isinstance(settings, dict) or settings.keys() != {"name", "diversity"}:
        msg = f'selector must be like {{name = "mmr", diversity = 0.1}}, got {settings!r}'
        raise InvalidPolicy(msg)
    name = settings["name"]
    if not isinstance(name, str) or name not in SELECTORS:
        msg = f"selector.name must be one of {', '.join(SELECTORS)}, got {name!r}"
        raise InvalidPolicy(msg)
    return SELECTORS[name](settings["diversity"])
