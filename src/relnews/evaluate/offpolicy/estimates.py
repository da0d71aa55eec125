"""What a system would have been clicked, from the log of another one that left much to chance."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from relnews.errors import InvalidTruth
from relnews.evaluate.compare.intervals import Resampler, ratio
from relnews.evaluate.offpolicy.click_model import ClickRates
from relnews.evaluate.results import OffPolicyResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from relnews.evaluate.offpolicy.click_model import ClickModel
    from relnews.evaluate.truth import Impression

    Values = npt.NDArray[np.float64]

DEFAULT_CLIP = 100.0


def off_policy(
    system: str,
    impressions: Sequence[Impression],
    lists: Sequence[Sequence[str]],
    generator: np.random.Generator,
    *,
    clip: float = DEFAULT_CLIP,
    model: ClickModel | None = None,
) -> OffPolicyResult:
    """Estimate the clicks per list that a system would have had in place of the logged one.

    A click is taken to depend on the article and its place, not on its neighbours: the
    item-position model (Li et al. 2018, KDD, Offline evaluation of ranking policies with click
    models). A slot weighs w = 1 / propensity where the system puts the very article at the very
    place, else 0. With N impressions, places k, clicks c and a model m:

    - IPS: sum of w c over N. Unbiased; one rare slot can sway it.
    - SNIPS: each place by its own weights, sum over k of (n_k / N) (sum of w c / sum of w), where
      n_k lists fill the place (Swaminathan & Joachims 2015, NeurIPS, The self-normalized
      estimator). A little biased, steadier. NaN when, at a place that the system fills, it never
      agrees with the log.
    - DR: sum over slots of m + w (c - m) over N (Dudík et al. 2011, ICML). Unbiased whatever the
      model, and steadier the better it is.
    - logged: clicks per list as shown, the figure to beat.

    None of them sees clicks on what the logging system could never have shown: IPS counts them as
    0, SNIPS as the mean of the rest, DR as the model says. Clipping trades bias for variance.

    Parameters
    ----------
    system
        The name of the system.
    impressions
        The log, with propensities.
    lists
        What the system would have shown instead, one list for each impression. Places beyond
        those of the log do not count; places that it leaves empty are clicked by nobody.
    generator
        Draws the folds and the resamples. Intervals resample users (`Resampler`); the model
        is held fixed.
    clip
        The largest weight, > 0.
    model
        Fitted on other data. None: `ClickRates`, fitted in two folds of users so that no
        impression is judged by a model that saw it; with one user it knows nothing, and DR is IPS.

    Returns
    -------
    OffPolicyResult
        `effective_sample_size` is that of Kish (1965), (sum of w)^2 / sum of w^2, 0 without
        any weight; `clipped` the share of the weights above 0 that were cut; `n_slots` the number
        of slots in the log.

    Raises
    ------
    InvalidTruth
        Without impressions, without propensities, with lists that do not align with the
        impressions, or when `clip` is not a finite number > 0.
    """
    _require(impressions, lists, clip)
    slots = _Slots.of(impressions, lists)
    weights = np.minimum(slots.raw, clip)
    models = _folds(impressions, generator) if model is None else [model] * len(impressions)
    columns = _columns(slots, weights, slots.expected(impressions, models))
    resampler = Resampler([impression.user for impression in impressions], generator)
    sums = resampler.resample(columns)
    statistics = {
        "IPS": sums[:, 0] / sums[:, 3],
        "SNIPS": _self_normalised(sums[:, 3], *np.split(sums[:, 4:], 3, axis=1)),
        "DR": sums[:, 1] / sums[:, 3],
        "logged": sums[:, 2] / sums[:, 3],
    }
    n_used = np.count_nonzero(weights)
    return OffPolicyResult(
        system=system,
        values={
            name: resampler.interval_of(statistic, len(impressions))
            for name, statistic in statistics.items()
        },
        effective_sample_size=float(weights.sum() ** 2 / (weights @ weights)) if n_used else 0.0,
        clip=float(clip),
        clipped=float(np.count_nonzero(slots.raw > clip) / n_used) if n_used else 0.0,
        n_slots=len(weights),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Slots:
    """Every place of every impression, shape (s,) each; `wanted` is None at an empty place."""

    n: int
    row: npt.NDArray[np.intp]
    place: npt.NDArray[np.intp]
    clicked: Values
    raw: Values
    wanted: tuple[str | None, ...]

    @classmethod
    def of(cls, impressions: Sequence[Impression], lists: Sequence[Sequence[str]]) -> _Slots:
        """Lay the lists beside the log; `raw` are the weights before they are clipped."""
        row, place, clicked, raw, wanted = [], [], [], [], []
        for number, (impression, ids) in enumerate(zip(impressions, lists, strict=True)):
            for position, shown in enumerate(impression.shown):
                target = ids[position] if position < len(ids) else None
                row.append(number)
                place.append(position)
                clicked.append(impression.clicked[position])
                propensity = (impression.propensities or ())[position]
                raw.append(1.0 / propensity if target == shown else 0.0)
                wanted.append(target)
        return cls(
            len(impressions),
            np.array(row, np.intp),
            np.array(place, np.intp),
            np.array(clicked, np.float64),
            np.array(raw, np.float64),
            tuple(wanted),
        )

    @property
    def filled(self) -> Values:
        """1 where the system fills the place, else 0."""
        return np.array([target is not None for target in self.wanted], np.float64)

    def expected(self, impressions: Sequence[Impression], models: Sequence[ClickModel]) -> Values:
        """Ask each impression's model about the article that the system puts at each place."""
        found = [
            0.0 if target is None else models[row].expected(impressions[row], place, target)
            for row, place, target in zip(
                self.row.tolist(), self.place.tolist(), self.wanted, strict=True
            )
        ]
        return np.array(found, np.float64)

    def by_list(self, values: Values) -> Values:
        """Sum over the places of each list: shape (s,) becomes (n, 1)."""
        return np.bincount(self.row, values, self.n).astype(np.float64)[:, np.newaxis]

    def by_place(self, values: Values) -> Values:
        """Lay out as a table: shape (s,) becomes (n, places)."""
        table = np.zeros((self.n, int(self.place.max(initial=-1)) + 1))
        table[self.row, self.place] = values
        return table


def _columns(slots: _Slots, weights: Values, expected: Values) -> Values:
    """Give per list all that is to be summed: IPS, DR, clicks, 1; by place w c, w, filled."""
    weighted = weights * slots.clicked
    robust = expected + weights * (slots.clicked - expected)
    sums = [slots.by_list(values) for values in (weighted, robust, slots.clicked)]
    tables = [slots.by_place(values) for values in (weighted, weights, slots.filled)]
    return np.hstack([*sums, np.ones((slots.n, 1)), *tables])


def _self_normalised(n: Values, clicks: Values, weights: Values, filled: Values) -> Values:
    """Give SNIPS from sums over lists: `n` of shape (r,), the others by place, (r, places)."""
    by_place = np.where(filled > 0, filled * ratio(clicks, weights), 0.0)
    return np.asarray(by_place.sum(axis=1) / n)


def _folds(impressions: Sequence[Impression], generator: np.random.Generator) -> list[ClickModel]:
    """Give each impression a model that was fitted on the other half of the users."""
    users = generator.permutation(sorted({impression.user for impression in impressions}))
    first = set(users[: len(users) // 2].tolist())
    inside = [impression for impression in impressions if impression.user in first]
    outside = [impression for impression in impressions if impression.user not in first]
    of_first, of_second = ClickRates(outside), ClickRates(inside)
    return [of_first if impression.user in first else of_second for impression in impressions]


def _require(
    impressions: Sequence[Impression], lists: Sequence[Sequence[str]], clip: float
) -> None:
    """Refuse what nothing can be estimated from."""
    if not (isfinite(clip) and clip > 0):
        msg = f"clip must be a finite number greater than 0, got {clip!r}"
        raise InvalidTruth(msg)
    if not impressions:
        msg = "an off-policy estimate needs at least one impression, got none; log what is shown"
        raise InvalidTruth(msg)
    if len(lists) != len(impressions):
        msg = f"lists must be one for each of {len(impressions)} impressions, got {len(lists)}"
        raise InvalidTruth(msg)
    missing = sum(impression.propensities is None for impression in impressions)
    if missing:
        msg = (
            f"propensities must be logged for an off-policy estimate, {missing} of "
            f"{len(impressions)} impressions have none; log the probability of each shown "
            "article at its place, or use the comparison on clicks"
        )
        raise InvalidTruth(msg)
