"""What an editor looks for in a list: age, doublets, the story the reader is in.

Shares are of the entries shown among the first k, so that an empty list has none: NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from relnews.evaluate.metrics.slots import (
    in_words,
    known,
    require_k,
    require_positive,
    require_range,
    similarity,
)
from relnews.rank.stories import MIN_COPY_COSINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from relnews.evaluate.judged import Judged

_HOURS_PER_DAY = 24.0
_STORY_SIMILARITY, _STORY_DAYS = 0.25, 7.0


@dataclass(frozen=True, slots=True, repr=False)
class AgeQuantile:
    """A quantile of the age of all entries, in hours; `q` in [0, 1], 0.5 the median.

    By the semantic date (an update makes young), interpolated linearly. Undated and unknown
    entries are left out; NaN when none is left. Neither end is good: what is right may be old.
    O(questions × k).
    """

    q: float
    k: int
    better: ClassVar[int] = 0

    def __post_init__(self) -> None:
        """Refuse a k below 1 and a quantile that is none."""
        require_k(self.k)
        require_range("q", self.q, 0.0, 1.0)

    def __repr__(self) -> str:
        return f"age p{in_words(round(100 * self.q, 10))} h@{self.k}"

    def of_run(self, lists: Sequence[Judged]) -> float:
        """Give the age that a share `q` of the entries does not exceed."""
        ages = [age for judged in lists for age in _ages(judged, known(judged, self.k))]
        return float(np.quantile(ages, self.q)) if ages else nan


@dataclass(frozen=True, slots=True, repr=False)
class ShareOlder:
    """Share of the dated entries that are older than so many hours, in [0, 1].

    Neither end is good: readers complain of old articles under new ones, and background is old.
    NaN when no entry is dated. O(k).
    """

    hours: float
    k: int
    better: ClassVar[int] = 0

    def __post_init__(self) -> None:
        """Refuse a k below 1 and an age that is none."""
        require_k(self.k)
        require_positive("hours", self.hours)

    def __repr__(self) -> str:
        return f"older than {in_words(self.hours)} h@{self.k}"

    def of(self, judged: Judged) -> float:
        """Give older entries / dated entries."""
        ages = _ages(judged, known(judged, self.k))
        return sum(age > self.hours for age in ages) / len(ages) if ages else nan


@dataclass(frozen=True, slots=True, repr=False)
class NearDuplicates:
    """Share of the entries that are near-duplicates of an earlier one, in [0, 1].

    The same text under another id, or the same id again; smaller is better. Found by shingles,
    as Broder (1997), On the resemblance and containment of documents, among pairs whose cosine
    reaches `relnews.rank.stories.MIN_COPY_COSINE`. NaN for an empty list. O(k²).
    """

    k: int
    better: ClassVar[int] = -1

    def __post_init__(self) -> None:
        """Refuse a k below 1."""
        require_k(self.k)

    def __repr__(self) -> str:
        return f"near-duplicates@{self.k}"

    def of(self, judged: Judged) -> float:
        """Give entries that were there before / entries."""
        ids = judged.ids[: self.k]
        if not ids:
            return nan
        different = list(dict.fromkeys(ids))
        repeated = len(ids) - len(different)
        told = [name for name in different if name in judged.catalogue]
        near = similarity(judged, told) >= MIN_COPY_COSINE
        copies = sum(
            any(near[row, to] and judged.catalogue.is_copy(told[to], name) for to in range(row))
            for row, name in enumerate(told)
        )
        return (repeated + copies) / len(ids)


@dataclass(frozen=True, slots=True, repr=False)
class SourceDuplicates:
    """Share of the entries that are near-duplicates of the source, in [0, 1].

    What the reader has just read; the source itself counts as one. Smaller is better. Found as
    by `NearDuplicates`. NaN for an empty list, or when the catalogue does not know the source.
    O(k).
    """

    k: int
    better: ClassVar[int] = -1

    def __post_init__(self) -> None:
        """Refuse a k below 1."""
        require_k(self.k)

    def __repr__(self) -> str:
        return f"source duplicates@{self.k}"

    def of(self, judged: Judged) -> float:
        """Give copies of the source / entries."""
        source, n_entries = judged.question.source.id, len(judged.ids[: self.k])
        if not n_entries or source not in judged.catalogue:
            return nan
        told = known(judged, self.k)
        near = similarity(judged, [source, *told])[0, 1:] >= MIN_COPY_COSINE
        copies = sum(
            name == source or bool(close and judged.catalogue.is_copy(source, name))
            for name, close in zip(told, near, strict=True)
        )
        return copies / n_entries


@dataclass(frozen=True, slots=True, repr=False)
class SameStory:
    """Share of the entries that belong to the running story of the source, in [0, 1].

    By the chains where the catalogue knows any; a source in none of them gives NaN. Otherwise
    by a lexical cosine of at least `similarity` and at most `days` between their semantic
    dates, as ranking does by default. Neither end is good: a reader wants the thread, and not
    only it. NaN for an empty list, or a source that the catalogue does not know. O(k).
    """

    k: int
    similarity: float = _STORY_SIMILARITY
    days: float = _STORY_DAYS
    better: ClassVar[int] = 0

    def __post_init__(self) -> None:
        """Refuse a k below 1 and thresholds that are none."""
        require_k(self.k)
        require_range("similarity", self.similarity, 0.0, 1.0)
        require_positive("days", self.days)

    def __repr__(self) -> str:
        if (self.similarity, self.days) == (_STORY_SIMILARITY, _STORY_DAYS):
            return f"same story@{self.k}"
        where = f"cosine>={in_words(self.similarity)}, {in_words(self.days)} d"
        return f"same story({where})@{self.k}"

    def of(self, judged: Judged) -> float:
        """Give entries of the story / entries."""
        source, ids = judged.question.source.id, judged.ids[: self.k]
        if not ids:
            return nan
        if judged.catalogue.knows_stories:
            story = judged.catalogue.story(source)
            inside = sum(judged.catalogue.story(name) == story for name in ids)
            return inside / len(ids) if story else nan
        if source not in judged.catalogue:
            return nan
        return int(np.count_nonzero(self._near(judged, source))) / len(ids)

    def _near(self, judged: Judged, source: str) -> npt.NDArray[np.bool_]:
        """Tell which of the known entries are as near to the source as its story is."""
        told, at = [source, *known(judged, self.k)], judged.question.at
        ages = np.array([judged.catalogue.age_hours(name, at) for name in told])
        close = np.abs(ages - ages[0]) <= self.days * _HOURS_PER_DAY
        found: npt.NDArray[np.bool_] = close & (similarity(judged, told)[0] >= self.similarity)
        return found[1:]


def _ages(judged: Judged, ids: Iterable[str]) -> list[float]:
    """Give the ages in hours of the dated ones of some known articles."""
    ages = (judged.catalogue.age_hours(name, judged.question.at) for name in ids)
    return [age for age in ages if not isnan(age)]
