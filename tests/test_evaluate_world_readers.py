"""Popularity as of a moment: nothing is counted before it happened."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from newsroom import NOON, hours
from relnews.evaluate.truth import Event
from relnews.evaluate.world.readers import Readers

_EVENTS = st.lists(
    st.builds(
        Event,
        user=st.sampled_from("uv"),
        article_id=st.sampled_from("abc"),
        at=st.integers(-8, 8).map(hours),
    ),
    max_size=20,
)


@given(_EVENTS, st.integers(-10, 10))
def test_counts_are_those_of_the_events_before_the_moment(events: list[Event], hour: int) -> None:
    at, readers = hours(hour), Readers(events)
    passed = [event for event in events if event.at < at]
    assert len(readers) == len(events)
    assert readers.total(at) == len(passed)
    for name in "abcx":
        assert readers.count(name, at) == sum(event.article_id == name for event in passed)


@given(_EVENTS, st.integers(-10, 10), st.integers(0, 12))
def test_recent_counts_are_those_from_when_the_hours_began_until_before_the_moment(
    events: list[Event], hour: int, window: int
) -> None:
    begin, end = hours(hour - window), hours(hour)
    expected = Counter(event.article_id for event in events if begin <= event.at < end)
    assert Readers(events).counts(end, window) == expected


@given(_EVENTS, _EVENTS, st.integers(-8, 8))
def test_what_happens_later_changes_no_count(
    events: list[Event], others: list[Event], hour: int
) -> None:
    at = hours(hour)
    later = [event for event in others if event.at >= at]
    before, after = Readers(events), Readers([*later, *events])
    assert before.counts(at, 24) == after.counts(at, 24)
    assert before.total(at) == after.total(at)
    assert all(before.count(name, at) == after.count(name, at) for name in "abc")


def test_a_moment_is_the_same_in_every_time_zone() -> None:
    east = NOON.astimezone(timezone(timedelta(hours=5)))
    readers = Readers([Event("u", "a", east)])
    for later in (hours(1), hours(1).astimezone(east.tzinfo)):
        assert readers.count("a", later) == 1
    assert readers.count("a", NOON) == readers.count("a", east) == 0


def test_asking_for_an_article_nobody_read_leaves_no_trace() -> None:
    readers = Readers([])
    assert readers.count("a", NOON) == readers.total(NOON) == len(readers) == 0
    assert readers.counts(NOON, 24) == Counter()
    assert not readers._by_article
