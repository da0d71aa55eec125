"""Turns a folded word into the term it is counted under: its stem, or nothing for a stop word.

Called once per distinct word: whoever builds a vocabulary keeps the answers.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from importlib import resources

import Stemmer

_SNOWBALL = {"de": "german", "en": "english", "fr": "french", "it": "italian"}


class _Stemmers(threading.local):
    """Stemmers of one thread; a PyStemmer object must not be used by two at once."""

    def __init__(self) -> None:
        self.by_language = {
            language: Stemmer.Stemmer(name, 0) for language, name in _SNOWBALL.items()
        }


_stemmers = _Stemmers()


def term(word: str, language: str) -> str | None:
    """Return the Snowball stem of a folded word, or None when it is a stop word.

    Languages are "de", "en", "fr" and "it"; in any other a word is its own term. Safe to call
    from several threads. `words` gives folded words.

    References
    ----------
    M. Porter, R. Boulton: Snowball, https://snowballstem.org/algorithms/german/stemmer.html
    """
    stemmer = _stemmers.by_language.get(language)
    if stemmer is None:
        return word
    if word in stop_words(language):
        return None
    stem: str = stemmer.stemWord(word)
    return stem


@lru_cache(maxsize=len(_SNOWBALL))
def stop_words(language: str) -> frozenset[str]:
    """Return the folded stop words of "de", "en", "fr" or "it"; of any other language, none."""
    if language not in _SNOWBALL:
        return frozenset()
    source = resources.files("relnews.text").joinpath("stopwords", f"{language}.txt")
    lines = source.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
