"""The cut documents against a naive cut, and against the full ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import a_document
from crowds import crowd
from relnews.embed.lexical import LexicalView
from relnews.index import pruned
from relnews.index.pruned import PrunedView, strongest

if TYPE_CHECKING:
    import numpy.typing as npt

WEIGHTS = st.lists(
    st.lists(st.integers(0, 9).map(float), min_size=7, max_size=7), min_size=0, max_size=6
)


@given(WEIGHTS, st.integers(1, 8))
def test_the_strongest_weights_of_each_row_are_kept(rows: list[list[float]], n: int) -> None:
    from scipy.sparse import csr_matrix  # noqa: PLC0415

    dense = np.array(rows, np.float32).reshape(len(rows), 7)
    kept = strongest(csr_matrix(dense), n).toarray()
    for given_row, row in zip(dense, kept, strict=True):
        assert sorted(row[row > 0]) == sorted(given_row[given_row > 0])[-n:]
        np.testing.assert_array_equal(row[row > 0], given_row[row > 0])


def naive(view: LexicalView, words: dict[int, int], n: int) -> npt.NDArray[np.float32]:
    asked = view.document_weights(a_document(words))
    rows = view.weights(np.arange(len(view)))
    both = strongest(rows, n) @ strongest(asked, n).T
    return np.asarray(both.toarray(), np.float32).ravel()


@settings(max_examples=20)
@given(st.integers(1, 40), st.integers(1, 12), st.integers(1, 5))
def test_similarity_is_that_of_the_cut_rows(n_rows: int, n: int, at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pruned, "KEPT_TERMS", n)
        patch.setattr(pruned, "_AT_ONCE", at_once)
        rows = crowd(n_rows + 1)
        view = LexicalView()
        for row in rows[:-1]:
            view.append(row.document)
        found = PrunedView(view).similarities(rows[-1].document)
        np.testing.assert_allclose(found, naive(view, rows[-1].words, n), atol=1e-6)
        assert (found <= view.similarities(rows[-1].document) + 1e-6).all()


def test_extending_finds_new_rows_and_new_words() -> None:
    view = LexicalView()
    cut = PrunedView(view)
    assert cut.similarities(a_document({1: 1})).shape == (0,)
    for number, words in enumerate(({1: 2, 2: 1}, {9: 1, 1: 1}, {2: 1, 70: 3}), start=1):
        view.append(a_document(words))
        cut.extend()
        found = cut.similarities(a_document(words))
        assert found.shape == (number,)
        assert found.argmax() == number - 1
    assert cut.similarities(a_document({999: 1})).tolist() == [0, 0, 0]
