"""Leak guards: what would make a recommender look better than it is, taken out and counted.

Each guard takes questions and gives them back clean, with one removal for each thing it took.
A target that is taken out is no right answer any more.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from relnews.rank.check import is_live
from relnews.text import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from relnews.evaluate.archive import Archive
    from relnews.evaluate.catalogue import Catalogue
    from relnews.evaluate.protocols import Recommends
    from relnews.evaluate.truth import Question
    from relnews.evaluate.world.world import World

QUOTED = "headline quoted in the source"

MIN_QUOTED_WORDS = 3
"""A shorter headline, such as "Wetter", stands in many texts by chance."""


@dataclass(frozen=True, slots=True)
class Removal:
    """A target that a guard took out of a question; an empty id stands for the question."""

    guard: str
    source_id: str
    target_id: str


@dataclass(frozen=True, slots=True)
class Guarded:
    """Questions without leaks, and what was removed."""

    questions: tuple[Question, ...]
    removals: tuple[Removal, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How much each guard removed."""
        return dict(Counter(removal.guard for removal in self.removals))


def guard(questions: Iterable[Question], catalogue: Catalogue) -> Guarded:
    """Take out what cannot be asked, and right answers that flatter.

    A question goes when its source shows no list at its moment. A target goes when it was not
    live then, when it is a near-duplicate of the source, or when the source quotes its headline.
    What is quoted is ignored in lists too; to show one of the others is no merit.
    """
    checks: tuple[tuple[str, Callable[[Question, str], bool]], ...] = (
        ("not live at the moment", lambda q, name: not catalogue.archive.is_live(name, q.at)),
        ("near-duplicate of the source", lambda q, name: is_copy(q, name, catalogue)),
        (QUOTED, lambda q, name: is_quoted(q, name, catalogue)),
    )
    clean, removals = [], []
    for question in questions:
        source_id = question.source.id
        if not shows_a_list(question, catalogue):
            removals.append(Removal("no list under the source at the moment", source_id, ""))
            continue
        taken: dict[str, str] = {}
        for name in question.gains:
            broken = next((word for word, leaks in checks if leaks(question, name)), None)
            if broken:
                taken[name] = broken
        removals += [Removal(word, source_id, name) for name, word in taken.items()]
        gains = {name: gain for name, gain in question.gains.items() if name not in taken}
        quoted = {name for name, word in taken.items() if word == QUOTED}
        clean.append(replace(question, gains=gains, ignored=question.ignored.union(quoted)))
    return Guarded(tuple(clean), tuple(removals))


def shows_a_list(question: Question, catalogue: Catalogue) -> bool:
    """Tell whether the source is on the site at the moment, with a list under it."""
    retracted = catalogue.archive.retractions.get(question.source.id)
    if question.source.no_list or (retracted is not None and retracted <= question.at):
        return False
    return is_live(replace(question.source, never_recommend=False), question.at)


def is_copy(question: Question, target_id: str, catalogue: Catalogue) -> bool:
    """Tell whether a target of then is a near-duplicate of the source as it is asked about."""
    target = catalogue.archive.version(target_id, question.at)
    return target is not None and catalogue.are_copies(question.source, target)


def is_quoted(question: Question, target_id: str, catalogue: Catalogue) -> bool:
    """Tell whether a target's headline of then stands word for word in the source's text."""
    target = catalogue.archive.version(target_id, question.at)
    if target is None:
        return False
    headline, source = _spaced(target.headline), question.source
    return headline.count(" ") > MIN_QUOTED_WORDS and headline in _spaced(
        f"{source.teaser}\n{source.body}"
    )


@lru_cache(maxsize=4096)
def _spaced(text: str) -> str:
    """Give the words of a text with a space on both sides of each."""
    return f" {' '.join(words(text))} "


def not_before(
    questions: Iterable[Question], fitted_until: datetime | None, *, what: str = "a refit"
) -> Guarded:
    """Take out the questions whose moment a fitted system has already seen.

    Parameters
    ----------
    questions
        What is to be asked.
    fitted_until
        The newest moment that the system was fitted on; None when it was not fitted.
    what
        Names the guard in the report.
    """
    kept, removals = [], []
    for question in questions:
        if fitted_until is None or question.at >= fitted_until:
            kept.append(question)
        else:
            removals.append(Removal(f"{what} saw the future", question.source.id, ""))
    return Guarded(tuple(kept), tuple(removals))


def sees_the_future(
    build: Callable[[World], Recommends],
    worlds: Callable[[Archive], World],
    archive: Archive,
    questions: Sequence[Question],
    k: int = 10,
) -> tuple[str, ...]:
    """Name the sources whose list changes when what came after the moment is taken away.

    The test needs no look into the system. It is built once on the whole archive and once on
    the archive as it stood at the moment; both lists must be the same. Whatever leaks through
    the archive, be it document frequencies, later texts or a model fitted on it, makes them
    differ. What a system brings with it, such as events or a model from a file, is the same
    both times and goes unseen: `Readers` and `not_before` are there for that. One list takes a
    whole new world, so that a few questions must do.

    Parameters
    ----------
    build
        Makes the system from a world, as for `replay`.
    worlds
        Makes a world from an archive, such as `World`.
    archive, questions, k
        What is asked.
    """
    found = []
    for question in questions:
        lists = []
        for known in (archive, archive.until(question.at)):
            with closing(worlds(known)) as world:
                system = build(world)
                world.advance(question.at)
                lists.append(tuple(system.recommend(question.source, question.at, k)))
        if lists[0] != lists[1]:
            found.append(question.source.id)
    return tuple(found)
