"""One run: what is due is made, checked once more against the store, written, and counted."""

from __future__ import annotations

from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from relnews.batch.making import Maker
from relnews.batch.workers import Origin, make_in_workers
from relnews.rank.check import violations
from relnews.rank.ruleset import RuleSet
from relnews.types import BatchReport

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from relnews.batch.task import Task
    from relnews.mirror import Mirror
    from relnews.store import Store, StoredList, StoredStanding

LISTS_AT_ONCE = 256
"""Lists in one block, which is one transaction."""

_ROUNDS = 4
"""How often a run looks again for what is due: workers die, and other processes write."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where lists are made: a store, its mirror, and the lock of whoever uses that."""

    store: Store
    mirror: Mirror
    lock: AbstractContextManager[object]


@dataclass(slots=True)
class _Tally:
    """A report in the making; `stood` counts the lists that replaced entries of another one."""

    written: set[str] = field(default_factory=set)
    changed: int = 0
    stood: int = 0
    replaced: float = 0.0

    def count(self, made: StoredList, old: Sequence[str] | None) -> None:
        """Count a list that was written in place of an old one, or of none.

        One that is written again, since another process wrote meanwhile, counts once.
        """
        if made.source_id in self.written:
            return
        self.written.add(made.source_id)
        new = _targets(made)
        self.changed += old != new
        if old:
            self.stood += 1
            self.replaced += len(set(old) - set(new)) / len(old)

    def report(self, due: int) -> BatchReport:
        churn = self.replaced / self.stood if self.stood else 0.0
        return BatchReport(len(self.written), self.changed, churn, due)


def run(
    desk: Desk,
    task: Task,
    waiting: Callable[[set[str]], Sequence[str]],
    n_jobs: int,
    progress: Callable[[int, int], None],
) -> BatchReport:
    """Make and store lists until none is due, or others have written too often meanwhile.

    What a block has stored stays, whatever happens then.

    Parameters
    ----------
    desk
        Where.
    task
        What.
    waiting
        Gives the articles whose list is due, told which this run has written; asked again
        after each round.
    n_jobs
        With 1, lists are made in this process; see `make_in_workers`.
    progress
        Called after each block with the lists made so far, and of how many.

    Raises
    ------
    BrokenProcessPool
        When workers die again and again.
    """
    tally, broken = _Tally(), None
    for _ in range(_ROUNDS):
        ids = waiting(tally.written)
        if not ids:
            return tally.report(0)
        broken = None
        total = len(tally.written.union(ids))
        try:
            with closing(_made(desk, task, ids, n_jobs)) as blocks:
                for made in blocks:
                    _write(desk, task, made, tally)
                    progress(len(tally.written), total)
        except BrokenProcessPool as error:  # a worker died: what it had is still due
            broken = error
    if broken is not None:
        raise broken
    return tally.report(len(waiting(tally.written)))


def _made(desk: Desk, task: Task, ids: Sequence[str], n_jobs: int) -> Generator[list[StoredList]]:
    starts = range(0, len(ids), LISTS_AT_ONCE)
    blocks = (ids[start : start + LISTS_AT_ONCE] for start in starts)
    if n_jobs != 1:
        mirror = desk.mirror
        origin = Origin(desk.store.url, mirror.analyzer.language, mirror.index_maker)
        yield from make_in_workers(origin, task, blocks, n_jobs)
        return
    maker = Maker(desk.store, desk.mirror, desk.lock, task)
    yield from map(maker.make, blocks)


def _write(desk: Desk, task: Task, made: Sequence[StoredList], tally: _Tally) -> None:
    """Write what the final check lets through; the rest stays due."""
    with desk.store.write() as writer:
        ids = {name for one in made for name in (one.source_id, *_targets(one))}
        standing = writer.standings(ids)
        rules = RuleSet(writer.rules().values())
        sound = [one for one in made if _is_sound(one, standing, task, rules)]
        former = writer.listed_targets(one.source_id for one in sound)
        writer.put_lists(sound)
    for one in sound:
        tally.count(one, former.get(one.source_id))


def _is_sound(
    made: StoredList, standing: Mapping[str, StoredStanding], task: Task, rules: RuleSet
) -> bool:
    """Hold a list against what the store says inside the transaction that writes it."""
    if not made.rows:
        return True
    source = standing.get(made.source_id)
    if source is None or source.status == "canceled":
        return False
    pairs = [(name, standing.get(name)) for name in _targets(made)]
    return not violations(pairs, made.source_id, task.at, frozenset(), rules)


def _targets(made: StoredList) -> list[str]:
    return [row.target_id for row in made.rows]
