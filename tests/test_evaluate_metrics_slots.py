"""The slots of a list: read the same way by every metric, and looked up once."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING
from weakref import ref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom import NOON, an_article
from relnews.evaluate.archive import Archive
from relnews.evaluate.catalogue import Catalogue
from relnews.evaluate.judged import Judged
from relnews.evaluate.metrics import slots
from relnews.evaluate.truth import Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

ARTICLES = [
    an_article(f"{topic}-{first}", topic, first, first + 1, first + 2)
    for topic in ("bruecke", "theater")
    for first in range(3)
]
NAMES = [article.id for article in ARTICLES]
CATALOGUE = Catalogue(Archive(ARTICLES))
IDS = st.lists(st.sampled_from([*NAMES, "unknown"]), max_size=8)


def judged(ids: Sequence[str], catalogue: Catalogue = CATALOGUE, **gains: float) -> Judged:
    return Judged(Question(source=ARTICLES[0], at=NOON, gains=gains), tuple(ids), 10, catalogue)


@given(IDS, st.data())
def test_similarity_is_that_of_the_catalogue_in_any_order(
    ids: list[str], data: st.DataObject
) -> None:
    told = [NAMES[0], *(name for name in ids if name in CATALOGUE)]
    asked = data.draw(st.lists(st.sampled_from(told), min_size=1))
    found = slots.similarity(judged(ids), asked)
    assert found == pytest.approx(CATALOGUE.similarity(asked), abs=1e-6)
    assert found.min() >= 0
    assert found.max() <= 1


class Counting(Catalogue):
    """A catalogue that tells how often it was asked."""

    asked = 0

    def similarity(self, ids: Sequence[str]) -> npt.NDArray[np.float32]:
        self.asked += 1
        return super().similarity(ids)


def test_a_list_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = Counting(Archive(ARTICLES))
    for _ in range(3):
        slots.similarity(judged(NAMES[:3], catalogue), NAMES[:2])
    assert catalogue.asked == 1
    monkeypatch.setattr(slots, "_MAX_MEMO", 1)
    for ids in (NAMES[:4], NAMES[:3], NAMES[:4]):
        slots.similarity(judged(ids, catalogue), NAMES[:2])
    assert catalogue.asked == 4


def test_a_catalogue_is_not_kept_alive() -> None:
    catalogue = Catalogue(Archive(ARTICLES))
    slots.similarity(judged(NAMES, catalogue), NAMES[:2])
    gone = ref(catalogue)
    del catalogue
    gc.collect()
    assert gone() is None


def test_gains_of_slots() -> None:
    found = slots.gains(judged(["x", "a", "a", "b"], a=2.0, b=1.0), 4)
    assert found == [0.0, 2.0, 0.0, 1.0]
    assert slots.gains(judged(["x", "a"], a=2.0), 1) == [0.0]


@given(st.floats(1e-9, 1e12))
def test_numbers_in_words_can_be_read_back(number: float) -> None:
    assert float(slots.in_words(number)) == number
    assert slots.in_words(60.0) == "60"
