"""What a site had to show at a moment: the denominator of coverage, and what balance is against."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Literal
from weakref import WeakKeyDictionary

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from relnews.evaluate.archive import Archive
    from relnews.evaluate.catalogue import Catalogue

By = Literal["section", "source"]
"""What articles are told apart by: their section, or the outlet they come from."""

_END = datetime.max.replace(tzinfo=UTC)
_SECONDS_PER_DAY = 86_400.0
_RECENT_DAYS = 7.0


class Supply:
    """Which articles could be shown when, as arrays over the n articles of an archive.

    Whether an article is live changes only when a version or a retraction comes in, or when an
    embargo or a term ends. The archive is asked once at each such moment: O(n) questions, and
    then O(n) comparisons of numbers for any moment, instead of n questions for each.
    """

    def __init__(self, archive: Archive) -> None:
        self.row_of = {name: row for row, name in enumerate(archive.ids)}
        spans = [
            (self.row_of[name], first.timestamp(), then.timestamp())
            for name, moments in _turning_points(archive).items()
            for first, then in pairwise([*sorted(moments), _END])
            if archive.is_live(name, first)
        ]
        rows, starts, ends = zip(*spans, strict=True) if spans else ((), (), ())
        self._rows = np.array(rows, np.intp)
        self._starts, self._ends = np.array(starts, np.float64), np.array(ends, np.float64)
        arrived = [archive.arrived_at(name).timestamp() for name in archive.ids]
        self._arrived = np.array(arrived, np.float64)
        latest = [archive.latest(name) for name in archive.ids]
        self._labels = {
            "section": [article.section for article in latest],
            "source": [article.source for article in latest],
        }
        self._codes = {by: _numbered(labels) for by, labels in self._labels.items()}
        self._n_classes = {by: len(set(labels)) for by, labels in self._labels.items()}
        self._shares: dict[tuple[str, datetime], npt.NDArray[np.float64]] = {}

    def __len__(self) -> int:
        """Count the articles."""
        return len(self.row_of)

    def live(self, at: datetime) -> npt.NDArray[np.bool_]:
        """Tell which articles could be shown at a moment, shape (n,); O(n)."""
        now = at.timestamp()
        found = np.zeros(len(self), np.bool_)
        found[self._rows[(self._starts <= now) & (now < self._ends)]] = True
        return found

    def ever_live(self, moments: Iterable[datetime]) -> npt.NDArray[np.bool_]:
        """Tell which articles could be shown at any of m moments, shape (n,); O(n log m)."""
        times = np.unique([moment.timestamp() for moment in moments])
        found = np.zeros(len(self), np.bool_)
        inside = np.searchsorted(times, self._starts) < np.searchsorted(times, self._ends)
        found[self._rows[inside]] = True
        return found

    def knows(self, by: By) -> bool:
        """Tell whether any article says what it is to be told apart by."""
        return any(self._labels[by])

    def spread(
        self, by: By, ids: Iterable[str], weights: Iterable[float]
    ) -> npt.NDArray[np.float64]:
        """Give the sum of some articles' weights in each class, shape (classes,).

        To have no section is a class of its own; unknown articles are in none.
        """
        held = [
            (row, weight)
            for name, weight in zip(ids, weights, strict=False)
            if (row := self.row_of.get(name)) is not None
        ]
        rows = np.array([row for row, _ in held], np.intp)
        summed = np.bincount(
            self._codes[by][rows], [weight for _, weight in held], self._n_classes[by]
        )
        return summed.astype(np.float64)

    def shares(self, by: By, at: datetime) -> npt.NDArray[np.float64]:
        """Give the share of each class in what could be shown at a moment.

        Of the live articles that arrived within the last 7 days; of all live ones when there are
        none such. Remembered by moment.

        Returns
        -------
        shape (classes,), summing to 1; all 0 when nothing was live
        """
        key = (by, at)
        if key not in self._shares:
            live = self.live(at)
            recent = live & (self._arrived > at.timestamp() - _RECENT_DAYS * _SECONDS_PER_DAY)
            chosen = self._codes[by][recent if recent.any() else live]
            counts = np.bincount(chosen, minlength=self._n_classes[by]).astype(np.float64)
            self._shares[key] = counts / max(counts.sum(), 1.0)
        return self._shares[key]


_MEMO: WeakKeyDictionary[Catalogue, Supply] = WeakKeyDictionary()


def supply_of(catalogue: Catalogue) -> Supply:
    """Give the supply of a catalogue, made once for as long as it lives."""
    found = _MEMO.get(catalogue)
    if found is None:
        found = _MEMO[catalogue] = Supply(catalogue.archive)
    return found


def _turning_points(archive: Archive) -> dict[str, set[datetime]]:
    """Give all moments at which an article may start or cease to be live, by id."""
    moments: dict[str, set[datetime]] = defaultdict(set)
    for arrival in archive.arrivals():
        if arrival.article_id not in archive:
            continue  # taken back, and never seen
        moments[arrival.article_id].add(arrival.at)
        if arrival.article is not None:
            article = arrival.article
            times = (article.published_at, article.embargo_until, article.expires_at)
            moments[arrival.article_id].update(time for time in times if time is not None)
    return moments


def _numbered(labels: list[str]) -> npt.NDArray[np.intp]:
    numbers = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    return np.array([numbers[label] for label in labels], np.intp)
