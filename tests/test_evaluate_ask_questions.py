"""From truth to questions: small cases whose questions can be counted on the fingers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsroom import NOON, an_article, hours
from relnews import Article, demo
from relnews.errors import UnknownArticle
from relnews.evaluate.archive import Archive
from relnews.evaluate.ask.questions import (
    from_chains,
    from_events,
    from_impressions,
    from_labels,
    from_links,
    from_pairs,
    question_id,
    sample,
)
from relnews.evaluate.truth import Chain, EditorLinks, Event, Impression, JudgedPair, Question

OLD = an_article("a", headline="Fassung eins", published_at=hours(-5))
NEW = an_article("a", headline="Fassung zwei", version=2, updated_at=hours(-1))
SITE = Archive(
    [
        OLD,
        NEW,
        an_article("b", published_at=hours(-4)),
        an_article("c", published_at=hours(-3)),
        an_article("late", published_at=hours(2)),
        an_article("gone", published_at=hours(-4), expires_at=hours(-2)),
        an_article("undated", published_at=None),
    ],
    {"c": hours(3)},
)
END = hours(3 + 24)
"""A day after the last thing that happened."""


def told(question: Question) -> tuple[str, datetime, dict[str, float], str]:
    return (question.source.id, question.at, dict(question.gains), question.group)


def test_a_question_is_named_by_its_source_and_its_moment_in_utc() -> None:
    berlin = datetime(2026, 3, 1, 13, 30, tzinfo=timezone(timedelta(hours=1)))
    assert question_id("a-1", berlin) == "a-1@2026-03-01T12:30:00Z"
    assert question_id("a-1", berlin) == question_id("a-1", berlin.astimezone(UTC))


def test_links_are_asked_for_when_they_were_set() -> None:
    links = [EditorLinks("a", ("b", "c"), hours(-2)), EditorLinks("a", ("b",), hours(0))]
    found = from_links(links, SITE)
    assert [told(question) for question in found] == [
        ("a", hours(-2), {"b": 1.0, "c": 1.0}, "2026-03-01"),
        ("a", hours(0), {"b": 1.0}, "2026-03-01"),
    ]
    assert [question.source for question in found] == [OLD, NEW]
    assert all(question.ignored == frozenset() for question in found)


def test_links_without_a_date_were_set_with_the_publication() -> None:
    (found,) = from_links([EditorLinks("b", ("a",))], SITE)
    assert told(found) == ("b", hours(-4), {"a": 1.0}, "2026-03-01")
    assert from_links([EditorLinks("undated", ("a",))], SITE) == []


def test_links_that_lead_nowhere_are_passed_over() -> None:
    links = [EditorLinks("unknown", ("a",)), EditorLinks("b", ("b", "unknown", "c"))]
    (found,) = from_links(links, SITE)
    assert dict(found.gains) == {"c": 1.0}
    (empty,) = from_links([EditorLinks("b", ())], SITE)
    assert dict(empty.gains) == {}


def test_a_source_is_asked_about_without_the_words_of_its_links() -> None:
    (found,) = from_links([EditorLinks("a", ("b",), hours(0), body="Ohne.")], SITE)
    assert (found.source.body, found.source.headline) == ("Ohne.", "Fassung zwei")
    (found,) = from_links([EditorLinks("a", ("b",), hours(0), body="")], SITE)
    assert found.source.body == ""


def test_links_that_were_set_before_the_publication_are_asked_about_the_first_version() -> None:
    (found,) = from_links([EditorLinks("a", ("b",), hours(-9))], SITE)
    assert found.source == OLD


def test_pairs_are_asked_for_in_both_directions_among_what_was_judged() -> None:
    pairs = [
        JudgedPair("a", "b", 2.0, "alike"),
        JudgedPair("a", "c", 0.0, "alike"),
        JudgedPair("b", "c", 9.0, "other scale"),
        JudgedPair("a", "unknown", 3.0, "alike"),
        JudgedPair("unknown", "b", 3.0, "alike"),
    ]
    found = {question.source.id: question for question in from_pairs(pairs, SITE, "alike")}
    assert {name: told(question) for name, question in found.items()} == {
        "a": ("a", END, {"b": 2.0}, "a"),
        "b": ("b", END, {"a": 2.0}, "b"),
        "c": ("c", END, {}, "c"),
    }
    assert found["a"].source == NEW
    assert {name: sorted(question.only or ()) for name, question in found.items()} == {
        "a": ["b", "c"],
        "b": ["a"],
        "c": ["a"],
    }


@pytest.mark.parametrize("order", [1, -1])
def test_a_judgement_of_one_direction_goes_before_that_of_the_other(order: int) -> None:
    pairs = [JudgedPair("a", "b", 2.0), JudgedPair("b", "a", 1.0), JudgedPair("a", "c", 3.0)]
    found = from_pairs(pairs[::order], SITE, "relevance")
    gains = {question.source.id: dict(question.gains) for question in found}
    assert gains == {"a": {"b": 2.0, "c": 3.0}, "b": {"a": 1.0}, "c": {"a": 3.0}}


def test_an_article_is_no_answer_to_itself() -> None:
    assert from_pairs([JudgedPair("a", "a", 1.0)], SITE, "relevance") == []
    (only, _) = from_pairs(
        [JudgedPair("a", "a", 1.0), JudgedPair("a", "b", 1.0)], SITE, "relevance"
    )
    assert dict(only.gains) == {"b": 1.0}
    (found,) = from_links([EditorLinks("a", ("a", "b"))], SITE)
    assert dict(found.gains) == {"b": 1.0}


def reads(*entries: tuple[str, float], user: str = "u") -> list[Event]:
    return [Event(user, name, hours(hour)) for name, hour in entries]


def test_readers_are_asked_about_by_what_they_turned_to_next() -> None:
    found = from_events(reads(("c", 1), ("a", 0), ("b", 0.5)), SITE)
    assert [told(question) for question in found] == [
        ("a", hours(0), {"b": 1.0, "c": 1.0}, "2026-03-01"),
        ("b", hours(0.5), {"c": 1.0}, "2026-03-01"),
    ]
    assert from_events(reads(("a", -2), ("b", 0)), SITE)[0].source == OLD
    assert found[0].source == NEW


def test_only_what_was_live_at_the_moment_is_right() -> None:
    assert from_events(reads(("a", 0), ("late", 3)), SITE) == []
    assert from_events(reads(("a", 0), ("gone", 1)), SITE) == []
    assert from_events(reads(("a", 0), ("unknown", 1)), SITE) == []
    found = from_events(reads(("a", -3), ("gone", 1), ("late", 3)), SITE)
    assert [dict(question.gains) for question in found] == [{"gone": 1.0}]


def test_under_what_was_not_live_nothing_is_asked() -> None:
    assert from_events(reads(("gone", 0), ("a", 1)), SITE) == []
    assert from_events(reads(("late", 0), ("a", 1)), SITE) == []
    assert from_events(reads(("unknown", 0), ("a", 1)), SITE) == []
    assert from_events(reads(("c", 3), ("a", 4)), SITE) == []


def test_what_is_read_after_the_hours_is_no_answer() -> None:
    events = reads(("a", 0), ("b", 2), ("c", 2.01))
    found = from_events(events, SITE, within_hours=2)
    assert [dict(question.gains) for question in found] == [{"b": 1.0}, {"c": 1.0}]
    week = from_events(reads(("a", 0), ("b", 168)), SITE)
    assert [dict(question.gains) for question in week] == [{"b": 1.0}]
    assert from_events(reads(("a", 0), ("b", 168.1)), SITE) == []


def test_what_is_read_at_the_very_moment_is_no_answer() -> None:
    """It is counted in the popularity of the moment, which would give it away."""
    assert from_events(reads(("a", 0), ("b", 0)), SITE) == []
    found = from_events(reads(("a", 0), ("b", 0), ("c", 1)), SITE)
    assert [(q.source.id, dict(q.gains)) for q in found] == [("a", {"c": 1.0}), ("b", {"c": 1.0})]


def test_reading_again_is_no_answer_and_gains_nothing_twice() -> None:
    assert from_events(reads(("a", 0), ("a", 1)), SITE) == []
    found = from_events(reads(("a", 0), ("b", 1), ("b", 2), ("a", 3)), SITE)
    assert [(question.source.id, dict(question.gains)) for question in found] == [
        ("a", {"b": 1.0}),
        ("b", {"a": 1.0}),
        ("b", {"a": 1.0}),
    ]


def test_readers_are_asked_about_one_by_one() -> None:
    events = reads(("a", 0), user="u") + reads(("b", 1), user="v")
    assert from_events(events, SITE) == []
    events += reads(("c", 1), user="u")
    assert [told(question)[2] for question in from_events(events, SITE)] == [{"c": 1.0}]


def test_users_with_too_many_events_are_left_out() -> None:
    events = reads(("a", 0), ("b", 1), ("c", 2))
    assert len(from_events(events, SITE, max_events=3)) == 2
    assert from_events(events, SITE, max_events=2) == []
    busy = reads(*[("b" if number % 2 else "a", -number / 100) for number in range(101)])
    assert from_events(busy, SITE) == []
    assert len(from_events(busy[1:], SITE)) == 99


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("uv"),
            st.sampled_from(["a", "b", "c", "late", "gone", "unknown"]),
            st.integers(-6, 6),
        ),
        max_size=10,
        unique=True,
    ),
    st.integers(1, 5),
    st.integers(1, 6),
)
def test_event_questions_are_those_of_a_naive_count(
    entries: list[tuple[str, str, int]], within: int, most: int
) -> None:
    events = [Event(user, name, hours(hour)) for user, name, hour in entries]
    expected = []
    for user, name, hour in entries:
        own = [entry for entry in entries if entry[0] == user]
        right = {
            other
            for _, other, later in own
            if hour < later <= hour + within and other != name and SITE.is_live(other, hours(hour))
        }
        if right and SITE.is_live(name, hours(hour)) and len(own) <= most:
            expected.append((name, hours(hour), sorted(right)))
    found = from_events(events, SITE, within_hours=within, max_events=most)
    assert sorted((q.source.id, q.at, sorted(q.gains)) for q in found) == sorted(expected)
    assert all(set(question.gains.values()) == {1.0} for question in found)


def an_impression(**values: Any) -> Impression:
    given: dict[str, Any] = {
        "user": "u",
        "source_id": "a",
        "at": hours(0),
        "shown": ("b", "c", "unknown"),
        "clicked": (False, True, True),
    }
    return Impression(**{**given, **values})


def test_impressions_are_asked_for_their_clicks() -> None:
    shown = [
        an_impression(),
        an_impression(clicked=(False, False, False)),
        an_impression(at=hours(-2), shown=("a", "b"), clicked=(True, True)),
    ]
    found = from_impressions(shown, SITE)
    assert [told(question) for question in found] == [
        ("a", hours(0), {"c": 1.0}, "2026-03-01"),
        ("a", hours(0), {}, "2026-03-01"),
        ("a", hours(-2), {"b": 1.0}, "2026-03-01"),
    ]
    assert [question.source for question in found] == [NEW, NEW, OLD]
    assert [question.shown for question in found] == shown


def test_impressions_under_nothing_or_what_was_not_live_are_passed_over() -> None:
    shown = [
        an_impression(source_id=""),
        an_impression(source_id="unknown"),
        an_impression(source_id="late"),
        an_impression(source_id="gone"),
        an_impression(source_id="c", at=hours(3)),
    ]
    assert from_impressions(shown, SITE) == []


def test_a_story_is_asked_for_its_rest_once_all_of_it_is_out() -> None:
    found = from_chains([Chain("fire", ("a", "unknown", "c", "late"))], SITE)
    assert [told(question) for question in found] == [
        ("a", END, {"c": 1.0, "late": 1.0}, "fire"),
        ("c", END, {"a": 1.0, "late": 1.0}, "fire"),
        ("late", END, {"a": 1.0, "c": 1.0}, "fire"),
    ]
    assert found[0].source == NEW
    assert SITE.arrived_at("late") < found[0].at
    assert from_chains([Chain("fire", ("unknown",)), Chain("flood", ())], SITE) == []


LABELLED = Archive(
    [
        an_article("a", section="Sport", tags=("pokal", "tor")),
        an_article("b", section="Sport", tags=("tor", "pokal", "tor")),
        an_article("c", section="Stadt", tags=("pokal",)),
        an_article("d", section="", tags=()),
    ]
)


def test_a_section_is_asked_for_its_articles() -> None:
    at = hours(23)
    assert [told(question) for question in from_labels(LABELLED, "section")] == [
        ("a", at, {"b": 1.0}, "a"),
        ("b", at, {"a": 1.0}, "b"),
        ("c", at, {}, "c"),
    ]


def test_tags_are_asked_for_by_how_many_there_are_in_common() -> None:
    found = {question.source.id: dict(question.gains) for question in from_labels(LABELLED, "tags")}
    assert found == {
        "a": {"b": 2.0, "c": 1.0},
        "b": {"a": 2.0, "c": 1.0},
        "c": {"a": 1.0, "b": 1.0},
    }


def test_labels_may_be_asked_of_some_sources_only() -> None:
    found = from_labels(LABELLED, "tags", ["c", "d"])
    assert [question.source.id for question in found] == ["c"]
    assert found[0].gains.keys() == {"a", "b"}
    assert from_labels(LABELLED, "section", []) == []
    with pytest.raises(UnknownArticle, match="it has no 'unknown'"):
        from_labels(LABELLED, "section", ["unknown"])


def test_an_archive_without_dates_is_asked_about_all_the_same() -> None:
    archive = Archive(an_article(name, published_at=None) for name in "ab")
    (first, second) = from_labels(archive, "section")
    assert first.at == second.at
    assert archive.is_live("b", first.at)
    assert from_chains([Chain("fire", ("a",))], Archive([])) == []


def test_a_sample_is_drawn_without_replacement_in_order_and_again_the_same() -> None:
    every = [Question(source=an_article(f"a{n}"), at=NOON) for n in range(30)]
    draws = [sample(every, 12, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]
    for drawn in draws:
        places = [every.index(question) for question in drawn]
        assert places == sorted(set(places))
        assert len(places) == 12
    assert sample(every, 30, np.random.default_rng(1)) == every
    assert sample(every, 99, np.random.default_rng(1)) == every
    assert sample([], 5, np.random.default_rng(1)) == []


def test_every_question_may_be_drawn() -> None:
    every = [Question(source=an_article(f"a{n}"), at=NOON) for n in range(10)]
    generator = np.random.default_rng(3)
    drawn = [question.source.id for _ in range(300) for question in sample(every, 2, generator)]
    counts = [drawn.count(question.source.id) for question in every]
    assert min(counts) > 30
    assert max(counts) < 100


def test_the_sample_newsroom_can_be_asked_about() -> None:
    archive = Archive(article for article in demo.articles() if isinstance(article, Article))
    pairs = [JudgedPair(source, target, gain) for source, target, _, gain in demo.relations()]
    judged = from_pairs(pairs, archive, "relevance")
    assert len(judged) == len({pair.source_id for pair in pairs}) > 100
    n_right = sum(len(question.gains) for question in judged)
    assert n_right == sum(pair.gain > 0 for pair in pairs)
    assert from_pairs(pairs, archive, "another scale") == []
    stories = demo.stories()
    chains = from_chains([Chain(name, tuple(ids)) for name, ids in stories.items()], archive)
    assert len(chains) == sum(map(len, stories.values()))
    assert {question.group for question in chains} == stories.keys()
    sections = from_labels(archive, "section")
    assert len(sections) == len(archive) == 148
    sizes = [len(question.gains) + 1 for question in sections]
    assert sum(1 / size for size in sizes) == pytest.approx(8)
    tags = from_labels(archive, "tags")
    assert len(tags) == 148
    assert sum(bool(question.gains) for question in tags) > 100
    for question in (*judged, *chains, *sections, *tags):
        assert question.source.id not in question.gains
        assert question.at > max(map(archive.arrived_at, archive.ids))
