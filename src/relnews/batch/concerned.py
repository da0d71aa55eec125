"""Which stored lists a change concerns: those it might enter, or stand on, or lead.

A list depends on another article only if that is among the candidates it was chosen from. Each
list keeps the score of the last of them, its reach; so one comparison per list and changed
article is enough, and no list needs to be made to know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relnews.corpus import NEVER, UNDATED
from relnews.rank.freshness import freshness
from relnews.rank.rules import Pin
from relnews.rank.score import MomentScore

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from relnews.batch.task import Task
    from relnews.embed.document import Document
    from relnews.mirror import Mirror
    from relnews.store import Former, ListHeads, Store

    Mask = npt.NDArray[np.bool_]
    Values = npt.NDArray[np.float32]

_SLACK = 1e-4
"""Scores are compared with so much tolerance, as sums differ in their last bits."""


@dataclass(frozen=True, slots=True, eq=False)
class _Change:
    """A version that came, went, or changed its standing.

    `turns` are the moments at which it becomes or ceases to be live, or is updated.
    """

    id: str
    change: int
    document: Document
    vector: Values
    published: int
    updated: int
    evergreen: bool
    section: str
    turns: tuple[int, ...]


def concerned(store: Store, mirror: Mirror, task: Task, heads: ListHeads, kept: Mask) -> Mask:
    """Tell which of the kept lists must be made again, shape (h,).

    A superset of those that differ: what is told is that a changed article scores enough to be
    among the candidates. O(changes x postings).
    """
    at, first = task.second, int(heads.at[kept].min())
    changes = list(_changes(store, mirror, int(heads.seen[kept].min()), (first, at)))
    found = np.zeros(len(kept), bool)
    if not changes:
        return found
    lists = _Lists(mirror, task, heads)
    for change in changes:
        matters = kept & ~found & lists.must_look(change)
        if matters.any():
            found |= matters & lists.may_hold(change)
    return found


class _Lists:
    """The stored lists, asked about one change after the other."""

    def __init__(self, mirror: Mirror, task: Task, heads: ListHeads) -> None:
        self._mirror, self._policy, self._heads = mirror, task.policy, heads
        self._at, self._first = task.second, int(heads.at.min())
        site = mirror.site()
        self._site = site
        self._score = MomentScore(site, task.policy, self._at)
        missing = len(site.corpus)  # a list whose article is gone looks at a row that is not there
        rows = [site.corpus.row_of.get(name, missing) for name in heads.source_ids]
        self._rows = np.array(rows, np.intp)
        lives = [task.policy.half_life_hours, *task.policy.section_half_life_hours.values()]
        waited = np.maximum(self._at - heads.at, 0) / 3600.0
        self._least = heads.reach * np.exp2(-waited / min(lives)) * (1 - _SLACK)
        self._pinned = self._pins()

    def must_look(self, change: _Change) -> Mask:
        """Tell which lists have not seen a change."""
        turned = np.zeros(len(self._rows), bool)
        for moment in change.turns:
            turned |= (self._heads.at < moment) & (moment <= self._at)
        return turned | (self._heads.seen < change.change)

    def may_hold(self, change: _Change) -> Mask:
        """Tell which lists could have, or have had, an article among their candidates.

        As time passes, no candidate loses more than by the shortest half-life; that bounds from
        below what a newcomer must reach by now.
        """
        lexical = np.append(self._site.lexical.similarities(change.document), np.float32(0))
        semantic = np.append(self._site.vectors @ change.vector, np.float32(0))
        relevance = self._score.relevance(lexical[self._rows], semantic[self._rows])
        related = (relevance > 0) & (relevance >= self._score.floor - _SLACK)
        scores = relevance * self._freshness(change)
        holds = related & (scores >= self._least) & (self._heads.reach >= 0)
        own = self._rows == self._site.corpus.row_of.get(change.id, -1)
        found: Mask = holds | own | (self._heads.reach < 0)
        return found | self._pinned[change.id] if change.id in self._pinned else found

    def _freshness(self, change: _Change) -> np.float32:
        """Give the most freshness that a version had or has, from the first list's moment on."""
        policy = self._policy
        dates = [change.published, *([change.updated] if change.updated <= self._at else [])]
        age = np.array([max(self._first - max(dates), 0) / 3600.0])
        half_life = policy.section_half_life_hours.get(change.section, policy.half_life_hours)
        fresh = freshness(age, half_life, policy.freshness_floor)[0]
        return max(fresh, np.float32(policy.evergreen_freshness)) if change.evergreen else fresh

    def _pins(self) -> dict[str, Mask]:
        """Give the lists that an article is pinned to, by its id."""
        rules, row_of = self._mirror.rules, self._site.corpus.row_of
        found: dict[str, Mask] = {}
        for source in {rule.source_id for rule in rules.rules if isinstance(rule, Pin)}:
            here = self._rows == row_of.get(source, -1)
            for target in rules.pins(source).values():
                found[target] = found.get(target, False) | here
        return found


def _changes(
    store: Store, mirror: Mirror, seen: int, between: tuple[int, int]
) -> Iterator[_Change]:
    """Yield what changed after a change, or turned between two moments."""
    corpus, names = mirror.corpus, mirror.corpus.names["section"].names
    changed = store.changed_articles(seen)
    moments = [corpus[name] for name in ("published", "updated", "embargo", "expires")]
    turning = np.zeros(len(corpus), bool)
    for values in moments:
        turning |= (between[0] < values) & (values <= between[1])
    turning &= corpus["alive"] == 1
    turning[[corpus.row_of[name] for name in changed if name in corpus.row_of]] = True
    for row in np.flatnonzero(turning).tolist():
        yield _Change(
            id=corpus.ids[row],
            change=changed.get(corpus.ids[row], 0),
            document=mirror.document(row),
            vector=mirror.vector(row),
            published=int(corpus["published"][row]),
            updated=int(corpus["updated"][row]),
            evergreen=bool(corpus["evergreen"][row]),
            section=names[corpus["section"][row]],
            turns=tuple(int(values[row]) for values in moments),
        )
    yield from (_of_former(version, mirror, changed) for version in store.former_versions())


def _of_former(version: Former, mirror: Mirror, changed: dict[str, int]) -> _Change:
    """Give a replaced version: who has not seen its replacement may still stand on it."""
    vector = np.zeros(mirror.model.semantic.dimensions, np.float32)
    if version.vector is not None and len(version.vector) == len(vector):
        vector = version.vector.astype(np.float32)
    return _Change(
        id=version.id,
        change=changed.get(version.id, 0),
        document=version.document,
        vector=vector,
        published=UNDATED if version.published_at is None else version.published_at,
        updated=NEVER if version.updated_at is None else version.updated_at,
        evergreen=version.evergreen,
        section=version.section,
        turns=(),
    )
