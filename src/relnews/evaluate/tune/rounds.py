"""The two rounds of a search: wide first, then around what was good."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from relnews.evaluate.tune.choice import simplest_of_the_best
from relnews.evaluate.tune.sections import section_lives
from relnews.evaluate.tune.space import HALF_LIFE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relnews.evaluate.compare.intervals import Resampler
    from relnews.evaluate.truth import Question
    from relnews.evaluate.tune.outcome import Outcome
    from relnews.evaluate.tune.record import SectionLife
    from relnews.evaluate.tune.space import Setting, Space
    from relnews.policy import Policy

_N_LEADERS = 3


def first_round(space: Space, size: int, generator: np.random.Generator) -> list[Policy]:
    """Give the start, the start with one setting changed, and a sample of the whole space."""
    sweep = space.sweep()[: size - 1]
    sampled = space.sample(size - 1 - len(sweep), generator)
    return [space.start, *space.without_repeats([*sweep, *sampled])]


def choose(space: Space, outcomes: Sequence[Outcome], resampler: Resampler) -> Outcome:
    """Choose the policy nearest to the start among those that are as good as the best."""
    values = np.column_stack([outcome.accuracy for outcome in outcomes])
    distances = [space.distance(outcome.policy) for outcome in outcomes]
    return outcomes[simplest_of_the_best(values, distances, resampler)]


def lives_of_sections(
    space: Space,
    outcomes: Sequence[Outcome],
    questions: Sequence[Question],
    resampler: Resampler,
    generator: np.random.Generator,
) -> tuple[SectionLife, ...]:
    """Find half-lives of sections on the rungs of the sweep, beside the one chosen for all."""
    by_hours = {
        outcome.policy.half_life_hours: outcome.accuracy
        for outcome in _alone(space, outcomes, HALF_LIFE)
    }
    hours = choose(space, outcomes, resampler).policy.half_life_hours
    return section_lives(questions, by_hours, hours, generator)


def second_round(
    space: Space,
    outcomes: Sequence[Outcome],
    lives: Sequence[SectionLife],
    resampler: Resampler,
    generator: np.random.Generator,
) -> list[Policy]:
    """Give what the first round suggests, at most half as many policies as it tried.

    The best value of each setting put together; this and the chosen policy with the half-lives
    of sections, which so must pay off on all questions; and what is near the best policies.
    """
    size = len(outcomes) // 2
    chosen = choose(space, outcomes, resampler).policy
    united = _united(space, outcomes, resampler)
    by_section = {life.section: life.hours for life in lives}
    suggested = [_with_lives(base, by_section) for base in (chosen, united)] if lives else []
    ranked = sorted(outcomes, key=lambda outcome: -float(outcome.accuracy.mean()))
    leaders = [outcome.policy for outcome in ranked[:_N_LEADERS]]
    near = space.near(leaders, size, generator)
    known = [outcome.policy for outcome in outcomes]
    return space.without_repeats([*suggested, united, *near], known)[:size]


def _united(space: Space, outcomes: Sequence[Outcome], resampler: Resampler) -> Policy:
    """Give the start with each setting at the value that alone was chosen for it."""
    policy = space.start
    for setting in space.settings:
        best = choose(space, _alone(space, outcomes, setting), resampler).policy
        policy = space.like(policy, setting, best)
    return policy


def _alone(space: Space, outcomes: Sequence[Outcome], setting: Setting) -> list[Outcome]:
    """Give the outcomes of the start, and of the start with nothing but a setting changed."""
    return [each for each in outcomes if space.changed(each.policy) in {(), (setting,)}]


def _with_lives(policy: Policy, by_section: dict[str, float]) -> Policy:
    return replace(policy, section_half_life_hours={**policy.section_half_life_hours, **by_section})
