"""Which articles may stand on a list, and the words for why others may not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from builders import AT, Row, a_case, a_query, a_site, ago
from relnews.corpus import UNDATED
from relnews.policy import Policy
from relnews.rank.eligibility import Eligibility
from relnews.rank.rules import Block, Pin, Rule, Separate

SOURCE = Row(id="source", section="Politik", source="Kurier", language="de")


def judged(
    row: Row, *rules: Rule, policy: Policy | None = None, source: Row = SOURCE, **asked: Any
) -> tuple[bool, bool, str]:
    """Tell whether a row may be shown, may be chosen, and why not."""
    site = a_site([source, row])
    case = a_case(site, a_query(source, site, **asked), policy or Policy(), rules)
    made = Eligibility(case)
    return bool(made.may_be_shown()[1]), bool(made.may_be_chosen()[1]), made.reason(1)


@pytest.mark.parametrize(
    "row",
    [
        Row(id="a"),
        Row(id="a", published=UNDATED),
        Row(id="a", published=AT),
        Row(id="a", embargo=AT),
        Row(id="a", expires=AT + 1),
        Row(id="a", updated=ago(-5)),
        Row(id="a", no_list=True),
        Row(id="a", access="paid", section="Sport", source="dpa"),
    ],
    ids=str,
)
def test_what_is_live_may_be_shown_and_chosen(row: Row) -> None:
    assert judged(row) == (True, True, "")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (Row(id="a", usable=False), "not usable: withheld, canceled or retracted"),
        (Row(id="a", published=AT + 1), "not yet published"),
        (Row(id="a", embargo=AT + 1), "under embargo"),
        (Row(id="a", published=UNDATED, embargo=AT + 1), "under embargo"),
        (Row(id="a", expires=AT), "expired"),
        (Row(id="a", never_recommend=True), "marked 'never recommend'"),
    ],
)
def test_what_is_not_live_may_not_even_be_pinned(row: Row, reason: str) -> None:
    assert judged(row) == (False, False, reason)
    assert judged(row, Pin("source", "a")) == (False, False, reason)


def test_neither_the_article_nor_a_version_of_it_is_on_its_list() -> None:
    rows = [SOURCE, Row(id="b"), Row(id="source", section="Sport")]
    site = a_site(rows)
    made = Eligibility(a_case(site, a_query(rows[2], site), Policy()))
    assert made.may_be_shown().tolist() == [False, True, False]
    assert made.reason(0) == "replaced by a newer version"
    assert made.reason(2) == "the article itself"


def test_a_draft_of_a_stored_article_is_not_shown_the_stored_one() -> None:
    site = a_site([SOURCE])
    made = Eligibility(a_case(site, a_query(SOURCE), Policy()))
    assert made.may_be_shown().tolist() == [False]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (Block("a"), "blocked by a rule"),
        (Block("a", "source"), "blocked by a rule"),
        (Separate("a", "source"), "kept apart from the article by a rule"),
        (Separate("source", "a"), "kept apart from the article by a rule"),
    ],
)
def test_rules_keep_an_article_off(rule: Rule, reason: str) -> None:
    assert judged(Row(id="a"), rule) == (False, False, reason)


@pytest.mark.parametrize(
    "rule", [Block("b"), Block("a", "other"), Block("source"), Separate("a", "other")]
)
def test_rules_about_others_change_nothing(rule: Rule) -> None:
    assert judged(Row(id="a"), rule) == (True, True, "")


def test_what_the_caller_excludes_is_off_and_unknown_ids_do_no_harm() -> None:
    assert judged(Row(id="a"), exclude=["a", "gone"]) == (False, False, "excluded by the caller")
    assert judged(Row(id="a"), exclude=["gone"]) == (True, True, "")


def test_another_language_may_be_pinned_but_not_chosen() -> None:
    english = Row(id="a", language="en")
    assert judged(english) == (True, False, "in another language")
    assert judged(english, policy=Policy(languages=("de", "en"))) == (True, True, "")
    assert judged(Row(id="a"), policy=Policy(languages=("en",))) == (
        True,
        False,
        "in another language",
    )


@pytest.mark.parametrize(
    ("own", "languages", "compared"),
    [
        ("de", frozenset(), ["de"]),
        ("de", frozenset({"de", "en"}), ["de", "en"]),
        ("fr", frozenset({"de", "en"}), ["fr"]),
        ("de", frozenset({"en", "fr"}), ["de"]),
        ("de", frozenset({"*"}), ["de", "en", "fr", ""]),
        ("", frozenset({"de", "en"}), [""]),
    ],
)
def test_another_language_is_related_only_where_the_model_compares_both(
    own: str, languages: frozenset[str], compared: list[str]
) -> None:
    source = replace(SOURCE, language=own)
    rows = [source, *(Row(id=f"in-{name}", language=name) for name in ("de", "en", "fr", ""))]
    site = replace(a_site(rows), languages=languages)
    policy = Policy(languages=("de", "en"))
    made = Eligibility(a_case(site, a_query(source, site), policy))
    found = {rows[row].language for row in np.flatnonzero(made.is_compared()) if row}
    assert found == set(compared)
    related = {rows[row].language for row in np.flatnonzero(made.may_be_related())}
    assert related == found & {"de", "en"}


def test_without_a_list_of_languages_that_of_the_source_article_counts() -> None:
    english = Row(id="source", language="en")
    assert judged(Row(id="a", language="en"), source=english)[1]
    assert not judged(Row(id="a", language="de"), source=english)[1]


def test_another_source_is_left_out_only_where_the_policy_says_so() -> None:
    other = Row(id="a", source="Anzeiger")
    assert judged(other) == (True, True, "")
    policy = Policy(same_source=True)
    assert judged(other, policy=policy) == (True, False, "from another source")
    assert judged(Row(id="a", source="Kurier"), policy=policy) == (True, True, "")


def test_the_moment_decides() -> None:
    row = Row(id="a", published=ago(2), expires=ago(1))
    assert judged(row, at=ago(3))[2] == "not yet published"
    assert judged(row, at=ago(1.5))[2] == ""
    assert judged(row, at=ago(0.5))[2] == "expired"


def test_a_reason_is_given_exactly_where_a_row_may_not_be_chosen() -> None:
    rows = [SOURCE, Row(id="a"), Row(id="b", usable=False), Row(id="c", language="en")]
    site = a_site(rows)
    made = Eligibility(a_case(site, a_query(SOURCE, site), Policy()))
    reasons = [made.reason(row) for row in range(4)]
    assert [not reason for reason in reasons] == made.may_be_chosen().tolist()


def test_an_empty_site_has_an_empty_mask() -> None:
    made = Eligibility(a_case(a_site([]), a_query(SOURCE, exclude=["x"]), Policy()))
    assert made.may_be_shown().tolist() == []
