"""A site in three languages: what stands on whose list, with models that compare them or not."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsroom import NOON
from polyglot import LANGUAGES, STORIES, Concepts, newsroom, told
from relnews import Article, Pin, Policy, Recommender
from relnews.batch import Task
from relnews.batch.making import Maker
from relnews.batch.plain import PlainLists
from test_batch_making import one_by_one

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from relnews.policy import Fill

MULTILINGUAL, GERMAN = Concepts(), Concepts(languages=("de",))
MODELS = {"multilingual": MULTILINGUAL, "German": GERMAN, "none": None}
BOTH = Policy(languages=("de", "en"))
LATER = NOON + timedelta(hours=1)
FOLLOWED = [name for name in STORIES if f"{name}-later" in {one.id for one in newsroom()}]


def opened(
    model: Concepts | None, articles: Sequence[Article] = (), policy: Policy | None = None
) -> Recommender:
    rec = Recommender.open(":memory:", model=model, policy=policy)
    rec.add(articles or newsroom())
    return rec


@pytest.fixture(scope="module", params=MODELS)
def any_site(request: pytest.FixtureRequest) -> Iterator[Recommender]:
    with opened(MODELS[request.param]) as rec:
        yield rec


@pytest.fixture(scope="module")
def multilingual() -> Iterator[Recommender]:
    with opened(MULTILINGUAL) as rec:
        yield rec


@pytest.fixture(scope="module")
def german() -> Iterator[Recommender]:
    with opened(GERMAN) as rec:
        yield rec


def language_of(article_id: str) -> str:
    """Tell what an article is written in; none of them says so itself."""
    return article_id.rsplit("-", 1)[1].replace("later", "de")


def test_by_default_a_list_keeps_to_the_language_of_its_article(any_site: Recommender) -> None:
    for article in newsroom():
        made = any_site.recommend(article.id, at=NOON, k=12)
        assert made.language == language_of(article.id)
        assert len(made) >= 11
        assert {language_of(name) for name in made.ids} == {made.language}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_each_entry_says_its_language_whether_made_or_stored(model: Concepts | None) -> None:
    with opened(model, policy=Policy(languages=LANGUAGES)) as rec:
        rec.precompute(at=NOON, depth=40)
        for article in newsroom()[::5]:
            made = rec.recommend(article.id, at=NOON, k=40)
            assert [entry.language for entry in made] == [language_of(name) for name in made.ids]
            assert {entry.language for entry in made} == {*LANGUAGES}
            assert rec.stored_list(article.id, at=NOON, k=40) == made


def test_the_counterpart_in_another_language_follows_the_follow_up(
    multilingual: Recommender,
) -> None:
    for story in FOLLOWED:
        made = multilingual.recommend(f"{story}-de", at=NOON, k=5, policy=BOTH)
        assert made.ids[0] == f"{story}-later"
        assert f"{story}-en" in made.ids[:3]
        counterpart = made[made.ids.index(f"{story}-en")]
        assert (counterpart.placed_by, counterpart.language) == ("score", "en")
        assert counterpart.relevance > 0.2
        assert made.why_not(f"{story}-fr") == "not eligible: in another language"


def test_a_model_of_one_language_leaves_the_others_for_fills(german: Recommender) -> None:
    for story in FOLLOWED:
        made = german.recommend(f"{story}-de", at=NOON, k=30, policy=BOTH)
        placed = {entry.article.id: entry.placed_by for entry in made}
        assert placed[f"{story}-later"] == "score"
        assert placed[f"{story}-en"] == "section"
        languages = [entry.language for entry in made]
        assert languages == sorted(languages), "German fills come first"
        alone = german.recommend(f"{story}-de", at=NOON, policy=replace(BOTH, fill="none"))
        assert {entry.language for entry in alone} == {"de"}
        assert alone.why_not(f"{story}-en") == (
            "not related: in another language, which the model does not compare"
        )


def test_what_is_not_compared_is_no_background(german: Recommender) -> None:
    """The cosine of two languages says nothing where the model knows one of them."""
    policy = replace(BOTH, story_similarity=1.0, relevance_floor=0.0)
    made = german.recommend("bridge-de", at=NOON, k=30, policy=policy)
    found = {entry.article.id: entry for entry in made}
    assert found["bridge-en"].relevance > 0.2
    assert {found[name].relation for name in found if name.endswith("-en")} == {"unrelated"}
    assert found["bridge-later"].relation == "background"


def test_a_draft_gets_the_list_that_it_would_get_stored(multilingual: Recommender) -> None:
    for policy in (Policy(), BOTH):
        for language in LANGUAGES:
            stored = multilingual.recommend(
                f"clinic-{language}", at=NOON, exclude=["clinic-de"], policy=policy
            )
            draft = replace(told("clinic", language), id="draft")
            made = multilingual.recommend(
                draft, at=NOON, exclude=["clinic-de", f"clinic-{language}"], policy=policy
            )
            assert (made.ids, made.language) == (stored.ids, language)


@pytest.mark.parametrize("languages", [(), ("de", "en"), LANGUAGES])
@pytest.mark.parametrize("fill", ["none", "newest"])
def test_lists_made_many_at_a_time_are_those_made_one_by_one(
    any_site: Recommender, languages: tuple[str, ...], fill: Fill
) -> None:
    policy = Policy(languages=languages, fill=fill, relevance_floor=0.6)
    ids = [article.id for article in newsroom()]
    task = Task(NOON, 3, policy)
    made = Maker(any_site.store, any_site.mirror, nullcontext(), task).make(ids)
    assert {one.source_id: one for one in made} == {
        one.source_id: one for one in one_by_one(any_site, task, ids)
    }


def test_plain_lists_cross_languages_too(multilingual: Recommender) -> None:
    multilingual.mirror.refresh()
    made = PlainLists(multilingual.mirror, Task(NOON, 2, BOTH)).make(newsroom())
    crossed = [name for name, one in made.items() if one.rows[1].target_id.endswith("-en")]
    assert {language_of(name) for name in crossed} >= {"de"}


def test_a_translation_that_comes_later_is_no_later_development() -> None:
    """It keeps its own score; the follow-up before it leads."""
    english = told("bridge", "en", published_at=NOON - timedelta(minutes=5))
    rest = [one for one in newsroom() if one.id != english.id]
    with opened(MULTILINGUAL, [*rest, english]) as rec:
        made = rec.recommend("bridge-de", at=NOON, policy=BOTH)
        assert made.ids[:2] == ("bridge-later", "bridge-en")
        assert (made[0].relation, made[1].relation) == ("same_story", "same_story")
        plain = PlainLists(rec.mirror, Task(NOON, 2, BOTH)).make([rec.article("bridge-de")])
        assert [row.target_id for row in plain["bridge-de"].rows] == [*made.ids[:2]]


def test_of_two_reports_of_an_event_the_one_in_the_language_of_the_article_stands() -> None:
    """Although own reporting goes before an agency's where both are in one language."""
    articles = [one for one in newsroom() if one.id not in {"bridge-de", "bridge-later"}]
    with opened(MULTILINGUAL, [*articles, told("bridge", "de", source="dpa")]) as rec:
        made = rec.recommend("strike-later", at=NOON, policy=BOTH)
        assert "bridge-de" in made.ids
        assert made.why_not("bridge-en") == "a duplicate of bridge-de, which is on the list"
        plain = PlainLists(rec.mirror, Task(NOON, 2, BOTH)).make([rec.article("strike-later")])
        assert [row.target_id for row in plain["strike-later"].rows] == [*made.ids[:2]]


def test_no_story_stands_in_more_versions_than_the_policy_allows(
    multilingual: Recommender,
) -> None:
    for most in (1, 2, 3):
        policy = Policy(languages=LANGUAGES, max_same_story=most)
        for story in STORIES:
            made = multilingual.recommend(f"{story}-de", at=NOON, k=10, policy=policy)
            versions = [name for name in made.ids if name.startswith(f"{story}-")]
            assert len(versions) <= most


HISTORIES = st.lists(
    st.tuples(st.sampled_from([*STORIES][:4]), st.sampled_from(LANGUAGES), st.integers(0, 3)),
    min_size=3,
    max_size=14,
)


@settings(max_examples=15, deadline=None)
@given(
    HISTORIES,
    st.sampled_from([(), ("de",), ("de", "en"), ("de", "EN-gb"), ("fr",), LANGUAGES]),
    st.sampled_from([(), ("de",), ("de", "en"), LANGUAGES, ("*",)]),
    st.booleans(),
)
def test_whatever_was_there_before_no_entry_is_in_another_language(
    history: list[tuple[str, str, int]],
    languages: tuple[str, ...],
    compared: tuple[str, ...],
    pinned: bool,  # noqa: FBT001  # drawn
) -> None:
    """Articles come again in other languages under the ids they had; only a pin may be any."""
    policy = Policy(languages=languages)
    with Recommender.open(":memory:", policy=policy, model=Concepts(languages=compared)) as rec:
        spoken: dict[str, str] = {}
        for version, (story, language, slot) in enumerate(history, start=1):
            name = f"slot-{slot}"
            rec.add([replace(told(story, language), id=name, version=version)])
            spoken[name] = language
            if version == len(history) // 2:
                rec.precompute(at=NOON, depth=3)
        if pinned and len(spoken) > 1:
            rec.add_rule(Pin(min(spoken), max(spoken), 1))
        rec.precompute(at=LATER, depth=5, changed_since=NOON)
        for name, own in spoken.items():
            made = rec.recommend(name, at=LATER, k=5)
            assert made == rec.stored_list(name, at=LATER, k=5)
            allowed = {language[:2].lower() for language in languages} or {own}
            near = {own} | ({*compared} if own in compared and len(compared) > 1 else set())
            for entry in made:
                assert entry.language == spoken[entry.article.id]
                assert entry.placed_by == "pin" or entry.language in allowed
                if entry.placed_by == "score":
                    assert entry.language in near or compared == ("*",)
