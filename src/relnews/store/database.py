"""Connections and transactions: what a read and a write stand on, and what their errors say."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from relnews.errors import StoreError
from relnews.store import sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

_ADVICE = {
    "is locked": "another process holds the write lock; let it finish and try again",
    "disk is full": "free some space and try again; nothing was written",
    "readonly database": "make the file and its folder writable",
    "unable to open": "the folder must exist, and it and the file must be writable",
    "not a database": "restore it from a backup",
    "image is malformed": "restore it from a backup",
    "surrogates not allowed": "ids and texts must be valid Unicode",
    "constraint failed": "what is written must point to what is stored; nothing was written",
}


def store_error(name: str, error: Exception) -> StoreError:
    """Say what went wrong with which database, and what to do."""
    what = str(getattr(error, "orig", None) or error)
    advice = next((text for sign, text in _ADVICE.items() if sign in what.lower()), "")
    return StoreError(f"{name}: {what}; {advice or '`relnews check` tells more'}")


class Database:
    """An engine, and the rule that one process has at most one write under way.

    A database in memory has a single connection: threads take turns on it, and a read inside a
    write sees what is written so far. In a file, it sees what was there before.

    `name` is what messages call it; `url` opens it from elsewhere, and may hold a password.
    """

    def __init__(self, engine: Engine, name: str, url: str, *, shared: bool) -> None:
        self.engine = engine
        self.name = name
        self.url = url
        self._shared = shared
        self._lock = threading.RLock()
        self._writing: Connection | None = None
        self._process = os.getpid()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection on which all reads see one state of the database."""
        try:
            if self._shared:
                with self._lock, self._writing_or_new() as connection:
                    yield connection
            else:
                self._leave_parents_connections()
                with self.engine.connect() as connection:
                    yield connection
        except (SQLAlchemyError, ValueError) as error:  # ValueError: a stored value is damaged
            raise store_error(self.name, error) from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in a transaction: committed at a clean exit, else rolled back."""
        self._leave_parents_connections()
        with self._lock:
            if self._writing is not None:
                msg = "a write is under way in this thread; use its writer, or end it first"
                raise StoreError(msg)
            try:
                with self.engine.connect() as connection:
                    self._writing = connection.execution_options(**{sqlite.WRITES: True})
                    with connection.begin():
                        yield connection
            except (SQLAlchemyError, UnicodeEncodeError, OverflowError) as error:
                raise store_error(self.name, error) from error
            finally:
                self._writing = None

    @contextmanager
    def _writing_or_new(self) -> Iterator[Connection]:
        if self._writing is not None:
            yield self._writing
        else:
            with self.engine.connect() as connection:
                yield connection

    def _leave_parents_connections(self) -> None:
        """After a fork, open new connections: a parent's must not even be closed here."""
        if self._shared or self._process == os.getpid():
            return
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._writing = None
        self._parents_pool = self.engine.pool
        self.engine.dispose(close=False)

    def close(self) -> None:
        """Close every connection; a database in memory is gone with its last one."""
        self.engine.dispose()
