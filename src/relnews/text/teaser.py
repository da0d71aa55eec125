"""Cuts text into sentences, and makes of the first few the teaser that a list shows.

Stands after `clean`, for articles that come without a teaser of their own.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib import resources
from itertools import islice
from typing import TYPE_CHECKING

from relnews.text.boilerplate import clean
from relnews.text.stems import stop_words

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLOSERS = "\"'“”„»«’‘›‹)\\]"
_OPENERS = "\"'„“”»«‚‘›‹(["
_END = re.compile(rf"[.!?…](?<![.!?…][.!?…])[.!?…]*+[{_CLOSERS}]*+(?=\s|\Z)|\n\s*\n|\n")
_TOKEN = re.compile(rf"[^\s{re.escape(_OPENERS)}/–—-]*\Z")
_TOKEN_LENGTH = 40
_WRAPPED = re.compile(r"\n(?<=[a-zäöüß,]\n)[a-zäöüß]")
_LETTERS_AND_DOTS = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")  # z.B, u.a, U.S, Ph.D
_ROMAN = re.compile(r"[IVX]{1,6}")

_SHORTEST, _LONGEST, _ENORMOUS, _MOST = 140, 320, 500, 4
_LONE_SENTENCE = 180  # what one sentence alone counts in characters of too much or too little
_CUT_QUOTE = 250  # what a quotation left open counts


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, in order, each with single spaces inside.

    Abbreviations ("z. B.", "Dr."), initials, ordinals, dates and ellipses do not end one;
    closing quotation marks belong to it. An empty line always ends a sentence, a line break
    does after a full stop or a heading; all other line breaks are white space. Rules are
    German first and hold well enough for English, French and Italian. O(n) for n characters.

    Examples
    --------
    >>> sentences("Am 3. Oktober kam Dr. A. Roth. „Wie schön!“, rief er. Dann ging er.")
    ['Am 3. Oktober kam Dr. A. Roth.', '„Wie schön!“, rief er.', 'Dann ging er.']
    """
    return list(_sentences(text))


def teaser(body: str) -> str:
    """Return the first two to four whole sentences of a body, cleaned; "" for an empty body.

    Of the possible beginnings the one is taken that comes nearest to 140 to 320 characters
    without leaving a quotation open; the shorter one when two are as near. A single sentence is
    taken when the body has but one, when it alone is longer than 500 characters, or when the
    second would make the teaser far too long.
    """
    first = list(islice(_sentences(clean(body)), _MOST))
    if not first or len(first[0]) > _ENORMOUS:
        return "".join(first[:1])
    beginnings = [" ".join(first[:count]) for count in range(1, len(first) + 1)]
    return min(beginnings, key=lambda beginning: _badness(beginning, alone=beginning == first[0]))


def _badness(beginning: str, *, alone: bool) -> int:
    """Count the characters that are too many or too few, with surcharges."""
    length = len(beginning)
    away = max(_SHORTEST - length, length - _LONGEST, 0)
    return away + _LONE_SENTENCE * alone + _CUT_QUOTE * _leaves_open(beginning)


def _leaves_open(text: str) -> bool:
    """Tell whether a quotation or bracket is opened and not closed."""
    return (
        text.count('"') % 2 == 1
        or text.count("„") > text.count("“") + text.count("”")
        or text.count("»") != text.count("«")
        or text.count("(") > text.count(")")
    )


def _sentences(text: str) -> Iterator[str]:
    """Yield sentences one by one, so that a teaser reads no further than it must."""
    wrapped = _WRAPPED.search(text) is not None
    start = 0
    for mark in _END.finditer(text):
        sign = mark.group()
        if sign[0] != "\n":
            ends = _ends_sentence(text, start, mark)
        elif sign.count("\n") > 1:
            ends = True
        else:
            ends = not wrapped and _is_heading(text[start : mark.start()], text[mark.end() :][:1])
        if ends:
            if sentence := " ".join(text[start : mark.end()].split()):
                yield sentence
            start = mark.end()
    if rest := " ".join(text[start:].split()):
        yield rest


def _is_heading(line: str, following: str) -> bool:
    """Tell a heading, which ends without a full stop, from a line that goes on in the next."""
    found = line.split()
    return (
        len(found) > 1
        and not following.islower()
        and found[-1][-1] not in ",;–-."
        and found[-1].lower() not in stop_words("de")
    )


def _ends_sentence(text: str, start: int, mark: re.Match[str]) -> bool:
    """Decide for one full stop, question mark, exclamation mark or ellipsis."""
    tail = text[mark.end() : mark.end() + _TOKEN_LENGTH]
    following = tail.split()
    if not following:
        return True
    after_break = "\n" in tail[: len(tail) - len(tail.lstrip())]
    sign, word = mark.group(), following[0].strip(_OPENERS + ".,:;!?“)")
    token_match = _TOKEN.search(text, max(start, mark.start() - _TOKEN_LENGTH), mark.start())
    token = token_match.group() if token_match else ""
    if following[0][0].islower() and not (after_break and sign == "." and len(token) > 1):
        return False
    if sign.startswith(("...", "…")):
        return text[mark.start() - 1 : mark.start()] not in {"[", "("}
    if sign != ".":
        return True
    return not text[start : mark.start()].strip().isdecimal() and _closes(token, word)


def _closes(token: str, word: str) -> bool:
    """Decide for a full stop by the token it follows and the word after it."""
    folded = token.lower()
    if folded in _listed("never"):
        return False
    if token.isdecimal():
        if len(token) > len("999"):
            return True
        if len(token) == len("999"):
            return word.lower() not in _listed("counted")
        return word.lower() in _listed("starters")
    if (
        folded in _listed("maybe")
        or len(token) == 1
        or _ROMAN.fullmatch(token)
        or _LETTERS_AND_DOTS.fullmatch(token)
    ):
        return word.lower() in _listed("starters")
    return True


@lru_cache(maxsize=4)
def _listed(name: str) -> frozenset[str]:
    """Return one of the word lists of `sentence_ends.toml`."""
    source = resources.files("relnews.text").joinpath("sentence_ends.toml")
    lists: dict[str, str] = tomllib.loads(source.read_text(encoding="utf-8"))
    return frozenset(lists[name].split())
