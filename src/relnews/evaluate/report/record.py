"""An evaluation as strict JSON, and back: for a gate, a diff, or a report made again later."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import lru_cache
from math import inf, isinf, isnan, nan
from numbers import Integral, Real
from typing import Any, get_args, get_origin, get_type_hints

from relnews.errors import InvalidTruth
from relnews.evaluate.results import Evaluation

FORMAT = 1
"""The number of the format that is written, and the only one that is read."""

_INFINITE = {"inf": inf, "-inf": -inf}
_SURROGATE = re.compile("[\ud800-\udfff]")


def to_json(evaluation: Evaluation) -> str:
    """Give an evaluation as strict JSON, indented, with a line end.

    JSON knows neither NaN nor infinity: NaN is written as null, infinity as ``"inf"`` and
    ``"-inf"``. `from_json` gives back an equal evaluation, with NaN where NaN was.
    """
    record = {"format": FORMAT, "evaluation": _encode(evaluation)}
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, indent=1)
    # half a surrogate pair cannot be stored as UTF-8, but it can as an escape
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def from_json(text: str) -> Evaluation:
    """Read what `to_json` wrote.

    Raises
    ------
    InvalidTruth
        When the text is no JSON, has another format, or is damaged: a part is missing, unknown
        or of another type. The message says which.
    """
    try:
        record = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        msg = f"an evaluation must be JSON as to_json writes it, got {error}; write it again"
        raise InvalidTruth(msg) from error
    if not isinstance(record, dict) or "format" not in record:
        msg = f"an evaluation must be JSON that to_json wrote, with a format, got {_brief(record)}"
        raise InvalidTruth(msg)
    if record["format"] != FORMAT or isinstance(record["format"], bool):
        given = _brief(record["format"])
        msg = f"format must be {FORMAT}, got {given}; read it with the relnews that wrote it"
        raise InvalidTruth(msg)
    found: Evaluation = _decode(Evaluation, record.get("evaluation"), "evaluation")
    return found


def _encode(value: Any) -> Any:  # noqa: ANN401  # any field
    if is_dataclass(value):
        return {part.name: _encode(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _encode(entry) for name, entry in value.items()}
    if isinstance(value, (tuple, list)):
        return [_encode(entry) for entry in value]
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return _encode_number(float(value))
    return value


def _encode_number(value: float) -> float | str | None:
    if isnan(value):
        return None
    if isinf(value):
        return "inf" if value > 0 else "-inf"
    return value


def _decode(kind: Any, value: Any, path: str) -> Any:  # noqa: ANN401  # any field
    """Build a value of a type from JSON; `path` says where it stands."""
    origin = get_origin(kind)
    if origin is tuple:
        return _decode_tuple(get_args(kind), value, path)
    if origin is Mapping:
        entries = _require(value, dict, "an object", path).items()
        inner = get_args(kind)[1]
        return {name: _decode(inner, entry, f"{path}[{name!r}]") for name, entry in entries}
    if is_dataclass(kind):
        return _decode_fields(kind, value, path)
    if kind is float:
        return _decode_number(value, path)
    if kind is int:
        return _require(value, int, "a whole number", path)
    return _require(value, str, "a text", path)


def _decode_tuple(kinds: tuple[Any, ...], value: object, path: str) -> tuple[Any, ...]:
    entries = _require(value, list, "a list", path)
    if kinds[-1] is Ellipsis:
        kinds = (kinds[0],) * len(entries)
    if len(entries) != len(kinds):
        raise _damaged(path, f"a list of {len(kinds)}", entries)
    return tuple(
        _decode(kind, entry, f"{path}[{place}]")
        for place, (kind, entry) in enumerate(zip(kinds, entries, strict=True))
    )


def _decode_fields(kind: Any, value: object, path: str) -> Any:  # noqa: ANN401  # any dataclass
    given = _require(value, dict, "an object", path)
    hints = _hints(kind)
    if unknown := sorted(given.keys() - hints.keys()):
        raise _damaged(path, f"an object with only {', '.join(hints)}", unknown)
    needed = [
        part.name
        for part in fields(kind)
        if part.default is MISSING and part.default_factory is MISSING
    ]
    if missing := [name for name in needed if name not in given]:
        raise _damaged(path, f"an object with {', '.join(missing)}", sorted(given))
    return kind(
        **{name: _decode(hints[name], entry, f"{path}.{name}") for name, entry in given.items()}
    )


def _decode_number(value: object, path: str) -> float:
    if value is None:
        return nan
    if isinstance(value, str) and value in _INFINITE:
        return _INFINITE[value]
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
    except OverflowError as error:
        raise _damaged(path, "a number that fits a float", value) from error
    raise _damaged(path, "a number, null, 'inf' or '-inf'", value)


def _require(value: object, kind: type, words: str, path: str) -> Any:  # noqa: ANN401  # JSON
    if not isinstance(value, kind) or isinstance(value, bool):
        raise _damaged(path, words, value)
    return value


def _damaged(path: str, words: str, value: object) -> InvalidTruth:
    return InvalidTruth(
        f"{path} must be {words}, got {_brief(value)}; "
        "the file is damaged or was changed by hand: write it again with to_json"
    )


def _brief(value: object) -> str:
    """Show what was given, or only its beginning."""
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 60 else f"{shown[:60]}…"  # noqa: PLR2004  # one line


def _refuse_constant(name: str) -> float:
    msg = f"the token {name}, which is no JSON"
    raise ValueError(msg)


@lru_cache(maxsize=32)
def _hints(kind: Any) -> dict[str, Any]:  # noqa: ANN401  # any dataclass
    return get_type_hints(kind)
