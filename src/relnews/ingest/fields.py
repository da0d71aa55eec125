"""Turn a record of any origin into an `Article`: one table of names, one converter per field.

Called by the readers of this folder, and by whoever holds records in memory.
"""

from __future__ import annotations

import re
from datetime import UTC
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from relnews.errors import InvalidArticle, InvalidPolicy
from relnews.ingest.times import zone_of
from relnews.ingest.values import (
    first_sentence,
    to_access,
    to_authors,
    to_body,
    to_flag,
    to_id,
    to_language,
    to_name,
    to_status,
    to_tags,
    to_text,
    to_time,
    to_version,
)
from relnews.types import Article

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import tzinfo

__all__ = ["check_fields", "find_id", "known_names", "to_article"]

ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "id": ("article_id", "identifier", "guid", "uri", "doc_id"),
    "headline": ("title", "titel", "überschrift", "ueberschrift", "schlagzeile"),
    "teaser": (
        "lead", "abstract", "summary", "description", "standfirst", "excerpt", "intro",
        "vorspann", "anriss", "description_text",
    ),
    "body": (
        "article_body", "text", "content", "full_text", "volltext", "body_text", "content_text",
        "body_html", "content_html",
    ),
    "url": ("link", "canonical_url", "canonical", "permalink", "href"),
    "section": ("article_section", "ressort", "category", "desk", "rubrik", "categories"),
    "source": ("publisher", "outlet", "site_name", "quelle", "provider"),
    "authors": ("author", "creator", "autor", "autoren"),
    "language": ("lang", "in_language", "sprache"),
    "tags": ("keywords", "tag", "schlagworte", "schlagwörter", "stichworte"),
    "published_at": (
        "date_published", "published", "published_time", "article:published_time",
        "publication_date", "publish_date", "pub_date", "date", "datum", "first_created",
    ),
    "updated_at": (),  # "modified" and its kin are saves; an update is a semantic change
    "version": (),
    "status": ("pub_status",),
    "embargo_until": ("embargo", "embargoed"),
    "expires_at": ("expires", "expiry"),
    "evergreen": (),
    "access": ("is_accessible_for_free",),
    "image_credit": ("credit", "copyright", "photo_credit", "bildnachweis"),
    "no_list": (),
    "never_recommend": (),
}  # fmt: skip
"""For each field the names under which others keep it, the most telling one first.

Case, spaces and punctuation do not count: ``pubDate``, ``pub_date`` and ``Pub-Date`` are one
name. Only `updated_at` must be written as it is: ``updatedAt`` is a mere save in most systems.
"""

_CONVERTERS: Final[dict[str, Callable[[str, Any, tzinfo], object]]] = {
    "id": to_id,
    "headline": to_text,
    "teaser": to_text,
    "body": to_body,
    "url": to_id,
    "section": to_name,
    "source": to_name,
    "authors": to_authors,
    "language": to_language,
    "tags": to_tags,
    "published_at": to_time,
    "updated_at": to_time,
    "version": to_version,
    "status": to_status,
    "embargo_until": to_time,
    "expires_at": to_time,
    "evergreen": to_flag,
    "access": to_access,
    "image_credit": to_text,
    "no_list": to_flag,
    "never_recommend": to_flag,
}
_LONGEST_SHOWN: Final = 200
_PUNCTUATION = re.compile(r"[\W_]+")


def _plain(name: str) -> str:
    return _PUNCTUATION.sub("", name).casefold()


_RANKS: Final[dict[str, tuple[str, int]]] = {
    _plain(alias): (own, rank)
    for own, aliases in ALIASES.items()
    for rank, alias in enumerate((own, *aliases), start=1)
    if own != "updated_at"
}


@lru_cache(maxsize=4096)
def _field_of(name: str) -> tuple[str, int] | None:
    """Return the field that a name stands for and how far down its list of names it is."""
    return (name, 0) if name in ALIASES else _RANKS.get(_plain(name))


def to_article(
    record: Mapping[str, object],
    *,
    fields: Mapping[str, str] | None = None,
    timezone: str = "Europe/Berlin",
) -> Article:
    """Return the article that a record describes.

    Parameters
    ----------
    record
        Names and values as JSON or CSV give them. Names are ours or one of `ALIASES`; others are
        ignored. None and the empty string mean *unknown*.
    fields
        Where a field is found if not under one of those names: ours to theirs, dots leading into
        nested objects, as in ``{"headline": "titel", "body": "text.full"}``. A place named here
        wins where it holds something. A headline taken from the body is its first sentence.
    timezone
        The zone of times that carry none.

    Raises
    ------
    InvalidArticle
        When the record cannot be an article. Without an id the url is the id; a record with
        neither is refused, and so is one without a headline.
    InvalidPolicy
        When `fields` names an unknown field or `timezone` is no time zone.

    Notes
    -----
    Tags and entities are taken out of the headline and teaser; a body with tags becomes one line
    per paragraph, one without is left alone. ``de-DE`` becomes ``de``; a language that is no code
    stays open for detection. Numbers become text in ids alone.

    Examples
    --------
    >>> to_article({"guid": 7, "title": "Br&uuml;cke <b>frei</b>", "pubDate": "03.10.2020 12:30"})
    ... # doctest: +ELLIPSIS
    Article(id='7', headline='Brücke frei', ...)
    """
    zone = zone_of(timezone)
    found = _found(record)
    if fields:
        check_fields(fields)
        _place(record, fields, found)
    values: dict[str, Any] = {
        own: _CONVERTERS[own](own, value, zone) for own, (_, value) in found.items()
    }
    if not values.get("id"):
        if not values.get("url"):
            msg = "id must not be empty; give the record an id or a url"
            raise InvalidArticle(msg)
        values["id"] = values["url"]
    if not values.get("headline"):
        msg = "headline must not be empty; name the field that holds it, or map one to headline"
        raise InvalidArticle(msg)
    return Article(**values)


def check_fields(fields: Mapping[str, str]) -> None:
    """Refuse a mapping that names a field which no article has, or a place that cannot be.

    Raises
    ------
    InvalidPolicy
        With the names that are known.
    """
    for own, place in fields.items():
        if own not in ALIASES:
            msg = f"fields may map {', '.join(ALIASES)}; got {own!r}"
            raise InvalidPolicy(msg)
        if not isinstance(place, str) or not place:
            msg = f"fields must give for {own} the name used in the file, got {place!r}"
            raise InvalidPolicy(msg)


def known_names(names: list[str], fields: Mapping[str, str] | None) -> int:
    """Count the columns of a table that name a field; 0 when none of them is the headline."""
    own = {target[0] for name in names if (target := _field_of(name))}
    own |= {field for field, place in (fields or {}).items() if place in names}
    return len(own) if "headline" in own else 0


def find_id(record: Mapping[str, object]) -> str:
    """Return the id or url of a record that need not be sound, or nothing; for quarantine."""
    found = _found(record)
    for own in ("id", "url"):
        try:
            shown = to_id(own, found.get(own, (0, ""))[1], UTC)
        except InvalidArticle:
            continue
        if shown:
            return shown[:_LONGEST_SHOWN].encode(errors="replace").decode()
    return ""


def _found(record: Mapping[str, object]) -> dict[str, tuple[int, object]]:
    """Collect for each field the best-named value that is not empty."""
    found: dict[str, tuple[int, object]] = {}
    for name, value in record.items():
        if _is_empty(value):
            continue
        target = _field_of(name)
        if target is None:
            continue
        own, rank = target
        if own not in found or rank < found[own][0]:
            found[own] = (rank, value)
    return found


def _place(
    record: Mapping[str, object], fields: Mapping[str, str], found: dict[str, tuple[int, object]]
) -> None:
    """Put the values of the mapped places over those found by name."""
    for own, place in fields.items():
        value = _value_at(record, place)
        if _is_empty(value):
            continue
        if own == "headline" and _is_body(place, fields) and isinstance(value, str):
            value = first_sentence(value)
        found[own] = (0, value)


def _is_empty(value: object) -> bool:
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value == []


def _is_body(place: str, fields: Mapping[str, str]) -> bool:
    target = _field_of(place)
    return place == fields.get("body") or (target is not None and target[0] == "body")


def _value_at(record: Mapping[str, object], place: str) -> object:
    """Return what stands at a dotted path, or None; a name that holds dots itself comes first."""
    if place in record:
        return record[place]
    value: object = record
    for step in place.split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step[:9]) < len(value):
            value = value[int(step[:9])]
        else:
            return None
    return value
