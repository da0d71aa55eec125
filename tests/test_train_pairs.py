"""Pairs to learn from: each kind of them, and never anything of a later time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from relnews.errors import InvalidTruth
from relnews.evaluate import Archive, EditorLinks, Event, Truth
from relnews.train import KINDS, Pair, make_pairs, require_kinds
from relnews.train.pairs import text_of
from trainable import an_article, published, site

if TYPE_CHECKING:
    from relnews import Article

A, B, C = (an_article(number) for number in range(3))
NEVER = published(10_000)


def pairs_of(truth: Truth, *articles: Article, **given: object) -> list[Pair]:
    until = given.pop("until", NEVER)
    return list(make_pairs(truth, Archive(articles), until, **given))  # type: ignore[arg-type]


def test_a_headline_goes_with_its_text_which_does_not_begin_with_it() -> None:
    again = replace(A, teaser="Kurz.", body="Text.")
    assert pairs_of(Truth(), again) == [Pair(A.headline, "Kurz.\nText.", "headline")]
    quoted = replace(A, body=f"{A.headline}\nText.")
    assert pairs_of(Truth(), quoted) == [Pair(A.headline, "Text.", "headline")]
    assert pairs_of(Truth(), replace(A, body=A.headline)) == []
    assert pairs_of(Truth(), replace(A, body="")) == []


def test_a_link_joins_whole_articles_without_the_words_of_the_link() -> None:
    plain = Truth(links=(EditorLinks("1", ("0", "99", "1")),))
    assert pairs_of(plain, A, B, kinds=["links"]) == [Pair(text_of(B), text_of(A), "links")]
    inside = Truth(links=(EditorLinks("1", ("0",), body="Ohne Link."),))
    anchor = f"{B.headline}\nOhne Link."
    assert pairs_of(inside, A, B, kinds=["links"]) == [Pair(anchor, text_of(A), "links")]


def test_reads_join_what_two_readers_turned_to() -> None:
    events = [
        Event(user, name, published(5) + timedelta(minutes=minute))
        for user in ("anna", "bert")
        for minute, name in enumerate(("0", "2", "99"))
    ]
    found = pairs_of(Truth(events=tuple(events)), A, B, C, kinds=["reads"])
    assert found == [Pair(text_of(A), text_of(C), "reads")]


def test_versions_of_one_article_teach_nothing() -> None:
    copy = replace(B, headline=A.headline.upper() + "!")
    truth = Truth(links=(EditorLinks("1", ("0",)),))
    assert pairs_of(truth, A, copy, kinds=["links"]) == []


def test_doubles_are_one_pair() -> None:
    truth = Truth(links=(EditorLinks("1", ("0",)), EditorLinks("1", ("0", "0"))))
    assert len(pairs_of(truth, A, B, kinds=["links"])) == 1


def test_an_undated_article_was_there_from_the_beginning() -> None:
    old = replace(A, published_at=None)
    assert len(pairs_of(Truth(), old)) == 1
    assert pairs_of(Truth(), old, since=published(0)) == []
    truth = Truth(links=(EditorLinks("0", ("1",)),))
    assert pairs_of(truth, old, B, kinds=["links"]) == []  # nobody knows when it was set


def test_what_was_taken_back_is_not_learned_from() -> None:
    archive = Archive([A, B], {"0": published(3)})
    assert len(make_pairs(Truth(), archive, published(3))) == 2
    assert len(make_pairs(Truth(), archive, published(4))) == 1


def test_the_version_of_the_time_is_read() -> None:
    later = replace(A, body="Neu.", updated_at=published(5), version=2)
    archive = Archive([A, later])
    assert make_pairs(Truth(), archive, published(5))[0].positive == A.body
    assert make_pairs(Truth(), archive, published(6))[0].positive == "Neu."


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", [40, 41])
def test_nothing_of_a_later_time_is_in_the_pairs(kind: str, number: int) -> None:
    """The pairs of a time are those of a site that ended then, whatever came after."""
    data, until = site(80), published(number)
    whole = make_pairs(data.truth, Archive(data.articles), until, kinds=[kind])  # type: ignore[list-item]
    truth = Truth(
        links=tuple(one for one in data.truth.links if int(one.source_id) < number),
        events=tuple(one for one in data.truth.events if one.at < until),
    )
    alone = make_pairs(truth, Archive(data.articles[:number]), until, kinds=[kind])  # type: ignore[list-item]
    assert whole
    assert whole == alone


@pytest.mark.parametrize("kind", KINDS)
def test_periods_share_no_pair_and_leave_out_none(kind: str) -> None:
    data, (first, second) = site(80), (published(30), published(60))
    archive = Archive(data.articles)
    before, after, both = (
        {pair.anchor for pair in make_pairs(data.truth, archive, until, kinds=[kind], **since)}  # type: ignore[list-item]
        for until, since in ((first, {}), (second, {"since": first}), (second, {}))
    )
    assert before
    assert after
    assert not before & after
    assert before | after == both


def test_kinds_are_named_in_one_order() -> None:
    assert require_kinds([]) == KINDS
    assert require_kinds(["headline", "links"]) == ("links", "headline")
    with pytest.raises(InvalidTruth, match="must be of links, reads, headline, got likes"):
        require_kinds(["links", "likes"])


def test_old_articles_that_are_linked_or_read_later_are_later_pairs() -> None:
    read = [Event(user, name, published(9)) for user in ("anna", "bert") for name in ("0", "2")]
    truth = Truth(links=(EditorLinks("1", ("0",), at=published(9)),), events=tuple(read))
    kinds = ["links", "reads"]
    assert pairs_of(truth, A, B, C, kinds=kinds, until=published(9)) == []
    found = pairs_of(truth, A, B, C, kinds=kinds, since=published(9))
    assert [pair.kind for pair in found] == kinds
