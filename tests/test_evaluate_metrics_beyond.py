"""Diversity, novelty, serendipity: by hand, by bounds, and where they do not apply."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations
from math import isnan, log2
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom import NOON, an_article
from relnews.evaluate.archive import Archive
from relnews.evaluate.catalogue import Catalogue
from relnews.evaluate.judged import Judged
from relnews.evaluate.metrics import IntraListDiversity, Novelty, Serendipity
from relnews.evaluate.truth import Event, Question

if TYPE_CHECKING:
    from collections.abc import Iterable

ARTICLES = [
    an_article("s", "bruecke", 0, 1, 2, 3),
    an_article("same", "bruecke", 0, 1, 2, 3),
    an_article("near", "bruecke", 0, 1, 4, 5),
    an_article("far", "theater", 0, 1, 2, 3),
    an_article("off", "fussball", 0, 1, 2, 3),
]
PLAIN = Catalogue(Archive(ARTICLES))
EVENTS = [
    Event(user, name, NOON - timedelta(hours=hour))
    for user, name, hour in (
        ("u", "near", 3),
        ("v", "near", 2),
        ("w", "near", 1),
        ("u", "far", 1),
        ("v", "far", -1),
    )
]
READ = Catalogue(Archive(ARTICLES), events=EVENTS)
IDS = st.lists(st.sampled_from(["s", "same", "near", "far", "off", "unknown"]), max_size=6)


def judged(
    ids: Iterable[str], right: Iterable[str] = (), catalogue: Catalogue = PLAIN, **source: Any
) -> Judged:
    article = an_article(source.get("source", "s"))
    question = Question(source=article, at=NOON, gains=dict.fromkeys(right, 1.0))
    return Judged(question, tuple(ids), 10, catalogue)


def cosine(first: str, second: str) -> float:
    return float(PLAIN.similarity([first, second])[0, 1])


@given(IDS, st.integers(1, 6))
def test_diversity_is_the_mean_over_pairs(ids: list[str], k: int) -> None:
    known = [name for name in ids[:k] if name != "unknown"]
    pairs = list(combinations(known, 2))
    found = IntraListDiversity(k).of(judged(ids))
    if not pairs:
        assert isnan(found)
        return
    naive = sum(1 - (1 if one == two else cosine(one, two)) for one, two in pairs) / len(pairs)
    assert found == pytest.approx(naive, abs=1e-6)
    assert 0 <= found <= 1


def test_the_same_text_is_not_diverse_and_other_subjects_are() -> None:
    assert IntraListDiversity(10).of(judged(["s", "same"])) == pytest.approx(0, abs=1e-6)
    assert IntraListDiversity(10).of(judged(["far", "far"])) == pytest.approx(0, abs=1e-6)
    subjects = IntraListDiversity(10).of(judged(["near", "far", "off"]))
    assert subjects > IntraListDiversity(10).of(judged(["near", "same", "s"]))
    assert subjects > 0.8


def test_diversity_reads_only_the_first_k() -> None:
    assert IntraListDiversity(2).of(judged(["s", "same", "off"])) == pytest.approx(0, abs=1e-6)


def test_novelty_counts_the_bits_of_what_was_read_before() -> None:
    """Four events before noon, five articles: near has (3 + 1) of nine, far (1 + 1)."""
    found = Novelty(10).of(judged(["near", "far", "unknown"], catalogue=READ))
    assert found == pytest.approx((log2(9 / 4) + log2(9 / 2)) / 2)
    assert Novelty(1).of(judged(["off"], catalogue=READ)) == pytest.approx(log2(9))


def test_novelty_needs_readers_and_entries() -> None:
    assert isnan(Novelty(10).of(judged(["near"])))
    assert isnan(Novelty(10).of(judged([], catalogue=READ)))
    assert isnan(Novelty(10).of(judged(["unknown"], catalogue=READ)))


@given(IDS.map(lambda ids: list(dict.fromkeys(ids))), st.integers(1, 6))
def test_serendipity_is_what_is_right_and_not_obvious(ids: list[str], k: int) -> None:
    right = ["same", "far", "unknown"]
    naive = sum(1 - cosine("s", name) for name in ids[:k] if name in ("same", "far")) / k
    assert Serendipity(k).of(judged(ids, right)) == pytest.approx(naive, abs=1e-6)


def test_an_obvious_answer_is_not_serendipitous() -> None:
    assert Serendipity(1).of(judged(["same"], ["same"])) == pytest.approx(0, abs=1e-6)
    assert Serendipity(1).of(judged(["far"], ["far"])) > 0.8
    assert Serendipity(1).of(judged(["far"], ["same"])) == 0.0


def test_a_repeated_answer_is_serendipitous_once() -> None:
    once = Serendipity(2).of(judged(["far"], ["far"]))
    assert Serendipity(2).of(judged(["far", "far"], ["far"])) == once


def test_serendipity_needs_truth_and_a_source() -> None:
    assert isnan(Serendipity(10).of(judged(["far"])))
    assert isnan(Serendipity(10).of(judged(["far"], ["far"], source="draft")))
    assert Serendipity(10).of(judged([], ["far"])) == 0.0
