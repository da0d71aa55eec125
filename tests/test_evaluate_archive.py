"""The archive knows, for every moment, what a site knew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom import NOON, an_article, hours
from relnews.errors import UnknownArticle
from relnews.evaluate.archive import BEGINNING, Archive, Arrival

if TYPE_CHECKING:
    from datetime import datetime

    from relnews import Article

_HOURS = st.integers(-6, 6).map(hours)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Article], dict[str, datetime]]:
    """Draw versions of few articles in any order, and retractions, some of what never was."""
    names, retracted = st.sampled_from("abcd"), st.sampled_from("abx")
    keys = draw(st.lists(st.tuples(names, st.integers(1, 4)), max_size=8, unique=True))
    articles = [
        an_article(
            name,
            version=version,
            headline=f"{name} {version}",
            published_at=draw(st.none() | _HOURS),
            updated_at=draw(st.none() | _HOURS),
        )
        for name, version in keys
    ]
    return articles, draw(st.dictionaries(retracted, _HOURS, max_size=2))


def versions(*times: tuple[float | None, float | None], **values: Any) -> list[Article]:
    """Give the versions of article a: published and updated, in hours after noon."""
    return [
        an_article(
            "a",
            headline=f"Fassung {number}",
            version=number,
            published_at=None if published is None else hours(published),
            updated_at=None if updated is None else hours(updated),
            **values,
        )
        for number, (published, updated) in enumerate(times, 1)
    ]


def stood(archive: Archive, *moments: float) -> list[int]:
    """Give the number of the version of article a at each moment; 0 when there was none."""
    found = [archive.version("a", hours(moment)) for moment in moments]
    return [0 if article is None else article.version for article in found]


def test_an_update_arrives_with_its_date_and_the_first_version_with_its_publication() -> None:
    archive = Archive(versions((0, None), (0, 3), (0, 5)))
    assert stood(archive, -1, 0, 2, 3, 4, 5, 9) == [0, 1, 1, 2, 2, 3, 3]
    assert archive.arrived_at("a") == hours(0)
    assert (archive.first("a").version, archive.latest("a").version) == (1, 3)


def test_a_first_version_that_was_updated_later_is_there_from_its_publication() -> None:
    assert stood(Archive(versions((0, 3))), -1, 0, 3) == [0, 1, 1]


def test_a_correction_without_a_date_comes_with_the_version_that_it_corrects() -> None:
    assert stood(Archive(versions((0, None), (0, None))), -1, 0) == [0, 2]
    assert stood(Archive(versions((0, None), (0, 4), (0, None))), 0, 3, 4) == [1, 1, 3]
    assert stood(Archive(versions((0, None), (0, 4), (0, 4))), 0, 3, 4) == [1, 1, 3]


def test_no_version_stands_before_the_one_it_replaces() -> None:
    assert stood(Archive(versions((0, None), (0, 5), (0, 2))), 2, 4, 5) == [1, 1, 3]


def test_what_is_undated_was_always_there_until_its_update() -> None:
    archive = Archive(versions((None, None), (None, 2)))
    assert archive.arrived_at("a") == BEGINNING
    assert stood(archive, -1_000_000, 1, 2) == [1, 1, 2]


def test_of_the_same_version_the_last_one_given_counts() -> None:
    one, other = an_article("a", headline="eins"), an_article("a", headline="zwei")
    assert Archive([one, other]).latest("a").headline == "zwei"
    assert len(Archive([one, other])) == 1


def test_an_update_without_a_version_number_is_a_version_of_its_own() -> None:
    first = an_article("a", headline="eins", published_at=hours(0))
    second = replace(first, headline="zwei", updated_at=hours(3))
    archive = Archive([second, first])
    found = [archive.version("a", hours(at)) for at in (0, 2, 3)]
    assert [one.headline for one in found if one] == ["eins", "eins", "zwei"]


def test_versions_may_come_in_any_order() -> None:
    found = versions((0, None), (0, 3), (0, 5))
    assert stood(Archive(reversed(found)), 0, 3, 5) == [1, 2, 3]


def test_ids_come_in_the_order_given() -> None:
    archive = Archive([an_article(name) for name in "cabca"])
    assert archive.ids == ("c", "a", "b")
    assert len(archive) == 3
    assert [name in archive for name in ("a", "x", None)] == [True, False, False]


def test_what_the_archive_does_not_hold_is_unknown() -> None:
    archive = Archive([an_article("a")])
    assert archive.version("x", NOON) is None
    assert not archive.is_live("x", NOON)
    for ask in (archive.latest, archive.first, archive.arrived_at):
        with pytest.raises(UnknownArticle, match="it has no 'x'"):
            ask("x")


@pytest.mark.parametrize(
    ("values", "live"),
    [
        ({}, [False, True, True, True]),
        ({"status": "withheld"}, [False] * 4),
        ({"status": "canceled"}, [False] * 4),
        ({"never_recommend": True}, [False] * 4),
        ({"no_list": True}, [False, True, True, True]),
        ({"embargo_until": hours(1)}, [False, False, True, True]),
        ({"expires_at": hours(1)}, [False, True, False, False]),
        ({"expires_at": hours(2)}, [False, True, True, False]),
    ],
)
def test_an_article_is_live_while_it_may_be_shown(values: dict[str, Any], live: list[bool]) -> None:
    archive = Archive(versions((0, None), **values))
    assert [archive.is_live("a", hours(moment)) for moment in (-1, 0, 1, 2)] == live


def test_a_retraction_holds_from_its_moment_on_whatever_version_comes_later() -> None:
    archive = Archive(versions((0, None), (0, 5)), {"a": hours(2), "x": hours(1)})
    assert [archive.is_live("a", hours(moment)) for moment in (0, 1, 2, 6)] == [
        True,
        True,
        False,
        False,
    ]


def test_a_version_decides_only_while_it_stands() -> None:
    first, second = versions((0, None), (0, 2))
    third = an_article("a", version=3, published_at=hours(0), updated_at=hours(4))
    archive = Archive([first, an_article("a", version=2, status="withheld", updated_at=hours(2))])
    assert [archive.is_live("a", hours(moment)) for moment in (0, 1, 2)] == [True, True, False]
    archive = Archive([first, second, third])
    assert archive.is_live("a", hours(4))


@given(histories())
def test_arrivals_are_everything_that_happened_in_the_order_of_time(
    history: tuple[list[Article], dict[str, datetime]],
) -> None:
    articles, retractions = history
    found = list(Archive(articles, retractions).arrivals())
    assert [arrival.at for arrival in found] == sorted(arrival.at for arrival in found)
    came = [arrival.article for arrival in found if arrival.article is not None]
    assert sorted(came, key=lambda one: (one.id, one.version)) == sorted(
        articles, key=lambda one: (one.id, one.version)
    )
    for name in {article.id for article in articles}:
        numbers = [article.version for article in came if article.id == name]
        assert numbers == sorted(numbers)
    gone = {arrival.article_id: arrival.at for arrival in found if arrival.article is None}
    assert gone == retractions
    for place, arrival in enumerate(found):
        if arrival.article is None:
            later = [other for other in found[place:] if other.article is not None]
            assert all(other.at > arrival.at for other in later)


@given(histories(), _HOURS)
def test_the_version_of_a_moment_is_the_last_that_had_arrived(
    history: tuple[list[Article], dict[str, datetime]], at: datetime
) -> None:
    archive = Archive(*history)
    came: dict[str, Article] = {}
    for arrival in archive.arrivals():
        if arrival.at <= at and arrival.article is not None:
            came[arrival.article_id] = arrival.article
    assert {name: archive.version(name, at) for name in archive.ids} == {
        name: came.get(name) for name in archive.ids
    }


@given(histories(), _HOURS, st.integers(0, 6))
def test_the_archive_of_a_moment_is_what_had_arrived_and_nothing_else(
    history: tuple[list[Article], dict[str, datetime]], at: datetime, earlier: int
) -> None:
    archive = Archive(*history)
    then = archive.until(at)
    assert list(then.arrivals()) == [one for one in archive.arrivals() if one.at <= at]
    assert then.ids == tuple(name for name in archive.ids if archive.arrived_at(name) <= at)
    before = min(at, hours(earlier - 3))
    for name in "abcdx":
        assert then.version(name, before) == archive.version(name, before)
        assert then.is_live(name, before) == archive.is_live(name, before)
    assert then.until(at).ids == then.ids


def test_an_arrival_tells_what_came_and_a_retraction_that_nothing_did() -> None:
    (article,) = versions((0, None))
    assert list(Archive([article], {"a": hours(0)}).arrivals()) == [
        Arrival(hours(0), "a", article),
        Arrival(hours(0), "a", None),
    ]


def test_an_archive_does_not_change_with_what_it_was_made_from() -> None:
    articles, retractions = versions((0, None)), {"a": hours(1)}
    archive = Archive(articles, retractions)
    articles.clear()
    retractions.clear()
    assert len(archive) == 1
    assert archive.retractions == {"a": hours(1)}
    assert list(Archive([]).arrivals()) == []
