"""Lists in blocks: what a listing picks, for every list that a block claims to have finished."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import SOURCES, Row, a_case, a_query, a_site, ago
from builders import rows as some_rows
from relnews.policy import Policy
from relnews.rank import listing
from relnews.rank.block import Block, pick
from relnews.rank.diversity import Dpp, Mmr
from relnews.rank.edition import Edition
from relnews.rank.eligibility import Eligibility
from relnews.rank.ranker import Ranker
from relnews.rank.rules import Cap, Pin, Quota, Rule, Separate
from relnews.rank.ruleset import RuleSet

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from relnews.protocols import Selection, Selector
    from relnews.query import Query
    from relnews.rank.site import Site

IDS = st.sampled_from([f"{letter}{number}" for letter in "abc" for number in range(12)])


POLICIES = st.builds(
    Policy,
    semantic_weight=st.sampled_from([0.0, 0.3]),
    relevance_zero=st.just(0.0),
    relevance_floor=st.just(0.0),
    freshness_floor=st.sampled_from([0.0, 0.3, 1.0]),
    story_similarity=st.sampled_from([0.35, 0.7]),
    story_days=st.sampled_from([1.0, 20.0]),
    max_same_story=st.integers(1, 4),
    selector=st.one_of(
        st.builds(Mmr, st.sampled_from([0.0, 0.2, 1.0])),
        st.builds(Dpp, st.sampled_from([0.0, 0.4, 1.0])),
    ),
    fill=st.sampled_from(["none", "newest"]),
    agencies=st.sampled_from([(), ("dpa",)]),
    languages=st.sampled_from([(), ("de", "en")]),
)
COMPARED = st.sampled_from([frozenset[str](), frozenset({"de", "en"})])
RULES: st.SearchStrategy[list[Rule]] = st.lists(
    st.one_of(
        st.builds(Pin, IDS, st.just("gone"), st.integers(1, 3)),
        st.builds(lambda ids: Separate(*ids), st.lists(IDS, min_size=2, max_size=2, unique=True)),
    ),
    max_size=2,
)


def queries(site: Site, rows: Sequence[Row]) -> list[Query]:
    """Ask for the lists of all articles as they stand on the site."""
    return [a_query(row, site) for row in {row.id: row for row in rows}.values()]


def block_of(
    site: Site, policy: Policy, rules: Sequence[Rule], asked: Sequence[Query], size: int
) -> Block:
    """Fetch the first pools of lists and set them side by side."""
    rows = np.full((len(asked), size), -1, np.intp)
    values = np.full((3, len(asked), size), np.nan, np.float32)
    for number, query in enumerate(asked):
        case = a_case(site, query, policy, rules)
        allowed = Eligibility(case).may_be_related()
        found = site.index.search(query, case.score, allowed, size)
        rows[number, : len(found)] = found.rows
        values[:, number, : len(found)] = found.score, found.lexical, found.semantic
    sources = np.array([query.row for query in asked], np.intp)
    return Block(sources, np.array([query.dated for query in asked]), rows, *values)


def oracle(
    site: Site, policy: Policy, rules: Sequence[Rule], query: Query, depth: int
) -> list[tuple[int, str]]:
    placed = Ranker(site, policy, RuleSet(rules), query).rank(depth)
    return [(entry.row, entry.placed_by) for entry in placed]


@settings(max_examples=200, deadline=None)
@given(
    some_rows(min_size=2, max_size=40, dimensions=0)
    | some_rows(min_size=2, max_size=40, dimensions=3),
    POLICIES,
    RULES,
    st.sampled_from([1, 3, 8, 100]),
    st.integers(1, 8),
    COMPARED,
)
def test_what_a_block_finishes_is_what_the_listing_picks(
    rows: list[Row],
    policy: Policy,
    rules: list[Rule],
    size: int,
    depth: int,
    compared: frozenset[str],
) -> None:
    site = replace(a_site(rows), languages=compared)
    asked = queries(site, rows)
    edition = Edition(site, policy, RuleSet(rules), asked[0].at)
    picked, plain = pick(edition, block_of(site, policy, rules, asked, size), depth)
    with patch.object(listing, "FIRST_POOL", size):
        for query, row, finished in zip(asked, picked.tolist(), plain.tolist(), strict=True):
            if finished:
                by_score = [(target, "score") for target in row]
                assert by_score == oracle(site, policy, rules, query, depth)


ENOUGH = Policy(
    semantic_weight=0.0,
    relevance_zero=0.0,
    relevance_floor=0.0,
    story_similarity=0.8,
    max_same_story=4,
    agencies=("dpa",),
)
FIRST_POOL, DEPTH = 30, 8


def many_rows() -> list[Row]:
    """Make articles that share a word, some of them copies, agency reports and one story."""
    generator = np.random.default_rng(7)
    return [
        Row(
            id=f"n{number}",
            words={0: 1} | dict.fromkeys(generator.integers(1, 12, 4).tolist(), 1),
            shingles=tuple(range(20)) if number % 9 == 0 else (1000 + number,),
            source=SOURCES[number % len(SOURCES)],
            published=ago(int(generator.integers(0, 400))),
        )
        for number in range(60)
    ]


ROWS = many_rows()
SITE = a_site(ROWS)
QUERIES = queries(SITE, ROWS)


def picked_under(policy: Policy, rules: Sequence[Rule] = ()) -> tuple[list[list[int]], list[bool]]:
    edition = Edition(SITE, policy, RuleSet(rules), QUERIES[0].at)
    block = block_of(SITE, policy, rules, QUERIES, FIRST_POOL)
    picked, plain = pick(edition, block, DEPTH)
    return picked.tolist(), plain.tolist()


@pytest.mark.parametrize("selector", [Mmr(), Mmr(0.7), Dpp()])
@pytest.mark.parametrize(("story_similarity", "most"), [(0.8, 4), (0.6, 3), (0.6, 1)])
def test_with_enough_candidates_nearly_every_list_is_finished(
    selector: Selector, story_similarity: float, most: int
) -> None:
    policy = replace(
        ENOUGH, selector=selector, story_similarity=story_similarity, max_same_story=most
    )
    picked, plain = picked_under(policy)
    assert sum(plain) >= 0.9 * len(plain)
    with patch.object(listing, "FIRST_POOL", FIRST_POOL):
        for query, row, finished in zip(QUERIES, picked, plain, strict=True):
            if finished:
                by_score = [(target, "score") for target in row]
                assert by_score == oracle(SITE, policy, (), query, DEPTH)


def test_a_list_does_not_depend_on_those_beside_it() -> None:
    edition = Edition(SITE, ENOUGH, RuleSet(), QUERIES[0].at)
    together = picked_under(ENOUGH)[0]
    for query, row in zip(QUERIES, together, strict=True):
        alone, plain = pick(edition, block_of(SITE, ENOUGH, (), [query], FIRST_POOL), DEPTH)
        assert plain.all()
        assert alone.tolist() == [row]


def test_a_list_is_a_prefix_of_a_deeper_one() -> None:
    edition = Edition(SITE, ENOUGH, RuleSet(), QUERIES[0].at)
    block = block_of(SITE, ENOUGH, (), QUERIES, FIRST_POOL)
    deep, plain = pick(edition, block, DEPTH)
    shallow, also_plain = pick(edition, block, 3)
    assert plain.all()
    assert also_plain.all()
    assert shallow.tolist() == deep[:, :3].tolist()


def test_a_list_with_a_pin_or_a_separated_candidate_is_left_to_the_listing() -> None:
    plain = picked_under(ENOUGH, [Pin("n3", "n4", 1)])[1]
    assert plain == [query.id != "n3" for query in QUERIES]
    block = block_of(SITE, ENOUGH, (), QUERIES, FIRST_POOL)
    row = SITE.corpus.row_of["n4"]
    plain = pick(Edition(SITE, ENOUGH, RuleSet([Separate("n4", "gone")]), QUERIES[0].at), block, 3)[
        1
    ].tolist()
    assert plain == [row not in rows for rows in block.rows.tolist()]
    assert any(plain)
    assert not all(plain)


class _Own:
    def begin(self, scores: npt.NDArray[np.float32]) -> Selection:
        return Mmr().begin(scores)


@pytest.mark.parametrize(
    ("policy", "rules"),
    [
        (ENOUGH, [Cap("source", "dpa", 1)]),
        (ENOUGH, [Quota("source", "dpa", 1, 3)]),
        (replace(ENOUGH, selector=_Own()), []),
    ],
)
def test_caps_quotas_and_selectors_of_ones_own_are_left_to_the_listing(
    policy: Policy, rules: list[Rule]
) -> None:
    picked, plain = picked_under(policy, rules)
    assert not any(plain)
    assert {row for rows in picked for row in rows} == {-1}


def test_a_dpp_with_fewer_candidates_than_its_neighbours_is_left_to_the_listing() -> None:
    edition = Edition(SITE, replace(ENOUGH, selector=Dpp()), RuleSet(), QUERIES[0].at)
    block = block_of(SITE, edition.policy, (), QUERIES, FIRST_POOL)
    block.rows[0, -1] = -1
    plain = pick(edition, block, DEPTH)[1].tolist()
    assert plain == [number > 0 for number in range(len(plain))]


def test_a_list_whose_candidates_run_out_is_left_to_the_listing() -> None:
    edition = Edition(SITE, ENOUGH, RuleSet(), QUERIES[0].at)
    assert not pick(edition, block_of(SITE, ENOUGH, (), QUERIES, 3), 4)[1].any()
    nothing = np.full((1, 0), 0, np.intp)
    values = np.zeros((3, 1, 0), np.float32)
    empty = Block(np.array([0]), np.array([0]), nothing, *values)
    assert not pick(edition, empty, 4)[1].any()
