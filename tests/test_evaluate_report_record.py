"""JSON out and back: the same evaluation, strict JSON, and a clear word for what is damaged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import MISSING, fields, is_dataclass, replace
from math import inf, isnan, nan
from typing import Any, cast, get_args, get_origin, get_type_hints

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations import empty_evaluation, hostile_evaluation, site_evaluation
from relnews.errors import InvalidTruth
from relnews.evaluate.report import from_json, to_json
from relnews.evaluate.results import Estimate, Evaluation, SystemResult, TaskResult


def same(one: Any, other: Any) -> bool:
    """Compare like ==, with NaN equal to NaN: whether == finds it so depends on the Python."""
    if is_dataclass(one):
        return type(one) is type(other) and all(
            same(getattr(one, part.name), getattr(other, part.name)) for part in fields(one)
        )
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, tuple):
        return isinstance(other, tuple) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isnan(one):
        return isinstance(other, float) and isnan(other)
    return type(one) is type(other) and bool(one == other)


def anything(kind: Any) -> st.SearchStrategy[Any]:
    """Build any value of a type, small, with all fields of a dataclass."""
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        parts = {name: anything(hint) for name, hint in get_type_hints(kind).items()}
        return st.builds(cast("Any", kind), **parts)
    if origin is Mapping:
        return st.dictionaries(st.text(max_size=4), anything(inner[1]), max_size=2)
    if origin is tuple and inner[-1] is not Ellipsis:
        return st.tuples(*map(anything, inner))
    if origin is tuple:
        return st.lists(anything(inner[0]), max_size=2).map(tuple)
    return st.text(max_size=4) if kind is str else st.from_type(kind)


@settings(max_examples=60, deadline=None)
@given(anything(Evaluation))
def test_reading_back_gives_the_same_evaluation(evaluation: Evaluation) -> None:
    text = to_json(evaluation)
    assert same(from_json(text), evaluation)
    assert to_json(from_json(text)) == text


@pytest.mark.parametrize("make", [site_evaluation, empty_evaluation, hostile_evaluation])
def test_reading_back_gives_the_same_of_whole_reports(make: Any) -> None:
    evaluation = make()
    assert same(from_json(to_json(evaluation)), evaluation)
    assert to_json(make()) == to_json(evaluation)


def test_without_nan_it_is_plain_equality() -> None:
    evaluation = empty_evaluation()
    assert from_json(to_json(evaluation)) == evaluation


def test_json_is_strict_and_can_be_stored_as_utf8() -> None:
    def refuse(token: str) -> None:
        pytest.fail(f"bare {token}")

    text = to_json(hostile_evaluation())
    json.loads(text, parse_constant=refuse)
    text.encode("utf-8")
    assert text.endswith("}\n")
    assert json.loads(text)["format"] == 1


def test_headlines_stay_readable_in_the_file() -> None:
    assert "Heizungsgesetz: Warum die Wärmepumpen-Förderung" in to_json(site_evaluation())


def test_nan_is_null_and_infinity_a_word() -> None:
    task = site_evaluation().tasks[0]
    values = {"m": Estimate(nan, -inf, inf, 3)}
    text = to_json(changed(task, systems=(SystemResult("a", values),)))
    found = json.loads(text)["evaluation"]["tasks"][0]["systems"][0]["values"]["m"]
    assert found == {"value": None, "low": "-inf", "high": "inf", "n": 3}
    back = from_json(text).tasks[0].systems[0].values["m"]
    assert isnan(back.value)
    assert (back.low, back.high) == (-inf, inf)


def test_numbers_of_numpy_are_numbers() -> None:
    values = {"m": Estimate(np.float32(0.5), np.float64(0.25), 1, int(np.int64(3)))}  # type: ignore[arg-type]
    task = site_evaluation().tasks[0]
    odd = SystemResult("a", values, np.int64(2))  # type: ignore[arg-type]
    back = from_json(to_json(changed(task, systems=(odd,)))).tasks[0].systems[0]
    assert back == SystemResult("a", {"m": Estimate(0.5, 0.25, 1.0, 3)}, 2)


def test_a_field_with_a_default_may_be_missing() -> None:
    record = json.loads(to_json(site_evaluation()))
    del record["evaluation"]["tasks"][0]["worst"]
    assert from_json(json.dumps(record)).tasks[0].worst == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "nonsense",
        "[" * 100_000,
        '{"format": NaN}',
        "1" * 5000,
        "[]",
        "null",
        "{}",
        '{"format": 2, "evaluation": {}}',
        '{"format": "1", "evaluation": {}}',
        '{"format": true, "evaluation": {}}',
        '{"format": 1}',
        '{"format": 1, "evaluation": []}',
        '{"format": 1, "evaluation": {}}',
    ],
)
def test_what_is_no_evaluation_is_refused(text: str) -> None:
    with pytest.raises(InvalidTruth, match=r"must be .*, got "):
        from_json(text)


def test_a_newer_format_says_what_to_do() -> None:
    with pytest.raises(InvalidTruth, match=r"format must be 1, got 2; read it with"):
        from_json('{"format": 2}')


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("title",), 3, r"evaluation\.title must be a text, got 3"),
        (("n_articles",), True, r"evaluation\.n_articles must be a whole number, got true"),
        (("n_articles",), 1.5, r"a whole number, got 1\.5"),
        (("settings",), [], r"evaluation\.settings must be an object"),
        (("settings", "seed"), 1, r"evaluation\.settings\['seed'\] must be a text"),
        (("tasks",), {}, r"evaluation\.tasks must be a list"),
        (("tasks", 0, "groups"), ["day"], r"tasks\[0\]\.groups must be a list of 2"),
        (("tasks", 0, "better", "nDCG@10"), None, r"better\['nDCG@10'\] must be a whole"),
        (("tasks", 0, "ages", 0, "shares", 0), "x", r"shares\[0\] must be a number, null"),
        (("tasks", 0, "ages", 0, "shares", 0), True, r"shares\[0\] must be a number, null"),
        (("tasks", 0, "ages", 0, "shares", 0), 10**400, r"shares\[0\] must be a number that fits"),
        (("tasks", 0, "surprise"), 1, r"with only .*, got \[\"surprise\"\]"),
        (("tasks", 0, "systems"), None, r"systems must be a list, got null"),
    ],
)
def test_damage_is_named_with_its_place(
    path: tuple[str | int, ...], value: object, message: str
) -> None:
    record = json.loads(to_json(site_evaluation()))
    *steps, last = path
    part = record["evaluation"]
    for step in steps:
        part = part[step]
    part[last] = value
    with pytest.raises(InvalidTruth, match=message):
        from_json(json.dumps(record))


def test_every_missing_field_is_named() -> None:
    for part in fields(Evaluation):
        assert part.default is MISSING
        record = json.loads(to_json(empty_evaluation()))
        del record["evaluation"][part.name]
        with pytest.raises(InvalidTruth, match=f"an object with {part.name}, got"):
            from_json(json.dumps(record))


@given(st.integers(0, 20_000), st.characters())
@settings(max_examples=60, deadline=None)
def test_no_single_change_raises_anything_else(place: int, character: str) -> None:
    text = to_json(empty_evaluation())
    place %= len(text)
    with suppress(InvalidTruth):
        from_json(text[:place] + character + text[place + 1 :])


def changed(task: TaskResult, **parts: Any) -> Evaluation:
    return replace(site_evaluation(), tasks=(replace(task, **parts),))
