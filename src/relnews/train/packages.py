"""What training needs and the library does not: said in one sentence when it is missing."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from relnews.errors import InvalidModel, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEEDED = ("accelerate", "datasets", "model2vec", "sentence_transformers")


def require_packages() -> None:
    """Import what training needs, before any work begins.

    Raises
    ------
    MissingExtra
        When one of the packages is not installed.
    """
    for name in _NEEDED:
        try:
            import_module(name)
        except ImportError as error:
            msg = (
                f"training needs {name}, which cannot be imported ({error}); "
                "pip install 'relnews[train]'"
            )
            raise MissingExtra(msg) from error


@contextmanager
def without_bars() -> Iterator[None]:
    """Load and save a model without the bars that the packages show by themselves."""
    from transformers.utils import logging  # noqa: PLC0415  # an extra

    had_bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if had_bars:
            logging.enable_progress_bar()


def require_device(device: str) -> None:
    """Refuse a device that this machine does not have; empty stands for whatever it has.

    Raises
    ------
    InvalidModel
        When torch cannot use it.
    """
    import torch  # noqa: PLC0415  # an extra

    there = {"cuda": torch.cuda.is_available, "mps": torch.backends.mps.is_available}
    if device in there and not there[device]():
        msg = f"a device must be there to train on, and torch finds no {device}; take cpu"
        raise InvalidModel(msg)
