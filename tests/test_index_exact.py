"""The exact index against a naive scan over everything that may be shown."""

from __future__ import annotations

from dataclasses import replace
from math import exp2, isclose, log, sqrt
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import AT, SECTIONS, Row, a_case, a_query, a_site, ago
from builders import rows as some_rows
from relnews.corpus import NEVER, UNDATED
from relnews.policy import Policy
from relnews.rank.relevance import Calibration

if TYPE_CHECKING:
    from relnews.query import Candidates
    from relnews.rank.case import Case

LIVES = st.floats(0.5, 500)
POLICIES = st.builds(
    Policy,
    semantic_weight=st.sampled_from([0.0, 0.3, 1.0]),
    relevance_zero=st.sampled_from([0.0, 0.5]),
    relevance_floor=st.sampled_from([0.0, 0.5, 0.9]),
    half_life_hours=LIVES,
    section_half_life_hours=st.dictionaries(st.sampled_from(SECTIONS[:3]), LIVES, max_size=3),
    freshness_floor=st.sampled_from([0.0, 0.25, 1.0]),
    evergreen_freshness=st.sampled_from([0.0, 0.5, 1.0]),
)
CALIBRATIONS = st.builds(
    lambda top: Calibration(
        np.linspace(0, top, 400, dtype=np.float32), np.linspace(-top, top, 400, dtype=np.float32)
    ),
    st.sampled_from([0.0, 0.2, 0.6]),
)


def search(case: Case, eligible: list[bool], k: int) -> Candidates:
    return case.site.index.search(case.query, case.score, np.array(eligible, bool), k)


def naive_scan(
    rows: list[Row], case: Case, query: Row, eligible: list[bool]
) -> list[tuple[float, int, str]]:
    """Score every row by the formulas, and order: best, then newest, then id."""
    policy, found = case.policy, []
    idf = [
        log((1 + len(rows)) / (1 + sum(term in row.words for row in rows))) + 1
        for term in range(99)
    ]

    def weights(row: Row) -> dict[int, float]:
        return {term: (1 + log(count)) * idf[term] for term, count in row.words.items()}

    asked = weights(query)
    for row, allowed in zip(rows, eligible, strict=True):
        own = weights(row)
        lengths = sqrt(sum(v * v for v in own.values()) * sum(v * v for v in asked.values()))
        dot = sum(own[term] * asked[term] for term in own.keys() & asked.keys())
        lexical = dot / lengths if lengths else 0.0
        semantic = max(sum(a * b for a, b in zip(row.vector, query.vector, strict=True)), 0.0)
        share = case.score.semantic_weight if query.vector else 0.0
        zero = case.score.zero
        similarity = (1 - share) * lexical + share * semantic
        relevance = min(max((similarity - zero) / (1 - zero), 0.0), 1.0)
        date = max(row.updated, row.published) if row.updated <= AT else row.published
        life = policy.section_half_life_hours.get(row.section, policy.half_life_hours)
        floor = policy.freshness_floor
        fresh = floor + (1 - floor) * exp2(-min(max(AT - date, 0) / 3600 / life, 1000))
        if row.evergreen:
            fresh = max(fresh, policy.evergreen_freshness)
        if allowed and relevance > 1e-6 and relevance >= case.score.floor - 1e-6:
            found.append((relevance * fresh, date, row.id))
    return sorted(found, key=lambda entry: (-entry[0], -entry[1], entry[2]))


@settings(max_examples=150)
@given(some_rows(dimensions=3), POLICIES, st.integers(1, 30), st.data())
def test_the_index_finds_what_a_naive_scan_finds(
    rows: list[Row], policy: Policy, k: int, data: st.DataObject
) -> None:
    eligible = [data.draw(st.sampled_from([True, True, False])) for _ in rows]
    query = (
        rows[0] if data.draw(st.booleans()) else data.draw(some_rows(max_size=1, dimensions=3))[0]
    )
    site = a_site(rows, data.draw(CALIBRATIONS))
    case = a_case(site, a_query(query, site), policy)
    found, naive = search(case, eligible, k), naive_scan(rows, case, query, eligible)
    scores = {name: score for score, _, name in naive}
    # A relevance within rounding of the floor may fall on either side of it.
    margin = scores.keys() ^ {site.corpus.ids[row] for row in search(case, eligible, 99).rows}
    if margin:
        assert all(_is_at_the_floor(case, site.corpus.row_of[name]) for name in margin)
        return
    assert found.total == len(naive)
    assert len(found) == min(k, len(naive))
    np.testing.assert_allclose(found.score, [entry[0] for entry in naive[:k]], atol=2e-6)
    names = [site.corpus.ids[row] for row in found.rows]
    assert len(set(names)) == len(names)
    for name, score in zip(names, found.score, strict=True):
        assert isclose(scores[name], score, abs_tol=2e-6)


def _is_at_the_floor(case: Case, row: int) -> bool:
    lexical, semantic = case.site.similarities(case.query, np.array([row], np.intp))
    return abs(float(case.score.relevance(lexical, semantic)[0]) - case.score.floor) < 1e-5


@given(some_rows(dimensions=2), POLICIES, st.integers(1, 30))
def test_every_score_belongs_to_its_row(rows: list[Row], policy: Policy, k: int) -> None:
    site = a_site(rows)
    case = a_case(site, a_query(rows[0], site), policy)
    found = search(case, [True] * len(rows), k)
    lexical, semantic = site.similarities(case.query, found.rows)
    np.testing.assert_allclose(found.lexical, lexical, atol=2e-6)
    np.testing.assert_allclose(found.semantic, semantic, atol=2e-6)
    np.testing.assert_allclose(found.relevance, case.score.relevance(lexical, semantic), atol=4e-6)
    np.testing.assert_array_equal(found.freshness, case.score.freshness(found.rows))
    np.testing.assert_array_equal(found.score, found.relevance * found.freshness)


@given(some_rows(), POLICIES, st.integers(1, 30), st.integers(0, 30))
def test_a_shorter_answer_is_a_prefix_of_a_longer_one(
    rows: list[Row], policy: Policy, k: int, more: int
) -> None:
    site = a_site(rows)
    case = a_case(site, a_query(rows[0], site), policy)
    eligible = [True] * len(rows)
    longer = search(case, eligible, k + more).rows.tolist()
    assert search(case, eligible, k).rows.tolist() == longer[:k]


TIED = [
    Row(id="source", words={0: 1, 1: 1}, published=ago(9)),
    Row(id="d", words={0: 1}, published=UNDATED),
    Row(id="c", words={0: 1}, published=ago(30)),
    Row(id="b", words={0: 1}, published=ago(20)),
    Row(id="z", words={0: 1}, published=ago(10)),
    Row(id="a", words={0: 1}, published=ago(20)),
]


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
def test_ties_go_to_the_newest_and_then_by_id(k: int) -> None:
    for rows in (TIED, [TIED[0], *reversed(TIED[1:])]):
        site = a_site(rows)
        policy = Policy(freshness_floor=1.0, relevance_zero=0.0, relevance_floor=0.0)
        case = a_case(site, a_query(rows[0], site), policy)
        found = search(case, [row.id != "source" for row in rows], k)
        expected = ["z", "a", "b", "c", "d"][:k]
        assert [site.corpus.ids[row] for row in found.rows] == expected
        assert found.total == 5


def test_asking_for_more_than_there_is_gives_all() -> None:
    site = a_site(TIED)
    case = a_case(site, a_query(TIED[0], site), Policy(relevance_floor=0.0, relevance_zero=0.0))
    assert len(search(case, [True] * 6, 1000)) == 6


def test_nothing_is_cut_off_by_similarity_before_freshness_had_its_say() -> None:
    old = [Row(id=f"old{n}", words={0: 2, 1: 1}, published=ago(24 * 900)) for n in range(300)]
    fresh = Row(id="fresh", words={0: 1, 2: 1}, published=ago(1))
    source = Row(id="source", words={0: 2, 1: 1})
    site = a_site([source, *old, fresh])
    policy = Policy(
        half_life_hours=24, freshness_floor=0.1, relevance_zero=0.0, relevance_floor=0.0
    )
    case = a_case(site, a_query(source, site), policy)
    found = search(case, [False] + [True] * 301, 1)
    assert [site.corpus.ids[row] for row in found.rows] == ["fresh"]


@pytest.mark.parametrize("rows", [[], [Row(id="a", words={}, updated=NEVER)]])
def test_without_candidates_the_answer_is_empty(rows: list[Row]) -> None:
    site = a_site(rows)
    query = replace(Row(id="draft"), words={0: 1})
    case = a_case(site, a_query(query), Policy())
    found = search(case, [True] * len(rows), 3)
    assert (len(found), found.total) == (0, 0)
