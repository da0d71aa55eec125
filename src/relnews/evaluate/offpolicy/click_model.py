"""What an article would be clicked at a place: the model inside doubly robust estimates."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from relnews.evaluate.truth import Impression


class ClickModel(Protocol):
    """Anything that foretells clicks; it must not have seen the impressions it is asked about."""

    def expected(self, impression: Impression, position: int, article_id: str) -> float:
        """Give the probability, in [0, 1], of a click if the article stood at a place, from 0.

        The impression tells user, moment and page; what it shows and what was clicked on it is
        the answer, not to be looked at.
        """
        ...


class ClickRates:
    """The click rate of the position times the effect of the article.

    An article's effect is its clicks over those its positions let expect, drawn towards 1 by as
    much as chance alone would scatter it: ``(clicks + s) / (expected + s)``, the empirical Bayes
    estimate of a relative rate (Clayton & Kaldor 1987, Biometrics 43:671), where 1/s is the
    variance of the effects by moments (Marshall 1991, Appl. Statist. 40:283). Effects that
    scatter no more than chance are all 1, and so is that of an unknown article. A position that
    was never shown has rate 0.

    Parameters
    ----------
    impressions
        What to learn from; O(slots).
    """

    def __init__(self, impressions: Iterable[Impression]) -> None:
        slots = [
            (position, name, clicked)
            for impression in impressions
            for position, (name, clicked) in enumerate(
                zip(impression.shown, impression.clicked, strict=True)
            )
        ]
        shown: dict[int, int] = defaultdict(int)
        clicks: dict[int, int] = defaultdict(int)
        for position, _, clicked in slots:
            shown[position] += 1
            clicks[position] += clicked
        self._rates = {position: clicks[position] / shown[position] for position in shown}
        found: dict[str, int] = defaultdict(int)
        expected: dict[str, float] = defaultdict(float)
        for position, name, clicked in slots:
            found[name] += clicked
            expected[name] += self._rates[position]
        self._effects = _effects(found, expected)

    def expected(self, impression: Impression, position: int, article_id: str) -> float:  # noqa: ARG002  # alike for all readers
        """Give the rate of the position times the effect of the article, at most 1."""
        return min(1.0, self._rates.get(position, 0.0) * self._effects.get(article_id, 1.0))


def _effects(clicks: Mapping[str, int], expected: Mapping[str, float]) -> dict[str, float]:
    """Shrink clicks over expected clicks towards 1, by how much they scatter beyond chance."""
    known = {name: value for name, value in expected.items() if value > 0}
    if not known:
        return {}
    surplus = sum((clicks[name] - value) ** 2 / value - 1.0 for name, value in known.items())
    variance = surplus / sum(known.values())
    if variance <= 0:
        return {}
    prior = 1.0 / variance
    return {name: (clicks[name] + prior) / (value + prior) for name, value in known.items()}
