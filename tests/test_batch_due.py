"""A delta equals a full rebuild, whatever happened in between."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import NOON
from relnews import Article, Block, Cap, Dpp, Mmr, Pin, Policy, Recommender

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from relnews.store import StoredList

DEPTH = 2
WORDS = ("brücke", "gutachten", "sanierung", "elmse", "stadtrat", "haushalt")
_IDS = [f"a{number}" for number in range(14)]


@st.composite
def articles(draw: st.DrawFn, name: str = "") -> Article:
    words = draw(st.lists(st.sampled_from(WORDS), min_size=2, max_size=6))
    rest = draw(st.sampled_from(["", " rathaus markt platz brunnen kirche" * 2]))
    hour = timedelta(hours=1)
    return Article(
        id=name or draw(st.sampled_from(_IDS)),
        headline=" ".join(words[:3]),
        body=" ".join(words) + rest,
        published_at=NOON - hour * draw(st.sampled_from([-3, 0, 1, 2, 9, 30, 50, 70, 90, 2000])),
        updated_at=draw(st.sampled_from([None, None, NOON - hour, NOON + 3 * hour])),
        expires_at=draw(st.sampled_from([None, None, None, NOON + timedelta(hours=2)])),
        embargo_until=draw(st.sampled_from([None, None, None, NOON + timedelta(hours=4)])),
        evergreen=draw(st.sampled_from([False, False, False, True])),
        section=draw(st.sampled_from(["Lokales", "Politik"])),
        source=draw(st.sampled_from(["Bote", "dpa"])),
        status=draw(st.sampled_from(["usable"] * 6 + ["withheld"])),
        language="de",
    )


Step = "Callable[[Recommender], object]"
_RULES = st.sampled_from(
    [Pin("a0", "a1", 1), Block("a2", "a3"), Cap("section", "Politik", 1), Block("a4")]
)


def _adds(some: Iterable[Article]) -> Callable[[Recommender], object]:
    return lambda rec: rec.add(some)


def _retracts(name: str) -> Callable[[Recommender], object]:
    return lambda rec: rec.retract(name)


def _reinstates(name: str) -> Callable[[Recommender], object]:
    return lambda rec: rec.reinstate(name)


def _orders(rule: Any) -> Callable[[Recommender], object]:
    return lambda rec: rec.add_rule(rule)


STEPS = st.one_of(
    st.lists(articles(), min_size=1, max_size=3).map(_adds),
    st.sampled_from(_IDS).map(_retracts),
    st.sampled_from(_IDS).map(_reinstates),
    _RULES.map(_orders),
)
POLICIES = st.builds(
    Policy,
    fill=st.sampled_from(["none", "none", "newest"]),
    selector=st.sampled_from([Mmr(0.1), Mmr(0.5), Dpp(0.5)]),
    half_life_hours=st.sampled_from([1.0, 60.0]),
    section_half_life_hours=st.sampled_from([{}, {"Politik": 5.0}]),
    freshness_floor=st.sampled_from([0.0, 0.15]),
    relevance_floor=st.sampled_from([0.5, 0.9, 0.99]),
    max_same_story=st.sampled_from([1, 3]),
    story_similarity=st.sampled_from([0.25, 0.6]),
)


def stored(rec: Recommender) -> dict[str, StoredList | None]:
    return {name: rec.store.related_list(name) for name in rec.store.listed_sources()}


def entries(found: dict[str, StoredList | None]) -> dict[str, list[str]]:
    return {name: [row.target_id for row in made.rows] for name, made in found.items() if made}


@pytest.fixture
def small_pools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a pool hold three, so that being among the candidates or not is at stake.

    Nor is anything fitted or weighed anew, which would make every list due.
    """
    monkeypatch.setattr("relnews.rank.listing.FIRST_POOL", 3)
    monkeypatch.setattr("relnews.batch.retrieval.FIRST_POOL", 3)  # that of lists made in blocks
    monkeypatch.setattr("relnews.fitting.WEIGH_GROWTH", 100)
    monkeypatch.setattr("relnews.fitting.REFIT_GROWTH", 100)


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    first=st.tuples(*map(articles, _IDS)),
    steps=st.lists(STEPS, min_size=1, max_size=4),
    policy=POLICIES,
)
@pytest.mark.usefixtures("small_pools")
def test_a_delta_equals_a_full_rebuild(
    first: tuple[Article, ...], steps: list[Callable[[Recommender], object]], policy: Policy
) -> None:
    with Recommender.open(":memory:", policy=policy) as rec:
        rec.add(first)
        rec.precompute(at=NOON, depth=DEPTH)
        for step in steps:
            step(rec)
        rec.precompute(at=NOON, depth=DEPTH, changed_since=NOON)
        delta = entries(stored(rec))
        everything = rec.store.listed_sources()
        rec.precompute(at=NOON, depth=DEPTH, ids=everything)
        assert delta == entries(stored(rec))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    first=st.tuples(*map(articles, _IDS)),
    steps=st.lists(STEPS, min_size=1, max_size=4),
    policy=POLICIES,
    hours=st.sampled_from([1, 3, 5, 24]),
)
@pytest.mark.usefixtures("small_pools")
def test_what_a_delta_leaves_alone_no_changed_article_would_enter(
    first: tuple[Article, ...],
    steps: list[Callable[[Recommender], object]],
    policy: Policy,
    hours: int,
) -> None:
    later = NOON + timedelta(hours=hours)
    with Recommender.open(":memory:", policy=policy) as rec:
        rec.add(first)
        rec.precompute(at=NOON, depth=DEPTH)
        known = {one.id: one for one in rec.store.all_articles()}
        for step in steps:
            step(rec)
        rec.precompute(at=later, depth=DEPTH, changed_since=NOON)
        delta = stored(rec)
        now = {one.id: one for one in rec.store.all_articles()}
        changed = {name for name, one in now.items() if known.get(name) != one}
        rec.precompute(at=later, depth=DEPTH, ids=[*now])
        for name, full in entries(stored(rec)).items():
            was = delta[name]
            assert was is not None
            had = [row.target_id for row in was.rows]
            assert was.at == later or not changed & {*had, *full}
