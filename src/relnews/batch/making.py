"""Lists made in one process: the ids of articles in, what is to be stored out.

Lists that no rule touches are made many at a time, from the candidates to the reasons; all others
one by one. Both ways give the same lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from relnews.batch.plain import PlainLists
from relnews.lists import ListMaker

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from relnews.batch.task import Task
    from relnews.mirror import Mirror
    from relnews.store import Store, StoredList


class Maker:
    """Makes the lists of one task.

    Parameters
    ----------
    store, mirror
        The mirror is refreshed before each block.
    lock
        Held by whoever uses the mirror.
    task
        Moment, depth and policy.
    """

    def __init__(
        self, store: Store, mirror: Mirror, lock: AbstractContextManager[object], task: Task
    ) -> None:
        self._store, self._mirror, self._lock, self._task = store, mirror, lock, task
        self._plain: PlainLists | None = None

    def make(self, ids: Sequence[str]) -> list[StoredList]:
        """Make the lists of stored articles; one that is gone meanwhile has none."""
        with self._lock:
            self._mirror.refresh()
            articles = [*self._store.articles(ids).values()]
            made = self._plain_lists().make(articles)
            maker = ListMaker(self._store, self._mirror, self._task.policy, self._lock)
            rest = [article for article in articles if article.id not in made]
            made |= {article.id: maker.make_stored(self._task.asked(article)) for article in rest}
            return [made[article.id] for article in articles]

    def _plain_lists(self) -> PlainLists:
        """Give what many lists share; it is made anew when the site has changed."""
        if self._plain is None or self._plain.content != self._mirror.content:
            self._plain = PlainLists(self._mirror, self._task)
        return self._plain
