"""The certified search over plain arrays, and the order by date that it walks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relnews.corpus import NEVER, UNDATED
from relnews.index import moment
from relnews.index.moment import Near, Timeline, search

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    Rows = npt.NDArray[np.intp]
    Values = npt.NDArray[np.float32]

DATES = st.one_of(st.sampled_from([UNDATED, 0, 5]), st.integers(-20, 20))
UPDATES = st.one_of(st.just(NEVER), DATES.filter(lambda date: date > UNDATED))


@pytest.fixture(autouse=True, scope="module")
def _short_blocks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(moment, "FIRST_BLOCK", 2)
        yield


def date_of(published: int, updated: int, at: int) -> int:
    return max(published, updated) if updated <= at else published


@given(st.lists(st.tuples(DATES, UPDATES), max_size=30), st.integers(-25, 25))
def test_every_row_dated_by_then_comes_once_and_none_after_its_block(
    dates: list[tuple[int, int]], at: int
) -> None:
    columns = np.array(dates, np.int64).reshape(-1, 2)
    line = Timeline(np.arange(len(dates)) + 100, columns[:, 0], columns[:, 1])
    expected = {row + 100: date_of(*pair, at) for row, pair in enumerate(dates)}
    met: list[int] = []
    for date, rows in line.newest(at):
        met += rows.tolist()
        rest = expected.keys() - set(met) | set(rows.tolist())
        assert all(expected[row] <= date for row in rest if expected[row] <= at)
    assert sorted(met) == sorted(row for row, date in expected.items() if date <= at)


class Dense:
    """A site of plain vectors: cosine times exponential decay above a floor."""

    def __init__(self, seed: int, n: int, floor: float, half_life: float) -> None:
        rng = np.random.default_rng(seed)
        self.vectors = rng.integers(-2, 3, (n, 3)).astype(np.float32)
        self.ages = rng.integers(0, 12, n)
        self.eligible = rng.random(n) < 0.8
        self.floor, self.half_life = floor, half_life
        self.n_scored = 0

    def fresh(self, age: npt.NDArray[np.int64]) -> Values:
        decay = np.exp2(-age / self.half_life)
        return np.asarray(self.floor + (1 - self.floor) * decay, np.float32)

    def relevance(self, rows: Rows) -> Values:
        """Give the dot product with the source / 12, so that ties abound."""
        products = self.vectors[rows] @ self.vectors[0]
        relevance: Values = np.clip(products / np.float32(12), 0, 1)
        return relevance

    def look(self, rows: Rows, least_freshness: float) -> tuple[Rows, Values]:
        rows = rows[self.eligible[rows]]
        fresh = self.fresh(self.ages[rows])
        rows, fresh = rows[fresh >= least_freshness], fresh[fresh >= least_freshness]
        self.n_scored += len(rows)
        relevance = self.relevance(rows)
        return rows[relevance > 0], (relevance * fresh)[None, relevance > 0]

    def walk(self) -> Iterator[tuple[float, Rows]]:
        n = len(self.ages)
        line = Timeline(np.arange(n), -self.ages, np.full(n, NEVER))
        for date, rows in line.newest(0):
            yield float(self.fresh(np.array([-date]))[0]), rows

    def near(self, m: int) -> Near:
        every = np.arange(len(self.ages))
        order = np.argsort(-self.relevance(every), kind="stable")
        outside = self.relevance(order[m : m + 1])
        return Near(order[:m], float(outside[0]) if len(outside) else 0.0)


SITES = st.builds(
    Dense,
    st.integers(0, 9999),
    st.integers(1, 60),
    st.sampled_from([0.0, 0.15, 0.5, 1.0]),
    st.sampled_from([0.01, 1.0, 5.0]),
)


@settings(max_examples=200)
@given(SITES, st.integers(0, 20), st.integers(1, 30))
def test_the_best_are_those_of_a_full_scan_ties_included(site: Dense, m: int, k: int) -> None:
    every, scores = site.look(np.arange(len(site.ages)), 0.0)
    naive = dict(zip(every.tolist(), scores[0].tolist(), strict=True))
    found = search(site.look, site.near(m), [site.walk()], k, 1000)
    assert found is not None
    scored = dict(zip(found.rows.tolist(), found.values[0].tolist(), strict=True))
    assert len(scored) == len(found.rows)
    assert scored.items() <= naive.items()
    least = sorted(naive.values(), reverse=True)[:k][-1:] or [0.0]
    assert {row for row, score in naive.items() if score >= least[0]} <= scored.keys()
    if found.complete:
        assert scored == naive


def test_the_walk_stops_where_nothing_older_can_matter() -> None:
    site = Dense(1, 5000, 0.0, 1.0)
    site.eligible[:] = True
    found = search(site.look, site.near(100), [site.walk()], 5, 5000)
    assert found is not None
    assert not found.complete
    assert site.n_scored < 2500


def test_a_pool_that_leaves_out_no_candidate_needs_no_walk() -> None:
    site = Dense(1, 50, 0.5, 1.0)
    near = Near(site.near(50).rows, 0.0)
    found = search(site.look, near, [site.walk()], 5, 0)
    assert found is not None
    assert found.complete
    assert site.n_scored == int(site.eligible.sum())


def test_what_was_too_old_to_be_scored_is_not_taken_for_all_there_is() -> None:
    site = Dense(1, 42, 0.0, 1.0)
    found = search(site.look, Near(np.arange(2), 1.0), [site.walk()], 1, 1000)
    assert found is not None
    every, _ = site.look(np.arange(42), 0.0)
    assert len(found.rows) < len(every)
    assert not found.complete


def test_a_walk_beyond_the_patience_gives_nothing() -> None:
    site = Dense(1, 50, 1.0, 1.0)
    assert search(site.look, Near(np.arange(2), 1.0), [site.walk()], 40, 30) is None
    assert search(site.look, Near(np.arange(2), 1.0), [site.walk()], 40, 50) is not None
