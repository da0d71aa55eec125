"""Stems, stop words, and the promise that threads may share the function."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from relnews.text import term, words
from relnews.text.stems import stop_words

LEAST = {"de": 230, "en": 150, "fr": 120, "it": 120}


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("regierungen", "de", "regier"),
        ("regierung", "de", "regier"),
        ("häuser", "de", "haus"),
        ("strassen", "de", "strass"),
        ("governments", "en", "govern"),
        ("nations", "fr", "nation"),
        ("nazioni", "it", "nazion"),
        ("rządu", "pl", "rządu"),
        ("und", "", "und"),
        ("2020", "de", "2020"),
        ("10_03", "de", "10_03"),
    ],
)
def test_a_word_becomes_its_stem(word: str, language: str, expected: str) -> None:
    assert term(word, language) == expected


@pytest.mark.parametrize(
    ("word", "language"),
    [("und", "de"), ("ausserdem", "de"), ("sagte", "de"), ("the", "en"), ("où", "fr"), ("è", "it")],
)
def test_a_stop_word_has_no_term(word: str, language: str) -> None:
    assert term(word, language) is None


@pytest.mark.parametrize(
    "word", ["staat", "recht", "grosse", "stadt", "woche", "prozent", "alten", "euro", "land"]
)
def test_words_that_tell_the_subject_are_no_stop_words(word: str) -> None:
    assert term(word, "de") is not None


@pytest.mark.parametrize("language", LEAST)
def test_a_stop_word_list_is_complete_and_folded_as_words_folds(language: str) -> None:
    listed = stop_words(language)
    assert len(listed) >= LEAST[language]
    assert {word for word in listed if words(word) not in ([word], [])} == set()


def test_other_languages_have_no_stop_words() -> None:
    assert stop_words("pl") == frozenset()


def test_many_threads_get_the_same_stems() -> None:
    vocabulary = [f"{stem}{ending}" for stem in ("haus", "stadt") for ending in ("", "en", "ern")]
    expected = [term(word, "de") for word in vocabulary]

    def stem_all(_: int) -> list[str | None]:
        return [term(word, "de") for word in vocabulary]

    with ThreadPoolExecutor(8) as pool:
        assert all(found == expected for found in pool.map(stem_all, range(200)))
