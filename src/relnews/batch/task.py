"""What one run is to do: whose lists, for which moment, how deep, under which policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relnews.lists import Asked

if TYPE_CHECKING:
    from datetime import datetime

    from relnews.policy import Policy
    from relnews.types import Article


@dataclass(frozen=True, slots=True)
class Task:
    """One run.

    Attributes
    ----------
    at
        The moment the lists are for.
    depth
        Entries per stored list.
    policy
        How lists are made.
    since
        Lists made for this moment or later stay, unless a change concerns them; with None, those
        made for `at`.
    unlisted
        Of the articles without a stored list, those that shall have one; with None, all.
    """

    at: datetime
    depth: int
    policy: Policy
    since: datetime | None = None
    unlisted: frozenset[str] | None = None

    @property
    def second(self) -> int:
        """The moment in epoch seconds, rounded down."""
        return int(self.at.timestamp() // 1)

    def asked(self, article: Article) -> Asked:
        """Ask for the list of a stored article."""
        return Asked(article, self.at, self.depth, frozenset(), stored=True)
