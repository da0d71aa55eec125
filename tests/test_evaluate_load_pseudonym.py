"""With a salt nobody is named: the same user is told again, and nobody is told by it."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.errors import InvalidPolicy, InvalidTruth
from relnews.evaluate.load import pseudonym
from relnews.evaluate.load.pseudonym import pseudonyms

USERS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


def test_the_example_is_true() -> None:
    assert doctest.testmod(pseudonym).failed == 0


@given(USERS.filter(str.strip), USERS.filter(str.strip))
def test_a_pseudonym_stands_for_one_user(first: str, second: str) -> None:
    name = pseudonyms("salt")
    assert (name(first) == name(second)) == (first.strip() == second.strip())
    assert name(first) == pseudonyms("salt")(first) != pseudonyms("other")(first)
    assert len(name(first)) == 16
    assert pseudonyms(None)(first) == first.strip()


@pytest.mark.parametrize("salt", ["", "x" * 65, "ü" * 33])
def test_a_salt_that_is_no_key_is_refused(salt: str) -> None:
    with pytest.raises(InvalidPolicy, match="salt must be 1 to 64 bytes"):
        pseudonyms(salt)


@pytest.mark.parametrize("salt", [None, "salt"])
def test_a_user_that_cannot_be_is_not_shown(salt: str | None) -> None:
    for user in ("", None, "anna\0", ["anna"], "anna\ud800"):
        with pytest.raises(InvalidTruth, match="user must be text") as caught:
            pseudonyms(salt)(user)
        assert "anna" not in str(caught.value)
