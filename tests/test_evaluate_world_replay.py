"""A replay asks every system every question at its moment, and survives whatever they do."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsroom import NOON, TOPICS, an_article, hours, plain
from relnews.errors import InvalidQuery
from relnews.evaluate.archive import Archive
from relnews.evaluate.ask.questions import question_id
from relnews.evaluate.catalogue import Catalogue
from relnews.evaluate.judged import Run
from relnews.evaluate.metrics.slots import gains
from relnews.evaluate.truth import Question
from relnews.evaluate.world.baselines import (
    AtRandom,
    Bm25,
    Newest,
    Pipeline,
    Ranked,
    StoredRun,
    TfIdf,
)
from relnews.evaluate.world.replay import judge, replay
from relnews.evaluate.world.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from relnews import Article
    from relnews.evaluate.protocols import Recommends

SITE = tuple(
    an_article(
        f"{topic[0]}-{number}",
        topic,
        *((number + step) % 8 for step in (0, 1, 3)),
        published_at=hours(number - 6),
    )
    for topic in sorted(TOPICS)
    for number in range(6)
)


@pytest.fixture
def world() -> Iterator[World]:
    with closing(World(Archive(SITE))) as made:
        yield made


def questions(*moments: float, ignored: frozenset[str] = frozenset()) -> list[Question]:
    """Ask for the same draft at some moments."""
    source = an_article("draft", "theater", 0, 2, 5)
    return [Question(source=source, at=hours(hour), ignored=ignored) for hour in moments]


@dataclass
class Says:
    """Gives what it was told to give, whatever is asked."""

    answer: Any
    asked: list[int] = field(default_factory=list)

    def recommend(self, source: Article, at: datetime, k: int) -> Any:  # noqa: ARG002
        self.asked.append(k)
        return self.answer() if callable(self.answer) else self.answer


@dataclass
class Raises:
    error: Exception

    def recommend(self, source: Article, at: datetime, k: int) -> Sequence[str]:  # noqa: ARG002
        raise self.error


@dataclass
class Watching:
    """Notes where the world stands and what is asked of it."""

    world: World
    seen: list[tuple[datetime, datetime, str, int]] = field(default_factory=list)

    def recommend(self, source: Article, at: datetime, k: int) -> Sequence[str]:
        self.seen.append((self.world.now, at, source.id, len(self.world.mirror.live_rows())))
        return [str(k)]


def some_systems(world: World) -> dict[str, Recommends]:
    return {
        "pipeline": Pipeline(world, plain()),
        "tf-idf": Ranked(TfIdf(world)),
        "BM25": Ranked(Bm25(world), plain()),
        "newest": Ranked(Newest(world)),
    }


@settings(max_examples=10)
@given(st.permutations(range(9)))
def test_the_order_of_the_questions_does_not_matter(order: list[int]) -> None:
    asked = [
        Question(source=SITE[number], at=hours(number % 4 - 2), group=str(number))
        for number in range(9)
    ]
    found = []
    for places in (list(range(9)), order):
        with closing(World(Archive(SITE))) as world:
            runs = replay(world, [asked[place] for place in places], some_systems(world), 5)
        found.append(
            {
                name: dict(zip(places, run.lists, strict=True))
                for name, run in runs.items()
                if not run.failures
            }
        )
    assert found[0] == found[1]
    assert found[0].keys() == {"pipeline", "tf-idf", "BM25", "newest"}
    assert all(found[0]["newest"].values())


def test_lists_come_in_the_order_of_the_questions(world: World) -> None:
    asked = questions(2, -5, 0, -5)
    runs = replay(world, asked, {"newest": Ranked(Newest(world))}, 1)
    assert runs["newest"].lists == (("b-5",), ("b-1",), ("b-5",), ("b-1",))


def test_each_question_is_asked_when_the_world_stands_at_its_moment(world: World) -> None:
    watching = Watching(world)
    replay(world, questions(1, -4.5, -2, -4.5), {"w": watching}, 3)
    assert [moment for _, moment, _, _ in watching.seen] == [
        hours(-4.5),
        hours(-4.5),
        hours(-2),
        hours(1),
    ]
    assert all(now == moment for now, moment, _, _ in watching.seen)
    assert [n_live for _, _, _, n_live in watching.seen] == [6, 6, 15, 18]


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (None, "TypeError: "),
        (7, "TypeError: "),
        ([1, 2], "a list must hold ids, which are text, got [1, 2]"),
        (["a", None], "a list must hold ids, which are text, got ['a', None]"),
        ([b"a"], "a list must hold ids, which are text, got [b'a']"),
        ("abc", "a list must hold ids, which are text, got 'abc'"),
        (b"abc", "a list must hold ids, which are text, got b'abc'"),
        ([SITE[0]], "a list must hold ids, which are text, got [Article("),
        (lambda: (1 / 0 for _ in "ab"), "ZeroDivisionError: division by zero"),
    ],
)
def test_a_wrong_answer_is_an_empty_list_and_a_failure(
    world: World, answer: Any, failure: str
) -> None:
    runs = replay(world, questions(-1, 0), {"bad": Says(answer), "good": Says(["x"])}, 3)
    assert runs["bad"].lists == ((), ())
    assert [place for place, _ in runs["bad"].failures] == [0, 1]
    assert all(said.startswith(failure) for _, said in runs["bad"].failures)
    assert runs["good"] == Run("good", 3, (("x",), ("x",)))


@pytest.mark.parametrize("error", [ValueError("no"), KeyError("x"), RecursionError(), OSError()])
def test_a_system_that_raises_counts_as_failed_and_the_others_go_on(
    world: World, error: Exception
) -> None:
    runs = replay(world, questions(-1, 0), {"bad": Raises(error), "good": Says(["x"])}, 3)
    name = type(error).__name__
    assert runs["bad"].lists == ((), ())
    assert [said.split(":")[0] for _, said in runs["bad"].failures] == [name, name]
    assert runs["good"].failures == ()
    assert runs["good"].lists == (("x",), ("x",))


def test_failures_name_the_place_of_the_question_as_it_was_given(world: World) -> None:
    @dataclass
    class FailsEarly:
        def recommend(self, source: Article, at: datetime, k: int) -> Sequence[str]:  # noqa: ARG002
            if at < NOON:
                msg = "too early"
                raise ValueError(msg)
            return ["x"]

    run = replay(world, questions(2, -1, 1, -3), {"late": FailsEarly()}, 3)["late"]
    assert run.lists == (("x",), (), ("x",), ())
    assert run.failures == ((1, "ValueError: too early"), (3, "ValueError: too early"))


@pytest.mark.parametrize(
    "answer",
    [
        ["a", "b", "c", "d", "e"],
        ("a", "b", "c"),
        np.array(["a", "b", "c", "d"]),
        dict.fromkeys("abcd"),
        lambda: iter("abcd"),
        lambda: (chr(97 + number) for number in count()),
    ],
)
def test_a_list_of_any_kind_and_length_is_cut_to_k(world: World, answer: Any) -> None:
    run = replay(world, questions(0), {"s": Says(answer)}, 3)["s"]
    assert run.lists == (("a", "b", "c"),)
    assert run.failures == ()


def test_a_short_list_and_an_empty_one_are_no_failures(world: World) -> None:
    runs = replay(world, questions(0), {"short": Says(["a"]), "empty": Says([])}, 3)
    assert (runs["short"].lists, runs["short"].failures) == ((("a",),), ())
    assert (runs["empty"].lists, runs["empty"].failures) == (((),), ())


def test_what_is_ignored_is_cut_out_and_the_list_is_still_k_long(world: World) -> None:
    says = Says(list("abcdefgh"))
    run = replay(world, questions(0, ignored=frozenset("ace")), {"s": says}, 3)["s"]
    assert says.asked == [6]
    assert run.lists == (("b", "d", "f"),)
    ignored = frozenset(article.id for article in SITE if article.id.startswith("b"))
    asked = questions(0, ignored=ignored)
    for found in replay(world, asked, some_systems(world), 5).values():
        assert not ignored & set(found.lists[0])
        assert len(found.lists[0]) == 5 or found.name != "newest"


def test_the_list_without_what_is_ignored_is_the_list_of_the_rest(world: World) -> None:
    ignored = frozenset({"t-1", "t-4", "b-2"})
    systems = some_systems(world)
    whole = replay(world, questions(0), systems, 18)
    cut = replay(world, questions(0, ignored=ignored), systems, 4)
    for name, run in whole.items():
        rest = [entry for entry in run.lists[0] if entry not in ignored]
        assert list(cut[name].lists[0]) == rest[:4]


def test_the_same_input_gives_the_same_lists() -> None:
    asked = [Question(source=article, at=hours(1)) for article in SITE[::2]]
    runs = []
    for _ in range(2):
        with closing(World(Archive(SITE))) as world:
            chance = Ranked(AtRandom(world, np.random.default_rng(7)))
            runs.append(replay(world, asked, {**some_systems(world), "chance": chance}, 4))
    assert runs[0] == runs[1]
    assert len(set(runs[0]["chance"].lists)) > 3


def test_a_stored_run_gives_the_lists_that_were_stored(world: World) -> None:
    asked = [Question(source=one, at=hours(hour)) for one in SITE[:5] for hour in (-1, 0, 2)]
    runs = replay(world, asked, some_systems(world), 6)
    for run in runs.values():
        stored = {
            question_id(question.source.id, question.at): found
            for question, found in zip(asked, run.lists, strict=True)
        }
        with closing(World(Archive([]))) as elsewhere:
            again = replay(elsewhere, asked, {run.name: StoredRun(stored)}, 6)[run.name]
        assert again == run


def test_a_stored_run_may_name_sources_alone_and_need_not_know_all() -> None:
    at = hours(0)
    run = StoredRun({"a": ["x", "y"], question_id("a", at): ("z",)})
    assert run.recommend(an_article("a"), at, 5) == ("z",)
    assert run.recommend(an_article("a"), hours(1), 5) == ("x", "y")
    assert run.recommend(an_article("a"), hours(1), 1) == ("x",)
    assert run.recommend(an_article("b"), at, 5) == ()


def test_progress_is_told_of_every_question(world: World) -> None:
    told: list[int] = []
    replay(world, questions(0, 1, 0), {}, 3, progress=told.append)
    assert told == [1, 1, 1]
    assert replay(world, [], {"s": Says(["a"])}, 3) == {"s": Run("s", 3, ())}


@pytest.mark.parametrize("k", [0, -1])
def test_k_is_at_least_one(world: World, k: int) -> None:
    with pytest.raises(InvalidQuery, match=f"k must be at least 1, got {k}"):
        replay(world, questions(0), {}, k)


def test_a_world_that_has_passed_the_first_question_cannot_be_asked(world: World) -> None:
    world.advance(hours(3))
    with pytest.raises(InvalidQuery, match="only moves forward"):
        replay(world, questions(2), {"s": Says(["a"])}, 3)


def test_each_list_is_judged_beside_its_question() -> None:
    catalogue = Catalogue(Archive(SITE))
    asked = [
        Question(source=SITE[0], at=NOON, gains={"a": 2.0, "c": 1.0}),
        Question(source=SITE[1], at=NOON),
    ]
    judged = judge(Run("s", 3, (("a", "b", "c"), ("a",))), asked, catalogue)
    assert [one.question for one in judged] == asked
    assert [tuple(gains(one, 3)) for one in judged] == [(2.0, 0.0, 1.0), (0.0,)]
    assert {one.k for one in judged} == {3}
    assert all(one.catalogue is catalogue for one in judged)


def test_a_run_and_its_questions_must_match() -> None:
    run, catalogue = Run("s", 3, ((), ())), Catalogue(Archive(SITE))
    with pytest.raises(InvalidQuery, match="one list a question; s has 2 for 1"):
        judge(run, questions(0), catalogue)
