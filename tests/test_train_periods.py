"""Learning, choosing and measuring: three periods, none of which knows a later one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from relnews import Article
from relnews.errors import InvalidTruth
from relnews.train.periods import periods_of
from trainable import START, an_article, published

UNDATED = Article(id="old", headline="Ein alter Text")


def test_most_is_for_learning_then_some_for_choosing_and_the_rest_for_measuring() -> None:
    found = periods_of([*map(an_article, range(100)), UNDATED])
    assert (found.validation, found.test) == (published(59), published(70))


def test_a_moment_may_be_given() -> None:
    until = published(20) + timedelta(minutes=1)
    found = periods_of(map(an_article, range(100)), until)
    assert (found.validation, found.test) == (published(17), until)


def test_the_order_of_articles_does_not_matter() -> None:
    articles = [an_article(number) for number in range(50)]
    assert periods_of(articles) == periods_of(articles[::-1])


@pytest.mark.parametrize("until", [START, START - timedelta(1), START + timedelta(999)])
def test_there_must_be_articles_on_both_sides(until: object) -> None:
    with pytest.raises(InvalidTruth, match="both sides of the moment that training stops at"):
        periods_of(map(an_article, range(9)), until)  # type: ignore[arg-type]


@pytest.mark.parametrize("articles", [[], [UNDATED], [an_article(1)]])
def test_too_few_articles_are_refused(articles: list[Article]) -> None:
    with pytest.raises(InvalidTruth, match="both sides of the moment"):
        periods_of(articles)


def test_one_moment_before_the_test_is_not_enough() -> None:
    articles = [an_article(1), an_article(9)]
    with pytest.raises(InvalidTruth, match="at least two moments must lie before the test"):
        periods_of(articles, published(5))
