"""Vectors, models, vocabulary, rules, quarantine and lists: kept as given, or refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from relnews.errors import ModelMismatch, StoreError
from relnews.rank.rules import Cap, Pin
from relnews.store import Store, StoredModel, fingerprint, sql
from relnews.types import Quarantined
from test_store import NOON, a_list, an_article, put, put_model, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with Store.open(":memory:" if request.param == "memory" else tmp_path / "news.db") as opened:
        yield opened


def test_vectors_belong_to_a_model_and_leave_with_the_text(store: Store) -> None:
    put(store, an_article("a"), an_article("b"))
    model = put_model(store)
    with store.write() as writer:
        writer.put_vectors(model, ["a", "b"], np.array([[0.5, 0.25], [1, 0]], np.float32))
    a, b = rows_of(store, model=model)
    assert a.vector is not None
    assert b.vector is not None
    assert a.vector.dtype == np.float16
    assert (a.vector.tolist(), b.vector.tolist()) == ([0.5, 0.25], [1, 0])
    assert [row.vector for row in rows_of(store)] == [None, None]
    put(store, an_article("a", version=2))
    assert [(row.id, row.vector is None) for row in rows_of(store, model=model)] == [
        ("b", False),
        ("a", True),
    ]


def _put_vectors(store: Store, model: str, ids: list[str], vectors: Any) -> None:
    with store.write() as writer:
        writer.put_vectors(model, ids, np.array(vectors, np.float32))


def test_vectors_that_do_not_fit_are_refused(store: Store) -> None:
    put(store, an_article("a"), an_article("b"))
    model = put_model(store)
    _put_vectors(store, model, ["a"], [[1, 0]])
    with pytest.raises(ModelMismatch, match="save the model first"):
        _put_vectors(store, "0" * 16, ["b"], [[1, 0]])
    with pytest.raises(ModelMismatch, match="length 2, got 3"):
        _put_vectors(store, model, ["b"], [[1, 0, 0]])
    with pytest.raises(StoreError, match=r"shape \(1, d\)"):
        _put_vectors(store, model, ["b"], [[1, 0], [0, 1]])
    for value in (np.nan, 1e9):
        with pytest.raises(StoreError, match="finite"):
            _put_vectors(store, model, ["b"], [[value, 0]])
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        _put_vectors(store, model, ["unknown"], [[1, 0]])


def test_a_new_model_replaces_the_old_one_and_its_vectors(store: Store) -> None:
    assert store.model() is None
    put(store, an_article("a"))
    old = put_model(store)
    _put_vectors(store, old, ["a"], [[1, 0]])
    assert put_model(store) == old
    assert store.counts()["vectors"] == 1
    new = put_model(store, "2")
    assert store.model() == StoredModel(new, {"scale": "2"}, b"arrays")
    assert store.model(old) is None
    assert (store.counts()["vectors"], store.counts()["models"]) == (0, 1)
    assert new == fingerprint({"scale": "2"}, b"arrays") != old


def test_the_vocabulary_only_grows_at_its_end(store: Store) -> None:
    with store.write() as writer:
        writer.add_terms(0, ["wahl", "Wahl"])
        assert writer.term_count() == 2
        writer.add_terms(2, [])
        writer.add_terms(2, ["straße"])
    assert store.terms(0) == ["wahl", "Wahl", "straße"]
    assert store.terms(2) == ["straße"]
    with pytest.raises(StoreError, match="appended at 3, got 2"), store.write() as writer:
        writer.add_terms(2, ["neu"])
    with pytest.raises(StoreError, match="UNIQUE"), store.write() as writer:
        writer.add_terms(3, ["wahl"])
    assert len(store.terms()) == 3


def test_touching_shows_an_article_again(store: Store) -> None:
    put(store, an_article("a"), an_article("b"))
    with store.write() as writer:
        writer.touch(["b", "unknown"])
    assert [row.id for row in rows_of(store, 1)] == ["b"]


def test_rules_keep_their_ids(store: Store) -> None:
    pin, cap = Pin("a", "b", 2), Cap("section", "sport", 1)
    with store.write() as writer:
        first, second = writer.add_rule(pin), writer.add_rule(cap)
        assert writer.remove_rule(second)
        assert not writer.remove_rule(second)
        third = writer.add_rule(cap)
    assert third > second > first
    assert store.rules() == {first: pin, third: cap}


def test_the_quarantine_keeps_a_record_once_whatever_it_holds(store: Store) -> None:
    record = Quarantined("in.jsonl", 3, "a", "no headline")
    odd = Quarantined("\ud800", 4, "a\x00", "x" * 9000)
    for _ in range(2):
        with store.write() as writer:
            writer.quarantine([record, odd, record])
    assert store.quarantine() == [record, Quarantined("\\ud800", 4, "a\\x00", "x" * 9000)]


def test_a_stored_list_is_what_was_made(store: Store) -> None:
    put(store, *map(an_article, "abc"))
    made = a_list("a", "c", "b", shared=("haushalt", "ß"))
    with store.write() as writer:
        writer.put_lists([a_list("a", "b"), made, a_list("b")])
        assert writer.listed_in("b") == ["a"]
    stored = store.related_list("a")
    assert stored is not None
    assert stored == made
    empty = store.related_list("b")
    assert empty is not None
    assert empty.rows == ()
    assert store.related_list("c") is None
    assert (store.listed_sources(), store.listed_in("c")) == (["a", "b"], ["a"])
    with store.write() as writer:
        writer.remove_lists(["a"])
    assert (store.listed_sources(), store.counts()["related"]) == (["b"], 0)


@pytest.mark.parametrize("n_at_once", [1, 2, 200])
def test_all_lists_are_those_given_one_by_one(
    store: Store, n_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql, "_LISTS_AT_ONCE", n_at_once)
    assert [*store.all_lists()] == []
    put(store, *map(an_article, "äabcd"))
    changes = []
    for made in (a_list("c", "a", "b"), a_list("ä", "d"), a_list("a"), a_list("b", "a", "d", "c")):
        with store.write() as writer:
            writer.put_lists([made])
            changes.append(writer.change)
    assert [*store.all_lists()] == [store.related_list(name) for name in "abcä"]
    for n_seen, change in enumerate(changes, start=1):
        later = ["c", "ä", "a", "b"][n_seen:]
        assert [stored.source_id for stored in store.all_lists(change)] == sorted(later)


def test_articles_without_bodies_are_the_same_but_for_them(store: Store) -> None:
    full = an_article("a", body="Der Rat stimmte zu.", tags=("Rat",), published_at=NOON)
    put(store, full, an_article("b"))
    found = store.articles(["b", "none", "a"], body_length=0)
    assert found == {"b": an_article("b"), "a": replace(full, body="")}


@pytest.mark.parametrize(("source", "target"), [("none", "a"), ("a", "none")])
def test_lists_of_unknown_articles_are_refused(store: Store, source: str, target: str) -> None:
    put(store, an_article("a"))
    with pytest.raises(StoreError, match="must point to what is stored"), store.write() as writer:
        writer.put_lists([a_list(source, target)])
    assert store.listed_sources() == []


def test_what_no_database_holds_is_a_store_error(store: Store) -> None:
    with pytest.raises(StoreError, match="valid Unicode"):
        store.related_list("\ud800")
    with pytest.raises(StoreError, match="valid Unicode"), store.write() as writer:
        writer.retract("\ud800", "", None)
