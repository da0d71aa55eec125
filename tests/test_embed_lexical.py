"""The lexical view: scikit-learn's tf-idf, without its refit."""

from __future__ import annotations

from collections import Counter
from math import log, sqrt
from typing import TYPE_CHECKING

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfTransformer

from builders import a_document
from relnews.embed.lexical import LexicalView, stack
from relnews.embed.weighting import Weighing, inverse_document_frequency, sublinear

if TYPE_CHECKING:
    import numpy.typing as npt

N_TERMS = 12
Words = dict[int, int]
COUNTS: st.SearchStrategy[Words] = st.dictionaries(
    st.integers(0, N_TERMS - 1), st.integers(1, 50), max_size=7
)


class Written:
    """A view and, beside it, what was written into it."""

    def __init__(self) -> None:
        self.view = LexicalView()
        self.rows: list[Words] = []
        self.live: list[int] = []

    def append(self, words: Words) -> None:
        self.view.append(a_document(words))
        self.live.append(len(self.rows))
        self.rows.append(words)

    def remove(self, place: int) -> None:
        self.view.remove(self.live.pop(place % len(self.live)))

    def idf(self, term: int) -> float:
        frequency = sum(term in self.rows[row] for row in self.live)
        return log((1 + len(self.live)) / (1 + frequency)) + 1

    def cosine(self, first: Words, second: Words) -> float:
        def weights(words: Words) -> dict[int, float]:
            return {term: (1 + log(n)) * self.idf(term) for term, n in words.items()}

        one, two = weights(first), weights(second)
        lengths = sqrt(sum(v * v for v in one.values()) * sum(v * v for v in two.values()))
        shared = sum(one[term] * two[term] for term in one.keys() & two.keys())
        return shared / lengths if lengths else 0.0

    def by_sklearn(self) -> npt.NDArray[np.float64]:
        counts = np.zeros((len(self.rows), N_TERMS))
        for row, words in enumerate(self.rows):
            counts[row, list(words)] = list(words.values())
        oracle = TfidfTransformer(sublinear_tf=True, smooth_idf=True, norm="l2")
        oracle.fit(sp.csr_matrix(counts[self.live]))
        weights: npt.NDArray[np.float64] = oracle.transform(sp.csr_matrix(counts)).toarray()
        return weights

    def weights(self) -> npt.NDArray[np.float64]:
        found = self.view.weights(np.arange(len(self.rows))).toarray()
        wide = np.zeros((len(self.rows), max(N_TERMS, found.shape[1])))
        wide[:, : found.shape[1]] = found
        assert not wide[:, N_TERMS:].any()
        return wide[:, :N_TERMS]


@st.composite
def written(draw: st.DrawFn) -> Written:
    """Draw a history of appending, removing and asking; asking is what closes a segment."""
    made = Written()
    made.append(draw(COUNTS))
    made.append(draw(COUNTS))
    for _ in range(draw(st.integers(0, 20))):
        step = draw(st.sampled_from(["append", "append", "append", "remove", "ask"]))
        if step == "append":
            made.append(draw(COUNTS))
        elif step == "remove" and len(made.live) > 1:
            made.remove(draw(st.integers(0, 99)))
        else:
            made.view.similarities(a_document({0: 1}))
    return made


@given(written())
def test_weights_are_those_of_scikit_learn_after_any_history(made: Written) -> None:
    np.testing.assert_allclose(made.weights(), made.by_sklearn(), atol=2e-6)


@given(written(), COUNTS)
def test_similarities_are_the_cosines_computed_naively(made: Written, words: Words) -> None:
    found = made.view.similarities(a_document(words))
    naive = [made.cosine(words, row) for row in made.rows]
    np.testing.assert_allclose(found, naive, atol=2e-6)
    assert found.dtype == np.float32
    assert found.shape == (len(made.rows),)
    assert ((found >= 0) & (found <= 1)).all()


@given(written(), st.dictionaries(st.integers(0, N_TERMS + 30), st.integers(1, 9), max_size=9))
def test_terms_that_no_row_has_lengthen_a_draft_as_an_unseen_term_should(
    made: Written, words: Words
) -> None:
    found = made.view.similarities(a_document(words))
    naive = [made.cosine(words, row) for row in made.rows]
    np.testing.assert_allclose(found, naive, atol=2e-6)
    weights = made.view.document_weights(a_document(words))
    dots = made.view.weights(np.arange(len(made.rows))) @ weights.T
    np.testing.assert_allclose(dots.toarray().ravel(), naive, atol=2e-6)


@given(written())
def test_a_document_is_given_back_as_it_came_in(made: Written) -> None:
    for row, words in enumerate(made.rows):
        terms, counts = made.view.document(row)
        assert dict(zip(terms.tolist(), counts.tolist(), strict=True)) == words
        assert (np.diff(terms) > 0).all()
        assert terms.dtype == np.int32
        assert counts.dtype == np.int32


@given(written())
def test_frequencies_count_the_live_rows(made: Written) -> None:
    counted = Counter(term for row in made.live for term in made.rows[row])
    found = made.view.document_frequencies().tolist()
    assert {term: n for term, n in enumerate(found) if n} == dict(counted)
    assert len(made.view) == len(made.rows)


@given(written(), st.lists(st.integers(0, 99), max_size=12))
def test_rows_come_in_the_order_asked_for_repeats_included(made: Written, asked: list[int]) -> None:
    rows = np.array([number % len(made.rows) for number in asked], np.intp)
    every = made.view.weights(np.arange(len(made.rows))).toarray()
    np.testing.assert_array_equal(made.view.weights(rows).toarray(), every[rows])


@given(written(), st.lists(st.integers(0, 99), max_size=9))
def test_postings_are_the_damped_counts_of_each_term_in_every_row(
    made: Written, asked: list[int]
) -> None:
    known = len(made.view.document_frequencies())
    terms = np.array([number % known for number in asked] if known else [], np.int32)
    counts = np.zeros((len(made.rows), max(known, N_TERMS)))
    for row, words in enumerate(made.rows):
        counts[row, list(words)] = list(words.values())
    oracle = TfidfTransformer(sublinear_tf=True, use_idf=False, norm=None)
    damped = oracle.fit_transform(sp.csr_matrix(counts)).toarray()
    for _ in range(2):
        found = made.view.postings(terms)
        assert found.shape == (len(terms), len(made.rows))
        np.testing.assert_allclose(found.toarray(), damped[:, terms].T, rtol=1e-6)


def test_postings_reach_over_segments_that_never_saw_the_term() -> None:
    made = Written()
    for number in range(9):
        made.append({0: 1, number % 3: 2})
    made.view.similarities(a_document({0: 1}))
    made.append({10: 4})
    found = made.view.postings(np.array([10, 0], np.int32))
    assert len(made.view._segments) == 2
    np.testing.assert_allclose(found.toarray()[0], [0] * 9 + [1 + log(4)], rtol=1e-6)
    assert found[1].nnz == 9
    similar = made.view.similarities(a_document({10: 1, 0: 1}))
    naive = [made.cosine({10: 1, 0: 1}, row) for row in made.rows]
    np.testing.assert_allclose(similar, naive, atol=2e-6)
    made.append({11: 1})
    assert made.view.postings(np.array([11], np.int32)).toarray().ravel().tolist() == [0] * 10 + [1]


def test_postings_may_be_changed_by_whoever_asked_for_them() -> None:
    made = Written()
    made.append({0: 1, 1: 3})
    terms = np.array([1, 0], np.int32)
    first = made.view.postings(terms)
    before = first.toarray()
    first.data *= 9
    np.testing.assert_array_equal(made.view.postings(terms).toarray(), before)
    assert made.view.similarities(a_document({0: 1, 1: 3})).tolist() == [pytest.approx(1)]


def test_asking_for_weights_twice_gives_them_twice() -> None:
    made = Written()
    for words in ({0: 1, 1: 2}, {1: 1}, {0: 3}):
        made.append(words)
    rows = np.arange(3)
    first = made.view.weights(rows).toarray()
    np.testing.assert_array_equal(made.view.weights(rows).toarray(), first)


@settings(max_examples=20)
@given(st.integers(1, 200), st.integers(0, 2**32 - 1))
def test_the_history_of_segments_leaves_no_trace(n_rows: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    stepwise, at_once = Written(), Written()
    for _ in range(n_rows):
        terms = generator.choice(N_TERMS, generator.integers(0, 6), replace=False)
        words = {int(term): int(generator.integers(1, 9)) for term in terms}
        stepwise.append(words)
        at_once.append(words)
        if generator.random() < 0.4:
            stepwise.view.similarities(a_document({0: 1}))
    query = a_document({0: 1, 3: 2, 7: 1})
    np.testing.assert_array_equal(
        stepwise.view.similarities(query), at_once.view.similarities(query)
    )


def test_a_word_first_seen_in_the_last_document_links_to_it() -> None:
    made = Written()
    for number in range(50):
        made.append({number % 5: 1})
    made.view.similarities(a_document({0: 1}))
    made.append({11: 1})
    found = made.view.similarities(a_document({11: 2, 0: 1}))
    assert int(np.argmax(found)) == 50
    assert found[50] > 0.8


def test_a_document_is_identical_to_itself_and_unlike_what_shares_no_word() -> None:
    made = Written()
    for words in ({0: 3, 1: 1}, {2: 1, 3: 4}, {}):
        made.append(words)
    found = made.view.similarities(a_document({0: 3, 1: 1}))
    assert found.tolist() == [pytest.approx(1), 0, 0]
    assert made.view.similarities(a_document({})).tolist() == [0, 0, 0]


def test_an_empty_view_answers_with_nothing() -> None:
    view = LexicalView()
    assert len(view) == 0
    assert view.similarities(a_document({0: 1})).shape == (0,)
    assert view.weights(np.zeros(0, np.intp)).shape[0] == 0
    assert view.document_weights(a_document({0: 1})).nnz == 0
    assert view.postings(np.zeros(0, np.int32)).shape == (0, 0)
    assert view.postings(np.zeros(3, np.int32)).shape == (3, 0)


def test_a_stack_holds_the_damped_counts_at_least_as_wide_as_asked() -> None:
    found = stack([a_document({1: 1, 3: 4}), a_document({})], width=9)
    assert found.shape == (2, 9)
    np.testing.assert_allclose(found.toarray()[0, [1, 3]], [1, 1 + log(4)], rtol=1e-6)
    assert found[1].nnz == 0
    assert stack([a_document({6: 1})], width=2).shape == (1, 7)
    assert stack([]).shape == (0, 0)


def test_the_formulas_are_those_of_the_books() -> None:
    np.testing.assert_allclose(sublinear(np.array([1, 10], np.int32)), [1, 1 + log(10)], rtol=1e-6)
    found = inverse_document_frequency(np.array([0, 4, 9], np.int64), 9)
    np.testing.assert_allclose(found, [log(10) + 1, log(2) + 1, 1], rtol=1e-6)


def _counted(rows: list[Words]) -> Weighing:
    frequencies = [sum(term in row for row in rows) for term in range(N_TERMS)]
    return Weighing(np.array(frequencies, np.int64), len(rows))


@given(
    st.lists(COUNTS, min_size=1, max_size=12),
    st.lists(COUNTS, max_size=12),
    st.lists(st.booleans(), min_size=24, max_size=24),
    COUNTS,
)
def test_held_weights_are_those_of_the_counts_whatever_comes_later(
    before: list[Words], later: list[Words], asks: list[bool], words: Words
) -> None:
    """The oracle is the formula; asking in between closes segments, which merge."""
    weighing = _counted(before)
    view = LexicalView()
    for number, row in enumerate(before):
        view.append(a_document(row))
        if asks[number]:
            view.similarities(a_document(words))
    view.weigh(weighing)
    for number, row in enumerate(later):
        view.append(a_document(row))
        if asks[12 + number]:
            view.similarities(a_document(words))
    if later and asks[0]:
        view.remove(0)

    def weights(row: Words) -> dict[int, float]:
        n, counts = weighing.n_documents, weighing.frequencies
        return {
            term: (1 + log(count)) * (log((1 + n) / (1 + counts[term])) + 1)
            for term, count in row.items()
        }

    def cosine(one: dict[int, float], two: dict[int, float]) -> float:
        lengths = sqrt(sum(v * v for v in one.values()) * sum(v * v for v in two.values()))
        return sum(one[t] * two[t] for t in one.keys() & two.keys()) / lengths if lengths else 0.0

    naive = [cosine(weights(words), weights(row)) for row in before + later]
    np.testing.assert_allclose(view.similarities(a_document(words)), naive, atol=2e-6)


@given(st.lists(COUNTS, min_size=1, max_size=12), st.lists(COUNTS, max_size=12), COUNTS)
def test_held_weights_do_not_move_by_a_bit_when_rows_come_and_go(
    before: list[Words], later: list[Words], words: Words
) -> None:
    view, asked = LexicalView(), a_document(words)
    for row in before:
        view.append(a_document(row))
    view.weigh(view.counts())
    found = view.similarities(asked).tolist()
    for row in later:
        view.append(a_document(row))
        assert view.similarities(asked)[: len(before)].tolist() == found
    view.remove(0)
    assert view.similarities(asked)[: len(before)].tolist() == found
    everything = np.arange(len(before))
    rows = view.similarities_to_all(everything)
    one_by_one = [view.similarities(a_document(row)) for row in before]
    assert rows.tolist() == [values.tolist() for values in one_by_one]


def test_a_term_that_was_never_counted_weighs_as_one_that_no_document_has() -> None:
    view = LexicalView()
    for words in ({0: 1}, {0: 1, 1: 1}, {1: 1}):
        view.append(a_document(words))
    view.weigh(view.counts())
    for _ in range(3):
        view.append(a_document({0: 1, 9: 1}))
    unseen = inverse_document_frequency(np.zeros(1, np.int64), 3)[0]
    assert view.inverse_document_frequencies()[9] == unseen
    assert view.document_frequencies()[9] == 3
    draft = view.document_weights(a_document({0: 1, 40: 1})).toarray()[0]
    counted = view.inverse_document_frequencies()[0]
    assert draft[0] == pytest.approx(counted / sqrt(counted**2 + unseen**2))


def test_weights_run_along_again_once_nothing_holds_them() -> None:
    made = Written()
    for words in ({0: 1}, {0: 1, 1: 1}):
        made.append(words)
    made.view.weigh(made.view.counts())
    made.append({1: 4})
    made.append({2: 1})
    assert made.view.weighing is not None
    made.view.weigh(None)
    np.testing.assert_allclose(made.weights(), made.by_sklearn(), atol=2e-6)


def test_counts_are_taken_as_they_stand_and_not_as_they_will_be() -> None:
    view = LexicalView()
    view.append(a_document({0: 1}))
    counts = view.counts()
    view.append(a_document({0: 2}))
    assert (counts.n_documents, counts.frequencies[0]) == (1, 1)
    assert (view.counts().n_documents, view.counts().frequencies[0]) == (2, 2)
