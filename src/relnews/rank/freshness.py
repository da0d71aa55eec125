"""Stage 3: how much an article has lost by its age. Bounded: it can neither do nothing nor all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt


def freshness(
    age_hours: npt.NDArray[np.float64],
    half_life_hours: npt.NDArray[np.float64] | float,
    floor: float,
) -> npt.NDArray[np.float32]:
    """Give floor + (1 - floor) * 2^(-age / half-life).

    Exponential decay above a floor: on editors' links it beat no decay, unbounded decay, and a
    mixture of two half-lives (`benchmarks/README.md`). Never larger for the older.

    Parameters
    ----------
    age_hours
        Shape (n,); a negative age counts as 0.
    half_life_hours
        > 0, one for all or shape (n,).
    floor
        In [0, 1].

    Returns
    -------
    float32, shape (n,), in [floor, 1]
    """
    decay = np.exp2(-np.maximum(age_hours, 0.0) / half_life_hours)
    return (floor + (1.0 - floor) * decay).astype(np.float32)
