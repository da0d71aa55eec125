"""Candidates compared with their list: what a pool says of each pair, to the last bit."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import Row, a_case, a_query, a_site
from builders import rows as some_rows
from relnews.policy import Policy
from relnews.rank.crosswise import Crosswise
from relnews.rank.edition import Edition
from relnews.rank.pool import Pool
from relnews.rank.ruleset import RuleSet


@settings(max_examples=100, deadline=None)
@given(
    some_rows(min_size=4, max_size=20) | some_rows(min_size=4, max_size=20, dimensions=3),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(0, 2**32 - 1),
)
def test_a_list_is_compared_as_its_pool_compares_it(
    rows: list[Row], n_lists: int, n_likely: int, seed: int
) -> None:
    site, policy = a_site(rows), Policy(semantic_weight=0.3)
    case = a_case(site, a_query(rows[0], site), policy)
    generator = np.random.default_rng(seed)
    lists = np.stack([generator.permutation(len(rows))[:4] for _ in range(n_lists)])
    likely = np.stack([generator.permutation(4)[:n_likely] for _ in range(n_lists)])
    crosswise = Crosswise(Edition(site, policy, RuleSet(), case.query.at), lists, likely)
    nothing = np.zeros(4, np.float32)
    pools = [Pool(case, own, nothing, nothing) for own in lists]
    for place in range(4):
        found = crosswise.to(np.full(n_lists, place))
        for number, pool in enumerate(pools):
            assert found[number].tobytes() == pool.to(place).tobytes()
            assert crosswise.one(number, place).tobytes() == pool.to(place).tobytes()
