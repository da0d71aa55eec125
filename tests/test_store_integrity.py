"""`integrity` is silent about a sound database and names each damage."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pytest

from relnews.embed.weighting import Weighing
from relnews.errors import StoreError
from relnews.store import Store
from test_store import a_list, an_article, put, put_model

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "news.db"
    with Store.open(path) as store:
        with store.write() as writer:
            writer.add_terms(0, ["null", "eins", "zwei"])
        put(store, *map(an_article, "abcd"))
        model = put_model(store)
        with store.write() as writer:
            writer.put_vectors(model, ["a", "b", "c"], np.eye(3, 4, dtype=np.float32))
            writer.put_lists([a_list("a", "b", "c"), a_list("b", "a")])
            writer.retract("d", "", None)
        assert store.integrity() == []
    return path


def _problems(path: Path, statement: str) -> list[str]:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)
    with Store.open(path) as store:
        return store.integrity()


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("DELETE FROM documents WHERE article_id = 'b'", "articles without a document: b"),
        ("DELETE FROM articles WHERE id = 'c'", "documents without an article: c"),
        ("DELETE FROM articles WHERE id = 'c'", "vectors without an article: c"),
        ("DELETE FROM articles WHERE id = 'c'", "lists with unknown articles on them: a"),
        ("DELETE FROM articles WHERE id = 'c'", "rows of related point to missing rows"),
        ("DELETE FROM articles WHERE id = 'a'", "lists of unknown articles: a"),
        ("DELETE FROM lists WHERE source_id = 'a'", "entries of lists that are not stored: a"),
        ("DELETE FROM terms WHERE id = 1", "the vocabulary has gaps: 2 terms"),
        ("DELETE FROM terms WHERE id = 0", "ids from 1 to 2"),
        ("DELETE FROM terms WHERE id = 2", "beyond the vocabulary or broken counts: a, b"),
        ("UPDATE documents SET counts = x'01000000' WHERE article_id = 'b'", "broken counts: b"),
        ("UPDATE documents SET terms = x'010000' WHERE article_id = 'b'", "broken counts: b"),
        (
            "UPDATE documents SET terms = x'0200000000000000' WHERE article_id = 'b'",
            "broken counts: b",
        ),
        ("UPDATE models SET arrays = x'00'", "does not match its fingerprint"),
        ("UPDATE models SET config = '{}'", "does not match its fingerprint"),
        ("DELETE FROM models", "vectors of unknown models"),
        ("DELETE FROM models", "is not stored"),
        ("UPDATE vectors SET vector = x'0000' WHERE article_id = 'b'", "wrong length or norm: b"),
        ("UPDATE articles SET body = 'x' WHERE id = 'b'", "differ from what was saved: b"),
        ("UPDATE articles SET status = 'x' WHERE id = 'b'", "differ from what was saved: b"),
        ("UPDATE articles SET tags = '{' WHERE id = 'b'", "differ from what was saved: b"),
        ("UPDATE articles SET tags = '3' WHERE id = 'b'", "differ from what was saved: b"),
        ("UPDATE articles SET published_at = '3' WHERE id = 'b'", "from what was saved: b"),
    ],
)
def test_each_damage_is_named(path: Path, statement: str, expected: str) -> None:
    assert any(expected in problem for problem in _problems(path, statement))


def test_a_long_list_of_ids_is_cut(path: Path) -> None:
    with Store.open(path) as store:
        put(store, *(an_article(f"x-{number}") for number in range(9)))
    found = _problems(path, "DELETE FROM documents WHERE article_id LIKE 'x-%'")
    assert found == ["articles without a document: x-0, x-1, x-2, x-3, x-4 and 4 more"]


def test_overwritten_pages_are_found_or_refused(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for start in range(8 * 4096, len(content), 4096):
        content[start : start + 64] = b"\xff" * 64
    path.write_bytes(content)
    try:
        with Store.open(path) as store:
            assert store.integrity() != []
    except StoreError as error:
        assert "backup" in str(error)  # noqa: PT017  # either answer is right


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE articles SET authors = '[' WHERE id = 'b'",
        "UPDATE articles SET authors = 'null' WHERE id = 'b'",
        "UPDATE articles SET expires_at = 'soon' WHERE id = 'b'",
        "UPDATE articles SET access = 'x' WHERE id = 'b'",
    ],
)
def test_a_damaged_article_is_a_store_error_when_read(path: Path, statement: str) -> None:
    _problems(path, statement)
    with Store.open(path) as store, pytest.raises(StoreError):
        store.articles(["a", "b"])


def test_damaged_or_missing_weights_and_replaced_versions_are_named(path: Path) -> None:
    with Store.open(path) as store:
        with store.write() as writer:
            writer.put_weighing(Weighing(np.ones(3, np.int64), 2))
        put(store, an_article("b", version=2))
        assert store.integrity() == []
    found = _problems(path, "UPDATE former SET counts = x''")
    assert found == ["replaced versions with broken counts: b"]
    assert _problems(path, "DELETE FROM former") == []
    (unreadable,) = _problems(path, "UPDATE weighings SET frequencies = x'00'")
    assert unreadable.startswith("unreadable: the counts of a weighing")
    (gone,) = _problems(path, "DELETE FROM weighings")
    assert gone.startswith("the current weighing")
