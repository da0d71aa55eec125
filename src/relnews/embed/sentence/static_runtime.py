"""Runs a static model: the mean of its word vectors, with model2vec, without torch."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from relnews.errors import InvalidModel, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from relnews.embed.sentence.files import ModelFiles

_BATCH = 1024


class StaticRuntime:
    """A model in the format of model2vec, or a StaticEmbedding of sentence-transformers.

    It reads texts of any length: a limit saved with it (model2vec: 512 tokens) is lifted.

    Raises
    ------
    MissingExtra
        When model2vec is not installed.
    InvalidModel
        When model2vec cannot load the model.
    """

    max_tokens = None
    pooling = "mean"
    batch_size = _BATCH

    def __init__(self, found: ModelFiles) -> None:
        load = _package()
        try:
            self._model = load(found.folder)
        except Exception as error:  # whatever its parts raise
            msg = f"model2vec must be able to load {found.folder.name}: {error}"
            raise InvalidModel(msg) from error
        self.tokenizer = type(self._model.tokenizer).from_str(self._model.tokenizer.to_str())
        self.tokenizer.no_truncation()
        self.dimensions = int(self._model.dim)
        self._lock = threading.Lock()  # its tokenizer is changed by every call

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Give the vectors of texts, shape (n, d); zero for a text without a known word."""
        with self._lock:
            found = self._model.encode(list(texts), max_length=None, use_multiprocessing=False)
        return np.asarray(found, np.float32)


def _package() -> Any:  # noqa: ANN401  # a function that is not typed
    try:
        from model2vec import StaticModel  # noqa: PLC0415  # an extra brings it
    except ImportError as error:
        msg = (
            "a static model needs model2vec, which is not installed; pip install 'relnews[static]'"
        )
        raise MissingExtra(msg) from error
    return StaticModel.from_pretrained
