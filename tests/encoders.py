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


class SkimmingEncoder:
    """Counts the letters of the first 60 characters: most of a text goes unseen.

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


def letters(articles: Sequence[Article]) -> npt.NDArray[np.float32]:
    """Count the letters of articles and scale the counts to length 1, shape (n, 26)."""
    texts = [f"{one.headline}\n{one.teaser}\n{one.body}".lower() for one in articles]
    rows = [[text.count(chr(97 + n)) for n in range(26)] for text in texts]
    counts = np.reshape(np.array(rows, np.float32), (-1, 26))
    norms = np.linalg.norm(counts, axis=1, keepdims=True)
    return np.divide(counts, np.where(norms > 0, norms, 1.0)).astype(np.float32)


class LetterEncoder:
    """A toy that knows how texts look, and remembers which it read.

    Parameters
    ----------
    name
        Told apart by their names, encoders have different fingerprints.
    semantic_weight
        That of its settings.
    """

    dimensions = 26

    def __init__(self, name: str = "letters", semantic_weight: float | None = None) -> None:
        self.settings = SentenceSettings(name=name, semantic_weight=semantic_weight)
        self.config: dict[str, str | int | float | list[str] | None] = {"name": name}
        self.read: list[str] = []

    def embed(
        self, articles: Sequence[Article], progress: Callable[[int], None] = lambda _: None
    ) -> Embedded:
        """Give the vectors of articles, of which it has seen all."""
        self.read += [article.headline for article in articles]
        progress(len(articles))
        vectors = letters(articles).astype(np.float16)
        return Embedded(vectors, np.ones(len(articles), np.float32))
