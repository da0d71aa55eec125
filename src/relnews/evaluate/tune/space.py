"""What is tuned, and which policies a search looks at: a sweep, a sample, and what is near."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, isclose, log
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import qmc

from relnews.rank.diversity import Dpp, Mmr
from relnews.rank.relevance import LATENT_WEIGHT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from relnews.policy import Policy

    Values = npt.NDArray[np.float64]

_STEP = 0.12
"""Standard deviation of a step away from a good policy, as a share of a setting's range."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One number of a policy.

    Attributes
    ----------
    name
        A field of `Policy`, or ``diversity`` for that of its selector.
    low, high
        What is searched; a start policy may lie outside.
    rungs
        The values that are tried alone.
    is_ratio
        Whether a step multiplies (half-lives) instead of adding.
    is_whole
        Whether only whole numbers make sense.
    """

    name: str
    low: float
    high: float
    rungs: tuple[float, ...]
    is_ratio: bool = False
    is_whole: bool = False

    def of(self, policy: Policy) -> float | None:
        """Give the value in a policy; None for a semantic weight that is left to the model."""
        owner = policy.selector if self.name == "diversity" else policy
        value = getattr(owner, self.name)
        return None if value is None else float(value)

    def put(self, policy: Policy, value: float) -> Policy:
        """Give a policy with another value."""
        if self.name == "diversity" and isinstance(policy.selector, Mmr | Dpp):
            return replace(policy, selector=replace(policy.selector, diversity=value))
        number = int(value) if self.is_whole else float(value)
        changed: Policy = replace(policy, **{self.name: number})  # type: ignore[arg-type]
        return changed

    def place(self, value: float) -> float:
        """Give where a value lies in the range: 0 at its low end, 1 at its high one."""
        if self.is_ratio:
            return log(value / self.low) / log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def at(self, place: float) -> float:
        """Give the value at a place, which is moved into [0, 1], to three digits."""
        place = min(max(place, 0.0), 1.0)
        if self.is_ratio:
            return float(f"{self.low * exp(place * log(self.high / self.low)):.3g}")
        value = self.low + place * (self.high - self.low)
        return float(round(value)) if self.is_whole else round(value, 3)


HALF_LIFE = Setting(
    "half_life_hours", 6.0, 1440.0, (12.0, 24.0, 48.0, 96.0, 192.0, 384.0, 768.0), is_ratio=True
)

SETTINGS = (
    HALF_LIFE,
    Setting("freshness_floor", 0.0, 0.8, (0.0, 0.3, 0.5, 0.7)),
    Setting("semantic_weight", 0.0, 0.5, (0.0, 0.1, 0.2, 0.35)),
    Setting("relevance_floor", 0.5, 0.99, (0.7, 0.8, 0.95, 0.98)),
    Setting("diversity", 0.0, 0.5, (0.0, 0.2, 0.3, 0.5)),
    Setting("relevance_zero", 0.0, 0.9, (0.25, 0.75, 0.9)),
    Setting("max_same_story", 1.0, 5.0, (1.0, 2.0, 5.0), is_whole=True),
)
"""What is searched, in the order in which a short search tries it: time is the strongest signal
after likeness (`benchmarks/README.md`), and its rungs serve the sections, too."""


class Space:
    """The policies around a start policy.

    Diversity is part of it when the start's selector is `Mmr` or `Dpp`: another one's settings
    are not known.

    Parameters
    ----------
    start
        What is changed.
    measured_weight
        The semantic weight of a policy that leaves it to the model.

    Attributes
    ----------
    start
        What is changed.
    settings
        What may change in it.
    """

    def __init__(self, start: Policy, measured_weight: float = LATENT_WEIGHT) -> None:
        self.start = start
        self._measured = measured_weight
        is_known = isinstance(start.selector, Mmr | Dpp)
        self.settings = tuple(each for each in SETTINGS if is_known or each.name != "diversity")

    def value(self, setting: Setting, policy: Policy) -> float:
        """Give the value that counts under a policy."""
        value = setting.of(policy)
        return self._measured if value is None else value

    def like(self, policy: Policy, setting: Setting, other: Policy) -> Policy:
        """Give a policy with a setting as another one has it, be it left to the model."""
        value = setting.of(other)
        if value is None:
            return replace(policy, semantic_weight=None)
        return setting.put(policy, value)

    def changed(self, policy: Policy) -> tuple[Setting, ...]:
        """Give the settings in which a policy differs from the start."""
        return tuple(
            each
            for each in self.settings
            if not isclose(self.value(each, policy), self.value(each, self.start), abs_tol=1e-9)
        )

    def distance(self, policy: Policy) -> tuple[int, float]:
        """Tell how far a policy is from the start: settings changed, then how much, squared.

        Each section with a half-life of its own, that the start does not have, is one change.
        """
        changed = self.changed(policy)
        steps = [self._place(each, policy) - self._place(each, self.start) for each in changed]
        own = dict(policy.section_half_life_hours).items()
        n_sections = len(own - dict(self.start.section_half_life_hours).items())
        return len(changed) + n_sections, float(sum(step**2 for step in steps))

    def sweep(self) -> list[Policy]:
        """Give the start with one setting changed, for each rung of each setting."""
        return self.without_repeats(
            each.put(self.start, rung) for each in self.settings for rung in each.rungs
        )

    def sample(self, size: int, generator: np.random.Generator) -> list[Policy]:
        """Give policies all over the space, all settings changed at once.

        Points of a Sobol sequence, shifted at random (Cranley & Patterson 1976, SIAM J. Numer.
        Anal. 13:904): they fill the space more evenly than independent draws.
        """
        if size < 1:
            return []
        n_doublings = (size - 1).bit_length()
        points = qmc.Sobol(len(self.settings), scramble=False).random_base2(n_doublings)[:size]
        points = (points + generator.random(len(self.settings))) % 1.0
        return [self._at(self.start, self.settings, point) for point in points]

    def near(
        self, leaders: Sequence[Policy], size: int, generator: np.random.Generator
    ) -> list[Policy]:
        """Give policies around some good ones, best first; at most so many, none a leader.

        First the best one with one of its changes taken back, as what a change is worth shows
        when it is missing; then the leaders in turn with a small step in what they change, or in
        everything, for the start.
        """
        found = [
            self.like(leader, each, self.start)
            for leader in leaders[:1]
            for each in self.changed(leader)
        ]
        for place in range(2 * size if leaders else 0):
            leader = leaders[place % len(leaders)]
            moved = self.changed(leader) or self.settings
            places = np.array([self._place(each, leader) for each in moved])
            found.append(self._at(leader, moved, places + generator.normal(0, _STEP, len(moved))))
        return self.without_repeats(found, leaders)[:size]

    def without_repeats(
        self, policies: Iterable[Policy], known: Iterable[Policy] = ()
    ) -> list[Policy]:
        """Leave out the start, what is known and what was there before."""
        seen, found = [self.start, *known], []
        for policy in policies:
            if policy not in seen:
                seen.append(policy)
                found.append(policy)
        return found

    def _place(self, setting: Setting, policy: Policy) -> float:
        return setting.place(self.value(setting, policy))

    def _at(self, policy: Policy, settings: Sequence[Setting], places: Values) -> Policy:
        for each, place in zip(settings, places, strict=True):
            policy = each.put(policy, each.at(float(place)))
        return policy
