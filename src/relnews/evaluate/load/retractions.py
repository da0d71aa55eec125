"""Retractions from CSV: when an article was taken back."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from relnews.evaluate.load.lines import collect, read_rows
from relnews.evaluate.load.values import to_id, to_moment
from relnews.ingest.times import zone_of

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from datetime import datetime, tzinfo

    from relnews.types import Quarantined

__all__ = ["load_retractions"]


def load_retractions(
    path: str | os.PathLike[str], *, timezone: str = "Europe/Berlin"
) -> tuple[dict[str, datetime], tuple[Quarantined, ...]]:
    """Read ``retractions.csv``: the moment of each retracted article, by its id.

    ::

        article_id,at
        a-17,2026-03-02T08:00:00+01:00

    Of an article that is there twice the earlier moment counts: it was gone from then on.
    `timezone` is the zone of times that carry none.

    Raises
    ------
    IngestError
        When there is no such file, a column is missing, or no row is sound.
    InvalidPolicy
        When `timezone` is no time zone.
    """
    path = Path(path)
    convert = partial(_retraction, zone=zone_of(timezone))
    rows, quarantined = collect(path, read_rows(path, (("article_id",), ("at",))), convert)
    moments: dict[str, datetime] = {}
    for article_id, at in rows:
        moments[article_id] = min(at, moments.get(article_id, at))
    return moments, quarantined


def _retraction(row: Mapping[str, object], zone: tzinfo) -> tuple[tuple[str, datetime]]:
    return ((to_id("article_id", row["article_id"]), to_moment("at", row["at"], zone)),)
