"""Tell the headline of a captured page from the name of its site.

Called by `relnews.ingest.capture.page`.
"""

import re
from itertools import pairwise
from typing import Final

from relnews.ingest.capture.lines import (
    credit_in,
    ends_sentence,
    fold,
    is_control,
    is_furniture,
    looks_like_headline,
)

__all__ = ["split_title"]

_TITLE_LINES: Final = 6
_SITE_WORDS: Final = 4
_BETWEEN = re.compile(r"\s+[-–—|·•:»]+\s+|\s*\|\s*")
_EDGES = "-–—|:·•» "
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.(?:de|at|ch|li|lu|it|eu|com|net|org|news|info)")
_PAPER = re.compile(
    r"\b\w*(?:tagblatt|tageblatt|zeitung|anzeiger|kurier|courier|nachrichten|rundschau|bote"
    r"|wochenblatt|volksblatt|volksfreund|merkur|allgemeine|magazin|tagesspiegel)\b",
    re.IGNORECASE,
)
_ALSO_WORDS = re.compile(
    r"\w*(?:post|presse|stimme|echo|express|journal|news|online|blatt|portal|harke|welt|spiegel)",
    re.IGNORECASE,
)
_SMALL_WORDS = frozenset({"am", "an", "auf", "aus", "das", "der", "die", "für", "im", "in", "und"})


def split_title(lines: list[str]) -> tuple[str, str, list[str]]:
    """Return headline, site name and the lines below them.

    What stands there twice is the headline; what stands before or beside it the site. A headline
    that stands there once is told from the site by the words that outlets use in their names.
    """
    top = lines[:_TITLE_LINES]
    for first, line in enumerate(top[:3]):
        again = any(fold(line) == fold(other) for other in top[first + 1 :])
        if again and fold(line) and not is_furniture(line) and not credit_in(line):
            site = _above(top[:first], line)
            if site is not None:
                return line, site, _below(lines, first, line)
    for first, (line, below) in enumerate(pairwise(top[:3])):
        if site := _beside(line, below):
            return below, site, _below(lines, first, below)
    headline, site = _split_line(top[0])
    if not site and _is_site_line(lines):
        return top[1], top[0], lines[2:]
    return headline, site, lines[1:]


def _below(lines: list[str], first: int, headline: str) -> list[str]:
    """Return what follows the title, repetitions of the headline left out."""
    near = [
        line
        for line in lines[first + 1 : _TITLE_LINES]
        if fold(line) != fold(headline) and not _beside(line, headline)
    ]
    return near + lines[max(_TITLE_LINES, first + 1) :]


def _above(before: list[str], headline: str) -> str | None:
    """Return the site's name from the lines above the headline; None if they are something else."""
    site = ""
    for line in before:
        found = _beside(line, headline)
        if not found and len(line.split()) > _SITE_WORDS:
            return None
        site = site or found or line
    return site


def _beside(line: str, headline: str) -> str:
    """Return what a line holds besides the headline, when a dash, bar or colon parts them."""
    whole, part = line.casefold(), headline.casefold()
    if len(whole) != len(line) or len(whole) <= len(part) + 1:
        return ""
    if whole.endswith(part):
        other = line[: -len(part)].rstrip()
        apart = other[-1:] in _EDGES
    elif whole.startswith(part):
        other = line[len(part) :].lstrip()
        apart = other[:1] in _EDGES
    else:
        return ""
    parts = [part for part in _BETWEEN.split(other.strip(_EDGES)) if part]
    if not apart or not parts or len(parts[-1].split()) > _SITE_WORDS:
        return ""
    return next((part for part in parts if _is_outlet(part)), parts[-1])


def _split_line(line: str) -> tuple[str, str]:
    """Split "Lindenauer Tagblatt - Headline" when one side reads like an outlet's name.

    After a bar any short last part does: "Headline | Die Harke".
    """
    gaps = list(_BETWEEN.finditer(line))
    if not gaps:
        return line, ""
    first, last = gaps[0], gaps[-1]
    sides = (
        (line[: first.start()], line[first.end() :]),
        (line[last.end() :], line[: last.start()]),
    )
    for site, headline in sides:
        if headline and _is_outlet(site):
            return headline, site
    site, headline = sides[1]
    if "|" in last[0] and len(site.split()) < _SITE_WORDS <= len(headline.split()):
        return headline, site
    return line, ""


def _is_outlet(text: str) -> bool:
    """Say whether a text reads like the name of a newspaper or a domain."""
    words = text.split()
    if not words or len(words) > _SITE_WORDS:
        return False
    if len(words) == 1 and _DOMAIN.fullmatch(text.lower()):
        return True
    if not all(word[:1].isupper() or word in _SMALL_WORDS or "." in word for word in words):
        return False
    short = len(words) <= _SITE_WORDS - 1
    return bool(_PAPER.search(text) or (short and _ALSO_WORDS.fullmatch(words[-1])))


def _is_site_line(lines: list[str]) -> bool:
    """Say whether the first line is the site's name and the second the headline, given once.

    A very short first line over a longer one without a full stop is, unless a credit or control
    follows at once: then the first is the headline, and the second the text of the picture, or
    the lead. A control tells nothing where the first line stands again below, as only names do.
    """
    if len(lines) < 2 or is_furniture(lines[1]) or credit_in(lines[1]):  # noqa: PLR2004
        return False
    if not looks_like_headline(lines[1]) or len(lines[0].split()) > _SITE_WORDS:
        return False
    if _is_outlet(lines[0]):
        return True
    if not len(lines[0].split()) < _SITE_WORDS <= len(lines[1].split()):
        return False
    third = lines[2] if len(lines) > 2 else ""  # noqa: PLR2004
    again = any(fold(lines[0]) == fold(line) for line in lines[3:])
    parted = credit_in(third) is not None or (is_control(third) and not again)
    return not parted and not ends_sentence(lines[0])
