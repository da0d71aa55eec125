"""Leaks that are planted are found, and honest systems are left in peace."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

from encoders import LetterEncoder
from newsroom import NOON, TOPICS, an_article, hours, plain
from relnews import Article, Policy, demo
from relnews.evaluate.archive import Archive
from relnews.evaluate.ask.guards import Removal, guard, not_before, sees_the_future
from relnews.evaluate.catalogue import Catalogue
from relnews.evaluate.truth import Event, Question
from relnews.evaluate.world.baselines import (
    AtRandom,
    Bm25,
    Latent,
    MostRead,
    Newest,
    NewestInSection,
    Pipeline,
    Ranked,
    SentenceModel,
    TfIdf,
)
from relnews.evaluate.world.readers import Readers
from relnews.evaluate.world.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from relnews.evaluate.protocols import Recommends

    Build = Callable[[World], Recommends]


def words(article: Article) -> set[str]:
    return set(f"{article.headline} {article.body}".lower().split())


@dataclass
class Standing:
    """Scores what may be shown by its text of then: the honest part of the planted systems."""

    world: World

    def score(self, source: Article, target: Article) -> float:
        raise NotImplementedError

    def text_of(self, name: str, at: datetime) -> Article:
        return self.world.archive.version(name, at) or self.world.archive.latest(name)

    def names(self, at: datetime) -> Iterable[str]:
        return [name for name in self.world.archive.ids if self.world.archive.is_live(name, at)]

    def recommend(self, source: Article, at: datetime, k: int) -> Sequence[str]:
        scores = {
            name: self.score(source, self.text_of(name, at))
            for name in self.names(at)
            if name != source.id
        }
        return sorted(scores, key=lambda name: (-scores[name], name))[:k]


class Shared(Standing):
    """Counts the words in common: nothing is learnt, nothing leaks."""

    def score(self, source: Article, target: Article) -> float:
        return len(words(source) & words(target))


class SharedLater(Shared):
    """Reads the last version of every text."""

    def text_of(self, name: str, at: datetime) -> Article:  # noqa: ARG002
        return self.world.archive.latest(name)


class SharedUnpublished(Shared):
    """Lists what is not out yet."""

    def names(self, at: datetime) -> Iterable[str]:  # noqa: ARG002
        return self.world.archive.ids


class RareWords(Standing):
    """Weighs words by document frequencies that are counted over everything there will be."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        every = [world.archive.latest(name) for name in world.archive.ids]
        self.n_articles = len(every)
        self.frequencies = Counter(word for article in every for word in words(article))

    def score(self, source: Article, target: Article) -> float:
        shared = words(source) & words(target)
        return sum(log(self.n_articles / self.frequencies[word]) for word in sorted(shared))


class LearntOnEverything:
    """A refit that saw the test months: latent semantic analysis of the whole archive."""

    def __init__(self, world: World) -> None:
        self.world = world
        texts = [self._text(world.archive.latest(name)) for name in world.archive.ids]
        self.words = TfidfVectorizer().fit(texts)
        self.model = TruncatedSVD(8, random_state=0).fit(self.words.transform(texts))

    def _text(self, article: Article) -> str:
        return f"{article.headline} {article.body}"

    def recommend(self, source: Article, at: datetime, k: int) -> Sequence[str]:
        archive = self.world.archive
        found = {name: archive.version(name, at) for name in archive.ids}
        live = [one for one in found.values() if one is not None and archive.is_live(one.id, at)]
        texts = [self._text(article) for article in (source, *live)]
        vectors = self.model.transform(self.words.transform(texts)).round(9)
        cosines = cosine_similarity(vectors[:1], vectors[1:])[0].round(6)
        scores = {one.id: score for one, score in zip(live, cosines, strict=True)}
        scores.pop(source.id, None)
        return sorted(scores, key=lambda name: (-scores[name], name))[:k]


class Centroid(Standing):
    """Likes what is far from the average of all articles there will be."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        every = [world.archive.latest(name) for name in world.archive.ids]
        counts = Counter(word for article in every for word in words(article))
        self.centroid = {word: count / len(every) for word, count in counts.items()}

    def score(self, source: Article, target: Article) -> float:
        average = sum(self.centroid.get(word, 0.0) for word in sorted(words(target)))
        return len(words(source) & words(target)) - average


def a_text(name: str, text: str, hour: float, **values: Any) -> Article:
    return an_article(name, headline=text, body="", published_at=hours(hour), **values)


SOURCE = a_text("source", "brücke oper", -1)
NOW = [SOURCE, a_text("bridge", "brücke eins zwei", -4), a_text("stage", "oper drei vier", -3)]
LATER = [a_text(f"later-{n}", "brücke und mehr", n) for n in range(1, 9)]
ABOUT_SOURCE = [Question(source=SOURCE, at=NOON)]


def seen(build: Build, articles: Iterable[Article], k: int = 5) -> tuple[str, ...]:
    return sees_the_future(build, World, Archive(articles), ABOUT_SOURCE, k)


def test_document_frequencies_of_the_future_are_found() -> None:
    assert seen(RareWords, [*NOW, *LATER]) == ("source",)
    with closing(World(Archive([*NOW, *LATER]))) as world:
        world.advance(NOON)
        assert RareWords(world).recommend(SOURCE, NOON, 2) == ["stage", "bridge"]
        now = World(Archive(NOW))
        assert RareWords(now).recommend(SOURCE, NOON, 2) == ["bridge", "stage"]
        now.close()


def test_a_centroid_of_the_future_is_found() -> None:
    assert seen(Centroid, [*NOW, *LATER]) == ("source",)


def test_texts_of_the_future_are_found() -> None:
    rewritten = a_text("stage", "brücke oper drei vier", -3, version=2, updated_at=hours(1))
    assert seen(SharedLater, [*NOW, rewritten]) == ("source",)
    assert seen(Shared, [*NOW, rewritten]) == ()


def test_articles_of_the_future_are_found() -> None:
    assert seen(SharedUnpublished, [*NOW, *LATER]) == ("source",)
    assert seen(Shared, [*NOW, *LATER]) == ()


def test_a_retraction_of_the_future_is_found() -> None:
    @dataclass
    class KnowsWhatWillBeTakenBack(Shared):
        world: World

        def score(self, source: Article, target: Article) -> float:
            gone = target.id in self.world.archive.retractions
            return super().score(source, target) - 10 * gone

    archive = Archive(NOW, {"bridge": hours(3)})
    found = sees_the_future(KnowsWhatWillBeTakenBack, World, archive, ABOUT_SOURCE)
    assert found == ("source",)


def test_without_a_future_nothing_is_seen_of_it() -> None:
    for build in (RareWords, Centroid, SharedLater, SharedUnpublished):
        assert seen(build, NOW) == ()


def test_only_the_questions_that_leak_are_named() -> None:
    archive = Archive([*NOW, *LATER])
    moments = (hours(0), hours(9), hours(0.5))
    asked = [
        Question(source=replace(SOURCE, id=f"draft-{number}"), at=at)
        for number, at in enumerate(moments)
    ]
    assert sees_the_future(RareWords, World, archive, asked) == ("draft-0", "draft-2")
    assert sees_the_future(RareWords, World, archive, []) == ()


def test_what_a_system_brings_with_it_goes_unseen_and_so_must_be_dated_otherwise() -> None:
    """Events and models from elsewhere are the same both times: the docstring says so."""
    future = Counter({"bridge": 5, "stage": 9})

    class Foresighted(Standing):
        def score(self, source: Article, target: Article) -> float:  # noqa: ARG002
            return future[target.id]

    assert seen(Foresighted, [*NOW, *LATER]) == ()


def test_a_system_that_fails_lets_go_of_its_world() -> None:
    class Fails(Shared):
        def score(self, source: Article, target: Article) -> float:  # noqa: ARG002
            msg = "no"
            raise ValueError(msg)

    closed = []

    class Watched(World):
        def close(self) -> None:
            closed.append(self)
            super().close()

    with pytest.raises(ValueError, match="no"):
        sees_the_future(Fails, Watched, Archive(NOW), ABOUT_SOURCE)
    assert len(closed) == 1


@pytest.fixture(scope="module")
def newsroom() -> Archive:
    articles = [article for article in demo.articles() if isinstance(article, Article)]
    return Archive(articles, {"sta-003": demo.NOW})


@pytest.fixture(scope="module")
def asked(newsroom: Archive) -> list[Question]:
    """Ask in the middle of the fortnight, with as much to come as there has been."""
    questions = []
    for name in ("sta-002", "kul-002", "spo-003"):
        at = newsroom.arrived_at(name)
        questions.append(Question(source=newsroom.latest(name), at=max(at, hours(24 * 6))))
    return questions


def test_a_model_that_saw_the_test_months_is_found(
    newsroom: Archive, asked: list[Question]
) -> None:
    found = sees_the_future(LearntOnEverything, World, newsroom, asked, 10)
    assert found == tuple(question.source.id for question in asked)


EVENTS = [
    Event(f"u{number % 7}", name, hours(number - 20))
    for number, name in enumerate(
        [f"{desk}-{n:03}" for desk in ("sta", "kul", "spo") for n in range(1, 15)] * 12
    )
]
HONEST: dict[str, Build] = {
    "pipeline": partial(Pipeline, policy=demo.policy()),
    "pipeline, plain": partial(Pipeline, policy=plain(fill="newest")),
    "tf-idf": lambda world: Ranked(TfIdf(world)),
    "tf-idf, fresh": lambda world: Ranked(TfIdf(world), Policy()),
    "BM25": lambda world: Ranked(Bm25(world)),
    "latent": lambda world: Ranked(Latent(world)),
    "most read": lambda world: Ranked(MostRead(world, Readers(EVENTS))),
    "newest": lambda world: Ranked(Newest(world)),
    "newest in section": lambda world: Ranked(NewestInSection(world)),
    "random": lambda world: Ranked(AtRandom(world, np.random.default_rng(5))),
    "sentences": lambda world: SentenceModel(world, LetterEncoder()),
}


@pytest.mark.parametrize("name", HONEST)
def test_honest_systems_are_not_accused(
    name: str, newsroom: Archive, asked: list[Question]
) -> None:
    build = HONEST[name]
    assert sees_the_future(build, World, newsroom, asked[:2], 8) == ()
    with closing(World(newsroom)) as world:
        world.advance(asked[0].at)
        found = build(world).recommend(asked[0].source, asked[0].at, 8)
        assert len(found) == (0 if name == "latent" else 8)


def test_the_newsroom_has_a_future_to_see(newsroom: Archive, asked: list[Question]) -> None:
    for question in asked:
        assert 30 < len(newsroom.until(question.at)) < len(newsroom) - 30


def test_no_event_after_the_moment_makes_an_article_popular(
    newsroom: Archive, asked: list[Question]
) -> None:
    question = asked[0]
    late = [Event("u", "spo-001", question.at + (hours(n) - hours(0))) for n in range(1, 99)]
    lists = []
    for events in (EVENTS, [*EVENTS, *late]):
        with closing(World(newsroom)) as world:
            world.advance(question.at)
            system = Ranked(MostRead(world, Readers(events)))
            lists.append(system.recommend(question.source, question.at, 20))
    assert lists[0] == lists[1] != []


def test_a_question_that_a_fit_has_seen_is_not_asked() -> None:
    asked = [Question(source=SOURCE, at=hours(hour)) for hour in (3, -1, 2, 1.9)]
    found = not_before(asked, hours(2))
    assert [question.at for question in found.questions] == [hours(3), hours(2)]
    assert found.removals == (Removal("a refit saw the future", "source", ""),) * 2
    assert found.counts == {"a refit saw the future": 2}
    named = not_before(asked, hours(9), what="the sentence model")
    assert (named.questions, named.counts) == ((), {"the sentence model saw the future": 4})
    unfitted = not_before(asked, None)
    assert (list(unfitted.questions), unfitted.removals, unfitted.counts) == (asked, (), {})


def test_questions_from_before_the_split_are_not_asked() -> None:
    articles = [
        an_article(f"{topic}-{n}", topic, n, (n + 1) % 8, published_at=hours(n - 4))
        for topic in TOPICS
        for n in range(8)
    ]
    with closing(World(Archive(articles), split=hours(0))) as world:
        world.advance(hours(5))
        asked = [Question(source=article, at=article.published_at or NOON) for article in articles]
        found = not_before(asked, world.fitted_until)
    assert found.counts == {"a refit saw the future": 12}
    assert all(question.at >= hours(0) for question in found.questions)
    assert len(found.questions) == 12


TEXT = "Die Prüfer kamen am Montag. Lesen Sie auch: Theater wird viel teurer. Am Abend war Schluss."


def a_question(*targets: str, at: float = 0, **values: Any) -> Question:
    source = an_article("source", **{"headline": "Ganz anders", "body": TEXT, **values})
    return Question(source=source, at=hours(at), gains=dict.fromkeys(targets, 2.0), group="g")


def a_catalogue(*articles: Article, **retractions: float) -> Catalogue:
    source = an_article("source", headline="Ganz anders", body=TEXT)
    gone = {name: hours(hour) for name, hour in retractions.items()}
    return Catalogue(Archive([source, *articles], gone))


def test_leaks_are_taken_out_and_counted() -> None:
    facts = a_catalogue(
        an_article("fine", "fussball"),
        an_article("quoted", headline="Theater wird viel teurer", body="Es kostet mehr."),
        an_article("copy", headline="Prüfer da", body=f"{TEXT} Mehr folgt."),
        an_article("later", "theater", published_at=hours(1)),
        an_article("gone", "theater"),
        gone=-0.5,
    )
    question = a_question("fine", "quoted", "copy", "later", "gone", "unknown")
    found = guard([question, a_question("fine")], facts)
    clean, untouched = found.questions
    assert dict(clean.gains) == {"fine": 2.0}
    assert clean.ignored == {"quoted"}
    assert isinstance(clean.ignored, frozenset)
    assert (clean.source, clean.at, clean.group) == (question.source, question.at, "g")
    assert untouched == a_question("fine")
    assert found.counts == {
        "headline quoted in the source": 1,
        "near-duplicate of the source": 1,
        "not live at the moment": 3,
    }
    assert {(one.guard.split()[0], one.source_id, one.target_id) for one in found.removals} == {
        ("headline", "source", "quoted"),
        ("near-duplicate", "source", "copy"),
        ("not", "source", "later"),
        ("not", "source", "gone"),
        ("not", "source", "unknown"),
    }


def test_what_was_ignored_stays_ignored() -> None:
    facts = a_catalogue(an_article("fine", "fussball"))
    question = replace(a_question("unknown", "fine"), ignored=frozenset({"other"}))
    (clean,) = guard([question], facts).questions
    assert clean.ignored == {"other"}
    assert guard([], facts).questions == ()


@pytest.mark.parametrize(
    ("headline", "body", "quoted"),
    [
        ("Theater wird teurer", "… THEATER wird, teurer!", True),
        ("Theater wird teurer", "Das Theater wird viel teurer.", False),
        ("Theater wird teurer", "Das Theater wird teurerer.", False),
        ("Theater wird teurer", "Das Staatstheater wird teurer.", False),
        ("Theater teurer", "Theater teurer", False),
        ("Wetter", "Das Wetter", False),
        ("Straße nach Köln gesperrt", "Die Strasse nach Köln: gesperrt", True),
        ("!!!", "Ganz! Anders!!!", False),
    ],
)
def test_a_headline_of_three_words_is_quoted_where_they_stand_in_a_row(
    headline: str,
    body: str,
    quoted: bool,  # noqa: FBT001
) -> None:
    facts = a_catalogue(an_article("target", headline=headline, body="Etwas Eigenes."))
    for field in ("body", "teaser"):
        fields: dict[str, Any] = {"body": "", field: body}
        question = a_question("target", **fields)
        assert guard([question], facts).counts == (
            {"headline quoted in the source": 1} if quoted else {}
        )


def test_a_quote_whose_words_were_cut_out_of_the_source_is_none() -> None:
    target = an_article("target", headline="Theater wird viel teurer", body="Es kostet mehr.")
    facts = a_catalogue(target)
    assert guard([a_question("target")], facts).counts == {"headline quoted in the source": 1}
    assert guard([a_question("target", body="Die Prüfer kamen.")], facts).counts == {}


def test_targets_are_read_as_they_stood_at_the_moment() -> None:
    quoted = an_article("target", headline="Theater wird viel teurer", body="Es kostet mehr.")
    later = replace(quoted, headline="Millionen fehlen", version=2, updated_at=hours(1))
    for at, counts in ((0, {"headline quoted in the source": 1}), (1, {})):
        assert guard([a_question("target", at=at)], a_catalogue(quoted, later)).counts == counts
    copy = an_article("target", headline="Prüfer da", body=TEXT)
    later = replace(copy, body="Etwas ganz anderes.", version=2, updated_at=hours(1))
    for at, counts in ((0, {"near-duplicate of the source": 1}), (1, {})):
        assert guard([a_question("target", at=at)], a_catalogue(copy, later)).counts == counts


def test_a_draft_that_is_stored_nowhere_is_guarded_too() -> None:
    facts = Catalogue(Archive([an_article("copy", headline="Prüfer da", body=TEXT)]))
    assert guard([a_question("copy")], facts).counts == {"near-duplicate of the source": 1}


def test_a_removed_answer_is_neither_right_nor_wrong() -> None:
    facts = a_catalogue(an_article("quoted", headline="Theater wird viel teurer", body="Mehr."))
    (clean,) = guard([a_question("quoted")], facts).questions
    assert dict(clean.gains) == {}
    assert clean.ignored == {"quoted"}


@pytest.mark.parametrize(
    ("values", "is_asked"),
    [
        ({}, True),
        ({"never_recommend": True}, True),
        ({"no_list": True}, False),
        ({"status": "withheld"}, False),
        ({"expires_at": hours(0)}, False),
        ({"embargo_until": hours(1)}, False),
    ],
)
def test_a_source_without_a_list_on_the_site_is_not_asked_about(
    values: dict[str, Any],
    is_asked: bool,  # noqa: FBT001
) -> None:
    source = an_article("s", published_at=hours(-1), **values)
    catalogue = Catalogue(Archive([source, an_article("t", "theater")]))
    guarded = guard([Question(source=source, at=NOON)], catalogue)
    assert bool(guarded.questions) == is_asked
    if not is_asked:
        assert guarded.counts == {"no list under the source at the moment": 1}


def test_a_retracted_source_is_not_asked_about() -> None:
    source = an_article("s", published_at=hours(-3))
    catalogue = Catalogue(Archive([source], {"s": hours(-1)}))
    questions = [Question(source=source, at=hours(at)) for at in (-2, 0)]
    assert [question.at for question in guard(questions, catalogue).questions] == [hours(-2)]
