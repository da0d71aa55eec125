"""The evidence of an entry in words: what both articles share, and one sentence."""

from __future__ import annotations

import re
from math import isinf
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt
    import scipy.sparse as sp

    from relnews.types import Article, PlacedBy, Relation

SHARED_WORDS = 5

CANDIDATES = 2 * SHARED_WORDS
_WORD = re.compile(r"\w\w+")
_HOURS_PER_DAY = 24


def shared_terms(source: sp.csr_matrix, targets: sp.csr_matrix) -> list[npt.NDArray[np.int32]]:
    """Give, for each target, the terms that add most to its cosine, strongest first.

    Parameters
    ----------
    source
        Unit-length tf-idf weights, shape (1, v).
    targets
        The same, shape (k, v).
    """
    products = targets.multiply(source).tocsr()
    found = []
    for row in range(products.shape[0]):
        span = slice(products.indptr[row], products.indptr[row + 1])
        terms, values = products.indices[span], products.data[span]
        found.append(terms[np.lexsort((terms, -values))[:CANDIDATES]])
    return found


def spellings(article: Article, written: Mapping[str, int]) -> dict[int, str]:
    """Give every term as it is written in an article: its first word with that term.

    `written` gives the term id of every word, -1 for none. Bare numbers are words too.
    """
    words = _WORD.findall(f"{article.headline}\n{article.teaser}\n{article.body}")
    words.reverse()  # so that of the words of a term the first is the last to be set
    return dict(zip(map(written.__getitem__, words), words, strict=True))


def surface_forms(
    article: Article, terms: Iterable[int], written: Mapping[str, int]
) -> dict[int, str]:
    """Find some terms as they are written in an article; those no word of it has are missing."""
    spelt = spellings(article, written)
    return {term: spelt[term] for term in terms if term in spelt}


def sentence(
    placed_by: PlacedBy,
    relation: Relation,
    hours_later: float,
    section: str,
    words: tuple[str, ...],
) -> str:
    """Say in one sentence why an entry stands where it stands."""
    shared = f"; shares {', '.join(words)}" if words else ""
    if placed_by == "pin":
        return f"pinned by an editor{shared}"
    if placed_by == "section":
        return f"newest of {section}: too few related articles"
    if placed_by == "newest":
        return "newest of the site: too few related articles"
    kind = {"same_story": "same story", "duplicate": "same event"}.get(relation, relation)
    quota = " (placed by a quota)" if placed_by == "quota" else ""
    return f"{kind}{_when(hours_later)}{quota}{shared}"


def _when(hours_later: float) -> str:
    """Say how far apart two articles are; nothing when one of them is undated."""
    apart = abs(hours_later)
    if isinf(apart):
        return ""
    if apart < 1:
        return ", at the same time"
    number, unit = (apart, "hour") if apart < 2 * _HOURS_PER_DAY else (apart / 24, "day")
    plural = "" if round(number) == 1 else "s"
    return f", {round(number)} {unit}{plural} {'later' if hours_later > 0 else 'earlier'}"
