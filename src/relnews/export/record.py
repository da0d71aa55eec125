"""A list as plain data, for JSON and for programs in other languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relnews.types import Related, RelatedList


def list_record(related: RelatedList) -> dict[str, Any]:
    """Give a list as JSON data: the question, the entries in order, and the note."""
    return {
        "source_id": related.source_id,
        "at": related.at.isoformat(),
        "k": related.k,
        "note": related.note,
        "entries": [
            _entry(position, entry) for position, entry in enumerate(related.entries, start=1)
        ],
    }


def _entry(position: int, entry: Related) -> dict[str, Any]:
    article = entry.article
    published = article.published_at
    return {
        "position": position,
        "id": article.id,
        "headline": article.headline,
        "teaser": article.teaser,
        "url": article.url,
        "section": article.section,
        "source": article.source,
        "published_at": published.isoformat() if published else None,
        "score": round(entry.score, 6),
        "relevance": round(entry.relevance, 6),
        "freshness": round(entry.freshness, 6),
        "lexical": round(entry.lexical, 6),
        "latent": round(entry.latent, 6),
        "relation": entry.relation,
        "placed_by": entry.placed_by,
        "shared_words": list(entry.shared_words),
        "reason": entry.reason,
    }
