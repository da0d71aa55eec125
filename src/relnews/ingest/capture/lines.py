"""Tell what kind of line a line is: control, credit, date, byline, headline.

The vocabulary of captured pages, which the other files of this folder share.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from relnews.ingest.times import parse_time
from relnews.text.teaser import sentences

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

__all__ = [
    "LONGEST_HEADLINE",
    "Line",
    "authors_of",
    "credit_in",
    "ends_sentence",
    "fold",
    "is_control",
    "is_furniture",
    "is_one_sentence",
    "is_recommended",
    "is_save",
    "is_size_control",
    "lines_of",
    "looks_like_headline",
    "stated_time",
]

LONGEST_HEADLINE = 200
_USUAL_HEADLINE = 150
_INVISIBLE = str.maketrans("", "", "\u00ad\u200b\ufeff\x00")
_SIZE = re.compile(
    r"(?:text|schrift)gr(?:ö|oe)(?:ß|ss)e\b.{0,40}|A[-+]?(?: ?A[-+]?){1,3}", re.IGNORECASE
)
_TOOL = (
    r"(?:drucken|teilen|merken|vorlesen|anhören|kommentieren|versenden|speichern"
    r"|per e-?mail (?:teilen|versenden)|auf (?:facebook|twitter|x|whatsapp) teilen)"
)
_TOOLS = re.compile(rf"(?:artikel |seite )?{_TOOL}(?:[ /|,·]+{_TOOL})*\s*[:.]?", re.IGNORECASE)
_FURNITURE = re.compile(
    r"(?:anzeige|werbung|impressum|datenschutz(?:erklärung)?|agb|kontakt|nach oben|mehr lesen"
    r"|weiterlesen|zum seitenanfang|(?:zur )?startseite)\s*[:.]?"
    r"|[-–—_*=•·|]+"
    r"|(?:©|copyright\b).{0,60}\b(?:19|20)\d\d\b.{0,60}|.{0,80}alle rechte vorbehalten\.?",
    re.IGNORECASE,
)
_RECOMMENDED = re.compile(
    r"[-–—*#• ]*(?:(?:auch|für sie|redaktionell|von der redaktion) )?empfohlen"
    r"(?:e|er|es)?(?: (?:artikel|beiträge|inhalte|texte|für sie|von der redaktion))?"
    r"\s*[:.]?[-–—* ]*",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"(?:^|(?<=[.!?)|]\s)|(?<=[(/])|(?<=\s[|/–-]\s))"
    r"(?:(?:(?:symbol|archiv|themen|beispiel|titel|agentur)?(?:foto|bild|grafik|illustration"
    r"|montage|screenshot)(?:s|er|en)?|bildrechte|bildquelle|fotograf(?:in)?)\s*(?::\s*©?|©)|©)"
    r"\s*(?P<credit>.{1,100}?)\)?$",
    re.IGNORECASE,
)
_STATED = re.compile(
    r"(?:(?:stand|vom|veröffentlicht|erschienen|erstellt|datum|(?:zuletzt )?aktualisiert"
    r"|letzte aktualisierung|update)(?:\s+am)?\s*:?\s*)?(?:am\s+)?(?P<time>.{8,45})",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+]?\d*[.,]?\d*")
_CREDIT_WORDS = 10
_WORDS = re.compile(r"\w+")
_CLOSING = "\"'“”»«’‘)]"
_SENTENCE_END = re.compile(rf"[.!?…][{re.escape(_CLOSING)}]*$")
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
_LONGEST_BYLINE = 120
_FULL_NAME = 2  # words


class Line(NamedTuple):
    """A line that holds something, and whether an empty one stood above it."""

    text: str
    after_blank: bool


def lines_of(text: str) -> list[Line]:
    """Return the lines that hold something, spaces collapsed."""
    lines, blank = [], True
    for raw in text.splitlines():
        line = " ".join(raw.translate(_INVISIBLE).split())
        if line:
            lines.append(Line(line, blank))
        blank = not line
    return lines


def fold(text: str) -> str:
    """Return the words of a headline, without case and punctuation: its identity."""
    return " ".join(_WORDS.findall(text.casefold()))


def is_size_control(line: str) -> bool:
    """Say whether a line is the control of the text size (``Textgröße ändern: A A A``)."""
    return _SIZE.fullmatch(line) is not None


def is_control(line: str) -> bool:
    """Say whether a line is a control for the reader: text size, print, share."""
    return is_size_control(line) or _TOOLS.fullmatch(line) is not None


def is_furniture(line: str) -> bool:
    """Say whether a line belongs to the page and not to the article: controls, footers."""
    return is_control(line) or _FURNITURE.fullmatch(line) is not None


def is_recommended(line: str) -> bool:
    """Say whether a line opens the block of recommended articles."""
    return _RECOMMENDED.fullmatch(line) is not None


def credit_in(line: str) -> tuple[str, str] | None:
    """Return the text before a picture's credit, and the credit; None when there is none."""
    match = _CREDIT.search(line) if len(line) <= 2 * LONGEST_HEADLINE else None
    if match is None:
        return None
    credit = match["credit"].strip(" ©()")
    prose = len(credit.split()) > _CREDIT_WORDS or not is_one_sentence(credit)
    return None if prose or not credit else (line[: match.start()].strip(" |/(–-"), credit)


def stated_time(line: str, zone: tzinfo) -> datetime | None:
    """Return the moment when the line is nothing but a date, with or without ``Stand:``."""
    match = _STATED.fullmatch(line)
    if match is None or not any(character.isdigit() for character in line):
        return None
    time = match["time"].strip(" .|")
    return None if _NUMBER.fullmatch(time) else parse_time(time, zone)


def is_save(line: str) -> bool:
    """Say whether a date is one of saving (``Aktualisiert:``), not of publishing."""
    return "aktualisier" in line.lower() or line.lower().startswith("update")


def ends_sentence(line: str) -> bool:
    """Say whether a line ends as sentences do, closing quotes and brackets aside."""
    return _SENTENCE_END.search(line.rstrip()) is not None


def is_one_sentence(line: str) -> bool:
    """Say whether no sentence ends within the line."""
    return len(sentences(line)) <= 1


def looks_like_headline(line: str) -> bool:
    """Say whether a line is short, one sentence at most, and ends without a full stop."""
    if len(line) > _USUAL_HEADLINE or not is_one_sentence(line):
        return False
    return not ends_sentence(line) or line.rstrip(_CLOSING).endswith(("?", "!"))


def authors_of(line: str, *, last: bool) -> tuple[str, ...]:
    """Return the authors that a byline names, or nothing when the line is none.

    Bylines are ``A.B.Name--XYZ``, ``Von Jana Muster``, ``Jana Muster, dpa``, ``(dpa)``, and, as
    the `last` line of a text, ``Jana Muster`` alone. An agency counts as an author; the sign of
    a desk after the dashes does not.
    """
    if len(line) > _LONGEST_BYLINE:
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
    if all(part.lower() in _AGENCIES or _is_name(part) for part in parts):
        return tuple(dict.fromkeys(parts))
    return ()


def _is_name(text: str) -> bool:
    """Say whether the text has the shape of a person's name."""
    return _IS_NAME.fullmatch(text) is not None and not text.islower()
