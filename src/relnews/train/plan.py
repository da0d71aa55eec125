"""What to train, and how: plain data, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relnews.errors import InvalidModel
from relnews.train.pairs import KINDS
from relnews.train.training import Schedule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from relnews.train.pairs import Kind

DEVICES = ("cpu", "cuda", "mps")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPlan:
    """All that a second person needs to train the same model.

    Parameters
    ----------
    base
        A folder with a model, ``static``, or ``static-random``; see `relnews.train.start`.
    kinds
        Of pairs to learn from.
    until
        When the test begins; None: with the last 30 % of the articles.
    epochs, batch, learning_rate
        0: as the kind of model wants it, see `DEFAULTS`.
    max_pairs
        Of more pairs of a kind so many are drawn, at least 1; 0: all. A transformer on a CPU
        learns a few thousand in minutes.
    seed
        Of everything that is drawn.
    device
        One of `DEVICES`; empty: the fastest there is.
    task
        What is asked to compare; empty: the first that has moments.
    sample
        At most so many questions.
    """

    base: str = "static"
    kinds: Sequence[Kind] = KINDS
    until: datetime | None = None
    epochs: int = 0
    batch: int = 0
    learning_rate: float = 0.0
    max_pairs: int = 0
    seed: int = 0
    device: str = ""
    task: str = ""
    sample: int = 1000

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if self.device and self.device not in DEVICES:
            msg = f"a device must be one of {', '.join(DEVICES)}, got {self.device!r}"
            raise InvalidModel(msg)
        if self.max_pairs < 0:
            msg = f"max_pairs of a training must be at least 0, got {self.max_pairs!r}"
            raise InvalidModel(msg)

    def schedule(self, n_pairs: int, *, static: bool) -> Schedule:
        """Give what was asked for, and the defaults for the rest.

        Of few pairs a batch takes fewer, so that an epoch has `_STEPS` steps to learn in.
        """
        usual = DEFAULTS["static" if static else "transformer"]
        small = max(_SMALLEST_BATCH, n_pairs // _STEPS)
        return Schedule(
            epochs=self.epochs or usual.epochs,
            batch=self.batch or min(usual.batch, small),
            learning_rate=self.learning_rate or usual.learning_rate,
            seed=self.seed,
        )


_STEPS, _SMALLEST_BATCH = 20, 16

DEFAULTS = {
    "static": Schedule(epochs=3, batch=512, learning_rate=0.1),
    "transformer": Schedule(epochs=1, batch=32, learning_rate=2e-5),
}
