"""The slots of a list as metrics read them: the first k, each article counted once.

Every metric on lists reads them through here, so that a repeated, unknown or missing entry means
the same to all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from relnews.errors import InvalidTruth

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from relnews.evaluate.catalogue import Catalogue
    from relnews.evaluate.judged import Judged

_MAX_MEMO = 16_384
_MEMO: WeakKeyDictionary[Catalogue, dict[tuple[str, ...], npt.NDArray[np.float32]]]
_MEMO = WeakKeyDictionary()
"""Cosines by catalogue and articles: five metrics ask for those of the same list."""


def require_k(k: object) -> None:
    """Refuse a depth that is not a whole number of at least 1 with `InvalidTruth`."""
    if not isinstance(k, int) or isinstance(k, bool) or k < 1:
        msg = f"k must be a whole number of at least 1, got {k!r}"
        raise InvalidTruth(msg)


def require_range(name: str, value: float, low: float, high: float) -> None:
    """Refuse a number outside [low, high], or NaN, with `InvalidTruth`."""
    if not low <= value <= high:
        msg = f"{name} must be in [{low:g}, {high:g}], got {value!r}"
        raise InvalidTruth(msg)


def require_positive(name: str, value: float) -> None:
    """Refuse what is not a finite number greater than 0 with `InvalidTruth`."""
    if not 0 < value < float("inf"):
        msg = f"{name} must be a number greater than 0, got {value!r}"
        raise InvalidTruth(msg)


def in_words(number: float) -> str:
    """Write a number so that it can be read back: ``60`` for 60.0, ``0.25``."""
    return repr(float(number)).removesuffix(".0")


def gains(judged: Judged, k: int) -> list[float]:
    """Give the gain of each of the first k entries; an entry that was there before gains 0."""
    seen: set[str] = set()
    found = []
    for name in judged.ids[:k]:
        found.append(0.0 if name in seen else judged.question.gains.get(name, 0.0))
        seen.add(name)
    return found


def known(judged: Judged, k: int) -> list[str]:
    """Give those of the first k entries that the catalogue knows, repeats included."""
    return [name for name in judged.ids[:k] if name in judged.catalogue]


def similarity(judged: Judged, ids: Sequence[str]) -> npt.NDArray[np.float32]:
    """Give the cosines of some articles of a list, or its source, with each other.

    The cosines of the whole list are looked up once and kept while its catalogue lives.

    Parameters
    ----------
    ids
        Ids of the list, or its source's, that the catalogue knows.

    Returns
    -------
    float32, shape (len(ids), len(ids)), in [0, 1]
    """
    catalogue = judged.catalogue
    company = dict.fromkeys(
        name for name in (judged.question.source.id, *judged.ids) if name in catalogue
    )
    memo = _MEMO.setdefault(catalogue, {})
    everyone = tuple(company)
    cosines = memo.get(everyone)
    if cosines is None:
        if len(memo) >= _MAX_MEMO:
            memo.clear()
        cosines = memo[everyone] = np.clip(catalogue.similarity(everyone), 0.0, 1.0)
    place = {name: number for number, name in enumerate(everyone)}
    rows = [place[name] for name in ids]
    return cosines[np.ix_(rows, rows)]
