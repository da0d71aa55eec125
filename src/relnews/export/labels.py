"""What a page says besides its content, in German and in English, and how it writes dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from relnews.types import PlacedBy, Relation

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")  # the shape of BCP 47


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The words of one language.

    `moment` is a pattern over day, month, year, hour and minute; `lang` goes into the attribute
    of the same name.
    """

    lang: str
    recommended: str
    by: str
    conjunction: str
    photo: str
    topics: str
    updated: str
    position: str
    score: str
    relevance: str
    freshness: str
    shared_words: str
    as_of: str
    entries_of: str
    relation: Mapping[Relation, str]
    placed_by: Mapping[PlacedBy, str]
    months: tuple[str, ...]
    moment: str
    decimal_mark: str


GERMAN = Labels(
    lang="de",
    recommended="Empfohlen",
    by="Von",
    conjunction="und",
    photo="Foto",
    topics="Themen",
    updated="aktualisiert",
    position="Platz",
    score="Wertung",
    relevance="Relevanz",
    freshness="Aktualität",
    shared_words="Gemeinsame Wörter",
    as_of="Stand",
    entries_of="von",
    relation={
        "duplicate": "Doppelung",
        "same_story": "gleiche Geschichte",
        "background": "Hintergrund",
        "unrelated": "ohne Bezug",
    },
    placed_by={
        "score": "nach Wertung",
        "pin": "gesetzt",
        "quota": "Quote",
        "section": "Ressort: neueste",
        "newest": "Neueste",
    },
    months=(
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
    moment="{day}. {month} {year}, {hour:02}:{minute:02} Uhr",
    decimal_mark=",",
)

ENGLISH = Labels(
    lang="en",
    recommended="Recommended",
    by="By",
    conjunction="and",
    photo="Photo",
    topics="Topics",
    updated="updated",
    position="No.",
    score="Score",
    relevance="Relevance",
    freshness="Freshness",
    shared_words="Shared words",
    as_of="As of",
    entries_of="of",
    relation={
        "duplicate": "duplicate",
        "same_story": "same story",
        "background": "background",
        "unrelated": "unrelated",
    },
    placed_by={
        "score": "by score",
        "pin": "pinned",
        "quota": "quota",
        "section": "newest of the section",
        "newest": "newest",
    },
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    moment="{day} {month} {year}, {hour:02}:{minute:02}",
    decimal_mark=".",
)


def labels_for(language: str) -> Labels:
    """Return the German labels for German or no language at all, the English ones otherwise."""
    return GERMAN if language.strip().lower().partition("-")[0] in {"", "de"} else ENGLISH


def language_tag(language: str) -> str:
    """Return the language if it can stand in a `lang` attribute, or ""."""
    return language if _TAG.fullmatch(language) else ""


def write_moment(moment: datetime, labels: Labels) -> str:
    """Write a time in words, in its own offset.

    Examples
    --------
    >>> from datetime import datetime, timezone
    >>> write_moment(datetime(2026, 3, 3, 8, 15, tzinfo=timezone.utc), GERMAN)
    '3. März 2026, 08:15 Uhr'
    """
    return labels.moment.format(
        day=moment.day,
        month=labels.months[moment.month - 1],
        year=moment.year,
        hour=moment.hour,
        minute=moment.minute,
    )


def write_decimal(value: float, labels: Labels) -> str:
    """Write a number with two decimals and the decimal mark of the language."""
    return f"{value:.2f}".replace(".", labels.decimal_mark)


def write_names(names: Iterable[str], labels: Labels) -> str:
    """Write names as a sentence would: "A", "A und B", "A, B und C"; blank ones are left out."""
    *first, last = [name.strip() for name in names if name.strip()] or [""]
    return f"{', '.join(first)} {labels.conjunction} {last}" if first else last
