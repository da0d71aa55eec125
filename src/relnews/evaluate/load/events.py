"""Events from CSV: who read, shared or kept which article, and when."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from relnews.evaluate.load.lines import collect, read_rows
from relnews.evaluate.load.pseudonym import pseudonyms
from relnews.evaluate.load.values import pick, to_id, to_moment
from relnews.evaluate.truth import Event
from relnews.ingest.times import zone_of

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from relnews.types import Quarantined

__all__ = ["load_events"]

_AT = ("at", "shared_at")


def load_events(
    path: str | os.PathLike[str], *, timezone: str = "Europe/Berlin", salt: str | None = None
) -> tuple[tuple[Event, ...], tuple[Quarantined, ...]]:
    """Read ``events.csv``: one `Event` for each row.

    ::

        user,article_id,at
        7150ffd1,a-17,2026-03-01T12:00:00+01:00

    Parameters
    ----------
    path
        The moment may also stand in a column ``shared_at``.
    timezone
        The zone of times that carry none.
    salt
        Given, users are replaced as `relnews.evaluate.load.pseudonym` says.

    Raises
    ------
    IngestError
        When there is no such file, a column is missing, or no row is sound.
    InvalidPolicy
        When `timezone` is no time zone, or `salt` is empty or longer than 64 bytes.
    """
    path = Path(path)
    zone, user_of = zone_of(timezone), pseudonyms(salt)

    def event(row: Mapping[str, object]) -> tuple[Event]:
        article_id = to_id("article_id", row["article_id"])
        at = to_moment("at", pick(row, *_AT), zone)
        return (Event(user_of(row["user"]), article_id, at),)

    return collect(path, read_rows(path, (("user",), ("article_id",), _AT)), event)
