"""How the report writes numbers, intervals, p-values, moments, and what a comparison says."""

from __future__ import annotations

import re
from datetime import datetime
from math import isfinite, isinf, isnan
from typing import TYPE_CHECKING

from relnews.evaluate.compare.paired import SIGNIFICANT
from relnews.evaluate.results import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relnews.evaluate.results import Comparison

NOTHING = "–"
"""Stands where there is no value."""

_MINUS = "−"
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SMALLEST = 1e-4
_LARGEST = 1e15  # beyond it, digits mean nothing


def printable(text: str) -> str:
    """Give a text with a replacement character for what neither XML nor UTF-8 can hold."""
    return _UNPRINTABLE.sub("\ufffd", text)


def one_line(name: str) -> str:
    """Give a name on one line, without characters that turn the direction of what follows."""
    return " ".join(_DIRECTIONS.sub("", printable(name)).split())


def decimals_for(values: Iterable[float]) -> int:
    """Give how many decimals values of one metric are written with: 3 below 10, 0 from 100."""
    largest = max((abs(value) for value in values if isfinite(value)), default=0.0)
    if largest >= 100:  # noqa: PLR2004  # three digits are enough
        return 0
    return 1 if largest >= 10 else 3  # noqa: PLR2004  # the same


def write_value(value: float, decimals: int = 3) -> str:
    """Write a number; a dash for NaN, and never 0.000 for what is not 0.

    Examples
    --------
    >>> [write_value(value) for value in (0.41449, -0.1, 0.0, 0.0004, float("nan"))]
    ['0.414', '−0.100', '0', '0.0004', '–']
    >>> write_value(12345.6, 0), write_value(0.00001), write_value(0.2, 0)
    ('12,346', '<0.0001', '0.2')
    """
    if isnan(value):
        return NOTHING
    sign = _MINUS if value < 0 else ""
    size = abs(value)
    if size >= _LARGEST:
        return sign + ("∞" if isinf(size) else f"{size:.2e}")
    if size == 0 or round(size, decimals) > 0:
        return f"{sign}{size:,.{decimals}f}" if size else "0"
    if size < _SMALLEST:
        return f"<{_SMALLEST:.4f}" if value > 0 else f">{_MINUS}{_SMALLEST:.4f}"
    return f"{sign}{size:.1g}"


def write_interval(estimate: Estimate, decimals: int = 3) -> str:
    """Write an interval as ``[0.40, 0.43]``; "" when it has neither end."""
    if isnan(estimate.low) and isnan(estimate.high):
        return ""
    return f"[{write_value(estimate.low, decimals)}, {write_value(estimate.high, decimals)}]"


def write_estimate(estimate: Estimate) -> str:
    """Write a value with its interval, if it has one, with as many decimals as they need."""
    decimals = decimals_for((estimate.value, estimate.low, estimate.high))
    return f"{write_value(estimate.value, decimals)} {write_interval(estimate, decimals)}".rstrip()


def write_gain(gain: float) -> str:
    """Write a gain with as few digits as it takes: ``2``, ``0.5``."""
    written = write_value(gain, 2)
    return written.rstrip("0").rstrip(".") if "." in written else written


def write_p(p: float) -> str:
    """Write a p-value: ``0.0004``, ``0.031``, ``0.42`` or ``<0.0001``."""
    if not isfinite(p):
        return NOTHING
    if p < _SMALLEST:
        return f"<{_SMALLEST:.4f}"
    return f"{p:.{4 if p < 0.001 else 3 if p < 0.1 else 2}f}"  # noqa: PLR2004  # two digits


def write_share(share: float) -> str:
    """Write a share as per cent: ``12 %``, ``<1 %``, ``0 %``."""
    if not isfinite(share):
        return NOTHING
    percent = 100 * share
    return "<1 %" if 0 < percent < 1 else f"{percent:.0f} %"


def write_moment(text: str) -> str:
    """Write an ISO 8601 moment as day and minute; anything else stays as it is."""
    try:
        return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}"
    except ValueError:
        return text


def verdict(comparison: Comparison, better: int) -> str:
    """Say what a comparison shows of its system: better, worse, higher, lower, or nothing ("")."""
    difference = comparison.difference.value
    # a p that is NaN is not below anything
    if not comparison.p_corrected < SIGNIFICANT or isnan(difference) or difference == 0:
        return ""
    if better == 0:
        return "higher" if difference > 0 else "lower"
    return "better" if difference * better > 0 else "worse"


def sentence(comparison: Comparison, better: int) -> str:
    """Say in plain language what a comparison shows, and how sure that is."""
    system, peer, metric = map(one_line, (comparison.system, comparison.peer, comparison.metric))
    difference, chance = comparison.difference, _chance(comparison.p_corrected)
    said = verdict(comparison, better)
    if not said:
        return (
            f"{system} and {peer}: no difference in {metric} can be shown "
            f"(difference {write_estimate(difference)}, {chance})."
        )
    if difference.value < 0:
        turned = (-difference.value, -difference.high, -difference.low)
        difference = Estimate(*turned, difference.n)
    return f"{system} is {said} than {peer} by {write_estimate(difference)} in {metric}, {chance}."


def _chance(p: float) -> str:
    written = write_p(p)
    if written == NOTHING:
        return "p unknown"
    return f"p {'<' if written.startswith('<') else '='} {written.lstrip('<')} after correction"
