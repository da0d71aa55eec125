"""The seams of the evaluation: what can be measured, and what measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from relnews.evaluate.judged import Judged
    from relnews.types import Article


class Recommends(Protocol):
    """Anything that can be measured: a source, a moment, k; out come ranked ids."""

    def recommend(self, source: Article, at: datetime, k: int) -> Sequence[str]:
        """Give at most k ids, best first."""
        ...


class Likens(Protocol):
    """Anything that tells how alike two articles are, for judged pairs."""

    def similarities(self, source: Article, targets: Sequence[str]) -> Sequence[float]:
        """Give the similarity of a source with each target; larger is closer."""
        ...


class ListMetric(Protocol):
    """A value of one list; its `str` is its name, such as ``nDCG@10``.

    `better` is +1 when larger is better, -1 when smaller is, 0 when neither.
    """

    @property
    def better(self) -> int:
        """Say which end is the good one."""
        ...

    def of(self, judged: Judged) -> float:
        """Measure one list; NaN where the metric does not apply to it."""
        ...


class RunMetric(Protocol):
    """A value of all lists of a system together, such as catalogue coverage."""

    @property
    def better(self) -> int:
        """Say which end is the good one: +1, -1 or 0."""
        ...

    def of_run(self, lists: Sequence[Judged]) -> float:
        """Measure all lists; NaN where the metric does not apply."""
        ...
