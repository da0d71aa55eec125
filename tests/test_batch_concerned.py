"""A list that stands on a replaced version is made again, whenever it was replaced."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from builders import NOON
from relnews import Article, Policy, Recommender
from relnews.batch import precompute as batch_precompute
from relnews.batch import run as batch_run

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

DEPTH = 2
WORDS = [
    "brücke",
    "gutachten",
    "sanierung",
    "elmse",
    "stadtrat",
    "haushalt",
    "schule",
    "kita",
    "theater",
    "oper",
]


@pytest.fixture(autouse=True)
def small_pools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a list depend on three others, and let nothing be weighed or fitted meanwhile."""
    monkeypatch.setattr("relnews.rank.listing.FIRST_POOL", 3)
    monkeypatch.setattr("relnews.batch.retrieval.FIRST_POOL", 3)
    monkeypatch.setattr("relnews.fitting.WEIGH_GROWTH", 100)
    monkeypatch.setattr("relnews.fitting.REFIT_GROWTH", 100)


def an_article(number: int) -> Article:
    words = " ".join(WORDS[(number * step) % len(WORDS)] for step in (1, 3, 7, 9))
    return Article(
        id=f"a{number:02}",
        headline=words,
        body=f"{words} rathaus markt platz",
        published_at=NOON - timedelta(hours=number),
        language="de",
    )


def entries(rec: Recommender) -> dict[str, list[str]]:
    return {made.source_id: [row.target_id for row in made.rows] for made in rec.store.all_lists()}


@pytest.mark.parametrize(
    ("module", "step"), [(batch_run, "_write"), (batch_precompute, "run")], ids=["first", "last"]
)
def test_a_version_that_is_replaced_during_the_first_run_is_kept(
    module: ModuleType, step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the first lists are written, and after the last look for what is due."""
    policy = Policy(relevance_floor=0.5)
    with (
        Recommender.open(tmp_path / "news.db", policy=policy) as rec,
        Recommender.open(tmp_path / "news.db") as other,
    ):
        rec.add(map(an_article, range(20)))
        away = replace(an_article(3), headline="zoo affe", body="zoo affe tiger", version=2)
        do = getattr(module, step)

        def overtaken(*given: Any) -> Any:
            monkeypatch.setattr(module, step, do)
            if step == "_write":
                other.add([away])
                return do(*given)
            done = do(*given)
            other.add([away])
            return done

        monkeypatch.setattr(module, step, overtaken)
        rec.precompute(at=NOON, depth=DEPTH)
        if step == "run":
            assert any("a03" in ids for ids in entries(rec).values())
        rec.precompute(at=NOON, depth=DEPTH, changed_since=NOON)
        found = entries(rec)
        rec.precompute(at=NOON, depth=DEPTH, ids=list(found))
        assert found == entries(rec)
