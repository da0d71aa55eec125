"""Impressions from JSON Lines: lists as they were shown, and what was clicked on them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from relnews.errors import InvalidTruth
from relnews.evaluate.load.lines import collect, read_objects
from relnews.evaluate.load.pseudonym import pseudonyms
from relnews.evaluate.load.values import pick, refuse, to_id, to_ids, to_moment, to_number, to_text
from relnews.evaluate.truth import Impression
from relnews.ingest.times import zone_of

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from relnews.types import Quarantined

__all__ = ["load_impressions", "to_flags"]


def load_impressions(
    path: str | os.PathLike[str], *, timezone: str = "Europe/Berlin", salt: str | None = None
) -> tuple[tuple[Impression, ...], tuple[Quarantined, ...]]:
    """Read ``impressions.jsonl``: one `Impression` for each line.

    ::

        {"user": "7150ffd1", "source_id": "a-17", "at": "2026-03-01T12:00:00+01:00",
         "shown": ["a-4", "a-9"], "clicked": ["a-9"], "propensities": [0.5, 0.25],
         "place": "empfohlen"}

    on one line each. ``shown`` is by position, best place first. ``clicked`` holds the ids that
    were clicked, or one flag 0 or 1 for each of ``shown``; a list of as many 0 and 1 as were
    shown is taken for flags. ``source_id``, ``propensities`` and ``place`` may be left out, and
    so may ``user``, where nobody is told apart.

    Parameters
    ----------
    path
        The file, plain or gzip.
    timezone
        The zone of times that carry none.
    salt
        Given, users are replaced as `relnews.evaluate.load.pseudonym` says.

    Raises
    ------
    IngestError
        When there is no such file, or no line is sound.
    InvalidPolicy
        When `timezone` is no time zone, or `salt` is empty or longer than 64 bytes.
    """
    path = Path(path)
    zone, user_of = zone_of(timezone), pseudonyms(salt)

    def impression(values: Mapping[str, object]) -> tuple[Impression]:
        user, source = pick(values, "user"), pick(values, "source_id")
        shown = to_ids("shown", values.get("shown"))
        made = Impression(
            user="" if user is None else user_of(user),
            source_id="" if source is None else to_id("source_id", source),
            at=to_moment("at", values.get("at"), zone),
            shown=shown,
            clicked=_clicked(values.get("clicked"), shown),
            propensities=_propensities(values.get("propensities")),
            place=to_text("place", pick(values, "place") or ""),
        )
        return (made,)

    return collect(path, read_objects(path), impression)


def to_flags(clicked: tuple[str, ...], shown: tuple[str, ...]) -> tuple[bool, ...]:
    """Give one flag for each shown article from the ids that were clicked.

    Raises
    ------
    InvalidTruth
        When something was clicked that was not shown.
    """
    foreign = sorted(set(clicked) - set(shown))
    if foreign:
        msg = (
            f"clicked must hold ids out of shown, or one flag 0 or 1 for each of its "
            f"{len(shown)} articles; got {foreign[0]!r:.80}, which was not shown"
        )
        raise InvalidTruth(msg)
    hits = set(clicked)
    return tuple(name in hits for name in shown)


def _clicked(value: object, shown: tuple[str, ...]) -> tuple[bool, ...]:
    if not isinstance(value, list):
        refuse("clicked", "a list of ids or of flags", value)
    flags = all(isinstance(item, int) and item in (0, 1) for item in value)
    if flags and len(value) == len(shown):
        return tuple(bool(item) for item in value)
    return to_flags(to_ids("clicked", value), shown)


def _propensities(value: object) -> tuple[float, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        refuse("propensities", "a list of numbers", value)
    return tuple(to_number("propensities", item) for item in value)
