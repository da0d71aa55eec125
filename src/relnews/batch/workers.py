"""Blocks of lists on several processes, of this machine or of a cluster, through joblib.

A worker opens the database itself and keeps its own mirror from block to block: what travels is
a handful of ids one way and finished lists the other.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from threading import RLock
from typing import TYPE_CHECKING
from warnings import catch_warnings

from relnews.batch.making import Maker
from relnews.errors import InvalidQuery
from relnews.mirror import Mirror
from relnews.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from relnews.batch.task import Task
    from relnews.protocols import IndexMaker
    from relnews.store import StoredList

_File = tuple[int, int] | None

_BLOCKS_PER_JOB = 4
"""How many blocks a job is given at once where nothing comes back before all are done."""


def require_workers(url: str, n_jobs: int) -> None:
    """Refuse a number of processes that cannot be had, with an `InvalidQuery`."""
    if n_jobs == 0:
        msg = "n_jobs must be a number of processes, or -1 for one per core, got 0"
        raise InvalidQuery(msg)
    if n_jobs != 1 and url == ":memory:":
        msg = "several jobs need a database that each can open, got ':memory:'; use one job"
        raise InvalidQuery(msg)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a worker finds the site, and how it looks at it: hashable, and can be pickled."""

    url: str
    language: str
    index: IndexMaker | None


def make_in_workers(
    origin: Origin, task: Task, blocks: Iterable[Sequence[str]], n_jobs: int
) -> Iterator[list[StoredList]]:
    """Yield the lists of blocks of ids as they are finished, in no order.

    The backend is joblib's current one: processes of this machine, or what
    `joblib.parallel_config` names, such as ``dask``. Those of Ray and Spark cannot give results
    one by one; they are handed a few blocks per job at a time.
    """
    # joblib takes a tenth of a second to import, so only here
    from joblib import Parallel, delayed, effective_n_jobs  # noqa: PLC0415
    from joblib.parallel import get_active_backend  # noqa: PLC0415

    calls = (delayed(_make_block)(origin, task, block) for block in blocks)
    if get_active_backend()[0].supports_return_generator:
        results = Parallel(n_jobs=n_jobs, return_as="generator_unordered")(calls)
        try:
            for made in results:  # noqa: UP028  # `yield from` would close it with a warning
                yield made
        finally:
            with catch_warnings(action="ignore", category=UserWarning):
                results.close()  # joblib would warn of blocks that are given up
        return
    with Parallel(n_jobs=n_jobs) as parallel:
        while some := [*islice(calls, _BLOCKS_PER_JOB * effective_n_jobs(n_jobs))]:
            yield from parallel(some)


_turn = RLock()
"""A worker of several threads makes one block at a time: they share its mirror."""

_latest: tuple[tuple[Origin, _File, Task], Maker] | None = None


def _make_block(origin: Origin, task: Task, ids: Sequence[str]) -> list[StoredList]:
    """Make a block in a worker, which keeps its maker for the next one."""
    global _latest  # noqa: PLW0603  # what a worker process keeps from call to call
    with _turn:
        file = _file(origin.url)
        key = (origin, file, task)
        if _latest is None or _latest[0] != key:
            _latest = key, Maker(*_opened(origin, file), _turn, task)
        return _latest[1].make(ids)


def _file(url: str) -> _File:
    """Identify the file of a database; None for one behind a server.

    A worker may live for days, and another file may lie there by then, as after a restore.
    """
    try:
        found = os.stat(url)  # noqa: PTH116  # a text, and mostly a path
    except OSError:
        return None
    return found.st_dev, found.st_ino


@lru_cache(maxsize=1)
def _opened(origin: Origin, _file: _File) -> tuple[Store, Mirror]:
    """Open a database once per worker."""
    store = Store.open(origin.url, create=False)
    return store, Mirror(store, origin.language, origin.index)
