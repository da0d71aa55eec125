"""Plans: what is asked for, and the defaults for the rest."""

from __future__ import annotations

import pytest

from relnews.errors import InvalidModel
from relnews.train import TrainingPlan
from relnews.train.plan import DEFAULTS


@pytest.mark.parametrize("kind", ["static", "transformer"])
def test_a_kind_of_model_has_steps_of_its_own(kind: str) -> None:
    assert TrainingPlan().schedule(99_999, static=kind == "static") == DEFAULTS[kind]


def test_what_is_asked_for_goes_first() -> None:
    found = TrainingPlan(epochs=7, batch=9, learning_rate=0.5, seed=3).schedule(50, static=True)
    assert (found.epochs, found.batch, found.learning_rate, found.seed) == (7, 9, 0.5, 3)


@pytest.mark.parametrize(("n_pairs", "batch"), [(2, 16), (400, 20), (10_000, 500), (10_240, 512)])
def test_of_few_pairs_a_batch_takes_fewer(n_pairs: int, batch: int) -> None:
    assert TrainingPlan().schedule(n_pairs, static=True).batch == batch


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InvalidModel, match="must be one of cpu, cuda, mps, got 'tpu'"):
        TrainingPlan(device="tpu")
    with pytest.raises(InvalidModel, match="max_pairs of a training must be at least 0, got -1"):
        TrainingPlan(max_pairs=-1)
