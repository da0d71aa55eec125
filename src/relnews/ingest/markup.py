"""Turn the markup that slips into fields into plain text.

Called by `relnews.ingest.fields` for single fields; whole pages are not its business.
"""

import html
import re
from html.parser import HTMLParser

__all__ = ["one_line", "paragraphs"]

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption",
    "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol",
    "p", "pre", "section", "table", "tbody", "td", "th", "thead", "tr", "ul",
})  # fmt: skip
_INLINE = frozenset({
    "a", "abbr", "b", "big", "bdi", "cite", "code", "del", "em", "font", "i", "img", "ins",
    "kbd", "mark", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "time", "tt",
    "u", "wbr",
})  # fmt: skip
_SILENT = frozenset({"script", "style"})
_NAMES = "|".join(sorted(_BLOCKS | _INLINE | _SILENT, key=len, reverse=True))
_TAG = re.compile(rf"</?(?:{_NAMES})(?=[\s/>])[^<>]*>", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"</?(?:{'|'.join(_BLOCKS)})(?=[\s/>])[^<>]*>", re.IGNORECASE)
_STRAY = re.compile(rf"<(?!/?(?:{_NAMES})(?=[\s/>])[^<>]*>)", re.IGNORECASE)
# With the semicolon only: "?a=1&copy=2" is an address, not a copyright sign.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_INVISIBLE = str.maketrans("", "", "\u00ad\u200b\ufeff")


def one_line(text: str) -> str:
    """Return the text without tags, entities and invisible characters, on one line.

    Markup that was escaped twice (``&lt;b&gt;``) goes too. What is no known tag stays:
    ``"a < b"`` and ``"<Name>"`` are text.
    """
    if "&" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    if "<" in text and _TAG.search(text):
        text = _without_tags(text)
    if not text.isascii():
        text = text.translate(_INVISIBLE)
    return " ".join(text.split())


def paragraphs(text: str) -> str:
    """Return a body as plain text, one paragraph per line, if it holds tags; else unchanged."""
    if "<" not in text or not _TAG.search(text):
        return text
    if _BLOCK_TAG.search(text):  # then line breaks of the source mean nothing
        text = text.replace("\r", " ").replace("\n", " ")
    lines = (" ".join(line.split()) for line in _without_tags(text).split("\n"))
    return "\n".join(line for line in lines if line)


def _without_tags(text: str) -> str:
    """Strip known tags; every other ``<`` is escaped first, so that the parser stays linear."""
    parser = _Text()
    parser.feed(_STRAY.sub("&lt;", _without_comments(text)))
    parser.close()
    return "".join(parser.parts)


def _without_comments(text: str) -> str:
    kept, position = [], 0
    while (start := text.find("<!--", position)) >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            break
        kept.append(text[position:start])
        position = end + 3
    return "".join(kept) + text[position:]


class _Text(HTMLParser):
    """Collects the text; block tags become line breaks, scripts and styles vanish."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = False

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in _SILENT:
            self._silent = True

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in _SILENT:
            self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)
