"""Cut the block "Empfohlen" of a captured page into headlines and their teasers.

Called by `relnews.ingest.capture.page`.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from relnews.ingest.capture.lines import LONGEST_HEADLINE, ends_sentence, looks_like_headline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relnews.ingest.capture.lines import Line

__all__ = ["entries_of"]

_BULLET = re.compile(r"\A(?:[-–—•*·▸►»›]|\(?\d{1,2}[.)])\s+(?=\S)")
_LONG = 90  # characters; few headlines are longer, most wrapped lines are not shorter


def entries_of(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """Return (headline, teaser) for each entry; the teaser may be empty.

    Where empty lines, and nothing else, part the entries, each part's first line is its headline.
    Otherwise a headline is a short line without a full stop that follows a finished teaser; a
    teaser is sentences, over as many lines as it takes.
    """
    blocks = _blocks(lines)
    if len(blocks) > 1 and all(len(block) > 1 for block in blocks[:-1]) and _each_opens(blocks):
        groups = blocks
    else:
        groups = _groups(lines)
    entries = [(_BULLET.sub("", group[0]), " ".join(group[1:])) for group in groups]
    return [(headline, teaser) for headline, teaser in entries if len(headline) <= LONGEST_HEADLINE]


def _blocks(lines: Sequence[Line]) -> list[list[str]]:
    blocks: list[list[str]] = []
    for line in lines:
        if line.after_blank or not blocks:
            blocks.append([])
        blocks[-1].append(line.text)
    return blocks


def _each_opens(blocks: list[list[str]]) -> bool:
    """Say whether every block begins with a headline and holds no second one."""
    return all(
        looks_like_headline(block[0])
        and not any(
            looks_like_headline(line) and not ends_sentence(line) and ends_sentence(before)
            for before, line in pairwise(block[1:])
        )
        for block in blocks
    )


def _groups(lines: Sequence[Line]) -> list[list[str]]:
    groups: list[list[str]] = []
    for position, line in enumerate(lines):
        following = lines[position + 1] if position + 1 < len(lines) else None
        if not groups or _opens(line, groups[-1], following):
            groups.append([])
        groups[-1].append(line.text)
    return groups


def _opens(line: Line, group: list[str], following: Line | None) -> bool:
    """Say whether a line is the next headline, given the entry before it and the line after."""
    text = line.text
    if not looks_like_headline(text) or text[:1].islower():
        return False
    joined = following is not None and not following.after_blank
    wrapped = joined and following is not None and following.text[:1].islower()
    if len(group) == 1:  # so far a headline alone: this is its teaser, or the next headline
        return not ends_sentence(text) and not wrapped and len(text) <= _LONG
    if not ends_sentence(group[-1]):  # the teaser before is not finished
        return line.after_blank
    if line.after_blank and joined:
        return True
    if ends_sentence(text):  # a question: a headline if a teaser follows, else a teaser's end
        return following is not None and not looks_like_headline(following.text)
    return not wrapped
