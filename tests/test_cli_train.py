"""The command that trains a sentence model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import trainable
from test_cli import is_told, run

if TYPE_CHECKING:
    from pathlib import Path

QUICK = ("--base", "static-random", "--epochs", 1, "--batch", 16, "--device", "cpu", "--sample", 20)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return trainable.write(tmp_path / "Tagblatt", 80)


def test_a_model_is_trained_measured_and_written(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "model"
    ran = run("train-model", data, *QUICK, "--pairs", "links, headline", "--out", out)
    assert (ran.code, ran.err) == (0, "")
    assert "Base: static-random" in ran.out
    assert " links, " in ran.out
    assert " reads" not in ran.out
    assert "trained - base: " in ran.out
    assert ran.out.endswith(f"model: {out}\n")
    assert "relnews train-model" in (out / "card.md").read_text(encoding="utf-8")


def test_a_program_reads_json(data: Path) -> None:
    ran = run("train-model", data, *QUICK, "--until", "2026-01-12", "--json")
    assert (ran.code, ran.err) == (0, "")
    found = json.loads(ran.out)
    assert found["data"] == "Tagblatt"
    assert found["test"] == "2026-01-12T00:00:00+01:00"
    assert found["epochs"][0]["loss"] is None


def test_an_existing_folder_is_refused(data: Path) -> None:
    is_told(run("train-model", data, *QUICK, "--out", data), "written to a new folder")


def test_a_base_must_be_there(data: Path) -> None:
    is_told(run("train-model", data, "--base", "nowhere"), "a model must be a preset")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("--pairs", "likes"), "pairs must be of links, reads, headline, got likes"),
        (("--until", "1999-01-01"), "must lie on both sides of the moment"),
        (("--device", "abacus"), "is not one of"),
        (("--epochs", "-1"), "is not in the range"),
        (("--task", "nonsense"), "a task must be one of"),
    ],
)
def test_wrong_use_is_told(data: Path, wrong: tuple[str, str], said: str) -> None:
    is_told(run("train-model", data, *wrong), said)


def test_the_sample_newsroom_has_no_later_truth() -> None:
    is_told(run("train-model", "demo"), "have no moment")
