"""The one place that knows SQLite: how a file is probed, set up, begun on and checked."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.pool import NullPool, StaticPool

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL, Connection

BUSY_SECONDS = 30
WRITES = "relnews_writes"
"""The execution option that makes a transaction take the write lock at its beginning."""

_HEADER = b"SQLite format 3\x00"


def is_sqlite_file(path: Path) -> bool:
    """Tell whether a file is SQLite's by its first bytes; an empty file is."""
    with path.open("rb") as file:
        head = file.read(len(_HEADER))
    return head in (b"", _HEADER)


def read_only_engine(path: Path) -> Engine:
    """Open a file so that looking at it cannot change it."""
    uri = f"{path.absolute().as_uri()}?mode=ro"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)

    return create_engine("sqlite://", creator=connect, poolclass=NullPool)


def engine(url: URL, *, shared: bool) -> Engine:
    """Open a database for reading and writing; `shared` keeps one connection for all."""
    arguments = {"timeout": BUSY_SECONDS, "check_same_thread": False, "isolation_level": None}
    if shared:
        made = create_engine(url, connect_args=arguments, poolclass=StaticPool)
    else:
        made = create_engine(url, connect_args=arguments)
    event.listen(made, "connect", _set_up)
    event.listen(made, "begin", _begin)
    return made


def _set_up(connection: Any, _record: Any) -> None:  # noqa: ANN401  # as SQLAlchemy calls it
    """Ask for durable commits and for foreign keys, which SQLite forgets with a connection."""
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Begin for real: the driver, left alone, would begin too late and never for a read."""
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def problems(connection: Connection) -> list[str]:
    """Let SQLite check its own file and the foreign keys."""
    if connection.dialect.name != "sqlite":
        return []
    found = [
        f"SQLite: {message}"
        for message in connection.execute(text("PRAGMA integrity_check")).scalars()
        if message != "ok"
    ]
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    found += sorted({f"rows of {row[0]} point to missing rows of {row[2]}" for row in broken})
    return found
