"""Single values are converted, or refused with what they must be."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.errors import InvalidTruth
from relnews.evaluate.load.values import pick, to_id, to_ids, to_moment, to_number, to_text
from relnews.ingest.times import zone_of

BERLIN = zone_of("Europe/Berlin")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(("value", "expected"), [(" a b ", "a b"), (17, "17"), (0, "0")])
def test_ids_are_text_or_whole_numbers(value: object, expected: str) -> None:
    assert to_id("id", value) == expected
    assert to_ids("ids", [value, "x"]) == (expected, "x")


@pytest.mark.parametrize("value", ["", "  ", None, True, 1.5, ["a"], "a\0b", "\ud800", 10**50])
def test_other_ids_are_refused(value: object) -> None:
    with pytest.raises(InvalidTruth, match="id must be"):
        to_id("id", value)


@pytest.mark.parametrize("value", ["abc", None, {"a": 1}])
def test_ids_must_be_a_list(value: object) -> None:
    with pytest.raises(InvalidTruth, match="ids must be a list"):
        to_ids("ids", value)


def test_a_moment_without_a_zone_is_one_of_the_site() -> None:
    moment = to_moment("at", "2026-03-01 12:00", BERLIN)
    assert moment == datetime(2026, 3, 1, 11, tzinfo=UTC)


@pytest.mark.parametrize("value", ["soon", "", None, "0001-01-01T00:00:00+14:00", "9999-12-31"])
def test_what_is_no_moment_is_refused(value: object) -> None:
    with pytest.raises(InvalidTruth, match="at must be a time"):
        to_moment("at", value, BERLIN)


def test_numbers_may_be_text() -> None:
    assert (to_number("n", " 1.5 "), to_number("n", 2)) == (1.5, 2.0)
    for value in ("x", "1,5", "", None, True, [1], 10**400):
        with pytest.raises(InvalidTruth, match="n must be a number"):
            to_number("n", value)


def test_the_first_name_that_holds_something_counts() -> None:
    assert pick({"a": "", "b": None, "c": 0, "d": 1}, "a", "b", "c", "d") == 0
    assert pick({}, "a") is None


@given(JSON)
def test_any_value_is_converted_or_refused(value: object) -> None:
    for convert in (to_id, to_ids, to_text, to_number):
        try:
            convert("value", value)
        except InvalidTruth as error:
            assert len(str(error)) < 200  # noqa: PT017  # not every value is refused
    with suppress(InvalidTruth):
        assert to_moment("value", value, BERLIN).astimezone(UTC).tzinfo is UTC
