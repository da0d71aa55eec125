"""Truth is plain data: what cannot be true is refused, with a message that says why."""

from __future__ import annotations

from datetime import datetime
from math import inf, nan
from typing import Any

import pytest

from newsroom import NOON, an_article
from relnews.errors import InvalidTruth
from relnews.evaluate.truth import (
    Chain,
    EditorLinks,
    Event,
    Impression,
    JudgedPair,
    Question,
    Truth,
)

NAIVE = datetime(2026, 3, 1, 12)  # noqa: DTZ001  # what must be refused
NO_IDS: tuple[Any, ...] = ("", "  ", None, 7)
NO_TIMES: tuple[Any, ...] = (NAIVE, None, "2026-03-01", 12)


def an_impression(**values: Any) -> Impression:
    given = {"user": "u", "source_id": "a", "at": NOON, "shown": ("b",), "clicked": (True,)}
    return Impression(**{**given, **values})


def test_what_is_sound_is_taken_as_it_is() -> None:
    pair = JudgedPair("a", "b", 0.0)
    assert (pair.scale, pair.raters) == ("relevance", 0)
    assert JudgedPair("a", "b", -1.5).gain == -1.5
    links = EditorLinks("a", ("b", "c"))
    assert (links.at, links.body) == (None, None)
    assert EditorLinks("a", ()).target_ids == ()
    assert Event("u", "a", NOON).at == NOON
    assert an_impression(source_id="", user="").propensities is None
    assert an_impression(propensities=(1.0,)).propensities == (1.0,)
    assert an_impression(shown=(), clicked=(), propensities=()).shown == ()
    assert Chain("fire", ()).article_ids == ()
    assert Truth() == Truth(pairs=(), links=(), events=(), impressions=(), chains=())
    assert Truth(retractions={"a": NOON}).retractions == {"a": NOON}
    question = Question(source=an_article("a"), at=NOON)
    assert (dict(question.gains), question.ignored, question.group) == ({}, frozenset(), "")


@pytest.mark.parametrize("name", NO_IDS)
def test_a_name_must_be_a_text_that_is_not_empty(name: Any) -> None:
    for field, make in (
        ("source_id", lambda: JudgedPair(name, "b", 1)),
        ("target_id", lambda: JudgedPair("a", name, 1)),
        ("source_id", lambda: EditorLinks(name, ("b",))),
        ("target_ids", lambda: EditorLinks("a", ("b", name))),
        ("user", lambda: Event(name, "a", NOON)),
        ("article_id", lambda: Event("u", name, NOON)),
        ("shown", lambda: an_impression(shown=(name,))),
        ("story", lambda: Chain(name, ("a",))),
        ("article_ids", lambda: Chain("fire", ("a", name))),
        ("retractions", lambda: Truth(retractions={name: NOON})),
    ):
        with pytest.raises(InvalidTruth, match=f"{field} must be a text that is not empty, got "):
            make()


def test_a_text_is_not_taken_for_the_ids_of_its_letters() -> None:
    text: Any = "abc"
    for make in (
        lambda: EditorLinks("a", text),
        lambda: Chain("fire", text),
        lambda: an_impression(shown=text, clicked=(True, True, True)),
    ):
        with pytest.raises(InvalidTruth, match="must be a tuple of ids, got 'abc'"):
            make()


@pytest.mark.parametrize("time", NO_TIMES)
def test_a_moment_must_carry_a_time_zone(time: Any) -> None:
    for make in (
        lambda: Event("u", "a", time),
        lambda: an_impression(at=time),
        lambda: Question(source=an_article("a"), at=time),
        lambda: Truth(retractions={"a": time}),
    ):
        with pytest.raises(InvalidTruth, match="must be a datetime with a time zone, got "):
            make()
    if time is not None:
        with pytest.raises(InvalidTruth, match="at must be a datetime with a time zone, got "):
            EditorLinks("a", ("b",), time)


@pytest.mark.parametrize("gain", [nan, inf, -inf])
def test_a_judgement_is_a_finite_number(gain: float) -> None:
    with pytest.raises(InvalidTruth, match="gain must be a finite number, got "):
        JudgedPair("a", "b", gain)


@pytest.mark.parametrize("gain", [0.0, -1.0, nan, inf])
def test_a_right_answer_gains_something(gain: float) -> None:
    with pytest.raises(InvalidTruth, match=r"greater than 0, got .* for 'b'"):
        Question(source=an_article("a"), at=NOON, gains={"b": gain})


def test_the_columns_of_an_impression_belong_together() -> None:
    with pytest.raises(InvalidTruth, match=r"clicked must be one for each of 1 shown .* got 2"):
        an_impression(clicked=(True, False))
    with pytest.raises(InvalidTruth, match=r"propensities must be one for each of 1 .* got 0"):
        an_impression(propensities=())


@pytest.mark.parametrize("propensity", [0.0, -0.1, 1.1, nan, inf])
def test_a_propensity_is_the_probability_of_what_happened(propensity: float) -> None:
    with pytest.raises(InvalidTruth, match=r"a propensity must be in \(0, 1\], got "):
        an_impression(propensities=(propensity,))
