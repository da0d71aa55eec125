"""Saving and loading: the identity, one change a transaction, nothing half done."""

from __future__ import annotations

import threading
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, get_args
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relnews.embed.document import Document
from relnews.errors import StoreError
from relnews.store import Store, StoredEntry, StoredList, StoredRow, digest
from relnews.types import Access, Article, Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def an_article(article_id: str = "a-1", **values: Any) -> Article:
    return Article(**{"id": article_id, "headline": "Der Haushalt steht", **values})


def a_document(*terms: int) -> Document:
    return Document(
        terms=np.array(terms, np.int32),
        counts=np.full(len(terms), 2, np.int32),
        shingles=np.array([7, 2**32 - 1], np.uint32),
    )


def put(store: Store, *articles: Article, language: str = "de") -> int:
    with store.write() as writer:
        writer.put_articles([(article, language, a_document(0, 2)) for article in articles])
        return writer.change


def put_model(store: Store, scale: str = "1") -> str:
    with store.write() as writer:
        return writer.put_model({"scale": scale}, b"arrays")


def a_list(source_id: str, *targets: str, shared: tuple[str, ...] = ("haushalt",)) -> StoredList:
    rows = [
        StoredEntry(
            target_id=target,
            score=0.5 / position,
            relevance=0.6,
            freshness=0.7,
            lexical=0.1,
            semantic=0.2,
            relation="background",
            placed_by="score",
            shared_words=shared,
            reason="Gleiches Thema",
        )
        for position, target in enumerate(targets, start=1)
    ]
    return StoredList(
        source_id=source_id,
        at=NOON,
        k=5,
        note="1 of 5",
        policy="policy-1",
        seen=3,
        reach=0.25,
        rows=tuple(rows),
    )


def rows_of(store: Store, change: int = 0, model: str | None = None) -> list[StoredRow]:
    return [row for block in store.changed_since(change, model) for row in block]


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with Store.open(":memory:" if request.param == "memory" else tmp_path / "news.db") as opened:
        yield opened


_ZONES = st.sampled_from(
    [UTC, ZoneInfo("Europe/Berlin"), timezone(timedelta(hours=-11, minutes=-7))]
)
_TIMES = st.none() | st.datetimes(datetime(1, 1, 4), datetime(9999, 12, 28), timezones=_ZONES)  # noqa: DTZ001  # bounds are naive there
_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
_NAMES = _TEXT.filter(lambda text: bool(text.strip()))
ARTICLES = st.builds(
    Article,
    id=_NAMES,
    headline=_NAMES,
    **dict.fromkeys(
        ("teaser", "body", "url", "section", "source", "language", "image_credit"), _TEXT
    ),
    authors=st.lists(_TEXT, max_size=3).map(tuple),
    tags=st.lists(_TEXT, max_size=3).map(tuple),
    published_at=_TIMES,
    updated_at=_TIMES,
    embargo_until=_TIMES,
    expires_at=_TIMES,
    version=st.integers(1, 2**63 - 1),
    status=st.sampled_from(get_args(Status)),
    access=st.sampled_from(get_args(Access)),
    evergreen=st.booleans(),
    no_list=st.booleans(),
    never_recommend=st.booleans(),
)


def _in_utc(article: Article) -> Article:
    """Write its times in UTC: an hour that a clock shows twice equals no other zone's time."""
    times: dict[str, Any] = {
        field.name: getattr(article, field.name).astimezone(UTC)
        for field in fields(article)
        if isinstance(getattr(article, field.name), datetime)
    }
    return replace(article, **times)


@settings(deadline=None)
@given(st.lists(ARTICLES, max_size=5, unique_by=lambda article: article.id))
def test_save_and_load_is_the_identity(articles: list[Article]) -> None:
    with Store.open(":memory:") as store:
        put(store, *articles)
        expected = {article.id: _in_utc(article) for article in articles}
        assert store.articles(expected) == expected
        assert list(store.articles(expected)) == list(expected)
        assert {a.id: a for a in store.all_articles()} == expected
        assert {key: state.digest for key, state in store.states(expected).items()} == {
            article.id: digest(article) for article in articles
        }
        with store.write() as writer:
            writer.add_terms(0, ["null", "eins", "zwei"])
        assert store.integrity() == []


@pytest.mark.parametrize("name", [field.name for field in fields(Article)])
def test_the_digest_covers_every_field(name: str) -> None:
    other: dict[str, Any] = {
        "authors": ("x",), "tags": ("x",), "published_at": NOON, "updated_at": NOON,
        "embargo_until": NOON, "expires_at": NOON, "version": 2, "status": "withheld",
        "evergreen": True, "access": "paid", "no_list": True, "never_recommend": True,
    }  # fmt: skip
    changed = replace(an_article(), **{name: other.get(name, "x")})
    assert digest(changed) != digest(an_article())


def test_the_digest_is_that_of_the_moment_not_of_its_zone() -> None:
    berlin = NOON.astimezone(ZoneInfo("Europe/Berlin"))
    assert digest(an_article(published_at=berlin)) == digest(an_article(published_at=NOON))


def test_times_sort_as_text_from_the_first_year_on(tmp_path: Path) -> None:
    years = [2026, 1, 999, 1970]
    with Store.open(tmp_path / "news.db") as store:
        put(store, *(an_article(f"{y}", published_at=NOON.replace(year=y)) for y in years))
        with store._database.reading() as connection:
            found = connection.exec_driver_sql("SELECT id FROM articles ORDER BY published_at")
            assert [row[0] for row in found] == ["1", "999", "1970", "2026"]
            texts = connection.exec_driver_sql("SELECT published_at FROM articles").scalars()
            assert "0001-03-01T12:00:00.000000+00:00" in set(texts)


def test_a_change_is_one_transaction(store: Store) -> None:
    assert store.change() == 0
    with store.write() as writer:
        writer.put_articles([(an_article("a"), "de", a_document(0))])
        writer.put_articles([(an_article("b"), "de", a_document(0))])
        assert writer.change == 1
    assert store.change() == 1
    assert put(store, an_article("c")) == 2


def test_an_exception_rolls_everything_back(store: Store) -> None:
    put(store, an_article("a"))
    with pytest.raises(KeyError), store.write() as writer:  # noqa: PT012  # two steps on purpose
        writer.put_articles([(an_article("b"), "de", a_document(0))])
        raise KeyError
    assert store.change() == 1
    assert list(store.articles(["a", "b"])) == ["a"]
    put(store, an_article("c"))
    assert store.change() == 2


def test_a_writer_sees_its_own_writes_and_no_second_one_starts_inside(store: Store) -> None:
    with store.write() as writer:
        writer.put_articles([(an_article("a", version=3), "de", a_document(0))])
        assert writer.states(["a", "none"])["a"].version == 3
        with pytest.raises(StoreError, match="under way"), store.write():
            pass
    assert store.states(["a"])["a"].version == 3


def test_reading_inside_a_write_is_allowed(store: Store) -> None:
    put(store, an_article("a"))
    with store.write():
        assert list(store.articles(["a"])) == ["a"]
        assert store.change() in {1, 2}


def test_the_state_has_the_semantic_date(store: Store) -> None:
    later = NOON + timedelta(days=1)
    put(
        store,
        an_article("new", published_at=NOON, updated_at=later),
        an_article("old", published_at=NOON),
        an_article("undated", status="withheld"),
    )
    states = store.states(["new", "old", "undated"])
    assert [states[key].date for key in ("new", "old", "undated")] == [later, NOON, None]
    assert states["undated"].status == "withheld"


def test_many_ids_and_impossible_ones_are_asked_for_at_once(store: Store) -> None:
    ids = [f"a-{number:04}" for number in range(1201)]
    put(store, *map(an_article, ids))
    assert list(store.articles([*reversed(ids), "\ud800", "nul\x00", ids[0]])) == ids[::-1]
    assert [article.id for article in store.all_articles()] == ids
    assert store.retracted(["\ud800"]) == {}


def test_rows_come_in_the_order_of_change_and_id_and_only_the_new_ones(store: Store) -> None:
    put(store, *(an_article(f"a-{number:04}") for number in range(4100, 0, -1)))
    put(store, an_article("a-0500", section="politik"), an_article("new", language="fr"))
    blocks = list(store.changed_since(0, None))
    assert [len(block) for block in blocks] == [2000, 2000, 101]
    ids = [row.id for block in blocks for row in block]
    assert ids == [*sorted(set(ids) - {"a-0500", "new"}), "a-0500", "new"]
    assert [row.id for row in rows_of(store, 1)] == ["a-0500", "new"]
    assert [row.language for row in rows_of(store, 1)] == ["de", "fr"]
    assert rows_of(store, 2) == []


def test_a_row_carries_flags_document_and_rounded_times(store: Store) -> None:
    time = datetime(1969, 12, 31, 23, 59, 58, 500_000, tzinfo=UTC)
    put(store, an_article(
        published_at=time, updated_at=time + timedelta(seconds=2), embargo_until=time,
        expires_at=time + timedelta(seconds=2), section="sport", source="dpa", access="paid",
        evergreen=True, no_list=True, never_recommend=True,
    ), an_article("bare", expires_at=datetime(2026, 1, 1, tzinfo=UTC)))  # fmt: skip
    row, bare = rows_of(store)
    assert (row.published_at, row.updated_at) == (-1, 1)
    assert (row.embargo_until, row.expires_at) == (-1, 0)
    assert (row.section, row.source, row.access, row.status) == ("sport", "dpa", "paid", "usable")
    assert row.evergreen is row.no_list is row.never_recommend is True
    assert bare.evergreen is bare.no_list is bare.never_recommend is False
    assert bare.published_at is bare.updated_at is bare.embargo_until is None
    assert bare.expires_at == 1_767_225_600
    expected = a_document(0, 2)
    for name in ("terms", "counts", "shingles"):
        array = getattr(row.document, name)
        assert array.dtype == getattr(expected, name).dtype
        assert array.tolist() == getattr(expected, name).tolist()


def test_threads_share_a_store(store: Store) -> None:
    errors: list[Exception] = []

    def work(name: str) -> None:
        try:
            for number in range(10):
                put(store, an_article(f"{name}-{number}"))
                store.articles([f"{name}-0"])
                store.change()
        except Exception as error:  # noqa: BLE001  # a thread's error must reach the test
            errors.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert (store.change(), store.counts()["articles"]) == (40, 40)
