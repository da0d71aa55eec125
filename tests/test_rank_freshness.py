"""Freshness: bounded, never larger for the older, and by the semantic date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import Row, a_case, a_query, a_site, ago
from builders import rows as some_rows
from relnews.corpus import UNDATED
from relnews.policy import Policy
from relnews.rank.freshness import freshness

if TYPE_CHECKING:
    import numpy.typing as npt

AGES = st.lists(st.floats(-1e4, 1e9), min_size=1, max_size=20)
SHARES = st.floats(0, 1)
LIVES = st.floats(0.01, 1e5)


def fresh(rows: list[Row], policy: Policy) -> npt.NDArray[np.float32]:
    site = a_site(rows)
    case = a_case(site, a_query(rows[0], site), policy)
    return case.score.freshness(slice(None))


@given(AGES, LIVES, SHARES)
def test_freshness_lies_between_its_floor_and_1(
    ages: list[float], life: float, floor: float
) -> None:
    found = freshness(np.array(ages), life, floor)
    assert found.dtype == np.float32
    assert (found >= np.float32(floor)).all()
    assert (found <= 1).all()


@given(AGES, LIVES, SHARES)
def test_the_older_is_never_fresher(ages: list[float], life: float, floor: float) -> None:
    found = freshness(np.array(sorted(ages)), life, floor)
    assert (np.diff(found) <= 0).all()


@given(AGES, SHARES)
def test_a_longer_half_life_never_makes_less_fresh(ages: list[float], floor: float) -> None:
    short, long = (freshness(np.array(ages), life, floor) for life in (10.0, 20.0))
    assert (short <= long).all()


@pytest.mark.parametrize(("age", "expected"), [(0, 1), (24, 0.6), (48, 0.4), (1e9, 0.2)])
def test_the_part_above_the_floor_halves_with_every_half_life(age: float, expected: float) -> None:
    assert freshness(np.array([age]), 24.0, 0.2)[0] == pytest.approx(expected)


def test_each_article_has_its_own_half_life() -> None:
    found = freshness(np.array([24.0, 24.0]), np.array([24.0, 12.0]), 0.0)
    assert found.tolist() == pytest.approx([0.5, 0.25])


def test_a_negative_age_counts_as_none() -> None:
    assert freshness(np.array([-1e-9, -5.0, -1e9]), 24.0, 0.3).tolist() == [1, 1, 1]


def test_the_half_life_is_that_of_the_targets_section() -> None:
    rows = [
        Row(id=name, section=name, published=ago(24)) for name in ("Politik", "Sport", "Kultur", "")
    ]
    policy = Policy(
        half_life_hours=24,
        section_half_life_hours={"Sport": 12, "Kultur": 48, "Unbekannt": 1},
        freshness_floor=0,
    )
    assert fresh(rows, policy).tolist() == pytest.approx([0.5, 0.25, 0.5**0.5, 0.5])


def test_evergreen_articles_never_fall_below_their_own_level() -> None:
    rows = [
        Row(id="new", published=ago(0), evergreen=True),
        Row(id="old", published=ago(24 * 1000), evergreen=True),
        Row(id="undated", published=UNDATED, evergreen=True),
        Row(id="aged", published=ago(24 * 1000)),
    ]
    policy = Policy(half_life_hours=24, freshness_floor=0.1, evergreen_freshness=0.7)
    assert fresh(rows, policy).tolist() == pytest.approx([1, 0.7, 0.7, 0.1])


def test_an_evergreen_level_below_the_floor_takes_nothing_away() -> None:
    rows = [Row(id="a", published=ago(24 * 1000), evergreen=True)]
    policy = Policy(half_life_hours=24, freshness_floor=0.4, evergreen_freshness=0.1)
    assert fresh(rows, policy).tolist() == pytest.approx([0.4])


def test_an_update_counts_once_it_happened() -> None:
    rows = [
        Row(id="plain", published=ago(48)),
        Row(id="updated", published=ago(48), updated=ago(24)),
        Row(id="to-be-updated", published=ago(48), updated=ago(-1)),
    ]
    policy = Policy(half_life_hours=24, freshness_floor=0)
    assert fresh(rows, policy).tolist() == pytest.approx([0.25, 0.5, 0.25])


def test_an_undated_article_has_the_floor() -> None:
    policy = Policy(half_life_hours=1e5, freshness_floor=0.3)
    assert fresh([Row(id="a", published=UNDATED)], policy).tolist() == pytest.approx([0.3])


def test_an_article_of_the_future_is_as_fresh_as_can_be() -> None:
    policy = Policy(half_life_hours=1, freshness_floor=0)
    assert fresh([Row(id="a", published=ago(-5))], policy).tolist() == [1]


@given(some_rows(), SHARES, SHARES, LIVES)
def test_of_articles_that_age_alike_the_older_is_never_fresher(
    rows: list[Row], floor: float, level: float, life: float
) -> None:
    policy = Policy(half_life_hours=life, freshness_floor=floor, evergreen_freshness=level)
    found = fresh(rows, policy)
    dates = a_site(rows).corpus.dates(ago(0))
    for evergreen in (False, True):
        alike = np.array([row.evergreen is evergreen for row in rows])
        order = np.argsort(dates[alike])
        assert (np.diff(found[alike][order]) >= 0).all()
    assert (found >= np.float32(floor)).all()
    assert (found <= 1).all()
