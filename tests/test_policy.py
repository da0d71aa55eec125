"""Policies refuse what makes no list, and say what must hold and what was given."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from math import inf, nan
from typing import Any

import pytest

from relnews.errors import InvalidPolicy, RelnewsError
from relnews.policy import Policy

SHARES = (
    "semantic_weight",
    "relevance_zero",
    "relevance_floor",
    "freshness_floor",
    "evergreen_freshness",
    "story_similarity",
)
POSITIVE = ("half_life_hours", "story_days", "agency_hours")


def test_the_semantic_weight_may_be_left_to_the_model() -> None:
    assert Policy().semantic_weight is None
    with pytest.raises(InvalidPolicy, match="relevance_zero"):
        Policy(relevance_zero=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", SHARES)
@pytest.mark.parametrize("value", [-0.01, 1.01, nan, inf, True, "0.5"])
def test_a_share_must_be_in_0_to_1(name: str, value: object) -> None:
    with pytest.raises(InvalidPolicy, match=rf"{name} must be in \[0, 1\], got "):
        Policy(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", SHARES)
@pytest.mark.parametrize("value", [0, 0.0, 0.5, 0.99])
def test_a_share_in_range_is_kept(name: str, value: float) -> None:
    assert getattr(Policy(**{name: value}), name) == value  # type: ignore[arg-type]


@pytest.mark.parametrize("name", POSITIVE)
@pytest.mark.parametrize("value", [0, -1.0, nan, inf, True, "24", None])
def test_a_duration_must_be_greater_than_0(name: str, value: object) -> None:
    with pytest.raises(InvalidPolicy, match=f"{name} must be a number greater than 0, got "):
        Policy(**{name: value})  # type: ignore[arg-type]


def test_a_half_life_by_section_is_checked_and_named() -> None:
    with pytest.raises(InvalidPolicy, match=r"section_half_life_hours\['Sport'\] must be .* got 0"):
        Policy(section_half_life_hours={"Kultur": 240.0, "Sport": 0})


@pytest.mark.parametrize("value", [0, -1, 1.5, "2", None, True])
def test_the_limit_per_story_must_be_a_whole_number_of_at_least_1(value: Any) -> None:
    with pytest.raises(InvalidPolicy, match="max_same_story must be a whole number of at least 1"):
        Policy(max_same_story=value)


@pytest.mark.parametrize("value", ["all", "", None, []])
def test_a_fill_must_be_one_of_three(value: Any) -> None:
    with pytest.raises(InvalidPolicy, match="fill must be one of none, section, newest, got"):
        Policy(fill=value)


@pytest.mark.parametrize("name", ["languages", "agencies"])
@pytest.mark.parametrize("value", ["de", ["de"], ("de", 1), None])
def test_languages_and_agencies_must_be_tuples_of_text(name: str, value: object) -> None:
    with pytest.raises(InvalidPolicy, match=f"{name} must be a tuple of str, got"):
        Policy(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["no", 1, None])
def test_same_source_must_be_true_or_false(value: Any) -> None:
    with pytest.raises(InvalidPolicy, match="same_source must be true or false"):
        Policy(same_source=value)


@pytest.mark.parametrize("value", ["mmr", None, 0.5])
def test_a_selector_must_be_able_to_begin(value: Any) -> None:
    with pytest.raises(InvalidPolicy, match="selector"):
        Policy(selector=value)


@pytest.mark.parametrize("value", [None, 24, ["Sport"]])
def test_half_lives_by_section_must_be_a_mapping(value: Any) -> None:
    with pytest.raises(InvalidPolicy, match="section_half_life_hours"):
        Policy(section_half_life_hours=value)


def test_an_invalid_policy_is_a_value_error_and_a_relnews_error() -> None:
    assert issubclass(InvalidPolicy, ValueError)
    assert issubclass(InvalidPolicy, RelnewsError)


def test_a_policy_is_frozen_and_replaced_with_checks() -> None:
    policy = Policy(half_life_hours=24)
    with pytest.raises(FrozenInstanceError):
        policy.half_life_hours = 12  # type: ignore[misc]
    assert replace(policy, half_life_hours=12).half_life_hours == 12
    with pytest.raises(InvalidPolicy):
        replace(policy, half_life_hours=-12)
