"""The library itself, through its public methods."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from contestants.material import K
from contestants.process import own_peak_bytes
from relnews import Recommender

if TYPE_CHECKING:
    from contestants.material import Asked, Material, Rows


class Library:
    """`recommend` one at a time, `precompute` for many; opening its database is all it prepares."""

    def __init__(self, material: Material) -> None:
        self._recommender = Recommender.open(material.database, create=False)
        self._ids = material.ids()
        self._row_of = {name: row for row, name in enumerate(self._ids)}
        self._at = datetime.fromtimestamp(material.last(), UTC)
        self.one(0)

    def one(self, row: int) -> object:
        """Make a whole list, reasons and final check included."""
        return self._recommender.recommend(self._ids[row], at=self._at, k=K)

    def many(self, rows: Rows) -> object:
        """Make and store lists at the default depth."""
        ids = None if len(rows) == len(self._ids) else [self._ids[row] for row in rows]
        return self._recommender.precompute(at=self._at, ids=ids)

    def ranking(self, asked: Asked) -> Rows:
        """Give a list within the article's outlet, long enough to be judged."""
        policy = replace(self._recommender.policy, same_source=True)
        found = self._recommender.recommend(
            asked.article, at=asked.at, k=K, exclude=asked.exclude, policy=policy
        )
        return np.array([self._row_of[name] for name in found.ids], np.intp)

    def peak_bytes(self) -> int:
        """Give the peak of this process."""
        return own_peak_bytes()

    def close(self) -> None:
        """Close the database."""
        self._recommender.close()
