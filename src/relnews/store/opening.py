"""How a database is found, recognised, created, or refused without a trace."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, insert, inspect, make_url, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from relnews.errors import StoreError
from relnews.store import schema, sqlite
from relnews.store.database import Database, store_error
from relnews.store.upgrade import upgrade

if TYPE_CHECKING:
    from sqlalchemy import Connection


def open_database(url: str | os.PathLike[str], *, create: bool) -> Database:
    """Open what `url` names: a path, ``":memory:"`` or a SQLAlchemy URL.

    Raises
    ------
    StoreError
        When there is nothing and `create` is false; when the database is not one of ours, or is
        newer than this library (it is then left as it was); when it cannot be read or written.
    """
    target = database_url(url)
    try:
        if target.get_backend_name() != "sqlite":
            name, whole = (target.render_as_string(hide_password=hide) for hide in (True, False))
            database = Database(create_engine(target), name, whole, shared=False)
        elif not target.database or target.database == ":memory:":
            engine = sqlite.engine(target, shared=True)
            database = Database(engine, ":memory:", ":memory:", shared=True)
        else:
            _look_at_file(Path(target.database), create=create)
            path = os.path.abspath(target.database)  # noqa: PTH100  # for whoever runs elsewhere
            engine = sqlite.engine(target, shared=False)
            database = Database(engine, target.database, path, shared=False)
    except ImportError as error:
        msg = f"{target.render_as_string()} needs a database driver: {error}; install it"
        raise StoreError(msg) from error
    except (SQLAlchemyError, OSError) as error:
        raise store_error(target.render_as_string(), error) from error  # without the password
    try:
        _set_up(database, create=create)
    except BaseException:
        database.close()
        raise
    return database


def is_new(url: str | os.PathLike[str]) -> bool:
    """Tell whether opening would make a new file; a server's database is never told to be new."""
    target = database_url(url)
    if target.get_backend_name() != "sqlite" or not target.database:
        return False
    return target.database != ":memory:" and not Path(target.database).exists()


def database_url(url: str | os.PathLike[str]) -> URL:
    """Give the URL of a database; a path is taken literally, whatever characters it has.

    Raises
    ------
    StoreError
        When a URL cannot be read, or the path is empty.
    """
    if isinstance(url, str) and "://" in url:
        try:
            parsed = make_url(url)
        except SQLAlchemyError as error:
            msg = "a database URL must look like sqlite:///news.db; the one given cannot be read"
            raise StoreError(msg) from error
        if "uri" in parsed.query:
            msg = f"a database is named by its path, without uri=…, got {url}"
            raise StoreError(msg)
        return parsed
    path = os.fspath(url)
    if not path:
        msg = "a database needs a path, got an empty one; ':memory:' keeps it in memory"
        raise StoreError(msg)
    return URL.create("sqlite", database=path)


def _look_at_file(path: Path, *, create: bool) -> None:
    """Refuse a file that is not ours before anything could write to it."""
    if not path.exists():
        if not create:
            msg = f"no such database: {path}; check the path, or add articles to create it"
            raise StoreError(msg)
        if not path.absolute().parent.is_dir():
            msg = f"the folder of a database must exist, got {path}; create {path.parent} first"
            raise StoreError(msg)
        return
    if path.is_dir() or not sqlite.is_sqlite_file(path):
        msg = f"a database must be an SQLite file, got {path}; it was left as it is"
        raise StoreError(msg)
    engine = sqlite.read_only_engine(path)
    try:
        with engine.connect() as connection:
            _recognise(connection, str(path), create=create)
    finally:
        engine.dispose()


def _set_up(database: Database, *, create: bool) -> None:
    """Create the tables where there are none or older ones, in one transaction."""
    with database.reading() as connection:
        if _recognise(connection, database.name, create=create) == schema.SCHEMA_VERSION:
            return
    with database.writing() as connection:
        version = _recognise(connection, database.name, create=create)
        if version == schema.SCHEMA_VERSION:
            return  # another process was faster
        if version:
            upgrade(connection, version)
            return
        schema.metadata.create_all(connection)
        values = {
            "application": schema.APPLICATION,
            "schema_version": str(schema.SCHEMA_VERSION),
            "change": "0",
        }
        rows = [{"key": key, "value": value} for key, value in values.items()]
        connection.execute(insert(schema.meta), rows)


def _recognise(connection: Connection, name: str, *, create: bool) -> int:
    """Give the schema version of a database of ours, 0 for an empty one; refuse any other."""
    inspector = inspect(connection)
    tables = inspector.get_table_names()
    if not tables:
        if create:
            return 0
        msg = f"{name} is empty; add articles to make it a database"
        raise StoreError(msg)
    values: dict[str, str] = {}
    ours = {column.name for column in schema.meta.columns}
    if "meta" in tables and ours <= {column["name"] for column in inspector.get_columns("meta")}:
        query = select(schema.meta.c.key, schema.meta.c.value)
        values = {row.key: row.value for row in connection.execute(query)}
    if values.get("application") != schema.APPLICATION:
        msg = f"{name} is a database of another program; give relnews one of its own"
        raise StoreError(msg)
    version = values.get("schema_version", "")
    if not version.isdecimal() or int(version) > schema.SCHEMA_VERSION:
        msg = (
            f"{name} has schema version {version or 'none'}, this relnews reads up to "
            f"{schema.SCHEMA_VERSION}; use the newer relnews that wrote it"
        )
        raise StoreError(msg)
    return int(version)
