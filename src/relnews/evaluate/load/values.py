"""Convert single values of a truth file, or say what they must be."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from relnews.errors import InvalidTruth
from relnews.ingest.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, tzinfo

__all__ = ["pick", "refuse", "to_id", "to_ids", "to_moment", "to_number", "to_text"]

_FIRST_YEAR, _LAST_YEAR = 2, 9998  # so that no time zone leads out of what a datetime can hold
_LONGEST_SHOWN = 80
_LONGEST_NUMBER = 10**40  # as an id, as for articles


def refuse(name: str, expected: str, value: object) -> NoReturn:
    """Raise `InvalidTruth` that shows what is short to show."""
    plain = isinstance(value, str | int | float) or value is None
    given = f"{value!r:.{_LONGEST_SHOWN}}" if plain else f"a {type(value).__name__}"
    msg = f"{name} must be {expected}, got {given}"
    raise InvalidTruth(msg)


def pick(values: Mapping[str, object], *names: str) -> object:
    """Give the value under the first of the names that holds one, or None."""
    for name in names:
        value = values.get(name)
        if value is not None and value != "":
            return value
    return None


def to_id(name: str, value: object) -> str:
    """Give an id as text, stripped; a whole number is one too, as it is for articles."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LONGEST_NUMBER:
        return str(value)
    text = to_text(name, value).strip()
    return text or refuse(name, "an id that is not empty", value)


def to_ids(name: str, value: object) -> tuple[str, ...]:
    """Give ids from a list."""
    if not isinstance(value, list | tuple):
        refuse(name, "a list of ids", value)
    return tuple(to_id(name, item) for item in value)


def to_text(name: str, value: object) -> str:
    """Give text that any file and database can hold: valid Unicode, without NUL."""
    if not isinstance(value, str):
        refuse(name, "text", value)
    if "\0" in value or not _is_unicode(value):
        refuse(name, "valid Unicode without the character NUL", value)
    return value


def to_moment(name: str, value: object, zone: tzinfo) -> datetime:
    """Give a timezone-aware moment; a time without a zone is one of `zone`."""
    moment = parse_time(value, zone)
    if moment is None or not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        refuse(name, "a time such as 2020-10-03T12:30:00+02:00", value)
    return moment


def to_number(name: str, value: object) -> float:
    """Give a number, also from text with a decimal point."""
    if isinstance(value, bool):
        refuse(name, "a number", value)
    try:
        if isinstance(value, str | int | float):
            return float(value)
    except (ValueError, OverflowError):
        pass
    refuse(name, "a number such as 0.5", value)


def _is_unicode(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
