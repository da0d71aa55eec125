"""Impressions: what was shown, and what of it was clicked, by id or by flag."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.errors import IngestError, InvalidTruth
from relnews.evaluate.load import load_impressions
from relnews.evaluate.load.impressions import to_flags
from relnews.evaluate.load.pseudonym import pseudonyms
from relnews.evaluate.truth import Impression

if TYPE_CHECKING:
    from pathlib import Path

SOUND: dict[str, Any] = {
    "user": "anna",
    "source_id": "s",
    "at": "2026-03-01T12:00:00Z",
    "shown": ["a", "b", "c"],
    "clicked": ["c"],
    "propensities": [0.5, 0.25, 1],
    "place": "empfohlen",
}
READ = Impression(
    user="anna",
    source_id="s",
    at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    shown=("a", "b", "c"),
    clicked=(False, False, True),
    propensities=(0.5, 0.25, 1.0),
    place="empfohlen",
)


def write(folder: Path, *objects: object) -> Path:
    path = folder / "impressions.jsonl"
    path.write_text("".join(json.dumps(value) + "\n" for value in objects), encoding="utf-8")
    return path


@pytest.mark.parametrize("clicked", [["c"], [0, 0, 1], [False, False, True]])
def test_clicks_are_told_by_id_or_by_flag(tmp_path: Path, clicked: list[object]) -> None:
    assert load_impressions(write(tmp_path, {**SOUND, "clicked": clicked})) == ((READ,), ())


def test_only_the_list_its_moment_and_its_clicks_are_needed(tmp_path: Path) -> None:
    made = {"at": "2026-03-01 13:00", "shown": ["a"], "clicked": [], "source_id": ""}
    (found,), _ = load_impressions(write(tmp_path, made))
    assert found == Impression(
        user="", source_id="", at=READ.at, shown=("a",), clicked=(False,), propensities=None
    )


def test_ids_that_are_numbers_are_no_flags_unless_there_are_as_many(tmp_path: Path) -> None:
    made = {**SOUND, "shown": [0, 1, 2], "clicked": [1], "propensities": None}
    (found,), _ = load_impressions(write(tmp_path, made))
    assert found.clicked == (False, True, False)


def test_with_a_salt_no_raw_user_is_left(tmp_path: Path) -> None:
    made = load_impressions(write(tmp_path, SOUND, {**SOUND, "at": "soon"}), salt="pepper")
    assert made[0][0].user == pseudonyms("pepper")("anna")
    assert "anna" not in repr(made)


@pytest.mark.parametrize(
    "change",
    [
        {"at": None},
        {"shown": "abc"},
        {"shown": None},
        {"clicked": None},
        {"clicked": "c"},
        {"clicked": ["d"]},
        {"clicked": [0, 1]},
        {"clicked": [0, 0, 2]},
        {"propensities": [0.5]},
        {"propensities": [0.5, 0.5, 0]},
        {"propensities": [0.5, 0.5, float("nan")]},
        {"propensities": [0.5, 0.5, True]},
        {"propensities": 0.5},
        {"place": 1},
        {"user": ["anna"]},
    ],
)
def test_a_broken_line_costs_itself_alone(tmp_path: Path, change: dict[str, object]) -> None:
    found, (refused,) = load_impressions(write(tmp_path, {**SOUND, **change}, SOUND))
    assert found == (READ,)
    assert (refused.line, refused.id) == (1, "s")
    with pytest.raises(IngestError, match="at least one line must be sound"):
        load_impressions(write(tmp_path, {**SOUND, **change}))


@given(st.lists(st.text(), unique=True), st.data())
def test_flags_stand_for_ids(shown: list[str], data: st.DataObject) -> None:
    clicked = data.draw(st.sets(st.sampled_from(shown))) if shown else set[str]()
    flags = to_flags(tuple(clicked), tuple(shown))
    assert {name for name, hit in zip(shown, flags, strict=True) if hit} == clicked
    with pytest.raises(InvalidTruth, match="which was not shown"):
        to_flags(("".join(shown) + "x",), tuple(shown))
