"""The vocabulary: ids in order of arrival, never renumbered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from relnews.embed.vocabulary import Vocabulary

TERMS = st.lists(st.sampled_from(["deich", "flut", "hafen", "kran", "mole", "pegel"]))


@given(TERMS)
def test_a_term_keeps_the_id_it_was_given_first(terms: list[str]) -> None:
    vocabulary = Vocabulary()
    given_ids = [vocabulary.add(term) for term in terms]
    assert vocabulary.terms == list(dict.fromkeys(terms))
    assert [vocabulary.terms[number] for number in given_ids] == terms
    assert [vocabulary.get(term) for term in terms] == given_ids
    assert len(vocabulary) == len(set(terms))


def test_looking_up_adds_nothing() -> None:
    vocabulary = Vocabulary(["deich"])
    assert vocabulary.get("flut") is None
    assert vocabulary.terms == ["deich"]


@given(TERMS, TERMS)
def test_extending_is_adding_one_by_one(first: list[str], second: list[str]) -> None:
    extended = Vocabulary(first)
    extended.extend(second)
    assert extended.terms == Vocabulary(first + second).terms


@given(TERMS, TERMS)
def test_truncating_takes_back_what_was_added(first: list[str], second: list[str]) -> None:
    vocabulary, before = Vocabulary(first), Vocabulary(first)
    vocabulary.extend(second)
    vocabulary.truncate(len(before))
    assert vocabulary.terms == before.terms
    assert all(
        vocabulary.get(term) == before.get(term) for term in {"deich", "flut", *first, *second}
    )
    vocabulary.extend(second)
    assert vocabulary.terms == Vocabulary(first + second).terms
