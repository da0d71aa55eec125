"""Lists made in one process: a block of articles in, what is to be stored out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relnews.lists import Asked, ListMaker

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from relnews.batch.task import Task
    from relnews.mirror import Mirror
    from relnews.store import Store, StoredList


def make_lists(
    store: Store,
    mirror: Mirror,
    lock: AbstractContextManager[object],
    task: Task,
    ids: Sequence[str],
) -> list[StoredList]:
    """Make the lists of stored articles; one that is gone meanwhile has none.

    Parameters
    ----------
    store, mirror
        The mirror is refreshed.
    lock
        Held by whoever uses the mirror.
    task
        Moment, depth and policy.
    ids
        Whose lists.
    """
    with lock:
        mirror.refresh()
        maker = ListMaker(store, mirror, task.policy, lock)
        articles = store.articles(ids)
        return [
            maker.make_stored(Asked(article, task.at, task.depth, frozenset(), stored=True))
            for article in articles.values()
        ]
