"""A panel gives the lists of the library, whatever it remembers."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from relnews.evaluate.archive import Archive
from relnews.evaluate.world.baselines import Pipeline
from relnews.evaluate.world.panel import Member, Panel
from relnews.evaluate.world.world import RememberingIndex, World
from relnews.policy import Policy
from relnews.rank.diversity import Dpp, Mmr
from relnews.rank.rules import Block, NoList, Pin
from relnews.types import Article

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from relnews.embed.document import Document
    from relnews.query import Query

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORDS = ("Brücke", "Sperrung", "Gutachten", "Elmse", "Umleitung", "Pfeiler", "Sanierung", "Behelf")
POLICIES = (
    Policy(),
    Policy(half_life_hours=6.0, freshness_floor=0.0),
    Policy(half_life_hours=1000.0, selector=Mmr(0.5)),
    Policy(relevance_floor=0.99, fill="none"),
    Policy(relevance_zero=0.0, max_same_story=1),
    Policy(semantic_weight=0.4, selector=Dpp(0.4)),
    Policy(section_half_life_hours={"Stadt": 500.0}, same_source=True),
)


def article(number: int) -> Article:
    """Every text shares some words with others, and has most for itself."""
    shared = [WORDS[(number * step) % len(WORDS)] for step in range(1, 4)]
    own = " ".join(f"wort{number * 31 + place * 7}" for place in range(9))
    return Article(
        id=f"a{number:02}",
        headline=f"{shared[0]} und {shared[1]} im Viertel {number % 5}",
        body=f"{' '.join(shared)} {own} aus der Altstadt",
        section=("Stadt", "Land")[number % 2],
        source=("Kurier", "Anzeiger")[number % 3 == 0],
        language="de",
        published_at=NOON + timedelta(hours=3 * number),
    )


def an_archive() -> Archive:
    """Articles with everything that can happen to them."""
    articles = [article(number) for number in range(40)]
    articles[5] = replace(articles[5], no_list=True)
    articles[7] = replace(articles[7], never_recommend=True)
    late = NOON + timedelta(hours=90, microseconds=700_000)
    articles[9] = replace(articles[9], embargo_until=late)
    articles[11] = replace(articles[11], expires_at=NOON + timedelta(hours=80))
    updated = replace(articles[3], version=2, updated_at=NOON + timedelta(hours=70))
    retractions = {"a04": NOON + timedelta(hours=60), "a20": NOON + timedelta(hours=200)}
    return Archive([*articles, updated], retractions)


@pytest.mark.parametrize("same_source", [False, True])
def test_a_panel_gives_the_lists_of_the_library(same_source: bool) -> None:  # noqa: FBT001
    archive = an_archive()
    with closing(World(archive, same_source=same_source)) as world:
        panel, n_entries = Panel(world), 0
        for hours in (0, 3, 30, 69, 71, 90, 121, 240):
            at = NOON + timedelta(hours=hours, microseconds=200_000)
            world.advance(at)
            stored = [name for name in ("a02", "a03", "a05") if archive.is_live(name, at)]
            sources = [version for name in stored if (version := archive.version(name, at))]
            draft = replace(article(6), body="Die Brücke über die Elmse, ein Gutachten")
            for source in (*sources, draft):
                for policy in POLICIES:
                    wanted = list(Pipeline(world, policy).recommend(source, at, 8))
                    assert list(panel.recommend(policy, source, at, 8)) == wanted
                    n_entries += len(wanted)
        assert n_entries > 500


def test_a_panel_obeys_the_rules_of_the_world() -> None:
    with closing(World(an_archive())) as world:
        world.advance(NOON + timedelta(hours=240))
        world.recommender.add_rule(Block("a30"))
        world.recommender.add_rule(Pin("a02", "a01", position=2))
        world.recommender.add_rule(NoList("a08"))
        world.mirror.refresh()
        panel = Panel(world)
        for name in ("a02", "a08", "a10", "a04"):
            source = world.archive.latest(name)
            for policy in POLICIES[:3]:
                wanted = list(Pipeline(world, policy).recommend(source, world.now, 8))
                assert list(panel.recommend(policy, source, world.now, 8)) == wanted


def test_similarities_are_looked_up_once_for_all_members(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(World(an_archive())) as world:
        world.advance(NOON + timedelta(hours=240))
        asked: list[Document] = []
        view = world.mirror.lexical
        found = view.similarities

        def similarities(document: Document) -> npt.NDArray[np.float32]:
            asked.append(document)
            return found(document)

        monkeypatch.setattr(view, "similarities", similarities)
        panel = Panel(world)
        members = [Member(panel, policy) for policy in POLICIES]
        for source in (article(1), article(2)):
            for member in members:
                member.recommend(source, world.now, 5)
        assert len(asked) == 2


def test_the_index_forgets_another_document() -> None:
    with closing(World(an_archive())) as world:
        world.advance(NOON + timedelta(hours=240))
        site = world.mirror.site()
        index = RememberingIndex(site.corpus, site.lexical, site.vectors)
        queries: list[Query] = [world.query(article(number), world.now) for number in (1, 2, 1)]
        for query in queries:
            lexical, semantic = index.similarities(query)
            wanted = site.index.similarities(query)  # type: ignore[attr-defined]
            assert (lexical == wanted[0]).all()
            assert (semantic == wanted[1]).all()
