"""Stages 4 and 6 for many lists at a time: what `Listing` picks where no rule interferes.

One loop over the entries instead of one per list. It only makes *plain* lists and says which
ones those are; `Listing` makes all others, and is the oracle of these.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from relnews.rank.choices import Choices
from relnews.rank.diversity import Dpp, Mmr

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.rank.edition import Edition

    Rows = npt.NDArray[np.intp]
    Values = npt.NDArray[np.float32]
    Mask = npt.NDArray[np.bool_]

LISTS_AT_ONCE = 64
"""A good size of a block for whoever makes many: 128 took a third longer per list."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Stored source articles and the candidates of each.

    Attributes
    ----------
    sources
        intp, shape (q,): the rows of the source articles.
    dated
        int64, shape (q,): their dates, epoch seconds, as `Query.dated`.
    rows
        intp, shape (q, m): candidates, best first; -1 where a list has fewer. They must be the
        first pool that `Listing` fetches (`FIRST_POOL`), or picks may differ from its.
    score, lexical, semantic
        Shape (q, m); whatever where there is no candidate.
    """

    sources: Rows
    dated: npt.NDArray[np.int64]
    rows: Rows
    score: Values
    lexical: Values
    semantic: Values


def pick(edition: Edition, block: Block, depth: int) -> tuple[Rows, Mask]:
    """Pick the first entries of lists.

    Returns
    -------
    rows
        intp, shape (q, depth): what `Listing.entries` yields for each list, all by score.
    plain
        bool, shape (q,): which lists are finished. The rows of others mean nothing: a rule may
        touch them, the selector is neither `Mmr` nor `Dpp`, or the candidates ran out.
    """
    picked = np.full((len(block.rows), depth), -1, np.intp)
    plain = is_plain(edition, block)
    if not plain.any():
        return picked, plain
    choices = Choices(edition, _some(block, plain), depth)
    taken = np.stack([choices.next() for _ in range(depth)], axis=1)
    picked[plain] = taken
    plain[plain] = choices.going
    return picked, plain


def is_plain(edition: Edition, block: Block) -> Mask:
    """Tell which lists no rule touches and the selector can make here, shape (q,)."""
    rules, selector = edition.rules, edition.policy.selector
    ids = edition.site.corpus.ids
    present = block.rows >= 0
    plain = present.any(axis=1)
    plain &= np.array([not rules.pins(ids[source]) for source in block.sources.tolist()], bool)
    apart = [edition.site.corpus.row_of.get(name, -2) for name in rules.separated_ids]
    plain &= ~np.isin(block.rows, apart).any(axis=1)
    if isinstance(selector, Dpp):
        plain &= present.all(axis=1)  # it looks at the mean of all scores
    known = type(selector) in {Mmr, Dpp}  # a class made from them may know one list alone
    return plain & (known and not (rules.caps or rules.quotas))


def _some(block: Block, which: Mask) -> Block:
    return Block(**{part.name: getattr(block, part.name)[which] for part in fields(block)})
