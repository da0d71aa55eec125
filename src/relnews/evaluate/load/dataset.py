"""A folder of articles and truth, read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relnews.evaluate.truth import Truth
    from relnews.types import Article, Quarantined


@dataclass(frozen=True, slots=True)
class Dataset:
    """What a recommender is measured on.

    Attributes
    ----------
    name
        What reports call it: the name of its folder.
    articles
        In the order of the files; of one article there may be several versions.
    truth
        As the files have it: it may speak of articles that are not there.
    quarantined
        Each line of any file that could not be read, and why.
    """

    name: str
    articles: tuple[Article, ...]
    truth: Truth
    quarantined: tuple[Quarantined, ...] = ()
