"""Decide by the first bytes, then by the name, what a file holds.

Called once per file by `relnews.ingest.reading`.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final, Literal

from relnews.errors import IngestError
from relnews.ingest.fields import known_names
from relnews.ingest.files import kind
from relnews.ingest.table import columns_of, header_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Format", "decide"]

Format = Literal["jsonl", "csv", "capture"]
"""JSON Lines, a table with a header, or the text of a page as a browser copies it."""

_TELLING: Final = 2  # "Titel" alone may be the first line of anything
_FOREIGN: Final = (
    (re.compile(rb"\[\s*[\[{\"\]]"), "a JSON array; write one object per line (jq -c '.[]')"),
    (
        re.compile(rb"\{\s*\r?\n"),
        "an object over several lines; write one object per line (jq -c .)",
    ),
    (re.compile(rb"<(?:!doctype|html|\?xml|rss|feed)", re.IGNORECASE), "HTML or XML"),
)


def decide(head: bytes, path: Path, fields: Mapping[str, str] | None) -> Format:
    """Return the format of a file whose first bytes are `head`.

    An object at the start means JSON Lines; a header with a headline among its columns a table;
    then the name counts; anything else is a capture.

    Raises
    ------
    IngestError
        When it is clearly something else.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        msg = f"{path}: the file must be UTF-8, got UTF-16; save it as UTF-8"
        raise IngestError(msg)
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    for pattern, what in _FOREIGN:
        if pattern.match(start):
            msg = f"{path}: the file must be JSON Lines, CSV or a capture, got {what}"
            raise IngestError(msg)
    named = kind(path)
    if start.startswith(b"{") or named == "jsonl":
        return "jsonl"
    _, names = columns_of(header_of(start), fields)
    if named == "csv" or known_names(names, fields) >= _TELLING:
        return "csv"
    return "capture"
