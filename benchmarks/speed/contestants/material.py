"""What every contestant starts from: one site, written once, of which each reads what it needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
import scipy.sparse as sp

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import numpy.typing as npt

    from relnews import Article
    from relnews.mirror import Mirror

    Rows = npt.NDArray[np.intp]

K = 10
"""How many others a list has."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """An article that is not stored, as every contestant can take it.

    Attributes
    ----------
    article, at
        The text, and the moment the list is for.
    weights
        Its unit-length tf-idf row, shape (1, vocabulary), of known terms.
    vector
        Its semantic vector, float32, shape (d,).
    exclude
        Ids that may not be shown.
    """

    article: Article
    at: datetime
    weights: sp.csr_matrix
    vector: npt.NDArray[np.float32]
    exclude: frozenset[str]


class Contestant(Protocol):
    """Answers for stored rows and for new articles; made from a `Material`."""

    def one(self, row: int) -> object:
        """Find the ten most related others of a stored row."""
        ...

    def many(self, rows: Rows) -> object:
        """Find the same for many stored rows in the way that is quickest for many."""
        ...

    def ranking(self, asked: Asked) -> Rows:
        """Give the rows that are related to an article, best first, as many as there are."""
        ...

    def peak_bytes(self) -> int:
        """Give the most memory that it ever held."""
        ...

    def close(self) -> None:
        """Let go of what does not go by itself."""
        ...


@dataclass(frozen=True, slots=True)
class Material:
    """A folder with one site in every shape that contestants take; row for row the same."""

    folder: Path

    @property
    def database(self) -> Path:
        """The library's own database."""
        return self.folder / "news.db"

    def write(self, mirror: Mirror, texts: list[tuple[str, str]]) -> None:
        """Write the site of a mirror; `texts` are headline and body by row."""
        rows = mirror.live_rows()
        names = {"ids": mirror.corpus.ids, "last": int(mirror.corpus["published"].max())}
        self._path("names.json").write_text(json.dumps(names), encoding="utf-8")
        self._path("texts.json").write_text(json.dumps(texts), encoding="utf-8")
        frequencies = mirror.lexical.term_frequencies(rows)
        frequencies.data = np.rint(np.exp(frequencies.data - 1.0)).astype(np.int32)
        sp.save_npz(self._path("counts.npz"), frequencies, compressed=False)
        sp.save_npz(self._path("weights.npz"), mirror.lexical.weights(rows), compressed=False)
        np.save(self._path("vectors.npy"), mirror.site().vectors)

    def ids(self) -> list[str]:
        """Give the id of each row."""
        return cast("list[str]", self._names()["ids"])

    def last(self) -> int:
        """Give the date of the newest article, epoch seconds."""
        return cast("int", self._names()["last"])

    def texts(self) -> list[tuple[str, str]]:
        """Give headline and body of each row."""
        found = json.loads(self._path("texts.json").read_text(encoding="utf-8"))
        return [(headline, body) for headline, body in found]

    def counts(self) -> sp.csr_matrix:
        """Give how often each row has each term, field weights included, int32."""
        return sp.load_npz(self._path("counts.npz"))

    def weights(self) -> sp.csr_matrix:
        """Give the unit-length tf-idf rows."""
        return sp.load_npz(self._path("weights.npz"))

    def vectors(self) -> npt.NDArray[np.float32]:
        """Give the semantic vectors; d = 0 without a semantic view."""
        vectors: npt.NDArray[np.float32] = np.load(self._path("vectors.npy"))
        return vectors

    def _names(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self._path("names.json").read_text(encoding="utf-8"))
        return found

    def _path(self, name: str) -> Path:
        return self.folder / name


def best_first(scores: npt.NDArray[np.float32]) -> Rows:
    """Give the rows with a score above 0, best first, ties by row."""
    order = np.argsort(-scores, kind="stable")
    return order[scores[order] > 0]


def top(scores: npt.NDArray[np.float32], row: int) -> Rows:
    """Give the ten best rows without the row itself, best first."""
    places = np.argpartition(-scores, min(K, len(scores) - 1))[: K + 1]
    ordered = places[np.argsort(-scores[places], kind="stable")]
    others: Rows = ordered[ordered != row][:K]
    return others
