"""The pretrained models of one evaluation: each is loaded once and reads each article once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from relnews.cli import options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relnews.evaluate import RememberingEncoder
    from relnews.types import Article

model_option = click.option(
    "--model",
    metavar="MODEL",
    help="What gives the semantic view: a preset, a TOML file, a model folder or a hub name; by "
    "default the latent view, which is fitted on the articles.",
)
cache_option = click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the vectors of pretrained models in this folder, for the next run.",
)


class Pretrained:
    """Loads models by what they are called.

    Parameters
    ----------
    cache
        The folder that keeps vectors; None: they are forgotten in the end.
    """

    def __init__(self, cache: Path | None) -> None:
        self._cache = cache
        self._loaded: dict[str, RememberingEncoder] = {}

    def of(self, name: str | None) -> RememberingEncoder | None:
        """Give a model; None for the latent view, which is fitted and not loaded.

        Raises
        ------
        InvalidModel, MissingModel, MissingExtra
            When it cannot be had.
        """
        from relnews.embed.sentence.encoder import load_encoder
        from relnews.embed.sentence.presets import load_settings
        from relnews.evaluate import RememberingEncoder

        settings = None if name is None else load_settings(name)
        if name is None or settings is None:
            return None
        if name not in self._loaded:
            self._loaded[name] = RememberingEncoder(load_encoder(settings), self._cache)
        return self._loaded[name]

    def prepare(self, articles: Iterable[Article]) -> None:
        """Let each model read all articles before anything is asked."""
        known = tuple(articles)
        for encoder in self._loaded.values():
            with options.counting("embedded") as count:
                encoder.prepare(known, count)
