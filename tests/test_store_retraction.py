"""A retraction holds everywhere at once, and for an article that comes only later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from relnews.store import Store, StoredRetraction, digest
from test_store import NOON, a_list, an_article, put, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open(":memory:") as opened:
        put(opened, *map(an_article, "abcd"))
        with opened.write() as writer:
            writer.put_lists([a_list("a", "b", "c", "d"), a_list("c", "b"), a_list("d", "a")])
            writer.put_lists([a_list("b", "a")])
        yield opened


def _targets(store: Store, source_id: str) -> list[str] | None:
    stored = store.related_list(source_id)
    return None if stored is None else [entry.target_id for entry in stored.rows]


def test_a_retracted_article_leaves_every_list_and_loses_its_own(store: Store) -> None:
    with store.write() as writer:
        assert writer.retract("b", "falsch", NOON)
        assert writer.listed_in("b") == []
        assert writer.retracted(["a", "b"]) == {"b": "falsch"}
    assert {key: _targets(store, key) for key in "abcd"} == {
        "a": ["c", "d"],
        "b": None,
        "c": [],
        "d": ["a"],
    }
    assert store.states(["b"])["b"].status == "canceled"
    assert [(row.id, row.status) for row in rows_of(store, 2)] == [("b", "canceled")]
    assert store.retractions() == {"b": StoredRetraction("falsch", NOON)}


def test_lists_that_lost_an_entry_are_marked_as_changed(store: Store) -> None:
    with store.write() as writer:
        writer.retract("b", "", None)
    with store._database.reading() as connection:
        found = connection.exec_driver_sql("SELECT source_id, change FROM lists ORDER BY 1")
        assert [tuple(row) for row in found] == [("a", 3), ("c", 3), ("d", 2)]


def test_an_unknown_article_is_retracted_for_when_it_comes(store: Store) -> None:
    with store.write() as writer:
        assert not writer.retract("later", "Sperrvermerk \ud800", None)
    assert store.retracted(["later", "a"]) == {"later": "Sperrvermerk \\ud800"}
    assert store.states(["later"]) == {}


def test_the_last_reason_counts(store: Store) -> None:
    with store.write() as writer:
        writer.retract("b", "one", None)
        assert writer.retract("b", "two", NOON)
    assert store.retractions() == {"b": StoredRetraction("two", NOON)}


def test_reinstating_takes_the_retraction_back(store: Store) -> None:
    with store.write() as writer:
        writer.retract("b", "", None)
        writer.retract("later", "", None)
    with store.write() as writer:
        assert writer.reinstate("b")
        assert not writer.reinstate("b")
        assert not writer.reinstate("a")
        assert writer.reinstate("later")
    assert store.retractions() == {}
    assert store.states(["b"])["b"].status == "usable"
    assert [row.id for row in rows_of(store, 3)] == ["b"]


def test_the_digest_follows_the_status_and_a_withheld_article_stays_withheld(store: Store) -> None:
    put(store, an_article("w", status="withheld"))
    for step in ("retract", "reinstate"):
        with store.write() as writer:
            _ = writer.retract("w", "", None) if step == "retract" else writer.reinstate("w")
        assert store.states(["w"])["w"].digest == digest(store.articles(["w"])["w"])
    assert store.states(["w"])["w"].status == "withheld"


def test_a_failed_retraction_leaves_everything(store: Store) -> None:
    with pytest.raises(KeyError), store.write() as writer:  # noqa: PT012  # two steps on purpose
        writer.retract("b", "falsch", NOON)
        raise KeyError
    assert store.listed_in("b") == ["a", "c"]
    assert store.retractions() == {}
    assert store.states(["b"])["b"].status == "usable"
