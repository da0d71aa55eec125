"""Text written as TOML is read back as it was."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.toml import quoted


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_read_back(text: str) -> None:
    assert tomllib.loads(f"text = {quoted(text)}") == {"text": text}


def test_half_a_character_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        quoted("\ud800")
