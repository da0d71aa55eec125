"""Rules over the rows of one list: caps, quotas, pairs kept apart, pins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from builders import Row, add_row
from relnews.corpus import Corpus
from relnews.rank.constraints import Constraints
from relnews.rank.rules import Cap, Pin, Quota, Rule, Separate
from relnews.rank.ruleset import RuleSet

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMES = ("sport1", "sport2", "sport3", "kultur1", "kultur2", "politik1")


def a_list(*rules: Rule, listed: Iterable[str] = (), hidden: Iterable[str] = ()) -> Constraints:
    """Start the list of the article 'source', which is no row."""
    corpus = Corpus()
    for name in NAMES:
        add_row(corpus, Row(id=name, section=name[:-1].capitalize()))
    shown = np.array([name not in set(hidden) for name in NAMES])
    made = Constraints(corpus, RuleSet(rules), "source", shown)
    made.listed.extend(NAMES.index(name) for name in listed)
    return made


ALL = np.arange(len(NAMES))


def allowed(made: Constraints) -> set[str]:
    return {name for name, may in zip(NAMES, made.allowed(ALL), strict=True) if may}


def urgent(made: Constraints) -> set[str] | None:
    found = made.urgent(ALL, made.allowed(ALL))
    return None if found is None else {NAMES[row] for row in np.flatnonzero(found)}


SPORTS, KULTUREN = {"sport1", "sport2", "sport3"}, {"kultur1", "kultur2"}


def test_without_rules_everything_may_follow() -> None:
    made = a_list(listed=["sport1"])
    assert allowed(made) == set(NAMES)
    assert urgent(made) is None
    assert made.reason(0) == ""


def test_a_cap_closes_when_it_is_full() -> None:
    cap = Cap("section", "Sport", 2)
    assert allowed(a_list(cap, listed=["sport1"])) == set(NAMES)
    full = a_list(cap, listed=["sport1", "kultur1", "sport2"])
    assert allowed(full) == set(NAMES) - SPORTS
    assert full.reason(NAMES.index("sport3")) == "over the cap of 2 for section 'Sport'"
    assert full.reason(NAMES.index("kultur2")) == ""


def test_a_cap_of_0_is_full_from_the_start() -> None:
    assert allowed(a_list(Cap("section", "Sport", 0))) == set(NAMES) - SPORTS


def test_a_cap_on_what_no_article_has_changes_nothing() -> None:
    assert allowed(a_list(Cap("source", "nirgends", 0))) == set(NAMES)


def test_a_pin_further_down_counts_for_a_cap_already() -> None:
    made = a_list(Cap("section", "Sport", 1), Pin("source", "sport3", 5))
    assert allowed(made) == set(NAMES) - SPORTS


def test_a_quota_is_urgent_only_when_every_place_left_is_needed() -> None:
    quota = Quota("section", "Kultur", 1, 3)
    assert urgent(a_list(quota)) is None
    assert urgent(a_list(quota, listed=["sport1"])) is None
    assert urgent(a_list(quota, listed=["sport1", "sport2"])) == KULTUREN
    assert urgent(a_list(quota, listed=["kultur1", "sport2"])) is None
    assert urgent(a_list(quota, listed=["sport1", "sport2", "sport3"])) is None


def test_a_quota_for_all_places_is_urgent_at_once() -> None:
    assert urgent(a_list(Quota("section", "Kultur", 2, 2))) == KULTUREN
    assert urgent(a_list(Quota("section", "Kultur", 2, 2), listed=["kultur1"])) == KULTUREN


def test_pins_within_reach_count_for_a_quota_and_take_places_from_it() -> None:
    quota = Quota("section", "Kultur", 1, 3)
    serving = a_list(quota, Pin("source", "kultur1", 3), listed=["sport1", "sport2"])
    assert urgent(serving) is None
    in_the_way = a_list(quota, Pin("source", "politik1", 3), listed=["sport1"])
    assert urgent(in_the_way) == KULTUREN
    beyond = a_list(quota, Pin("source", "kultur1", 4), listed=["sport1", "sport2"])
    assert urgent(beyond) == KULTUREN


def test_a_quota_that_nothing_can_serve_is_never_urgent() -> None:
    assert urgent(a_list(Quota("section", "Wetter", 1, 1))) is None


def test_of_two_quotas_the_urgent_one_is_served() -> None:
    early, late = Quota("section", "Kultur", 1, 3), Quota("section", "Sport", 1, 1)
    assert urgent(a_list(early, late)) == SPORTS


def test_what_is_kept_apart_from_an_entry_may_not_follow() -> None:
    made = a_list(Separate("kultur1", "sport1"), listed=["sport1"])
    assert allowed(made) == set(NAMES) - {"kultur1"}
    assert made.reason(NAMES.index("kultur1")) == "kept apart by a rule from an article on the list"


def test_what_is_kept_apart_from_a_pin_further_down_may_not_come_before_it() -> None:
    made = a_list(Separate("kultur1", "sport1"), Pin("source", "sport1", 5))
    assert "kultur1" not in allowed(made)


def test_separating_from_an_article_that_is_not_here_changes_nothing() -> None:
    assert allowed(a_list(Separate("sport1", "gone"), listed=["sport1"])) == set(NAMES)


def test_pins_stand_at_their_position_under_their_article_alone() -> None:
    made = a_list(Pin("source", "sport1", 2), Pin("other", "sport2", 1))
    assert made.pins == {2: 0}
    assert made.rows().tolist() == [0]


def test_a_pin_that_may_not_be_shown_or_is_unknown_does_not_stand() -> None:
    pins = Pin("source", "sport1", 1), Pin("source", "gone", 2), Pin("source", "sport2", 3)
    assert a_list(*pins, hidden=["sport1"]).pins == {3: 1}


def test_of_two_pins_kept_apart_the_upper_one_stands() -> None:
    pins = Pin("source", "sport1", 4), Pin("source", "kultur1", 2)
    made = a_list(*pins, Separate("sport1", "kultur1"))
    assert made.pins == {2: NAMES.index("kultur1")}


def test_a_hidden_pin_does_not_clash() -> None:
    pins = Pin("source", "sport1", 4), Pin("source", "kultur1", 2)
    made = a_list(*pins, Separate("sport1", "kultur1"), hidden=["kultur1"])
    assert made.pins == {4: 0}


def test_rows_are_those_listed_and_the_pins_to_come_each_once() -> None:
    made = a_list(Pin("source", "sport1", 1), Pin("source", "sport2", 4), listed=["sport1"])
    assert made.rows().tolist() == [0, 1]
