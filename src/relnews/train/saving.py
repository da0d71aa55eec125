"""A trained model as a folder: whole or not at all."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from relnews.errors import InvalidModel
from relnews.train.packages import without_bars

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS, CARD, REPORT = "relnews.toml", "card.md", "report.json"


def refuse_existing(out: Path) -> None:
    """Refuse a folder that is there, before any work begins.

    Raises
    ------
    InvalidModel
        When there is anything of that name.
    """
    if out.exists() or out.is_symlink():
        msg = f"a model is written to a new folder, and there is something at {out}; choose another"
        raise InvalidModel(msg)


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Give a hidden folder beside `out` to write into; it becomes `out` when all went well.

    A name appears at once or not at all (a rename within one file system). When the process is
    killed, what was written stays under the hidden name, which begins with that of `out`.

    Raises
    ------
    InvalidModel
        When something of that name has come up meanwhile, or nothing can be written there.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        msg = f"a model must have a place that can be written to, got {out}: {error}"
        raise InvalidModel(msg) from error
    try:
        yield folder
        folder.chmod(0o755)  # a temporary folder is its maker's alone; a model is for others too
        refuse_existing(out)
        folder.rename(out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def save_model(model: Any, folder: Path) -> None:  # noqa: ANN401  # no types
    """Write a model as safetensors, in the format of sentence-transformers.

    model2vec reads a static one from the same files, without torch.
    """
    with without_bars():
        model.save(str(folder), create_model_card=False, safe_serialization=True)
