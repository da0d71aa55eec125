"""Policy files: read as written, or refused with the reason."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.errors import InvalidPolicy
from relnews.policy import Policy
from relnews.rank.diversity import Dpp, Mmr
from relnews.settings import load_policy, policy_from, policy_to_toml

if TYPE_CHECKING:
    from pathlib import Path

    from relnews.protocols import Selection

FILE = """
half_life_hours = 36
freshness_floor = 0.2
fill = "section"
languages = ["de", "en"]
agencies = ["dpa"]
same_source = true
selector = {name = "dpp", diversity = 0.4}

[section_half_life_hours]
Kultur = 240
"Stadt & Land" = 96.5
"""


def test_a_file_gives_the_policy_it_describes(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(FILE, encoding="utf-8")
    expected = Policy(
        half_life_hours=36,
        freshness_floor=0.2,
        fill="section",
        languages=("de", "en"),
        agencies=("dpa",),
        same_source=True,
        selector=Dpp(0.4),
        section_half_life_hours={"Kultur": 240, "Stadt & Land": 96.5},
    )
    assert load_policy(path) == expected
    assert load_policy(str(path)) == expected


def test_what_is_not_given_keeps_its_default() -> None:
    assert policy_from({}) == Policy()
    assert policy_from({"story_days": 3}) == Policy(story_days=3)


def test_the_settings_given_are_left_as_they_were() -> None:
    settings = {"languages": ["de"], "selector": {"name": "mmr", "diversity": 0.2}}
    assert policy_from(settings).selector == Mmr(0.2)
    assert settings == {"languages": ["de"], "selector": {"name": "mmr", "diversity": 0.2}}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"half_live_hours": 3, "zzz": 1}, r"unknown: half_live_hours, zzz"),
        ({"half_life_hours": 0}, "half_life_hours must be a number greater than 0, got 0"),
        ({"freshness_floor": 2}, r"freshness_floor must be in \[0, 1\], got 2"),
        ({"languages": "de"}, "languages must be"),
        ({"languages": [1]}, "languages must be"),
        ({"section_half_life_hours": 24}, "must be a table of hours by section, got 24"),
        ({"section_half_life_hours": {"Sport": "x"}}, r"section_half_life_hours\['Sport'\]"),
        ({"selector": "mmr"}, "selector must be like .*, got 'mmr'"),
        ({"selector": {"name": "mmr"}}, "selector must be like"),
        ({"selector": {"name": "mmr", "diversity": 0.1, "k": 1}}, "selector must be like"),
        ({"selector": {"name": "msd", "diversity": 0.1}}, "must be one of mmr, dpp, got 'msd'"),
        ({"selector": {"name": ["mmr"], "diversity": 0.1}}, "must be one of mmr, dpp"),
        ({"selector": {"name": "dpp", "diversity": 1.5}}, r"must be in \[0, 1\], got 1.5"),
        ({"max_same_story": 0}, "max_same_story must be a whole number"),
        ({"fill": "all"}, "fill must be one of"),
        ({"same_source": "no"}, "same_source must be"),
    ],
)
def test_what_makes_no_policy_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidPolicy, match=message):
        policy_from(settings)


def test_an_unknown_key_is_answered_with_the_known_ones() -> None:
    with pytest.raises(InvalidPolicy, match=r"half_life_hours.*selector.*unknown: hours"):
        policy_from({"hours": 1})


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidPolicy, match=r"readable UTF-8, got .*nowhere\.toml"):
        load_policy(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"half_life_hours = \xff", "readable UTF-8"),
        (b"half_life_hours 24", "must be TOML"),
        (b"fill = 'none'\nfill = 'section'", "must be TOML"),
    ],
)
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "policy.toml"
    path.write_bytes(content)
    with pytest.raises(InvalidPolicy, match=message):
        load_policy(path)


_SHARES = st.floats(0, 1) | st.integers(0, 1)
_POSITIVE = st.floats(0, 1e300, exclude_min=True) | st.integers(1, 10**30)
_TEXTS = st.text(st.characters(codec="utf-8"))
POLICIES = st.builds(
    Policy,
    semantic_weight=_SHARES,
    relevance_zero=_SHARES,
    relevance_floor=_SHARES,
    half_life_hours=_POSITIVE,
    section_half_life_hours=st.dictionaries(_TEXTS, _POSITIVE, max_size=4),
    freshness_floor=_SHARES,
    evergreen_freshness=_SHARES,
    story_similarity=_SHARES,
    story_days=_POSITIVE,
    max_same_story=st.integers(1, 10**20),
    selector=st.builds(Mmr, _SHARES) | st.builds(Dpp, _SHARES),
    fill=st.sampled_from(["none", "section", "newest"]),
    languages=st.lists(_TEXTS, max_size=3).map(tuple),
    same_source=st.booleans(),
    agencies=st.lists(_TEXTS, max_size=3).map(tuple),
    agency_hours=_POSITIVE,
)


@given(POLICIES)
def test_a_written_policy_is_read_back(policy: Policy) -> None:
    assert policy_from(tomllib.loads(policy_to_toml(policy))) == policy


def test_a_written_file_is_read_back(tmp_path: Path) -> None:
    """Line ends in a text survive the file, too, though files have line ends of their own."""
    path = tmp_path / "policy.toml"
    name = 'a\r\nb\x85c\u2028\x00\x7f\t"\\ ü 😀 # ]'
    policy = Policy(section_half_life_hours={name: 0.1, "": 3}, languages=(name,))
    path.write_text(policy_to_toml(policy), encoding="utf-8")
    assert load_policy(path) == policy


def test_only_what_differs_is_written() -> None:
    assert policy_to_toml(Policy()) == ""
    assert policy_to_toml(Policy(half_life_hours=60, selector=Mmr(0.1))) == ""
    policy = Policy(half_life_hours=36, selector=Dpp(0.4), agencies=(), same_source=True)
    assert policy_to_toml(policy).splitlines() == [
        "half_life_hours = 36",
        'selector = {name = "dpp", diversity = 0.4}',
        "same_source = true",
        "agencies = []",
    ]


def test_what_no_file_can_hold_is_not_written() -> None:
    class Own:
        def begin(self, scores: object) -> Selection:
            raise NotImplementedError

    with pytest.raises(InvalidPolicy, match="must be one of mmr, dpp, got <"):
        policy_to_toml(replace(Policy(), selector=Own()))
    with pytest.raises(InvalidPolicy, match="must be valid Unicode"):
        policy_to_toml(Policy(languages=("\ud800",)))
