"""The candidates: each a sound policy, each once, spread over the space."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.evaluate.tune.rounds import first_round
from relnews.evaluate.tune.space import HALF_LIFE, SETTINGS, Setting, Space
from relnews.policy import Policy
from relnews.rank.diversity import Dpp, Mmr

START = Policy()


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def named(name: str) -> Setting:
    return next(setting for setting in SETTINGS if setting.name == name)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
@given(place=st.floats(-0.5, 1.5))
def test_a_place_gives_a_value_in_range_that_lies_there(setting: Setting, place: float) -> None:
    value = setting.at(place)
    assert setting.low <= value <= setting.high
    policy = setting.put(START, value)
    assert setting.of(policy) == value
    near = 0.126 if setting.is_whole else 0.002
    assert setting.place(value) == pytest.approx(min(max(place, 0.0), 1.0), abs=near)


def test_half_lives_are_spread_by_ratio() -> None:
    assert HALF_LIFE.at(0.5) == pytest.approx((6 * 1440) ** 0.5, rel=0.01)


def test_the_sweep_changes_one_setting_at_a_time() -> None:
    space = Space(START)
    sweep = space.sweep()
    assert all(len(space.changed(policy)) == 1 for policy in sweep)
    rungs = sum(rung != setting.of(START) for setting in SETTINGS for rung in setting.rungs)
    assert len(sweep) == rungs
    assert replace(START, selector=Mmr(0.3)) in sweep
    assert [policy.half_life_hours for policy in sweep[:3]] == [12.0, 24.0, 48.0]


def test_a_rung_that_is_the_start_is_no_candidate() -> None:
    start = replace(START, half_life_hours=96.0)
    assert start not in Space(start).sweep()


def test_the_sample_fills_the_space() -> None:
    """Each half of each setting gets its half of a Sobol sample of a power of two."""
    space = Space(START)
    sample = space.sample(32, generator())
    assert len(sample) == 32
    for setting in space.settings:
        places = [setting.place(space.value(setting, policy)) for policy in sample]
        if not setting.is_whole:
            assert sum(place < 0.5 for place in places) == pytest.approx(16, abs=2)
            assert max(places) > 0.9
            assert min(places) < 0.1


def test_the_sample_follows_the_generator() -> None:
    space = Space(START)
    assert space.sample(7, generator(1)) == space.sample(7, generator(1))
    assert space.sample(7, generator(1)) != space.sample(7, generator(2))
    assert space.sample(0, generator()) == []


@pytest.mark.parametrize("size", [1, 2, 8, 48])
def test_the_first_round_starts_with_the_start_and_has_its_size(size: int) -> None:
    policies = first_round(Space(START), size, generator())
    assert policies[0] == START
    assert len(policies) == size
    assert all(policy not in policies[:place] for place, policy in enumerate(policies))


def test_distance_counts_changes_before_their_size() -> None:
    space = Space(START)
    small = replace(START, half_life_hours=61.0, semantic_weight=0.06)
    large = replace(START, half_life_hours=1440.0)
    assert space.distance(START) == (0, 0.0)
    assert space.distance(replace(START, half_life_hours=72.0)) < space.distance(large)
    assert space.distance(large) < space.distance(small)
    sections = replace(START, section_half_life_hours={"Kultur": 240.0, "Sport": 6.0})
    assert space.distance(sections)[0] == 2
    assert Space(sections).distance(sections) == (0, 0.0)


def test_near_takes_changes_back_and_makes_small_steps() -> None:
    space = Space(START)
    leader = replace(START, half_life_hours=384.0, semantic_weight=0.2)
    near = space.near([leader], 12, generator())
    assert near[:2] == [
        replace(leader, half_life_hours=60.0),
        replace(leader, semantic_weight=None),
    ]
    assert len(near) == 12
    for policy in near[2:]:
        assert {setting.name for setting in space.changed(policy)} <= {
            "half_life_hours",
            "semantic_weight",
        }
        assert 60 < policy.half_life_hours < 1440
    assert START not in near
    assert leader not in near
    assert space.near([], 5, generator()) == []


def test_near_the_start_everything_moves() -> None:
    space = Space(START)
    names = {
        setting.name
        for policy in space.near([START], 8, generator())
        for setting in space.changed(policy)
    }
    assert names == {setting.name for setting in SETTINGS}


def test_the_kind_of_selector_stays() -> None:
    start = replace(START, selector=Dpp(0.4))
    changed = named("diversity").put(start, 0.2)
    assert changed.selector == Dpp(0.2)
    assert {type(policy.selector) for policy in Space(start).sweep()} == {Dpp}


def test_a_selector_of_ones_own_is_left_alone() -> None:
    class Own:
        def begin(self, scores: object) -> object:
            return scores

    start = replace(START, selector=Own())  # type: ignore[arg-type]
    space = Space(start)
    assert "diversity" not in {setting.name for setting in space.settings}
    assert all(policy.selector is start.selector for policy in space.sample(4, generator()))


def test_a_weight_left_to_the_model_counts_as_the_measured_one() -> None:
    space = Space(START, measured_weight=0.3)
    (weight,) = (each for each in space.settings if each.name == "semantic_weight")
    same, other = replace(START, semantic_weight=0.3), replace(START, semantic_weight=0.05)
    assert space.value(weight, START) == 0.3
    assert space.changed(same) == ()
    assert space.changed(other) == (weight,)
    n_changed, squared = space.distance(other)
    assert n_changed == 1
    assert squared == pytest.approx(0.25)
    assert space.like(other, weight, START) == START
    assert space.like(START, weight, other) == other
