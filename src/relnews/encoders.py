"""Which encoder a store's vectors come from: told when it is opened, found again when needed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from relnews.embed.sentence.presets import load_settings
from relnews.errors import InvalidModel, MissingModel, ModelMismatch
from relnews.semantic import encoder_view, stored_settings
from relnews.store import fingerprint

if TYPE_CHECKING:
    from relnews.embed.sentence.settings import SentenceSettings
    from relnews.protocols import ArticleEncoder
    from relnews.semantic import SemanticModel

Given: TypeAlias = "str | os.PathLike[str] | ArticleEncoder"


class Encoders:
    """Gives the encoder of a view, loaded once, when it is first needed.

    Lists of stored articles need none: a process that only reads never loads a model.

    Parameters
    ----------
    held
        An encoder that is loaded already.
    """

    def __init__(self, held: ArticleEncoder | None = None) -> None:
        self._held = held

    def of(self, semantic: SemanticModel) -> ArticleEncoder:
        """Give the encoder whose vectors a view holds.

        Raises
        ------
        MissingModel, MissingExtra
            When it is not on this machine.
        ModelMismatch
            When its files have changed since.
        """
        held = self._held
        if held is None or name_of(held) != semantic.fingerprint:
            held = self._held = _load(semantic)
        return held


def name_of(encoder: ArticleEncoder) -> str:
    """Give the fingerprint that the vectors of an encoder carry in a store."""
    view = encoder_view(encoder)
    return fingerprint(view.config, view.to_bytes())


def _load(semantic: SemanticModel) -> ArticleEncoder:
    from relnews.embed.sentence.encoder import load_encoder  # noqa: PLC0415  # most sites need none

    if semantic.encoder is None:
        msg = "only vectors of a pretrained model have an encoder"
        raise InvalidModel(msg)
    try:
        encoder = load_encoder(semantic.encoder)
    except MissingModel as error:
        msg = f"{error}; or, if it lies elsewhere by now, open the database with that as its model"
        raise MissingModel(msg) from error
    if name_of(encoder) != semantic.fingerprint:
        name = semantic.encoder.name
        msg = (
            f"the model {name} must be the one that the stored vectors come from, but its files "
            f"have changed; run relnews embed DATABASE --model {name}"
        )
        raise ModelMismatch(msg)
    return encoder


def is_default(given: Given) -> bool:
    """Tell whether the latent view is meant, which is fitted on the site's own articles."""
    return isinstance(given, str | os.PathLike) and load_settings(given) is None


def find(given: Given, current: SemanticModel) -> ArticleEncoder | None:
    """Give the encoder that is meant; None where it need not be loaded to know that it is current.

    Parameters
    ----------
    given
        A preset, a TOML file, a folder, a hub name, or an encoder itself; not the default.
    current
        What gives the vectors. By the same settings it is found again when it is needed, and
        its files are compared then.
    """
    if not isinstance(given, str | os.PathLike):
        return given
    from relnews.embed.sentence.encoder import load_encoder  # noqa: PLC0415  # the same

    settings = load_settings(given)
    if settings is None or _made_by(settings, current):
        return None
    return load_encoder(settings)


def _made_by(settings: SentenceSettings, semantic: SemanticModel) -> bool:
    """Tell whether a view was made by these very settings, so that nothing need be loaded."""
    if semantic.encoder is None:
        return False
    wanted = stored_settings(settings)
    if Path(settings.name).is_dir():
        wanted["name"] = str(Path(settings.name).resolve())
    return wanted == stored_settings(semantic.encoder)
