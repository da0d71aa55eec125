"""Where the numbers come from: slices that are large enough, ages, and lists to look at."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsroom import NOON, an_article, hours
from relnews.evaluate import Archive, Catalogue, Judged, Question
from relnews.evaluate.compare.breakdown import (
    MAX_SECTIONS,
    MIN_QUESTIONS,
    N_SHOWN,
    N_WORST,
    age_shares,
    by_age,
    by_section,
    worst_lists,
)
from relnews.evaluate.compare.intervals import Resampler
from relnews.evaluate.results import AGE_CLASSES

AGES = {"new": 1.0, "day": 20.0, "week": 100.0, "old": 5000.0}
CATALOGUE = Catalogue(
    Archive(
        [
            *(an_article(name, published_at=hours(-age)) for name, age in AGES.items()),
            an_article("undated", published_at=None),
            *(an_article(f"n-{number:02}", published_at=hours(-2)) for number in range(15)),
        ]
    )
)


def a_question(
    section: str = "Stadt", source: str = "new", gains: dict[str, float] | None = None
) -> Question:
    article = replace(CATALOGUE.article(source), section=section)
    return Question(source=article, at=NOON, gains={"day": 1.0} if gains is None else gains)


def a_list(*ids: str, **asked: object) -> Judged:
    return Judged(a_question(**asked), ids, 5, CATALOGUE)  # type: ignore[arg-type]


def a_resampler(n: int) -> Resampler:
    return Resampler([str(number) for number in range(n)], np.random.default_rng(0))


def sections(*counts: int) -> list[Question]:
    return [
        a_question(f"Ressort {number}") for number, count in enumerate(counts) for _ in range(count)
    ]


def test_sections_come_largest_first_and_small_ones_are_left_out() -> None:
    questions = sections(MIN_QUESTIONS - 1, MIN_QUESTIONS, MIN_QUESTIONS + 2)
    values = {"s": np.arange(len(questions), dtype=np.float64)}
    found = by_section(values, questions, a_resampler(len(questions)))
    assert [(one.label, one.n) for one in found] == [("Ressort 2", 12), ("Ressort 1", 10)]
    assert found[0].values["s"].value == pytest.approx(np.mean(range(19, 31)))
    assert found[1].values["s"].value == pytest.approx(np.mean(range(9, 19)))
    assert found[1].values["s"].low < found[1].values["s"].value < found[1].values["s"].high


def test_a_section_without_a_name_is_no_slice() -> None:
    questions = [a_question("") for _ in range(2 * MIN_QUESTIONS)]
    values = {"s": np.ones(len(questions))}
    assert by_section(values, questions, a_resampler(len(questions))) == ()


def test_there_are_no_more_sections_than_can_be_read() -> None:
    questions = sections(*[MIN_QUESTIONS] * (MAX_SECTIONS + 3))
    values = {"s": np.ones(len(questions))}
    assert len(by_section(values, questions, a_resampler(len(questions)))) == MAX_SECTIONS


def test_questions_without_truth_make_no_slice_larger() -> None:
    questions = [*sections(MIN_QUESTIONS), *[a_question("Leer", gains={})] * 30]
    values = {"s": np.array([1.0] * MIN_QUESTIONS + [nan] * 30)}
    found = by_section(values, questions, a_resampler(len(questions)))
    assert [(one.label, one.n) for one in found] == [("Ressort 0", MIN_QUESTIONS)]


def test_a_slice_holds_every_system() -> None:
    questions = sections(10, 11)
    values = {name: np.full(21, number, np.float64) for number, name in enumerate("abc")}
    for found in by_section(values, questions, a_resampler(21)):
        assert {name: one.value for name, one in found.values.items()} == {"a": 0, "b": 1, "c": 2}


def test_ages_of_the_source_come_youngest_first_and_undated_ones_are_left_out() -> None:
    names = ["old"] * 10 + ["new"] * 12 + ["undated"] * 20 + ["week"] * 9 + ["day"] * 10
    questions = [a_question(source=name) for name in names]
    values = {"s": np.arange(len(names), dtype=np.float64)}
    found = by_age(values, questions, CATALOGUE, a_resampler(len(names)))
    assert [(one.label, one.n) for one in found] == [("6 hours", 12), ("1 day", 10), ("older", 10)]
    assert found[2].values["s"].value == pytest.approx(4.5)


def test_age_shares_count_what_is_dated() -> None:
    lists = [a_list("new", "day", "undated", "nobody"), a_list("old", "new")]
    (found,) = age_shares({"s": lists})
    labels = [label for label, _ in AGE_CLASSES]
    assert dict(zip(labels, found.shares, strict=True)) == {
        "6 hours": 0.5,
        "1 day": 0.25,
        "3 days": 0,
        "1 week": 0,
        "1 month": 0,
        "3 months": 0,
        "older": 0.25,
    }


def test_an_entry_belongs_to_the_class_up_to_whose_age_it_is() -> None:
    archive = Archive(
        [an_article(f"{most:g}", published_at=hours(-most)) for _, most in AGE_CLASSES[:-1]]
    )
    lists = [Judged(a_question(), archive.ids, 6, Catalogue(archive))]
    assert age_shares({"s": lists})[0].shares == (*[1 / 6] * 6, 0)


def test_a_system_without_dated_entries_has_no_shares() -> None:
    given_ = {"none": [a_list()], "odd": [a_list("undated", "nobody")], "some": [a_list("new")]}
    assert [one.system for one in age_shares(given_)] == ["some"]


@settings(max_examples=30)
@given(
    st.dictionaries(
        st.sampled_from(["a", "b"]),
        st.lists(st.lists(st.sampled_from([*AGES, "undated", "?"]), max_size=5), max_size=5),
    )
)
def test_age_shares_sum_to_one(drawn: dict[str, list[list[str]]]) -> None:
    lists = {name: [a_list(*ids) for ids in found] for name, found in drawn.items()}
    for one in age_shares(lists):
        assert len(one.shares) == len(AGE_CLASSES)
        assert sum(one.shares) == pytest.approx(1)
        assert min(one.shares) >= 0


def test_the_worst_lists_are_the_lowest_then_those_that_missed_most() -> None:
    many = {f"n-{number:02}": 1.0 for number in range(3)}
    lists = [
        a_list(source="day"),
        a_list(source="week", gains=many),
        a_list(source="old", gains={}),
        a_list(source="new", gains=many),
        a_list(source="undated"),
    ]
    values = np.array([0.0, 0.5, nan, 0.0, 0.0])
    found = worst_lists(lists, values)
    assert [(one.source.id, one.value) for one in found] == [
        ("new", 0.0),
        ("day", 0.0),
        ("undated", 0.0),
        ("week", 0.5),
    ]


def test_only_so_many_of_the_worst_lists_are_shown() -> None:
    lists = [a_list(source=f"n-{number:02}") for number in range(15)]
    values = np.linspace(1, 0, 15)
    found = worst_lists(lists, values)
    assert len(found) == N_WORST
    assert [one.value for one in found] == values[::-1][:N_WORST].tolist()
    assert all(first.value <= second.value for first, second in pairwise(found))


def test_a_worst_list_is_told_as_a_person_needs_it() -> None:
    gains = {"old": 1.0, "day": 3.0, "new": 1.0}
    (found,) = worst_lists(
        [a_list("undated", "nobody", "old", source="week", section="Kultur", gains=gains)],
        np.array([0.25]),
    )
    assert (found.source.id, found.section, found.value) == ("week", "Kultur", 0.25)
    assert found.at == "2026-03-01T12:00+00:00"
    assert found.source.headline == CATALOGUE.article("week").headline
    assert found.source.published == "2026-02-25T08:00+00:00"
    shown = [(one.id, one.headline, one.published, one.gain) for one in found.shown]
    headline = CATALOGUE.article("undated").headline
    assert shown[:2] == [("undated", headline, "", 0.0), ("nobody", "(unknown)", "", 0.0)]
    assert (shown[2][0], shown[2][3]) == ("old", 1.0)
    assert [(one.id, one.gain) for one in found.truth] == [("day", 3.0), ("new", 1.0), ("old", 1.0)]


def test_a_worst_list_shows_no_more_than_can_be_read() -> None:
    names = [f"n-{number:02}" for number in range(15)]
    (found,) = worst_lists([a_list(*names, gains=dict.fromkeys(names, 1.0))], np.array([0.0]))
    assert [one.id for one in found.shown] == [one.id for one in found.truth] == names[:N_SHOWN]


def test_nothing_asked_leaves_nothing_to_look_at() -> None:
    assert worst_lists([], np.zeros(0)) == ()
    assert worst_lists([a_list("new", gains={})], np.array([nan])) == ()
    assert age_shares({"s": []}) == ()
    assert by_section({"s": np.zeros(0)}, [], a_resampler(0)) == ()
    assert by_age({"s": np.zeros(0)}, [], CATALOGUE, a_resampler(0)) == ()
