"""Runs a transformer that was exported to ONNX, with onnxruntime and tokenizers, without torch."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING, Any

import numpy as np

from relnews.embed.sentence.layout import (
    body,
    modules,
    padding,
    pooling,
    token_limit,
)
from relnews.errors import InvalidModel, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from relnews.embed.sentence.files import ModelFiles

_BATCH = 16
_POOLED = "sentence_embedding"
_POOLINGS = ("mean", "cls", "max")
_KNOWN = ("input_ids", "attention_mask", "token_type_ids")
_RANGES_AT_RUN_TIME = b"DynamicQuantizeLinear"
"""The operation that takes the range of numbers from the whole batch."""


class OnnxRuntime:
    """A model in an ONNX file, on the CPU, with as many threads as onnxruntime takes.

    A graph that gives ``sentence_embedding`` is taken at its word; of any other, the token
    vectors are pooled as the model's files say.

    Raises
    ------
    MissingExtra
        When onnxruntime or tokenizers is not installed.
    InvalidModel
        When the graph, its inputs or its pooling are none that this can run.
    """

    def __init__(self, found: ModelFiles, max_tokens: int = 0) -> None:
        onnxruntime, tokenizers = _packages()
        folder, graph = found.folder, found.folder / found.file
        try:
            self._session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime has a dozen of its own
            msg = f"{found.file} must be an ONNX model that onnxruntime reads: {error}"
            raise InvalidModel(msg) from error
        self.tokenizer = tokenizers.Tokenizer.from_file(str(body(folder) / "tokenizer.json"))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self.max_tokens = token_limit(folder, max_tokens)
        self._padding = padding(folder)
        self._inputs = _inputs(self._session, found.file)
        self._output, self.pooling = _output(self._session, folder)
        self.batch_size = 1 if _ranges_at_run_time(graph) else _BATCH
        self.dimensions = self.encode(["a"]).shape[1]

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Give the vectors of texts that fit, shape (n, d)."""
        encodings = self.tokenizer.encode_batch_fast(list(texts))
        shape = (len(encodings), max(len(one) for one in encodings))
        ids, mask = np.full(shape, self._padding, np.int64), np.zeros(shape, np.int64)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding)] = encoding.ids
            mask[row, : len(encoding)] = 1
        given = dict(zip(_KNOWN, (ids, mask, np.zeros(shape, np.int64)), strict=True))
        values = self._session.run([self._output], {name: given[name] for name in self._inputs})[0]
        return pool(values.astype(np.float32, copy=False), mask, self.pooling)


def pool(
    values: npt.NDArray[np.float32], mask: npt.NDArray[np.int64], pooling: str
) -> npt.NDArray[np.float32]:
    """Make one vector of the token vectors of each text; padding takes no part.

    `values` has shape (n, t, d), or (n, d) when the graph has pooled them; `mask` (n, t), 1 for
    a token and 0 for padding.
    """
    if values.ndim == 2:  # noqa: PLR2004  # (n, d)
        return values
    if pooling == "cls":
        return values[:, 0]
    here = mask[..., None].astype(np.float32)
    if pooling == "max":
        greatest: npt.NDArray[np.float32] = np.where(here > 0, values, -np.inf).max(1)
        return greatest
    mean: npt.NDArray[np.float32] = (values * here).sum(1) / here.sum(1)
    return mean


def _output(session: Any, folder: Path) -> tuple[str, str]:  # noqa: ANN401  # not typed
    """Give the output to read, and how its token vectors are pooled."""
    names = [entry.name for entry in session.get_outputs()]
    pooled = pooling(folder)
    if _POOLED in names:
        return _POOLED, pooled
    unsupported = [step.kind for step in modules(folder)[1:]]
    unsupported = [kind for kind in unsupported if kind not in {"Pooling", "Normalize", "Dropout"}]
    if unsupported or pooled not in _POOLINGS:
        msg = (
            f"an ONNX model must pool by {', '.join(_POOLINGS)} and have no further steps, got "
            f"{', '.join([pooled, *unsupported])} in {folder.name}; export it with "
            f"{_POOLED} as its output, or run it with torch"
        )
        raise InvalidModel(msg)
    return next((name for name in names if "hidden" in name or "token" in name), names[0]), pooled


def _inputs(session: Any, file: str) -> list[str]:  # noqa: ANN401  # not typed
    """Name the inputs of a graph, all of which must be known here."""
    told = [f"{entry.name} {entry.type}" for entry in session.get_inputs()]
    known = [f"{name} tensor(int64)" for name in _KNOWN]
    if not set(told) <= set(known) or known[0] not in told:
        msg = f"{file} must take {', '.join(known)} or some of them, got {', '.join(told)}"
        raise InvalidModel(msg)
    return [entry.name for entry in session.get_inputs()]


def _ranges_at_run_time(graph: Path) -> bool:
    """Tell an int8 model, whose roundings hang on all texts of a batch, so that one is a batch.

    In batches of 16, vectors of MiniLM moved by a cosine of up to .005; one by one costs 8 % of
    the speed.
    """
    with (
        graph.open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        return content.find(_RANGES_AT_RUN_TIME) >= 0


def _packages() -> tuple[Any, Any]:
    try:
        import onnxruntime  # noqa: PLC0415  # an extra brings it
        import tokenizers  # noqa: PLC0415  # the same
    except ImportError as error:
        msg = (
            "an ONNX model needs onnxruntime and tokenizers, which are not both installed; "
            "pip install 'relnews[onnx]'"
        )
        raise MissingExtra(msg) from error
    return onnxruntime, tokenizers
