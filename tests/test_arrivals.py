"""Verdicts over arriving articles: versions, dates, cancellations, retractions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.arrivals import judge
from relnews.store import State, digest
from relnews.types import Article

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=3)


def an_article(**changes: Any) -> Article:
    given_fields: dict[str, Any] = {"id": "a", "headline": "Deich gebrochen", "published_at": NOON}
    return Article(**(given_fields | changes))


def state_of(article: Article) -> State:
    date = article.updated_at or article.published_at
    return State(article.version, date, digest(article), article.status)


def verdict(arriving: Article, stored: Article) -> str:
    return judge(arriving, state_of(stored), None)[0]


def test_an_unknown_article_is_new() -> None:
    assert judge(an_article(), None, None) == ("new", "")


def test_the_same_article_again_is_unchanged() -> None:
    assert verdict(an_article(), an_article()) == "unchanged"


def test_the_same_article_in_another_time_zone_is_unchanged() -> None:
    berlin = NOON.astimezone(timezone(timedelta(hours=1)))
    assert verdict(an_article(published_at=berlin), an_article()) == "unchanged"


@pytest.mark.parametrize(
    "change",
    [{"version": 2}, {"version": 2, "published_at": NOON - timedelta(days=9)}],
    ids=["same-date", "older-date"],
)
def test_a_higher_version_replaces_whatever_its_date(change: dict[str, Any]) -> None:
    assert verdict(an_article(**change), an_article()) == "replaced"


def test_a_lower_version_is_refused_whatever_its_date() -> None:
    found, reason = judge(an_article(updated_at=LATER), state_of(an_article(version=2)), None)
    assert found == "refused"
    assert reason == "version 1 is older than the stored 2"


def test_of_one_version_the_newer_date_wins() -> None:
    old, new = an_article(), an_article(updated_at=LATER)
    assert verdict(new, old) == "replaced"
    found, reason = judge(old, state_of(new), None)
    assert found == "refused"
    assert str(LATER) in reason
    assert str(NOON) in reason


def test_of_one_version_and_date_the_last_to_arrive_wins() -> None:
    assert verdict(an_article(headline="Deich bei Bünning gebrochen"), an_article()) == "replaced"


def test_an_undated_article_is_older_than_any_dated_one() -> None:
    undated = an_article(published_at=None)
    assert verdict(an_article(), undated) == "replaced"
    assert verdict(undated, an_article()) == "refused"
    assert verdict(undated, undated) == "unchanged"


def test_only_a_higher_version_brings_back_what_was_canceled() -> None:
    canceled = an_article(status="canceled")
    found, reason = judge(an_article(updated_at=LATER), state_of(canceled), None)
    assert found == "refused"
    assert reason == "canceled in version 1; only a newer one can return"
    assert verdict(an_article(version=2), canceled) == "replaced"
    assert verdict(canceled, canceled) == "unchanged"


def test_a_cancellation_of_the_stored_version_is_taken() -> None:
    assert verdict(an_article(status="canceled"), an_article()) == "replaced"


def test_what_was_withheld_may_return_in_the_same_version() -> None:
    assert verdict(an_article(), an_article(status="withheld")) == "replaced"


@pytest.mark.parametrize(
    ("reason", "words"), [("Falschmeldung", "Falschmeldung"), ("", "no reason given")]
)
def test_nothing_brings_back_what_was_retracted(reason: str, words: str) -> None:
    for stored in (None, state_of(an_article())):
        found, why = judge(an_article(version=9, updated_at=LATER), stored, reason)
        assert found == "refused"
        assert why == f"retracted ({words}); reinstate it first"


ARTICLES = st.builds(
    an_article,
    headline=st.sampled_from(["Deich gebrochen", "Deich hält"]),
    version=st.integers(1, 3),
    published_at=st.sampled_from([None, NOON, NOON - timedelta(days=1)]),
    updated_at=st.sampled_from([None, NOON, LATER]),
    status=st.sampled_from(["usable", "withheld", "canceled"]),
)


@given(ARTICLES)
def test_whatever_is_stored_arrives_again_unchanged(article: Article) -> None:
    assert verdict(article, article) == "unchanged"


@given(ARTICLES, ARTICLES)
def test_of_two_articles_the_higher_version_stands_at_the_end_in_either_order(
    first: Article, second: Article
) -> None:
    second = replace(second, version=first.version + 1)
    assert verdict(second, first) in {"replaced", "unchanged"}
    assert verdict(first, second) == "refused"


@given(ARTICLES, ARTICLES)
def test_a_reason_is_given_exactly_when_an_article_is_refused(
    arriving: Article, stored: Article
) -> None:
    found, reason = judge(arriving, state_of(stored), None)
    assert (found == "refused") == bool(reason)
