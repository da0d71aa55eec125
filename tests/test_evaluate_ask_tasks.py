"""Each kind of truth becomes tasks that say how they came about."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from newsroom import an_article, hours
from relnews.errors import InvalidTruth
from relnews.evaluate import (
    Archive,
    Chain,
    EditorLinks,
    Event,
    Impression,
    JudgedPair,
    Question,
    Truth,
)
from relnews.evaluate.ask.tasks import PAIRS_K, SAMPLE, TASKS, Task, make_tasks

if TYPE_CHECKING:
    from collections.abc import Sequence

ARTICLES = (
    an_article("a", published_at=hours(0), source="Tagblatt", section="Stadt", tags=("x", "y")),
    an_article("b", published_at=hours(1), source="Tagblatt", section="Stadt", tags=("x",)),
    an_article("c", published_at=hours(2), source="Kurier", section="Sport", tags=("y", "x")),
    an_article("d", published_at=hours(3), source="Kurier", section="", tags=()),
)
ARCHIVE = Archive(ARTICLES)

LINKS = (EditorLinks("c", ("a", "b")),)
EVENTS = (
    Event("u", "c", hours(4)),
    Event("u", "a", hours(5)),
    Event("u", "d", hours(6)),
    Event("v", "a", hours(7)),
    Event("v", "b", hours(8)),
)
IMPRESSIONS = (
    Impression(user="u", source_id="d", at=hours(9), shown=("a", "b"), clicked=(False, True)),
)
PAIRS = (
    JudgedPair("a", "b", 3.0, "similarity"),
    JudgedPair("a", "c", 1.0, "would_follow"),
    JudgedPair("b", "c", 2.0, "similarity"),
    JudgedPair("b", "nobody", 2.0, "similarity"),
    JudgedPair("nobody", "b", 2.0, "unknown"),
)
CHAINS = (Chain("story", ("a", "b", "d")),)
EVERYTHING = Truth(links=LINKS, events=EVENTS, impressions=IMPRESSIONS, pairs=PAIRS, chains=CHAINS)


def made(
    truth: Truth, *names: str, archive: Archive = ARCHIVE, k: int = 10, size: int = SAMPLE
) -> tuple[Task, ...]:
    return make_tasks(truth, archive, np.random.default_rng(0), names=names, k=k, size=size)


def gains(questions: Sequence[Question]) -> list[tuple[str, dict[str, float]]]:
    return [(one.source.id, dict(one.gains)) for one in questions]


def many(count: int) -> Truth:
    """Give as many links as wanted, each at a moment of its own."""
    return Truth(
        links=tuple(EditorLinks("c", ("a",), hours(10 + number)) for number in range(count))
    )


@pytest.mark.parametrize(
    ("truth", "names"),
    [
        (Truth(links=LINKS), ["links"]),
        (Truth(events=EVENTS), ["events", "events, own outlet"]),
        (Truth(impressions=IMPRESSIONS), ["impressions"]),
        (Truth(pairs=PAIRS), ["pairs: similarity", "pairs: would_follow"]),
        (Truth(chains=CHAINS), ["chains"]),
        (Truth(), ["sections", "tags"]),
        (Truth(links=LINKS, chains=CHAINS), ["links", "chains"]),
        (
            EVERYTHING,
            [
                "links",
                "events",
                "events, own outlet",
                "impressions",
                "pairs: similarity",
                "pairs: would_follow",
                "chains",
            ],
        ),
    ],
)
def test_tasks_come_from_the_truth_that_there_is(truth: Truth, names: list[str]) -> None:
    assert [task.name for task in made(truth)] == names


def test_proxies_are_used_only_where_people_judged_nothing_or_where_they_are_named() -> None:
    assert "tags" not in {task.name for task in made(EVERYTHING)}
    assert [task.name for task in made(EVERYTHING, "tags", "links")] == ["tags", "links"]
    assert [task.name for task in made(Truth(links=(EditorLinks("c", ("nobody",)),)))] == [
        "sections",
        "tags",
    ]


@pytest.mark.parametrize("names", [("shares",), ("links", "shares"), ("Links",)])
def test_an_unknown_task_is_refused_with_the_names_of_all(names: tuple[str, ...]) -> None:
    known = "links, events, impressions, pairs, chains, sections, tags"
    assert ", ".join(TASKS) == known
    with pytest.raises(InvalidTruth) as told:
        made(EVERYTHING, *names)
    assert str(told.value) == f"a task must be one of {known}, got {names[-1]}"


@pytest.mark.parametrize(
    ("truth", "names", "wanted"),
    [
        (Truth(chains=CHAINS), ("links",), "links"),
        (Truth(), ("links", "events"), "links, events"),
        (Truth(links=(EditorLinks("c", ("nobody",)),)), ("links",), "links"),
        (Truth(pairs=(JudgedPair("a", "b", 0.0),)), ("pairs",), "pairs"),
    ],
)
def test_a_task_that_has_nothing_to_ask_is_refused(
    truth: Truth, names: tuple[str, ...], wanted: str
) -> None:
    """Even where there is other truth: who names a task wants its numbers."""
    with pytest.raises(InvalidTruth) as told:
        made(truth, *names)
    assert str(told.value) == (f"there must be truth about these articles ({wanted}), found none")


def test_no_truth_and_no_labels_leave_nothing_to_ask() -> None:
    bare = Archive([replace(one, section="", tags=()) for one in ARTICLES])
    for archive in (bare, Archive([])):
        with pytest.raises(InvalidTruth, match=r"links, events, .*, tags\), found none"):
            made(Truth(), archive=archive)


def test_links_are_asked_at_their_moment_in_groups_of_a_day() -> None:
    (task,) = made(Truth(links=LINKS))
    assert (task.k, task.grouping, task.dated, task.pairs) == (10, "day", True, ())
    (question,) = task.questions
    assert (question.source.id, question.at, question.group) == ("c", hours(2), "2026-03-01")
    assert dict(question.gains) == {"a": 1.0, "b": 1.0}


@pytest.mark.parametrize(
    ("links", "within"),
    [
        ((EditorLinks("b", ("a",)),), True),
        ((EditorLinks("b", ("a",)), EditorLinks("d", ("c",))), True),
        ((EditorLinks("b", ("a",)), EditorLinks("c", ("a",))), False),
        ((EditorLinks("c", ("a", "d")),), False),
        ((EditorLinks("b", ("a",)), EditorLinks("c", ("nobody",))), True),
    ],
)
def test_links_keep_lists_within_the_outlet_only_where_all_links_do(
    links: tuple[EditorLinks, ...], *, within: bool
) -> None:
    (task,) = made(Truth(links=links))
    assert task.same_source is within
    assert ("within the outlet, as all of these links are" in task.about) is within


def test_events_of_several_outlets_are_asked_once_more_within_the_outlet() -> None:
    everywhere, within = made(Truth(events=EVENTS))
    assert (everywhere.same_source, within.same_source) == (False, True)
    assert gains(everywhere.questions) == [
        ("c", {"a": 1.0, "d": 1.0}),
        ("a", {"d": 1.0}),
        ("a", {"b": 1.0}),
    ]
    assert gains(within.questions) == [("c", {"d": 1.0}), ("a", {}), ("a", {"b": 1.0})]
    pairs = zip(everywhere.questions, within.questions, strict=True)
    assert all(replace(one, gains=other.gains) == other for one, other in pairs)
    assert within.about.startswith(everywhere.about)


def test_events_of_one_outlet_are_asked_once() -> None:
    assert [task.name for task in made(Truth(events=EVENTS[3:]))] == ["events"]


def test_events_that_never_stay_within_an_outlet_make_no_task_of_it() -> None:
    crossing = (Event("u", "c", hours(4)), Event("u", "a", hours(5)), Event("u", "c", hours(6)))
    assert [task.name for task in made(Truth(events=crossing))] == ["events"]


def test_impressions_keep_their_log_entry() -> None:
    (task,) = made(Truth(impressions=IMPRESSIONS))
    assert [one.shown for one in task.questions] == list(IMPRESSIONS)
    assert gains(task.questions) == [("d", {"b": 1.0})]


@pytest.mark.parametrize("k", [2, 5, 10])
def test_each_scale_of_pairs_is_a_task_on_condensed_and_short_lists(k: int) -> None:
    similarity, follow = made(Truth(pairs=PAIRS), k=k)
    for task in (similarity, follow):
        assert task.k == min(k, PAIRS_K) == min(k, 5)
        assert (task.grouping, task.dated, task.same_source) == ("subject", False, False)
    assert similarity.pairs == (PAIRS[0], PAIRS[2])
    assert follow.pairs == (PAIRS[1],)
    assert "2 pairs (similarity)" in similarity.about
    assert gains(similarity.questions) == [
        ("a", {"b": 3.0}),
        ("b", {"a": 3.0, "c": 2.0}),
        ("c", {"b": 2.0}),
    ]
    for question in similarity.questions:
        assert set(question.only or ()) == {*question.gains}
        assert question.group == question.source.id


def test_chains_sections_and_tags_are_asked_when_everything_is_out() -> None:
    chains, sections, tags = made(EVERYTHING, "chains", "sections", "tags")
    assert [task.grouping for task in (chains, sections, tags)] == ["story", "article", "article"]
    for task in (chains, sections, tags):
        assert (task.dated, task.same_source, task.k) == (False, False, 10)
        assert {question.at for question in task.questions} == {hours(27)}
    assert gains(chains.questions)[0] == ("a", {"b": 1.0, "d": 1.0})
    assert {question.group for question in chains.questions} == {"story"}
    assert gains(sections.questions) == [("a", {"b": 1.0}), ("b", {"a": 1.0}), ("c", {})]
    assert gains(tags.questions) == [
        ("a", {"b": 1.0, "c": 2.0}),
        ("b", {"a": 1.0, "c": 1.0}),
        ("c", {"a": 2.0, "b": 1.0}),
    ]


@pytest.mark.parametrize("size", [1, 7, 30, 31])
def test_no_more_questions_are_drawn_than_wanted_in_their_order(size: int) -> None:
    (task,) = made(many(30), size=size)
    places = [round((one.at - hours(10)).total_seconds() / 3600) for one in task.questions]
    assert len(places) == min(size, 30)
    assert places == sorted(set(places))


@pytest.mark.parametrize("name", TASKS)
def test_every_task_is_bounded(name: str) -> None:
    tasks = made(EVERYTHING, name, size=2)
    assert tasks
    assert max(len(task.questions) for task in tasks) <= 2


def test_the_same_generator_draws_the_same_questions_and_another_one_others() -> None:
    first, again, other = (
        make_tasks(many(200), ARCHIVE, np.random.default_rng(seed), size=20)[0].questions
        for seed in (3, 3, 4)
    )
    assert first == again
    assert first != other


def test_what_is_drawn_for_a_task_does_not_depend_on_the_others() -> None:
    truth = replace(many(100), events=EVENTS, chains=(Chain("s", ("a", "b", "c", "d")),))
    together = {task.name: task for task in made(truth, "events", "chains", "links", size=2)}
    for name in ("links", "events", "chains"):
        assert made(truth, name, size=2)[0] == together[name]


def test_tasks_that_draw_from_labels_ask_about_as_many_articles() -> None:
    archive = Archive([replace(ARTICLES[0], id=f"n-{number}") for number in range(40)])
    sections, tags = made(Truth(), archive=archive, size=15)
    for task in (sections, tags):
        assert len(task.questions) == 15
        assert all(len(question.gains) == 39 for question in task.questions)


def test_articles_without_a_label_are_not_drawn() -> None:
    """Where few articles have tags, those are the ones to ask about."""
    bare = [replace(ARTICLES[0], id=f"n-{number}", tags=()) for number in range(200)]
    (tags,) = made(Truth(), "tags", archive=Archive([*bare, *ARTICLES]), size=3)
    assert [question.source.id for question in tags.questions] == ["a", "b", "c"]
