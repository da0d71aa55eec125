"""What is asked of all systems, for each kind of truth that a dataset has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from relnews.errors import InvalidTruth
from relnews.evaluate.ask import questions as ask
from relnews.evaluate.compare.judged_pairs import pair_groups

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from relnews.evaluate.archive import Archive
    from relnews.evaluate.truth import JudgedPair, Question, Truth

Grouping = Literal["day", "story", "subject", "article"]
"""What is resampled together."""

_CLICKED = ("nDCG", "recall", "hit")

PAIRS_K = 5
"""Judged pairs are looked at no deeper: few articles were judged with each source."""

SAMPLE = 1_000
"""So many questions are drawn where there are more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One truth, ready to be asked about.

    Attributes
    ----------
    name, about
        What the report calls it; and a sentence on how questions and gains were made.
    questions
        With gains; leaks are not yet taken out.
    k
        How long the lists are that it is decided by.
    grouping
        What the group of a question is.
    dated
        Whether moments mean something: without dates, freshness says nothing.
    same_source
        Whether lists stay within the source article's own outlet.
    pairs
        Judged pairs, where similarities are held against people's judgement.
    compared
        Names of the metrics that systems are compared on, without ``@k``.
    """

    name: str
    about: str
    questions: tuple[Question, ...]
    k: int
    grouping: Grouping = "day"
    dated: bool = True
    same_source: bool = False
    pairs: tuple[JudgedPair, ...] = ()
    compared: tuple[str, ...] = ("nDCG", "recall")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the makers of tasks need."""

    truth: Truth
    archive: Archive
    k: int
    size: int
    seed: int
    since: datetime | None

    def draw(self, questions: Sequence[Question]) -> tuple[Question, ...]:
        """Draw from all questions."""
        return tuple(ask.sample(questions, self.size, self.generator()))

    def draw_later(self, questions: Sequence[Question]) -> tuple[Question, ...]:
        """Draw from the questions that are not too early to be asked."""
        since = self.since
        return self.draw([one for one in questions if since is None or one.at >= since])

    def generator(self) -> np.random.Generator:
        """Start anew for each use, so that no task depends on which others are made."""
        return np.random.default_rng(self.seed)


def make_tasks(  # noqa: PLR0913  # the house allows six
    truth: Truth,
    archive: Archive,
    generator: np.random.Generator,
    *,
    names: Sequence[str] = (),
    k: int = 10,
    size: int = SAMPLE,
    since: datetime | None = None,
) -> tuple[Task, ...]:
    """Make the tasks that a dataset has the truth for.

    Parameters
    ----------
    truth, archive
        What is known, of which articles.
    generator
        Draws the questions where there are more than `size`.
    names
        Some of `TASKS`. Empty: all that people made; sections and tags only where there is
        nothing else.
    k
        List length; judged pairs are looked at five deep.
    size
        At most so many questions each.
    since
        Questions with a moment of their own are asked from here on only.

    Raises
    ------
    InvalidTruth
        When a name is unknown, or nothing can be asked.
    """
    unknown = [name for name in names if name not in TASKS]
    if unknown:
        msg = f"a task must be one of {', '.join(TASKS)}, got {', '.join(unknown)}"
        raise InvalidTruth(msg)
    seed = int(generator.integers(2**63))
    asked = _Asked(truth, archive, k, size, seed, since)
    made = _made(names or _BY_PEOPLE, asked)
    if not made and not names:
        made = _made(_PROXIES, asked)
    if not made:
        wanted = ", ".join(names or TASKS)
        later = "" if since is None else f" from {since.isoformat()} on"
        msg = f"there must be truth about these articles{later} ({wanted}), found none"
        raise InvalidTruth(msg)
    return tuple(made)


def _made(names: Sequence[str], asked: _Asked) -> list[Task]:
    """Make tasks, without those that have no right answer at all."""
    made = [task for name in names for task in TASKS[name](asked)]
    return [task for task in made if any(question.gains for question in task.questions)]


def _links(asked: _Asked) -> list[Task]:
    found = asked.draw_later(ask.from_links(asked.truth.links, asked.archive))
    within = _stay_within(found, asked.archive)
    about = "What editors linked from their own articles, asked when they did"
    about += ", within the outlet, as all of these links are." if within else "."
    return [Task(name="links", about=about, questions=found, k=asked.k, same_source=within)]


def _events(asked: _Asked) -> list[Task]:
    found = asked.draw_later(ask.from_events(asked.truth.events, asked.archive))
    about = "What the same reader turned to within a week, of what was live at the moment."
    task = Task(name="events", about=about, questions=found, k=asked.k, compared=_CLICKED)
    tasks = [task]
    sources = {asked.archive.latest(question.source.id).source for question in found}
    if len(sources) > 1:
        about = f"{about} Lists and right answers stay within the outlet of the source."
        within = tuple(_within_outlet(question, asked.archive) for question in found)
        own = replace(task, name="events, own outlet", about=about, questions=within)
        tasks.append(replace(own, same_source=True))
    return tasks


def _impressions(asked: _Asked) -> list[Task]:
    tasks = []
    every = asked.truth.impressions
    for place in dict.fromkeys(shown.place for shown in every):
        here = [shown for shown in every if shown.place == place]
        found = asked.draw_later(ask.from_impressions(here, asked.archive))
        logged = sum(shown.propensities is not None for shown in here)
        about = "What was clicked of the articles shown under the source, ranked among them. "
        if logged:
            about += (
                f"{logged:,} of {len(here):,} impressions have propensities; clicks on other "
                "lists are estimated from those alone."
            )
        else:
            about += "Without propensities, clicks on other lists cannot be estimated."
        k = min(asked.k, max((len(question.only or ()) for question in found), default=1))
        name = f"impressions: {place}" if place else "impressions"
        tasks.append(Task(name=name, about=about, questions=found, k=k, compared=_CLICKED))
    return tasks


def _pairs(asked: _Asked) -> list[Task]:
    tasks = []
    pairs = [
        pair
        for pair in asked.truth.pairs
        if pair.source_id in asked.archive and pair.target_id in asked.archive
    ]
    for scale in dict.fromkeys(pair.scale for pair in pairs):
        judged = tuple(pair for pair in pairs if pair.scale == scale)
        found = asked.draw(_by_subject(ask.from_pairs(judged, asked.archive, scale), judged))
        about = (
            f"What people said of {len(judged):,} pairs ({scale}); lists of those that were "
            "judged together with the source."
        )
        task = Task(
            name=f"pairs: {scale}",
            about=about,
            questions=found,
            k=min(asked.k, PAIRS_K),
            grouping="subject",
            dated=False,
            pairs=judged,
            compared=("nDCG",),
        )
        tasks.append(task)
    return tasks


def _by_subject(questions: list[Question], pairs: Sequence[JudgedPair]) -> list[Question]:
    """Group questions by what people called alike, since each pair is asked about twice."""
    both = [*pairs, *(replace(p, source_id=p.target_id, target_id=p.source_id) for p in pairs)]
    groups = dict(zip((pair.source_id for pair in both), pair_groups(both), strict=True))
    return [replace(one, group=groups[one.source.id]) for one in questions]


def _chains(asked: _Asked) -> list[Task]:
    found = asked.draw(ask.from_chains(asked.truth.chains, asked.archive))
    about = "The other articles of the same running story, once all of it was out."
    return [_undated("chains", about, found, asked.k, "story")]


def _sections(asked: _Asked) -> list[Task]:
    return _labels(asked, "sections", "section", "Articles of the same section: a weak proxy.")


def _tags(asked: _Asked) -> list[Task]:
    return _labels(
        asked, "tags", "tags", "Articles with common tags, by their number: a weak proxy."
    )


def _labels(asked: _Asked, name: str, of: Literal["section", "tags"], about: str) -> list[Task]:
    """Draw articles that have a label before questions are made, which hold all of their kind."""
    archive = asked.archive
    ids = [one for one in archive.ids if getattr(archive.latest(one), of)]
    if len(ids) > asked.size:
        places = np.sort(asked.generator().choice(len(ids), asked.size, replace=False))
        ids = [ids[place] for place in places]
    found = tuple(ask.from_labels(archive, of, ids))
    return [_undated(name, about, found, asked.k, "article")]


def _undated(
    name: str, about: str, found: tuple[Question, ...], k: int, grouping: Grouping
) -> Task:
    task = Task(name=name, about=about, questions=found, k=k, grouping=grouping, dated=False)
    return replace(task, compared=("nDCG", "precision"))


TASKS: dict[str, Callable[[_Asked], list[Task]]] = {
    "links": _links,
    "events": _events,
    "impressions": _impressions,
    "pairs": _pairs,
    "chains": _chains,
    "sections": _sections,
    "tags": _tags,
}
"""How each kind of truth becomes tasks, by the name that the command line takes."""

_PROXIES = ("sections", "tags")
_BY_PEOPLE = tuple(name for name in TASKS if name not in _PROXIES)


def _stay_within(questions: Sequence[Question], archive: Archive) -> bool:
    """Tell whether all right answers are of the outlet of their source."""
    return all(
        archive.latest(name).source == question.source.source
        for question in questions
        for name in question.gains
    )


def _within_outlet(question: Question, archive: Archive) -> Question:
    kept = {
        name: gain
        for name, gain in question.gains.items()
        if archive.latest(name).source == question.source.source
    }
    return replace(question, gains=kept)
