"""Read captures: the plain text of an article's page, as a browser copies it.

A capture holds, in this order and with gaps: site name and headline; the headline again; captions
with ``Foto: ©``; the lead; a control line (``Textgröße ändern:``); paragraphs; a byline; and the
block "Empfohlen" of headlines with their teasers. Called by `relnews.ingest.reading`.
"""

from __future__ import annotations

import codecs
import hashlib
from typing import TYPE_CHECKING, Final

from relnews.errors import InvalidArticle
from relnews.ingest.lines import fold, lines_of
from relnews.ingest.page import page_of
from relnews.ingest.times import zone_of
from relnews.types import Article, Quarantined

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator

__all__ = ["capture_id", "read_capture"]

LONGEST_CAPTURE: Final = 4 * 1024 * 1024
_CONTROL_CODES: Final = frozenset(range(32)) - frozenset(b"\t\n\v\f\r\x1b")


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
    page = page_of(lines_of(_decode(data)), zone_of(timezone))
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
