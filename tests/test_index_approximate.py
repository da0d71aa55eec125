"""The approximate index against the exact one; what both keep is in `test_index_contract`."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from builders import AT, Row, a_case, a_query, a_site, add_row, ago
from crowds import N_WORDS, crowd, crowded_site
from relnews.errors import MissingExtra
from relnews.index import approximate
from relnews.index.approximate import ApproximateIndex
from relnews.index.exact import ExactIndex
from relnews.index.inverted_lists import InvertedLists
from relnews.index.recall import Question, recall
from relnews.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from relnews.rank.site import Site

N = 4_000
ALL = np.ones(N, bool)


def index_of(site: Site) -> ApproximateIndex:
    return ApproximateIndex(site.corpus, site.lexical, site.vectors)


def exact(site: Site) -> ExactIndex:
    return ExactIndex(site.corpus, site.lexical, site.vectors)


def questions(
    site: Site, asked: Iterable[Row], policy: Policy, eligible: np.ndarray, at: int = AT
) -> Iterator[Question]:
    for row in asked:
        case = a_case(site, a_query(row, site, at=at), policy)
        yield Question(case.query, case.score, eligible)


@pytest.mark.parametrize(
    "policy",
    [
        Policy(),
        Policy(semantic_weight=0.0),
        Policy(semantic_weight=0.5),
        Policy(freshness_floor=1.0),
        Policy(freshness_floor=0.0, half_life_hours=24),
        Policy(half_life_hours=24 * 30, section_half_life_hours={"": 24 * 5}),
        Policy(evergreen_freshness=0.9),
        Policy(relevance_floor=0.999),
    ],
)
@pytest.mark.parametrize("share", [1.0, 0.6])
def test_recall_on_a_site_of_topics(policy: Policy, share: float) -> None:
    rows, site = crowded_site(N)
    eligible = np.random.default_rng(2).random(N) < share
    asked = questions(site, rows[:40], policy, eligible)
    assert recall(_crowded_index(), exact(site), asked).mean() >= 0.95


@cache
def _crowded_index() -> ApproximateIndex:
    return index_of(crowded_site(N)[1])


def test_recall_at_a_moment_of_the_past_with_updates_that_had_not_happened() -> None:
    rows = [replace(row, updated=ago(5)) if n % 3 == 0 else row for n, row in enumerate(crowd(N))]
    site, at = a_site(rows), ago(24 * 200)
    eligible = np.array([row.published <= at for row in rows])
    asked = questions(site, rows[:40], Policy(), eligible, at=at)
    assert recall(index_of(site), exact(site), asked).mean() >= 0.95


def test_recall_for_drafts_of_few_words() -> None:
    _, site = crowded_site(N)
    drafts = [replace(row, words=dict([*row.words.items()][:5])) for row in crowd(40, seed=8)]
    asked = questions(site, drafts, Policy(), ALL)
    assert recall(_crowded_index(), exact(site), asked).mean() >= 0.95


def test_recall_without_a_latent_view() -> None:
    rows = [replace(row, vector=()) for row in crowd(N)]
    site = a_site(rows)
    asked = questions(site, rows[:40], Policy(), ALL)
    assert recall(index_of(site), exact(site), asked).mean() >= 0.95


def test_identical_articles_neither_hide_others_nor_their_own_newest() -> None:
    """They fill every place that is fetched by similarity; freshness must tell them apart."""
    rows = crowd(N)
    copies = [replace(rows[0], id=f"copy-{n}", published=ago(24 * (500 - n))) for n in range(400)]
    rows += copies
    site = a_site(rows)
    eligible = np.ones(len(rows), bool)
    asked = questions(site, [*rows[:40], *copies[:3]], Policy(), eligible)
    found = recall(index_of(site), exact(site), asked)
    assert found.mean() >= 0.95
    np.testing.assert_array_equal(found[[0, -3, -2, -1]], 1.0)


def test_rows_that_came_later_are_found_and_removed_ones_are_not() -> None:
    rows = crowd(N)
    site = a_site(rows)
    index = index_of(site)
    twin = replace(rows[0], id="twin", words={N_WORDS: 1}, published=ago(24 * 800))
    later = [*crowd(600, seed=3), twin]
    for row in later:
        add_row(site.corpus, row)
        site.lexical.append(row.document)
    vectors = np.concatenate([site.vectors, np.array([row.vector for row in later], np.float32)])
    index.extend(vectors)
    grown = replace(site, vectors=vectors)
    eligible = np.ones(len(vectors), bool)
    eligible[:300] = eligible[-300:] = False
    asked = questions(grown, later[:40], Policy(), eligible)
    assert recall(index, exact(grown), asked).mean() >= 0.95
    semantic = Policy(semantic_weight=1.0, freshness_floor=1.0)
    (question,) = questions(grown, rows[:1], semantic, np.arange(len(vectors)) > 0)
    assert index.search(*question, 1).rows.tolist() == [len(vectors) - 1]
    for question in questions(grown, later[:5], Policy(), eligible):
        rows_found = index.search(*question, 50).rows
        assert (rows_found >= N).any()
        assert eligible[rows_found].all()


def test_much_growth_makes_it_learn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    learnt = []

    def lists(vectors: np.ndarray) -> InvertedLists:
        learnt.append(len(vectors))
        return InvertedLists(vectors)

    monkeypatch.setattr(approximate, "InvertedLists", lists)
    rows = crowd(400)
    site = a_site(rows[:100])
    index = index_of(site)
    for row in rows[100:]:
        add_row(site.corpus, row)
        site.lexical.append(row.document)
    vectors = np.array([row.vector for row in rows], np.float32)
    for size in (100, 120, 150, 151, 152, 400):
        index.extend(vectors[:size])
    assert learnt == [100, 151, 400]


def test_the_same_rows_give_the_same_answer() -> None:
    rows, site = crowded_site(N)
    again = index_of(site)
    for question in questions(site, rows[:5], Policy(), ALL):
        first, second = (index.search(*question, 50) for index in (_crowded_index(), again))
        np.testing.assert_array_equal(first.rows, second.rows)


def test_without_faiss_it_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(MissingExtra, match=r"pip install 'relnews\[approximate\]'"):
        index_of(a_site([Row(id="a", words={0: 1})]))
