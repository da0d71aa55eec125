"""Tells the language of a text, so that it gets the right stemmer and stop words.

Stands before `term`; an article that names its language does not need it.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from functools import lru_cache
from importlib import resources

from relnews.text.stems import stop_words

_KNOWN = ("de", "en", "fr", "it")
_LETTERS = re.compile(r"[^\W\d_]+")
_CHARACTERS = 900  # about 150 words
_LEAST_WORDS, _LEAST_HITS = 4, 2
_LEAST_SHARE = 0.15  # of function words; running text of the four languages has .35 to .55
_LEAD = 1.2  # times the runner-up; related languages share many short words

# Words of one letter, which stop word lists leave out, and ss where lists have folded the ß.
_SHORT = {"en": "a i s t", "fr": "à a y l d n s c j m qu", "it": "e è a i o l d c"}
_SHARP = {
    "de": "daß muß mußte müßte läßt ließ gemäß schließlich außer außerdem außerhalb hieß heißt"
}


def detect(text: str) -> str:
    """Return the language of a text: "de", "en", "fr", "it", or "" when unsure.

    Counts function words among the first 150 or so. Unsure means fewer than four words, too few
    function words, or nearly as many of another language. The same text gives the same answer;
    O(1) in the length of the text.

    References
    ----------
    G. Grefenstette: Comparing Two Language Identification Schemes, JADT 1995 (small words
    against trigrams).
    """
    found = _LETTERS.findall(text[:_CHARACTERS].lower())
    if len(found) < _LEAST_WORDS:
        return ""
    hits: dict[str, int] = defaultdict(int)
    for languages in filter(None, map(_languages_of().get, found)):
        for language in languages:
            hits[language] += 1
    if not hits:
        return ""
    best = max(hits, key=lambda language: (hits[language], language))
    most = hits.pop(best)
    second = max(hits.values(), default=0)
    sure = (
        best in _KNOWN
        and most >= max(_LEAST_HITS, _LEAST_SHARE * len(found))
        and most >= _LEAD * second
    )
    return best if sure else ""


@lru_cache(maxsize=1)
def _languages_of() -> dict[str, tuple[str, ...]]:
    """Map each function word to the languages it belongs to."""
    source = resources.files("relnews.text").joinpath("languages.toml")
    others: dict[str, str] = tomllib.loads(source.read_text(encoding="utf-8"))
    by_word: dict[str, list[str]] = defaultdict(list)
    for language in _KNOWN:
        extra = f"{_SHORT.get(language, '')} {_SHARP.get(language, '')}".split()
        for word in sorted(stop_words(language).union(extra)):
            by_word[word].append(language)
    for language, listed in others.items():
        for word in sorted(set(listed.split())):
            by_word[word].append(language)
    return {word: tuple(languages) for word, languages in by_word.items()}
