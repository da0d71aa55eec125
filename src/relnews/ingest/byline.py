"""Tell a byline from other lines, and whom it names.

Called by `relnews.ingest.page`.
"""

from __future__ import annotations

import re

__all__ = ["authors_of", "is_name"]

_AGENCIES = frozenset(
    {"dpa", "afp", "ap", "reuters", "rtr", "epd", "kna", "apa", "sid", "dts", "sda", "dapd"}
)
_NAME_PART = (
    r"(?:(?:[A-ZÄÖÜ]\.\s?){1,3}[A-ZÄÖÜ][\w'’-]+"  # A.B.Name
    r"|(?:Dr\.|Prof\.)"
    r"|(?:von|van|de|der|den|di|da|del|la|le|zu|zum|zur|ter|ten)"
    r"|[A-ZÄÖÜ][\w'’]*[a-zäöüß][\w'’]*(?:-[A-ZÄÖÜ][\w'’]+)*"
    r"|[A-ZÄÖÜ]\.)"
)
_NAME = rf"{_NAME_PART}(?:\s{_NAME_PART}){{0,4}}"
_IS_NAME = re.compile(_NAME)
_DESK = re.compile(rf"(?P<names>{_NAME}(?:\s*(?:,|/|\bund\b|&)\s*{_NAME})*)\s*(?:--|—|–)\s*"
                   r"(?P<desk>[A-Za-zÄÖÜäöü/]{1,12})")  # fmt: skip
_BY = re.compile(r"(?:von|text:|autor(?:in)?:)\s+(?P<names>.+)", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:,|/|;|&|\bund\b|\bmit\b)\s*")
_LONGEST = 120
_FULL_NAME = 2  # words


def is_name(text: str) -> bool:
    """Say whether the text has the shape of a person's name."""
    return _IS_NAME.fullmatch(text) is not None and not text.islower()


def authors_of(line: str, *, last: bool) -> tuple[str, ...]:
    """Return the authors that a byline names, or nothing when the line is none.

    Bylines are ``A.B.Name--XYZ``, ``Von Jana Muster``, ``Jana Muster, dpa``, ``(dpa)``, and, as
    the `last` line of a text, ``Jana Muster`` alone. An agency counts as an author; the sign of
    a desk after the dashes does not.
    """
    if len(line) > _LONGEST:
        return ()
    bare = line.strip(" ()[]*")
    if (desk := _DESK.fullmatch(bare)) is not None:
        agency = (desk["desk"],) if desk["desk"].lower() in _AGENCIES else ()
        return _people(desk["names"]) + agency
    if (by := _BY.fullmatch(bare)) is not None:
        return _people(by["names"])
    people = _people(bare)
    if not last or not people:
        return ()
    with_agency = any(person.lower() in _AGENCIES for person in people)
    full = all(len(person.split()) >= _FULL_NAME or "." in person for person in people)
    return people if with_agency or full else ()


def _people(text: str) -> tuple[str, ...]:
    """Return the names in a list of names and agencies, or nothing if one part is neither."""
    parts = [part for part in _BETWEEN.split(text) if part]
    if all(part.lower() in _AGENCIES or is_name(part) for part in parts):
        return tuple(dict.fromkeys(parts))
    return ()
