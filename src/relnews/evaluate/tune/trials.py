"""Outcomes summed up: means with intervals, in words what was changed, and the front."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.evaluate.tune.choice import pareto
from relnews.evaluate.tune.record import Trial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relnews.evaluate.compare.intervals import Resampler
    from relnews.evaluate.tune.outcome import Outcome
    from relnews.evaluate.tune.space import Space
    from relnews.policy import Policy


def trial(space: Space, outcome: Outcome, resampler: Resampler) -> Trial:
    """Sum up what a policy came to, with intervals."""
    return Trial(
        policy=outcome.policy,
        changes=changes(space, outcome.policy),
        accuracy=resampler.interval(outcome.accuracy),
        freshness=resampler.interval(outcome.freshness),
        diversity=resampler.interval(outcome.diversity),
        n_failures=outcome.n_failures,
    )


def front(trials: Sequence[Trial]) -> tuple[Trial, ...]:
    """Give the trials that no other beats in all three at once, most accurate first."""
    points = np.array(
        [(one.accuracy.value, one.freshness.value, one.diversity.value) for one in trials]
    )
    best = [trials[place] for place in np.flatnonzero(pareto(points)).tolist()]
    return tuple(sorted(best, key=lambda one: -one.accuracy.value))


def changes(space: Space, policy: Policy) -> str:
    """Say what differs from the start policy, such as ``half_life_hours 240, diversity 0``."""
    found = [f"{each.name} {space.value(each, policy):g}" for each in space.changed(policy)]
    own, given = dict(policy.section_half_life_hours), space.start.section_half_life_hours
    found += [
        f"half_life_hours of {section} {hours:g}"
        for section, hours in own.items()
        if given.get(section) != hours
    ]
    return ", ".join(found) or "start policy"
