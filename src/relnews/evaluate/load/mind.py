r"""MIND, the news recommendation data of Microsoft News: ``news.tsv`` and ``behaviors.tsv``.

Neither has a header, and quotes mean nothing. An article is ``id, category, subcategory, title,
abstract, url, title entities, abstract entities``; an impression is ``id, user, time, history,
shown``, with tabs between::

    N55528\tlifestyle\tlifestyleroyals\tThe Brands …\tShop the …\thttps://…\t[]\t[]
    91\tU397059\t11/15/2019 10:22:32 AM\tN106403 N71977\tN129416-0 N26703-1

References
----------
F. Wu et al., MIND: A Large-scale Dataset for News Recommendation, ACL 2020,
https://aclanthology.org/2020.acl-main.331; https://github.com/msnews/msnews.github.io.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter
from pathlib import Path
from sys import intern
from typing import TYPE_CHECKING, NamedTuple

from relnews.errors import InvalidTruth
from relnews.evaluate.load.dataset import Dataset
from relnews.evaluate.load.files import require
from relnews.evaluate.load.lines import Line, Record, collect, read_lines
from relnews.evaluate.load.pseudonym import pseudonyms
from relnews.evaluate.load.values import refuse
from relnews.evaluate.truth import Impression, Truth
from relnews.ingest import to_article
from relnews.types import Quarantined

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Mapping

    from relnews.types import Article

__all__ = ["BEHAVIORS", "NEWS", "load_mind"]

NEWS = "news.tsv"
BEHAVIORS = "behaviors.tsv"
_ARTICLE = ("id", "category", "subcategory", "title", "abstract", "url")
_ENTITIES = ("title_entities", "abstract_entities")
_BEHAVIOR = ("id", "user", "time", "history", "shown")
_TIME = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d\d):(\d\d) ([AP])M")
_SHOWN, _CLICKED = "-0", "-1"


class _Behavior(NamedTuple):
    """A row of ``behaviors.tsv``; `clicked` is None where the row does not tell."""

    user: str
    at: datetime
    source_id: str
    shown: tuple[str, ...]
    clicked: tuple[bool, ...] | None


def load_mind(folder: str | os.PathLike[str], *, salt: str | None = None) -> Dataset:
    """Read a folder of MIND, such as ``MINDsmall_train`` unpacked.

    The category is the section and the subcategory the tag; the abstract is the teaser, and
    there are no bodies. `salt` is that of `relnews.evaluate.load.pseudonym`.

    Raises
    ------
    IngestError
        When a file is missing, or has not one sound line.
    InvalidPolicy
        When `salt` is empty or longer than 64 bytes.

    Notes
    -----
    Decisions, where the data leave something open:

    - Articles carry no dates. One is *published* at the first moment at which any impression
      shows it, and undated when none does. No article is dated too early by that, but many too
      late: what ran before the log begins seems no older than the log.
    - Times carry no zone; UTC is assumed. Intervals hold, the hour of the day may not.
    - The source of an impression is the last article of the reader's history, empty when there
      is none: the log does not say on which page the list stood. Histories carry no times, and
      become no events.
    - The authors shuffled what was shown: a place in `shown` means nothing. Nor are there
      propensities, so that no estimate from these clicks can be freed of the logging system.
    - Rows of the test set do not say what was clicked. They date articles, and become no
      impressions: nobody knows what nobody clicked.
    """
    folder = Path(folder)
    news, behaviors = require(folder, NEWS), require(folder, BEHAVIORS)
    rows, broken = collect(
        behaviors, _records(behaviors, _BEHAVIOR), partial(_behavior, user_of=pseudonyms(salt))
    )
    first: dict[str, datetime] = {}
    for row in sorted(rows, key=attrgetter("at")):
        for name in row.shown:
            first.setdefault(name, row.at)
    articles, unread = collect(
        news, _records(news, _ARTICLE, _ENTITIES), partial(_article, first=first)
    )
    impressions = tuple(
        Impression(
            user=row.user, source_id=row.source_id, at=row.at, shown=row.shown, clicked=row.clicked
        )
        for row in rows
        if row.clicked is not None
    )
    return Dataset(folder.resolve().name, articles, Truth(impressions=impressions), unread + broken)


def _records(
    path: Path, names: tuple[str, ...], optional: tuple[str, ...] = ()
) -> Iterator[Record | Quarantined]:
    """Split lines at tabs; the columns of `optional` may be missing at the end."""
    for line in read_lines(path):
        yield line if isinstance(line, Quarantined) else _record(line, path, names, optional)


def _record(
    line: Line, path: Path, names: tuple[str, ...], optional: tuple[str, ...]
) -> Record | Quarantined:
    cells = line.text.split("\t")
    least, most = len(names), len(names) + len(optional)
    if not least <= len(cells) <= most:
        count = f"{least}" if least == most else f"{least} to {most}"
        reason = f"the row must have {count} columns, {', '.join(names)} first; got {len(cells)}"
        return Quarantined(str(path), line.number, "", reason)
    return Record(line.number, dict(zip(names + optional, cells, strict=False)))


def _article(row: Mapping[str, object], first: Mapping[str, datetime]) -> tuple[Article]:
    article_id = str(row["id"]).strip()
    record = {
        "id": article_id,
        "headline": row["title"],
        "teaser": row["abstract"],
        "url": row["url"],
        "section": row["category"],
        "tags": [row["subcategory"]],
        "language": "en",
        "published_at": first.get(article_id),
    }
    return (to_article(record, timezone="UTC"),)


def _behavior(row: Mapping[str, object], user_of: Callable[[object], str]) -> tuple[_Behavior]:
    history, tokens = str(row["history"]).split(), str(row["shown"]).split()
    user, at = user_of(row["user"]), _moment(str(row["time"]))
    source = history[-1] if history else ""
    labels = [token[-2:] for token in tokens]
    n_labels = labels.count(_SHOWN) + labels.count(_CLICKED)
    if not n_labels:
        return (_Behavior(user, at, source, tuple(map(intern, tokens)), None),)
    if n_labels < len(tokens) or min(map(len, tokens)) <= len(_SHOWN):
        msg = "either every shown article must be an id and -0 or -1, or none; mend the row"
        raise InvalidTruth(msg)
    shown = tuple(intern(token[:-2]) for token in tokens)  # a few ids, millions of times
    return (_Behavior(user, at, source, shown, tuple(label == _CLICKED for label in labels)),)


def _moment(text: str) -> datetime:
    """Read an American time by hand: what ``strptime`` makes of PM depends on the locale."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        refuse("time", "one such as 11/15/2019 10:22:32 AM", text)
    month, day, year, hour, minute, second = map(int, match.groups()[:6])
    try:
        return datetime(
            year, month, day, hour % 12 + 12 * (match[7] == "P"), minute, second, tzinfo=UTC
        )
    except ValueError:
        refuse("time", "one that the calendar has", text)
