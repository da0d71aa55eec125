"""Who is compared: in which order, who is left out, and what is refused."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np
import pytest

from encoders import LetterEncoder
from newsroom import TOPICS, an_article, hours, plain
from relnews import Policy
from relnews.errors import InvalidTruth
from relnews.evaluate import (
    BASELINES,
    Archive,
    Event,
    Pipeline,
    Question,
    Ranked,
    StoredRun,
    Systems,
    World,
    replay,
)
from relnews.evaluate.world.baselines import OtherModel
from relnews.evaluate.world.readers import Readers
from relnews.evaluate.world.systems import BY_DATE, DIVERSITIES, HALF_LIVES, curves
from relnews.rank.diversity import Dpp, Mmr

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from relnews import Article
    from relnews.evaluate.protocols import Recommends

SITE = tuple(
    an_article(
        f"{topic[0]}-{number}",
        topic,
        number,
        (number + 1) % 8,
        (number + 3) % 8,
        published_at=hours(number),
    )
    for topic in TOPICS
    for number in range(4)
)
NOBODY = Readers([])
READERS = Readers([Event("u", "b-1", hours(5)), Event("u", "t-2", hours(6))])


class Own:
    def __init__(self, world: World) -> None:
        self.world = world

    def recommend(self, source: Article, at: datetime, k: int) -> Sequence[str]:  # noqa: ARG002
        return ["b-0"]


@pytest.fixture
def world() -> Iterator[World]:
    with closing(World(Archive(SITE))) as made:
        yield made


def built(
    systems: Systems, world: World, readers: Readers = READERS, *, dated: bool = True
) -> dict[str, Recommends]:
    return systems.build(world, readers, np.random.default_rng(0), dated=dated)


def test_policies_come_first_then_others_runs_and_baselines(world: World) -> None:
    night = plain(half_life_hours=6.0)
    systems = Systems(
        baselines=["newest", "BM25"],
        runs={"theirs": {"b-0": ["b-1"]}},
        others={"own": Own},
        policies={"relnews": Policy(), "night": night},
    )
    found = built(systems, world)
    assert list(found) == ["relnews", "night", "own", "theirs", "newest", "BM25"]
    assert systems.main == "relnews"
    assert found["night"] == Pipeline(world, night)
    assert isinstance(found["own"], Own)
    assert found["own"].world is world
    assert found["theirs"] == StoredRun({"b-0": ["b-1"]})
    assert isinstance(found["newest"], Ranked)


@pytest.mark.parametrize(
    ("systems", "main"),
    [
        (Systems(), "relnews"),
        (Systems(policies={"night": Policy(), "day": Policy()}), "night"),
        (Systems(policies={}, others={"own": Own}, baselines=["newest"]), "own"),
        (Systems(policies={}, runs={"theirs": {}}, baselines=["newest"]), "theirs"),
        (Systems(policies={}, baselines=["BM25", "newest"]), "BM25"),
    ],
)
def test_the_first_is_the_one_that_all_others_are_held_against(
    systems: Systems, main: str, world: World
) -> None:
    assert systems.main == main
    assert next(iter(built(systems, world))) == main


@pytest.mark.parametrize(
    ("dated", "readers", "least", "idle"),
    [
        (True, READERS, 1, ()),
        (False, READERS, 1, BY_DATE),
        (True, NOBODY, 1, ("most read",)),
        (True, READERS, len(SITE), ()),
        (True, READERS, len(SITE) + 1, ("latent",)),
        (False, NOBODY, 1_000, (*BY_DATE, "most read", "latent")),
    ],
)
def test_baselines_that_have_nothing_to_go_by_are_left_out(
    world: World, readers: Readers, least: int, idle: tuple[str, ...], *, dated: bool
) -> None:
    """Without dates freshness, without readers popularity, below 1,000 articles meaning."""
    with patch.object(sys.modules[Systems.__module__], "MIN_ARTICLES", least):
        found = built(Systems(policies={}, baselines=tuple(BASELINES)), world, readers, dated=dated)
    assert list(found) == [name for name in BASELINES if name not in idle]


def test_a_library_needs_no_dates_nor_readers(world: World) -> None:
    assert list(built(Systems(), world, NOBODY, dated=False)) == ["relnews"]


def test_every_baseline_gives_lists(world: World) -> None:
    systems = Systems(baselines=tuple(BASELINES))
    asked = [Question(source=SITE[2], at=hours(10))]
    runs = replay(world, asked, built(systems, world), 3)
    for name, run in runs.items():
        assert run.failures == ()
        assert SITE[2].id not in run.lists[0]
        assert len(run.lists[0]) == (2 if name == "most read" else 3)


def test_systems_that_are_all_idle_are_refused(world: World) -> None:
    alone = Systems(policies={}, baselines=["latent", "most read"])
    with pytest.raises(InvalidTruth, match="latent, most read has nothing; add a policy"):
        built(alone, world, NOBODY)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"policies": {}}, "there must be a system to measure, got none"),
        ({"baselines": ["tfidf"]}, "a baseline must be one of BM25, .*, random, got tfidf"),
        ({"baselines": "newest"}, "a baseline must be one of .* got n, e, w, e, s, t"),
        ({"runs": {"relnews": {}}}, "name of its own, several are called 'relnews'"),
        ({"others": {"newest": Own}, "baselines": ["newest"]}, "several are called 'newest'"),
        ({"runs": {"own": {}}, "others": {"own": Own}}, "several are called 'own'"),
    ],
)
def test_systems_that_cannot_be_made_or_told_apart_are_refused(
    given: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidTruth, match=message):
        Systems(**given)


def test_a_baseline_that_is_named_twice_is_one(world: World) -> None:
    assert list(built(Systems(baselines=["newest", "newest"]), world)) == ["relnews", "newest"]


def test_what_makes_no_recommender_is_refused_by_name(world: World) -> None:
    def fails(_: World) -> Recommends:
        msg = "no model here"
        raise OSError(msg)

    with pytest.raises(
        InvalidTruth, match=r"mine:make must make a recommender .* OSError: no model here"
    ):
        built(Systems(others={"mine:make": fails}), world)
    nothing: Any = dict
    with pytest.raises(InvalidTruth, match=r"mine:make must make .* recommend\(source, at, k\)"):
        built(Systems(others={"mine:make": lambda _: nothing()}), world)


@pytest.mark.parametrize(
    "policy",
    [
        Policy(),
        plain(half_life_hours=7.0, section_half_life_hours={"Kultur": 200.0}),
        plain(selector=Dpp(0.2)),
    ],
)
def test_the_policies_on_a_curve_vary_one_setting(policy: Policy) -> None:
    found = curves(policy)
    assert list(found) == ["half-life", "diversity"]
    assert list(found["half-life"]) == ["12 h", "24 h", "60 h", "168 h", "720 h"]
    assert list(found["diversity"]) == ["0", "0.2", "0.4", "0.6"]

    def changed(varied: Policy) -> set[str]:
        names = {one.name for one in fields(Policy)}
        return {name for name in names if getattr(varied, name) != getattr(policy, name)}

    for hours_, varied in zip(HALF_LIVES, found["half-life"].values(), strict=True):
        assert varied == replace(policy, half_life_hours=hours_, section_half_life_hours={})
        assert changed(varied) <= {"half_life_hours", "section_half_life_hours"}
    for share, varied in zip(DIVERSITIES, found["diversity"].values(), strict=True):
        assert varied.selector == Mmr(share)
        assert changed(varied) <= {"selector"}


def test_the_library_with_other_models_follows_the_first_policy_and_has_a_weight_of_its_own(
    world: World,
) -> None:
    policy, encoder = plain(semantic_weight=0.4, half_life_hours=7.0), LetterEncoder()
    systems = Systems(policies={"site": policy}, models={"letters": encoder, "latent view": None})
    assert systems.main == "site"
    for dated in (True, False):
        site, letters, latent = built(systems, world, dated=dated).values()
        assert isinstance(site, Pipeline)
        for made in (letters, latent):
            assert isinstance(made, OtherModel)
            assert made.world is world
            assert made.policy == replace(site.policy, semantic_weight=None)
            assert (made.policy.freshness_floor == 1.0) != dated
        assert isinstance(letters, OtherModel)
        letters.twin.advance(hours(1))
        assert letters.twin.mirror.model.semantic.encoder == encoder.settings


def test_models_alone_are_systems_too_under_the_default_policy(world: World) -> None:
    systems = Systems(policies={}, models={"letters": LetterEncoder()})
    assert systems.main == "letters"
    (made,) = built(systems, world).values()
    assert isinstance(made, OtherModel)
    assert made.policy == Policy()


def test_a_model_needs_a_name_of_its_own() -> None:
    with pytest.raises(InvalidTruth, match="several are called 'relnews'"):
        Systems(models={"relnews": None})


def test_a_pretrained_model_leaves_no_latent_view() -> None:
    archive = Archive([replace(SITE[0], id=f"a-{number}") for number in range(1000)])
    names = ["latent", "tf-idf"]
    assert Systems(baselines=names).absent(archive, NOBODY, dated=True) == {}
    systems = Systems(baselines=names, encoder=LetterEncoder())
    absent = systems.absent(archive, NOBODY, dated=True)
    assert absent == {"latent": "the semantic view is that of a pretrained model"}
