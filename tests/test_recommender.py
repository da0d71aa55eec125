"""The front door: what a CMS, a batch job and an editor ask of it, and what they are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newsroom import NOON, PLAIN, TOPICS, about, an_article, hours, plain, text
from relnews import Article, Block, Cap, NoList, Pin, Policy, Recommender, Separate
from relnews.errors import InvalidQuery, StoreError, UnknownArticle
from relnews.types import BatchReport

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from relnews import RelatedList
    from relnews.rank.rules import Rule

RELATED = plain(relevance_floor=0.0)
"""Whatever shares a word is related."""


@pytest.fixture
def rec() -> Iterator[Recommender]:
    with Recommender.open(":memory:", policy=RELATED) as made:
        yield made


def bridges(count: int) -> list[Article]:
    """Give related articles, each three hours older than the one before."""
    return [about(f"b-{n}", published_at=hours(-3 * n - 1)) for n in range(count)]


def others() -> list[Article]:
    """Give articles about something else."""
    return [
        an_article("o-0", "theater", 0, 1, 2, section="Kultur"),
        an_article("o-1", "theater", 3, 4, 5, section="Kultur"),
        an_article("o-2", "fussball", 0, 1, 2, section="Sport"),
        an_article("o-3", "fussball", 3, 4, 5, section="Sport"),
    ]


def ask(rec: Recommender, article: str | Article = "b-0", **asked: Any) -> RelatedList:
    return rec.recommend(article, **{"at": NOON, "k": 5, **asked})


# Opening and asking


def test_a_path_that_does_not_exist_is_opened_only_when_it_may_be_created(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with pytest.raises(StoreError):
        Recommender.open(path, create=False)
    assert not path.exists()
    Recommender.open(path).close()
    Recommender.open(path, create=False).close()


def test_what_was_added_is_there_when_the_file_is_opened_again(tmp_path: Path) -> None:
    with Recommender.open(tmp_path / "news.db", policy=RELATED) as rec:
        rec.add([*bridges(6), *others()])
        before = ask(rec)
    with Recommender.open(tmp_path / "news.db", policy=RELATED) as rec:
        assert ask(rec) == before
        assert before.entries


def test_the_list_of_an_article_is_about_what_the_article_is_about(rec: Recommender) -> None:
    rec.add([*others(), *bridges(6)])
    assert {*ask(rec).ids} <= {f"b-{n}" for n in range(1, 6)}
    assert [*ask(rec, "o-0").ids][:1] == ["o-1"]


def test_a_list_names_its_article_moment_and_length(rec: Recommender) -> None:
    rec.add([*bridges(6), *others()])
    made = ask(rec, k=3)
    assert (made.source_id, made.at, made.k, len(made)) == ("b-0", NOON, 3, 3)


def test_a_score_is_relevance_times_freshness_and_sorts_the_list(rec: Recommender) -> None:
    rec.add([*bridges(8), *others()])
    made = ask(rec, k=7)
    assert len(made) >= 4
    for entry in made:
        assert entry.score == pytest.approx(entry.relevance * entry.freshness)
        assert 0 < entry.relevance <= 1
        assert RELATED.freshness_floor <= entry.freshness <= 1
        assert 0 <= entry.lexical <= 1
    scores = [entry.score for entry in made]
    assert scores == sorted(scores, reverse=True)


def test_shared_words_and_reason_are_taken_from_the_source_article(rec: Recommender) -> None:
    rec.add([*bridges(8), *others()])
    source = rec.article("b-0")
    for entry in ask(rec, k=7):
        assert entry.shared_words
        for word in entry.shared_words:
            assert word in f"{source.headline} {source.teaser} {source.body}"
            assert word in entry.reason


def test_an_entry_without_a_teaser_gets_one_cut_from_its_body(rec: Recommender) -> None:
    body = text("bruecke", 2, 3, 4, 6)
    rec.add(
        [
            an_article("b-0", "bruecke", 0, 1),
            an_article("cut", "bruecke", 6, body=f"{body}\n\nMehr zum Thema: Verkehr"),
            an_article("own", "bruecke", 5, 7, teaser="Der eigene Vorspann."),
        ]
    )
    teasers = {entry.article.id: entry.article.teaser for entry in ask(rec)}
    assert teasers["own"] == "Der eigene Vorspann."
    assert body.startswith(teasers["cut"])
    assert 1 < teasers["cut"].count(".") <= 4
    assert rec.article("cut").teaser == ""


def test_the_same_question_has_the_same_answer_and_a_shorter_list_is_a_prefix(
    rec: Recommender,
) -> None:
    rec.add([*bridges(8), *others()])
    longest = ask(rec, k=8, policy=plain(fill="newest"))
    for k in range(1, 9):
        assert ask(rec, k=k, policy=plain(fill="newest")).ids == longest.ids[:k]


def test_asking_in_the_past_shows_the_site_as_it_was_published_then(rec: Recommender) -> None:
    rec.add([*bridges(8), *others()])
    made = ask(rec, "b-7", k=9, at=hours(-10))
    assert {*made.ids} <= {"b-3", "b-4", "b-5", "b-6"}
    assert made.entries


# Drafts


def test_a_draft_gets_the_list_that_it_would_have_when_stored(rec: Recommender) -> None:
    rec.add([*bridges(5), *others()])
    draft = about("b-5", headline="Neue Risse in der Brücke")
    as_draft = ask(rec, draft)
    assert as_draft.entries
    rec.add([draft])
    assert {*ask(rec, draft.id).ids} == {*as_draft.ids}


def test_asking_for_a_draft_changes_nothing_in_the_store(rec: Recommender) -> None:
    rec.add(bridges(4))
    before = rec.store.change(), rec.store.counts()
    first = ask(rec, about("new-5", body=f"{text('bruecke', 0)} Kranführer staunen über Gerüste."))
    assert (rec.store.change(), rec.store.counts()) == before
    assert first.entries
    with pytest.raises(UnknownArticle):
        ask(rec, "new-5")


def test_a_draft_of_a_stored_article_is_not_listed_under_itself(rec: Recommender) -> None:
    rec.add([*bridges(4), *others()])
    made = ask(rec, replace(rec.article("b-1"), headline="Brücke über die Elmse gesperrt"))
    assert "b-1" not in made.ids
    assert made.entries


# Wrong questions


@pytest.mark.parametrize("k", [0, -1, True, 1.5, "5", None])
def test_a_length_that_is_no_whole_number_from_1_on_is_refused(rec: Recommender, k: Any) -> None:
    rec.add(bridges(2))
    for question in (rec.recommend, rec.stored_list):
        with pytest.raises(InvalidQuery, match="k must be"):
            question("b-0", at=NOON, k=k)
    with pytest.raises(InvalidQuery, match="depth must be"):
        rec.precompute(at=NOON, depth=k)


def test_a_naive_moment_is_refused(rec: Recommender) -> None:
    rec.add(bridges(2))
    naive = datetime(2026, 3, 1, 12)  # noqa: DTZ001  # the point of the test
    for question in (rec.recommend, rec.stored_list):
        with pytest.raises(InvalidQuery, match="time zone"):
            question("b-0", at=naive)
    with pytest.raises(InvalidQuery, match="time zone"):
        rec.precompute(at=naive)


@pytest.mark.parametrize("name", ["nowhere", "", "\x00", "\ud83d"])
def test_an_unknown_id_is_refused_with_advice(rec: Recommender, name: str) -> None:
    rec.add(bridges(2))
    with pytest.raises(UnknownArticle, match="add it"):
        ask(rec, name)
    with pytest.raises(UnknownArticle):
        rec.precompute(at=NOON, ids=[name])


def test_an_empty_site_answers_a_draft_with_an_empty_list(rec: Recommender) -> None:
    made = ask(rec, about("b-0"))
    assert made.entries == ()
    assert made.note


# Why not


def test_why_not_names_the_position_of_what_is_listed(rec: Recommender) -> None:
    rec.add([*bridges(5), *others()])
    made = ask(rec)
    for position, name in enumerate(made.ids, start=1):
        assert made.why_not(name) == f"on the list, at position {position}"


def test_why_not_says_when_an_id_is_unknown(rec: Recommender) -> None:
    rec.add(bridges(3))
    assert ask(rec).why_not("nowhere").startswith("unknown")


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("not usable", {"status": "withheld"}),
        ("not usable", {"status": "canceled"}),
        ("not yet published", {"published_at": hours(1)}),
        ("under embargo", {"embargo_until": hours(1)}),
        ("expired", {"expires_at": NOON}),
        ("never recommend", {"never_recommend": True}),
        ("another language", {"language": "en"}),
    ],
)
def test_why_not_says_what_of_an_article_forbids_it(
    rec: Recommender, words: str, values: dict[str, Any]
) -> None:
    rec.add([*bridges(4), replace(about("b-4"), **values)])
    made = ask(rec)
    assert "b-4" not in made.ids
    assert made.why_not("b-4").startswith("not eligible: ")
    assert words in made.why_not("b-4")


@pytest.mark.parametrize(
    ("words", "asked", "rules"),
    [
        ("excluded", {"exclude": ["b-2"]}, []),
        ("another source", {"policy": replace(RELATED, same_source=True)}, []),
        ("blocked", {}, [Block("b-2", "b-0")]),
        ("blocked", {}, [Block("b-2")]),
        ("kept apart from the article", {}, [Separate("b-2", "b-0")]),
        ("kept apart from the article", {}, [Separate("b-0", "b-2")]),
    ],
)
def test_why_not_says_what_of_the_question_or_the_rules_forbids_an_article(
    rec: Recommender, words: str, asked: dict[str, Any], rules: Iterable[Rule]
) -> None:
    rec.add([replace(article, source=f"Blatt {n}") for n, article in enumerate(bridges(4))])
    assert "b-2" in ask(rec).ids
    for rule in rules:
        rec.add_rule(rule)
    made = ask(rec, **asked)
    assert "b-2" not in made.ids
    assert made.why_not("b-2").startswith("not eligible: ")
    assert words in made.why_not("b-2")


def test_why_not_says_that_an_article_is_the_one_asked_for(rec: Recommender) -> None:
    rec.add(bridges(3))
    assert ask(rec).why_not("b-0") == "not eligible: the article itself"


def test_why_not_says_that_an_article_was_retracted(rec: Recommender) -> None:
    rec.add(bridges(3))
    rec.retract("b-2")
    assert "retracted" in ask(rec).why_not("b-2")


def test_why_not_says_how_far_below_the_floor_an_article_is(rec: Recommender) -> None:
    rec.add([*bridges(4), *others()])
    why = ask(rec).why_not("o-2")
    assert why.startswith("not related: relevance 0.000 is below the floor of 0.000")


def test_why_not_says_of_what_an_article_is_a_duplicate(rec: Recommender) -> None:
    rec.add([*bridges(4), *others()])
    rec.add([replace(rec.article("b-0"), id="copy-of-source")])
    assert ask(rec).why_not("copy-of-source") == "a duplicate of the article"
    entry = ask(rec).ids[0]
    older = hours(-90)
    rec.add([replace(rec.article(entry), id="copy-of-entry", published_at=older)])
    made = ask(rec)
    assert made.why_not("copy-of-entry") == f"a duplicate of {entry}, which is on the list"


def test_why_not_says_that_a_story_has_its_share_already(rec: Recommender) -> None:
    rec.add([*bridges(6), *others()])
    made = ask(rec, policy=replace(RELATED, story_similarity=0.01, max_same_story=2))
    assert len(made) == 2
    left = next(name for name in ask(rec).ids if name not in made.ids)
    assert made.why_not(left) == "over the limit of 2 articles of one story"


def test_why_not_names_the_cap(rec: Recommender) -> None:
    rec.add([*bridges(5), *others()])
    rec.add_rule(Cap("section", "Stadt", 2))
    made = ask(rec)
    assert len(made) == 2
    left = next(f"b-{n}" for n in range(1, 5) if f"b-{n}" not in made.ids)
    assert made.why_not(left) == "over the cap of 2 for section 'Stadt'"


def test_why_not_says_that_an_entry_keeps_an_article_away(rec: Recommender) -> None:
    rec.add([*bridges(5), *others()])
    first, second = ask(rec).ids[:2]
    rec.add_rule(Separate(second, first))
    made = ask(rec)
    assert made.ids[0] == first
    assert second not in made.ids
    assert made.why_not(second) == "kept apart by a rule from an article on the list"


def test_why_not_gives_the_score_of_what_was_outranked(rec: Recommender) -> None:
    rec.add([*bridges(5), *others()])
    last = ask(rec)[-1]
    why = ask(rec, k=1).why_not(last.article.id)
    assert why == f"outranked: score {last.score:.3f} was not among the best 1"


# What is left out


def test_what_is_excluded_makes_room_for_the_next(rec: Recommender) -> None:
    rec.add([*bridges(8), *others()])
    first, second, third = ask(rec, k=3).ids
    assert ask(rec, k=2, exclude=[first]).ids == (second, third)
    assert ask(rec, k=2, exclude=["nowhere", second]).ids == (first, third)


@pytest.mark.parametrize(
    ("values", "rules"),
    [({"no_list": True}, []), ({"status": "canceled"}, []), ({}, [NoList("b-0")])],
)
def test_an_article_whose_list_is_off_gets_none_and_the_note_and_why_not_say_so(
    rec: Recommender, values: dict[str, Any], rules: list[Rule]
) -> None:
    articles = [*bridges(4), *others()]
    rec.add(articles)
    rec.precompute(at=NOON)
    rec.add([replace(articles[0], version=2, **values)])
    for rule in rules:
        rec.add_rule(rule)
    made = ask(rec)
    assert made.entries == ()
    assert made.note.startswith("no list: ")
    assert made.why_not("b-1") == made.note
    stored = rec.stored_list("b-0", at=NOON)
    assert stored is not None
    assert stored.entries == ()


def reports_of_one_event(own: datetime, agency: datetime) -> list[Article]:
    """Give two reports with one headline that share no sentence."""
    headline = TOPICS["bruecke"][1]
    return [
        an_article("own-1", "bruecke", 3, 4, headline=headline, published_at=own),
        an_article("dpa-1", "bruecke", 6, 7, headline=headline, published_at=agency, source="dpa"),
    ]


def test_an_agency_report_beside_an_own_one_of_the_same_event_is_not_shown(
    rec: Recommender,
) -> None:
    rec.add(
        [
            about("b-0"),
            *reports_of_one_event(hours(-6), hours(-2)),
            *others(),
        ]
    )
    policy = replace(RELATED, story_similarity=0.3)
    made = ask(rec, policy=policy)
    assert "own-1" in made.ids
    assert "dpa-1" not in made.ids
    assert made.why_not("dpa-1") == "a duplicate of own-1, which is on the list"
    alone = ask(rec, policy=policy, exclude=["own-1"])
    assert "dpa-1" in alone.ids


def test_an_agency_report_of_another_day_is_no_copy(rec: Recommender) -> None:
    rec.add(
        [
            about("b-0"),
            *reports_of_one_event(hours(-6), hours(-60)),
            *others(),
        ]
    )
    made = ask(rec, policy=replace(RELATED, story_similarity=0.3, agency_hours=24.0))
    assert {"own-1", "dpa-1"} <= {*made.ids}


def test_an_english_article_is_not_shown_under_a_german_one_unless_the_policy_says_so(
    rec: Recommender,
) -> None:
    body = (
        "The bridge over the Elmse remains closed after the report. Die Brücke über die Elmse "
        "is what the locals call it, and the mayor said that it will not be open for a year."
    )
    rec.add([*bridges(3), about("en-9", body=body, headline="Elmse bridge closed", language="")])
    assert "en-9" not in ask(rec).ids
    assert ask(rec).why_not("en-9") == "not eligible: in another language"
    allowed = replace(RELATED, languages=("de", "en"))
    assert ask(rec, policy=allowed).why_not("en-9") == (
        "not related: in another language, which the model does not compare"
    )
    made = ask(rec, policy=replace(allowed, fill="newest"))
    assert made[made.ids.index("en-9")].placed_by in {"section", "newest"}


def test_the_detected_language_of_an_article_is_the_one_that_counts(rec: Recommender) -> None:
    rec.add([replace(article, language="") for article in bridges(4)])
    rec.add([replace(about("b-4"), language="de-AT")])
    assert "b-4" in ask(rec).ids


# Dates


def test_a_correction_keeps_the_date_and_an_update_moves_it(rec: Recommender) -> None:
    old = about("b-1", published_at=hours(-96))
    rec.add([about("b-0"), old])
    before = ask(rec)[0].freshness
    rec.add([replace(old, version=2, body=f"{old.body} Berichtigung: elf Millionen.")])
    assert ask(rec)[0].freshness == before
    rec.add([replace(old, version=3, updated_at=hours(-1))])
    assert ask(rec)[0].freshness > before
    assert ask(rec)[0].freshness == pytest.approx(0.2 + 0.8 * 2 ** (-1 / 48))


def test_an_update_still_to_come_moves_nothing(rec: Recommender) -> None:
    rec.add([about("b-0"), about("b-1", published_at=hours(-96), updated_at=hours(1))])
    assert ask(rec)[0].freshness == pytest.approx(0.2 + 0.8 * 2 ** (-96 / 48))


def test_an_undated_article_is_live_as_old_as_can_be_and_last_of_the_newest(
    rec: Recommender,
) -> None:
    rec.add([*bridges(3), about("b-3", published_at=None), *others()])
    found = {entry.article.id: entry for entry in ask(rec, at=hours(-1000))}
    assert found.keys() == {"b-3"}
    assert found["b-3"].freshness == pytest.approx(RELATED.freshness_floor)
    assert " later" not in found["b-3"].reason
    assert " earlier" not in found["b-3"].reason
    fills = ask(rec, "o-0", k=20, policy=plain(relevance_floor=1.0, fill="newest"))
    assert fills.ids[-1] == "b-3"


def test_an_evergreen_article_does_not_fall_below_its_level(rec: Recommender) -> None:
    rec.add([about("b-0"), about("b-1", published_at=hours(-9999), evergreen=True)])
    assert ask(rec)[0].freshness == pytest.approx(RELATED.evergreen_freshness)


@pytest.mark.parametrize("fraction", [timedelta(), timedelta(microseconds=1)])
def test_the_very_moment_counts_to_the_microsecond(rec: Recommender, fraction: timedelta) -> None:
    moment = NOON + timedelta(milliseconds=500)
    rec.add([about("b-0"), about("b-1", published_at=moment, expires_at=moment + 2 * fraction)])
    shown = ask(rec, at=moment + fraction).ids
    assert shown in ((), ("b-1",))
    assert shown == () or fraction
    assert ask(rec, at=moment - timedelta(microseconds=1)).ids == ()
    assert ask(rec, at=moment + 2 * fraction).ids == ()


# Policies, fills and notes


def test_a_policy_can_be_given_with_the_question_and_holds_for_it_alone(rec: Recommender) -> None:
    rec.add([*bridges(3), *others()])
    without = ask(rec)
    filled = ask(rec, policy=replace(RELATED, fill="newest"))
    assert len(without) < len(filled) == 5
    assert filled.ids[: len(without)] == without.ids
    assert ask(rec) == without
    assert rec.policy == RELATED


def test_fills_come_after_the_related_from_the_section_then_from_the_site(
    rec: Recommender,
) -> None:
    local = an_article("local", "theater", 6, 7, section="Stadt", published_at=hours(-50))
    rec.add([*bridges(3), *others(), local])
    made = ask(rec, k=20, policy=replace(RELATED, fill="newest"))
    placed = [entry.placed_by for entry in made]
    assert placed == sorted(placed, key=["score", "section", "newest"].index)
    assert [e.article.id for e in made if e.placed_by == "section"] == ["local"]
    assert {e.relation for e in made if e.placed_by == "newest"} == {"unrelated"}
    related = placed.count("score")
    assert made.note.startswith(f"{related} of 20 related")


def test_a_full_list_of_related_articles_has_no_note(rec: Recommender) -> None:
    rec.add([*bridges(8), *others()])
    assert ask(rec, k=2).note == ""
    short = ask(rec, k=50)
    assert short.note == f"{len(short)} of 50 related: fewer rather than unrelated ones"


# Rules


def test_rules_are_numbered_kept_and_removed(tmp_path: Path) -> None:
    with Recommender.open(tmp_path / "news.db") as rec:
        first = rec.add_rule(Block("b-1"))
        second = rec.add_rule(Pin("b-0", "b-2", 3))
        assert rec.rules() == {first: Block("b-1"), second: Pin("b-0", "b-2", 3)}
        assert rec.remove_rule(first)
        assert not rec.remove_rule(first)
    with Recommender.open(tmp_path / "news.db") as rec:
        assert rec.rules() == {second: Pin("b-0", "b-2", 3)}


def test_a_pin_puts_an_unrelated_article_where_the_editor_wants_it(rec: Recommender) -> None:
    rec.add([*bridges(6), *others()])
    before = ask(rec).ids
    number = rec.add_rule(Pin("b-0", "o-2", 2))
    made = ask(rec)
    assert made.ids == (before[0], "o-2", *before[1:4])
    assert made[1].placed_by == "pin"
    assert made[1].relation == "unrelated"
    assert made[1].reason.startswith("pinned by an editor")
    rec.remove_rule(number)
    assert ask(rec).ids == before


def test_a_rule_holds_from_the_next_answer_on_also_for_stored_lists(rec: Recommender) -> None:
    rec.add([*bridges(6), *others()])
    rec.precompute(at=NOON)
    shown = stored_ids(rec, k=3)
    number = rec.add_rule(Block(shown[0]))
    assert stored_ids(rec, k=2) == shown[1:]
    rec.add_rule(Separate(shown[1], shown[2]))
    assert shown[2] not in stored_ids(rec, k=9)
    rec.remove_rule(number)
    assert stored_ids(rec, k=2) == shown[:2]


# Retraction


def stored_ids(rec: Recommender, name: str = "b-0", **asked: Any) -> tuple[str, ...]:
    found = rec.stored_list(name, **{"at": NOON, "k": 5, **asked})
    assert found is not None
    return found.ids


def test_the_receipt_of_a_retraction_names_each_carrier_and_what_stands_there_now(
    rec: Recommender,
) -> None:
    rec.add([*bridges(6), *others()])
    rec.precompute(at=NOON)
    before = {name: stored_ids(rec, name, k=20) for name in (f"b-{n}" for n in range(6))}
    receipt = rec.retract("b-2", reason="Unterlassung")
    assert (receipt.id, receipt.reason, receipt.known) == ("b-2", "Unterlassung", True)
    assert receipt.lists == {
        name: tuple(other for other in ids if other != "b-2")
        for name, ids in before.items()
        if "b-2" in ids
    }
    assert receipt.lists
    for name, ids in receipt.lists.items():
        assert stored_ids(rec, name, k=20) == ids


def test_a_retracted_article_has_no_list_and_stands_on_none(rec: Recommender) -> None:
    rec.add([*bridges(4), *others()])
    rec.precompute(at=NOON)
    rec.retract("b-1")
    assert rec.stored_list("b-1", at=NOON) is None
    assert ask(rec, "b-1").entries == ()
    for name in ("b-0", "b-2", "b-3"):
        assert "b-1" not in ask(rec, name, k=20).ids + stored_ids(rec, name, k=20)


def test_a_retraction_refuses_every_later_version_until_it_is_taken_back(rec: Recommender) -> None:
    rec.add(bridges(4))
    article = rec.article("b-1")
    rec.retract("b-1", reason="Gericht")
    later = [article, replace(article, version=9), replace(article, updated_at=hours(-0.5))]
    report = rec.add(later)
    assert [refused.id for refused in report.refused] == ["b-1"] * 3
    assert all("Gericht" in refused.reason for refused in report.refused)
    assert report.accepted == ()
    assert "b-1" not in ask(rec).ids
    assert rec.reinstate("b-1")
    assert "b-1" in ask(rec).ids
    assert rec.add([later[1]]).replaced == ("b-1",)
    assert not rec.reinstate("b-1")


def test_an_article_may_be_retracted_before_it_arrives(rec: Recommender) -> None:
    rec.add(bridges(3))
    receipt = rec.retract("b-3")
    assert (receipt.known, receipt.lists) == (False, {})
    assert [refused.id for refused in rec.add([about("b-3")]).refused] == ["b-3"]
    assert rec.reinstate("b-3")
    assert rec.add([about("b-3")]).accepted == ("b-3",)


@pytest.mark.parametrize("status", ["withheld", "canceled"])
def test_taking_a_retraction_back_does_not_publish_what_was_held_back_before(
    rec: Recommender, status: Any
) -> None:
    rec.add([*bridges(3), about("b-3", status=status)])
    rec.retract("b-3")
    rec.reinstate("b-3")
    assert rec.article("b-3").status == status
    assert "b-3" not in ask(rec).ids


# Stored lists


def test_without_a_run_there_is_no_stored_list(rec: Recommender) -> None:
    rec.add(bridges(3))
    assert rec.stored_list("b-0", at=NOON) is None
    assert rec.stored_list("nowhere", at=NOON) is None


def test_a_stored_list_begins_as_the_list_asked_for_and_says_the_same(rec: Recommender) -> None:
    rec.add([*bridges(8), *others()])
    assert rec.precompute(at=NOON) == BatchReport(made=12, changed=12, churn=0.0)
    for name in ("b-0", "b-3", "o-1"):
        stored = rec.stored_list(name, at=NOON)
        made = ask(rec, name)
        assert stored is not None
        assert stored.ids == made.ids
        assert stored.note == made.note
        for entry, same in zip(stored, made, strict=True):
            assert replace(entry, article=same.article) == same


def test_a_stored_list_is_deeper_than_shown_and_replaces_what_vanished(rec: Recommender) -> None:
    rec.add([*bridges(8), *others()])
    rec.precompute(at=NOON, depth=6)
    order = stored_ids(rec, k=6)
    assert len(order) == 6
    assert stored_ids(rec, k=2) == order[:2]
    rec.add([replace(rec.article(order[0]), version=2, embargo_until=hours(1))])
    assert stored_ids(rec, k=2) == order[1:3]
    assert stored_ids(rec, k=6, at=hours(1)) == order
    rec.add([replace(rec.article(order[1]), version=2, expires_at=hours(-1))])
    assert stored_ids(rec, k=2) == order[2:4]
    assert stored_ids(rec, k=2, exclude=[order[2]]) == order[3:5]


def test_the_lists_of_some_articles_can_be_remade_alone(rec: Recommender) -> None:
    rec.add([*bridges(4), *others()])
    counted: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        counted.append((done, total))

    assert rec.precompute(at=NOON, ids=["b-0", "o-1"], progress=progress).made == 2
    assert counted == [(2, 2)]
    assert rec.store.listed_sources() == ["b-0", "o-1"]


def test_a_remade_list_replaces_the_former_one(rec: Recommender) -> None:
    rec.add([*bridges(4), *others()])
    rec.precompute(at=NOON)
    rec.add([about("b-4", published_at=hours(-0.5)), about("b-5", published_at=hours(-0.5))])
    before = stored_ids(rec, k=20)
    rec.precompute(at=NOON, ids=["b-0"])
    assert {*stored_ids(rec, k=20)} > {*before}


def test_the_default_policy_gives_every_bridge_article_a_list() -> None:
    with Recommender.open(":memory:") as rec:
        rec.add([*bridges(6), *others()])
        assert rec.policy == Policy()
        assert all(ask(rec, f"b-{n}").entries for n in range(6))


def test_the_texts_of_the_newsroom_are_what_these_tests_need() -> None:
    assert all(len({*sentences}) == 8 for sentences in TOPICS.values())
    assert PLAIN.fill == "none"


# Publishing


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be fitted or weighed anew, which would concern every list."""
    monkeypatch.setattr("relnews.fitting.WEIGH_GROWTH", 9)
    monkeypatch.setattr("relnews.fitting.REFIT_GROWTH", 9)


@pytest.mark.usefixtures("steady")
def test_publishing_makes_the_newcomers_list_and_those_it_enters(rec: Recommender) -> None:
    rec.add([*bridges(6), *others()])
    rec.precompute(at=NOON, depth=9)
    before = {made.source_id: made for made in rec.store.all_lists()}
    news = an_article("b-9", "bruecke", 0, 2, 4, published_at=hours(0.5))
    published = rec.publish([news], at=hours(1), depth=9)
    assert published.added.accepted == ("b-9",)
    assert published.lists.made == 7
    carriers = rec.store.listed_in("b-9")
    assert len(carriers) >= 4
    assert published.lists.changed == len(carriers) + 1
    assert rec.store.listed_sources() == sorted([*before, "b-9"])
    for made in rec.store.all_lists():
        if made.source_id.startswith("b-"):
            ids = [row.target_id for row in made.rows]
            assert ids == [*ask(rec, made.source_id, k=9, at=hours(1)).ids]
        else:
            assert made == before[made.source_id]


@pytest.mark.usefixtures("steady")
def test_publishing_a_newer_version_takes_the_old_one_off_every_list(rec: Recommender) -> None:
    rec.add([*bridges(6), *others()])
    rec.precompute(at=NOON)
    assert "b-2" in stored_ids(rec)
    published = rec.publish([an_article("b-2", "theater", 4, 5, version=2)], at=hours(1))
    assert published.added.replaced == ("b-2",)
    assert "b-2" not in stored_ids(rec)
    assert "b-2" in stored_ids(rec, "o-0")
    rec.publish([an_article("b-2", "theater", 4, 5, version=3, status="withheld")], at=hours(1))
    assert "b-2" not in stored_ids(rec, "o-0")


def test_publishing_where_no_list_was_made_makes_its_own_alone(rec: Recommender) -> None:
    rec.add(bridges(4))
    assert rec.publish([about("b-9")], at=NOON).lists.made == 1
    assert rec.store.listed_sources() == ["b-9"]
    assert rec.publish([], at=hours(1)).lists == BatchReport(0, 0, 0.0)
    assert rec.publish([about("b-9")], at=hours(1)).lists == BatchReport(0, 0, 0.0)


def test_lists_deepen_as_a_published_site_grows(rec: Recommender) -> None:
    rec.publish(bridges(2), at=NOON)
    assert len(stored_ids(rec, k=30)) == 1
    rec.publish([about(f"b-{n}", published_at=hours(-n)) for n in range(2, 30)], at=NOON)
    made = rec.store.related_list("b-0")
    assert made is not None
    assert made.k == 20
    assert len(made.rows) > 5
    rec.publish([], at=NOON, depth=4)
    assert len(stored_ids(rec, k=30)) == 4


def test_publishing_for_a_naive_moment_is_refused_before_anything_is_taken_in(
    rec: Recommender,
) -> None:
    with pytest.raises(InvalidQuery, match="naive"):
        rec.publish(bridges(1), at=NOON.replace(tzinfo=None))
    with pytest.raises(InvalidQuery, match="depth must be"):
        rec.publish(bridges(1), at=NOON, depth=0)
    assert rec.store.counts()["articles"] == 0
