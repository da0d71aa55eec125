"""The corpus with its views: everything that lists are made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relnews.index.exact import similarities_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from relnews.corpus import Corpus
    from relnews.embed.lexical import LexicalView
    from relnews.policy import Policy
    from relnews.protocols import Index
    from relnews.query import Query
    from relnews.rank.relevance import Calibration


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """Articles, views, index and calibration, row for row.

    `vectors` is float32 of shape (n, d); d = 0 without a semantic view. `languages` are those that
    its model compares with each other, ``*`` for any; empty: each only with itself.
    """

    corpus: Corpus
    lexical: LexicalView
    vectors: npt.NDArray[np.float32]
    index: Index
    calibration: Calibration
    languages: frozenset[str] = frozenset()

    def similarities(
        self, query: Query, rows: npt.NDArray[np.intp]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Give the lexical and the semantic cosine of the query with some rows."""
        return similarities_of(self.lexical, self.vectors, query, rows)

    def agency_codes(self, policy: Policy) -> npt.NDArray[np.int64]:
        """Give the codes of the sources that are agencies."""
        agencies = {name.casefold() for name in policy.agencies}
        names = self.corpus.names["source"].names
        codes = [code for code, name in enumerate(names) if name.casefold() in agencies]
        return np.array(codes, np.int64)

    def is_agency(self, query: Query, policy: Policy) -> bool:
        """Tell whether the source article is an agency's."""
        return query.source.casefold() in {name.casefold() for name in policy.agencies}
