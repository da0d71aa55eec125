"""Contestants in turn, round after round: only ratios within one run mean something."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: who, how long (median seconds), and what else is worth knowing.

    `ratio` is the time divided by that of the section's reference in the same rounds (median of
    the rounds' ratios); `facts` are figures by name, such as recall.
    """

    name: str
    seconds: float
    ratio: float
    facts: dict[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """What was measured, against which target, and the outcome."""

    title: str
    setting: str
    target: str
    rows: list[Row]

    def record(self) -> dict[str, object]:
        """Give all of it for JSON."""
        return asdict(self)


def interleaved(contestants: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Row]:
    """Run every contestant once a round, in turn; the first one is the reference.

    Parameters
    ----------
    contestants
        Functions by name; each does the whole job once.
    rounds
        How often; a first, unmeasured round warms up when `rounds` is more than 2.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(rounds + (rounds > 2)):  # noqa: PLR2004  # see above
        for name, run in contestants.items():
            start = time.perf_counter()
            run()
            if turn or rounds <= 2:  # noqa: PLR2004  # see above
                seconds[name].append(time.perf_counter() - start)
    reference = np.array(seconds[next(iter(contestants))])
    return {
        name: Row(name, float(np.median(taken)), float(np.median(np.array(taken) / reference)))
        for name, taken in seconds.items()
    }
