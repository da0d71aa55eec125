"""One list: checked against the store at the end, and honest about what it lacks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from newsroom import NOON, about, an_article, hours, plain
from relnews import Block, Recommender, Related
from relnews.lists import note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from relnews import Article
    from relnews.types import PlacedBy, Relation

RELATED = plain(relevance_floor=0.0, fill="newest")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Recommender, Recommender]]:
    """Give two recommenders on one file; the first has read all there is."""
    path = tmp_path / "news.db"
    with (
        Recommender.open(path, policy=RELATED) as first,
        Recommender.open(path, policy=RELATED) as second,
    ):
        first.add(about(f"b-{n}", published_at=hours(-3 * n - 1)) for n in range(8))
        first.add([an_article("o-1", "theater")])
        first.recommend("b-0", at=NOON)
        yield first, second


_CHANGES: list[Callable[[Recommender, Article], object]] = [
    lambda rec, article: rec.retract(article.id),
    lambda rec, article: rec.add([replace(article, version=2, status="withheld")]),
    lambda rec, article: rec.add([replace(article, version=2, embargo_until=hours(1))]),
    lambda rec, article: rec.add([replace(article, version=2, expires_at=NOON)]),
    lambda rec, article: rec.add([replace(article, version=2, never_recommend=True)]),
]


@pytest.mark.parametrize("change", _CHANGES)
@pytest.mark.parametrize("count", [1, 3])
def test_what_vanishes_while_a_list_is_made_is_not_on_it_and_the_next_takes_its_place(
    pair: tuple[Recommender, Recommender],
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Recommender, Article], object],
    count: int,
) -> None:
    rec, other = pair
    before = rec.recommend("b-0", at=NOON, k=7).ids
    for name in before[:count]:
        change(other, other.article(name))
    monkeypatch.setattr(rec._mirror, "refresh", lambda: None)
    assert rec.recommend("b-0", at=NOON, k=4).ids == before[count : count + 4]


def test_a_stale_mirror_never_shows_what_is_gone_however_much_is_gone(
    pair: tuple[Recommender, Recommender], monkeypatch: pytest.MonkeyPatch
) -> None:
    rec, other = pair
    gone = rec.recommend("b-0", at=NOON, k=6).ids
    for name in gone:
        other.retract(name)
    monkeypatch.setattr(rec._mirror, "refresh", lambda: None)
    for k in range(1, 9):
        assert not {*rec.recommend("b-0", at=NOON, k=k).ids} & {*gone}


def test_why_not_speaks_of_things_as_they_stand_when_it_is_asked(
    pair: tuple[Recommender, Recommender],
) -> None:
    rec, other = pair
    made = rec.recommend("b-0", at=NOON, k=1)
    other.add_rule(Block("b-3"))
    assert made.why_not("b-3") == "not eligible: blocked by a rule"


def test_a_shared_word_is_written_as_in_the_source_article() -> None:
    with Recommender.open(":memory:", policy=RELATED) as rec:
        rec.add([an_article("o-1", body="Die Brücken der Stadt kennt jeder.", headline="Brücken")])
        draft = an_article("draft", body="Eine BRÜCKE fehlt.", headline="Neubau am Ufer")
        assert rec.recommend(draft, at=NOON)[0].shared_words == ("BRÜCKE",)


def an_entry(placed_by: PlacedBy) -> Related:
    values: dict[str, Any] = dict.fromkeys(("score", "relevance", "freshness", "lexical"), 0.5)
    relation: Relation = "background" if placed_by not in ("section", "newest") else "unrelated"
    return Related(
        article=about("b-0"), semantic=0.0, relation=relation, placed_by=placed_by, **values
    )


@pytest.mark.parametrize(
    ("placed", "k", "words"),
    [
        ((), 5, "0 of 5 related: fewer rather than unrelated ones"),
        (("score",), 2, "1 of 2 related: fewer rather than unrelated ones"),
        (("score", "pin", "quota"), 3, ""),
        (("score", "newest"), 2, "1 of 2 related: 1 filled with the newest"),
        (("section", "newest"), 2, "0 of 2 related: 2 filled with the newest"),
        (
            ("score", "section"),
            5,
            "1 of 5 related: 1 filled with the newest, then nothing was left",
        ),
    ],
)
def test_the_note_says_how_many_are_related_and_what_the_rest_is(
    placed: tuple[PlacedBy, ...], k: int, words: str
) -> None:
    assert note([an_entry(kind) for kind in placed], k) == words
