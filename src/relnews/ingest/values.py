"""Convert single values to what `Article` holds, without markup, or say what they must be.

Every `to_…` takes the field's name, the value, and the zone of times that carry none; called
through the table in `relnews.ingest.fields`.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from relnews.errors import InvalidArticle
from relnews.ingest.times import parse_time
from relnews.text.teaser import sentences

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

__all__ = [
    "first_sentence",
    "to_access",
    "to_authors",
    "to_body",
    "to_flag",
    "to_id",
    "to_language",
    "to_name",
    "to_status",
    "to_tags",
    "to_text",
    "to_time",
    "to_version",
]

_FLAGS = {
    **dict.fromkeys(("true", "1", "1.0", "yes", "y", "on", "ja", "j", "wahr", "x"), True),
    **dict.fromkeys(("false", "0", "0.0", "no", "n", "off", "nein", "falsch", "-"), False),
}
_STATUS = {
    **dict.fromkeys(("usable", "published", "publish", "live"), "usable"),
    **dict.fromkeys(("withheld", "draft", "unpublished", "private"), "withheld"),
    **dict.fromkeys(
        ("canceled", "cancelled", "retracted", "killed", "kill", "deleted"), "canceled"
    ),
}
_ACCESS = {
    **dict.fromkeys(("free", "frei", "kostenlos"), "free"),
    **dict.fromkeys(("paid", "premium", "plus", "metered", "subscription"), "paid"),
}
_LANGUAGES = {
    **dict.fromkeys(("deutsch", "german", "deu", "ger"), "de"),
    **dict.fromkeys(("englisch", "english", "eng"), "en"),
}
_LANGUAGE_CODE = re.compile(r"([a-z]{2})(?:[-_].*)?")
_LIST_ENDS = re.compile(r"[;|]")
_TAG_ENDS = re.compile(r"[;|,]")
T = TypeVar("T")
_LONGEST_NUMBER = 10**40  # as an id; also far below what str() refuses
_LONGEST_SENTENCE = 200


def to_id(name: str, value: Any, _zone: tzinfo) -> str:  # noqa: ANN401  # any JSON value
    """Return an id or address as text; a whole number is one too."""
    if (
        isinstance(value, int)
        and not isinstance(value, bool)
        and name == "id"
        and abs(value) < _LONGEST_NUMBER
    ):
        return str(value)
    return value.strip() if isinstance(value, str) else _refuse(name, "text", value)


def to_text(name: str, value: Any, _zone: tzinfo) -> str:  # noqa: ANN401
    """Return text on one line, without markup."""
    return _one_line(value) if isinstance(value, str) else _refuse(name, "text", value)


def to_name(name: str, value: Any, zone: tzinfo) -> str:  # noqa: ANN401
    """Return a name on one line, also from an object with a name or a list of such."""
    return to_text(name, _name_in(value[0] if isinstance(value, list) else value), zone)


def to_body(name: str, value: Any, _zone: tzinfo) -> str:  # noqa: ANN401
    """Return a body as plain text, also from a list of paragraphs."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = "\n".join(value)
    if not isinstance(value, str):
        _refuse(name, "text or a list of paragraphs", value)
    return _paragraphs(value.replace("\r\n", "\n") if "\r" in value else value).strip()


def to_authors(name: str, value: Any, _zone: tzinfo) -> tuple[str, ...]:  # noqa: ANN401
    """Return names from a list, an object, or text with ``;`` or ``|`` between them."""
    return _items(name, value, _LIST_ENDS)


def to_tags(name: str, value: Any, _zone: tzinfo) -> tuple[str, ...]:  # noqa: ANN401
    """Return tags from a list, or text with ``;``, ``|`` or ``,`` between them."""
    return _items(name, value, _TAG_ENDS)


def to_language(name: str, value: Any, zone: tzinfo) -> str:  # noqa: ANN401
    """Return the ISO 639-1 code, or nothing, which leaves the language to detection."""
    text = to_text(name, value[0] if isinstance(value, list) else value, zone).lower()
    code = _LANGUAGE_CODE.fullmatch(text)
    return code[1] if code else _LANGUAGES.get(text, "")


def to_time(name: str, value: Any, zone: tzinfo) -> datetime:  # noqa: ANN401
    """Return a timezone-aware moment."""
    return parse_time(value, zone) or _refuse(
        name, "a time such as 2020-10-03T12:30:00+02:00 or 03.10.2020 12:30", value
    )


def to_version(name: str, value: Any, _zone: tzinfo) -> int:  # noqa: ANN401
    """Return a whole number, also from text."""
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value.strip()[:18])
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value < _LONGEST_NUMBER:
        _refuse(name, "a whole number of at least 1", value)
    return value


def to_flag(name: str, value: Any, _zone: tzinfo) -> bool:  # noqa: ANN401
    """Return true or false, also from 1 and 0, ``ja`` and ``nein``, and the like."""
    return _lookup(name, value, _FLAGS, "true or false")


def to_status(name: str, value: Any, _zone: tzinfo) -> str:  # noqa: ANN401
    """Return the IPTC status; what was retracted, killed or deleted is ``canceled``."""
    if isinstance(value, str):
        value = value.strip().rpartition("stat:")[2]  # the NewsML-G2 code "stat:usable"
    return _lookup(name, value, _STATUS, "one of usable, withheld, canceled")


def to_access(name: str, value: Any, _zone: tzinfo) -> str:  # noqa: ANN401
    """Return ``free`` or ``paid``, also from schema.org's isAccessibleForFree."""
    text = str(value).strip().lower() if isinstance(value, bool | str) else ""
    if text in _FLAGS:
        return "free" if _FLAGS[text] else "paid"
    return _lookup(name, value, _ACCESS, "free or paid")


def first_sentence(body: str) -> str:
    """Return the first sentence of a body, without markup, at most 200 characters, on one line.

    A longer one is cut at a word, and shows it by an ellipsis. Empty text gives empty text.
    """
    text = _paragraphs(body)
    line = next((line for line in text.splitlines() if line.strip()), "")
    start = " ".join(line[: 10 * _LONGEST_SENTENCE].split())[: 2 * _LONGEST_SENTENCE]
    sentence = next(iter(sentences(start)), "")
    if len(sentence) <= _LONGEST_SENTENCE:
        return sentence
    return sentence[: _LONGEST_SENTENCE - 1].rpartition(" ")[0].rstrip(" ,;:–-") + "…"


def _lookup(name: str, value: object, table: dict[str, T], expected: str) -> T:
    known = isinstance(value, bool | str) or value in (0, 1)
    text = str(value).strip().lower() if known else ""
    return table[text] if text in table else _refuse(name, expected, value)


def _items(name: str, value: object, ends: re.Pattern[str]) -> tuple[str, ...]:
    if isinstance(value, str):
        value = ends.split(value)
    elif isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        _refuse(name, "a list or text", value)
    items = [_name_in(item) for item in value]
    if not all(isinstance(item, str) for item in items):
        _refuse(name, "a list of text", value)
    texts = (_one_line(item) for item in items)
    return tuple(dict.fromkeys(text for text in texts if text))


def _name_in(value: Any) -> Any:  # noqa: ANN401
    return value.get("name") if isinstance(value, dict) else value


def _refuse(name: str, expected: str, value: object) -> NoReturn:
    try:
        shown = f"{value!r:.80}"
    except (ValueError, RecursionError):  # a number too long to show, a list too deep
        shown = type(value).__name__
    msg = f"{name} must be {expected}, got {shown}"
    raise InvalidArticle(msg)


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


def _one_line(text: str) -> str:
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


def _paragraphs(text: str) -> str:
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
