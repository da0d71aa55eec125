"""Vectors, models, vocabulary, rules, quarantine and lists: kept as given, or refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sqlalchemy import update

from relnews.embed.weighting import Weighing
from relnews.errors import ModelMismatch, StoreError
from relnews.rank.rules import Cap, Pin
from relnews.store import Store, StoredModel, StoredStanding, fingerprint, schema, sql
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


def test_a_weighing_is_given_back_as_it_was_saved_and_replaces_the_one_before(
    store: Store,
) -> None:
    assert store.weighing() is None
    assert store.foundation().weighing == ""
    for counts in ([3, 0, 2**31 - 1], []):
        with store.write() as writer:
            number = writer.put_weighing(Weighing(np.array(counts, np.int64), 7))
        found = store.weighing()
        assert found is not None
        assert (found.frequencies.tolist(), found.n_documents) == (counts, 7)
        assert found.frequencies.dtype == np.int64
        assert store.foundation().weighing == str(number) == str(store.change())
        assert store.counts()["weighings"] == 1


def test_a_damaged_weighing_is_a_store_error(store: Store) -> None:
    with store.write() as writer:
        writer.put_weighing(Weighing(np.array([1, 2], np.int64), 2))
        writer._connection.execute(update(schema.weighings).values(frequencies=b"damaged"))
    with pytest.raises(StoreError, match="counts of a weighing cannot be read"):
        store.weighing()


def test_a_model_a_weighing_and_a_rule_concern_every_list(store: Store) -> None:
    assert store.whole() == 0
    put(store, an_article("a"))
    assert store.whole() == 0
    put_model(store)
    assert store.whole() == store.change()
    with store.write() as writer:
        writer.put_weighing(Weighing(np.zeros(1, np.int64), 1))
    assert store.whole() == store.change()
    for _ in range(2):
        with store.write() as writer:
            number = writer.add_rule(Pin("a", "b", 1))
        assert store.whole() == store.change()
        with store.write() as writer:
            writer.remove_rule(number)
        assert store.whole() == store.change()
    with store.write() as writer:
        writer.put_lists([a_list("a")])
    assert store.whole() < store.change()


def weigh(store: Store) -> None:
    with store.write() as writer:
        writer.put_weighing(Weighing(np.zeros(1, np.int64), 1))


def test_replaced_versions_are_kept_as_soon_as_lists_may_be_in_the_making(store: Store) -> None:
    old = an_article("a", section="Sport", published_at=NOON, evergreen=True)
    put(store, old, an_article("b"))
    put(store, replace(old, version=2))
    assert store.former_versions() == []
    model = put_model(store)
    _put_vectors(store, model, ["a"], [[0.5, 0.25]])
    weigh(store)
    put(store, replace(old, version=3, section="Kultur"), an_article("new"))
    (former,) = store.former_versions()
    assert (former.id, former.section, former.evergreen) == ("a", "Sport", True)
    assert (former.published_at, former.updated_at) == (int(NOON.timestamp()), None)
    assert former.document.terms.tolist() == [0, 2]
    assert former.vector is not None
    assert former.vector.tolist() == [0.5, 0.25]
    put(store, replace(old, version=4))
    assert [kept.section for kept in store.former_versions()] == ["Sport", "Kultur"]


def test_replaced_versions_go_when_every_list_has_seen_what_came_instead(store: Store) -> None:
    weigh(store)
    put(store, an_article("a"), an_article("b"))
    first = put(store, an_article("a", version=2))
    second = put(store, an_article("b", version=2))
    assert [former.id for former in store.former_versions()] == ["a", "b"]
    for seen, kept in ((first - 1, ["a", "b"]), (first, ["b"]), (second, [])):
        with store.write() as writer:
            writer.forget_former(seen)
        assert [former.id for former in store.former_versions()] == kept


def test_standings_say_what_decides_whether_an_article_may_be_shown(store: Store) -> None:
    hidden = an_article("a", never_recommend=True, published_at=NOON, expires_at=NOON)
    put(store, hidden, an_article("b"))
    with store.write() as writer:
        writer.retract("b", "", None)
        found = writer.standings(["b", "a", "none", "a"])
    assert found.keys() == {"a", "b"}
    assert found["a"] == StoredStanding("usable", True, NOON, None, NOON)
    assert found["b"].status == "canceled"


def test_listed_targets_tell_an_empty_list_from_none(store: Store) -> None:
    put(store, *map(an_article, "abcd"))
    with store.write() as writer:
        writer.put_lists([a_list("a", "c", "b"), a_list("b"), a_list("d", "a")])
        assert writer.listed_targets("ab") == {"a": ["c", "b"], "b": []}
    assert store.listed_targets("abcde") == {"a": ["c", "b"], "b": [], "d": ["a"]}
    assert store.listed_targets([]) == {}


def test_list_heads_are_the_stored_lists_without_their_entries(store: Store) -> None:
    assert len(store.list_heads().k) == 0
    put(store, *map(an_article, "abc"))
    late = replace(a_list("a"), at=NOON + timedelta(hours=1), k=9, seen=4, reach=-1.0, policy="p")
    with store.write() as writer:
        writer.put_lists([a_list("c", "a"), late])
    heads = store.list_heads()
    noon = int(NOON.timestamp())
    assert (heads.source_ids, heads.policies) == (["a", "c"], ["p", "policy-1"])
    assert (heads.at.tolist(), heads.k.tolist()) == ([noon + 3600, noon], [9, 5])
    assert (heads.seen.tolist(), heads.reach.tolist()) == ([4, 3], [-1.0, 0.25])


def test_changed_articles_are_those_of_later_changes(store: Store) -> None:
    first = put(store, an_article("a"), an_article("b"))
    second = put(store, an_article("b", version=2))
    with store.write() as writer:
        writer.retract("a", "", None)
    assert store.changed_articles(0) == {"a": second + 1, "b": second}
    assert store.changed_articles(first) == {"a": second + 1, "b": second}
    assert store.changed_articles(second) == {"a": second + 1}
    assert store.changed_articles(second + 1) == {}


def test_an_unfinished_run_is_known_until_it_ends(store: Store) -> None:
    assert store.unfinished_run() is None
    for moment in (NOON, NOON + timedelta(microseconds=5)):
        with store.write() as writer:
            writer.begin_run(moment)
        assert store.unfinished_run() == moment
    with store.write() as writer:
        writer.end_run(NOON)  # another run than the one that was begun last
    assert store.unfinished_run() == moment
    with store.write() as writer:
        writer.end_run(moment)
    assert store.unfinished_run() is None
