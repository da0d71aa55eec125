"""A table that a CMS reads with plain SQL, and that stands in nobody's way."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from newsroom import NOON
from relnews import Recommender
from relnews.errors import ExportError
from relnews.export import list_record, lists_writer, write_lists
from test_stored import a_site, change

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from relnews import RelatedList


@pytest.fixture
def lists() -> list[RelatedList]:
    with a_site() as rec:
        change(rec, "b-3", published_at=None, url="https://tagblatt.example/3")
        return [*rec.stored_lists(at=NOON, k=3)]


def ask(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_the_rows_are_the_entries_of_the_records(lists: list[RelatedList], tmp_path: Path) -> None:
    path = tmp_path / "cms.db"
    write_lists(lists, path)
    names = (
        *(
            "position",
            "headline",
            "teaser",
            "url",
            "section",
            "source",
            "language",
            "score",
            "relevance",
        ),
        *("freshness", "lexical", "semantic", "relation", "placed_by", "reason"),
    )
    columns = ", ".join((*names, "target_id", "shared_words"))
    query = f"SELECT source_id, note, {columns} FROM related_articles ORDER BY source_id, position"  # noqa: S608  # our own words
    assert ask(path, query) == [
        (
            *(record["source_id"], record["note"]),
            *(entry[name] for name in names),
            *(entry["id"], json.dumps(entry["shared_words"], ensure_ascii=False)),
        )
        for record in map(list_record, lists)
        for entry in record["entries"]
    ]
    times = ask(path, "SELECT DISTINCT at, typeof(published_at) FROM related_articles")
    assert sorted(times) == [
        ("2026-03-01T12:00:00.000000+00:00", "null"),
        ("2026-03-01T12:00:00.000000+00:00", "text"),
    ]


def test_an_address_names_the_same_table(lists: list[RelatedList], tmp_path: Path) -> None:
    path = tmp_path / "any.name"
    write_lists(lists, f"sqlite:///{path}")
    assert ask(path, "SELECT count(*) FROM related_articles") == [(24,)]


def test_the_key_is_the_source_and_the_position(lists: list[RelatedList], tmp_path: Path) -> None:
    path = tmp_path / "cms.db"
    write_lists(lists, path)
    with pytest.raises(ExportError, match="nothing was changed"):
        write_lists([*lists, lists[0]], path)
    info = ask(path, "SELECT name FROM pragma_table_info('related_articles') WHERE pk ORDER BY pk")
    assert info == [("source_id",), ("position",)]
    assert ask(path, "SELECT count(*) FROM related_articles") == [(24,)]


def test_other_tables_and_the_mode_of_the_file_stay(
    lists: list[RelatedList], tmp_path: Path
) -> None:
    path = tmp_path / "cms.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE pages (id TEXT)")
        connection.execute("INSERT INTO pages VALUES ('a')")
        connection.commit()
    write_lists(lists, path)
    assert ask(path, "SELECT * FROM pages") == [("a",)]
    assert ask(path, "PRAGMA journal_mode") == [("delete",)]


def test_a_reader_sees_the_old_rows_until_the_new_ones_are_there(
    lists: list[RelatedList], tmp_path: Path
) -> None:
    path, seen = tmp_path / "cms.db", []
    write_lists(lists, path)

    def looked_at() -> Iterator[RelatedList]:
        for related in lists[:2]:
            seen.append(ask(path, "SELECT count(*) FROM related_articles"))
            yield related

    write_lists(looked_at(), path)
    assert seen == [[(24,)]] * 2
    assert ask(path, "SELECT count(*) FROM related_articles") == [(6,)]


def test_a_table_of_this_name_that_is_another_one_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "cms.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE related_articles (source_id TEXT, rank INTEGER)")
        connection.execute("INSERT INTO related_articles VALUES ('a', 1)")
        connection.commit()
    with pytest.raises(ExportError, match=r"must have the columns of this version.*rank"):
        lists_writer(path)
    assert ask(path, "SELECT * FROM related_articles") == [("a", 1)]


def test_the_database_of_relnews_itself_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    Recommender.open(path).close()
    with pytest.raises(ExportError, match="keeps its own state"):
        lists_writer(path)
    for table in ("former", "weighings"):  # an older version had no such tables
        ask(path, f"DROP TABLE {table}")
    with pytest.raises(ExportError, match="keeps its own state"):
        lists_writer(path)


@pytest.mark.parametrize(
    ("address", "words"),
    [("nonsense://host/db", "driver"), ("postgresql+nonsense://me:secret@host/db", "driver")],
)
def test_a_missing_driver_is_told_without_the_password(address: str, words: str) -> None:
    with pytest.raises(ExportError, match=words) as raised:
        lists_writer(address)
    assert "secret" not in str(raised.value)


def test_a_file_that_is_no_database_is_refused_and_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "diary.db"
    path.write_text("Dear diary,\n" * 100, encoding="utf-8")
    with pytest.raises(ExportError, match="must be a database that can be written"):
        lists_writer(path)
    assert path.read_text(encoding="utf-8") == "Dear diary,\n" * 100
