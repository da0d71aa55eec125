"""What a system would have been clicked, from the log of another one that left much to chance."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from relnews.errors import InvalidTruth
from relnews.evaluate.clicks import ClickRates
from relnews.evaluate.intervals import Resampler, ratio
from relnews.evaluate.results import OffPolicyResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from relnews.evaluate.clicks import ClickModel
    from relnews.evaluate.truth import Impression

    Values = npt.NDArray[np.float64]

DEFAULT_CLIP = 100.0


def off_policy(  # noqa: PLR0913  # the house allows six
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

    None of them sees what the logging system could never have shown: where `n_slots` is far
    above the sum of weights, IPS is too low. Clipping trades such a bias for less variance.

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
    raw = slots.weight
    weight = np.minimum(raw, clip)
    resampler = Resampler([impression.user for impression in impressions], generator)
    models = (model, model) if model is not None else None
    expected = _expected(slots, impressions, lists, models or _folds(impressions, generator))
    sums = resampler.resample(_columns(slots, weight, expected))
    place = {"IPS": 0, "DR": 1, "logged": 2}
    statistics = {name: sums[:, column] / sums[:, 3] for name, column in place.items()}
    statistics["SNIPS"] = _self_normalised(sums[:, 3], *np.split(sums[:, 4:], 3, axis=1))
    used = np.count_nonzero(raw)
    return OffPolicyResult(
        system=system,
        values={
            name: resampler.interval_of(statistics[name], len(impressions))
            for name in ("IPS", "SNIPS", "DR", "logged")
        },
        effective_sample_size=float(weight.sum() ** 2 / (weight @ weight)) if used else 0.0,
        clip=float(clip),
        clipped=float(np.count_nonzero(raw > clip) / used) if used else 0.0,
        n_slots=len(raw),
    )
