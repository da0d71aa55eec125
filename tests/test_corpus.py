"""The articles in memory: rows that are never reused, columns, dates and the order of ties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import AT, Row, add_row, ago
from builders import rows as some_rows
from relnews.corpus import NEVER, UNDATED, Column, Corpus, Names


def a_corpus(*rows: Row) -> Corpus:
    corpus = Corpus()
    for row in rows:
        add_row(corpus, row)
    return corpus


@given(st.lists(st.integers(-(2**62), 2**62), max_size=70))
def test_a_column_holds_what_was_appended(values: list[int]) -> None:
    column = Column(np.int64)
    for value in values:
        column.append(value)
    assert column.values.tolist() == values


def test_names_are_numbered_as_they_come_and_unknown_ones_have_no_number() -> None:
    names = Names()
    assert [names.code(name) for name in ("Sport", "", "Sport", "Kultur")] == [0, 1, 0, 2]
    assert names.names == ["Sport", "", "Kultur"]
    assert (names.find("Kultur"), names.find("Politik")) == (2, -1)


def test_a_newer_version_is_a_new_row_and_the_former_one_is_dead() -> None:
    corpus = a_corpus(Row(id="a", section="Sport"), Row(id="b"), Row(id="a", section="Kultur"))
    assert len(corpus) == 3
    assert corpus.ids == ["a", "b", "a"]
    assert corpus.row_of == {"a": 2, "b": 1}
    assert corpus["alive"].tolist() == [0, 1, 1]
    assert [corpus.names["section"].names[code] for code in corpus["section"]] == [
        "Sport",
        "",
        "Kultur",
    ]


def test_columns_and_shingles_belong_to_their_rows() -> None:
    rows = [Row(id=str(number), published=number, shingles=(number,)) for number in range(40)]
    corpus = a_corpus(*rows)
    assert corpus["published"].tolist() == list(range(40))
    assert [shingles.tolist() for shingles in corpus.shingles] == [[n] for n in range(40)]
    for column in Corpus.COLUMNS:
        assert corpus[column].shape == (40,)


@pytest.mark.parametrize(
    ("published", "updated", "expected"),
    [
        (ago(48), NEVER, ago(48)),
        (ago(48), ago(1), ago(1)),
        (ago(48), AT, AT),
        (ago(48), ago(-1), ago(48)),
        (ago(2), ago(48), ago(2)),
        (UNDATED, NEVER, UNDATED),
    ],
    ids=["never", "updated", "this-second", "later-than-the-moment", "before-it", "undated"],
)
def test_an_update_moves_the_date_once_it_happened(
    published: int, updated: int, expected: int
) -> None:
    corpus = a_corpus(Row(id="a", published=published, updated=updated))
    assert corpus.dates(AT).tolist() == [expected]


@given(some_rows(min_size=0), st.data())
def test_rows_come_by_key_then_newest_then_id(rows: list[Row], data: st.DataObject) -> None:
    corpus = a_corpus(*rows)
    chosen = np.array(data.draw(st.permutations(range(len(rows)))), np.intp)
    keys = np.array([data.draw(st.sampled_from([0.0, 0.5, 1.0])) for _ in rows], np.float32)
    dates = corpus.dates(AT)

    def place(at: int) -> tuple[float, int, str]:
        return -keys[at], -dates[chosen[at]], corpus.ids[chosen[at]]

    order = corpus.newest_first(chosen, AT, keys)
    assert order.tolist() == sorted(range(len(rows)), key=place)


def test_rows_tell_their_language() -> None:
    corpus = a_corpus(*(Row(id=f"in-{name}", language=name) for name in ("de", "en", "fr", "en")))
    assert corpus.languages(np.array([3, 0])) == ["en", "de"]
    assert corpus.written_in(["en", "it"]).tolist() == [False, True, False, True]
    assert corpus.written_in(["DE-at"]).tolist() == [True, False, False, False]
    assert corpus.written_in([], np.array([1, 2])).tolist() == [False, False]
    assert corpus.written_in(["fr"], np.array([2, 1])).tolist() == [True, False]


def test_of_two_keys_the_first_goes_first() -> None:
    corpus = a_corpus(Row(id="a"), Row(id="b"), Row(id="c"))
    first, second = np.array([0, 1, 1], np.float32), np.array([9, 1, 2], np.float32)
    assert corpus.newest_first(np.arange(3), AT, first, second).tolist() == [2, 1, 0]


def test_an_empty_corpus_has_empty_columns_and_an_empty_order() -> None:
    corpus = Corpus()
    assert len(corpus) == 0
    assert corpus.dates(AT).shape == (0,)
    assert corpus.newest_first(np.zeros(0, np.intp), AT).tolist() == []
