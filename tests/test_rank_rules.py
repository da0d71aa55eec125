"""Rules as data, their stored form, and a set of them asked for one article."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.errors import InvalidPolicy
from relnews.rank.rules import (
    KINDS,
    Block,
    Cap,
    NoList,
    Pin,
    Quota,
    Rule,
    Separate,
    from_json,
    to_json,
)
from relnews.rank.ruleset import RuleSet

IDS = st.text(min_size=1, max_size=8).filter(str.strip)
TWO_IDS = st.lists(IDS, min_size=2, max_size=2, unique=True)
ATTRIBUTES = st.sampled_from(["section", "source", "access"])
RULES: st.SearchStrategy[Rule] = st.one_of(
    st.builds(lambda ids, place: Pin(ids[0], ids[1], place), TWO_IDS, st.integers(1, 99)),
    st.builds(Block, IDS, st.one_of(st.just(""), IDS)),
    st.builds(NoList, IDS),
    st.builds(lambda ids: Separate(ids[0], ids[1]), TWO_IDS),
    st.builds(Cap, ATTRIBUTES, st.text(max_size=8), st.integers(0, 9)),
    st.builds(
        lambda attribute, value, least, more: Quota(attribute, value, least, least + more),
        ATTRIBUTES,
        st.text(max_size=8),
        st.integers(1, 9),
        st.integers(0, 9),
    ),
)


@given(RULES)
def test_a_rule_survives_json(rule: Rule) -> None:
    assert from_json(json.loads(json.dumps(to_json(rule)))) == rule


def test_every_kind_is_named_in_its_stored_form() -> None:
    assert to_json(Pin("a", "b", 2)) == {
        "kind": "pin",
        "source_id": "a",
        "target_id": "b",
        "position": 2,
    }
    assert set(KINDS) == {"pin", "block", "no_list", "separate", "cap", "quota"}


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({}, "kind must be one of pin, block, no_list, separate, cap, quota, got None"),
        ({"kind": "ban"}, "kind must be one of .*, got 'ban'"),
        ({"kind": ["pin"]}, "kind must be one of"),
        ({"kind": "block"}, "a block is incomplete: .*target_id"),
        (
            {"kind": "block", "target": "a", "why": 1},
            r"a block has .*; unknown: \['target', 'why'\]",
        ),
        ({"kind": "block", "target_id": ""}, "by their id, got .*; give ids that are not empty"),
        ({"kind": "block", "target_id": " \n"}, "by their id"),
        ({"kind": "block", "target_id": 7}, "by their id, got .*7"),
        ({"kind": "block", "target_id": "a", "source_id": None}, "by their id"),
        ({"kind": "block", "target_id": "a", "source_id": 7}, "by their id"),
        ({"kind": "no_list", "source_id": ""}, "by their id"),
        ({"kind": "no_list", "source_id": None}, "by their id"),
        ({"kind": "pin", "source_id": "a"}, "a pin is incomplete: .*target_id"),
        ({"kind": "pin", "source_id": "a", "target_id": "a"}, "needs two, got 'a' twice"),
        ({"kind": "pin", "source_id": "", "target_id": "a"}, "by their id"),
        (
            {"kind": "pin", "source_id": "a", "target_id": "b", "position": 0},
            "position must be a whole number of at least 1, got 0",
        ),
        ({"kind": "pin", "source_id": "a", "target_id": "b", "position": 1.0}, "got 1.0"),
        ({"kind": "pin", "source_id": "a", "target_id": "b", "position": True}, "got True"),
        ({"kind": "pin", "source_id": "a", "target_id": "b", "position": "1"}, "got '1'"),
        ({"kind": "separate", "first_id": "a", "second_id": "a"}, "needs two"),
        ({"kind": "separate", "first_id": "a", "second_id": ""}, "by their id"),
        (
            {"kind": "cap", "attribute": "author", "value": "x", "at_most": 1},
            "attribute must be one of section, source, access, got 'author'",
        ),
        ({"kind": "cap", "attribute": [], "value": "x", "at_most": 1}, "attribute must be"),
        (
            {"kind": "cap", "attribute": "source", "value": "x", "at_most": -1},
            "at_most must be a whole number of at least 0, got -1",
        ),
        ({"kind": "cap", "attribute": "source", "value": 5, "at_most": 1}, "value must be"),
        ({"kind": "cap", "attribute": "source", "value": None, "at_most": 1}, "value must be"),
        (
            {"kind": "quota", "attribute": "section", "value": "x", "at_least": 0, "within": 3},
            "at_least must be a whole number of at least 1, got 0",
        ),
        (
            {"kind": "quota", "attribute": "section", "value": "x", "at_least": 1, "within": 0},
            "within must be a whole number of at least 1, got 0",
        ),
        (
            {"kind": "quota", "attribute": "section", "value": "x", "at_least": 4, "within": 3},
            "at_least must not exceed within, got 4 > 3",
        ),
        (
            {"kind": "quota", "attribute": "section", "value": 1, "at_least": 1, "within": 3},
            "value must be",
        ),
    ],
)
def test_what_can_be_no_rule_is_refused_with_the_reason(
    record: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidPolicy, match=message):
        from_json(record)


def test_a_general_block_holds_everywhere_and_a_special_one_under_its_article() -> None:
    rules = RuleSet([Block("x"), Block("y", "a"), Block("z", "b")])
    assert rules.blocked("a") == {"x", "y"}
    assert rules.blocked("b") == {"x", "z"}
    assert rules.blocked("c") == {"x"}


def test_separation_goes_both_ways_and_no_further() -> None:
    rules = RuleSet([Separate("a", "b"), Separate("b", "c")])
    assert [rules.separated(name) for name in "abcd"] == [{"b"}, {"a", "c"}, {"b"}, set()]


def test_no_list_is_for_the_article_it_names() -> None:
    rules = RuleSet([NoList("a")])
    assert rules.no_list("a")
    assert not rules.no_list("b")


def test_pins_come_by_position_for_their_article_alone() -> None:
    rules = RuleSet([Pin("a", "x", 3), Pin("b", "y"), Pin("a", "z", 1)])
    assert list(rules.pins("a").items()) == [(1, "z"), (3, "x")]
    assert rules.pins("b") == {1: "y"}
    assert rules.pins("c") == {}


def test_a_later_pin_takes_the_place_of_an_earlier_one() -> None:
    assert RuleSet([Pin("a", "x", 1), Pin("a", "y", 1)]).pins("a") == {1: "y"}


def test_an_article_has_one_place_in_a_list_the_last_given() -> None:
    assert RuleSet([Pin("a", "x", 1), Pin("a", "x", 4)]).pins("a") == {4: "x"}


def test_caps_and_quotas_keep_their_order() -> None:
    caps = [Cap("section", "Sport", 1), Cap("source", "dpa", 2)]
    quotas = [Quota("section", "Kultur", 1, 3), Quota("access", "free", 2, 5)]
    rules = RuleSet([caps[0], quotas[0], caps[1], quotas[1]])
    assert list(rules.caps) == caps
    assert list(rules.quotas) == quotas


@given(st.lists(RULES, max_size=9))
def test_a_set_keeps_every_rule_and_asking_changes_nothing(rules: list[Rule]) -> None:
    made = RuleSet(iter(rules))
    assert made.rules == tuple(rules)
    before = [(made.pins(name), made.blocked(name), made.separated(name)) for name in "ab"]
    assert [(made.pins(n), made.blocked(n), made.separated(n)) for n in "ab"] == before


def test_an_empty_set_forbids_nothing() -> None:
    rules = RuleSet()
    assert not rules.no_list("a")
    assert rules.pins("a") == {}
    assert rules.blocked("a") == set()
    assert rules.separated("a") == set()
    assert (rules.rules, rules.caps, rules.quotas) == ((), (), ())
