"""The recall of an approximate index on a site's own articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from newsroom import NOON, about, hours, plain
from relnews import Block, Recommender, approximation
from relnews.approximation import site_recall
from relnews.index.exact import ExactIndex

if TYPE_CHECKING:
    import pytest

POLICY = plain(relevance_floor=0.0)


class Spy(ExactIndex):
    """Notes who asks, and what may be found."""

    asked: list[tuple[str, int]]

    def search(self, query: Any, score: Any, eligible: Any, k: int) -> Any:
        Spy.asked.append((query.id, int(eligible.sum())))
        return super().search(query, score, eligible, k)


def a_site() -> Recommender:
    rec = Recommender.open(":memory:", policy=POLICY)
    rec.add(about(f"b-{n}", published_at=hours(n - 9.5)) for n in range(12))
    return rec


def test_the_same_seed_asks_the_same_articles_under_rules_and_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(approximation, "ApproximateIndex", Spy)
    with a_site() as rec:
        rec.add_rule(Block("b-3"))
        samples = []
        for seed in (0, 0, 1):
            Spy.asked = []
            shares = site_recall(rec, NOON, n=4, seed=seed)
            assert shares.tolist() == [1.0] * 4
            samples.append(Spy.asked)
        assert samples[0] == samples[1]
        assert samples[0] != samples[2]
        live = {f"b-{n}": 8 if n != 3 else 9 for n in range(10)}
        assert all(live[name] == n_eligible for name, n_eligible in samples[0] + samples[2])


def test_a_small_site_is_answered_exactly_and_one_without_articles_not_at_all() -> None:
    with a_site() as rec:
        np.testing.assert_array_equal(site_recall(rec, NOON), np.ones(10))
        assert len(site_recall(rec, hours(-24))) == 0
