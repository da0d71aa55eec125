"""What a list is worth beyond being right: diversity, novelty, serendipity.

None of them means anything alone: a list of random articles is diverse and novel. Read them
beside accuracy. Entries that the catalogue does not know are skipped, and gain nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2, nan
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from relnews.evaluate.metrics.slots import gains, known, require_k, similarity

if TYPE_CHECKING:
    from relnews.evaluate.judged import Judged

_PAIR = 2


@dataclass(frozen=True, slots=True, repr=False)
class IntraListDiversity:
    """Mean of 1 - cosine over all pairs of the first k entries, in [0, 1].

    Larger is more diverse. NaN when fewer than two entries are known; an article that is there
    twice is no different from itself. O(k²).

    Ziegler et al. (2005), Improving recommendation lists through topic diversification, WWW.
    """

    k: int
    better: ClassVar[int] = 1

    def __post_init__(self) -> None:
        """Refuse a k below 1."""
        require_k(self.k)

    def __repr__(self) -> str:
        return f"diversity@{self.k}"

    def of(self, judged: Judged) -> float:
        """Give the mean dissimilarity of the entries with each other."""
        ids = known(judged, self.k)
        if len(ids) < _PAIR:
            return nan
        upper = np.triu_indices(len(ids), 1)
        return float(np.mean(1.0 - similarity(judged, ids)[upper].astype(np.float64)))


@dataclass(frozen=True, slots=True, repr=False)
class Novelty:
    """Mean self-information of the first k entries, in bits: how little read they were.

    -log2 of the share of all events before the moment that an article has had, with one more
    event for every article (add-one smoothing), so that the unread has a finite value. At least
    0; larger is more novel. NaN when no reader is known, or no entry. O(k log events).

    Zhou et al. (2010), Solving the apparent diversity-accuracy dilemma of recommender systems,
    PNAS 107(10); Castells, Hurley & Vargas (2022), Novelty and diversity in recommender systems.
    """

    k: int
    better: ClassVar[int] = 1

    def __post_init__(self) -> None:
        """Refuse a k below 1."""
        require_k(self.k)

    def __repr__(self) -> str:
        return f"novelty@{self.k}"

    def of(self, judged: Judged) -> float:
        """Give the mean bits of surprise of the entries."""
        catalogue, at = judged.catalogue, judged.question.at
        ids = known(judged, self.k)
        if not ids or not catalogue.knows_readers:
            return nan
        everything = catalogue.n_events(at) + len(catalogue)
        bits = [log2(everything / (catalogue.popularity(name, at) + 1)) for name in ids]
        return sum(bits) / len(bits)


@dataclass(frozen=True, slots=True, repr=False)
class Serendipity:
    """Right and yet not obvious: the mean of right × (1 - cosine to the source) over k slots.

    An entry is unexpected as far as a primitive recommender would not have shown it:
    max(P - P_primitive, 0), where P = 1 for what is on the list and the primitive one goes by
    the words shared with the source alone. In [0, 1], larger is better; an empty slot gains
    nothing. NaN without truth, or when the catalogue does not know the source. O(k²).

    Murakami, Mori & Orihara (2008), Metrics for evaluating the serendipity of recommendation
    lists, JSAI 2007, LNCS 4914: unexpectedness without the weight of ranks.
    """

    k: int
    better: ClassVar[int] = 1

    def __post_init__(self) -> None:
        """Refuse a k below 1."""
        require_k(self.k)

    def __repr__(self) -> str:
        return f"serendipity@{self.k}"

    def of(self, judged: Judged) -> float:
        """Give the mean unexpectedness of what is right."""
        source = judged.question.source.id
        if not judged.question.gains or source not in judged.catalogue:
            return nan
        entries = zip(judged.ids, gains(judged, self.k), strict=False)
        right = [name for name, gain in entries if gain > 0 and name in judged.catalogue]
        cosines = similarity(judged, [source, *right])[0, 1:].astype(np.float64)
        return float(np.sum(1.0 - cosines)) / self.k
