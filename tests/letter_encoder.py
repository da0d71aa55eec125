"""An encoder for tests that needs no model: an article's vector is how often it has each letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.embed.embedded import Embedded
from relnews.embed.sentence.settings import SentenceSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from relnews.types import Article


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
