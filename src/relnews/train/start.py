"""The model that training begins with: a folder's, or a static one made on the spot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from safetensors import safe_open

from relnews.embed.sentence.files import find
from relnews.embed.sentence.presets import load_settings
from relnews.embed.sentence.settings import SentenceSettings
from relnews.errors import InvalidModel
from relnews.rank.relevance import LATENT_WEIGHT
from relnews.train.packages import without_bars
from relnews.train.static import Start, static_model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

STATIC: dict[str, Start] = {"static": "svd", "static-random": "random"}
"""Bases that are made from the site's own articles, and where their vectors begin."""

_LONGEST_REASON = 300


def settings_of(base: str) -> SentenceSettings:
    """Give how a base reads articles, and so the model that is trained from it.

    A name from `STATIC`, or what `relnews.embed.sentence.presets.load_settings` takes. A model
    made of the site's own words weighs what the latent view does: measured by those same words
    (`relnews.semantic_weight`) it would look like more than it is.

    Raises
    ------
    InvalidModel
        When there is no such model, or it is none that can be trained.
    """
    if base in STATIC:
        return SentenceSettings(name=base, semantic_weight=LATENT_WEIGHT)
    settings = load_settings(base)
    if settings is None:
        msg = f"a base must be a sentence model or {' or '.join(STATIC)}, got {base!r}"
        raise InvalidModel(msg)
    return settings


def open_base(
    settings: SentenceSettings, texts: Callable[[], Sequence[str]], seed: int, device: str
) -> Any:  # noqa: ANN401  # no types
    """Open a model to train; nothing is downloaded.

    Parameters
    ----------
    settings
        As `settings_of` gives them.
    texts
        The articles that a static model learns its words from.
    seed
        Of what is drawn for a static model.
    device
        Where to train; empty: the fastest there is. Static models stay on the CPU: to move their
        input would take longer than their work.

    Raises
    ------
    MissingModel
        When it is not on this machine.
    InvalidModel
        When what is there cannot be trained.
    """
    if settings.name in STATIC:
        return static_model(texts(), STATIC[settings.name], seed)
    found = find(settings)
    if found.runtime == "onnx":
        msg = f"an exported model cannot be trained, got {settings.name}; take the one it came from"
        raise InvalidModel(msg)
    try:
        with without_bars():
            model = _load(found.folder, device)
    except Exception as error:  # a damaged folder fails in any way
        reason = " ".join(str(error).split())[:_LONGEST_REASON]
        msg = (
            f"{found.folder}: must hold a model that sentence-transformers can load, and does not: "
            f"{type(error).__name__}: {reason}"
        )
        raise InvalidModel(msg) from error
    if settings.max_tokens:
        model.max_seq_length = settings.max_tokens
    return model


def is_static(model: Any) -> bool:  # noqa: ANN401  # no types
    """Tell whether a model is a mean of fixed vectors, which learns faster and in larger steps."""
    from sentence_transformers.sentence_transformer.modules import (  # noqa: PLC0415  # an extra
        StaticEmbedding,
    )

    return isinstance(model[0], StaticEmbedding)


def _load(folder: Path, device: str) -> Any:  # noqa: ANN401  # no types
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415  # an extra
    from sentence_transformers.sentence_transformer.modules import (  # noqa: PLC0415  # the same
        StaticEmbedding,
    )

    if _is_model2vec(folder):
        module = StaticEmbedding.load(str(folder), local_files_only=True)
        return SentenceTransformer(modules=[module], device="cpu")
    model = SentenceTransformer(
        str(folder), device=device or None, local_files_only=True, trust_remote_code=False
    )
    return model.to("cpu") if is_static(model) else model


def _is_model2vec(folder: Path) -> bool:
    """Tell a folder that model2vec wrote without the files of sentence-transformers."""
    arrays = folder / "model.safetensors"
    if (folder / "modules.json").is_file() or not arrays.is_file():
        return False
    with safe_open(arrays, "numpy") as found:
        return "embeddings" in found.keys()  # noqa: SIM118  # no mapping, for all its keys
