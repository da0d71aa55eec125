"""Plain lists: which are, and that nothing they leave out could have mattered."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from newsroom import NOON, filler, hours, plain
from relnews import Article, Block, Cap, Dpp, Mmr, Pin, Recommender, Separate
from relnews.batch import Task
from relnews.batch.making import Maker
from relnews.batch.plain import PlainLists
from test_batch_making import one_by_one

if TYPE_CHECKING:
    from relnews.policy import Policy
    from relnews.rank.rules import Rule

RELATED = plain(relevance_floor=0.0, selector=Mmr(0.3))
N_ARTICLES = 300


def plain_ids(policy: Policy = RELATED, *rules: Rule) -> set[str]:
    """Give the articles of a site whose lists are plain, and check each against a single list."""
    with Recommender.open(":memory:") as rec:
        rec.add(filler(N_ARTICLES))
        rec.add([replace(filler(1)[0], id="off", no_list=True)])
        for rule in rules:
            rec.add_rule(rule)
        rec.mirror.refresh()
        task = Task(NOON, 5, policy)
        made = PlainLists(rec.mirror, task).make([*rec.store.all_articles()])
        some = [name for name in ("f-3", *sorted(made)[::30]) if name in made]
        assert [made[name] for name in some] == one_by_one(rec, task, some)
        return {*made}


EVERY = {f"f-{number}" for number in range(N_ARTICLES)}


def test_with_enough_candidates_every_list_is_plain() -> None:
    for selector in (Mmr(0.0), Mmr(0.5), Dpp(0.4)):
        assert plain_ids(replace(RELATED, selector=selector)) == EVERY


def test_a_pin_concerns_its_list_and_a_cap_all() -> None:
    assert plain_ids(RELATED, Pin("f-3", "f-4", 1)) == EVERY - {"f-3"}
    assert plain_ids(RELATED, Cap("section", "Ressort 1", 1)) == set()


def first_entry() -> str:
    """Give what stands first under `f-3` while no rule is there."""
    with Recommender.open(":memory:", policy=RELATED) as rec:
        rec.add(filler(N_ARTICLES))
        return rec.recommend("f-3", at=NOON).ids[0]


def test_what_is_blocked_under_an_article_is_no_candidate_of_it() -> None:
    assert plain_ids(RELATED, Block(first_entry(), "f-3")) == EVERY
    assert plain_ids(RELATED, Block(first_entry())) == EVERY


def test_a_separated_article_is_no_candidate_of_the_other() -> None:
    found = plain_ids(RELATED, Separate("f-3", first_entry()))
    assert "f-3" in found
    assert len(found) < N_ARTICLES


def test_an_article_that_scores_nothing_by_its_age_may_still_be_chosen() -> None:
    """It is unlike what stands on the list, which weighs more than its score of 0."""

    def article(name: str, words: str, age: float) -> Article:
        return Article(
            id=name, headline=words, language="de", source="Tagblatt", published_at=hours(-age)
        )

    policy = plain(relevance_floor=0.0, freshness_floor=0.0, half_life_hours=1.0, selector=Mmr(0.9))
    with Recommender.open(":memory:") as rec:
        rec.add(
            [
                article("source", "Brücke Gutachten Haushalt Stadtrat", 1),
                article("first", "Brücke Gutachten Stadtrat Elmse Pfeiler", 1),
                article("second", "Brücke Gutachten Stadtrat Elmse Träger", 2),
                article("old", "Haushalt Oper Tenor", 2_000),
            ]
        )
        task = Task(NOON, 2, policy)
        made = Maker(rec.store, rec.mirror, nullcontext(), task).make(["source"])
        assert made == one_by_one(rec, task, ["source"])
        assert [row.target_id for row in made[0].rows] == ["first", "old"]
