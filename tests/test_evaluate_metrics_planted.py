"""Bad recommenders, planted: each looks good to some metric, and another one gives it away."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cache
from math import isfinite, isnan
from typing import TYPE_CHECKING

import numpy as np
import pytest

from relnews import demo
from relnews.evaluate.archive import Archive
from relnews.evaluate.catalogue import Catalogue
from relnews.evaluate.judged import Judged
from relnews.evaluate.metrics import (
    MRR,
    NDCG,
    AgeQuantile,
    CatalogueCoverage,
    EmptyLists,
    Gini,
    HubSkew,
    IntraListDiversity,
    NearDuplicates,
    Recall,
    SourceDuplicates,
    Violations,
    split,
    standard,
)
from relnews.evaluate.truth import Question
from relnews.types import Article

if TYPE_CHECKING:
    from collections.abc import Callable

    from relnews.evaluate.protocols import ListMetric

K = 5


@cache
def catalogue() -> Catalogue:
    """Give the sample newsroom, and a copy of each article as an agency feed would bring it."""
    made = [article for article in demo.articles() if isinstance(article, Article)]
    return Catalogue(Archive(made + [replace(one, id=copy_of(one.id)) for one in made]))


def copy_of(article_id: str) -> str:
    return f"{article_id} (feed)"


@cache
def live() -> list[str]:
    """Give what may be shown on the morning of the sample newsroom, newest first, no copies."""
    archive = catalogue().archive
    originals = [name for name in archive.ids if copy_of(name) in archive]
    found = [name for name in originals if archive.is_live(name, demo.NOW)]
    return sorted(found, key=lambda name: catalogue().age_hours(name, demo.NOW))


@cache
def questions() -> list[Question]:
    gains: dict[str, dict[str, float]] = defaultdict(dict)
    for source, target, _, gain in demo.relations():
        if gain > 0:
            gains[source][target] = gain
    return [
        Question(source=catalogue().article(name), at=demo.NOW, gains=found)
        for name, found in sorted(gains.items())
    ]


def sensible(source: str) -> list[str]:
    """Give the live articles most like the source, without copies of it or of each other."""
    order = np.argsort(-catalogue().similarity([source, *live()])[0, 1:], kind="stable")
    kept: list[str] = []
    for name in (live()[place] for place in order.tolist()):
        if not any(name == to or catalogue().is_copy(name, to) for to in (source, *kept)):
            kept.append(name)
        if len(kept) == K:
            break
    return kept


def same_five(_: str) -> list[str]:
    """Give five articles of the archive, whatever the reader reads."""
    return live()[40:45]


def newest(source: str) -> list[str]:
    return [name for name in live() if name != source][:K]


def doubled(source: str) -> list[str]:
    """Give the best articles, each with its copy."""
    return [name for best in sensible(source) for name in (best, copy_of(best))][:K]


def careless(source: str) -> list[str]:
    """Give what resembles the source most, itself and the withdrawn included."""
    ids = [name for name in catalogue().archive.ids if copy_of(name) in catalogue()]
    order = np.argsort(-catalogue().similarity([source, *ids])[0, 1:], kind="stable")
    return [ids[place] for place in order[:K].tolist()]


def silent(_: str) -> list[str]:
    return []


@cache
def lists_of(recommend: Callable[[str], list[str]]) -> list[Judged]:
    return [
        Judged(question, tuple(recommend(question.source.id)), K, catalogue())
        for question in questions()
    ]


def mean(metric: ListMetric, recommend: Callable[[str], list[str]]) -> float:
    values = [metric.of(judged) for judged in lists_of(recommend)]
    return float(np.mean([value for value in values if not isnan(value)]))


def test_the_sensible_lists_are_sensible() -> None:
    assert len(questions()) > 50
    assert mean(NDCG(K), sensible) > 0.5
    assert mean(Violations(K), sensible) == 0
    assert mean(NearDuplicates(K), sensible) == 0
    assert mean(SourceDuplicates(K), sensible) == 0


def test_always_the_same_five_are_exposed_by_gini_coverage_and_hub_skew() -> None:
    """They repeat nothing within a list, and are as diverse as can be."""
    assert mean(IntraListDiversity(K), same_five) > mean(IntraListDiversity(K), sensible)
    assert mean(NearDuplicates(K), same_five) == 0
    here, there = lists_of(same_five), lists_of(sensible)
    assert Gini(K).of_run(here) > 0.95 > Gini(K).of_run(there)
    assert CatalogueCoverage(K).of_run(here) < 0.05 < CatalogueCoverage(K).of_run(there)
    assert HubSkew(K).of_run(here) > 2 * HubSkew(K).of_run(there)


def test_always_the_newest_are_exposed_by_recall_and_their_age() -> None:
    """They break no rule and are as fresh as can be: suspiciously so."""
    assert mean(Violations(K), newest) == 0
    assert mean(Recall(K), newest) < 0.3 * mean(Recall(K), sensible)
    ages = [AgeQuantile(0.9, K).of_run(lists_of(system)) for system in (newest, sensible)]
    assert ages[0] < 0.2 * ages[1]


def test_always_duplicates_are_exposed_by_near_duplicates() -> None:
    """The best answer stands on top, so that the first hit is as early as ever."""
    assert mean(MRR(K), doubled) > 0.9 * mean(MRR(K), sensible)
    assert mean(Violations(K), doubled) == 0
    assert mean(NearDuplicates(K), doubled) == pytest.approx(2 / K)
    assert mean(IntraListDiversity(K), doubled) < mean(IntraListDiversity(K), sensible)


def test_carelessness_is_exposed_by_violations_and_source_duplicates() -> None:
    assert mean(Violations(K), careless) >= 1
    assert mean(SourceDuplicates(K), careless) >= 0.2


def test_silence_is_exposed_by_empty_lists_and_every_accuracy() -> None:
    assert mean(EmptyLists(), silent) == 1
    for metric in split(standard(K, 60.0))[0][:6]:
        assert mean(metric, silent) == 0


@pytest.mark.parametrize("recommend", [sensible, same_five, newest, doubled, careless, silent])
def test_nothing_crashes_on_any_of_them(recommend: Callable[[str], list[str]]) -> None:
    """Nor on ids that nobody knows."""
    of_lists, of_runs = split(standard(K, 60.0))
    strange = [
        Judged(judged.question, ("?", *judged.ids, "?")[: K + 1], K, catalogue())
        for judged in lists_of(recommend)
    ]
    for lists in (lists_of(recommend), strange):
        for metric in of_runs:
            value = metric.of_run(lists)
            assert isfinite(value) or isnan(value)
        for one in of_lists:
            assert all(isfinite(value) or isnan(value) for value in map(one.of, lists))
