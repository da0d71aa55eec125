"""The search itself: choose on earlier questions, check on later ones."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from relnews.errors import InvalidQuery
from relnews.evaluate.tune.outcome import Jury
from relnews.evaluate.tune.record import Tuned
from relnews.evaluate.tune.rounds import choose, first_round, lives_of_sections, second_round
from relnews.evaluate.tune.space import Space
from relnews.evaluate.tune.split import parted, resampler_of
from relnews.evaluate.tune.trials import front, trial
from relnews.evaluate.tune.verdict import compared, smallest_effect, verdict
from relnews.evaluate.world.world import World
from relnews.policy import Policy
from relnews.rank.relevance import LATENT_WEIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np

    from relnews.evaluate.archive import Archive
    from relnews.evaluate.catalogue import Catalogue
    from relnews.evaluate.compare.intervals import Resampler
    from relnews.evaluate.truth import Question
    from relnews.evaluate.tune.outcome import Outcome
    from relnews.evaluate.tune.record import SectionLife
    from relnews.evaluate.tune.split import Parts
    from relnews.protocols import ArticleEncoder


def tune(  # noqa: PLR0913  # the settings of a search, by name
    questions: Iterable[Question],
    archive: Archive,
    catalogue: Catalogue,
    *,
    generator: np.random.Generator,
    k: int = 10,
    start: Policy | None = None,
    n_candidates: int = 48,
    share: float = 0.6,
    same_source: bool = False,
    encoder: ArticleEncoder | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Tuned:
    """Find a policy from a site's own truth, and say whether it is any better.

    Candidates are tried on the earlier questions: the start policy, the start with one setting
    changed, a sample of the space; then what is near the best of them, and half-lives of
    sections. Of those that are as good as the best, the one with the fewest changes is chosen
    (`simplest_of_the_best`). The later questions, which had no say in it, compare it with the
    start policy. Only a policy that is better there is given for use; whatever else comes out,
    the start policy stays.

    Nothing is fitted on what came after the moment between the parts (`World(split=...)`).

    Cost: two walks through the archive's time (30 s each for 28,000 articles), and about 2 ms a
    list there. The default number of candidates, with those of the second round, took 94 s for
    111 earlier and 74 later questions, 138 s for 360 and 240, on one core.

    Parameters
    ----------
    questions
        Without leaks (`relnews.evaluate.ask.guards.guard`), with a day or story as their `group`;
        those without truth are left out.
    archive, catalogue
        What happened, and what is known of it.
    generator
        Draws candidates and resamples; the same seed gives the same result.
    k
        Entries per list, at least 1.
    start
        The policy to begin with and to beat; the default when None.
    n_candidates
        Policies of the first round, the start included, at least 1; the second round tries at
        most half as many.
    share
        In (0, 1): how much of the questions is earlier. The cut falls between two days.
    same_source
        Lists show only the source article's own outlet.
    encoder
        What gives the semantic view, and so what the tuned semantic weight belongs to; None: the
        latent view. The search starts at the weight measured for it, which takes a third walk
        where the encoder's settings name none.
    progress
        Called with 1 after each question: at most twice for an earlier one, once for a later.

    Raises
    ------
    InvalidTruth
        When no question has truth, or all are of one day.
    InvalidQuery
        When k, `n_candidates` or `share` is out of its range.
    """
    _require_count("k", k)
    _require_count("n_candidates", n_candidates)
    if not 0 < share < 1:
        msg = f"share must be in (0, 1), so that both parts have questions, got {share!r}"
        raise InvalidQuery(msg)
    parts = parted(questions, share)
    worlds = partial(World, archive, split=parts.split, same_source=same_source, encoder=encoder)
    space = Space(start or Policy(), _measured_weight(encoder, worlds))
    search = _Search(
        parts=parts,
        space=space,
        jury=Jury(catalogue, k, progress),
        worlds=worlds,
        resampler=resampler_of(parts.earlier, generator),
        generator=generator,
    )
    return _tuned(search, search.run(n_candidates), k)


def _measured_weight(encoder: ArticleEncoder | None, worlds: Callable[[], World]) -> float:
    """Give the semantic weight of a policy that names none, as it is between the parts."""
    if encoder is None:
        return LATENT_WEIGHT
    if encoder.settings.semantic_weight is not None:
        return encoder.settings.semantic_weight
    with closing(worlds()) as world:
        if world.split is not None:
            world.advance(world.split)
        return world.mirror.model.calibration.semantic_weight


@dataclass(frozen=True, slots=True)
class _Found:
    """Outcomes on the earlier questions, what sections ask for, and the two on the later ones."""

    outcomes: list[Outcome]
    lives: tuple[SectionLife, ...]
    start: Outcome
    chosen: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """What is looked for where."""

    parts: Parts
    space: Space
    jury: Jury
    worlds: Callable[[], World]
    resampler: Resampler
    generator: np.random.Generator

    def run(self, n_candidates: int) -> _Found:
        """Walk through time twice: the second walk goes on into the later part."""
        space, earlier, later = self.space, self.parts.earlier, self.parts.later
        wide = first_round(space, n_candidates, self.generator)
        with closing(self.worlds()) as world:
            outcomes = self.jury.hear(world, earlier, wide)
        lives = lives_of_sections(space, outcomes, earlier, self.resampler, self.generator)
        near = second_round(space, outcomes, lives, self.resampler, self.generator)
        with closing(self.worlds()) as world:
            outcomes += self.jury.hear(world, earlier, near)
            chosen = choose(space, outcomes, self.resampler).policy
            finals = [space.start, *space.without_repeats([chosen])]
            final = self.jury.hear(world, later, finals)
        return _Found(outcomes, lives, final[0], final[-1])


def _tuned(search: _Search, found: _Found, k: int) -> Tuned:
    parts, space = search.parts, search.space
    checks = resampler_of(parts.later, search.generator)
    comparison = compared(found.chosen, found.start, k, checks)
    smallest = smallest_effect(found.chosen, found.start, checks)
    words = verdict(comparison, checks.n_groups, smallest)
    trials = [trial(space, outcome, search.resampler) for outcome in found.outcomes]
    return Tuned(
        policy=found.chosen.policy if words == "better" else space.start,
        verdict=words,
        start=space.start,
        chosen=found.chosen.policy,
        k=k,
        split=parts.split,
        n_earlier=len(parts.earlier),
        n_later=len(parts.later),
        groups_earlier=search.resampler.n_groups,
        groups_later=checks.n_groups,
        trials=tuple(trials),
        front=front(trials),
        sections=found.lives,
        later_start=trial(space, found.start, checks),
        later_chosen=trial(space, found.chosen, checks),
        comparison=comparison,
        smallest_effect=smallest,
    )


def _require_count(name: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        msg = f"{name} must be a whole number of at least 1, got {value!r}"
        raise InvalidQuery(msg)
