"""Stored lists read in bulk are those read one by one, with everything forbidden left out."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from newsroom import NOON, about, hours, plain
from relnews import Block, NoList, Recommender, Separate, recommender
from relnews.errors import InvalidQuery
from relnews.store import sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from relnews import RelatedList

IDS = tuple(f"b-{number}" for number in range(8))


@pytest.fixture
def rec() -> Iterator[Recommender]:
    with a_site() as made:
        yield made


def a_site() -> Recommender:
    """Give a site of eight related articles, each with a stored list of the seven others."""
    made = Recommender.open(":memory:", policy=plain(relevance_floor=0.0))
    made.add(about(name, published_at=hours(-3 * n - 1)) for n, name in enumerate(IDS))
    made.precompute(at=NOON)
    assert all(len(related) == 7 for related in made.stored_lists(at=NOON, k=7))
    return made


def change(rec: Recommender, name: str, **values: Any) -> None:
    known = rec.article(name)
    assert rec.add([replace(known, version=known.version + 1, **values)]).accepted


def order(rec: Recommender, place: int) -> str:
    """Give the id at a place of the list of the first article."""
    return next(rec.stored_lists(at=NOON, k=7)).ids[place]


FORBID: dict[str, Callable[[Recommender, str], object]] = {
    "retracted": lambda rec, name: rec.retract(name),
    "canceled": lambda rec, name: change(rec, name, status="canceled"),
    "withheld": lambda rec, name: change(rec, name, status="withheld"),
    "embargoed": lambda rec, name: change(rec, name, embargo_until=hours(1)),
    "expired": lambda rec, name: change(rec, name, expires_at=NOON),
    "not yet published": lambda rec, name: change(rec, name, published_at=hours(1)),
    "never recommended": lambda rec, name: change(rec, name, never_recommend=True),
    "blocked": lambda rec, name: rec.add_rule(Block(name)),
    "blocked here": lambda rec, name: rec.add_rule(Block(name, "b-0")),
    "kept apart from the article": lambda rec, name: rec.add_rule(Separate(name, "b-0")),
    "kept apart from the first": lambda rec, name: rec.add_rule(Separate(name, order(rec, 0))),
    "no list by rule": lambda rec, _: rec.add_rule(NoList("b-0")),
    "no list": lambda rec, _: change(rec, "b-0", no_list=True),
}
"""All that may forbid, after the run, to show an article on the list of b-0."""


def one_by_one(rec: Recommender, at: datetime, k: int) -> list[RelatedList]:
    """Read the lists as a page does; the oracle of reading them in bulk."""
    found = [rec.stored_list(name, at=at, k=k) for name in rec.store.listed_sources()]
    return [without_bodies(related) for related in found if related is not None]


def without_bodies(related: RelatedList) -> RelatedList:
    entries = [replace(entry, article=replace(entry.article, body="")) for entry in related.entries]
    return replace(related, entries=tuple(entries))


@pytest.mark.parametrize("why", FORBID)
@pytest.mark.parametrize("k", [1, 3, 20])
def test_in_bulk_the_lists_are_those_that_are_read_one_by_one(
    rec: Recommender, why: str, k: int
) -> None:
    before = [*rec.stored_lists(at=NOON, k=k)]
    assert before == one_by_one(rec, NOON, k)
    name = order(rec, 1)
    FORBID[why](rec, name)
    after = [*rec.stored_lists(at=NOON, k=k)]
    assert after == one_by_one(rec, NOON, k)
    listed = {related.source_id: related.ids for related in after}
    assert name not in listed["b-0"]
    assert sum(map(len, listed.values())) > 0


def test_the_moment_decides_what_may_be_shown(rec: Recommender) -> None:
    name = order(rec, 0)
    change(rec, name, embargo_until=hours(1), expires_at=hours(2))
    shown = [name in next(rec.stored_lists(at=hours(hour), k=7)).ids for hour in (0.99, 1, 1.99, 2)]
    assert shown == [False, True, True, False]


def test_without_a_run_there_is_nothing_in_bulk() -> None:
    with Recommender.open(":memory:") as rec:
        rec.add(map(about, IDS))
        assert [*rec.stored_lists(at=NOON)] == []


@pytest.mark.parametrize("n_at_once", [1, 3, 8, 9])
def test_lists_come_by_id_whatever_is_read_at_once(
    rec: Recommender, n_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = one_by_one(rec, NOON, 5)
    for module in (recommender, sql):
        monkeypatch.setattr(module, "_LISTS_AT_ONCE", n_at_once)
    assert [*rec.stored_lists(at=NOON)] == expected
    assert [related.source_id for related in expected] == [*IDS]


def test_what_is_retracted_meanwhile_is_on_no_list_to_come(
    rec: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recommender, "_LISTS_AT_ONCE", 2)
    lists = rec.stored_lists(at=NOON, k=7)
    first = next(lists)
    assert "b-7" in first.ids
    rec.retract("b-7")
    rec.add_rule(Block("b-6"))
    _, *others = lists
    assert [related.source_id for related in others] == [f"b-{n}" for n in (2, 3, 4, 5, 6, 7)]
    assert not {"b-6", "b-7"} & {name for related in others for name in related.ids}
    assert others[-1].note == "no list: the article was canceled or retracted"


def test_since_gives_what_was_stored_or_shortened_after_a_change(rec: Recommender) -> None:
    def sources(since: int) -> list[str]:
        return [related.source_id for related in rec.stored_lists(at=NOON, since=since)]

    before = rec.store.change()
    written = before - 1  # a run notes its end after its lists
    assert (sources(0), sources(written - 1), sources(written)) == ([*IDS], [*IDS], [])
    rec.precompute(at=NOON, ids=["b-5", "b-2"])
    assert sources(before) == ["b-2", "b-5"]
    before = rec.store.change()
    rec.precompute(at=NOON, ids=["b-1"], depth=1)
    gone = order(rec, 0)
    carriers = sorted(rec.store.listed_in(gone))
    rec.retract(gone)
    assert sources(before) == sorted({"b-1", *carriers} - {gone})


@pytest.mark.parametrize(
    "wrong",
    [{"at": NOON, "k": 0}, {"at": NOON, "k": True}, {"at": datetime(2026, 3, 1)}],  # noqa: DTZ001  # on purpose
)
def test_a_wrong_question_is_refused_before_the_first_list(
    rec: Recommender, wrong: dict[str, Any]
) -> None:
    with pytest.raises(InvalidQuery):
        rec.stored_lists(**wrong)


def test_many_lists_take_few_queries_and_no_whole_bodies(rec: Recommender) -> None:
    with queries(rec) as bulk:
        assert len([*rec.stored_lists(at=NOON)]) == 8
    with queries(rec) as single:
        one_by_one(rec, NOON, 5)
    tables = [query.split("FROM ")[1].split()[0] for query in bulk if query.startswith("SELECT")]
    assert tables == ["lists", "related", "lists", "meta", "articles", "articles"]
    assert len(single) > 3 * len(tables)
    assert not any("articles.body" in query.replace("substr(articles.body", "") for query in bulk)


@contextmanager
def queries(rec: Recommender) -> Iterator[list[str]]:
    """Note what a database is asked."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    engine = rec.store._database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
