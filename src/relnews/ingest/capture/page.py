"""Take a captured page apart: from its lines to the article and those it recommends.

Called by `relnews.ingest.reading`.
"""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from relnews.errors import InvalidArticle
from relnews.ingest.capture.lines import (
    LONGEST_HEADLINE,
    Line,
    authors_of,
    credit_in,
    ends_sentence,
    fold,
    is_control,
    is_furniture,
    is_one_sentence,
    is_recommended,
    is_save,
    is_size_control,
    lines_of,
    looks_like_headline,
    stated_time,
)
from relnews.ingest.capture.recommended import entries_of
from relnews.ingest.capture.title import split_title
from relnews.ingest.times import zone_of
from relnews.types import Article, Quarantined

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator, Sequence
    from datetime import datetime, tzinfo

__all__ = ["capture_id", "read_capture"]

LONGEST_CAPTURE: Final = 4 * 1024 * 1024
_CONTROL_CODES: Final = frozenset(range(32)) - frozenset(b"\t\n\v\f\r\x1b")
_LONGEST_LEAD: Final = 600
_LEAD_LINES: Final = 3
_USUAL_CAPTION: Final = 160
_LONGEST_CAPTION: Final = 300


def read_capture(
    stream: io.BufferedReader, file: str, *, timezone: str = "Europe/Berlin"
) -> Iterator[Article | Quarantined]:
    """Yield the page's article, then one for each entry under "Empfohlen"; or one quarantined.

    The article has version 2 and an entry version 1, so that an article that is known in full is
    never replaced by what another page shows of it. A capture states no section, and seldom a
    date; what it does not state stays empty.
    """
    data = stream.read(LONGEST_CAPTURE + 1)
    if len(data) > LONGEST_CAPTURE:
        reason = f"a capture must not be longer than {LONGEST_CAPTURE >> 20} MB; split the file"
        yield Quarantined(file, 0, "", reason)
        return
    if not _CONTROL_CODES.isdisjoint(data):
        yield Quarantined(file, 0, "", "a capture must be text, got binary data")
        return
    page = _page_of(lines_of(_decode(data)), zone_of(timezone))
    if page is None:
        reason = "a capture must begin with a headline and hold text below it"
        yield Quarantined(file, 1, "", reason)
        return
    try:
        article = Article(
            id=capture_id(page.headline),
            headline=page.headline,
            teaser=page.lead,
            body=page.body,
            source=page.site,
            authors=page.authors,
            published_at=page.published_at,
            image_credit=page.credit,
            version=2,
        )
    except InvalidArticle as error:
        yield Quarantined(file, 1, "", str(error))
        return
    yield article
    seen = {article.id}
    for headline, teaser in page.entries:
        entry_id = capture_id(headline)
        if entry_id not in seen:
            seen.add(entry_id)
            yield Article(id=entry_id, headline=headline, teaser=teaser, source=page.site)


def capture_id(headline: str) -> str:
    """Return the id of a captured article, which comes from its headline alone.

    So an article has the same id on its own page and as an entry on another. Case, spaces and
    punctuation do not count; an edited headline is another article.
    """
    return "capture-" + hashlib.sha256((fold(headline) or headline).encode()).hexdigest()[:16]


def _decode(data: bytes) -> str:
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """The parts of one page; empty where the page lacks one."""

    headline: str
    site: str = ""
    credit: str = ""
    lead: str = ""
    body: str = ""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    entries: tuple[tuple[str, str], ...] = ()


def _page_of(lines: Sequence[Line], zone: tzinfo) -> _Page | None:
    """Return the parts of a page, or None when it has no headline or nothing but one."""
    opening = next((i for i, line in enumerate(lines) if i and is_recommended(line.text)), None)
    above = [line.text for line in lines[:opening]]
    while above and is_furniture(above[0]):
        del above[0]
    if not above or len(above[0]) > LONGEST_HEADLINE:
        return None
    headline, site, rest = split_title(above)
    published_at, rest = _dated(rest, zone)
    credit, rest = _captioned(rest)
    authors, rest = _signed(rest)
    lead, body = _led(rest)
    entries = []
    if opening is not None:
        kept = [line for line in lines[opening + 1 :] if not _is_between(line.text, zone)]
        entries = entries_of(kept)
    if not (lead or body or entries):
        return None
    return _Page(
        headline=headline,
        site=site,
        credit=credit,
        lead=lead,
        body=body,
        authors=authors,
        published_at=published_at,
        entries=tuple(entries),
    )


def _is_between(line: str, zone: tzinfo) -> bool:
    """Say whether a line among the entries belongs to none of them."""
    if is_furniture(line) or is_recommended(line) or stated_time(line, zone) is not None:
        return True
    caption = credit_in(line)
    return caption is not None and not caption[0]


def _dated(lines: list[str], zone: tzinfo) -> tuple[datetime | None, list[str]]:
    """Return the date that a line states, one of publishing before one of saving."""
    stated = [(i, stated_time(line, zone)) for i, line in enumerate(lines)]
    dates = [(is_save(lines[i]), i, moment) for i, moment in stated if moment is not None]
    kept = [line for (_, moment), line in zip(stated, lines, strict=True) if moment is None]
    return (min(dates)[2] if dates else None), kept


def _captioned(lines: list[str]) -> tuple[str, list[str]]:
    """Return the first credit, and the lines without captions.

    A caption stands in the line of its credit or in the one above.
    """
    first = ""
    kept: list[str] = []
    for position, line in enumerate(lines):
        found = credit_in(line)
        if found is None:
            kept.append(line)
            continue
        first = first or found[1]
        following = lines[position + 1] if position + 1 < len(lines) else ""
        if not found[0] and kept and _is_caption(kept, following):
            kept.pop()
    return first, kept


def _is_caption(kept: list[str], following: str) -> bool:
    """Say whether the last line kept is the text of the picture whose credit comes next.

    Right under the headline it is, unless it is long as leads are, or nothing else is left to be
    the lead. Further down only a line without a full stop is; a paragraph must not be lost.
    """
    text = kept[-1]
    if is_furniture(text) or not following:
        return False
    if len(kept) > 1:
        return looks_like_headline(text) and not ends_sentence(text)
    short = len(text) <= _LONGEST_CAPTION and (len(text) <= _USUAL_CAPTION or is_one_sentence(text))
    return short and not is_furniture(following)


def _signed(lines: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return the authors from the byline, at the end or under the headline, and the other lines."""
    places = [i for i, line in enumerate(lines) if not is_furniture(line)]
    for place in (*places[:-4:-1], *places[:3]):
        last = len(places) > 1 and place == places[-1]
        if authors := authors_of(lines[place], last=last):
            return authors, lines[:place] + lines[place + 1 :]
    return (), lines


def _led(lines: list[str]) -> tuple[str, str]:
    """Return lead and body; the first control line parts them where it is near the top.

    Without one the first of several paragraphs is the lead, if it is not too long for that.
    """
    text = [line for line in lines if not is_furniture(line)]
    above = _lines_above_control(lines)
    if above is not None and above < len(text):
        lead = " ".join(text[:above])
        if above <= 1 or (above <= _LEAD_LINES and len(lead) <= _LONGEST_LEAD):
            return lead, "\n".join(text[above:])
    if len(text) > 1 and len(text[0]) <= _LONGEST_LEAD:
        return text[0], "\n".join(text[1:])
    return "", "\n".join(text)


def _lines_above_control(lines: list[str]) -> int | None:
    """Count the lines of text above the control of the text size, or the one above another.

    Print and share buttons stand anywhere; they part the lead from the body where exactly one
    line is above them.
    """
    above, other = 0, None
    for line in lines:
        if is_size_control(line):
            return above
        if is_control(line) and above == 1:
            other = above
        above += not is_furniture(line)
    return other
