"""What training needs is asked for before any work, and is quiet."""

from __future__ import annotations

import subprocess
import sys

import pytest

from relnews.errors import InvalidModel, MissingExtra
from relnews.train.packages import require_device, require_packages, without_bars


def test_a_missing_package_is_named_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    require_packages()
    monkeypatch.setitem(sys.modules, "accelerate", None)
    with pytest.raises(MissingExtra, match=r"needs accelerate.*pip install 'relnews\[train\]'"):
        require_packages()


def test_a_device_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch  # noqa: PLC0415  # an extra

    require_device("")
    require_device("cpu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(InvalidModel, match="torch finds no cuda; take cpu"):
        require_device("cuda")


def test_bars_come_back() -> None:
    from transformers.utils import logging  # noqa: PLC0415  # an extra

    before = logging.is_progress_bar_enabled()
    with without_bars():
        assert not logging.is_progress_bar_enabled()
    assert logging.is_progress_bar_enabled() is before


def test_importing_training_imports_nothing_heavy() -> None:
    heavy = (
        "torch",
        "transformers",
        "sentence_transformers",
        "datasets",
        "tokenizers",
        "model2vec",
    )
    code = f"import sys, relnews.train; print([n for n in {heavy!r} if n in sys.modules])"
    done = subprocess.run(  # noqa: S603  # our own interpreter, our own words
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
