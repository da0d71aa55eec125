"""Plans: what is asked for, and the defaults for the rest."""

from __future__ import annotations

import pytest

from relnews.errors import InvalidModel
from relnews.train import TrainingPlan
from relnews.train.plan import DEFAULTS


@pytest.mark.parametrize("kind", ["static", "transformer"])
def test_a_kind_of_model_has_steps_of_its_own(kind: str) -> None:
    assert TrainingPlan().schedule(static=kind == "static") == DEFAULTS[kind]


def test_what_is_asked_for_goes_first() -> None:
    found = TrainingPlan(epochs=7, batch=9, learning_rate=0.5, seed=3).schedule(static=True)
    assert (found.epochs, found.batch, found.learning_rate, found.seed) == (7, 9, 0.5, 3)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InvalidModel, match="must be one of cpu, cuda, mps, got 'tpu'"):
        TrainingPlan(device="tpu")
    with pytest.raises(InvalidModel, match="max_pairs of a training must be at least 0, got -1"):
        TrainingPlan(max_pairs=-1)
