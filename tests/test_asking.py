"""What may be asked: anything else is refused with what must hold and what was given."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from newsroom import NOON
from relnews.asking import ids_of, require, require_change, require_moment
from relnews.errors import InvalidQuery


def test_what_may_be_asked_passes() -> None:
    require(1, NOON)
    require_change(NOON, NOON, None)
    assert ids_of(["a", "b", "a"]) == {"a", "b"}


@pytest.mark.parametrize("k", [0, -1, 1.0, True, "5", None])
def test_a_length_is_a_whole_number_of_at_least_1(k: object) -> None:
    with pytest.raises(InvalidQuery, match="depth must be a whole number of at least 1, got"):
        require(k, NOON, "depth")


def test_a_moment_is_a_time_with_a_zone() -> None:
    with pytest.raises(InvalidQuery, match="at must be a datetime, got '2026-03-01'"):
        require_moment("2026-03-01", "at")
    with pytest.raises(InvalidQuery, match="at must carry a time zone, got the naive 2026"):
        require_moment(datetime(2026, 3, 1), "at")  # noqa: DTZ001  # what is refused


def test_changes_are_asked_for_from_an_earlier_moment_and_without_ids() -> None:
    with pytest.raises(InvalidQuery, match="must not be later than at"):
        require_change(NOON + timedelta(seconds=1), NOON, None)
    with pytest.raises(InvalidQuery, match="either ids or changed_since"):
        require_change(NOON, NOON, ["a"])


def test_a_text_is_not_several_ids() -> None:
    with pytest.raises(InvalidQuery, match=r"exclude must be ids, such as \['a-7'\]"):
        ids_of("a-7")
