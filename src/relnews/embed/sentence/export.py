"""A transformer exported to ONNX: runs without torch, and as int8 in a quarter of the space."""

from __future__ import annotations

import contextlib
import io
import logging
import shutil
import warnings
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from relnews.embed.sentence.files import find
from relnews.embed.sentence.layout import modules
from relnews.embed.sentence.presets import BESIDE_MODEL
from relnews.embed.sentence.settings import SentenceSettings
from relnews.errors import InvalidModel, MissingExtra

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

NEEDED = ("torch", "transformers", "onnx", "onnxscript", "onnxruntime")

OPSET = 18
"""The first that torch's exporter writes without converting; every onnxruntime we allow has it."""

LARGEST_FILE = 1_500_000_000
"""Bytes of weights up to which a graph holds them itself; protobuf ends at 2 GiB."""

TOLERANCE = 1e-3
"""Largest difference in a hidden state between torch and the export, where values are near 1."""

_EXPORTABLE = {"Transformer", "Pooling", "Normalize", "Dropout"}
_CONFIGURATION = {".json", ".txt", ".model"}


def export_onnx(
    folder: str | os.PathLike[str], target: str | os.PathLike[str], *, int8: bool
) -> Path:
    """Export a sentence-transformers folder to ONNX, so that it runs without torch.

    The new folder has the tokenizer, the pooling and ``onnx/model.onnx`` with free batch and
    sequence axes, which gives hidden states; with `int8` it is ``onnx/model_qint8.onnx``,
    quantised dynamically by channel. The graph is compared with torch on padded input before it
    counts. The folder appears as a whole or not at all.

    Raises
    ------
    InvalidModel
        When `folder` is no such model or holds a part that is not exported (a dense layer, a
        static embedding), `target` exists or cannot be written, or the export differs.
    MissingExtra
        When a package of the extra ``export`` is not installed.
    MissingModel
        When `folder` is not there, or not whole.
    """
    folder, target = Path(folder), Path(target)
    if target.exists():
        msg = f"an export must go to a folder that is not there yet, got {target}"
        raise InvalidModel(msg)
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        msg = f"an export needs {', '.join(missing)}: pip install 'relnews[export]'"
        raise MissingExtra(msg)
    transformer = _transformer(folder)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as made:
            new = Path(made) / target.name
            shutil.copytree(folder, new, ignore=_all_but_configuration)
            (new / "onnx").mkdir(exist_ok=True)
            with _quiet():
                _write(transformer, new / "onnx" / "model.onnx", int8=int8)
            new.rename(target)
    except InvalidModel:
        raise
    except (OSError, ValueError, RuntimeError) as error:  # files; transformers; the exporter
        first, *_ = str(error).strip().splitlines() or [type(error).__name__]
        msg = f"{folder} could not be exported to {target}: {first}"
        raise InvalidModel(msg) from error
    return target


def _transformer(folder: Path) -> Path:
    """Give the folder of the transformer itself, if it is whole and only pooling comes after it."""
    steps = modules(folder)
    kinds = [step.kind for step in steps]
    if kinds[:1] != ["Transformer"] or not set(kinds) <= _EXPORTABLE:
        msg = f"only a transformer with pooling can be exported, {folder} has {', '.join(kinds)}"
        raise InvalidModel(msg)
    find(SentenceSettings(name=str(folder), runtime="torch"))
    return steps[0].folder


def _all_but_configuration(folder: str, names: list[str]) -> list[str]:
    """Tell `shutil.copytree` what to leave: weights, code, other exports, the old settings."""
    return [
        name
        for name in names
        if name in {"onnx", "openvino", BESIDE_MODEL}
        or (Path(folder, name).is_file() and Path(name).suffix not in _CONFIGURATION)
    ]


def _write(transformer: Path, graph: Path, *, int8: bool) -> None:
    import torch  # noqa: PLC0415  # an extra brings it

    model = _loaded(transformer)
    example = _example(model.config, lengths=(5, 3))
    free = torch.export.Dim.DYNAMIC
    weights = sum(each.numel() * each.element_size() for each in model.parameters())
    # The older exporter (dynamo=False) gives the same graph sooner, but torch is giving it up.
    torch.onnx.export(
        _hidden_states(model),
        kwargs=example,
        f=str(graph),
        output_names=["last_hidden_state"],
        dynamic_shapes={name: {0: free, 1: free} for name in example},
        opset_version=OPSET,
        external_data=weights > LARGEST_FILE,
        dynamo=True,
        verbose=False,
    )
    _check(model, graph)
    if int8:
        _quantize(graph)


def _loaded(transformer: Path) -> Any:  # noqa: ANN401  # torch has no types here
    import torch  # noqa: PLC0415  # an extra brings it
    from transformers import AutoModel  # noqa: PLC0415  # the same

    # Attention written out (eager) leaves a faster int8 graph than the fused one: 8 texts of 256
    # tokens took all-MiniLM-L6-v2 0.20 s of one core against 0.32 s.
    model = AutoModel.from_pretrained(
        transformer,
        local_files_only=True,
        trust_remote_code=False,
        use_safetensors=True,
        attn_implementation="eager",
        dtype=torch.float32,
    )
    return model.eval()


def _hidden_states(model: Any) -> Any:  # noqa: ANN401  # torch has no types here
    """Wrap a model so that it gives its last hidden states alone, under fixed names."""
    import torch  # noqa: PLC0415  # an extra brings it

    class HiddenStates(torch.nn.Module):  # type: ignore[misc]  # torch has no types here
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any = None) -> Any:  # noqa: ANN401  # the same
            kinds = {} if token_type_ids is None else {"token_type_ids": token_type_ids}
            found = self.model(input_ids=input_ids, attention_mask=attention_mask, **kinds)
            return found.last_hidden_state

    return HiddenStates()


def _example(config: Any, lengths: tuple[int, ...]) -> dict[str, Any]:  # noqa: ANN401  # torch
    """Make padded input of texts with so many tokens, as the model's tokenizer would."""
    import torch  # noqa: PLC0415  # an extra brings it

    places = torch.arange(max(lengths)).repeat(len(lengths), 1)
    mask = (places < torch.tensor(lengths)[:, None]).long()
    words = (places * 7 + 11) % config.vocab_size
    padding = getattr(config, "pad_token_id", None) or 0
    inputs = {"input_ids": torch.where(mask.bool(), words, padding), "attention_mask": mask}
    if getattr(config, "type_vocab_size", 0) > 1:
        inputs["token_type_ids"] = torch.zeros_like(mask)
    return inputs


def _check(model: Any, graph: Path) -> None:  # noqa: ANN401  # torch has no types here
    """Compare with torch on another batch size, other lengths and other padding."""
    import onnxruntime  # noqa: PLC0415  # an extra brings it
    import torch  # noqa: PLC0415  # the same

    example = _example(model.config, lengths=(2, 9, 6))
    with torch.no_grad():
        expected = model(**example).last_hidden_state.numpy()
    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {name: value.numpy() for name, value in example.items()})
    text = example["attention_mask"].numpy().astype(bool)
    apart = float(abs(found - expected)[text].max())
    if not apart <= TOLERANCE:
        msg = f"an export must give what torch gives, but hidden states are {apart:.2g} apart"
        raise InvalidModel(msg)


def _quantize(graph: Path) -> None:
    """Turn a graph into int8 and remove it, with its weights if they are beside it."""
    from onnxruntime.quantization import (  # noqa: PLC0415  # an extra brings it
        QuantType,
        quantize_dynamic,
    )

    new = graph.with_name("model_qint8.onnx")
    # By channel, vectors of all-MiniLM-L6-v2 have a mean cosine of .988 with the original's; by
    # tensor .955 (texts of many lengths, 16 at a time).
    quantize_dynamic(graph, new, per_channel=True, weight_type=QuantType.QInt8)
    for path in graph.parent.glob(f"{graph.name}*"):
        path.unlink()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep back what the exporters say about their own affairs; errors come through."""
    level = logging.root.manager.disable
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                yield
        finally:
            logging.disable(level)
