"""Whether a list is one: long enough, and without anything that must not be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from relnews.evaluate.metrics.slots import require_k

if TYPE_CHECKING:
    from relnews.evaluate.judged import Judged


@dataclass(frozen=True, slots=True, repr=False)
class ShortLists:
    """1 for a list with fewer than k entries, else 0; its mean is the share of short lists.

    Smaller is better. What the question ignores was cut out before. O(1).
    """

    k: int
    better: ClassVar[int] = -1

    def __post_init__(self) -> None:
        """Refuse a k below 1."""
        require_k(self.k)

    def __repr__(self) -> str:
        return f"short lists@{self.k}"

    def of(self, judged: Judged) -> float:
        """Tell whether slots are empty, as 1 or 0."""
        return float(len(judged.ids) < self.k)


@dataclass(frozen=True, slots=True, repr=False)
class EmptyLists:
    """1 for a list without any entry, else 0; its mean is the share of empty lists.

    Smaller is better. Without it, saying nothing where one may be wrong would look good. O(1).
    """

    better: ClassVar[int] = -1

    def __repr__(self) -> str:
        return "empty lists"

    def of(self, judged: Judged) -> float:
        """Tell whether all slots are empty, as 1 or 0."""
        return float(not judged.ids)


@dataclass(frozen=True, slots=True, repr=False)
class Violations:
    """How many of the first k entries must not be shown, a whole number from 0 to k.

    What was not live at the moment (taken back, withheld, under embargo, expired, not out yet,
    unknown), the source itself, and a repeated entry; each entry counts once. 0 is the only
    good value: a site that shows a retracted article is in trouble. O(k).

    `relnews.rank.check.violations` holds the lists of relnews against the same rules; here they
    are held against any system.
    """

    k: int
    better: ClassVar[int] = -1

    def __post_init__(self) -> None:
        """Refuse a k below 1."""
        require_k(self.k)

    def __repr__(self) -> str:
        return f"violations@{self.k}"

    def of(self, judged: Judged) -> float:
        """Count the entries that must not be shown."""
        archive, question = judged.catalogue.archive, judged.question
        seen, wrong = {question.source.id}, 0
        for name in judged.ids[: self.k]:
            wrong += name in seen or not archive.is_live(name, question.at)
            seen.add(name)
        return float(wrong)
