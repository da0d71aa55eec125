"""Blocks of lists on several processes, of this machine or of a cluster, through joblib.

A worker opens the database itself and keeps its own mirror from block to block: what travels is
a handful of ids one way and finished lists the other.
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import lru_cache
from typing import TYPE_CHECKING

from relnews.batch.making import Maker
from relnews.errors import InvalidQuery
from relnews.mirror import Mirror
from relnews.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from relnews.batch.task import Task
    from relnews.store import StoredList

IN_MEMORY = ":memory:"


def make_in_workers(
    url: str, language: str, task: Task, blocks: Iterable[Sequence[str]], n_jobs: int
) -> Iterator[list[StoredList]]:
    """Yield the lists of blocks of ids as they are finished, in no order.

    The backend is joblib's current one: processes of this machine, or what
    `joblib.parallel_config` names, such as ``dask``.

    Raises
    ------
    InvalidQuery
        When the database is in memory, which no other process can open.
    """
    from joblib import Parallel, delayed  # noqa: PLC0415  # a tenth of a second, only here

    if url == IN_MEMORY:
        msg = "several jobs need a database that each can open, got ':memory:'; use one job"
        raise InvalidQuery(msg)
    parallel = Parallel(n_jobs=n_jobs, return_as="generator_unordered", pre_dispatch="2*n_jobs")
    yield from parallel(delayed(_make_block)(url, language, task, block) for block in blocks)


_latest: tuple[tuple[str, str, Task], Maker] | None = None


def _make_block(url: str, language: str, task: Task, ids: Sequence[str]) -> list[StoredList]:
    """Make a block in a worker, which keeps its maker for the next one."""
    global _latest  # noqa: PLW0603  # what a worker process keeps from call to call
    key = (url, language, task)
    if _latest is None or _latest[0] != key:
        _latest = key, Maker(*_opened(url, language), nullcontext(), task)
    return _latest[1].make(ids)


@lru_cache(maxsize=1)
def _opened(url: str, language: str) -> tuple[Store, Mirror]:
    """Open a database once per worker."""
    store = Store.open(url, create=False)
    return store, Mirror(store, language)
