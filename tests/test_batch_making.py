"""Lists made many at a time are those that are made one by one, to the last bit."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import NOON
from newsroom import about, filler, hours, plain
from relnews import Article, Block, Cap, Dpp, Mmr, Pin, Policy, Quota, Recommender, Separate
from relnews.batch import Task
from relnews.batch.making import Maker
from relnews.batch.plain import PlainLists
from relnews.lists import Asked, ListMaker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relnews.protocols import Selection, Values
    from relnews.rank.rules import Rule
    from relnews.store import StoredList

WORDS = ("brücke", "gutachten", "sanierung", "elmse", "stadtrat", "haushalt", "theater", "oper")
IDS = [f"a{number:02}" for number in range(14)]
_ONE = st.sampled_from(IDS)
_TWO = st.lists(_ONE, min_size=2, max_size=2, unique=True)
_TAIL = " ".join(f"rathaus{number} markt{number} platz{number}" for number in range(8))


@st.composite
def texts(draw: st.DrawFn, name: str) -> Article:
    """Draw an article of few words and dates, so that copies, stories and ties abound."""
    words = draw(st.lists(st.sampled_from(WORDS), min_size=2, max_size=6))
    hour = timedelta(hours=1)
    return Article(
        id=name,
        headline=" ".join(words[:3]),
        body=" ".join(words) + draw(st.sampled_from([" rathaus", " rathaus", _TAIL])),
        published_at=NOON - hour * draw(st.sampled_from([-3, 1, 1, 2, 9, 30, 70, 2000])),
        updated_at=draw(st.sampled_from([None, None, NOON - hour, NOON + hour])),
        evergreen=draw(st.sampled_from([False, False, False, True])),
        section=draw(st.sampled_from(["Lokales", "Politik"])),
        source=draw(st.sampled_from(["Bote", "Kurier", "dpa"])),
        status=draw(st.sampled_from(["usable"] * 9 + ["withheld"])),
        no_list=draw(st.sampled_from([False] * 9 + [True])),
        never_recommend=draw(st.sampled_from([False] * 9 + [True])),
        language=draw(st.sampled_from(["de", "de", "de", "en"])),
    )


POLICIES = st.builds(
    Policy,
    semantic_weight=st.sampled_from([0.0, 0.4]),
    fill=st.sampled_from(["none", "newest"]),
    selector=st.sampled_from([Mmr(0.0), Mmr(0.5), Dpp(0.5)]),
    half_life_hours=st.sampled_from([1.0, 60.0]),
    section_half_life_hours=st.sampled_from([{}, {"Politik": 5.0}]),
    freshness_floor=st.sampled_from([0.0, 0.15, 1.0]),
    relevance_floor=st.sampled_from([0.0, 0.5]),
    max_same_story=st.sampled_from([1, 3]),
    story_similarity=st.sampled_from([0.25, 0.6]),
    same_source=st.booleans(),
    languages=st.sampled_from([(), ("de",), ("de", "en")]),
)
RULES: st.SearchStrategy[list[Rule]] = st.lists(
    st.one_of(
        st.builds(lambda two, place: Pin(two[0], two[1], place), _TWO, st.integers(1, 3)),
        _TWO.map(lambda two: Block(*two)),
        st.builds(Block, _ONE),
        _TWO.map(lambda two: Separate(*two)),
        st.sampled_from([Cap("section", "Politik", 1), Quota("source", "Bote", 1, 2)]),
    ),
    max_size=2,
)


def one_by_one(rec: Recommender, task: Task, ids: Sequence[str]) -> list[StoredList]:
    """Make lists the slow way: the oracle of `Maker`."""
    rec.mirror.refresh()
    maker = ListMaker(rec.store, rec.mirror, task.policy, nullcontext())
    return [
        maker.make_stored(Asked(rec.article(name), task.at, task.depth, frozenset(), stored=True))
        for name in ids
    ]


def made_plainly(rec: Recommender, task: Task) -> set[str]:
    rec.mirror.refresh()
    return {*PlainLists(rec.mirror, task).make([*rec.store.all_articles()])}


@pytest.fixture
def small_pools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a pool hold four, so that a small site fills some."""
    monkeypatch.setattr("relnews.rank.listing.FIRST_POOL", 4)
    monkeypatch.setattr("relnews.batch.retrieval.FIRST_POOL", 4)
    monkeypatch.setattr("relnews.batch.plain.LISTS_AT_ONCE", 4)


@pytest.mark.usefixtures("small_pools")
def test_a_batch_equals_its_lists_one_by_one() -> None:
    plain, ruled = 0, 0

    @settings(max_examples=40)
    @given(st.tuples(*map(texts, IDS)), POLICIES, RULES, st.integers(1, 3))
    def holds(articles: tuple[Article, ...], policy: Policy, rules: list[Rule], depth: int) -> None:
        nonlocal plain, ruled
        with Recommender.open(":memory:") as rec:
            rec.add(articles)
            for rule in rules:
                rec.add_rule(rule)
            task = Task(NOON, depth, policy)
            made = Maker(rec.store, rec.mirror, nullcontext(), task).make(IDS)
            assert made == one_by_one(rec, task, IDS)
            n_plain = len(made_plainly(rec, task))
            plain += n_plain
            ruled += bool(rules) and n_plain > 0

    holds()
    assert plain > 20
    assert ruled > 1


def test_a_batch_equals_its_lists_one_by_one_where_vectors_count_too() -> None:
    with Recommender.open(":memory:") as rec:
        rec.add(filler(1_100))
        assert rec.mirror.model.semantic.dimensions > 0
        for policy in (Policy(), Policy(selector=Dpp(0.4), relevance_floor=0.2)):
            task = Task(NOON, 5, policy)
            ids = [f"f-{number}" for number in range(0, 1_100, 17)]
            made = Maker(rec.store, rec.mirror, nullcontext(), task).make(ids)
            assert made == one_by_one(rec, task, ids)
        assert len(made_plainly(rec, task)) > 500


def test_what_many_lists_share_is_made_anew_when_the_site_changes() -> None:
    with Recommender.open(":memory:") as rec:
        rec.add(filler(150))
        task = Task(NOON, 3, Policy(relevance_floor=0.0))
        maker = Maker(rec.store, rec.mirror, nullcontext(), task)
        names = [f"f-{number}" for number in range(150)]
        first = maker.make(names)
        gone = first[0].rows[0].target_id
        rec.retract(gone)
        again = maker.make(names)
        assert again == one_by_one(rec, task, names)
        assert gone not in {row.target_id for made in again for row in made.rows}


def test_an_article_that_is_not_stored_has_no_list() -> None:
    with Recommender.open(":memory:") as rec:
        rec.add(filler(3))
        maker = Maker(rec.store, rec.mirror, nullcontext(), Task(NOON, 3, Policy()))
        assert [made.source_id for made in maker.make(["f-2", "gone", "f-0"])] == ["f-2", "f-0"]
        assert maker.make([]) == []


class _Own(Mmr):
    """A selector made from a known one, for a list at a time."""

    def begin(self, scores: Values) -> Selection:
        assert scores.ndim == 1
        return super().begin(scores)


def test_a_selector_made_from_a_known_one_is_asked_for_one_list_at_a_time() -> None:
    policy = plain(relevance_floor=0.0, selector=_Own(0.1))
    with Recommender.open(":memory:", policy=policy) as rec:
        rec.add(about(f"b-{n}", published_at=hours(-3 * n - 1)) for n in range(30))
        assert rec.precompute(at=NOON).made == 30
