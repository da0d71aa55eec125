"""What a policy gained on each question, and what that comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relnews.evaluate.metrics import NDCG, IntraListDiversity, ShareOlder
from relnews.evaluate.world.panel import Member, Panel
from relnews.evaluate.world.replay import judge, replay

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from relnews.evaluate.catalogue import Catalogue
    from relnews.evaluate.judged import Run
    from relnews.evaluate.truth import Question
    from relnews.evaluate.world.world import World
    from relnews.policy import Policy

    Values = npt.NDArray[np.float64]

FRESH_HOURS = 72.0
"""An entry is fresh up to this age."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """One policy on the questions, in their order; float64, shape (n,) each, larger is better.

    Attributes
    ----------
    accuracy
        nDCG@k, in [0, 1].
    freshness
        Share of the entries that are at most `FRESH_HOURS` old; NaN for an empty list.
    diversity
        Intra-list diversity, in [0, 1]; NaN for fewer than two entries.
    n_failures
        Lists that could not be made; they are empty and count as such.
    """

    policy: Policy
    accuracy: Values
    freshness: Values
    diversity: Values
    n_failures: int


class Jury:
    """Judges policies on questions.

    Parameters
    ----------
    catalogue
        What is known of all articles.
    k
        Entries per list.
    progress
        Called with 1 after each question, whatever the number of policies.
    """

    def __init__(self, catalogue: Catalogue, k: int, progress: Callable[[int], None]) -> None:
        self._catalogue, self._k, self._progress = catalogue, k, progress

    def hear(
        self, world: World, questions: Sequence[Question], policies: Sequence[Policy]
    ) -> list[Outcome]:
        """Ask all policies all questions in one walk of a world through time."""
        if not policies:
            return []
        panel = Panel(world)
        systems = {str(place): Member(panel, policy) for place, policy in enumerate(policies)}
        runs = replay(world, questions, systems, self._k, progress=self._progress)
        return [
            self._outcome(policy, runs[str(place)], questions)
            for place, policy in enumerate(policies)
        ]

    def _outcome(self, policy: Policy, run: Run, questions: Sequence[Question]) -> Outcome:
        lists = judge(run, questions, self._catalogue)
        accuracy, older = NDCG(self._k), ShareOlder(FRESH_HOURS, self._k)
        diversity = IntraListDiversity(self._k)
        return Outcome(
            policy=policy,
            accuracy=np.array([accuracy.of(each) for each in lists]),
            freshness=np.array([1.0 - older.of(each) for each in lists]),
            diversity=np.array([diversity.of(each) for each in lists]),
            n_failures=len(run.failures),
        )
