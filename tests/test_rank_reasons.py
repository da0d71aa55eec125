"""The evidence of an entry: shared words as they are written, and one sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from relnews.rank.reasons import SHARED_WORDS, sentence, shared_terms, surface_forms
from relnews.types import Article, PlacedBy, Relation


def shared(source: list[float], *targets: list[float]) -> list[list[int]]:
    found = shared_terms(sp.csr_matrix(np.array([source])), sp.csr_matrix(np.array(targets)))
    return [terms.tolist() for terms in found]


def test_shared_terms_come_by_what_they_add_to_the_cosine() -> None:
    source = [0.9, 0.5, 0.1, 0.0, 0.3]
    assert shared(source, [0.1, 0.8, 0.9, 0.9, 0.0], [0.0, 0.0, 0.0, 1.0, 0.0]) == [[1, 0, 2], []]


def test_of_terms_that_add_the_same_the_older_goes_first() -> None:
    assert shared([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]) == [[0, 1, 2]]


def test_only_the_strongest_terms_are_kept_and_more_than_are_named() -> None:
    weights = [0.1 * (number + 1) for number in range(50)]
    (found,) = shared(weights, weights)
    assert SHARED_WORDS <= len(found) < 50
    assert found == list(range(49, 49 - len(found), -1))


def test_every_target_has_an_answer() -> None:
    assert shared([1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 0.0]) == [[], [0], []]


class Written(dict[str, int]):
    """Words as written, and -1 for those without a term."""

    def __missing__(self, word: str) -> int:
        return {"deich": 1, "deiche": 1, "flut": 2, "hafen": 3}.get(word.lower(), -1)


def an_article(**changes: Any) -> Article:
    return Article(**({"id": "a", "headline": "Deiche halten"} | changes))


def test_a_term_is_shown_as_it_is_first_written() -> None:
    article = an_article(teaser="Der Deich hält.", body="Die FLUT am Hafen. Flut im Hafen.")
    assert surface_forms(article, [1, 2, 3], Written()) == {1: "Deiche", 2: "FLUT", 3: "Hafen"}


def test_terms_that_no_word_of_the_article_has_are_missing() -> None:
    assert surface_forms(an_article(), [1, 2, 9], Written()) == {1: "Deiche"}
    assert surface_forms(an_article(), [], Written()) == {}


WORDS = ("Deich", "Flut")


@pytest.mark.parametrize(
    ("placed_by", "relation", "hours_later", "words", "expected"),
    [
        ("score", "background", -30.0, WORDS, "background, 30 hours earlier; shares Deich, Flut"),
        ("score", "background", -24.0 * 40, (), "background, 40 days earlier"),
        ("score", "same_story", 3.2, (), "same story, 3 hours later"),
        ("score", "same_story", 1.2, (), "same story, 1 hour later"),
        ("score", "same_story", -49.0, (), "same story, 2 days earlier"),
        ("score", "same_story", 0.9, (), "same story, at the same time"),
        ("quota", "background", 5.0, (), "background, 5 hours later (placed by a quota)"),
        ("score", "background", float("inf"), (), "background"),
        ("score", "background", float("-inf"), ("Deich",), "background; shares Deich"),
        ("pin", "unrelated", 0.0, WORDS, "pinned by an editor; shares Deich, Flut"),
        ("pin", "same_story", 0.0, (), "pinned by an editor"),
        ("section", "unrelated", 5.0, WORDS, "newest of Sport: too few related articles"),
        ("newest", "unrelated", 5.0, WORDS, "newest of the site: too few related articles"),
    ],
)
def test_one_sentence_says_why_an_entry_stands_where_it_stands(
    placed_by: PlacedBy,
    relation: Relation,
    hours_later: float,
    words: tuple[str, ...],
    expected: str,
) -> None:
    assert sentence(placed_by, relation, hours_later, "Sport", words) == expected
