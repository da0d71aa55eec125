"""Articles that the same readers turned to."""

from __future__ import annotations

from datetime import timedelta

from relnews.evaluate import Event
from relnews.train.reads import MAX_EVENTS, MAX_PARTNERS, WITHIN_HOURS, read_together
from trainable import START


def reads(user: str, *articles: str, apart_hours: float = 1.0) -> list[Event]:
    """Let a user read articles one after the other."""
    moments = (START + timedelta(hours=apart_hours * place) for place in range(len(articles)))
    return [Event(user, name, at) for name, at in zip(articles, moments, strict=True)]


def test_two_readers_make_a_pair_and_one_does_not() -> None:
    assert read_together([*reads("anna", "a", "b"), *reads("bert", "a", "b")]) == [("a", "b")]
    assert read_together([*reads("anna", "a", "b"), *reads("anna", "c", "d")]) == []
    assert read_together(reads("anna", "a", "b", "a", "b")) == []


def test_readers_who_went_the_other_way_count_and_the_usual_way_is_kept() -> None:
    events = [*reads("anna", "a", "b"), *reads("bert", "b", "a"), *reads("cora", "b", "a")]
    assert read_together(events) == [("b", "a")]


def test_what_lies_too_far_apart_or_is_the_same_is_no_pair() -> None:
    late = [*reads("anna", "a", "b", apart_hours=WITHIN_HOURS + 0.1)]
    late += reads("bert", "a", "b", apart_hours=WITHIN_HOURS + 0.1)
    assert read_together(late) == []
    assert read_together([*reads("anna", "a", "a"), *reads("bert", "a", "a")]) == []


def test_readers_of_everything_are_left_out() -> None:
    many = [str(number) for number in range(MAX_EVENTS + 1)]
    assert read_together([*reads("anna", *many), *reads("bert", *many)]) == []
    assert read_together([*reads("anna", *many[1:]), *reads("bert", *many[1:])])


def test_an_article_that_everybody_reads_has_few_partners_those_with_most_readers() -> None:
    events = [
        event
        for number in range(MAX_PARTNERS + 3)
        for reader in range(number + 2)
        for event in reads(f"{number}-{reader}", "hit", f"other-{number}")
    ]
    found = read_together(events)
    assert found == [("hit", f"other-{number}") for number in range(MAX_PARTNERS + 2, 2, -1)]


def test_the_order_of_the_log_does_not_matter() -> None:
    events = [
        *reads("anna", "a", "b", "c"),
        *reads("bert", "a", "b", "c"),
        *reads("cora", "b", "c"),
    ]
    assert read_together(events) == read_together(events[::-1]) == [("b", "c"), ("a", "b")]
