"""Which lists are due: those that are missing, too old, or concerned by a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.batch.concerned import concerned

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.batch.task import Task
    from relnews.mirror import Mirror
    from relnews.store import ListHeads, Store


def due(store: Store, mirror: Mirror, task: Task) -> list[str]:
    """Give the articles whose list must be made, in the order of their ids.

    Every other list is what making it now would give, or was made for an earlier moment, not
    before `task.since`, and no article that changed since then is among what a new one would
    be chosen from.

    Parameters
    ----------
    store
        Holds the lists.
    mirror
        Fresh.
    task
        The run.
    """
    heads = store.list_heads()
    kept = _kept(heads, task, store.whole())
    if kept.any():
        kept &= ~concerned(store, mirror, task, heads, kept)
    stays = dict(zip(heads.source_ids, kept.tolist(), strict=True))

    def is_due(name: str) -> bool:
        if name in stays:
            return not stays[name]
        return task.unlisted is None or name in task.unlisted

    ids = (mirror.corpus.ids[row] for row in mirror.live_rows_by_id())
    return [name for name in ids if is_due(name)]


def _kept(heads: ListHeads, task: Task, whole: int) -> npt.NDArray[np.bool_]:
    """Tell which lists fit the task and saw the last change that concerned all; shape (h,)."""
    policy = repr(task.policy)
    first = int((task.since or task.at).timestamp() // 1)
    kept = np.array([name == policy for name in heads.policies], bool)
    kept &= (heads.k == task.depth) & (heads.seen >= whole)
    return kept & (heads.at >= first) & (heads.at <= task.second)
