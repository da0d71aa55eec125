"""What every index keeps, exact or not: `relnews.protocols.Index` but for the word exactly."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import Row, a_case, a_query, a_site
from builders import rows as some_rows
from crowds import crowd, crowded_site
from relnews.index import approximate
from relnews.index.approximate import ApproximateIndex
from relnews.index.exact import ExactIndex
from relnews.index.living import LivingPools
from relnews.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from relnews.corpus import Corpus
    from relnews.embed.lexical import LexicalView
    from relnews.protocols import Index
    from relnews.query import Candidates
    from relnews.rank.case import Case
    from relnews.rank.site import Site

    Values = npt.NDArray[np.float32]
    Make = Callable[[Site], Index]

N = 4_000
POLICIES = (
    Policy(),
    Policy(semantic_weight=0.5, freshness_floor=1.0),
    Policy(relevance_zero=0.0, relevance_floor=0.0, half_life_hours=24 * 30),
    Policy(relevance_zero=0.9, relevance_floor=0.99),
)


def living(corpus: Corpus, lexical: LexicalView, vectors: Values) -> Index:
    """Make pools that are far too small; weights that hold still are those of now."""
    lexical.weigh(lexical.counts())
    return LivingPools(width=20)(corpus, lexical, vectors)


@pytest.fixture(params=[ExactIndex, ApproximateIndex, living])
def make(request: pytest.FixtureRequest) -> Make:
    return lambda site: request.param(site.corpus, site.lexical, site.vectors)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an approximate index cut its corners on a handful of rows, too."""
    monkeypatch.setattr(approximate, "FEW", 0)
    monkeypatch.setattr(approximate, "DEPTH", 2)
    monkeypatch.setattr(approximate, "DEPTH_PER_ENTRY", 1)


def assert_sound(found: Candidates, case: Case, eligible: np.ndarray, k: int) -> None:
    """Hold an answer against all of the contract that needs no exact answer."""
    site, score = case.site, case.score
    rows = found.rows
    assert len(rows) <= k
    assert len(rows) <= found.total <= eligible.sum()
    assert len(rows) == found.total or len(rows) == k
    assert eligible[rows].all()
    assert len(set(rows.tolist())) == len(rows)
    lexical, semantic = site.similarities(case.query, rows)
    np.testing.assert_allclose(found.lexical, lexical, atol=2e-6)
    np.testing.assert_allclose(found.semantic, semantic, atol=2e-6)
    np.testing.assert_allclose(found.relevance, score.relevance(lexical, semantic), atol=4e-6)
    np.testing.assert_array_equal(found.freshness, score.freshness(rows))
    np.testing.assert_array_equal(found.score, found.relevance * found.freshness)
    assert (found.relevance >= score.floor).all()
    assert (found.relevance > 0).all()
    order = site.corpus.newest_first(rows, case.query.at, found.score)
    np.testing.assert_array_equal(order, np.arange(len(rows)))


@pytest.mark.usefixtures("hasty")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some_rows(dimensions=3), st.sampled_from(POLICIES), st.integers(1, 9), st.data())
def test_on_small_sites_full_of_ties(
    make: Make, rows: list[Row], policy: Policy, k: int, data: st.DataObject
) -> None:
    eligible = np.array([data.draw(st.booleans()) for _ in rows], bool)
    site = a_site(rows)
    case = a_case(site, a_query(rows[0], site), policy)
    assert_sound(make(site).search(case.query, case.score, eligible, k), case, eligible, k)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("share", [1.0, 0.5, 0.01])
def test_on_a_large_site_for_a_growing_k_and_a_shrinking_choice(
    make: Make, policy: Policy, share: float
) -> None:
    """As a list in the making asks: nothing comes twice, and the related run out at the end."""
    rows, site = crowded_site(N)
    index = make(site)
    eligible = np.random.default_rng(5).random(N) < share
    case = a_case(site, a_query(rows[0], site), policy)
    for k in (3, 100, 400, 1_600, 6_400):
        found = index.search(case.query, case.score, eligible, k)
        assert_sound(found, case, eligible, k)
        eligible[found.rows] = False
    assert len(found) == found.total
    assert len(index.search(case.query, case.score, eligible, 10)) == 0


def test_a_filter_that_keeps_three_of_thousands(make: Make) -> None:
    rows, site = crowded_site(N)
    policy = Policy(relevance_zero=0.0, relevance_floor=0.0)
    case = a_case(site, a_query(rows[0], site), policy)
    eligible = np.zeros(N, bool)
    eligible[[7, 77, 3_777]] = True
    found = make(site).search(case.query, case.score, eligible, 10)
    assert sorted(found.rows) == [7, 77, 3_777]


def test_what_a_draft_asks_for(make: Make) -> None:
    _, site = crowded_site(N)
    (draft,) = crowd(1, seed=7)
    for words in (draft.words, {3: 1}, {N: 1}, {}):
        case = a_case(site, a_query(replace(draft, words=words)), Policy())
        eligible = np.ones(N, bool)
        found = make(site).search(case.query, case.score, eligible, 10)
        assert_sound(found, case, eligible, 10)


@pytest.mark.parametrize("rows", [[], [Row(id="a"), Row(id="b", vector=())]])
def test_without_words_and_vectors_the_answer_is_empty(make: Make, rows: list[Row]) -> None:
    site = a_site(rows)
    case = a_case(site, a_query(Row(id="draft", words={0: 1})), Policy())
    found = make(site).search(case.query, case.score, np.ones(len(rows), bool), 3)
    assert (len(found), found.total) == (0, 0)
