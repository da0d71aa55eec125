"""Lists as of their moment, of any number of systems, in one walk through time."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from relnews.errors import InvalidQuery
from relnews.evaluate.judged import Judged, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from relnews.evaluate.catalogue import Catalogue
    from relnews.evaluate.protocols import Recommends
    from relnews.evaluate.truth import Question
    from relnews.evaluate.world.world import World


def replay(
    world: World,
    questions: Sequence[Question],
    systems: Mapping[str, Recommends],
    k: int,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> dict[str, Run]:
    """Ask every system every question, each at its own moment.

    Questions are asked in time order, whatever order they come in; the world is moved to each
    moment before it is asked. A system that fails on a question, in whatever way, gets an empty
    list there, which counts against it, and the others go on.

    Parameters
    ----------
    world
        Fresh, or not yet past the first question.
    questions
        Any number.
    systems
        By name. Those that look at the world see it as of the moment.
    k
        Entries per list, at least 1. What a question leaves out is hidden in the world; systems
        that do not look there are asked for so many entries more.
    progress
        Called after each question with 1.

    Returns
    -------
    dict
        The run of each system, its lists in the order of `questions`.
    """
    if k < 1:
        msg = f"k must be at least 1, got {k!r}"
        raise InvalidQuery(msg)
    lists: dict[str, dict[int, tuple[str, ...]]] = {name: {} for name in systems}
    failures: dict[str, list[tuple[int, str]]] = {name: [] for name in systems}
    for place in sorted(range(len(questions)), key=lambda number: questions[number].at):
        question = questions[place]
        world.prepare(question)
        for name, system in systems.items():
            found, failure = _ask(system, question, k, len(world.hidden))
            lists[name][place] = found
            if failure:
                failures[name].append((place, failure))
        progress(1)
    places = range(len(questions))
    return {
        name: Run(name, k, tuple(lists[name][n] for n in places), tuple(sorted(failures[name])))
        for name in systems
    }


def judge(run: Run, questions: Sequence[Question], catalogue: Catalogue) -> list[Judged]:
    """Put each list of a run beside its question."""
    if len(run.lists) != len(questions):
        n_lists, n_questions = len(run.lists), len(questions)
        msg = f"a run has one list a question; {run.name} has {n_lists} for {n_questions}"
        raise InvalidQuery(msg)
    return [
        Judged(question, ids, run.k, catalogue)
        for question, ids in zip(questions, run.lists, strict=True)
    ]


def _ask(
    system: Recommends, question: Question, k: int, n_hidden: int
) -> tuple[tuple[str, ...], str]:
    """Give a system's list without what the question leaves out, and what went wrong."""
    try:
        wanted = k + n_hidden
        given = system.recommend(question.source, question.at, wanted)
        found = tuple(islice(given, wanted))
    except Exception as error:  # noqa: BLE001  # a system under test may fail in any way
        return (), f"{type(error).__name__}: {error}"
    if isinstance(given, str) or not all(isinstance(name, str) for name in found):
        return (), f"a list must hold ids, which are text, got {given!r:.80}"
    only = question.only
    counted = [
        name for name in found if name not in question.ignored and (only is None or name in only)
    ]
    return tuple(counted[:k]), ""
