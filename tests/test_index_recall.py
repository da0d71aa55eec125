"""Recall of one index against another, on answers that are known."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from relnews.index.recall import Question, recall
from relnews.query import Candidates


class Canned:
    """Answers the n-th question with the n-th of some lists."""

    def __init__(self, *answers: list[int]) -> None:
        self.answers = answers

    def search(self, query: Any, _score: Any, _eligible: Any, k: int) -> Candidates:
        rows = np.array(self.answers[query][:k], np.intp)
        values = np.zeros(len(rows), np.float32)
        return Candidates(rows, values, values, values, values, values, len(rows))


def test_recall_is_the_share_of_the_exact_answer_that_was_found() -> None:
    exact = Canned([1, 2, 3, 4], [5, 6], [], [7])
    approximate = Canned([4, 9, 2, 1], [8], [3], [7])
    asked = [cast("Question", (number, None, None)) for number in range(4)]
    assert recall(approximate, exact, asked, k=3).tolist() == [pytest.approx(1 / 3), 0, 1, 1]
    assert recall(approximate, exact, asked, k=4).tolist() == [0.75, 0, 1, 1]
    assert recall(approximate, exact, [], k=4).shape == (0,)
