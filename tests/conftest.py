"""Settings for all tests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

import tiny_models

if TYPE_CHECKING:
    from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # before anything reads it: tests download nothing
os.environ["TOKENIZERS_PARALLELISM"] = "false"  # tests fork, after which threads may hang

settings.register_profile(
    "relnews",
    deadline=None,  # a shared machine may stall at any example
    suppress_health_check=[HealthCheck.too_slow],  # the same
    derandomize="CI" in os.environ,  # a change is judged by its own examples; people explore
)
settings.load_profile("relnews")


@pytest.fixture(scope="session")
def tiny_transformer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a tiny BERT in the format of sentence-transformers."""
    return tiny_models.transformer(tmp_path_factory.mktemp("models") / "tiny-bert")


@pytest.fixture(scope="session")
def tiny_onnx(tmp_path_factory: pytest.TempPathFactory, tiny_transformer: Path) -> Path:
    """Give the folder of the same model exported to ONNX."""
    return tiny_models.onnx(tmp_path_factory.mktemp("models") / "tiny-onnx", tiny_transformer)


@pytest.fixture(scope="session")
def tiny_static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a tiny static model in the format of model2vec."""
    return tiny_models.static(tmp_path_factory.mktemp("models") / "tiny-static")
