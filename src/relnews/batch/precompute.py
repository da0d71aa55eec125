"""The two kinds of run: whatever is due, or the lists of some articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews import fitting
from relnews.batch.due import due
from relnews.batch.run import run
from relnews.batch.workers import require_workers
from relnews.errors import UnknownArticle

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from relnews.batch.run import Desk
    from relnews.batch.task import Task
    from relnews.types import BatchReport

    Progress = Callable[[int, int], None]


def make_due(desk: Desk, task: Task, n_jobs: int, progress: Progress) -> BatchReport:
    """Make every list that is missing, too old, or concerned by a change; see `due`."""
    require_workers(desk.store.url, n_jobs)
    every = task.since is None
    with desk.lock:
        desk.mirror.refresh()
        if desk.mirror.lexical.weighing is None or (every and not _is_resumed(desk, task)):
            _weigh(desk)
        if every:
            with desk.store.write() as writer:
                writer.begin_run(task.at)

    def waiting(_: set[str]) -> Sequence[str]:
        with desk.lock:
            desk.mirror.refresh()
            return due(desk.store, desk.mirror, task)

    report = run(desk, task, waiting, n_jobs, progress)
    if every and not report.due:
        seen = desk.store.list_heads().seen
        with desk.store.write() as writer:
            writer.end_run(task.at)
            writer.forget_former(int(seen.min(initial=desk.mirror.change)))
    return report


def make_some(
    desk: Desk, task: Task, ids: Sequence[str], n_jobs: int, progress: Progress
) -> BatchReport:
    """Make the lists of some articles, whatever is stored; `UnknownArticle` names a missing one."""
    require_workers(desk.store.url, n_jobs)
    with desk.lock:
        desk.mirror.refresh()
        unknown = [name for name in ids if name not in desk.mirror.corpus.row_of]
        if unknown:
            msg = f"no stored article has the id {unknown[0]!r}; add it before its list is made"
            raise UnknownArticle(msg)
        if desk.mirror.lexical.weighing is None:
            _weigh(desk)

    def waiting(written: set[str]) -> Sequence[str]:
        return [name for name in dict.fromkeys(ids) if name not in written]

    return run(desk, task, waiting, n_jobs, progress)


def _is_resumed(desk: Desk, task: Task) -> bool:
    """Tell whether a run for the same moment was interrupted: then its weights must stay."""
    return desk.store.unfinished_run() == task.at


def _weigh(desk: Desk) -> None:
    """Weigh words by the counts as they are, if that makes a difference."""
    held, counts = desk.mirror.lexical.weighing, desk.mirror.lexical.counts()
    width = len(counts.frequencies) if held is None else len(held.frequencies)
    same = (
        held is not None
        and held.n_documents == counts.n_documents
        and np.array_equal(held.frequencies, counts.frequencies[:width])
        and not counts.frequencies[width:].any()
    )
    if not same:
        fitting.weigh(desk.store, desk.mirror)
