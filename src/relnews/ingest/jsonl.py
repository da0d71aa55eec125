"""Read JSON Lines: one object per line, each on its own feet.

Streams; a line that is no article costs that line alone. Called by `relnews.ingest.reading`.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Final

from relnews.errors import InvalidArticle
from relnews.ingest.fields import find_id
from relnews.types import Article, Quarantined

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["LONGEST_LINE", "read_jsonl"]

LONGEST_LINE: Final = 16 * 1024 * 1024
_SKIP = 1 << 20
_ID_FIRST = re.compile(rb'\s*\{\s*"id"\s*:\s*"?([\w./:-]{1,200})["\s,}]')


def read_jsonl(
    stream: io.BufferedReader, file: str, convert: Callable[[Mapping[str, object]], Article]
) -> Iterator[Article | Quarantined]:
    """Yield each line as the article that `convert` makes of it, or as quarantined.

    Blank lines are skipped. A line longer than 16 MB is passed over without being held.
    Memory: O(longest line). Errors of the stream pass through.
    """
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        if len(line) > LONGEST_LINE:
            _skip_rest(stream, line)
            reason = f"a line must not be longer than {LONGEST_LINE >> 20} MB; shorten the body"
            yield Quarantined(file, number, _id_in(line), reason)
        elif line.strip():
            yield _read_line(line, file, number, convert)


def _read_line(
    line: bytes, file: str, number: int, convert: Callable[[Mapping[str, object]], Article]
) -> Article | Quarantined:
    try:
        record = json.loads(line.decode())
    except UnicodeDecodeError as error:
        reason = f"the line must be UTF-8, got byte 0x{line[error.start]:02x} at {error.start + 1}"
        return Quarantined(file, number, _id_in(line), reason)
    except json.JSONDecodeError as error:
        reason = f"the line must be a JSON object: {error.msg} (character {error.pos + 1})"
        return Quarantined(file, number, _id_in(line), reason)
    except (ValueError, RecursionError):  # numbers of thousands of digits, thousands of brackets
        return Quarantined(file, number, _id_in(line), "the JSON must not be nested this deep")
    if not isinstance(record, dict):
        reason = f"the line must be a JSON object, got {type(record).__name__}"
        return Quarantined(file, number, "", reason)
    try:
        return convert(record)
    except InvalidArticle as error:
        return Quarantined(file, number, find_id(record), str(error))


def _skip_rest(stream: io.BufferedReader, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = stream.readline(_SKIP)


def _id_in(line: bytes) -> str:
    """Return the id of an object that cannot be parsed, if it is the first thing in it."""
    match = _ID_FIRST.match(line)
    return match[1].decode(errors="replace") if match else ""
