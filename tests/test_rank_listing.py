"""Whole lists on small sites: stories, rules, diversity and fill together."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import (
    SECTIONS,
    SOURCES,
    Row,
    a_case,
    a_query,
    a_ranker,
    a_site,
    ago,
    ids_of,
    listed,
)
from builders import rows as some_rows
from relnews.corpus import UNDATED
from relnews.policy import Policy
from relnews.rank import listing
from relnews.rank.diversity import Dpp, Mmr
from relnews.rank.eligibility import Eligibility
from relnews.rank.pool import Pool
from relnews.rank.reasons import sentence
from relnews.rank.rules import Block, Cap, Pin, Quota, Rule, Separate
from relnews.rank.stories import is_copy

if TYPE_CHECKING:
    from relnews.query import Placed
    from relnews.rank.case import Case

ALONE: dict[str, Any] = {
    "semantic_weight": 0.0,
    "relevance_zero": 0.0,
    "relevance_floor": 0.0,
    "half_life_hours": 24.0,
    "freshness_floor": 0.2,
    "story_similarity": 1.0,
    "story_days": 1e-6,
    "max_same_story": 99,
    "selector": Mmr(0),
    "fill": "none",
    "agencies": (),
    "agency_hours": 24.0,
}


def a_policy(**changes: Any) -> Policy:
    """Give a policy under which only the score counts, and what a test adds to it."""
    return Policy(**(ALONE | changes))


SOURCE = Row(id="source", words={0: 2, 1: 2}, section="Sport", published=ago(10))


def a_target(name: str, hours: float, *, related: bool = True, **changes: Any) -> Row:
    """Make a target that is as related as all others, and less so when it is older."""
    place = 100 + sum(ord(letter) * 31**at for at, letter in enumerate(name)) % 5000
    words = {0: 1, place: 1} if related else {place: 1}
    values: dict[str, Any] = {"id": name, "words": words, "published": ago(hours)}
    return Row(**(values | changes))


def names(entries: list[tuple[str, str]]) -> list[str]:
    return [name for name, _ in entries]


# Properties over random sites, policies and rules.

IDS: st.SearchStrategy[str] = st.sampled_from(
    [f"{letter}{number}" for letter in "abc" for number in range(12)]
)
PAIRS = st.lists(IDS, min_size=2, max_size=2, unique=True)
VALUES: st.SearchStrategy[tuple[Any, str]] = st.sampled_from(
    [("section", name) for name in SECTIONS]
    + [("source", name) for name in SOURCES]
    + [("access", "free"), ("access", "paid")]
)


def rules(source_id: str) -> st.SearchStrategy[list[Rule]]:
    others = IDS.filter(lambda name: name != source_id)
    rule: st.SearchStrategy[Rule] = st.one_of(
        st.builds(Pin, st.just(source_id), others, st.integers(1, 6)),
        st.builds(Block, IDS, st.sampled_from(["", source_id])),
        st.builds(lambda ids: Separate(ids[0], ids[1]), PAIRS),
        st.builds(lambda value, most: Cap(value[0], value[1], most), VALUES, st.integers(0, 4)),
        st.builds(
            lambda value, least, more: Quota(value[0], value[1], least, least + more),
            VALUES,
            st.integers(1, 3),
            st.integers(0, 4),
        ),
    )
    return st.lists(rule, max_size=5)


POLICIES = st.builds(
    a_policy,
    semantic_weight=st.sampled_from([0.0, 0.3]),
    freshness_floor=st.sampled_from([0.0, 0.2, 1.0]),
    story_similarity=st.sampled_from([0.35, 0.7, 1.0]),
    story_days=st.sampled_from([1.0, 20.0]),
    max_same_story=st.integers(1, 4),
    selector=st.one_of(
        st.builds(Mmr, st.sampled_from([0.0, 0.2, 1.0])),
        st.builds(Dpp, st.sampled_from([0.0, 0.4, 1.0])),
    ),
    fill=st.sampled_from(["none", "section", "newest"]),
    languages=st.sampled_from([(), ("de", "en")]),
    same_source=st.sampled_from([False, False, True]),
    agencies=st.sampled_from([(), ("dpa",)]),
)
FIRST_POOLS = st.sampled_from([1, 2, 5, 100])


@st.composite
def asked(draw: st.DrawFn) -> tuple[list[Row], Policy, list[Rule], int]:
    """Draw a site whose first row is the source article, a policy, rules, and a pool size."""
    rows = draw(some_rows(max_size=30, dimensions=draw(st.sampled_from([0, 0, 2]))))
    return rows, draw(POLICIES), draw(rules(rows[0].id)), draw(FIRST_POOLS)


ASKED = asked()
Asked = tuple[list[Row], Policy, list[Rule], int]


def placed_by(question: Asked, k: int = 99) -> tuple[Case, list[Placed]]:
    rows, policy, given_rules, first_pool = question
    site = a_site(rows)
    with patch.object(listing, "FIRST_POOL", first_pool):
        placed = a_ranker(site, policy, rows[0], given_rules).rank(k)
    return a_case(site, a_query(rows[0], site), policy, given_rules), placed


@settings(max_examples=150)
@given(ASKED, st.integers(1, 12))
def test_a_shorter_list_is_a_prefix_of_a_longer_one(question: Asked, k: int) -> None:
    assert placed_by(question, k)[1] == placed_by(question)[1][:k]


@given(ASKED)
def test_the_same_input_gives_the_same_list(question: Asked) -> None:
    assert placed_by(question)[1] == placed_by(question)[1]


@settings(max_examples=150)
@given(ASKED)
def test_only_what_may_be_shown_is_and_each_article_once(question: Asked) -> None:
    case, placed = placed_by(question)
    eligibility = Eligibility(case)
    shown, chosen = eligibility.may_be_shown(), eligibility.may_be_chosen()
    allowed = {"pin": shown, "score": eligibility.may_be_related()}
    allowed["quota"] = allowed["score"]
    for entry in placed:
        assert allowed.get(entry.placed_by, chosen)[entry.row]
    found = ids_of(case.site, placed)
    assert len(set(found)) == len(found)
    assert case.query.id not in found


def pool_of(case: Case, placed: list[Placed]) -> Pool:
    rows = np.array([entry.row for entry in placed], np.intp)
    return Pool(case, rows, *case.site.similarities(case.query, rows))


@settings(max_examples=150)
@given(ASKED)
def test_no_article_recommends_its_own_copy_and_no_entry_stands_twice(question: Asked) -> None:
    case, placed = placed_by(question)
    pool, shingles = pool_of(case, placed), case.site.corpus.shingles
    for place, entry in enumerate(placed):
        if entry.placed_by == "pin":
            continue
        if entry.placed_by in {"section", "newest"}:
            copies = [is_copy(shingles[entry.row], shingles[other.row]) for other in placed]
            assert not is_copy(shingles[entry.row], case.query.document.shingles)
        else:
            copies = pool.copies_of(place).tolist()
            assert not pool.copies_source[place]
        above = [at for at, other in enumerate(placed) if at < place or other.placed_by == "pin"]
        assert not any(copies[at] for at in above)


@settings(max_examples=150)
@given(ASKED)
def test_a_story_has_at_most_so_many_entries(question: Asked) -> None:
    case, placed = placed_by(question)
    pool, most = pool_of(case, placed), case.policy.max_same_story
    for place, entry in enumerate(placed):
        if entry.placed_by in {"score", "quota"}:
            before = np.array(
                [at < place or other.placed_by == "pin" for at, other in enumerate(placed)]
            )
            before[place] = False
            company = pool.in_story_of(place) & before
            assert company.sum() < most
            if pool.in_source_story[place]:
                assert (pool.in_source_story & before).sum() < most


@settings(max_examples=150)
@given(ASKED)
def test_caps_hold_with_fills_and_only_pins_may_exceed_them(question: Asked) -> None:
    case, placed = placed_by(question)
    corpus = case.site.corpus
    for cap in case.rules.caps:
        code = corpus.names[cap.attribute].find(cap.value)
        counted = [entry for entry in placed if corpus[cap.attribute][entry.row] == code]
        assert len(counted) <= cap.at_most or all(e.placed_by == "pin" for e in counted)


@settings(max_examples=150)
@given(ASKED)
def test_no_two_entries_are_kept_apart_by_a_rule(question: Asked) -> None:
    case, placed = placed_by(question)
    found = set(ids_of(case.site, placed))
    for name in (*found, case.query.id):
        assert not case.rules.separated(name) & found


@settings(max_examples=150)
@given(ASKED)
def test_pins_stand_at_their_position_or_as_near_as_the_list_is_long(question: Asked) -> None:
    case, placed = placed_by(question)
    found = ids_of(case.site, placed)
    wanted = case.rules.pins(case.query.id)
    for position, name in wanted.items():
        if name in found:
            at = found.index(name) + 1
            assert placed[at - 1].placed_by == "pin"
            rest = {entry.placed_by for entry in placed[at:]}
            assert at == position or (at < position and rest <= {"pin"})
    pinned = [name for name, entry in zip(found, placed, strict=True) if entry.placed_by == "pin"]
    assert pinned == [name for name in wanted.values() if name in found]


@settings(max_examples=150)
@given(ASKED, st.sampled_from([1, 3, 100]))
def test_with_diversity_0_and_no_stories_the_list_is_sorted_by_score(
    question: Asked, first_pool: int
) -> None:
    rows = [replace(row, shingles=()) for row in question[0]]
    case, placed = placed_by((rows, a_policy(), [], first_pool))
    found = case.site.index.search(
        case.query, case.score, Eligibility(case).may_be_related(), len(rows)
    )
    assert [entry.row for entry in placed] == found.rows.tolist()
    assert {entry.placed_by for entry in placed} <= {"score"}


@settings(max_examples=150)
@given(ASKED, st.randoms(use_true_random=False))
def test_the_order_of_arrival_leaves_no_trace(question: Asked, random: Any) -> None:
    rows = [replace(row, vector=()) for row in question[0]]
    source, given_question = rows[0], question[1:]
    case, placed = placed_by((rows, *given_question))
    random.shuffle(rows)
    site = a_site(rows)
    with patch.object(listing, "FIRST_POOL", question[3]):
        again = a_ranker(site, question[1], source, question[2]).rank(99)
    assert ids_of(site, again) == ids_of(case.site, placed)


@settings(max_examples=50)
@given(ASKED)
def test_every_article_is_on_the_list_or_has_a_reason_not_to_be(question: Asked) -> None:
    rows, policy, given_rules, _ = question
    site = a_site(rows)
    ranker = a_ranker(site, policy, rows[0], given_rules)
    placed = {entry.row: place for place, entry in enumerate(ranker.rank(4), 1)}
    for row in range(len(rows)):
        why = ranker.why_not(row, 4)
        assert why
        if row not in placed:
            assert not why.startswith("on the list")


@settings(max_examples=100)
@given(ASKED)
def test_evidence_belongs_to_its_entries(question: Asked) -> None:
    case, placed = placed_by(question)
    rows, policy, given_rules, _ = question
    ranker = a_ranker(case.site, policy, rows[0], given_rules)
    picked = np.array([entry.row for entry in placed], np.intp)
    evidence = ranker.evidence(picked)
    lexical, semantic = case.site.similarities(case.query, picked)
    np.testing.assert_array_equal(evidence.lexical, lexical)
    np.testing.assert_array_equal(evidence.semantic, semantic)
    np.testing.assert_array_equal(evidence.relevance, case.score.relevance(lexical, semantic))
    np.testing.assert_array_equal(evidence.freshness, case.score.freshness(picked))
    assert (evidence.age_hours >= 0).all()
    for entry, relation in zip(placed, evidence.relation, strict=True):
        if entry.placed_by in {"score", "quota"}:
            assert relation in {"same_story", "background"}


# Copies and stories.

TEXT = tuple(range(40))


def test_of_copies_own_reporting_goes_before_an_agency_and_the_newest_before_the_rest() -> None:
    rows = [
        SOURCE,
        a_target("agency-new", 1, source="dpa", shingles=TEXT, words={0: 1, 7: 1}),
        a_target("own-old", 9, source="Kurier", shingles=TEXT, words={0: 1, 7: 1}),
        a_target("own-new", 5, source="Kurier", shingles=TEXT[3:], words={0: 1, 7: 1}),
        a_target("other", 30),
    ]
    assert names(listed(rows, a_policy(agencies=("DPA",)))) == ["own-new", "other"]
    assert names(listed(rows, a_policy(agencies=()))) == ["agency-new", "other"]
    reason = a_ranker(a_site(rows), a_policy(agencies=("dpa",)), SOURCE).why_not(1, 5)
    assert reason == "a duplicate of own-new, which is on the list"


def test_an_agency_report_of_the_same_event_yields_without_sharing_a_phrase() -> None:
    words = {0: 1, 7: 3, 8: 3}
    rows = [
        SOURCE,
        a_target("agency", 1, source="dpa", shingles=TEXT, words=words),
        a_target("own", 6, source="Kurier", shingles=range(50, 90), words=words),
        a_target("agency-later", -0.0, source="dpa", shingles=range(200, 250)),
    ]
    policy = a_policy(agencies=("dpa",), agency_hours=12, story_similarity=0.5, story_days=30)
    assert "agency" not in names(listed(rows, policy))
    assert "own" in names(listed(rows, policy))
    apart = replace(policy, agency_hours=2)
    assert {"agency", "own"} <= set(names(listed(rows, apart)))


def test_a_copy_of_the_article_is_not_shown_under_it() -> None:
    rows = [
        replace(SOURCE, shingles=TEXT),
        a_target("copy", 1, shingles=TEXT, words=SOURCE.words),
        a_target("other", 30),
    ]
    for fill in ("none", "newest"):
        assert names(listed(rows, a_policy(fill=fill))) == ["other"]
    ranker = a_ranker(a_site(rows), a_policy(), rows[0])
    assert ranker.why_not(1, 5) == "a duplicate of the article"
    assert ranker.evidence(np.array([1, 2])).relation == ["duplicate", "background"]


STORY = [
    SOURCE,
    *(a_target(f"match{n}", n + 11, words={0: 1, 20: 5, 21: 5, 30 + n: 1}) for n in range(5)),
    a_target("other1", 500),
    a_target("other2", 600),
]


@pytest.mark.parametrize("most", [1, 2, 3])
def test_one_story_has_so_many_entries_and_others_follow(most: int) -> None:
    policy = a_policy(story_similarity=0.6, story_days=3, max_same_story=most)
    expected = [f"match{n}" for n in range(most)]
    assert names(listed(STORY, policy)) == [*expected, "other1", "other2"]
    reason = a_ranker(a_site(STORY), policy, SOURCE).why_not(5, 9)
    assert reason == f"over the limit of {most} articles of one story"


@pytest.mark.parametrize("most", [1, 2, 3])
def test_the_story_of_the_article_has_so_many_entries_too(most: int) -> None:
    words = {0: 2, 1: 2}
    rows = [
        SOURCE,
        *(a_target(f"s{n}", n + 11, words=words | {30 + n: 1}) for n in range(5)),
        a_target("other", 900),
    ]
    policy = a_policy(story_similarity=0.5, story_days=3, max_same_story=most)
    assert names(listed(rows, policy)) == [*(f"s{n}" for n in range(most)), "other"]


def test_the_story_of_the_article_is_counted_though_its_parts_have_nothing_in_common() -> None:
    parts = [a_target("one", 11, words={0: 1}), a_target("two", 12, words={1: 1})]
    rows = [SOURCE, *parts, a_target("other", 900)]
    policy = a_policy(story_similarity=0.5, story_days=3, max_same_story=1)
    shown = names(listed(rows, policy))
    assert shown in (["one", "other"], ["two", "other"])
    assert len(listed(rows, replace(policy, max_same_story=2))) == 3


def test_later_developments_of_the_story_lead_it() -> None:
    words = {0: 2, 1: 2}
    rows = [
        SOURCE,
        a_target("earlier", 11, words=words),
        a_target("later", 5, words={0: 2, 1: 2, 30: 2}),
        a_target("latest", 1, words={0: 2, 1: 2, 31: 2, 32: 2}),
        a_target("other", 0),
    ]
    policy = a_policy(story_similarity=0.4, story_days=3, freshness_floor=1.0)
    found = names(listed(rows, policy))
    assert [name for name in found if name != "other"] == ["latest", "later", "earlier"]
    assert a_ranker(a_site(rows), policy, SOURCE).evidence(np.arange(1, 5)).relation == [
        "same_story",
        "same_story",
        "same_story",
        "background",
    ]


@pytest.mark.parametrize("fill", ["section", "newest"])
def test_fills_keep_to_the_limit_per_story(fill: str) -> None:
    cup = {20: 5, 21: 5}
    rows = [
        SOURCE,
        *(a_target(f"cup{n}", n + 1, words=cup | {30 + n: 1}, section="Sport") for n in range(5)),
    ]
    policy = a_policy(fill=fill, story_similarity=0.6, story_days=3, max_same_story=2)
    assert len(listed(rows, policy)) == 2


# Rules.

RELATED = [SOURCE, *(a_target(f"t{n}", n * 10 + 1) for n in range(8))]


def test_a_pin_stands_at_its_slot_related_or_not() -> None:
    rows = [*RELATED, a_target("pinned", 9000, related=False, language="en")]
    found = listed(rows, a_policy(), [Pin("source", "pinned", 3)], k=4)
    assert found == [("t0", "score"), ("t1", "score"), ("pinned", "pin"), ("t2", "score")]


def test_a_pinned_article_is_not_chosen_a_second_time() -> None:
    found = names(listed(RELATED, a_policy(), [Pin("source", "t0", 4)]))
    assert found == ["t1", "t2", "t3", "t0", "t4", "t5", "t6", "t7"]


def test_pins_below_the_end_of_a_list_come_at_its_end() -> None:
    rows = [*RELATED[:3], a_target("p", 1), a_target("q", 1)]
    found = listed(rows, a_policy(), [Pin("source", "q", 9), Pin("source", "p", 7)])
    assert found == [("t0", "score"), ("t1", "score"), ("p", "pin"), ("q", "pin")]


def test_a_site_of_pins_alone_is_listed() -> None:
    rows = [SOURCE, a_target("p", 1, related=False)]
    assert listed(rows, a_policy(), [Pin("source", "p")]) == [("p", "pin")]


@pytest.mark.parametrize(
    "unfit",
    [
        {"usable": False},
        {"published": ago(-1)},
        {"embargo": ago(-1)},
        {"expires": ago(1)},
        {"never_recommend": True},
    ],
    ids=str,
)
def test_a_pin_that_may_not_be_shown_leaves_its_slot_to_others(unfit: dict[str, Any]) -> None:
    rows = [*RELATED, replace(a_target("pinned", 1), **unfit)]
    assert names(listed(rows, a_policy(), [Pin("source", "pinned", 1)], k=2)) == ["t0", "t1"]


def test_what_copies_a_pin_further_down_is_not_chosen() -> None:
    rows = [
        *RELATED[:3],
        a_target("copy", 0, shingles=TEXT, words={0: 1, 7: 1}),
        a_target("pinned", 9, shingles=TEXT, words={0: 1, 7: 1}),
    ]
    found = names(listed(rows, a_policy(), [Pin("source", "pinned", 3)]))
    assert found == ["t0", "t1", "pinned"]


SPORTS = [replace(row, section="Sport") for row in RELATED[1:5]]
KULTUREN = [replace(row, id=f"k{row.id}", section="Kultur") for row in RELATED[5:8]]
DESKS = [SOURCE, *SPORTS, *KULTUREN]


def test_a_cap_holds_for_scores_and_fills_alike() -> None:
    newer = [a_target(f"n{n}", 0, related=False, section="Sport") for n in range(3)]
    rows = [*DESKS, *newer]
    found = listed(rows, a_policy(fill="newest"), [Cap("section", "Sport", 2)])
    assert found[:2] == [("t0", "score"), ("t1", "score")]
    assert {name for name in names(found)[2:] if name[0] in "tn"} == set()
    ranker = a_ranker(a_site(rows), a_policy(), SOURCE, [Cap("section", "Sport", 2)])
    assert ranker.why_not(3, 5) == "over the cap of 2 for section 'Sport'"


def test_a_quota_is_filled_within_the_first_entries_and_no_sooner_than_needed() -> None:
    quota = Quota("section", "Kultur", 1, 3)
    found = listed(DESKS, a_policy(), [quota])
    assert found[:4] == [("t0", "score"), ("t1", "score"), ("kt4", "quota"), ("t2", "score")]


def test_what_would_have_come_anyway_is_not_said_to_come_by_quota() -> None:
    found = listed(DESKS, a_policy(), [Quota("section", "Sport", 1, 1)])
    assert found[0] == ("t0", "score")


def test_a_quota_that_nothing_related_can_fill_stays_open() -> None:
    rows = [*DESKS, a_target("w", 0, related=False, section="Wetter")]
    found = listed(rows, a_policy(), [Quota("section", "Wetter", 1, 2)])
    assert found == listed(rows, a_policy())


def test_a_quota_that_stays_open_does_not_keep_another_from_being_filled() -> None:
    rows = [*DESKS, a_target("w", 0, section="Wetter")]
    open_, other = Quota("section", "Wetter", 2, 2), Quota("section", "Kultur", 1, 2)
    assert names(listed(rows, a_policy(), [open_, other], k=2)) == ["w", "kt4"]


def test_two_quotas_are_met_together_where_they_can_be() -> None:
    quotas = [Quota("section", "Kultur", 2, 4), Quota("section", "Wetter", 2, 4)]
    weather = [a_target(f"w{n}", 900 + n, section="Wetter") for n in range(3)]
    found = listed([*DESKS, *weather], a_policy(), quotas, k=4)
    assert Counter(name[0] for name in names(found)) == {"k": 2, "w": 2}


def test_a_quota_is_filled_from_beyond_the_first_pool() -> None:
    with patch.object(listing, "FIRST_POOL", 3):
        found = listed(DESKS, a_policy(), [Quota("section", "Kultur", 1, 2)], k=3)
    assert names(found) == ["t0", "kt4", "t1"]


def test_of_two_articles_kept_apart_the_better_is_shown() -> None:
    found = names(listed(RELATED, a_policy(), [Separate("t3", "t1")]))
    assert found == ["t0", "t1", "t2", "t4", "t5", "t6", "t7"]


# Fill, pools and empty sites.


@pytest.mark.parametrize(
    ("fill", "expected"),
    [
        ("none", []),
        ("section", [("sport", "section")]),
        ("newest", [("sport", "section"), ("kultur", "newest")]),
    ],
)
def test_related_articles_come_first_then_the_fill_with_its_label(
    fill: str, expected: list[tuple[str, str]]
) -> None:
    rows = [
        SOURCE,
        a_target("related", 9000),
        a_target("sport", 5, related=False, section="Sport"),
        a_target("kultur", 1, related=False, section="Kultur"),
    ]
    assert listed(rows, a_policy(fill=fill)) == [("related", "score"), *expected]


def test_what_is_not_compared_fills_and_a_pin_of_it_waits_for_its_place() -> None:
    english: dict[str, Any] = {"language": "en", "section": "Sport"}
    rows = [
        SOURCE,
        a_target("related", 5),
        a_target("german", 9, related=False),
        a_target("pinned", 1, **english),
        a_target("english", 2, **english),
    ]
    policy = a_policy(fill="newest", languages=("de", "en"))
    assert listed(rows, policy, [Pin("source", "pinned", 4)]) == [
        ("related", "score"),
        ("german", "newest"),
        ("english", "section"),
        ("pinned", "pin"),
    ]


def test_a_fill_has_the_relation_unrelated() -> None:
    rows = [SOURCE, a_target("related", 5), a_target("fill", 1, related=False)]
    ranker = a_ranker(a_site(rows), a_policy(fill="newest"), SOURCE)
    assert ranker.evidence(np.array([1, 2])).relation == ["background", "unrelated"]
    assert ranker.why_not(2, 1).startswith("not related: relevance 0.000 is below")


@pytest.mark.parametrize("first_pool", [1, 2, 3, 7, 100])
def test_a_pool_that_is_used_up_is_followed_by_the_next(
    monkeypatch: pytest.MonkeyPatch, first_pool: int
) -> None:
    monkeypatch.setattr(listing, "FIRST_POOL", first_pool)
    rows = [
        SOURCE,
        *(a_target(f"c{n}", 1 + n / 100, shingles=TEXT, words={0: 1, 7: 1}) for n in range(9)),
        *RELATED[1:],
    ]
    found = listed(rows, a_policy(fill="newest"), [Block("t3")], k=99)
    assert found == [
        (name, "score") for name in ("c0", "t0", "t1", "t2", "t4", "t5", "t6", "t7")
    ] or found == [(name, "score") for name in ("t0", "c0", "t1", "t2", "t4", "t5", "t6", "t7")]


def test_diversity_goes_on_from_one_pool_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        SOURCE,
        a_target("first", 1, words={0: 1, 7: 2}),
        a_target("twin", 2, words={0: 1, 7: 2}),
        a_target("else", 3, words={0: 1, 8: 2}),
    ]
    monkeypatch.setattr(listing, "FIRST_POOL", 1)
    policy = a_policy(selector=Mmr(0.6), freshness_floor=0.9)
    assert names(listed(rows, policy)) == ["first", "else", "twin"]


def test_what_was_simply_outranked_is_told_its_score() -> None:
    ranker = a_ranker(a_site(RELATED), a_policy(), SOURCE)
    assert ranker.why_not(8, 3).startswith("outranked: score 0.")
    assert ranker.why_not(8, 3).endswith("was not among the best 3")
    assert ranker.why_not(1, 3) == "on the list, at position 1"
    assert ranker.why_not(0, 3) == "not eligible: the article itself"


def test_nothing_is_said_about_the_time_between_undated_articles() -> None:
    rows = [
        replace(SOURCE, published=UNDATED),
        a_target("undated", 0, published=UNDATED),
        a_target("dated", 5),
    ]
    evidence = a_ranker(a_site(rows), a_policy(), rows[0]).evidence(np.array([1, 2]))
    for apart in evidence.hours_later.tolist():
        assert sentence("score", "background", apart, "", ()) == "background"


@pytest.mark.parametrize("fill", ["none", "newest"])
def test_an_empty_site_and_a_site_of_one_give_empty_lists(fill: str) -> None:
    draft = replace(SOURCE, id="draft")
    assert a_ranker(a_site([]), a_policy(fill=fill), draft).rank(5) == []
    assert a_ranker(a_site([SOURCE]), a_policy(fill=fill), SOURCE).rank(5) == []
    found = a_ranker(a_site([SOURCE]), a_policy(fill=fill), draft).rank(5)
    assert [entry.placed_by for entry in found] == ["score"]
