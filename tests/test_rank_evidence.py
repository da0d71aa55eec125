"""The evidence of lists in blocks: the parts and words that a list of its own has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from newsroom import NOON, about, an_article, filler, hours, plain
from relnews import Policy, Recommender
from relnews.rank.edition import Edition
from relnews.rank.evidence import BlockEvidence, ListRows
from relnews.rank.reasons import spellings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from relnews import RelatedList

K = 6
POLICY = plain(story_similarity=0.5, semantic_weight=0.3)
PARTS = ("score", "relevance", "freshness", "lexical", "semantic", "relation", "reason")


@pytest.fixture(params=[12, 1_000])
def rec(request: pytest.FixtureRequest) -> Iterator[Recommender]:
    """Give a site without and with a semantic view."""
    with Recommender.open(":memory:", policy=POLICY) as recommender:
        recommender.add(
            [
                *(about(f"b-{n}", published_at=hours(-17 * n)) for n in range(9)),
                about("b-9", published_at=None),
                an_article("o-1", "theater"),
                about("b-10", headline="Am 3. Oktober 2026: 50 Busse", published_at=hours(-2)),
                *filler(request.param),
            ]
        )
        recommender.mirror.refresh()
        yield recommender


def columns(made: RelatedList) -> dict[str, tuple[Any, ...]]:
    """Give a list as its columns."""
    own = {name: tuple(getattr(entry, name) for entry in made) for name in PARTS}
    words = tuple(entry.shared_words for entry in made)
    return own | {"target_ids": made.ids, "shared_words": words}


def rows_of(found: ListRows) -> dict[str, tuple[Any, ...]]:
    return {name: getattr(found, name) for name in ListRows.__dataclass_fields__}


def test_the_evidence_is_that_of_a_list_of_its_own(rec: Recommender) -> None:
    mirror, names = rec.mirror, ["b-0", "b-3", "b-9", "b-10", "f-3"]
    lists = [rec.recommend(name, at=NOON, k=K) for name in names]
    lists = [made for made in lists if len(made) == K]
    assert len(lists) >= 4
    edition = Edition(mirror.site(), POLICY, mirror.rules, int(NOON.timestamp()))
    sources = np.array([mirror.corpus.row_of[made.source_id] for made in lists])
    rows = np.array([[mirror.corpus.row_of[name] for name in made.ids] for made in lists])
    evidence = BlockEvidence(edition, sources, edition.dates[sources], rows)
    for number, made in enumerate(lists):
        spelt = spellings(rec.article(made.source_id), mirror.analyzer.written("de"))
        assert rows_of(evidence.list_rows(number, spelt, mirror.vocabulary.terms)) == columns(made)
    assert {entry.relation for made in lists for entry in made} >= {"same_story", "background"}
    assert any(entry.shared_words for made in lists for entry in made)


def test_a_copy_of_the_source_article_is_called_so(rec: Recommender) -> None:
    rec.add([about("c-3", published_at=hours(-3))])
    mirror = rec.mirror
    mirror.refresh()
    edition = Edition(mirror.site(), Policy(), mirror.rules, int(NOON.timestamp()))
    sources = np.array([mirror.corpus.row_of["b-3"]])
    rows = np.array([[mirror.corpus.row_of[name] for name in ("c-3", "o-1")]])
    evidence = BlockEvidence(edition, sources, edition.dates[sources], rows)
    assert evidence.list_rows(0, {}, mirror.vocabulary.terms).relation == (
        "duplicate",
        "unrelated",
    )
