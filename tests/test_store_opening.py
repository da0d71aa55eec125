"""Opening: ours is opened, nothing becomes ours by accident, what is refused stays."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pytest
from safetensors.numpy import load, save
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from relnews.errors import StoreError
from relnews.rank.rules import Pin
from relnews.store import Store, StoredVectors, opening, sqlite
from relnews.store.opening import database_url
from relnews.store.schema import metadata
from test_store import a_list, an_article, put

if TYPE_CHECKING:
    from pathlib import Path


def _run(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize("name", ["news.db", "Straße 100%?#&.db", "a b+c:d"])
def test_a_path_is_taken_literally_and_keeps_what_is_saved(tmp_path: Path, name: str) -> None:
    for _ in range(2):
        with Store.open(tmp_path / name) as store:
            put(store, an_article())
    with Store.open(str(tmp_path / name), create=False) as store:
        assert store.change() == 2
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_relative_path_and_a_url_mean_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Store.open("news.db") as store:
        put(store, an_article())
    with Store.open(f"sqlite:///{tmp_path}/news.db", create=False) as store:
        assert store.change() == 1


@pytest.mark.parametrize("url", [":memory:", "sqlite://", "sqlite:///:memory:"])
def test_a_store_in_memory_is_its_own(url: str) -> None:
    with Store.open(url) as first, Store.open(url) as second:
        put(first, an_article())
        assert (first.change(), second.change()) == (1, 0)


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    path.touch()
    with pytest.raises(StoreError, match="is empty"):
        Store.open(path, create=False)
    with Store.open(path) as store:
        assert store.change() == 0


def test_a_missing_database_is_not_created_unasked(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such database"):
        Store.open(tmp_path / "news.db", create=False)
    with pytest.raises(StoreError, match="folder of a database must exist"):
        Store.open(tmp_path / "none" / "news.db")
    assert list(tmp_path.iterdir()) == []


def test_garbage_is_refused_and_left(tmp_path: Path) -> None:
    for number, content in enumerate((b"id,headline\n1,x\n", b"x", b"SQLite format 3\x00garbage")):
        path = tmp_path / f"{number}"
        path.write_bytes(content)
        with pytest.raises(StoreError, match=r"SQLite file|not a database"):
            Store.open(path)
        assert path.read_bytes() == content
    with pytest.raises(StoreError, match="SQLite file"):
        Store.open(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "1", "2"]


@pytest.mark.parametrize("journal", ["delete", "wal"])
@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE articles (id TEXT)"],
        ["CREATE TABLE meta (name TEXT)"],
        ["CREATE TABLE meta (key TEXT, value TEXT)"],
        ["CREATE TABLE meta (key, value)", "INSERT INTO meta VALUES ('application', 'other')"],
    ],
)
def test_a_foreign_database_is_refused_and_left(
    tmp_path: Path, journal: str, statements: list[str]
) -> None:
    path = tmp_path / "other.db"
    _run(path, f"PRAGMA journal_mode = {journal}", *statements)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        Store.open(path)
    assert path.read_bytes() == before


def test_a_foreign_database_in_use_is_refused_and_left(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as theirs:
        theirs.execute("PRAGMA journal_mode = WAL")
        theirs.execute("CREATE TABLE notes (text)")
        theirs.commit()
        before, log = path.read_bytes(), (tmp_path / "other.db-wal").read_bytes()
        with pytest.raises(StoreError, match="another program"):
            Store.open(path)
        assert (path.read_bytes(), (tmp_path / "other.db-wal").read_bytes()) == (before, log)
        left = tmp_path / "left behind by a crash"
        left.mkdir()
        (left / "other.db").write_bytes(before)
        (left / "other.db-wal").write_bytes(log)
    with pytest.raises(StoreError, match="another program"):
        Store.open(left / "other.db")
    assert (left / "other.db").read_bytes() == before
    assert (left / "other.db-wal").read_bytes() == log


@pytest.mark.parametrize("version", ["4", "10", "", "one"])
def test_a_newer_schema_is_refused_and_left(tmp_path: Path, version: str) -> None:
    path = tmp_path / "news.db"
    Store.open(path).close()
    _run(path, f"UPDATE meta SET value = '{version}' WHERE key = 'schema_version'")  # noqa: S608
    before = path.read_bytes()
    with pytest.raises(StoreError, match="schema version"):
        Store.open(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite:///file:x?uri=true", "without uri"),
        ("nosuch://u:geheim@h/x", "nosuch"),
        ("oracle+cx_oracle://u:geheim@h/x", "install it"),
        ("u:geheim@://", "must look like"),
        ("", "needs a path"),
    ],
)
def test_a_url_that_leads_nowhere_says_so_and_keeps_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError, match=message) as caught:
        Store.open(url)
    assert "geheim" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_the_schema_is_one_that_postgresql_takes() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's
    for table in metadata.sorted_tables:
        text = str(CreateTable(table).compile(dialect=dialect))
        assert "BLOB" not in text
        assert text.strip().startswith(f"CREATE TABLE {table.name}")


def test_an_unwritable_place_is_a_store_error() -> None:
    with pytest.raises(StoreError):
        Store.open("/proc/relnews-test.db")


def test_a_full_disk_is_a_store_error_and_writes_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "news.db") as store:
        put(store, an_article("a"))
        with store._database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 80")
        with pytest.raises(StoreError, match="free some space") as caught:
            put(store, *(an_article(f"b-{n}", body="x" * 6000) for n in range(100)))
        assert caught.value.__cause__ is not None
        assert (store.change(), store.counts()["articles"]) == (1, 1)


def test_a_lock_that_is_never_released_is_a_store_error(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with Store.open(path) as store, closing(sqlite3.connect(path)) as other:
        with store._database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 10")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="holds the write lock"):
            put(store, an_article())
        assert store.change() == 0
        other.rollback()
        assert put(store, an_article()) == 1


def test_commits_are_durable_and_foreign_keys_hold(tmp_path: Path) -> None:
    with Store.open(tmp_path / "news.db") as store, store._database.reading() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert found == ["wal", 2, 1, 30_000]


_AS_VERSION_2 = (
    "DROP TABLE calibrations",
    "ALTER TABLE vectors DROP COLUMN seen",
    "ALTER TABLE models DROP COLUMN encoder",
    "DELETE FROM meta WHERE key = 'calibration'",
    "ALTER TABLE related RENAME COLUMN semantic TO latent",
    "UPDATE meta SET value = '2' WHERE key = 'schema_version'",
)


def _as_version_1(path: Path) -> None:
    """Take from a database what version 2 added, which leaves one as version 1 wrote it."""
    _run(
        path,
        *_AS_VERSION_2,
        "DROP TABLE weighings",
        "DROP TABLE former",
        "ALTER TABLE lists DROP COLUMN seen",
        "ALTER TABLE lists DROP COLUMN reach",
        "UPDATE meta SET value = '1' WHERE key = 'schema_version'",
    )


def _tables(path: Path) -> dict[str, list[tuple[str, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            name: connection.execute(f"PRAGMA table_info({name})").fetchall()
            for (name,) in names.fetchall()
        }


def test_a_database_of_version_1_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with Store.open(path) as store:
        put(store, an_article("a"), an_article("b"))
        with store.write() as writer:
            writer.add_terms(0, ["haushalt", "stadtrat", "wahl"])
            writer.add_rule(Pin("a", "b", 1))
            writer.put_lists([a_list("a", "b")])
    today = _tables(path)
    _as_version_1(path)
    assert _tables(path) != today
    with Store.open(path, create=False) as store:
        assert _tables(path) == today
        assert (store.listed_sources(), store.counts()["related"]) == ([], 0)
        assert [*store.articles(["a", "b"])] == ["a", "b"]
        assert (len(store.terms()), [*store.rules().values()]) == (3, [Pin("a", "b", 1)])
        assert store.integrity() == []
        with store.write() as writer:
            writer.put_lists([a_list("a", "b")])
    with Store.open(path) as store:
        assert store.related_list("a") == a_list("a", "b")


def test_what_a_model_of_version_2_was_calibrated_by_stays(tmp_path: Path) -> None:
    """Its random pairs were kept with the model; vectors and fingerprint stay as they are."""
    path, pairs = tmp_path / "news.db", np.linspace(0, 1, 7, dtype=np.float32)
    arrays = save({"terms": pairs, "random_lexical": pairs, "random_latent": pairs[::-1].copy()})
    with Store.open(path) as store:
        with store.write() as writer:
            writer.add_terms(0, ["haushalt", "stadtrat", "wahl"])
        put(store, an_article("a"))
        with store.write() as writer:
            name = writer.put_model({"articles": 1}, arrays)
            writer.put_vectors(name, ["a"], np.eye(1, 3, dtype=np.float32))
    _run(path, *_AS_VERSION_2)
    with Store.open(path, create=False) as store:
        kept = store.calibration()
        assert kept is not None
        assert (kept.articles, kept.semantic_weight) == (1, 0.05)
        found = load(kept.pairs)
        np.testing.assert_array_equal(found["lexical"], pairs)
        np.testing.assert_array_equal(found["semantic"], pairs[::-1])
        assert store.foundation().calibration
        assert store.vector_counts(name) == StoredVectors(1, 0, 1.0, 1.0)
        assert store.integrity() == []


@pytest.mark.parametrize(
    "damage", ["UPDATE models SET arrays = x'00'", "UPDATE models SET config = '{}'"]
)
def test_a_damaged_model_of_version_2_does_not_keep_the_database_shut(
    tmp_path: Path, damage: str
) -> None:
    path = tmp_path / "news.db"
    with Store.open(path) as store, store.write() as writer:
        writer.put_model({"articles": 1}, save({"terms": np.zeros(2, np.float32)}))
    _run(path, *_AS_VERSION_2, damage)
    with Store.open(path, create=False) as store:
        assert store.calibration() is None
        assert "does not match its fingerprint" in store.integrity()[0]


def test_a_url_for_others_holds_what_messages_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file stands in for the server: what counts is what the store says of its URL."""
    stand_in = sqlite.engine(database_url(tmp_path / "news.db"), shared=False)
    monkeypatch.setattr(opening, "create_engine", lambda _: stand_in)
    with Store.open("postgresql://redaktion:geheim@h/x") as store:
        assert store.url == "postgresql://redaktion:geheim@h/x"
        with pytest.raises(StoreError) as caught:
            store.related_list("\ud800")
        assert "geheim" not in str(caught.value)
    with Store.open(":memory:") as store:
        assert store.url == ":memory:"
    monkeypatch.chdir(tmp_path)
    with Store.open("news.db") as store:
        assert store.url == str(tmp_path / "news.db")
