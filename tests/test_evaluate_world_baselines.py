"""Baselines score as their books say, and show nothing that may not be shown."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfTransformer

from encoders import LetterEncoder, letters
from newsroom import NOON, TOPICS, an_article, filler, hours, plain
from relnews import Article, Policy, demo
from relnews.embed.analysis import Analyzer
from relnews.embed.vocabulary import Vocabulary
from relnews.errors import StoreError
from relnews.evaluate.archive import BEGINNING, Archive
from relnews.evaluate.truth import Event
from relnews.evaluate.world.baselines import (
    AtRandom,
    Bm25,
    Hybrid,
    Latent,
    MostRead,
    Newest,
    NewestInSection,
    OtherModel,
    Pipeline,
    Ranked,
    SentenceModel,
    StoredRun,
    TfIdf,
)
from relnews.evaluate.world.readers import Readers
from relnews.evaluate.world.world import World
from relnews.rank.check import is_live

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from relnews.evaluate.protocols import Recommends

bm25s = pytest.importorskip("bm25s")

DRAFT = an_article("draft", "bruecke", 0, 3, 5, published_at=None)


def every_read(*names: str, hour: float = -0.5) -> Readers:
    """Give one event for the first of the articles, two for the second, and so on."""
    return Readers(
        Event(f"u{number}", name, hours(hour))
        for times, name in enumerate(names, 1)
        for number in range(times)
    )


BASELINES: dict[str, Callable[[World, Readers], Recommends]] = {
    "pipeline": lambda world, _: Pipeline(world, plain(fill="newest")),
    "newest": lambda world, _: Ranked(Newest(world)),
    "newest in section": lambda world, _: Ranked(NewestInSection(world)),
    "random": lambda world, _: Ranked(AtRandom(world, np.random.default_rng(1))),
    "most read": lambda world, readers: Ranked(MostRead(world, readers)),
    "tf-idf": lambda world, _: Ranked(TfIdf(world)),
    "tf-idf, fresh": lambda world, _: Ranked(TfIdf(world), Policy()),
    "hybrid": lambda world, _: Ranked(Hybrid(world, 0.5)),
    "BM25": lambda world, _: Ranked(Bm25(world)),
    "sentences": lambda world, _: SentenceModel(world, LetterEncoder()),
}
by_name = pytest.mark.parametrize("name", BASELINES)


@pytest.fixture(scope="module")
def newsroom() -> Iterator[World]:
    archive = Archive(article for article in demo.articles() if isinstance(article, Article))
    with closing(World(archive)) as world:
        world.advance(demo.NOW)
        yield world


class Written:
    """The counts of the newsroom, taken without the world: terms by article."""

    def __init__(self, world: World) -> None:
        analyzer, archive = Analyzer(Vocabulary(), "de"), world.archive
        standing = {name: archive.version(name, demo.NOW) for name in archive.ids}
        self.articles = [article for article in standing.values() if article is not None]
        self.ids = [article.id for article in self.articles]
        self.languages = [analyzer.language_of(article) for article in self.articles]
        documents = [
            analyzer.document(article, language)
            for article, language in zip(self.articles, self.languages, strict=True)
        ]
        self.words = [np.repeat(document.terms, document.counts).tolist() for document in documents]
        self.counts = sp.csr_matrix(
            (
                np.concatenate([document.counts for document in documents]),
                np.concatenate([document.terms for document in documents]),
                np.cumsum([0, *(len(document.terms) for document in documents)]),
            )
        )

    def may_be_shown(self, place: int) -> list[int]:
        """Give the places that may stand under another one."""
        return [
            other
            for other, article in enumerate(self.articles)
            if other != place
            and is_live(article, demo.NOW)
            and self.languages[other] == self.languages[place]
        ]


@pytest.fixture(scope="module")
def written(newsroom: World) -> Written:
    return Written(newsroom)


def assert_ordered(
    found: Sequence[str], k: int, scores: dict[str, float], *, atol: float = 1e-5
) -> None:
    """Hold a list against scores known from elsewhere: the k best, best first."""
    right = sorted(scores.values(), reverse=True)
    right = [score for score in right if score > atol][:k]
    assert len(found) == len(right) == len(set(found))
    np.testing.assert_allclose([scores[name] for name in found], right, atol=atol)


def test_tf_idf_is_the_cosine_order_of_scikit_learn(newsroom: World, written: Written) -> None:
    weights = TfidfTransformer(sublinear_tf=True).fit_transform(written.counts)
    cosines = (weights @ weights.T).toarray()
    system = Ranked(TfIdf(newsroom))
    for place in range(0, len(written.ids), 3):
        found = system.recommend(written.articles[place], demo.NOW, 10)
        shown = written.may_be_shown(place)
        assert_ordered(found, 10, {written.ids[other]: cosines[place, other] for other in shown})
        same = system.similarities(written.articles[place], written.ids)
        np.testing.assert_allclose(same, cosines[place], atol=1e-5)


@pytest.mark.parametrize(("k1", "b"), [(1.2, 0.75), (0.9, 0.4), (2.0, 1.0)])
def test_bm25_is_that_of_bm25s_but_for_a_constant(
    newsroom: World, written: Written, k1: float, b: float
) -> None:
    """The Lucene variant leaves out k1 + 1, which changes no order."""
    oracle = bm25s.BM25(method="lucene", k1=k1, b=b)
    oracle.index([[str(word) for word in words] for words in written.words], show_progress=False)
    system = Ranked(Bm25(newsroom, k1, b))
    for place in range(0, len(written.ids), 5):
        asked = sorted({str(word) for word in written.words[place]})
        scores = oracle.get_scores(asked) * (k1 + 1)
        same = system.similarities(written.articles[place], written.ids)
        np.testing.assert_allclose(same, scores, rtol=1e-4, atol=1e-4)
        found = system.recommend(written.articles[place], demo.NOW, 10)
        shown = written.may_be_shown(place)
        ours = {written.ids[other]: float(scores[other]) for other in shown}
        assert_ordered(found, 10, ours, atol=1e-3)


_WORDS = st.lists(st.sampled_from(["Brücke", "Oper", "Stau", "Chor", "Fluss"]), max_size=6)


@settings(max_examples=25)
@given(st.lists(_WORDS, min_size=1, max_size=6), _WORDS, st.integers(0, 5))
def test_bm25_is_its_formula_on_what_stands_now(
    bodies: list[list[str]], asked: list[str], replaced: int
) -> None:
    articles = [
        an_article(f"a{number}", headline="Kopf", body=" ".join(words), published_at=hours(-3))
        for number, words in enumerate(bodies)
    ]
    former = replace(articles[replaced % len(articles)], body="ganz anders " * 9)
    later = replace(articles[replaced % len(articles)], version=2, updated_at=hours(-1))
    kept = [article for article in articles if article.id != former.id]
    source = an_article("draft", headline="Frage", body=" ".join(asked))
    analyzer = Analyzer(Vocabulary(), "de")
    documents = {one.id: analyzer.document(one, "de") for one in articles}
    lengths = {name: document.counts.sum() for name, document in documents.items()}
    mean = sum(lengths.values()) / len(lengths)
    expected = {}
    for name, document in documents.items():
        score = 0.0
        for term in set(analyzer.document(source, "de").terms.tolist()):
            df = sum(term in other.terms for other in documents.values())
            tf = float(document.counts[document.terms == term].sum())
            idf = np.log(1 + (len(documents) - df + 0.5) / (df + 0.5))
            score += idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * lengths[name] / mean))
        expected[name] = score
    with closing(World(Archive([former, later, *kept]))) as world:
        system = Ranked(Bm25(world))
        world.advance(hours(-2))
        system.recommend(source, hours(-2), 3)
        world.advance(NOON)
        found = system.similarities(source, list(expected))
        np.testing.assert_allclose(found, list(expected.values()), rtol=1e-4, atol=1e-5)


def test_a_word_that_is_said_twice_is_asked_for_once() -> None:
    with closing(World(Archive([an_article("a"), an_article("b", "theater")]))) as world:
        world.advance(NOON)
        once, twice = (an_article("x", headline="Frage", body="Brücke " * n) for n in (1, 2))
        similarities = Ranked(Bm25(world)).similarities
        assert similarities(once, ["a"]) == similarities(twice, ["a"])
        assert similarities(once, ["b"]) == [0]


def test_there_is_no_latent_view_below_a_thousand_articles_and_one_from_there_on() -> None:
    articles = sorted(filler(1_000), key=lambda one: one.published_at or BEGINNING)
    with closing(World(Archive(articles))) as world:
        before = NOON - timedelta(minutes=1)
        world.advance(before)
        semantic, hybrid = Latent(world), Hybrid(world, 0.4)
        source = articles[0]
        assert Ranked(semantic).recommend(source, before, 5) == []
        query = world.query(source, before)
        np.testing.assert_array_equal(hybrid.scores(query), TfIdf(world).scores(query))
        world.advance(NOON)
        world.recommender.refit()
        world.query.cache_clear()
        query = world.query(source, NOON)
        site = world.mirror.site()
        assert site.vectors.shape == (1_000, len(query.semantic))
        assert len(query.semantic) > 0
        found = Ranked(semantic).recommend(source, NOON, 5)
        cosines = site.vectors @ query.semantic
        cosines[world.mirror.corpus.row_of[source.id]] = -1
        best = [world.mirror.corpus.ids[row] for row in np.argsort(-cosines, kind="stable")[:5]]
        assert set(found) == set(best)
        mixed = 0.6 * TfIdf(world).scores(query) + 0.4 * np.maximum(semantic.scores(query), 0)
        np.testing.assert_allclose(hybrid.scores(query), mixed, rtol=1e-5)
        rows = [world.mirror.corpus.row_of[name] for name in ("f-7", "f-3")]
        alike = Pipeline(world, plain(semantic_weight=0.4)).similarities(source, ["f-7", "f-3"])
        np.testing.assert_allclose(alike, mixed[rows], rtol=1e-5)


def test_the_newest_come_by_their_date_updates_included() -> None:
    articles = [
        an_article("old", published_at=hours(-9)),
        an_article("updated", published_at=hours(-8), updated_at=hours(-1)),
        an_article("to be updated", published_at=hours(-7), updated_at=hours(1)),
        an_article("new", published_at=hours(-2)),
        an_article("undated", published_at=None),
        an_article("b", published_at=hours(-5)),
        an_article("a", published_at=hours(-5)),
    ]
    with closing(World(Archive(articles))) as world:
        world.advance(NOON)
        found = Ranked(Newest(world)).recommend(DRAFT, NOON, 9)
        assert found == ["updated", "new", "a", "b", "to be updated", "old", "undated"]
        assert Ranked(Newest(world)).recommend(DRAFT, NOON, 2) == found[:2]


def test_the_newest_of_the_section_are_of_the_section() -> None:
    articles = [
        an_article("a", published_at=hours(-3)),
        an_article("b", published_at=hours(-1)),
        an_article("c", section="Sport", published_at=hours(-1)),
        an_article("d", section="", published_at=hours(-1)),
    ]
    with closing(World(Archive(articles))) as world:
        world.advance(NOON)
        system = Ranked(NewestInSection(world))
        asked = {"Stadt": ["b", "a"], "Sport": ["c"], "Kultur": [], "": []}
        for section, expected in asked.items():
            assert system.recommend(an_article("x", section=section), NOON, 5) == expected
        assert system.recommend(articles[1], NOON, 5) == ["a"]


def test_chance_is_the_same_with_the_same_seed_and_fair() -> None:
    articles = [an_article(f"a{number}") for number in range(8)]
    with closing(World(Archive(articles))) as world:
        world.advance(NOON)

        def drawn(seed: int, times: int) -> list[tuple[str, ...]]:
            system = Ranked(AtRandom(world, np.random.default_rng(seed)))
            return [tuple(system.recommend(DRAFT, NOON, 3)) for _ in range(times)]

        assert drawn(3, 5) == drawn(3, 5)
        assert drawn(3, 5) != drawn(4, 5)
        firsts = [found[0] for found in drawn(5, 400)]
        counts = [firsts.count(article.id) for article in articles]
        assert min(counts) > 20
        assert {len(set(found)) for found in drawn(6, 50)} == {3}


def test_what_is_read_most_comes_first_and_what_nobody_read_not_at_all() -> None:
    articles = [an_article(name) for name in "abcd"]
    readers = every_read("c", "a", "b", "unknown")
    with closing(World(Archive(articles))) as world:
        world.advance(NOON)
        system = Ranked(MostRead(world, readers))
        assert system.recommend(DRAFT, NOON, 9) == ["b", "a", "c"]
        assert system.recommend(articles[1], NOON, 9) == ["a", "c"]


@settings(max_examples=20)
@given(
    st.lists(st.tuples(st.sampled_from("abcx"), st.integers(-100, 100)), max_size=12),
    st.integers(-24, 24),
    st.sampled_from([1.0, 24.0, 72.0]),
)
def test_no_event_counts_before_it_happened_or_after_the_hours(
    reads: list[tuple[str, int]], hour: int, window: float
) -> None:
    at = hours(hour)
    events = [Event("u", name, hours(when)) for name, when in reads]
    articles = [an_article(name, published_at=hours(-200)) for name in "abcd"]
    counts = {
        name: sum(
            event.article_id == name and timedelta(0) < at - event.at <= timedelta(hours=window)
            for event in events
        )
        for name in "abcd"
    }
    expected = sorted((n for n in counts if counts[n]), key=lambda name: (-counts[name], name))
    with closing(World(Archive(articles))) as world:
        world.advance(at)
        system = Ranked(MostRead(world, Readers(events), window))
        assert system.recommend(DRAFT, at, 9) == expected


def test_freshness_multiplies_the_scores_where_a_policy_says_so() -> None:
    policy = Policy(half_life_hours=24.0, freshness_floor=0.1)
    articles = [
        an_article("close, old", "bruecke", 0, 3, 5, 1, published_at=hours(-24 * 9)),
        an_article("far, new", "bruecke", 0, 2, 4, published_at=hours(-1)),
    ]
    with closing(World(Archive(articles))) as world:
        world.advance(NOON)
        assert Ranked(TfIdf(world)).recommend(DRAFT, NOON, 2) == ["close, old", "far, new"]
        assert Ranked(TfIdf(world), policy).recommend(DRAFT, NOON, 2) == ["far, new", "close, old"]
        similar = Ranked(TfIdf(world), policy).similarities(DRAFT, ["close, old", "far, new"])
        assert similar[0] > similar[1]


def test_the_pipeline_is_the_library_under_its_policy(newsroom: World) -> None:
    sources = [newsroom.archive.version(name, demo.NOW) for name in demo.SHOWN]
    for policy in (demo.policy(), plain()):
        for source in sources:
            assert source is not None
            expected = newsroom.recommender.recommend(source.id, at=demo.NOW, k=7, policy=policy)
            found = Pipeline(newsroom, policy).recommend(source, demo.NOW, 7)
            assert tuple(found) == expected.ids


def test_the_pipeline_likens_by_the_cosine_that_relevance_is_made_from(newsroom: World) -> None:
    source = newsroom.archive.version("sta-001", demo.NOW)
    assert source is not None
    listed = newsroom.recommender.recommend("sta-001", at=demo.NOW, k=9)
    found = Pipeline(newsroom).similarities(source, listed.ids)
    np.testing.assert_allclose(found, [entry.lexical for entry in listed], atol=1e-6)


@by_name
def test_nothing_is_shown_that_may_not_be_shown(name: str) -> None:
    make = partial(an_article, published_at=hours(-2))
    articles = [
        make("fine", "bruecke", 4, 0, 6),
        make("source", "bruecke", 3, 0, 1),
        make("taken back"),
        make("embargo", embargo_until=hours(1)),
        make("expired", expires_at=hours(-1)),
        make("withheld", status="withheld"),
        make("canceled", status="canceled"),
        make("never", never_recommend=True),
        make("english", language="en"),
        make("later", published_at=hours(2)),
        make("withdrawn"),
        make("withdrawn", version=2, status="canceled", updated_at=hours(-1)),
        make("other", "bruecke", 5, 1, 7, source="Kurier"),
    ]
    readers = every_read(*dict.fromkeys(article.id for article in articles))
    archive = Archive(articles, {"taken back": hours(-1)})
    for same_source, expected in ((False, {"fine", "other"}), (True, {"fine"})):
        with closing(World(archive, same_source=same_source)) as world:
            world.advance(NOON)
            found = BASELINES[name](world, readers).recommend(articles[1], NOON, 20)
            assert sorted(found) == sorted(expected)


@by_name
def test_a_shorter_list_is_a_prefix_and_the_same_question_has_the_same_answer(name: str) -> None:
    articles = [
        an_article(f"{topic}-{number}", topic, number, number + 1, published_at=hours(-number))
        for topic in TOPICS
        for number in range(4)
    ]
    readers = every_read(*(article.id for article in articles))
    with closing(World(Archive(articles))) as world:
        world.advance(NOON)
        found = [tuple(BASELINES[name](world, readers).recommend(DRAFT, NOON, k)) for k in (2, 9)]
        again = tuple(BASELINES[name](world, readers).recommend(DRAFT, NOON, 9))
    assert found[0] == found[1][:2]
    assert found[1] == again
    assert len(found[0]) == 2


@by_name
def test_a_world_in_which_nothing_has_happened_yet_has_empty_lists(name: str) -> None:
    with closing(World(Archive([an_article("a", published_at=hours(3))]))) as world:
        world.advance(NOON)
        found = BASELINES[name](world, every_read("a")).recommend(DRAFT, NOON, 3)
        assert list(found) == []


def test_a_sentence_model_ranks_by_the_cosine_of_its_vectors() -> None:
    articles = [
        an_article("x", headline="aaa", body="b"),
        an_article("y", headline="a", body="bbb"),
        an_article("z", headline="ccc", body=""),
        an_article("nothing", headline="123", body=""),
    ]
    with closing(World(Archive(articles))) as world:
        world.advance(NOON)
        model = SentenceModel(world, LetterEncoder())
        source = an_article("s", headline="aa", teaser="a", body="b")
        assert model.recommend(source, NOON, 9) == ["x", "y"]
        found = model.similarities(source, ["y", "x", "z", "nothing"])
        np.testing.assert_allclose(found, [0.6, 1, 0, 0], atol=1e-3)  # float16
        empty = an_article("s", headline="1", body="")
        assert model.recommend(empty, NOON, 9) == []


def test_a_sentence_model_reads_each_version_once_and_none_before_its_time() -> None:
    first = an_article("a", headline="Erste", body="", published_at=hours(-5))
    second = an_article("a", headline="Zweite", body="", version=2, updated_at=hours(-1))
    later = an_article("b", headline="Dritte", body="", published_at=hours(-1))
    source, encoder = an_article("s", headline="Quelle", body=""), LetterEncoder()
    with closing(World(Archive([first, second, later]))) as world:
        model = SentenceModel(world, encoder)
        for at, read in (
            (hours(-6), ["Quelle"]),
            (hours(-4), ["Erste", "Quelle"]),
            (hours(-3), ["Quelle"]),
            (hours(-1), ["Zweite", "Dritte", "Quelle"]),
            (hours(0), ["Quelle"]),
        ):
            encoder.read.clear()
            world.advance(at)
            model.recommend(source, at, 3)
            assert sorted(encoder.read) == sorted(read)


def test_the_text_of_the_future_changes_no_list_of_a_sentence_model() -> None:
    now = [
        an_article("a", headline="aab", body="", published_at=hours(-3)),
        an_article("b", headline="abb", body="", published_at=hours(-3)),
    ]
    future = [
        an_article("a", headline="bbb", body="", version=2, updated_at=hours(1)),
        an_article("c", headline="aaa", body="", published_at=hours(1)),
    ]
    source, lists = an_article("s", headline="aaa", body=""), []
    for articles in (now, [*now, *future]):
        with closing(World(Archive(articles))) as world:
            world.advance(NOON)
            lists.append(SentenceModel(world, LetterEncoder()).recommend(source, NOON, 5))
    assert lists == [["a", "b"], ["a", "b"]]


def test_a_stored_run_is_cut_to_k() -> None:
    run = StoredRun({"draft": ["a", "b", "c"]})
    assert run.recommend(DRAFT, NOON, 2) == ("a", "b")


def test_similarities_come_in_the_order_of_the_targets(newsroom: World) -> None:
    source = newsroom.archive.latest("sta-001")
    targets = list(newsroom.archive.until(demo.NOW).ids[:9])
    systems = (
        Ranked(TfIdf(newsroom)),
        Ranked(Bm25(newsroom)),
        Pipeline(newsroom),
        SentenceModel(newsroom, LetterEncoder()),
    )
    for system in systems:
        forth = system.similarities(source, targets)
        assert list(reversed(system.similarities(source, targets[::-1]))) == list(forth)
        assert len(set(forth)) > 3
        assert system.similarities(source, []) == []


def test_a_sentence_model_that_grew_finds_what_one_made_late_finds() -> None:
    """Rows come in uneven portions, the first of them empty."""
    articles = [
        an_article(f"a{n}", headline="abcde"[: n % 5 + 1] * (n % 3 + 1), published_at=hours(-n))
        for n in range(70)
    ]
    source = an_article("s", headline="aabc", body="")
    with closing(World(Archive(articles))) as world:
        grown, n_rows = SentenceModel(world, LetterEncoder()), []
        for hour in (-100, -69, -66, -65, -20, -19, 0):
            world.advance(hours(hour))
            found = grown.recommend(source, hours(hour), 9)
            assert found == SentenceModel(world, LetterEncoder()).recommend(source, hours(hour), 9)
            n_rows.append(len(grown._vectors))
        assert n_rows == [0, 1, 4, 5, 50, 51, 70]
        targets = list(world.archive.ids)
        late = SentenceModel(world, LetterEncoder()).similarities(source, targets)
        assert grown.similarities(source, targets) == late
        rows = [world.mirror.corpus.row_of[name] for name in targets]
        kept = grown._vectors.values
        assert kept.shape == (70, 26)
        assert kept.dtype == np.dtype(np.float32)
        np.testing.assert_array_equal(kept[rows], letters(articles).astype(np.float16))


def test_the_library_with_another_model_moves_along_in_a_world_of_its_own() -> None:
    articles = [
        an_article(
            f"a{n}", headline="Rat " + "vwxyz"[n % 5] * (n + 9), body="", published_at=hours(-n)
        )
        for n in range(8)
    ]
    policy = plain(semantic_weight=1.0, relevance_floor=0.0)
    with (
        closing(World(Archive(articles))) as world,
        closing(World(Archive(articles), encoder=LetterEncoder())) as alone,
    ):
        other = OtherModel(world, world.twin(LetterEncoder()), policy)
        for hour in (-5, 0):
            world.advance(hours(hour))
            alone.advance(hours(hour))
            source = articles[7]
            targets = list(world.mirror.corpus.row_of)
            likened = other.similarities(source, targets)
            assert likened == Pipeline(alone, policy).similarities(source, targets)
            found = other.recommend(source, hours(hour), 5)
            assert found == Pipeline(alone, policy).recommend(source, hours(hour), 5)
        assert found[0] == "a2"  # the same letter
        assert likened != Pipeline(world, policy).similarities(source, targets)


def test_what_a_world_hides_its_twin_hides_too() -> None:
    articles = [an_article(name, topic) for name, topic in zip("abc", TOPICS, strict=False)]
    with closing(World(Archive(articles))) as world:
        other = OtherModel(world, world.twin(LetterEncoder()), Policy(fill="newest"))
        world.advance(NOON)
        assert sorted(other.recommend(articles[0], NOON, 5)) == ["b", "c"]
        world.hidden = frozenset({"b"})
        assert list(other.recommend(articles[0], NOON, 5)) == ["c"]
        world.hidden = frozenset()
        assert sorted(other.recommend(articles[0], NOON, 5)) == ["b", "c"]


def test_a_closed_world_closes_its_twins() -> None:
    world = World(Archive([an_article("a")]))
    twin = world.twin(None)
    world.close()
    with pytest.raises(StoreError):
        twin.advance(NOON)
