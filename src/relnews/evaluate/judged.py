"""A list, the question it answers, and the facts that it is held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relnews.evaluate.catalogue import Catalogue
    from relnews.evaluate.truth import Question


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """One list as it is measured.

    Attributes
    ----------
    question
        What was asked, with the gains.
    ids
        At most `k` ids, best first, what the question ignores cut out.
    k
        How many were asked for.
    catalogue
        What is known of all articles.
    """

    question: Question
    ids: tuple[str, ...]
    k: int
    catalogue: Catalogue


@dataclass(frozen=True, slots=True)
class Run:
    """The lists of one system, one for each question, in the order of the questions.

    `failures` says what went wrong, by the place of the question: its list is empty and counts
    against the system.
    """

    name: str
    k: int
    lists: tuple[tuple[str, ...], ...]
    failures: tuple[tuple[int, str], ...] = ()
