"""The facts that all systems are held against are the same for all, and right."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsroom import NOON, TOPICS, an_article, hours
from relnews import Article, demo
from relnews.errors import UnknownArticle
from relnews.evaluate.archive import Archive
from relnews.evaluate.catalogue import Catalogue
from relnews.evaluate.truth import Chain, Event
from relnews.evaluate.world.baselines import Ranked, TfIdf
from relnews.evaluate.world.world import World


def test_a_catalogue_holds_the_last_versions() -> None:
    first, other = an_article("a"), an_article("b")
    second = replace(first, headline="Neu", version=2, updated_at=hours(4))
    catalogue = Catalogue(Archive([first, other, second]))
    assert len(catalogue) == 2
    assert ("a" in catalogue, "x" in catalogue) == (True, False)
    assert catalogue.article("a") == second
    with pytest.raises(UnknownArticle, match="it has no 'x'"):
        catalogue.article("x")


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(TOPICS)),
            st.lists(st.integers(0, 7), min_size=1, max_size=4, unique=True),
            st.integers(1, 2),
        ),
        min_size=1,
        max_size=7,
    )
)
def test_similarity_is_the_lexical_cosine_once_everything_has_arrived(
    texts: list[tuple[str, list[int], int]],
) -> None:
    articles = []
    for number, (topic, sentences, versions) in enumerate(texts):
        first = an_article(f"a{number}", "fussball", 0, published_at=hours(-number))
        last = an_article(f"a{number}", topic, *sentences, version=2, updated_at=hours(1))
        articles += [first, last][:versions]
    archive = Archive(articles)
    ids = archive.ids
    with closing(World(archive)) as world:
        world.advance(hours(2))
        lexical = Ranked(TfIdf(world))
        expected = [lexical.similarities(archive.latest(name), ids) for name in ids]
    np.testing.assert_allclose(Catalogue(archive).similarity(ids), expected, atol=1e-5)


def test_similarity_is_the_lexical_cosine_in_the_sample_newsroom() -> None:
    archive = Archive(article for article in demo.articles() if isinstance(article, Article))
    catalogue, ids = Catalogue(archive), archive.ids[::12]
    with closing(World(archive)) as world:
        world.advance(max(map(archive.arrived_at, archive.ids)))
        lexical = Ranked(TfIdf(world))
        expected = [lexical.similarities(archive.latest(name), ids) for name in ids]
    found = catalogue.similarity(ids)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert found.dtype == np.float32
    assert found.shape == (len(ids), len(ids))


def test_similarity_is_symmetric_bounded_and_in_the_order_asked_for() -> None:
    archive = Archive(an_article(f"a{n}", "theater", n % 8, (n + 2) % 8) for n in range(9))
    catalogue = Catalogue(archive)
    whole = catalogue.similarity(archive.ids)
    np.testing.assert_allclose(whole, whole.T)
    np.testing.assert_allclose(np.diag(whole), 1, atol=1e-6)
    assert whole.min() >= 0
    assert whole.max() <= 1
    some = catalogue.similarity(["a7", "a2", "a7"])
    np.testing.assert_array_equal(some, whole[np.ix_([7, 2, 7], [7, 2, 7])])
    assert catalogue.similarity([]).shape == (0, 0)


@pytest.mark.parametrize(
    ("published", "updated", "at", "age"),
    [
        (0, None, 0, 0.0),
        (0, None, 2.5, 2.5),
        (0, 3, 2, 2.0),
        (0, 3, 3, 0.0),
        (0, 3, 5, 2.0),
        (0, -3, 5, 5.0),
        (0, None, -1, nan),
        (0, -3, -1, 2.0),
        (None, 3, 4, 1.0),
        (None, 3, 2, nan),
        (None, None, 0, nan),
    ],
)
def test_age_runs_from_the_date_as_it_was_known(
    published: float | None, updated: float | None, at: float, age: float
) -> None:
    article = an_article(
        "a",
        published_at=None if published is None else hours(published),
        updated_at=None if updated is None else hours(updated),
    )
    found = Catalogue(Archive([article])).age_hours("a", hours(at))
    assert found == age or (isnan(age) and isnan(found))


def test_age_is_that_of_the_version_of_the_moment() -> None:
    first = an_article("a", published_at=hours(0))
    second = replace(first, version=2, updated_at=hours(6))
    third = replace(second, version=3, published_at=hours(2), updated_at=hours(7))
    catalogue = Catalogue(Archive([first, second, third]))
    ages = [catalogue.age_hours("a", hours(hour)) for hour in (1, 5, 6, 8)]
    assert ages == [1, 5, 0, 1]
    with pytest.raises(UnknownArticle):
        catalogue.age_hours("x", NOON)


def test_popularity_is_that_of_the_moment() -> None:
    events = [Event("u", "a", hours(n)) for n in (1, 2, 3)] + [Event("v", "b", hours(2))]
    catalogue = Catalogue(Archive([an_article("a"), an_article("b")]), events=events)
    assert [catalogue.popularity("a", hours(n)) for n in (0, 1, 1.5, 2.5, 9)] == [0, 0, 1, 2, 3]
    assert [catalogue.popularity("b", hours(n)) for n in (2, 3)] == [0, 1]
    assert [catalogue.n_events(hours(n)) for n in (0, 2, 2.5, 9)] == [0, 1, 3, 4]
    assert catalogue.popularity("x", hours(9)) == 0
    assert catalogue.knows_readers
    assert not Catalogue(Archive([])).knows_readers


def test_stories_are_known_by_their_articles() -> None:
    archive = Archive([an_article("a"), an_article("b")])
    catalogue = Catalogue(archive, [Chain("fire", ("a",)), Chain("flood", ())])
    assert [catalogue.story(name) for name in ("a", "b", "x")] == ["fire", "", ""]
    assert catalogue.knows_stories
    assert not Catalogue(archive).knows_stories


TEXT = "Die Prüfer kamen am Montag in die Stadt und fanden am Mittelpfeiler der Brücke zwei Risse."


def test_copies_are_known_by_their_wording() -> None:
    archive = Archive(
        [
            an_article("a", headline="Risse", body=TEXT),
            an_article("b", headline="Ganz anders", body=TEXT.replace("Stadt", "Altstadt")),
            an_article("c", headline="Risse", body="Die Brücke hat zwei Risse."),
        ]
    )
    catalogue = Catalogue(archive)
    assert [catalogue.is_copy("a", name) for name in "abc"] == [True, True, False]
    assert [catalogue.is_copy(name, "a") for name in "abc"] == [True, True, False]
    draft = an_article("draft", headline="Entwurf", body=TEXT)
    assert catalogue.are_copies(draft, archive.latest("b"))
    assert not catalogue.are_copies(draft, archive.latest("c"))
    with pytest.raises(UnknownArticle):
        catalogue.is_copy("a", "x")


def test_copies_are_judged_by_the_last_version() -> None:
    first = an_article("b", body=TEXT)
    second = replace(first, body="Ein Dirigent übernimmt das Orchester.", version=2)
    archive = Archive([an_article("a", body=TEXT), first, second])
    catalogue = Catalogue(archive)
    assert not catalogue.is_copy("a", "b")
    assert catalogue.are_copies(archive.latest("a"), first)


def test_the_copies_of_the_sample_newsroom_are_its_duplicates() -> None:
    archive = Archive(article for article in demo.articles() if isinstance(article, Article))
    catalogue = Catalogue(archive)
    found = {(one, other) for one, other, _, _ in demo.relations() if catalogue.is_copy(one, other)}
    duplicates = {(one, other) for one, other, kind, _ in demo.relations() if kind == "duplicate"}
    assert found <= duplicates
    assert len(found) == 12
