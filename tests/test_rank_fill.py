"""What completes a short list: the section's newest, the site's newest, or nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import AT, Row, a_case, a_query, a_site, ago
from builders import rows as some_rows
from relnews.corpus import UNDATED
from relnews.policy import Fill, Policy
from relnews.rank.constraints import Constraints
from relnews.rank.fill import fills
from relnews.rank.rules import Cap, Pin, Rule, Separate

TEXT, OTHER_TEXT = tuple(range(30)), tuple(range(100, 130))
SOURCE = Row(id="source", section="Sport", shingles=tuple(range(500, 530)))
SITE = [
    SOURCE,
    Row(id="kultur-new", section="Kultur", published=ago(1)),
    Row(id="sport-old", section="Sport", published=ago(90)),
    Row(id="sport-new", section="Sport", published=ago(9)),
    Row(id="politik-undated", section="Politik", published=UNDATED),
    Row(id="politik-old", section="Politik", published=ago(80)),
]


def filled(
    rows: list[Row],
    fill: Fill,
    *rules: Rule,
    query: Row = SOURCE,
    k: int = 99,
    **policy: Any,
) -> list[tuple[str, str]]:
    """Fill an empty list under the first row; entries are listed as they come."""
    site = a_site(rows)
    case = a_case(site, a_query(query, site), Policy(fill=fill, **policy), rules)
    everything = np.ones(len(rows), bool)
    constraints = Constraints(site.corpus, case.rules, query.id, everything)
    remaining = np.array([row.id != query.id for row in rows])
    remaining[list(constraints.pins.values())] = False
    found: list[tuple[str, str]] = []
    for placed in islice(fills(case, constraints, remaining), k):
        constraints.listed.append(placed.row)
        found.append((site.corpus.ids[placed.row], placed.placed_by))
    return found


SECTION = [("sport-new", "section"), ("sport-old", "section")]
NEWEST = [("kultur-new", "newest"), ("politik-old", "newest"), ("politik-undated", "newest")]


@pytest.mark.parametrize(
    ("fill", "expected"), [("none", []), ("section", SECTION), ("newest", SECTION + NEWEST)]
)
def test_each_kind_of_fill_gives_the_newest_with_its_label(
    fill: Fill, expected: list[tuple[str, str]]
) -> None:
    assert filled(SITE, fill) == expected


def test_an_article_without_a_section_is_filled_from_the_whole_site() -> None:
    nowhere = replace(SOURCE, section="")
    rows = [nowhere, *SITE[1:], Row(id="nowhere", section="", published=ago(2))]
    assert filled(rows, "section", query=nowhere) == []
    found = filled(rows, "newest", query=nowhere)
    assert {placed_by for _, placed_by in found} == {"newest"}
    assert [name for name, _ in found] == [
        "kultur-new",
        "nowhere",
        "sport-new",
        "politik-old",
        "sport-old",
        "politik-undated",
    ]


def test_fills_in_the_language_of_the_article_go_before_all_others() -> None:
    rows = [
        *SITE,
        Row(id="sport-english", section="Sport", published=ago(2), language="en"),
        Row(id="kultur-french", section="Kultur", published=ago(1), language="fr"),
    ]
    english, french = ("sport-english", "section"), ("kultur-french", "newest")
    assert filled(rows, "none") == []
    assert filled(rows, "section") == [*SECTION, english]
    assert filled(rows, "newest") == [*SECTION, *NEWEST, english, french]


def test_a_section_that_no_article_has_gives_no_section_fill() -> None:
    draft = replace(SOURCE, id="draft", section="Wetter")
    assert {placed_by for _, placed_by in filled(SITE, "newest", query=draft)} == {"newest"}


def test_ties_of_fills_go_by_id() -> None:
    rows = [SOURCE, *(Row(id=name, section="Sport", published=ago(5)) for name in "cab")]
    assert [name for name, _ in filled(rows, "section")] == ["a", "b", "c"]


def test_the_date_of_a_fill_is_its_update_once_it_happened() -> None:
    rows = [
        SOURCE,
        Row(id="updated", section="Sport", published=ago(90), updated=ago(1)),
        Row(id="to-be-updated", section="Sport", published=ago(80), updated=ago(-1)),
        Row(id="plain", section="Sport", published=ago(9)),
    ]
    assert [name for name, _ in filled(rows, "section")] == ["updated", "plain", "to-be-updated"]


def test_no_fill_copies_the_article_or_an_entry() -> None:
    rows = [
        SOURCE,
        Row(id="copy-of-source", section="Sport", shingles=SOURCE.shingles, published=ago(1)),
        Row(id="one", section="Sport", shingles=TEXT, published=ago(2)),
        Row(id="one-again", section="Sport", shingles=TEXT[:20], published=ago(3)),
        Row(id="two", section="Kultur", shingles=OTHER_TEXT, published=ago(4)),
        Row(id="one-elsewhere", section="Kultur", shingles=TEXT[5:], published=ago(5)),
    ]
    assert filled(rows, "newest") == [("one", "section"), ("two", "newest")]


def test_no_fill_copies_a_pin_further_down() -> None:
    rows = [
        SOURCE,
        Row(id="copy", section="Sport", shingles=TEXT, published=ago(1)),
        Row(id="pinned", section="Sport", shingles=TEXT, published=ago(9)),
        Row(id="other", section="Sport", shingles=OTHER_TEXT, published=ago(20)),
    ]
    assert filled(rows, "section", Pin("source", "pinned", 3)) == [("other", "section")]


def test_fills_keep_to_caps_and_separations() -> None:
    assert [name for name, _ in filled(SITE, "newest", Cap("section", "Sport", 1))] == [
        "sport-new",
        "kultur-new",
        "politik-old",
        "politik-undated",
    ]
    found = filled(SITE, "newest", Separate("sport-new", "kultur-new"))
    assert ("sport-new", "section") in found
    assert "kultur-new" not in dict(found)


@given(some_rows(max_size=40), st.integers(1, 40))
def test_fills_come_newest_first_each_once_and_a_shorter_list_is_a_prefix(
    rows: list[Row], k: int
) -> None:
    rows = [replace(row, shingles=(), words={}, vector=(), language="de") for row in rows]
    found = filled(rows, "newest", query=rows[0])
    assert len(found) == len(rows) - 1
    assert filled(rows, "newest", query=rows[0], k=k) == found[:k]
    dates = dict(zip((row.id for row in rows), a_site(rows).corpus.dates(AT), strict=True))
    for label in ("section", "newest"):
        keys = [(-dates[name], name) for name, placed_by in found if placed_by == label]
        assert keys == sorted(keys)
    labels = [placed_by for _, placed_by in found]
    assert labels == sorted(labels, reverse=True)


def test_a_large_site_is_filled_in_order_to_the_last_row() -> None:
    generator = np.random.default_rng(4)
    ages = generator.permutation(700)
    rows = [SOURCE, *(Row(id=f"a{age:03}", published=ago(float(age))) for age in ages)]
    assert [name for name, _ in filled(rows, "newest", k=999)] == [
        f"a{age:03}" for age in range(700)
    ]
