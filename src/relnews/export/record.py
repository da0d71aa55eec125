"""A list as plain data, for JSON, for tables and for programs in other languages."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from relnews.types import Related, RelatedList


def list_record(related: RelatedList) -> dict[str, Any]:
    """Give a list as JSON data: the question, the entries in order, and the note."""
    entries = [_entry(position, entry) for position, entry in enumerate(related, start=1)]
    for entry in entries:
        published = entry["published_at"]
        entry["published_at"] = published.isoformat() if published else None
    return {
        "source_id": related.source_id,
        "at": related.at.isoformat(),
        "k": related.k,
        "note": related.note,
        "entries": entries,
    }


def list_rows(related: RelatedList) -> list[dict[str, Any]]:
    """Give a list as the rows of a table, one per entry; an empty list has none.

    A row has the keys of an entry in `list_record`, but `target_id` for `id`, and `source_id`,
    `at` and `note` of the list. Times are datetimes.
    """
    rows = []
    for position, entry in enumerate(related, start=1):
        row = _entry(position, entry)
        row["target_id"] = row.pop("id")
        rows.append({"source_id": related.source_id, "at": related.at, "note": related.note, **row})
    return rows


def row_blocks(lists: Iterable[RelatedList], n_rows: int) -> Iterator[list[dict[str, Any]]]:
    """Give the rows of lists in blocks of `n_rows`, so that never more are in memory."""
    rows = chain.from_iterable(map(list_rows, lists))
    while block := list(islice(rows, n_rows)):
        yield block


def _entry(position: int, entry: Related) -> dict[str, Any]:
    article = entry.article
    return {
        "position": position,
        "id": article.id,
        "headline": article.headline,
        "teaser": article.teaser,
        "url": article.url,
        "section": article.section,
        "source": article.source,
        "language": entry.language,
        "published_at": article.published_at,
        "score": round(entry.score, 6),
        "relevance": round(entry.relevance, 6),
        "freshness": round(entry.freshness, 6),
        "lexical": round(entry.lexical, 6),
        "semantic": round(entry.semantic, 6),
        "relation": entry.relation,
        "placed_by": entry.placed_by,
        "shared_words": list(entry.shared_words),
        "reason": entry.reason,
    }
