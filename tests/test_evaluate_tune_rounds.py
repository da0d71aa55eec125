"""The two rounds: what the first one shows decides what the second one tries."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from relnews.evaluate.archive import Archive
from relnews.evaluate.catalogue import Catalogue
from relnews.evaluate.compare.intervals import Resampler
from relnews.evaluate.truth import Question
from relnews.evaluate.tune.outcome import Jury, Outcome
from relnews.evaluate.tune.record import SectionLife
from relnews.evaluate.tune.rounds import choose, first_round, second_round
from relnews.evaluate.tune.space import Space
from relnews.evaluate.world.panel import Panel
from relnews.evaluate.world.world import World
from relnews.policy import Policy
from relnews.types import Article

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SPACE = Space(Policy())
SIZE = 48
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def outcomes_of(worth: Callable[[Policy], float]) -> list[Outcome]:
    """Give what the first round comes to where a policy has a worth of its own.

    Some questions are harder than others, for all policies alike.
    """
    generator = np.random.default_rng(1)
    hard, nothing = generator.random(50), np.zeros(50)
    return [
        Outcome(policy, worth(policy) - hard, nothing, nothing, 0)
        for policy in first_round(SPACE, SIZE, generator)
    ]


def second(outcomes: Sequence[Outcome], lives: Sequence[SectionLife] = ()) -> list[Policy]:
    generator = np.random.default_rng(2)
    return second_round(SPACE, outcomes, lives, resampler(), generator)


def resampler() -> Resampler:
    return Resampler([str(number) for number in range(50)], np.random.default_rng(3))


def both(policy: Policy) -> float:
    """Want half a day and much semantics, and nothing else changed."""
    unwanted = len(SPACE.changed(policy)) > 1
    return (policy.half_life_hours == 12) + (policy.semantic_weight == 0.35) - 0.5 * unwanted


def test_what_was_best_alone_is_tried_together() -> None:
    united = replace(Policy(), half_life_hours=12.0, semantic_weight=0.35)
    policies = second(outcomes_of(both))
    assert policies[0] == united


def test_sections_must_pay_off_with_all_other_settings() -> None:
    life = SectionLife(section="Sport", hours=24.0, instead_of=60.0, n=50, gain=0.1, error=0.01)
    policies = second(outcomes_of(both), [life])
    alone, united = policies[:2]
    assert alone.section_half_life_hours == united.section_half_life_hours == {"Sport": 24.0}
    assert len(SPACE.changed(alone)) == 1
    assert len(SPACE.changed(united)) == 2


def test_the_second_round_is_half_as_large_and_has_nothing_of_the_first() -> None:
    outcomes = outcomes_of(both)
    policies = second(outcomes)
    assert len(policies) == SIZE // 2
    assert not [policy for policy in policies if policy in [each.policy for each in outcomes]]
    assert second(outcomes[:1]) == []


def test_where_all_are_alike_the_start_is_chosen() -> None:
    assert choose(SPACE, outcomes_of(lambda _: 0.4), resampler()).policy == Policy()


def a_question() -> tuple[Archive, Question]:
    """Ask among an old article, two new ones and an unrelated one; the old one is right."""
    texts = {
        "source": ("Brücke über die Elmse gesperrt", 0),
        "old": ("Brücke der Elmse bekommt neue Pfeiler", 200),
        "new": ("Sperrung der Elmse Brücke verlängert", 5),
        "newer": ("Elmse Brücke bleibt noch gesperrt", 2),
        "other": ("Orchester probt im Theater", 1),
    }
    archive = Archive(
        Article(
            id=name,
            headline=headline,
            language="de",
            published_at=NOON - timedelta(hours=hours),
        )
        for name, (headline, hours) in texts.items()
    )
    source = archive.latest("source")
    return archive, Question(source=source, at=NOON, gains={"old": 1.0}, group="day")


def test_an_outcome_holds_what_the_list_is_worth() -> None:
    """The right one comes third, two of three are fresh."""
    archive, question = a_question()
    jury, ids = Jury(Catalogue(archive), 3, lambda _: None), ["newer", "new", "old"]
    with closing(World(archive)) as world:
        policy = Policy(relevance_floor=0.0, fill="none", story_similarity=1.0)
        (outcome,) = jury.hear(world, [question], [policy])
        assert list(Panel(world).recommend(policy, question.source, NOON, 3)) == ids
    cosines = Catalogue(archive).similarity(ids)[np.triu_indices(3, 1)]
    assert outcome.accuracy.tolist() == [pytest.approx(1 / np.log2(4))]
    assert outcome.freshness.tolist() == [pytest.approx(2 / 3)]
    assert outcome.diversity.tolist() == [pytest.approx(1 - cosines.mean())]
    assert outcome.n_failures == 0


def test_a_list_that_cannot_be_made_counts_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Sequence[str]:
        msg = "no list today"
        raise RuntimeError(msg)

    archive, question = a_question()
    monkeypatch.setattr(Panel, "recommend", fail)
    with closing(World(archive)) as world:
        jury = Jury(Catalogue(archive), 3, lambda _: None)
        (outcome,) = jury.hear(world, [question], [Policy()])
    assert outcome.n_failures == 1
    assert outcome.accuracy.tolist() == [0.0]


def test_no_policies_need_no_walk() -> None:
    archive, question = a_question()
    with closing(World(archive)) as world:
        assert Jury(Catalogue(archive), 3, lambda _: None).hear(world, [question], []) == []
        assert world.now < question.at
