"""The semantic view of a pretrained model: articles in, unit vectors out, and what they saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews.embed.embedded import Embedded
from relnews.embed.sentence.files import deciding, digest, find
from relnews.embed.sentence.onnx_runtime import OnnxRuntime
from relnews.embed.sentence.pieces import Reader
from relnews.embed.sentence.static_runtime import StaticRuntime
from relnews.embed.sentence.torch_runtime import TorchRuntime
from relnews.errors import InvalidModel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from relnews.embed.sentence.files import ModelFiles
    from relnews.embed.sentence.pieces import Reading
    from relnews.embed.sentence.runtime import Runtime
    from relnews.embed.sentence.settings import SentenceSettings
    from relnews.types import Article

    Config = dict[str, str | int | float | list[str] | None]

_AT_ONCE = 128
"""Articles whose pieces are sorted by length together, and between two calls of progress."""


def load_encoder(settings: SentenceSettings, device: str = "") -> SentenceEncoder:
    """Load a pretrained model from this machine; nothing is downloaded.

    Parameters
    ----------
    settings
        Which model, and how it reads articles.
    device
        Of a model that torch runs: a device of torch; empty: the best that is there.

    Raises
    ------
    MissingModel
        When it is not on this machine, or not whole; the message names the command.
    MissingExtra
        When a package that runs it is not installed; the message names the extra.
    InvalidModel
        When it brings code of its own or weights as a pickle alone, cannot be run, or has fewer
        dimensions or positions than asked for.
    """
    found = find(settings)
    return SentenceEncoder(settings, found, _runtime(found, settings.max_tokens, device))


def _runtime(found: ModelFiles, max_tokens: int, device: str) -> Runtime:
    if found.runtime == "torch":
        return TorchRuntime(found, max_tokens, device)
    if device not in {"", "cpu"}:
        msg = f"device must be empty for a model that {found.runtime} runs, got {device!r}"
        raise InvalidModel(msg)
    if found.runtime == "onnx":
        return OnnxRuntime(found, max_tokens)
    if max_tokens:
        msg = f"max_tokens of a static model must be 0, as it reads any length, got {max_tokens}"
        raise InvalidModel(msg)
    return StaticRuntime(found)


class SentenceEncoder:
    """A pretrained model that turns articles into vectors; a `relnews.protocols.ArticleEncoder`.

    An article's vector is the mean of the unit vectors of its pieces, weighted by their tokens
    of its body, cut to the first dimensions that are kept, at length 1. Safe to use from
    several threads. Made by `load_encoder`.
    """

    def __init__(self, settings: SentenceSettings, found: ModelFiles, runtime: Runtime) -> None:
        if settings.dimensions > runtime.dimensions:
            msg = (
                f"dimensions of {settings.name} must be at most {runtime.dimensions}, "
                f"got {settings.dimensions}; keep fewer, or 0 for all"
            )
            raise InvalidModel(msg)
        self.settings = settings
        self.dimensions = settings.dimensions or runtime.dimensions
        self._runtime = runtime
        self.reader = Reader(runtime.tokenizer, settings, runtime.max_tokens)
        self._config = _config(settings, found, runtime, self.dimensions)

    @property
    def config(self) -> Config:
        """All that decides what a vector is, a digest of the model's files included.

        A local folder is named by its last part alone, so that a model may be moved.
        """
        return dict(self._config)

    def embed(
        self, articles: Sequence[Article], progress: Callable[[int], None] = lambda _: None
    ) -> Embedded:
        """Give the vectors of articles; `progress` hears of each finished batch how many it had.

        Raises
        ------
        InvalidModel
            When the model gives numbers that are not finite.
        """
        vectors = np.zeros((len(articles), self.dimensions), np.float16)
        seen = np.ones(len(articles), np.float32)
        for start in range(0, len(articles), _AT_ONCE):
            readings = self.reader.read(articles[start : start + _AT_ONCE])
            rows = slice(start, start + len(readings))
            vectors[rows] = self.vectors(readings)
            seen[rows] = [reading.seen for reading in readings]
            progress(len(readings))
        return Embedded(vectors, seen)

    def vectors(self, readings: Sequence[Reading]) -> npt.NDArray[np.float32]:
        """Give the vector of each reading, shape (n, d); `embed` does so for many.

        Raises
        ------
        InvalidModel
            When the model gives numbers that are not finite.
        """
        pieces = self._encode(
            [piece for reading in readings for piece in reading.pieces],
            [length for reading in readings for length in reading.lengths],
        )
        weights = [weight for reading in readings for weight in reading.weights]
        owners = np.repeat(np.arange(len(readings)), [len(one.pieces) for one in readings])
        sums = np.zeros((len(readings), self.dimensions), np.float32)
        np.add.at(sums, owners, pieces * np.array(weights, np.float32)[:, None])
        return unit(sums)

    def _encode(self, texts: Sequence[str], lengths: Sequence[int]) -> npt.NDArray[np.float32]:
        """Give the unit vectors of texts, batches holding such of like length."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        order = np.argsort(lengths, kind="stable")[::-1]  # the longest first: memory fails early
        for start in range(0, len(order), self._runtime.batch_size):
            rows = order[start : start + self._runtime.batch_size]
            given = self._runtime.encode([texts[row] for row in rows])
            vectors[rows] = given[:, : self.dimensions]
        if not np.isfinite(vectors).all():
            msg = f"vectors must be finite numbers, and {self.settings.name} gave others"
            raise InvalidModel(msg)
        return unit(vectors)


def unit(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Scale rows to length 1; zero stays zero. Shape (n, d)."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)


def _config(
    settings: SentenceSettings, found: ModelFiles, runtime: Runtime, dimensions: int
) -> Config:
    return {
        "kind": "sentence",
        "name": settings.name if found.at_hub else "",  # a folder may be moved; its digest stays
        "revision": found.revision,
        "runtime": found.runtime,
        "file": found.file,
        "prompt": settings.prompt,
        "pooling": runtime.pooling,
        "dimensions": dimensions,
        "max_tokens": runtime.max_tokens,
        "long_text": settings.long_text,
        "max_windows": settings.max_windows,
        "digest": digest(found.folder, deciding(found)),
    }
