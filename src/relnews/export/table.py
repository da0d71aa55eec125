"""Lists as a plain SQL table, for a CMS that reads them with a query of its own.

The table stands alone: a row has all that is shown of an entry, and nothing points anywhere.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    Column,
    Float,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    delete,
    insert,
    inspect,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from relnews.errors import ExportError
from relnews.export.record import row_blocks
from relnews.store import schema
from relnews.store.opening import database_url

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy import URL, Connection, Engine

    from relnews.types import RelatedList

_ROWS_AT_ONCE = 2_000

_OURS = {"meta", "articles", "documents", "related"}
"""Tables that a database of relnews has in every version of its schema."""

RELATED_ARTICLES = Table(
    "related_articles",
    MetaData(),
    Column("source_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("target_id", Text, nullable=False),
    Column("headline", Text, nullable=False),
    Column("teaser", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("section", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("published_at", schema.UtcTime),
    Column("score", Float, nullable=False),
    Column("relevance", Float, nullable=False),
    Column("freshness", Float, nullable=False),
    Column("lexical", Float, nullable=False),
    Column("semantic", Float, nullable=False),
    Column("relation", Text, nullable=False),
    Column("placed_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("shared_words", JSON, nullable=False),
    Column("at", schema.UtcTime, nullable=False),
    Column("note", Text, nullable=False),
)
"""One row per entry, positions from 1; times are UTC text, `shared_words` a JSON array."""


def table_writer(
    target: str | os.PathLike[str],
) -> Callable[[Iterable[RelatedList]], None]:
    """Give what replaces the rows of `related_articles` by those of lists, in one transaction.

    Readers see the old rows until the new ones are all there. The table is created when there
    is none; nothing else in the database is touched.

    Parameters
    ----------
    target
        The path of an SQLite file, which is created when there is none, or a SQLAlchemy URL.

    Raises
    ------
    ExportError
        When there is no driver, the database cannot be read or written, is one of relnews' own,
        or has another table of this name.
    """
    url = database_url(target)
    try:
        engine = create_engine(url, poolclass=NullPool, json_serializer=_json)
    except (ImportError, SQLAlchemyError) as error:
        msg = f"{url.render_as_string()} needs a database driver: {error}; install it"
        raise ExportError(msg) from error
    if not _is_new_file(url):
        with _transaction(engine) as connection:
            _require_free(connection)
    return partial(_replace, engine)


_json = partial(json.dumps, ensure_ascii=False)  # words stay readable, and can be searched for


def _is_new_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file()


def _replace(engine: Engine, lists: Iterable[RelatedList]) -> None:
    with _transaction(engine) as connection:
        _require_free(connection)
        RELATED_ARTICLES.create(connection, checkfirst=True)
        connection.execute(delete(RELATED_ARTICLES))
        for rows in row_blocks(lists, _ROWS_AT_ONCE):
            connection.execute(insert(RELATED_ARTICLES), rows)


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                # The driver, left alone, would create the table outside of the transaction.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
    except SQLAlchemyError as error:
        what = getattr(error, "orig", None) or error
        name = engine.url.render_as_string()  # without the password
        msg = f"{name} must be a database that can be written: {what}; nothing was changed"
        raise ExportError(msg) from error


def _require_free(connection: Connection) -> None:
    """Refuse a database of relnews itself, and a table of this name that is not ours."""
    name = connection.engine.url.render_as_string()
    inspector = inspect(connection)
    tables = inspector.get_table_names()
    if set(tables) >= _OURS:
        msg = f"{name} is where relnews keeps its own state; export to another database"
        raise ExportError(msg)
    if RELATED_ARTICLES.name not in tables:
        return
    ours = set(RELATED_ARTICLES.columns.keys())
    found = {column["name"] for column in inspector.get_columns(RELATED_ARTICLES.name)}
    if found != ours:
        msg = (
            f"the table {RELATED_ARTICLES.name} in {name} must have the columns of this version; "
            f"these differ: {', '.join(sorted(found ^ ours))}; rename or drop the table"
        )
        raise ExportError(msg)
