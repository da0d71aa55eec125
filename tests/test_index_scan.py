"""The scan for a block: the candidates that the exact index finds one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import AT, Row, a_case, a_query, a_site, ago
from builders import rows as some_rows
from crowds import crowded_site
from relnews.index import scan
from relnews.index.scan import Scan
from relnews.policy import Policy
from relnews.rank.relevance import Calibration
from relnews.rank.score import MomentScore

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from relnews.index.scan import CandidateBlock
    from relnews.rank.site import Site

    Rows = npt.NDArray[np.intp]
    Mask = npt.NDArray[np.bool_]

POLICIES = st.builds(
    Policy,
    semantic_weight=st.sampled_from([0.0, 0.4, 1.0]),
    relevance_zero=st.sampled_from([0.0, 0.3]),
    relevance_floor=st.sampled_from([0.0, 0.5, 0.9]),
    half_life_hours=st.sampled_from([1.0, 60.0]),
    freshness_floor=st.sampled_from([0.0, 0.2, 1.0]),
)

CALIBRATIONS = st.builds(
    lambda top: Calibration(
        np.linspace(0, top, 400, dtype=np.float32), np.linspace(-top, top, 400, dtype=np.float32)
    ),
    st.sampled_from([0.0, 0.3, 0.7]),
)


def scanned(
    site: Site, policy: Policy, eligible: Mask, barred: Sequence[Rows], k: int
) -> CandidateBlock:
    score = MomentScore(site, policy, AT)
    made = Scan(site.corpus, site.lexical, site.vectors, score, eligible, AT)
    return made.search(np.arange(len(barred)), barred, k)


def is_what_the_index_finds(
    rows: Sequence[Row], site: Site, policy: Policy, eligible: Mask, barred: Sequence[Rows], k: int
) -> None:
    """Hold every line of a block against the exact index, to the last bit.

    Articles so old that they score nothing, which the index names last, are left aside.
    """
    block = scanned(site, policy, eligible, barred, k)
    for place, row in enumerate(rows[: len(barred)]):
        case = a_case(site, a_query(row, site), policy)
        allowed = eligible.copy()
        allowed[barred[place]] = False
        found = site.index.search(case.query, case.score, allowed, k)
        n = int((found.score >= np.finfo(np.float32).tiny).sum())
        assert block.rows[place].tolist() == [*found.rows.tolist()[:n], *[-1] * (k - n)]
        for name in ("score", "lexical", "semantic"):
            values = getattr(block, name)[place]
            assert values[:n].tolist() == getattr(found, name).tolist()[:n]
            assert not values[n:].any()


@settings(max_examples=80)
@given(
    some_rows(min_size=1, max_size=30) | some_rows(min_size=1, max_size=30, dimensions=3),
    CALIBRATIONS,
    POLICIES,
    st.sampled_from([(1, 2), (1, 2_048), (3, 5), (3, 2_048), (10, 2_048), (50, 2)]),
    st.integers(0, 2**32 - 1),
)
def test_a_block_holds_the_candidates_of_every_source(
    rows: list[Row],
    calibration: Calibration,
    policy: Policy,
    sizes: tuple[int, int],
    seed: int,
) -> None:
    (k, freshest), site = sizes, a_site(rows, calibration)
    rng = np.random.default_rng(seed)
    eligible = rng.random(len(rows)) < 0.8
    barred = [
        np.unique(np.append(rng.integers(0, len(rows), rng.integers(0, 4)), row))
        for row in range(len(rows))
    ]
    with patch.object(scan, "_FRESHEST", freshest):
        is_what_the_index_finds(rows, site, policy, eligible, barred, k)


def test_among_thousands_too() -> None:
    rows, site = crowded_site(3_000)
    eligible = np.arange(len(rows)) % 7 != 0
    barred = [np.array([row, (row + 1) % 3_000]) for row in range(40)]
    for policy in (Policy(semantic_weight=0.3), Policy(relevance_floor=0.0, freshness_floor=0.0)):
        is_what_the_index_finds(rows, site, policy, eligible, barred, 100)


def test_the_candidates_are_old_when_no_fresh_article_is_related() -> None:
    """The freshest alone would say that there are none."""
    fresh = [Row(id=f"f{n}", words={5 + n: 1}, published=ago(1)) for n in range(6)]
    old = [Row(id=f"o{n}", words={0: 1, 30 + n: 1}, published=ago(900)) for n in range(4)]
    rows = [Row(id="source", words={0: 1}), *old, *fresh]
    site, policy = a_site(rows), Policy(relevance_zero=0.0, relevance_floor=0.0)
    with patch.object(scan, "_FRESHEST", 6):
        block = scanned(site, policy, np.ones(len(rows), bool), [np.array([0])], 3)
    assert {site.corpus.ids[row] for row in block.rows[0].tolist()} <= {"o0", "o1", "o2", "o3"}
    assert (block.rows[0] >= 0).all()
    assert (block.score[0] > 0).all()


def test_a_fresh_article_below_the_floor_pushes_no_old_one_out() -> None:
    """Though it scores more: relevance that is too low, times much more freshness."""
    some = {0: 1, 1: 1, 2: 1, 3: 1}
    fresh = Row(id="fresh", words={0: 1, 7: 1, 8: 1, 9: 1}, published=ago(0))
    old = Row(id="old", words=some, published=ago(5_000))
    pairs = np.linspace(0, 1, 400, dtype=np.float32)
    site = a_site([Row(id="source", words=some), fresh, old], Calibration(pairs, pairs))
    policy = Policy(relevance_zero=0.0, relevance_floor=0.9, freshness_floor=0.05)
    block = scanned(site, policy, np.ones(3, bool), [np.array([0])], 1)
    assert block.rows.tolist() == [[2]]


def test_ties_go_to_the_newest_and_then_by_id() -> None:
    """Both are equally fresh, as freshness counts hours and dates count seconds."""
    same = {"words": {0: 1}, "evergreen": True}
    rows = [
        Row(id="source", words={0: 1}),
        Row(id="b", published=ago(500), **same),  # type: ignore[arg-type]  # of three kinds
        Row(id="a", published=ago(500), **same),  # type: ignore[arg-type]  # the same
        Row(id="c", published=ago(400), **same),  # type: ignore[arg-type]  # the same
    ]
    policy = Policy(relevance_zero=0.0, relevance_floor=0.0, evergreen_freshness=1.0)
    block = scanned(a_site(rows), policy, np.ones(4, bool), [np.array([0])], 3)
    assert block.rows[0].tolist() == [3, 2, 1]


def test_without_an_eligible_row_there_are_no_candidates() -> None:
    rows = [Row(id="a", words={0: 1}), Row(id="b", words={0: 1})]
    block = scanned(a_site(rows), Policy(), np.zeros(2, bool), [np.array([0])], 2)
    assert block.rows.tolist() == [[-1, -1]]
    assert not block.score.any()
