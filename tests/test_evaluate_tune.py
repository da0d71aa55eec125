"""Tuning, end to end: what was planted is found, noise is not, and the verdict is honest."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from encoders import LetterEncoder
from relnews.errors import InvalidQuery, InvalidTruth
from relnews.evaluate.archive import Archive
from relnews.evaluate.catalogue import Catalogue
from relnews.evaluate.truth import Question
from relnews.evaluate.tune import Tuned, tune
from relnews.evaluate.tune.search import _measured_weight
from relnews.evaluate.world.panel import Panel
from relnews.evaluate.world.remembering_encoder import RememberingEncoder
from relnews.evaluate.world.world import World
from relnews.policy import Policy
from relnews.rank.relevance import LATENT_WEIGHT
from relnews.types import Article

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST = datetime(2026, 1, 1, 6, tzinfo=UTC)
SECTIONS = ("Kultur", "Politik")
SPLIT = FIRST + timedelta(days=40)
START = Policy(fill="none")


@cache
def articles() -> tuple[Article, ...]:
    """Two sections with two subjects each, five articles a day for two months."""
    generator = np.random.default_rng(7)
    found = []
    for number in range(300):
        subject = int(generator.integers(4))
        rest = [f"satz{word}" for word in generator.integers(900, size=15)]
        words = [f"thema{subject}wort{word}" for word in generator.integers(40, size=30)]
        found.append(
            Article(
                id=f"a{number:03}",
                headline=" ".join(words[:5]),
                body=" ".join([*words[5:], *rest]),
                section=SECTIONS[subject % 2],
                source="Tagblatt",
                language="de",
                published_at=FIRST + timedelta(hours=4.8 * number),
            )
        )
    return tuple(found)


@cache
def archive() -> Archive:
    return Archive(articles())


@cache
def catalogue() -> Catalogue:
    return Catalogue(archive())


def asked(size: int = 120) -> list[Question]:
    """Ask under each of the newest articles when it comes out."""
    found = []
    for article in articles()[-size:]:
        assert article.published_at is not None
        day = article.published_at.date().isoformat()
        found.append(Question(source=article, at=article.published_at, group=day))
    return found


@cache
def answered_by(policy: str, size: int = 120) -> tuple[Question, ...]:
    """Call right what a policy puts on its first three places."""
    found = []
    with closing(World(archive())) as world:
        panel = Panel(world)
        for question in asked(size):
            world.advance(question.at)
            right = panel.recommend(PLANTED[policy], question.source, question.at, 3)
            found.append(replace(question, gains=dict.fromkeys(right, 1.0)))
    return tuple(found)


PLANTED = {
    "the old": replace(START, half_life_hours=768.0),
    "old culture": replace(START, section_half_life_hours={"Kultur": 768.0}),
}


def answered_at_random(seed: int = 3) -> tuple[Question, ...]:
    generator = np.random.default_rng(seed)
    found = []
    for place, question in enumerate(asked(), 180):
        right = generator.choice(place, 3, replace=False)
        gains = {articles()[number].id: 1.0 for number in right}
        found.append(replace(question, gains=gains))
    return tuple(found)


def tuned(questions: Sequence[Question], seed: int = 1, **settings: Any) -> Tuned:
    settings = {"start": START, "n_candidates": 8, "k": 5, "share": 0.5, **settings}
    generator = np.random.default_rng(seed)
    return tune(questions, archive(), catalogue(), generator=generator, **settings)


@cache
def tuned_for_the_old() -> Tuned:
    return tuned(answered_by("the old"))


@cache
def tuned_for_culture() -> Tuned:
    return tuned(answered_by("old culture", 180), share=0.6)


@cache
def tuned_on_noise() -> Tuned:
    return tuned(answered_at_random())


def test_a_site_whose_readers_want_the_old_gets_a_longer_half_life() -> None:
    found = tuned_for_the_old()
    assert found.verdict == "better"
    assert found.policy == found.chosen
    assert found.policy.half_life_hours > 300
    assert found.comparison.difference.low > 0
    assert found.comparison.p < 0.05
    assert found.later_chosen.accuracy.value > found.later_start.accuracy.value


def test_only_what_matters_is_changed() -> None:
    """The sample's policies change everything at once; the rule prefers the simple one."""
    assert tuned_for_the_old().later_chosen.changes.startswith("half_life_hours")
    assert "," not in tuned_for_the_old().later_chosen.changes


def test_random_truth_keeps_the_start_policy() -> None:
    found = tuned_on_noise()
    assert found.verdict == "no difference can be shown"
    assert found.policy == START
    assert found.smallest_effect <= 0.05


def test_a_section_with_a_half_life_of_its_own_gets_it() -> None:
    """Whether it is the one of all and the other section has its own does not matter."""
    found = tuned_for_culture()
    assert found.verdict == "better"
    own, of_all = found.policy.section_half_life_hours, found.policy.half_life_hours
    assert own
    assert own.get("Kultur", of_all) > 300
    assert own.get("Politik", of_all) < 100


def test_what_a_section_asks_for_is_told_with_its_evidence() -> None:
    found = tuned_for_culture()
    told = {life.section: life.hours for life in found.sections}
    assert told == found.policy.section_half_life_hours
    earlier = answered_by("old culture", 180)[: found.n_earlier]
    for life in found.sections:
        assert life.gain > life.error > 0
        assert life.n == sum(each.source.section == life.section for each in earlier)


def test_a_policy_that_is_right_already_stays() -> None:
    found = tuned(answered_by("the old")[:40], start=PLANTED["the old"], n_candidates=4)
    assert found.policy == found.chosen == PLANTED["the old"]
    assert found.verdict != "better"
    assert found.comparison.difference.value == 0


@pytest.mark.parametrize("size", [10, 60])
def test_few_questions_decide_nothing(size: int) -> None:
    found = tuned(answered_by("the old")[:size], n_candidates=3)
    assert found.verdict == "too few questions to decide"
    assert found.policy == START


def test_few_groups_decide_nothing() -> None:
    """A hundred questions on one story are one observation."""
    questions = [replace(each, group="one story") for each in answered_by("the old")]
    found = tuned(questions, n_candidates=2, k=3)
    assert (found.n_later > 50, found.groups_later) == (True, 1)
    assert found.verdict == "too few questions to decide"
    assert found.chosen == START


def test_later_questions_have_no_say_in_the_choice() -> None:
    """Their answers are swapped for nonsense: the same policy is chosen, and now it fails."""
    honest = tuned_for_the_old()
    questions = list(answered_by("the old"))
    noise = answered_at_random()
    cut = honest.n_earlier
    found = tuned([*questions[:cut], *noise[cut:]])
    assert found.split == honest.split
    assert found.chosen == honest.chosen
    assert found.trials == honest.trials
    assert found.verdict != "better"
    assert found.policy == START


def test_the_parts_are_those_of_the_split() -> None:
    found = tuned_for_the_old()
    moments = [question.at for question in answered_by("the old") if question.gains]
    assert found.n_earlier == sum(at < found.split for at in moments)
    assert found.n_later == sum(at >= found.split for at in moments)
    assert found.groups_earlier + found.groups_later == len({at.date() for at in moments})
    assert found.comparison.difference.n == found.n_later


def test_the_same_seed_gives_the_same_result_in_whatever_order_questions_come() -> None:
    questions = answered_by("the old")[:24]
    first = tuned(questions, seed=1, n_candidates=4)
    assert tuned(questions[::-1], seed=1, n_candidates=4) == first
    assert tuned(questions, seed=2, n_candidates=4).trials != first.trials


def test_the_front_holds_the_most_accurate_and_nothing_that_is_beaten() -> None:
    found = tuned_for_culture()

    def values(one: Any) -> tuple[float, float, float]:
        return (one.accuracy.value, one.freshness.value, one.diversity.value)

    best = max(one.accuracy.value for one in found.trials)
    assert found.front[0].accuracy.value == best
    assert set(map(values, found.front)) <= set(map(values, found.trials))
    for one in found.front:
        for other in found.trials:
            pairs = list(zip(values(other), values(one), strict=True))
            assert not (all(a >= b for a, b in pairs) and any(a > b for a, b in pairs))


def test_the_first_trial_is_the_start() -> None:
    for found in (tuned_for_the_old(), tuned_on_noise()):
        assert found.trials[0].policy == START
        assert found.trials[0].changes == "start policy"
        assert [one.n_failures for one in found.trials] == [0] * len(found.trials)


def test_questions_without_truth_are_left_out_and_progress_is_told() -> None:
    told: list[int] = []
    questions = answered_by("the old")[:40]
    silent = [replace(question, gains={}) for question in answered_by("the old")[40:]]
    found = tuned([*questions, *silent], n_candidates=3, progress=told.append)
    assert found.n_earlier + found.n_later == 40
    assert sum(told) == 2 * found.n_earlier + found.n_later


def test_one_candidate_is_the_start_alone() -> None:
    found = tuned(answered_at_random()[:20], n_candidates=1)
    assert [one.policy for one in found.trials] == [START]
    assert found.policy == found.chosen == START


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"k": 0}, "k must be a whole number of at least 1, got 0"),
        ({"k": True}, "k must be a whole number"),
        ({"share": 0.0}, r"share must be in \(0, 1\).*got 0.0"),
        ({"share": 1.0}, r"share must be in \(0, 1\)"),
        ({"share": float("nan")}, r"share must be in \(0, 1\)"),
        ({"n_candidates": 0}, "n_candidates must be a whole number of at least 1, got 0"),
        ({"n_candidates": 2.5}, "n_candidates must be a whole number"),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidQuery, match=message):
        tuned(answered_at_random(), **settings)


@pytest.mark.parametrize(
    ("questions", "message"),
    [
        ([], "at least one right answer, got none"),
        (asked(9), "at least one right answer, got none"),
        (answered_at_random()[:2], "two days at least .* got 2 on 2026-02-06"),
    ],
    ids=["none", "without truth", "one day"],
)
def test_questions_that_cannot_be_parted_are_refused(
    questions: list[Question], message: str
) -> None:
    with pytest.raises(InvalidTruth, match=message):
        tuned(questions)


@pytest.mark.parametrize("weight", [None, 0.37])
def test_a_search_starts_at_the_weight_of_the_model(weight: float | None) -> None:
    """The start that leaves the weight to the model, and one that names it, are one policy."""
    encoder = RememberingEncoder(LetterEncoder(semantic_weight=weight))
    found = _measured_weight(encoder, partial(World, archive(), split=SPLIT, encoder=encoder))
    with closing(World(archive(), split=SPLIT, encoder=encoder)) as world:
        world.advance(SPLIT)
        assert found == world.mirror.model.calibration.semantic_weight
    assert found == weight or weight is None
    assert found != LATENT_WEIGHT
    assert _measured_weight(None, partial(World, archive())) == LATENT_WEIGHT
