"""A world stands where a site stood: the same articles, the same counts, the same lists."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsroom import NOON, TOPICS, an_article, filler, hours, plain
from relnews import Article, Policy, Recommender, demo
from relnews.embed.analysis import Analyzer
from relnews.embed.vocabulary import Vocabulary
from relnews.errors import InvalidQuery
from relnews.evaluate.archive import BEGINNING, Archive
from relnews.evaluate.world.baselines import Bm25, Latent, Newest, Pipeline, Ranked, TfIdf
from relnews.evaluate.world.world import World
from relnews.rank.check import is_live

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from relnews.evaluate.protocols import Recommends

History = tuple[list[Article], dict[str, "datetime"]]

NAMES = "abcdef"
DRAFT = an_article("draft", "bruecke", 0, 3, 5, published_at=None)
_HOURS = st.integers(-9, 9).map(hours)


@st.composite
def _versions(draw: st.DrawFn, name: str) -> list[Article]:
    """Draw an article in one to three versions: updates, corrections, changes of topic."""
    published = draw(st.none() | _HOURS)
    embargo, expires = draw(st.sampled_from([(None, None)] * 3 + [(2, None), (None, 4), (-3, 1)]))
    found = []
    for version in range(1, draw(st.integers(1, 3)) + 1):
        topic = draw(st.sampled_from(sorted(TOPICS)))
        sentences = draw(st.lists(st.integers(0, 7), min_size=1, max_size=4, unique=True))
        article = an_article(
            name,
            topic,
            *sentences,
            version=version,
            published_at=published,
            updated_at=draw(st.none() | _HOURS),
            status=draw(st.sampled_from(["usable"] * 6 + ["withheld", "canceled"])),
            embargo_until=None if embargo is None else hours(embargo),
            expires_at=None if expires is None else hours(expires),
            never_recommend=draw(st.sampled_from([False] * 7 + [True])),
        )
        found.append(article)
    return found


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Draw what happened to a small site; a retraction may overtake its article."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    articles = [article for name in names for article in draw(_versions(name))]
    retractions = draw(st.dictionaries(st.sampled_from("abx"), _HOURS, max_size=2))
    return articles, retractions


def arrived(articles: Iterable[Article], at: datetime) -> list[tuple[datetime, Article]]:
    """Give what had arrived by a moment, naively: each version is dated from the one before."""
    found, last = [], dict[str, "datetime"]()
    for article in sorted(articles, key=lambda one: (one.id, one.version)):
        published = article.published_at or BEGINNING
        when = published
        if article.id in last:
            when = max(last[article.id], article.updated_at or published)
        last[article.id] = when
        if when <= at:
            found.append((when, article))
    return found


def by_hand(history: History, at: datetime) -> dict[str, Article]:
    """Give the live articles of a moment: ten lines that know nothing of the library."""
    articles, retractions = history
    standing = {article.id: article for _, article in arrived(articles, at)}
    return {
        name: article
        for name, article in standing.items()
        if is_live(article, at) and not (name in retractions and retractions[name] <= at)
    }


def fed_by_hand(history: History, at: datetime) -> Recommender:
    """Open a site and let happen, one after the other, what had happened by then."""
    articles, retractions = history
    events: list[tuple[datetime, int, str, int, Article | None]] = [
        (when, 0, article.id, article.version, article) for when, article in arrived(articles, at)
    ]
    events += [(when, 1, name, 0, None) for name, when in retractions.items() if when <= at]
    rec = Recommender.open(":memory:")
    for _, _, name, _, article in sorted(events, key=lambda event: event[:4]):
        if article is None:
            rec.retract(name)
        else:
            rec.add([article])
    return rec


def candidates(world: World, source: Article, at: datetime) -> set[str]:
    rows = np.flatnonzero(world.candidates(world.query(source, at)))
    ids = [world.mirror.corpus.ids[row] for row in rows]
    assert len(set(ids)) == len(ids)
    return set(ids)


def draft_terms(world: World) -> list[int]:
    """Give the terms of the draft as the world knows them now."""
    terms: list[int] = world.mirror.analyzer.draft(DRAFT, "de").terms.tolist()
    return terms


def shown(system: Recommends, source: Article, at: datetime, k: int = 20) -> list[str]:
    return list(system.recommend(source, at, k))


@settings(max_examples=40)
@given(histories(), st.lists(_HOURS, min_size=1, max_size=4).map(sorted))
def test_what_may_be_shown_is_what_a_naive_model_calls_live(
    history: History, moments: Sequence[datetime]
) -> None:
    archive = Archive(*history)
    with closing(World(archive)) as world:
        for at in moments:
            world.advance(at)
            live = by_hand(history, at).keys()
            assert candidates(world, DRAFT, at) == live
            assert {name for name in archive.ids if archive.is_live(name, at)} == live
            assert set(shown(Ranked(Newest(world)), DRAFT, at)) == live
            for name in archive.ids:
                source = archive.version(name, at)
                if source is not None:
                    assert candidates(world, source, at) == live - {name}
                    assert set(shown(Pipeline(world), source, at)) <= live - {name}


@settings(max_examples=25)
@given(histories(), st.lists(_HOURS, min_size=1, max_size=3).map(sorted))
def test_lists_are_those_of_a_site_that_was_fed_with_what_had_arrived(
    history: History, moments: Sequence[datetime]
) -> None:
    archive = Archive(*history)
    with closing(World(archive)) as world:
        for at in moments:
            world.advance(at)
            for policy in (Policy(), plain()):
                with fed_by_hand(history, at) as rec:
                    for name in archive.ids:
                        source = archive.version(name, at)
                        if source is None or name in archive.retractions:
                            continue
                        expected = rec.recommend(name, at=at, k=9, policy=policy).ids
                        assert shown(Pipeline(world, policy), source, at, 9) == list(expected)
                    expected = rec.recommend(DRAFT, at=at, k=9, policy=policy).ids
                    assert shown(Pipeline(world, policy), DRAFT, at, 9) == list(expected)


@settings(max_examples=40)
@given(histories(), st.lists(_HOURS, max_size=5).map(sorted), _HOURS)
def test_stops_on_the_way_change_nothing(
    history: History, stops: Sequence[datetime], at: datetime
) -> None:
    with closing(World(Archive(*history))) as direct, closing(World(Archive(*history))) as slow:
        for stop in stops:
            if stop <= at:
                slow.advance(stop)
                Ranked(Bm25(slow)).recommend(DRAFT, stop, 3)
        for world in (direct, slow):
            world.advance(at)
        for make in (lambda w: Ranked(TfIdf(w)), lambda w: Ranked(Bm25(w)), Pipeline):
            assert shown(make(direct), DRAFT, at) == shown(make(slow), DRAFT, at)


@settings(max_examples=40)
@given(histories(), _HOURS)
def test_document_frequencies_count_what_had_arrived(history: History, at: datetime) -> None:
    articles, retractions = history
    analyzer, counted = Analyzer(Vocabulary(), "de"), Counter[str]()
    standing: dict[str, Article] = {}
    for when, article in arrived(articles, at):
        if article.id not in retractions or when <= retractions[article.id]:
            standing[article.id] = article
    for article in standing.values():
        terms = analyzer.document(article, "de").terms
        counted.update(analyzer.vocabulary.terms[term] for term in terms)
    with closing(World(Archive(*history))) as world:
        world.advance(at)
        found = world.mirror.lexical.document_frequencies()
        known = world.mirror.vocabulary.terms
        assert {known[place]: n for place, n in enumerate(found) if n} == counted


def test_no_word_of_what_came_later_is_known() -> None:
    later = an_article("late", headline="Quittenernte", body="Quitten", published_at=hours(5))
    with closing(World(Archive([an_article("a"), later]))) as world:
        world.advance(hours(4))
        assert not any("quitt" in term for term in world.mirror.vocabulary.terms)
        assert "late" not in world.mirror.corpus.row_of
        world.advance(hours(5))
        assert any("quitt" in term for term in world.mirror.vocabulary.terms)


def test_an_article_is_found_under_the_topic_that_it_had_then() -> None:
    before = an_article("a", "theater", 0, 1, 2, published_at=hours(-9))
    after = an_article("a", "bruecke", 0, 3, 5, version=2, updated_at=hours(0))
    company = [an_article("b", "fussball", 1, 2), an_article("c", "fussball", 3, 4)]
    with closing(World(Archive([before, after, *company]))) as world:
        bridge = an_article("draft", "bruecke", 0, 1, 2)
        stage = an_article("draft", "theater", 0, 4, 6)
        for at, topic, other in ((hours(-1), stage, bridge), (hours(1), bridge, stage)):
            world.advance(at)
            policy = plain(relevance_floor=0.9)
            for system in (Ranked(TfIdf(world)), Ranked(Bm25(world)), Pipeline(world, policy)):
                assert shown(system, topic, at)[:1] == ["a"]
                assert "a" not in shown(system, other, at)


def test_a_source_is_known_by_its_id_only_in_the_version_of_the_moment() -> None:
    first = an_article("a", published_at=hours(0))
    second = an_article("a", headline="Neu", version=2, updated_at=hours(2))
    with closing(World(Archive([first, second]))) as world:
        world.advance(hours(-1))
        assert world.source(first, hours(-1)) == first
        world.advance(hours(1))
        assert world.source(first, hours(1)) == "a"
        assert world.source(second, hours(1)) == second
        world.advance(hours(2))
        assert world.source(second, hours(2)) == "a"
        assert world.source(first, hours(2)) == first


def test_a_source_with_its_leak_cut_out_is_read_without_the_leak() -> None:
    source = an_article("a", "bruecke", 0, 1, published_at=hours(-1))
    leaking = an_article(
        "a", "bruecke", 0, 1, published_at=hours(-1), body=f"{source.body} Oper Bühne Tenor"
    )
    other = an_article("b", headline="Oper Bühne Tenor", body="", published_at=hours(-2))
    with closing(World(Archive([leaking, other]))) as world:
        world.advance(NOON)
        for system in (Ranked(TfIdf(world)), Ranked(Bm25(world))):
            assert shown(system, leaking, NOON) == ["b"]
            assert shown(system, source, NOON) == []
        lexical = Pipeline(world).similarities
        assert lexical(leaking, ["b"])[0] > 0
        assert lexical(source, ["b"]) == [0]


def test_time_only_moves_forward() -> None:
    with closing(World(Archive([an_article("a")]))) as world:
        assert world.now == BEGINNING
        world.advance(NOON)
        world.advance(NOON)
        with pytest.raises(InvalidQuery, match="a world only moves forward: it stands at"):
            world.advance(NOON - timedelta(microseconds=1))
        assert world.now == NOON
        assert candidates(world, DRAFT, NOON) == {"a"}


def test_an_empty_world_answers_with_nothing() -> None:
    with closing(World(Archive([]), split=hours(1))) as world:
        for at in (NOON, hours(2)):
            world.advance(at)
            for system in (Ranked(TfIdf(world)), Ranked(Bm25(world)), Pipeline(world)):
                assert shown(system, DRAFT, at) == []


def test_only_the_own_outlet_is_shown_where_that_is_asked_for() -> None:
    articles = [an_article("a"), an_article("b", source="Kurier"), an_article("c", source="")]
    with closing(World(Archive(articles), same_source=True)) as world:
        world.advance(NOON)
        assert candidates(world, DRAFT, NOON) == {"a"}
        assert shown(Pipeline(world), DRAFT, NOON) == ["a"]
        assert candidates(world, an_article("x", source="Kurier"), NOON) == {"b"}


def test_articles_in_another_language_are_no_candidates() -> None:
    english = an_article("b", language="", headline="The bridge is closed for the winter and more")
    articles = [an_article("a"), an_article("c", language="en-GB"), english]
    with closing(World(Archive(articles))) as world:
        world.advance(NOON)
        assert "a" in candidates(world, DRAFT, NOON)
        assert "c" not in candidates(world, DRAFT, NOON)
        assert candidates(world, an_article("x", language="en"), NOON) >= {"c"}


def test_the_site_language_is_assumed_where_none_can_be_told() -> None:
    nameless = an_article("a", headline="42", body="", language="")
    with closing(World(Archive([nameless]), language="fr")) as world:
        world.advance(NOON)
        assert candidates(world, an_article("x", language="fr"), NOON) == {"a"}
        assert candidates(world, DRAFT, NOON) == set()


def test_a_question_about_a_later_moment_is_not_answered_from_memory() -> None:
    articles = [an_article("a", published_at=hours(-3)), an_article("b", published_at=hours(-1))]
    with closing(World(Archive(articles))) as world:
        early = world.query(DRAFT, NOON)
        assert len(early.document.terms) > 0
        assert not world.candidates(early).any()
        world.advance(NOON)
        assert candidates(world, DRAFT, NOON) == {"a", "b"}
        now = world.query(DRAFT, NOON)
        assert now is world.query(DRAFT, NOON)
        assert now.document.terms.tolist() != early.document.terms.tolist()
        assert now.document.terms.tolist() == draft_terms(world)
        assert world.query(articles[0], NOON).row is not None


def test_what_arrives_without_a_fit_changes_the_answer_too() -> None:
    early = [an_article(f"a{n}", "fussball", n, published_at=hours(-3)) for n in range(8)]
    other = an_article("c", "theater", 1, published_at=hours(-1.5))
    late = an_article("b", "bruecke", 0, 3, 5, published_at=hours(-1))
    with closing(World(Archive([*early, other, late]))) as world:
        world.advance(hours(-2))
        model, before = world.mirror.model, draft_terms(world)
        assert world.query(DRAFT, NOON).document.terms.tolist() == before
        world.advance(NOON)
        assert world.mirror.model is model
        assert world.query(DRAFT, NOON).document.terms.tolist() == draft_terms(world) != before
        assert shown(Ranked(TfIdf(world)), DRAFT, NOON)[0] == "b"


def test_a_fit_without_an_arrival_changes_the_answer_too() -> None:
    articles, later = dated_filler(1_050), hours(2)  # the fit before was at 710
    with closing(World(Archive(articles), split=hours(1))) as world:
        world.advance(NOON - timedelta(minutes=200))
        world.advance(NOON)
        assert world.query(articles[0], later).semantic.shape == (0,)
        world.advance(later)
        assert world.fitted_until == hours(1)
        assert len(shown(Ranked(Latent(world)), articles[0], later)) == 20


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.5, 1.0, -1.0]), st.none() | st.integers(-5, 0)),
        min_size=1,
        max_size=10,
    ),
    st.integers(0, 2**32 - 1),
    st.integers(1, 12),
)
def test_the_best_come_by_score_then_newest_then_id(
    entries: list[tuple[float, int | None]], seed: int, k: int
) -> None:
    articles = [
        an_article(f"id-{number}", published_at=None if hour is None else hours(hour))
        for number, (_, hour) in enumerate(entries)
    ]
    with closing(World(Archive(articles))) as world:
        world.advance(NOON)
        ids = world.mirror.corpus.ids
        values = {f"id-{number}": score for number, (score, _) in enumerate(entries)}
        scores = np.array([values[name] for name in ids], np.float32)
        allowed = np.random.default_rng(seed).random(len(ids)) < 0.7
        date = {one.id: (one.published_at or BEGINNING).timestamp() for one in articles}
        expected = sorted(
            (name for name, fits in zip(ids, allowed, strict=True) if fits),
            key=lambda name: (-values[name], -date[name], name),
        )
        assert world.best(scores, allowed, NOON, k) == expected[:k]


def random_pairs(rec: Recommender) -> list[float]:
    return list(rec.mirror.site().calibration.lexical.tolist())


def dated_filler(count: int) -> list[Article]:
    """Give cheap articles, one each minute, the last one at noon."""
    return sorted(filler(count), key=lambda article: article.published_at or BEGINNING)


def test_a_newsroom_gives_the_lists_of_the_site_that_took_it_in() -> None:
    archive = Archive([one for one in demo.articles() if isinstance(one, Article)])
    policy = demo.policy()
    with closing(World(archive)) as world, Recommender.open(":memory:") as rec:
        world.advance(demo.NOW)
        world.recommender.refit()
        rec.add(found.article for found in archive.until(demo.NOW).arrivals() if found.article)
        assert random_pairs(world.recommender) == random_pairs(rec)
        assert len(random_pairs(rec)) > 1000
        for name in archive.ids[::5]:
            source = archive.version(name, demo.NOW)
            if source is not None:
                expected = rec.recommend(name, at=demo.NOW, k=8, policy=policy).ids
                assert shown(Pipeline(world, policy), source, demo.NOW, 8) == list(expected)


def test_lists_do_not_depend_on_what_else_was_asked() -> None:
    archive = Archive([one for one in demo.articles() if isinstance(one, Article)])
    sources = [archive.latest(name) for name in archive.ids if archive.is_live(name, demo.NOW)]
    found = []
    for step in (None, timedelta(hours=7), timedelta(days=30)):
        with closing(World(archive)) as world:
            at = demo.NOW - timedelta(days=90)
            while step is not None and at < demo.NOW:
                world.advance(at)
                at += step
            world.advance(demo.NOW)
            pipeline = Pipeline(world, demo.policy())
            lists = [shown(pipeline, source, demo.NOW, 5) for source in sources]
            pairs = pytest.approx(random_pairs(world.recommender), abs=1e-6)  # order of sums
            found.append((world.fitted_until, lists, pairs, random_pairs(world.recommender)))
    for until, lists, _, given_pairs in found[1:]:
        assert (until, lists) == found[0][:2]
        assert given_pairs == found[0][2]


def test_the_fit_follows_the_growth_of_the_site() -> None:
    articles = dated_filler(90)
    with closing(World(Archive(articles))) as world:
        n_fits = 0
        for minutes in range(-89, 1):
            at, before = NOON + timedelta(minutes=minutes), world.mirror.model
            world.advance(at)
            n_live, n_fitted = len(world.mirror.live_rows()), world.mirror.model.n_articles
            assert n_live == 90 + minutes
            assert n_live < 2 or n_fitted <= n_live < 1.5 * n_fitted
            if world.mirror.model is not before:
                n_fits += 1
                assert (world.fitted_until, n_fitted) == (at, n_live)
        assert 4 < n_fits < 12


@pytest.mark.parametrize("stops", [(), (-61,), (-80, -62, -60), (-60,)])
def test_nothing_is_fitted_from_the_split_on(stops: tuple[int, ...]) -> None:
    articles = dated_filler(90)
    split = NOON - timedelta(minutes=60)
    with closing(World(Archive(articles), split=split)) as world:
        for minutes in stops:
            world.advance(NOON + timedelta(minutes=minutes))
        n_seen, fits = [], []
        for minutes in (-50, -20, 0):
            at = NOON + timedelta(minutes=minutes)
            world.advance(at)
            assert world.fitted_until == split
            assert world.mirror.model.n_articles == 30
            n_seen.append(len(candidates(world, DRAFT, at)))
            fits.append(random_pairs(world.recommender))
        assert n_seen == [40, 70, 90]
        assert fits[0] == fits[1] == fits[2]


def test_the_fit_at_the_split_is_that_of_a_site_that_knew_no_more() -> None:
    articles = dated_filler(90)
    split = NOON - timedelta(minutes=60)
    with closing(World(Archive(articles), split=split)) as world:
        world.advance(NOON)
        with Recommender.open(":memory:") as rec:
            rec.add(one for one in articles if one.published_at and one.published_at <= split)
            rec.refit()
            assert random_pairs(world.recommender) == random_pairs(rec)


def test_before_the_split_a_world_is_fitted_as_a_site_is() -> None:
    with closing(World(Archive(dated_filler(40)), split=hours(1))) as world:
        world.advance(NOON)
        fitted = NOON - timedelta(minutes=13)
        assert (world.fitted_until, world.mirror.model.n_articles) == (fitted, 27)


def test_a_fit_is_made_once_at_the_split(monkeypatch: pytest.MonkeyPatch) -> None:
    fits, refit = [], Recommender.refit

    def counted(rec: Recommender) -> None:
        fits.append(len(rec.mirror.live_rows()))
        refit(rec)

    monkeypatch.setattr(Recommender, "refit", counted)
    split = NOON - timedelta(minutes=20)
    with closing(World(Archive(dated_filler(60)), split=split)) as world:
        world.advance(NOON)
    assert fits[-2:] == [27, 40]
    assert len(fits) == len(set(fits))


def test_the_latent_view_comes_from_before_the_split_and_sees_what_came_after() -> None:
    split = NOON - timedelta(minutes=50)
    with closing(World(Archive(dated_filler(1_100)), split=split)) as world:
        early = NOON - timedelta(minutes=150)
        world.advance(early)
        assert shown(Ranked(Latent(world)), dated_filler(1)[0], early) == []
        world.advance(split)
        model = world.mirror.model
        assert model.semantic.dimensions > 0
        assert model.n_articles == 1_050
        world.advance(NOON)
        assert world.mirror.model is model
        source = an_article("x", headline="wort3 thema3", body="silbe9 silbe12 silbe20")
        found = shown(Ranked(Latent(world)), source, NOON, 2_000)
        late = {f"f-{number}" for number in range(50)}
        assert late & set(found)
        assert len(found) > 200


def test_a_retraction_that_overtakes_its_article_holds() -> None:
    gone: Mapping[str, datetime] = {"a": hours(-5)}
    overtaken = an_article("a", "bruecke", 0, 1, 2, published_at=hours(-2))
    archive = Archive([overtaken, an_article("b", "bruecke", 2, 5, 6)], gone)
    with closing(World(archive)) as world:
        world.advance(NOON)
        assert candidates(world, DRAFT, NOON) == {"b"}
        assert "a" not in world.mirror.corpus.row_of
        assert world.source(overtaken, NOON) is overtaken
        for system in (Ranked(TfIdf(world)), Pipeline(world, plain(fill="newest"))):
            assert shown(system, overtaken, NOON) == ["b"]
