"""When a model learns, when its epochs are chosen, and when it is measured: never the same time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relnews.errors import InvalidTruth

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from relnews.types import Article

TEST_SHARE = 0.3
"""Of the dated articles, where no moment is given: so many of the last are for the test."""

VALIDATION_SHARE = 0.15
"""Of the dated articles before the test: so many of the last are for choosing the epoch."""


@dataclass(frozen=True, slots=True)
class Periods:
    """Two moments that make three periods, each from its moment on.

    Before `validation` a model learns; from there to `test` its epochs are compared; what comes
    from `test` on it has never seen in any way.
    """

    validation: datetime
    test: datetime


def periods_of(articles: Iterable[Article], until: datetime | None = None) -> Periods:
    """Part the time of some articles.

    Parameters
    ----------
    articles
        Undated ones count for nothing here: they lie before everything.
    until
        When the test begins; None: when the last `TEST_SHARE` of the articles does.

    Raises
    ------
    InvalidTruth
        When fewer than two moments of publication lie before the test, or none after it.
    """
    dates = sorted(one.published_at for one in articles if one.published_at is not None)
    if until is None and dates:
        until = dates[int(len(dates) * (1 - TEST_SHARE))]
    earlier = [date for date in dates if until is not None and date < until]
    if until is None or not earlier or len(earlier) == len(dates):
        span = f"{dates[0].isoformat()} to {dates[-1].isoformat()}" if dates else "no date at all"
        msg = (
            "dated articles must lie on both sides of the moment that training stops at, "
            f"got {until.isoformat() if until else 'none'} and {span}; choose another --until"
        )
        raise InvalidTruth(msg)
    validation = earlier[int(len(earlier) * (1 - VALIDATION_SHARE))]
    if validation == earlier[0]:
        msg = (
            "articles of at least two moments must lie before the test, one part to learn from and "
            f"one to choose by, got {len(earlier)} before {until.isoformat()}; add earlier articles"
        )
        raise InvalidTruth(msg)
    return Periods(validation, until)
