"""How much lists change from one run to another: a new model, a new setting, the next morning."""

from __future__ import annotations

from math import fsum, nan
from typing import TYPE_CHECKING

from relnews.errors import InvalidTruth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relnews.evaluate.judged import Run

PERSISTENCE = 0.9
"""How likely a reader goes on to the next entry: 86 % of the weight is on the first ten."""


def rbo(first: Sequence[str], second: Sequence[str], p: float = PERSISTENCE) -> float:
    """Give the rank-biased overlap of two lists: 1 the same, 0 nothing in common.

    Symmetric. The extrapolated value at the depth l of the longer list,
    (1 - p) / p × sum over d of A_d p^d + A_l p^l, where A_d is the share of the first d entries
    that both have. The paper takes a shorter list for the beginning of a longer one that nobody
    has seen; a list on a page ends where it ends, so here an empty slot agrees with nothing. A
    repeated entry counts where it stands first. Two empty lists are the same. O(l).

    Webber, Moffat & Zobel (2010), A similarity measure for indefinite rankings, TOIS 28(4),
    equation 23 and RBO_ext.

    Parameters
    ----------
    p
        In (0, 1): how much the depth matters; towards 0 the first entry decides.

    Raises
    ------
    InvalidTruth
        When p is not in (0, 1).

    Examples
    --------
    >>> round(rbo(["a", "b", "c"], ["a", "b", "x"]), 3)  # the last of three differs
    0.73
    >>> round(rbo(["a", "b", "c"], ["x", "b", "c"]), 3)  # the first does
    0.585
    """
    if not 0 < p < 1:
        msg = f"p must be in (0, 1), got {p!r}"
        raise InvalidTruth(msg)
    one, other = list(dict.fromkeys(first)), list(dict.fromkeys(second))
    depth = max(len(one), len(other))
    if not depth:
        return 1.0
    seen: set[str] = set()
    shared, agreement, terms = 0, 0.0, []
    for d in range(1, depth + 1):
        for name in (*one[d - 1 : d], *other[d - 1 : d]):
            shared += name in seen
            seen.add(name)
        agreement = shared / d
        terms.append(agreement * p ** (d - 1))
    return min(1.0, (1.0 - p) * fsum(terms) + agreement * p**depth)


def churn(first: Run, second: Run, p: float = PERSISTENCE) -> float:
    """Give 1 - the mean rank-biased overlap of two runs' lists, in [0, 1]: 0 nothing changed.

    Neither end is good: lists that never change go stale. A failed list is an empty one. NaN
    for runs without lists.

    Raises
    ------
    InvalidTruth
        When the runs do not answer equally many questions, or p is not in (0, 1).
    """
    if len(first.lists) != len(second.lists):
        msg = (
            "two runs must answer the same questions, got "
            f"{len(first.lists)} lists of {first.name!r} and {len(second.lists)} of {second.name!r}"
        )
        raise InvalidTruth(msg)
    if not first.lists:
        return nan
    overlaps = [rbo(one, other, p) for one, other in zip(first.lists, second.lists, strict=True)]
    return 1.0 - fsum(overlaps) / len(overlaps)
