"""The index over pools against the full scan, for any policy, mask, moment and pool size."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import AT, HOUR, SECTIONS, Row, a_case, a_query, a_site, ago
from builders import rows as some_rows
from relnews.corpus import UNDATED
from relnews.index import moment, pooled
from relnews.index.pooled import PoolIndex
from relnews.index.pools import Pools
from relnews.index.space import HybridSpace
from relnews.policy import Policy
from relnews.rank.relevance import Calibration

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from relnews.index.exact import ExactIndex
    from relnews.query import Candidates
    from relnews.rank.case import Case
    from relnews.rank.site import Site

LIVES = st.floats(0.5, 500)
POLICIES = st.builds(
    Policy,
    semantic_weight=st.sampled_from([0.0, 0.3, 1.0]),
    relevance_zero=st.sampled_from([0.0, 0.5]),
    relevance_floor=st.sampled_from([0.0, 0.5, 0.9]),
    half_life_hours=LIVES,
    section_half_life_hours=st.dictionaries(st.sampled_from(SECTIONS[:3]), LIVES, max_size=3),
    freshness_floor=st.sampled_from([0.0, 0.15, 0.5, 1.0]),
    evergreen_freshness=st.sampled_from([0.0, 0.5, 1.0]),
)
CALIBRATIONS = st.builds(
    lambda top: Calibration(
        np.linspace(0, top, 400, dtype=np.float32), np.linspace(-top, top, 400, dtype=np.float32)
    ),
    st.sampled_from([0.0, 0.2, 0.6]),
)
MOMENTS = st.sampled_from([AT, AT - HOUR, AT - 24 * HOUR, AT - 24 * 30 * HOUR, AT + HOUR])


class NoScan:
    """Stands where the full scan is, in tests that are about the certified search."""

    def search(self, *_asked: object) -> Candidates:
        pytest.fail("scanned")


@pytest.fixture(autouse=True, scope="module")
def _short_blocks() -> Iterator[None]:
    """Walk small sites as large ones are: in several blocks, and to the end if need be."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(moment, "FIRST_BLOCK", 2)
        patched.setattr(pooled, "PATIENCE", 1.0)
        yield


def naive_pools(site: Site, semantic_weight: float, m: int) -> Pools:
    """Sort every row by the similarity to every other."""
    n = len(site.corpus)
    space = HybridSpace(site.lexical.weights(np.arange(n)), site.vectors, semantic_weight)
    similarity = space.block(slice(None), slice(None))
    np.fill_diagonal(similarity, -np.inf)
    order = np.argsort(-similarity, axis=1, kind="stable")
    ranked = np.take_along_axis(similarity, order, axis=1)
    rows = np.full((n, m), -1, np.int32)
    values = np.full((n, m), -np.inf, np.float32)
    rows[:, : n - 1], values[:, : n - 1] = order[:, : n - 1][:, :m], ranked[:, : n - 1][:, :m]
    outside = ranked[:, m] if m < n else np.full(n, -np.inf)
    return Pools(rows, values, outside.astype(np.float32))


def certified(site: Site, semantic_weight: float, m: int) -> PoolIndex:
    pools = naive_pools(site, semantic_weight, m)
    index = PoolIndex(site.corpus, site.lexical, site.vectors, pools, semantic_weight)
    index._exact = cast("ExactIndex", NoScan())
    return index


def ids(case: Case, found: Candidates) -> list[str]:
    return [case.site.corpus.ids[row] for row in found.rows]


def require_same(case: Case, found: Candidates, exact: Candidates) -> None:
    """Require the same rows in the same order, but for scores that rounding may swap."""
    for part in ("score", "relevance", "freshness"):
        np.testing.assert_allclose(getattr(found, part), getattr(exact, part), atol=2e-6)
    ranks = {row: rank for rank, row in enumerate(exact.rows.tolist())}
    for rank, row in enumerate(found.rows.tolist()):
        if exact.rows[rank] != row:
            assert case.score.semantic_weight > 0, "lexical sums are equal to the bit"
            there = exact.score[ranks[row]] if row in ranks else exact.score[-1]
            assert abs(there - found.score[rank]) < 2e-6
    lexical, semantic = case.site.similarities(case.query, found.rows)
    np.testing.assert_allclose(found.lexical, lexical, atol=1e-6)
    np.testing.assert_allclose(found.semantic, semantic, atol=1e-6)


def _at_the_floor(case: Case, eligible: npt.NDArray[np.bool_]) -> bool:
    """Tell whether rounding decides if some row is related."""
    lexical, semantic = case.site.similarities(case.query, np.flatnonzero(eligible))
    relevance = case.score.relevance(lexical, semantic)
    least = max(case.score.floor, 1e-6)
    return bool((np.abs(relevance - least) < 1e-5).any()) and case.score.semantic_weight > 0


@settings(max_examples=300, deadline=None)
@given(some_rows(dimensions=3, max_size=40), POLICIES, CALIBRATIONS, MOMENTS, st.data())
def test_the_answer_is_that_of_the_full_scan(
    rows: list[Row], policy: Policy, calibration: Calibration, at: int, data: st.DataObject
) -> None:
    site = a_site(rows, calibration)
    draw = st.lists(st.sampled_from([True, True, False]), min_size=len(rows), max_size=len(rows))
    eligible = np.array(data.draw(draw)) & (site.corpus["published"] <= at)
    case = a_case(site, a_query(rows[0], site, at=at), policy)
    if _at_the_floor(case, eligible):
        return
    index = certified(site, case.score.semantic_weight, data.draw(st.integers(1, 12)))
    k = data.draw(st.integers(1, 30))
    found = index.search(case.query, case.score, eligible, k)
    exact = site.index.search(case.query, case.score, eligible, k)
    require_same(case, found, exact)
    assert len(found) <= found.total <= max(exact.total, len(found) + 1)
    if exact.total > len(exact):
        assert found.total > len(found)


@settings(max_examples=60, deadline=None)
@given(some_rows(dimensions=3, max_size=40), POLICIES, st.integers(1, 6))
def test_asking_again_for_more_without_what_was_found_is_exact_too(
    rows: list[Row], policy: Policy, m: int
) -> None:
    """Pool after pool, as `Listing` asks: together they give every candidate once."""
    site = a_site(rows)
    case = a_case(site, a_query(rows[0], site), policy)
    eligible = site.corpus["published"] <= AT
    if _at_the_floor(case, eligible):
        return
    every = site.index.search(case.query, case.score, eligible, 99)
    index, listed, k = certified(site, case.score.semantic_weight, m), 0, 2
    while True:
        found = index.search(case.query, case.score, eligible, k)
        require_same(case, found, site.index.search(case.query, case.score, eligible, k))
        listed += len(found)
        eligible[found.rows] = False
        if len(found) in {0, found.total}:
            break
        k *= 2
    assert listed == len(every)


OLD = [Row(id=f"old{n}", words={0: 2, 1: 1}, published=ago(24 * 900)) for n in range(30)]
FRESH = Row(id="fresh", words={0: 1, 2: 1}, published=ago(1))
SOURCE = Row(id="source", words={0: 2, 1: 1}, published=ago(2))
PLAIN = Policy(
    semantic_weight=0.0,
    half_life_hours=24,
    freshness_floor=0.1,
    relevance_zero=0.0,
    relevance_floor=0.0,
)


def ask(rows: list[Row], policy: Policy, k: int, m: int = 3) -> tuple[list[str], int]:
    """Search for the first row, which is not eligible itself."""
    site = a_site(rows)
    case = a_case(site, a_query(rows[0], site), policy)
    eligible = np.arange(len(rows)) > 0
    found = certified(site, 0.0, m).search(case.query, case.score, eligible, k)
    return ids(case, found), found.total


def test_a_fresh_article_is_found_though_no_pool_holds_it() -> None:
    assert ask([SOURCE, *OLD, FRESH], PLAIN, 1)[0] == ["fresh"]


def test_an_updated_article_is_as_fresh_as_its_update_once_that_has_happened() -> None:
    later = replace(FRESH, published=ago(24 * 800), updated=ago(1))
    assert ask([SOURCE, *OLD, later], PLAIN, 1)[0] == ["fresh"]
    assert ask([SOURCE, *OLD, replace(later, updated=ago(-1))], PLAIN, 1)[0] == ["old0"]


def test_an_evergreen_article_is_found_however_old() -> None:
    lasting = replace(FRESH, published=UNDATED, evergreen=True)
    assert ask([SOURCE, *OLD, lasting], replace(PLAIN, evergreen_freshness=0.9), 1)[0] == ["fresh"]
    assert ask([SOURCE, *OLD, lasting], replace(PLAIN, evergreen_freshness=0.0), 1)[0] == ["old0"]


def test_a_longer_half_life_of_a_section_counts() -> None:
    slow = replace(FRESH, published=ago(24 * 30), section="Kultur")
    patient = replace(PLAIN, section_half_life_hours={"Kultur": 24.0 * 300})
    assert ask([SOURCE, *OLD, slow], PLAIN, 1)[0] == ["old0"]
    assert ask([SOURCE, *OLD, slow], patient, 1)[0] == ["fresh"]


def test_the_freshest_bounds_every_section_and_evergreens() -> None:
    rows = [replace(FRESH, section="Kultur"), replace(FRESH, id="b", evergreen=True)]
    policy = replace(
        PLAIN, section_half_life_hours={"Kultur": 999.0, "Sport": 1.0}, evergreen_freshness=0.7
    )
    site = a_site([replace(row, published=ago(400)) for row in rows])
    score = a_case(site, a_query(SOURCE, at=AT), policy).score
    fresh = score.freshness(np.arange(2))
    assert score.freshest(ago(400), evergreen=False) == pytest.approx(fresh[0])
    assert score.freshest(ago(400), evergreen=True) >= fresh.max()
    assert score.freshest(ago(9000), evergreen=True) == pytest.approx(0.7)


def test_the_total_is_exact_when_nothing_outside_the_pool_can_be_related() -> None:
    strangers = [Row(id=f"s{n}", words={9: 1}, published=ago(1)) for n in range(20)]
    assert ask([SOURCE, FRESH, *strangers], PLAIN, 5) == (["fresh"], 1)


def test_the_total_says_that_more_may_come_when_the_walk_stopped() -> None:
    found, total = ask([SOURCE, *OLD, FRESH], replace(PLAIN, freshness_floor=1.0), 2, m=3)
    assert len(found) == 2
    assert total > 2


@pytest.mark.parametrize("case_of", ["a draft", "another weight", "no patience"])
def test_what_has_no_certificate_is_scanned(case_of: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [replace(row, vector=(1.0, 0.0)) for row in (SOURCE, *OLD, FRESH)]
    site = a_site(rows)
    policy = replace(PLAIN, semantic_weight=0.4)
    draft = case_of == "a draft"
    case = a_case(site, a_query(rows[0], None if draft else site), policy)
    index = certified(site, 0.3 if case_of == "another weight" else 0.4, 3)
    monkeypatch.setattr(pooled, "PATIENCE", 0.0 if case_of == "no patience" else 1.0)
    with pytest.raises(pytest.fail.Exception, match="scanned"):
        index.search(case.query, case.score, np.ones(len(rows), bool), 2)


def test_there_must_be_a_pool_for_each_row() -> None:
    site = a_site([SOURCE, *OLD])
    pools = naive_pools(a_site(OLD), 0.0, 3)
    with pytest.raises(ValueError, match="a pool for each of 31 rows, got 30"):
        PoolIndex(site.corpus, site.lexical, site.vectors, pools, 0.0)


def test_without_articles_the_answer_is_empty() -> None:
    site = a_site([])
    case = a_case(site, a_query(SOURCE), PLAIN)
    none = Pools(np.empty((0, 3), np.int32), np.empty((0, 3), np.float32), np.empty(0, np.float32))
    index = PoolIndex(site.corpus, site.lexical, site.vectors, none, 0.0)
    found = index.search(case.query, case.score, np.zeros(0, bool), 3)
    assert (len(found), found.total) == (0, 0)
