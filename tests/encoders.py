"""Stand-ins for pretrained models: vectors that follow from the letters of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.embed.embedded import Embedded
from relnews.embed.sentence.settings import SentenceSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from relnews import Article

LETTERS = "abcdefghijklmnopqrstuvwxyzäöüß"
LIMIT = 60
"""Characters that it reads."""


class LetterEncoder:
    """Counts letters: equal texts are alike, and nothing has to be loaded.

    Parameters
    ----------
    settings
        Its name, and what it says of itself.
    shift
        Another number makes another model: other letters weigh more.

    Attributes
    ----------
    read
        The ids it was asked for, one call after the other.
    """

    def __init__(self, settings: SentenceSettings | None = None, shift: int = 0) -> None:
        self.settings = settings or SentenceSettings(name="letters")
        self.shift = shift
        self.read: list[list[str]] = []

    @property
    def config(self) -> Mapping[str, str | int | float | list[str] | None]:
        return {"letters": LETTERS, "shift": self.shift}

    @property
    def dimensions(self) -> int:
        return len(LETTERS)

    def embed(
        self, articles: Sequence[Article], progress: Callable[[int], None] = lambda _: None
    ) -> Embedded:
        self.read.append([article.id for article in articles])
        texts = [f"{article.headline} {article.body}" for article in articles]
        vectors = [self._vector(text[:LIMIT]) for text in texts]
        progress(len(texts))
        seen = [min(LIMIT / max(len(text), 1), 1.0) for text in texts]
        empty = np.zeros((0, self.dimensions), np.float16)
        stacked = np.concatenate([empty, np.reshape(vectors, (-1, self.dimensions))])
        return Embedded(stacked, np.array(seen, np.float32))

    def _vector(self, text: str) -> npt.NDArray[np.float16]:
        counts = np.array([text.lower().count(letter) for letter in LETTERS], np.float32)
        counts *= 1 + (np.arange(len(LETTERS)) + self.shift) * 7 % 11
        norm = np.linalg.norm(counts)
        half: npt.NDArray[np.float16] = (counts / (norm or 1.0)).astype(np.float16)
        return half
