"""The nouns: what they refuse, that they are frozen, and how a list reads."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.errors import InvalidArticle
from relnews.types import (
    Access,
    AddReport,
    Article,
    Quarantined,
    Related,
    RelatedList,
    Retraction,
    Status,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXTS = (
    "id",
    "headline",
    "teaser",
    "body",
    "url",
    "section",
    "source",
    "language",
    "image_credit",
)
TIMES = ("published_at", "updated_at", "embargo_until", "expires_at")
FLAGS = ("evergreen", "no_list", "never_recommend")


class _Nowhere(tzinfo):
    """A time zone that does not know its offset, so that times in it are naive."""

    def utcoffset(self, _when: datetime | None) -> timedelta | None:
        return None

    def dst(self, _when: datetime | None) -> timedelta | None:
        return None

    def tzname(self, _when: datetime | None) -> str | None:
        return None


def an_article(**values: Any) -> Article:
    return Article(**{"id": "a", "headline": "Der Haushalt steht", **values})


def refused(field: str, value: object, *words: str) -> None:
    with pytest.raises(InvalidArticle) as caught:
        an_article(**{field: value})
    message = str(caught.value)
    assert message.startswith(field)
    for word in words:
        assert word in message


def test_an_article_needs_no_more_than_an_id_and_a_headline() -> None:
    article = Article(id="a", headline="Der Haushalt steht")
    assert (article.version, article.status, article.access) == (1, "usable", "free")
    assert article.published_at is None


def test_every_field_is_covered_by_a_rule_below() -> None:
    ruled = {*TEXTS, *TIMES, *FLAGS, "authors", "tags", "version", "status", "access"}
    assert {field.name for field in fields(Article)} == ruled


@pytest.mark.parametrize("field", ["id", "headline"])
@pytest.mark.parametrize("value", ["", " ", "\n\t", "\u00a0"])
def test_an_empty_id_or_headline_is_refused(field: str, value: str) -> None:
    refused(field, value, "must not be empty")


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("value", [None, 7, b"bytes", ["a"], 1.5])
def test_what_is_not_text_is_refused(field: str, value: object) -> None:
    refused(field, value, "must be text", type(value).__name__)


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("value", ["\x00", "vor\x00nach"])
def test_nul_is_refused_in_every_text(field: str, value: str) -> None:
    refused(field, value, "NUL")


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("value", ["\ud83d", "vor\udc80nach"])
def test_half_a_surrogate_pair_is_refused_in_every_text(field: str, value: str) -> None:
    refused(field, value, "surrogate")


@pytest.mark.parametrize("field", ["authors", "tags"])
@pytest.mark.parametrize("value", ["Anna", ["Anna"], None, {"Anna"}])
def test_authors_and_tags_that_are_no_tuple_are_refused(field: str, value: object) -> None:
    refused(field, value, "tuple")


@pytest.mark.parametrize("field", ["authors", "tags"])
@pytest.mark.parametrize("value", [(7,), ("Anna", None), ("\x00",), ("\ud83d",)])
def test_authors_and_tags_obey_the_rules_of_text(field: str, value: object) -> None:
    refused(field, value)


@pytest.mark.parametrize("field", TIMES)
def test_naive_times_are_refused(field: str) -> None:
    refused(field, NOON.replace(tzinfo=None), "time zone", "2026-03-01T12:00:00")


@pytest.mark.parametrize("field", TIMES)
def test_a_time_zone_without_an_offset_is_naive(field: str) -> None:
    refused(field, NOON.replace(tzinfo=_Nowhere()), "time zone")


@pytest.mark.parametrize("field", TIMES)
@pytest.mark.parametrize("value", ["2026-03-01T12:00:00+00:00", 0, NOON.date()])
def test_what_is_not_a_datetime_is_refused(field: str, value: object) -> None:
    refused(field, value, "datetime", type(value).__name__)


@pytest.mark.parametrize("field", TIMES)
@pytest.mark.parametrize(
    "value",
    [
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime(9999, 12, 31, 20, tzinfo=timezone(timedelta(hours=-14))),
        datetime(1, 1, 1, 3, tzinfo=timezone(timedelta(hours=14))),
    ],
)
def test_times_that_a_time_zone_would_push_out_of_the_calendar_are_refused(
    field: str, value: datetime
) -> None:
    refused(field, value, "between")


@pytest.mark.parametrize("field", TIMES)
def test_an_aware_time_of_any_zone_is_kept_as_given(field: str) -> None:
    time = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    kept = getattr(an_article(**{field: time}), field)
    assert (kept, kept.utcoffset()) == (time, timedelta(hours=5, minutes=30))


@pytest.mark.parametrize("field", FLAGS)
@pytest.mark.parametrize("value", [0, 1, None, "false"])
def test_a_switch_that_is_no_bool_is_refused(field: str, value: object) -> None:
    refused(field, value, "true or false")


@pytest.mark.parametrize("value", [0, -1, True, False, 1.0, "1", None, 2**63])
def test_a_version_that_is_no_whole_number_from_1_on_is_refused(value: object) -> None:
    refused("version", value, "whole number")


@pytest.mark.parametrize("value", [1, 2, 10**9, 2**63 - 1])
def test_every_version_that_a_database_can_hold_is_accepted(value: int) -> None:
    assert an_article(version=value).version == value


@pytest.mark.parametrize("value", ["", "Usable", "published", None, ["usable"]])
def test_an_unknown_status_is_refused(value: object) -> None:
    refused("status", value, "usable, withheld, canceled")


@pytest.mark.parametrize("value", ["", "Free", "plus", None, True])
def test_an_unknown_access_is_refused(value: object) -> None:
    refused("access", value, "free, paid")


@pytest.mark.parametrize(
    ("field", "value"),
    [("status", value) for value in get_args(Status)]
    + [("access", value) for value in get_args(Access)],
)
def test_every_known_status_and_access_is_accepted(field: str, value: str) -> None:
    assert getattr(an_article(**{field: value}), field) == value


@given(st.text())
def test_any_text_is_either_kept_as_it_is_or_refused(text: str) -> None:
    try:
        kept = an_article(body=text).body
    except InvalidArticle:
        assert "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text)
    else:
        assert kept == text


def test_a_message_about_a_huge_value_is_short() -> None:
    with pytest.raises(InvalidArticle) as caught:
        an_article(body="x" * 100_000 + "\x00")
    assert len(str(caught.value)) < 300


def an_entry(article_id: str) -> Related:
    return Related(
        article=an_article(id=article_id),
        score=0.5,
        relevance=0.5,
        freshness=1.0,
        lexical=0.2,
        semantic=0.0,
        relation="background",
        placed_by="score",
    )


def a_list(*ids: str, **values: Any) -> RelatedList:
    entries = tuple(an_entry(name) for name in ids)
    return RelatedList(**{"source_id": "s", "at": NOON, "k": 5, "entries": entries, **values})


@pytest.mark.parametrize(
    ("noun", "field"),
    [
        (an_article(), "headline"),
        (an_entry("b"), "score"),
        (a_list("b"), "entries"),
        (AddReport(), "accepted"),
        (Quarantined("", 0, "a", "why"), "reason"),
        (Retraction("a", "why", known=True), "known"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_every_noun_is_frozen_and_takes_no_new_attributes(noun: Any, field: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(noun, field, None)
    with pytest.raises((FrozenInstanceError, TypeError, AttributeError)):
        noun.surprise = 1
    assert not hasattr(noun, "__dict__")


def test_equal_articles_are_equal_and_hash_alike_in_any_time_zone() -> None:
    here = an_article(published_at=NOON)
    there = an_article(published_at=NOON.astimezone(timezone(timedelta(hours=3))))
    assert here == there
    assert hash(here) == hash(there)


def test_a_list_iterates_indexes_and_counts_its_entries_best_first() -> None:
    made = a_list("b", "c", "d")
    assert [entry.article.id for entry in made] == ["b", "c", "d"]
    assert made.ids == ("b", "c", "d")
    assert len(made) == 3
    assert made[0].article.id == "b"
    assert made[-1].article.id == "d"
    with pytest.raises(IndexError):
        made[3]


def test_an_empty_list_is_false_and_has_no_ids() -> None:
    assert not a_list()
    assert a_list().ids == ()


def test_why_not_names_the_position_of_what_is_on_the_list_and_asks_for_the_rest() -> None:
    made = a_list("b", "c", _why_not=lambda name: f"{name} was asked for")
    assert made.why_not("c") == "on the list, at position 2"
    assert made.why_not("x") == "x was asked for"


def test_a_list_without_evidence_says_where_to_get_it() -> None:
    assert "recommend()" in a_list("b").why_not("x")


def test_lists_are_equal_whatever_explains_them() -> None:
    assert a_list("b", _why_not=str) == a_list("b")
