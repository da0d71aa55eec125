"""Living pools against the full scan, through any history of a site."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import AT, Row, a_case, a_query, add_row, ago, uncalibrated
from builders import rows as some_rows
from newsroom import NOON, about, an_article, hours, plain
from relnews import Block, Cap, Recommender
from relnews.corpus import Corpus
from relnews.embed.lexical import LexicalView
from relnews.index import living, moment, pooled
from relnews.index.exact import ExactIndex
from relnews.index.join import join
from relnews.index.living import LivingIndex, LivingPools
from relnews.policy import Policy
from relnews.rank.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from relnews.query import Candidates

    Step = Callable[[Recommender], object]

WIDTH = 3
BOTH_VIEWS = Policy(semantic_weight=0.3, relevance_zero=0.0, relevance_floor=0.0)
RELATED = plain(relevance_floor=0.0, fill="newest")
IDS = tuple(f"b-{number}" for number in range(8))


@pytest.fixture(autouse=True, scope="module")
def _patient() -> Iterator[None]:
    """Walk small sites as large ones are: in several blocks, to the end; bury the dead at once."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(moment, "FIRST_BLOCK", 2)
        patched.setattr(pooled, "PATIENCE", 1.0)
        patched.setattr(living, "REMOVED_AT_ONCE", 0.0)
        yield


@pytest.fixture
def joins(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note the number of articles in each join."""
    made = list[int]()

    def counting(space: Any, m: int) -> Any:
        made.append(len(space))
        return join(space, m)

    monkeypatch.setattr(living, "join", counting)
    return made


class GrowingSite:
    """A site that rows arrive at, with its living index."""

    def __init__(self, semantic_weight: float | None = BOTH_VIEWS.semantic_weight) -> None:
        self.corpus, self.lexical = Corpus(), LexicalView()
        self.setting = LivingPools(semantic_weight, WIDTH)
        self.vectors = np.zeros((0, 3), np.float32)
        self.index: LivingIndex | None = None

    def add(self, row: Row) -> None:
        former = self.corpus.row_of.get(row.id)
        if former is not None:
            self.lexical.remove(former)
        add_row(self.corpus, row)
        self.lexical.append(row.document)
        vector = np.array(row.vector or [0, 0, 0], np.float32)
        self.vectors = np.vstack([self.vectors, vector])

    def weigh(self) -> None:
        self.lexical.weigh(self.lexical.counts())

    def living(self) -> LivingIndex:
        if self.index is None:
            self.index = self.setting(self.corpus, self.lexical, self.vectors)
        self.index.extend(self.vectors)
        return self.index

    def ask(self, row: Row, k: int, policy: Policy = BOTH_VIEWS) -> list[Candidates]:
        """Give what the living index finds for a row, and what the full scan finds."""
        exact = ExactIndex(self.corpus, self.lexical, self.vectors)
        site = Site(self.corpus, self.lexical, self.vectors, exact, uncalibrated())
        case = a_case(site, a_query(row, site), policy)
        eligible = (self.corpus["alive"] == 1) & (self.corpus["published"] <= AT)
        asked = case.query, case.score, eligible, k
        return [index.search(*asked) for index in (self.living(), exact)]


def require_same(found: Candidates, exact: Candidates) -> None:
    """Require the same rows, scored to the same bits."""
    np.testing.assert_array_equal(found.rows, exact.rows)
    np.testing.assert_array_equal(found.score, exact.score)


_vectors = some_rows(dimensions=3, min_size=3, max_size=12)
_histories = st.lists(st.one_of(_vectors, st.sampled_from(["weigh"])), min_size=2, max_size=6)


@settings(max_examples=15)
@given(_vectors, _histories, st.integers(1, 9))
def test_whatever_arrives_between_weighings_the_answer_is_that_of_the_full_scan(
    first: list[Row], history: list[list[Row] | str], k: int
) -> None:
    """A row with an id that was there before replaces it."""
    site, known = GrowingSite(), dict[str, Row]()
    for step in (first, "weigh", *history):
        if isinstance(step, str):
            site.weigh()
        else:
            for row in step:
                site.add(row)
                known[row.id] = row
        for row in known.values():
            require_same(*site.ask(row, k))


def _adds() -> st.SearchStrategy[Step]:
    def add(name: str, version: int, first: int, status: str) -> Step:
        article = an_article(
            name,
            ("bruecke", "theater")[first % 2],
            first,
            (first + 3) % 8,
            version=version,
            status=status,
            evergreen=first == 3,
            published_at=hours(-first * 30 - version),
        )
        return lambda rec: rec.add([article])

    statuses = st.sampled_from(["usable"] * 5 + ["withheld"])
    return st.builds(add, st.sampled_from(IDS), st.integers(1, 4), st.integers(0, 7), statuses)


_ids = st.sampled_from(IDS)
_steps: st.SearchStrategy[Step] = st.one_of(
    _adds(),
    _adds(),
    _adds(),
    _ids.map(lambda name: lambda rec: rec.retract(name)),
    _ids.map(lambda name: lambda rec: rec.reinstate(name)),
    _ids.map(lambda name: lambda rec: rec.add_rule(Block(name))),
    st.just(lambda rec: rec.add_rule(Cap("section", "Stadt", 1))),
    st.just(lambda rec: rec.precompute(at=NOON)),
    st.just(lambda rec: rec.publish([about("b-9")], at=NOON)),
    st.just(lambda rec: rec.refit()),
    st.just(lambda rec: rec.rebuild()),
)


@settings(max_examples=6)
@given(st.lists(_steps, min_size=2, max_size=9), st.booleans())
def test_after_any_history_lists_are_the_same_with_and_without_pools(
    tmp_path_factory: pytest.TempPathFactory,
    history: list[Step],
    pools_write: bool,  # noqa: FBT001  # drawn
) -> None:
    path = tmp_path_factory.mktemp("history") / "news.db"
    index = LivingPools(RELATED.semantic_weight, WIDTH)
    with (
        Recommender.open(path, policy=RELATED, index=index) as pools,
        Recommender.open(path, policy=RELATED) as scans,
    ):
        writer = pools if pools_write else scans
        writer.add(about(name) for name in IDS[:5])
        writer.precompute(at=NOON)
        for step in history:
            step(writer)
            for article in writer.store.all_articles():
                for k in (2, 20):
                    made = pools.recommend(article.id, at=NOON, k=k)
                    assert made == scans.recommend(article.id, at=NOON, k=k)


SOURCE = Row(id="source", words={0: 2, 1: 1}, vector=(1.0, 0.0, 0.0), published=ago(2))
OTHERS = [replace(SOURCE, id=f"other{n}", published=ago(24 * n)) for n in range(1, 12)]


def a_weighed_site() -> GrowingSite:
    site = GrowingSite()
    for row in (SOURCE, *OTHERS):
        site.add(row)
    site.weigh()
    return site


def test_pools_are_joined_when_first_asked_and_once_a_weighing(
    joins: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = a_weighed_site()
    monkeypatch.setattr(pooled, "ExactIndex", lambda *_parts: None)  # nothing that could scan
    site.living()
    assert joins == []
    for n in range(4):
        site.ask(SOURCE, 2)
        site.add(replace(SOURCE, id=f"new{n}"))
    assert joins == [12]
    site.weigh()
    site.ask(SOURCE, 2)
    site.ask(SOURCE, 2)
    assert joins == [12, 16]


def test_a_join_leaves_out_what_was_replaced_before(joins: list[int]) -> None:
    site = a_weighed_site()
    for row in OTHERS[:5]:
        site.add(replace(row, words={0: 1, 2: 1}))
    require_same(*site.ask(SOURCE, 5))
    assert joins == [12]
    pools = site.living()._pools
    assert pools is not None
    np.testing.assert_array_equal(pools.removed, site.corpus["alive"] == 0)


@pytest.mark.parametrize("case_of", ["a draft", "another weight", "running weights"])
def test_what_has_no_pool_is_scanned_and_nothing_is_joined(case_of: str, joins: list[int]) -> None:
    site = a_weighed_site()
    if case_of == "running weights":
        site.lexical.weigh(None)
    asked = replace(SOURCE, id="draft") if case_of == "a draft" else SOURCE
    policy = replace(BOTH_VIEWS, semantic_weight=0.5) if case_of == "another weight" else BOTH_VIEWS
    found, exact = site.ask(asked, 4, policy)
    np.testing.assert_array_equal(found.rows, exact.rows)
    assert joins == []


def test_what_was_replaced_leaves_the_pools_and_a_pool_half_empty_is_filled_again() -> None:
    site = a_weighed_site()
    site.ask(SOURCE, 2)
    pools = site.living()._pools
    assert pools is not None
    near = pools.rows[0].copy()
    for row in near:
        site.add(replace(OTHERS[row - 1], words={9: 1}, vector=(0.0, 1.0, 0.0)))
    site.ask(SOURCE, 2)
    assert site.living()._pools is pools
    assert pools.removed[near].all()
    assert (pools.rows[0] >= 0).all()
    assert not pools.removed[pools.rows[0]].any()


def test_few_dead_rows_wait_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(living, "REMOVED_AT_ONCE", 0.1)
    site, removed = a_weighed_site(), []
    for row in (SOURCE, *OTHERS[:3]):
        site.ask(SOURCE, 2)
        site.add(row)
        require_same(*site.ask(SOURCE, 5))
        pools = site.living()._pools
        assert pools is not None
        removed.append(int(pools.removed.sum()))
    assert removed == [0, 2, 2, 4]


def test_pools_that_failed_midway_are_made_anew(
    joins: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = a_weighed_site()
    site.ask(SOURCE, 2)
    site.add(replace(SOURCE, id="new"))
    with monkeypatch.context() as patched:
        patched.setattr(living, "insert", None)
        with pytest.raises(TypeError):
            site.ask(SOURCE, 2)
    require_same(*site.ask(SOURCE, 2))
    assert joins == [12, 13]


def test_a_refit_joins_anew(tmp_path: Path, joins: list[int]) -> None:
    index = LivingPools(RELATED.semantic_weight, WIDTH)
    with Recommender.open(tmp_path / "news.db", policy=RELATED, index=index) as rec:
        rec.add(about(name) for name in IDS)
        rec.recommend("b-0", at=NOON)
        assert joins == []
        rec.precompute(at=NOON)
        rec.recommend("b-0", at=NOON)
        rec.recommend("b-1", at=NOON)
        rec.refit()
        rec.recommend("b-0", at=NOON)
        assert joins == [8, 8]


@pytest.mark.parametrize(
    ("given", "message"),
    [({"semantic_weight": 1.5}, r"in \[0, 1\], got 1.5"), ({"width": 0}, "at least 1, got 0")],
)
def test_a_setting_out_of_its_range_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LivingPools(**given)
