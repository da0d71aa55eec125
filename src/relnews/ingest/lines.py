"""Tell the lines of a captured page apart: controls, credits, dates, headlines.

The vocabulary that `relnews.ingest.page` and `relnews.ingest.recommended` share.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from relnews.ingest.sentences import ends_sentence, is_one_sentence
from relnews.ingest.times import parse_time

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

__all__ = [
    "Line",
    "credit_in",
    "fold",
    "is_control",
    "is_furniture",
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


def looks_like_headline(line: str) -> bool:
    """Say whether a line is short, one sentence at most, and ends without a full stop."""
    if len(line) > _USUAL_HEADLINE or not is_one_sentence(line):
        return False
    return not ends_sentence(line) or line.rstrip("\"'“”»«’‘)]").endswith(("?", "!"))
