"""Ages, doublets, stories: what an editor sees at a glance."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom import NOON, an_article, hours
from relnews.errors import InvalidTruth
from relnews.evaluate.archive import Archive
from relnews.evaluate.catalogue import Catalogue
from relnews.evaluate.judged import Judged
from relnews.evaluate.metrics import (
    AgeQuantile,
    NearDuplicates,
    SameStory,
    ShareOlder,
    SourceDuplicates,
)
from relnews.evaluate.truth import Chain, Question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from relnews.evaluate.protocols import ListMetric

ARTICLES = [
    an_article("s", "bruecke", 0, 1, 2, 3),
    an_article("copy", "bruecke", 0, 1, 2, 3, headline="Die Brücke über die Elmse"),
    an_article("near", "bruecke", 0, 1, 4, 5, published_at=hours(-30)),
    an_article("before", "bruecke", 0, 1, 4, 6, published_at=hours(-400)),
    an_article("far", "theater", 0, 1, 2, 3, published_at=hours(-90)),
    an_article("fresh", "fussball", 0, 1, 2, published_at=hours(-80), updated_at=hours(-2)),
    an_article("undated", "fussball", 4, 5, 6, published_at=None),
]
ALL = [article.id for article in ARTICLES] + ["unknown"]
AGES = {"s": 1, "copy": 1, "near": 30, "before": 400, "far": 90, "fresh": 2}
PLAIN = Catalogue(Archive(ARTICLES))
CHAINED = Catalogue(
    Archive(ARTICLES), [Chain("Brücke", ("s", "far", "lost")), Chain("Oper", ("near",))]
)
IDS = st.lists(st.sampled_from(ALL), max_size=8)


def judged(ids: Iterable[str], catalogue: Catalogue = PLAIN, source: str = "s") -> Judged:
    question = Question(source=an_article(source), at=NOON)
    return Judged(question, tuple(ids), 10, catalogue)


@given(st.lists(IDS, max_size=4), st.integers(1, 8), st.sampled_from([0.0, 0.5, 0.9, 1.0]))
def test_age_quantiles_are_over_all_dated_entries(run: list[list[str]], k: int, q: float) -> None:
    ages = [AGES[name] for ids in run for name in ids[:k] if name in AGES]
    found = AgeQuantile(q, k).of_run([judged(ids) for ids in run])
    assert found == pytest.approx(np.quantile(ages, q)) if ages else isnan(found)


@given(IDS, st.integers(1, 8))
def test_older_is_a_share_of_the_dated(ids: list[str], k: int) -> None:
    ages = [AGES[name] for name in ids[:k] if name in AGES]
    found = ShareOlder(60, k).of(judged(ids))
    if ages:
        assert found == pytest.approx(np.mean([age > 60 for age in ages]))
    else:
        assert isnan(found)


def test_an_entry_as_old_as_the_limit_is_not_older() -> None:
    assert ShareOlder(30, 10).of(judged(["near"])) == 0.0
    assert ShareOlder(29.9, 10).of(judged(["near"])) == 1.0


@given(IDS, st.integers(1, 8))
def test_near_duplicates_are_copies_of_what_stands_above(ids: list[str], k: int) -> None:
    shown = ids[:k]

    def doubled(one: str, two: str) -> bool:
        known = one in PLAIN and two in PLAIN
        return one == two or (known and PLAIN.is_copy(one, two))

    naive = [any(doubled(above, name) for above in shown[:at]) for at, name in enumerate(shown)]
    found = NearDuplicates(k).of(judged(ids))
    assert found == pytest.approx(np.mean(naive)) if shown else isnan(found)


def test_copies_are_counted_once_each() -> None:
    assert NearDuplicates(10).of(judged(["s", "copy", "far", "far"])) == 0.5
    assert NearDuplicates(10).of(judged(["s", "near", "far", "fresh"])) == 0.0
    assert NearDuplicates(10).of(judged(["unknown", "unknown"])) == 0.5


def test_copies_of_the_source_are_what_was_just_read() -> None:
    assert SourceDuplicates(10).of(judged(["copy", "near", "far", "unknown"])) == 0.25
    assert SourceDuplicates(10).of(judged(["s", "copy"])) == 1.0
    assert SourceDuplicates(1).of(judged(["near", "copy"])) == 0.0
    assert isnan(SourceDuplicates(10).of(judged(["copy"], source="draft")))


def test_the_source_is_its_own_duplicate_even_without_words() -> None:
    """Nothing is like an article that has no words, not even itself."""
    wordless = Catalogue(Archive([an_article("s", headline="…", body="")]))
    assert not wordless.is_copy("s", "s")
    assert SourceDuplicates(10).of(judged(["s"], wordless)) == 1.0


def test_the_story_is_near_in_words_and_time() -> None:
    ids = ["copy", "near", "before", "far", "unknown"]
    assert SameStory(10).of(judged(ids)) == pytest.approx(2 / 5)
    assert SameStory(10, days=30).of(judged(ids)) == pytest.approx(3 / 5)
    assert SameStory(10, similarity=0.99).of(judged(ids)) == pytest.approx(1 / 5)
    assert SameStory(2).of(judged(ids)) == 1.0
    assert SameStory(10).of(judged(["undated"])) == 0.0


def test_known_chains_decide_alone() -> None:
    assert SameStory(10).of(judged(["copy", "near", "far", "lost"], CHAINED)) == 0.5
    assert isnan(SameStory(10).of(judged(["copy"], CHAINED, source="fresh")))


def test_an_unknown_source_has_no_story() -> None:
    assert isnan(SameStory(10).of(judged(["near"], source="draft")))
    assert SameStory(10).of(judged(["s", "near"], CHAINED, source="lost")) == 0.5


@pytest.mark.parametrize("make", [NearDuplicates, SourceDuplicates, SameStory])
def test_an_empty_list_has_no_shares(make: Callable[[int], ListMetric]) -> None:
    assert isnan(make(10).of(judged([])))
    assert make(10).of(judged(["unknown"])) == 0.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: AgeQuantile(1.5, 10), r"q must be in \[0, 1\], got 1.5"),
        (lambda: AgeQuantile(float("nan"), 10), r"q must be in \[0, 1\]"),
        (lambda: ShareOlder(0, 10), "hours must be a number greater than 0, got 0"),
        (lambda: ShareOlder(float("inf"), 10), "hours must be a number greater than 0"),
        (lambda: SameStory(10, similarity=2), r"similarity must be in \[0, 1\]"),
        (lambda: SameStory(10, days=-1), "days must be a number greater than 0"),
        (lambda: NearDuplicates(0), "k must be"),
        (lambda: SourceDuplicates(0), "k must be"),
    ],
)
def test_settings_out_of_range_are_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidTruth, match=message):
        make()
