"""Read the times that CMS exports, feeds and pages carry, and make each one timezone-aware.

Called by `relnews.ingest.values` and `relnews.ingest.capture`.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from relnews.errors import InvalidPolicy

__all__ = ["parse_time", "zone_of"]

_MONTHS = {
    "januar": 1, "jänner": 1, "jan": 1, "februar": 2, "feber": 2, "feb": 2, "märz": 3, "mrz": 3,
    "april": 4, "apr": 4, "mai": 5, "juni": 6, "jun": 6, "juli": 7, "jul": 7, "august": 8,
    "aug": 8, "september": 9, "sept": 9, "sep": 9, "oktober": 10, "okt": 10, "november": 11,
    "nov": 11, "dezember": 12, "dez": 12,
}  # fmt: skip
_GERMAN = re.compile(
    r"(?:(?:mo|di|mi|do|fr|sa|so)(?:[a-zä]*tag|[a-z]*woch|[a-z]*abend)?\.?,?\s+)?"  # weekday
    r"(?:den\s+)?(\d{1,2})\.\s*(?:(\d{1,2})\.|([a-zä]+)\.?)\s*(\d{4})"
    r"(?:,?\s*(?:um\s+)?[-–|]?\s*(\d{1,2})(?:[:.](\d{2})(?::(\d{2}))?)?(?:\s*(uhr))?)?",
    re.IGNORECASE,
)
_ENGLISH_MONTH = re.compile(
    r"\d\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE
)
# `email.utils` knows the American names alone.
_ZONE_NAMES = {"CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "WET": 0, "BST": 1, "-0000": 0}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM = 1e11  # as seconds this would be the year 5138
_DATE_DIGITS = 8


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """Return the IANA time zone of this name.

    Raises
    ------
    InvalidPolicy
        When there is none.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError):
        msg = f"timezone must be an IANA name such as Europe/Berlin, got {name!r}"
        raise InvalidPolicy(msg) from None


def parse_time(value: object, zone: tzinfo) -> datetime | None:
    """Return the moment that a value of a record stands for, or None when it cannot be told.

    Understood are ISO 8601 (also a date alone), RFC 2822 as in RSS, German dates
    (``03.10.2020, 12:30 Uhr``, ``3. Oktober 2020``), and seconds or milliseconds since 1970.
    A time without a zone is one of `zone`: where clocks are put back, the first of the two; where
    they are put forward, the moment that the old offset gives, as a clock there would show it.

    Examples
    --------
    >>> parse_time("03.10.2020 12:30", zone_of("Europe/Berlin")).isoformat()
    '2020-10-03T12:30:00+02:00'
    >>> parse_time("2021-03-28 02:30", zone_of("Europe/Berlin")).isoformat()
    '2021-03-28T03:30:00+02:00'
    """
    try:
        if isinstance(value, datetime):
            moment = value
        elif isinstance(value, str):
            found = _from_text(value.strip())
            if found is None:
                return None
            moment = found
        elif isinstance(value, int | float) and not isinstance(value, bool):
            moment = _from_number(value)
        else:
            return None
        if moment.utcoffset() is None:
            local = moment.replace(tzinfo=zone, fold=0)
            moment = local.astimezone(UTC).astimezone(zone)
    except (ValueError, OverflowError, TypeError):
        return None
    return moment


def _from_text(text: str) -> datetime | None:
    if text.isdecimal():
        return _from_number(int(text[:20]))
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    if german := _GERMAN.fullmatch(text):
        return _from_german(german)
    if _ENGLISH_MONTH.search(text):
        return _from_rfc_2822(text)
    try:
        return _from_number(float(text))
    except ValueError:
        return None


def _from_number(value: float) -> datetime:
    """Read 20201003 as a date, anything else as seconds or milliseconds since 1970.

    A year alone is no time, and would silently become half an hour after the epoch.
    """
    if not math.isfinite(value) or 1000 <= value <= 9999:  # noqa: PLR2004  # a year
        raise ValueError
    if isinstance(value, int) and len(str(value)) == _DATE_DIGITS:
        try:
            return datetime.strptime(str(value), "%Y%m%d")  # noqa: DTZ007  # localised by the caller
        except ValueError:
            pass
    seconds = value / 1000 if abs(value) >= _MILLISECONDS_FROM else value
    return _EPOCH + timedelta(seconds=seconds)


def _from_german(match: re.Match[str]) -> datetime | None:
    day, number, name, year, hour, minute, second, clock = match.groups()
    if hour and not minute and not clock:  # "03.10.2020 12" is cut off
        return None
    month = int(number) if number else _MONTHS.get(name.lower())
    if month is None:
        return None
    return datetime(  # noqa: DTZ001  # localised by the caller
        int(year), month, int(day), int(hour or 0), int(minute or 0), int(second or 0)
    )


def _from_rfc_2822(text: str) -> datetime | None:
    moment = parsedate_to_datetime(text)
    last = text.rsplit(maxsplit=1)[-1].upper()
    if moment.tzinfo is None and last in _ZONE_NAMES:
        return moment.replace(tzinfo=timezone(timedelta(hours=_ZONE_NAMES[last])))
    # An unknown zone is not a missing one: guessing would be off by hours.
    return None if moment.tzinfo is None and last.isalpha() else moment
