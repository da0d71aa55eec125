"""Policies as TOML: the names of `Policy`, checked, unknown ones refused."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relnews.errors import InvalidPolicy
from relnews.policy import Policy
from relnews.rank.diversity import SELECTORS, Dpp, Mmr
from relnews.toml import quoted

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


def policy_to_toml(policy: Policy) -> str:
    """Write what differs from the default policy as TOML; `load_policy` reads the same policy back.

    Raises
    ------
    InvalidPolicy
        When the selector has no name in a settings file, or a text is no valid Unicode.

    Examples
    --------
    >>> print(policy_to_toml(Policy(half_life_hours=24, section_half_life_hours={"Kultur": 240})))
    half_life_hours = 24
    <BLANKLINE>
    [section_half_life_hours]
    "Kultur" = 240
    <BLANKLINE>
    """
    default = Policy()
    values = {each.name: getattr(policy, each.name) for each in fields(Policy)}
    changed = {name: value for name, value in values.items() if value != getattr(default, name)}
    by_section = changed.pop("section_half_life_hours", {})
    lines = [f"{name} = {_written(value)}" for name, value in changed.items()]
    if by_section:
        lines += ["", "[section_half_life_hours]"] if lines else ["[section_half_life_hours]"]
        lines += [f"{_quoted(name)} = {_written(hours)}" for name, hours in by_section.items()]
    return "".join(f"{line}\n" for line in lines)


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return repr(float(value))
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, tuple):
        return f"[{', '.join(_written(each) for each in value)}]"
    return _written_selector(value)


def _written_selector(selector: object) -> str:
    names = [name for name, kind in SELECTORS.items() if type(selector) is kind]
    if not names or not isinstance(selector, Mmr | Dpp):
        known = ", ".join(SELECTORS)
        msg = f"a selector in a settings file must be one of {known}, got {selector!r}"
        raise InvalidPolicy(msg)
    return f"{{name = {_quoted(names[0])}, diversity = {_written(selector.diversity)}}}"


def _quoted(text: str) -> str:
    try:
        return quoted(text)
    except UnicodeEncodeError as error:
        msg = f"a text in a settings file must be valid Unicode, got {text!r:.80}"
        raise InvalidPolicy(msg) from error
