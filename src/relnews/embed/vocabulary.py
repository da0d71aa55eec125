"""The vocabulary: terms and their ids, growing as articles arrive, never renumbered."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Vocabulary:
    """Terms in the order they were first seen; a term's id is its place in that order."""

    __slots__ = ("_ids", "terms")

    def __init__(self, terms: Iterable[str] = ()) -> None:
        self.terms: list[str] = []
        self._ids: dict[str, int] = {}
        self.extend(terms)

    def __len__(self) -> int:
        """Count the terms."""
        return len(self.terms)

    def get(self, term: str) -> int | None:
        """Return the id of a term, or None when it was never seen."""
        return self._ids.get(term)

    def add(self, term: str) -> int:
        """Return the id of a term, giving it the next one when it is new."""
        found = self._ids.setdefault(term, len(self.terms))
        if found == len(self.terms):
            self.terms.append(term)
        return found

    def extend(self, terms: Iterable[str]) -> None:
        """Add terms in order."""
        for term in terms:
            self.add(term)

    def truncate(self, size: int) -> None:
        """Forget the terms from id `size` on, as when the transaction that saw them failed."""
        for term in self.terms[size:]:
            del self._ids[term]
        del self.terms[size:]
