"""Runs a model with sentence-transformers on torch: CPU, CUDA or MPS."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from relnews.embed.sentence.layout import pooling, token_limit
from relnews.errors import InvalidModel, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from relnews.embed.sentence.files import ModelFiles

_BATCH = 32
_BATCH_ON_DEVICE = 128


class TorchRuntime:
    """A model of sentence-transformers; nothing is downloaded, no code of its own is run.

    Parameters
    ----------
    found
        The files.
    max_tokens
        How many tokens to read at once; 0: the model's own limit.
    device
        A device of torch; empty: CUDA where there is one, else MPS, else the CPU.

    Raises
    ------
    MissingExtra
        When sentence-transformers is not installed.
    InvalidModel
        When it cannot load the model, or there is no such device.
    """

    def __init__(self, found: ModelFiles, max_tokens: int = 0, device: str = "") -> None:
        torch, load = _packages()
        folder = found.folder
        self.max_tokens = token_limit(folder, max_tokens)
        self.pooling = pooling(folder)
        try:
            with _silent():
                self._model = load(
                    str(folder),
                    device=device or _best(torch),
                    trust_remote_code=False,
                    local_files_only=True,
                    model_kwargs={"use_safetensors": True},
                )
        except Exception as error:  # whatever its many parts raise
            msg = f"sentence-transformers must be able to load {folder.name}: {error}"
            raise InvalidModel(msg) from error
        self._model.eval()
        self._model.max_seq_length = self.max_tokens
        self.tokenizer = _own(self._model.tokenizer, folder.name)
        self.batch_size = _BATCH if self._model.device.type == "cpu" else _BATCH_ON_DEVICE
        self._lock = threading.Lock()  # its tokenizer is changed by every call
        self.dimensions = self.encode(["a"]).shape[1]

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Give the vectors of texts that fit, shape (n, d)."""
        with self._lock:
            found = self._model.encode(
                list(texts),
                prompt="",  # else a model could put its own default prompt before ours
                batch_size=self.batch_size,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return np.asarray(found, np.float32)


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Keep transformers from drawing progress bars; printing is for the command line."""
    from transformers.utils import logging  # noqa: PLC0415  # sentence-transformers brings it

    drawn = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if drawn:
            logging.enable_progress_bar()


def _best(torch: Any) -> str:  # noqa: ANN401  # a module
    """Name the best device that is there."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _own(tokenizer: Any, name: str) -> Any:  # noqa: ANN401  # not typed
    """Copy the tokenizer, so that ours never cuts, whatever the model sets in its own."""
    fast = getattr(tokenizer, "backend_tokenizer", None)
    if fast is None:
        msg = f"a model must have a fast tokenizer (tokenizer.json), and {name} has none"
        raise InvalidModel(msg)
    copied = type(fast).from_str(fast.to_str())
    copied.no_truncation()
    copied.no_padding()
    return copied


def _packages() -> tuple[Any, Any]:
    try:
        import torch  # noqa: PLC0415  # seconds to import, and an extra brings it
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415  # the same
    except ImportError as error:
        msg = (
            "this model needs sentence-transformers, which is not installed; "
            "pip install 'relnews[models]'"
        )
        raise MissingExtra(msg) from error
    return torch, SentenceTransformer
