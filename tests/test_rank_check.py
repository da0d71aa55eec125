"""The final check finds every kind of violation that is planted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from builders import NOON
from relnews.rank.check import is_live, violations
from relnews.rank.rules import Block, Cap, NoList, Pin, Rule, Separate
from relnews.rank.ruleset import RuleSet
from relnews.types import Article

SECOND = timedelta(seconds=1)


def an_article(name: str = "a", **changes: Any) -> Article:
    values: dict[str, Any] = {"id": name, "headline": "Deich", "published_at": NOON}
    return Article(**(values | changes))


def check(
    *entries: Article | str, rules: tuple[Rule, ...] = (), exclude: tuple[str, ...] = ()
) -> dict[str, str]:
    """Check a list under 'source'; a bare id is an article the store does not hold."""
    pairs = [(entry, None) if isinstance(entry, str) else (entry.id, entry) for entry in entries]
    return violations(pairs, "source", NOON, frozenset(exclude), RuleSet(rules))


LIVE: list[dict[str, Any]] = [
    {},
    {"published_at": None},
    {"embargo_until": NOON},
    {"expires_at": NOON + SECOND},
    {"updated_at": NOON + SECOND},
    {"no_list": True},
    {"access": "paid"},
]
DEAD: list[dict[str, Any]] = [
    {"status": "withheld"},
    {"status": "canceled"},
    {"never_recommend": True},
    {"published_at": NOON + SECOND},
    {"embargo_until": NOON + SECOND},
    {"published_at": None, "embargo_until": NOON + SECOND},
    {"expires_at": NOON},
    {"evergreen": True, "expires_at": NOON},
]


@pytest.mark.parametrize("changes", LIVE, ids=str)
def test_what_is_live_passes(changes: dict[str, Any]) -> None:
    assert is_live(an_article(**changes), NOON)
    assert check(an_article(**changes)) == {}


@pytest.mark.parametrize("changes", DEAD, ids=str)
def test_what_is_not_live_is_found(changes: dict[str, Any]) -> None:
    assert not is_live(an_article(**changes), NOON)
    assert check(an_article("x"), an_article(**changes)) == {"a": "not live"}


def test_what_the_store_no_longer_holds_is_found() -> None:
    assert check(an_article("x"), "a") == {"a": "not live"}


def test_the_article_itself_is_found() -> None:
    assert check(an_article("source"), an_article("x")) == {
        "source": "the article itself, or twice"
    }


def test_an_entry_that_stands_twice_is_found() -> None:
    assert set(check(an_article("a"), an_article("x"), an_article("a"))) == {"a"}


@pytest.mark.parametrize("rule", [Block("a"), Block("a", "source")])
def test_what_is_blocked_is_found_pinned_or_not(rule: Rule) -> None:
    assert check(an_article("a"), rules=(rule,)) == {"a": "excluded or blocked"}
    assert check(an_article("a"), rules=(rule, Pin("source", "a"))) == {"a": "excluded or blocked"}


def test_what_the_caller_excluded_is_found() -> None:
    assert check(an_article("a"), an_article("x"), exclude=("a",)) == {"a": "excluded or blocked"}


@pytest.mark.parametrize("rule", [Separate("a", "source"), Separate("source", "a")])
def test_what_is_kept_apart_from_the_article_is_found(rule: Rule) -> None:
    assert check(an_article("a"), rules=(rule,)) == {"a": "kept apart by a rule"}


@pytest.mark.parametrize("rule", [Separate("a", "b"), Separate("b", "a")])
def test_of_two_entries_kept_apart_the_lower_one_is_found(rule: Rule) -> None:
    found = check(an_article("a"), an_article("x"), an_article("b"), rules=(rule,))
    assert found == {"b": "kept apart by a rule"}


def test_an_entry_that_falls_away_keeps_nothing_apart() -> None:
    rules = (Separate("a", "b"), Block("a"))
    assert set(check(an_article("a"), an_article("b"), rules=rules)) == {"a"}


def test_a_sound_list_under_many_rules_passes() -> None:
    rules = (
        Block("z"),
        Block("a", "other"),
        Separate("a", "z"),
        NoList("other"),
        Cap("section", "", 0),
        Pin("source", "b"),
    )
    assert check(*(an_article(name) for name in "abc"), rules=rules, exclude=("y",)) == {}


def test_an_empty_list_is_sound() -> None:
    assert check(rules=(Block("a"),), exclude=("b",)) == {}


def test_all_violations_of_a_list_are_found_at_once() -> None:
    found = check(
        an_article("source"),
        an_article("a", status="canceled"),
        an_article("b"),
        an_article("c"),
        "d",
        rules=(Block("b"),),
        exclude=("c",),
    )
    assert list(found) == ["source", "a", "b", "c", "d"]
