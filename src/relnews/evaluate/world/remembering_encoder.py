"""An encoder that reads each article once, however many worlds are fed with it.

A world takes articles in as they came, a few at a time, and several worlds live through one
archive. A pretrained model takes minutes for a thousand articles, so that all of them are
embedded beforehand, in large batches, and for the next run kept in a file.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from relnews.embed.embedded import Embedded
from relnews.encoders import name_of
from relnews.errors import InvalidModel
from relnews.store import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from relnews.embed.sentence.settings import SentenceSettings
    from relnews.protocols import ArticleEncoder
    from relnews.types import Article

    Made = tuple[npt.NDArray[np.float16], float]

_AT_ONCE = 2_000
"""Articles between two writes of the file."""


class RememberingEncoder:
    """An `ArticleEncoder` that remembers what another one made.

    Parameters
    ----------
    encoder
        What embeds the articles that are not known yet.
    folder
        Where vectors are kept for later runs, in a file named by the encoder's fingerprint; None:
        nowhere. It is made when it is not there.

    Raises
    ------
    InvalidModel
        When the file in the folder is not one that this class wrote.
    """

    def __init__(self, encoder: ArticleEncoder, folder: Path | None = None) -> None:
        self._encoder = encoder
        self._path = None if folder is None else folder / f"{name_of(encoder)}.safetensors"
        self._made = _read(self._path, encoder.dimensions) if self._path is not None else {}

    @property
    def config(self) -> Mapping[str, str | int | float | list[str] | None]:
        """That of the encoder: the vectors are the same."""
        return self._encoder.config

    @property
    def settings(self) -> SentenceSettings:
        """Those of the encoder."""
        return self._encoder.settings

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        return self._encoder.dimensions

    def prepare(
        self, articles: Iterable[Article], progress: Callable[[int], None] = lambda _: None
    ) -> None:
        """Embed what is not known yet, the longest first, and write it down.

        `progress` hears of each finished batch how many articles it had. What was written when
        a run is interrupted is known to the next.
        """
        new = {digest(article): article for article in articles}
        waiting = [item for item in new.items() if item[0] not in self._made]
        waiting.sort(key=lambda item: (-len(item[1].body), item[0]))  # batches of like length
        for start in range(0, len(waiting), _AT_ONCE):
            part = waiting[start : start + _AT_ONCE]
            self._embed(dict(part), progress)
            self._write()

    def embed(
        self, articles: Sequence[Article], progress: Callable[[int], None] = lambda _: None
    ) -> Embedded:
        """Give the vectors of articles; only what is not known yet is embedded."""
        names = [digest(article) for article in articles]
        new = {n: a for n, a in zip(names, articles, strict=True) if n not in self._made}
        progress(len(articles) - len(new))
        self._embed(new, progress)
        vectors = np.zeros((len(names), self.dimensions), np.float16)
        seen = np.ones(len(names), np.float32)
        for place, name in enumerate(names):
            vectors[place], seen[place] = self._made[name]
        return Embedded(vectors, seen)

    def _embed(self, articles: Mapping[str, Article], progress: Callable[[int], None]) -> None:
        if articles:
            made = self._encoder.embed(list(articles.values()), progress)
            rows = zip(made.vectors, made.seen.tolist(), strict=True)
            self._made |= dict(zip(articles, rows, strict=True))

    def _write(self) -> None:
        """Write all that is known beside the file and put it in its place, whole or not at all."""
        if self._path is None or not self._made:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, npt.NDArray[Any]] = {
            "digests": np.array([list(bytes.fromhex(name)) for name in self._made], np.uint8),
            "vectors": np.array([vector for vector, _ in self._made.values()], np.float16),
            "seen": np.array([seen for _, seen in self._made.values()], np.float32),
        }
        unfinished = self._path.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(save(arrays))
        unfinished.replace(self._path)


def _read(path: Path, dimensions: int) -> dict[str, Made]:
    if not path.exists():
        return {}
    try:
        arrays = load(path.read_bytes())
        names = [row.tobytes().hex() for row in arrays["digests"]]
        vectors = arrays["vectors"].reshape(len(names), dimensions)
        return dict(zip(names, zip(vectors, arrays["seen"].tolist(), strict=True), strict=True))
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        msg = f"{path} must hold vectors that an evaluation kept; delete it ({error})"
        raise InvalidModel(msg) from error
