"""The articles as the in-memory corpus needs them: numbers and flags, read in bulk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Text, and_, null, select, tuple_, type_coerce

from relnews.store.records import Former, StoredRow, document_from_columns
from relnews.store.schema import articles, documents, former, meta, vectors

if TYPE_CHECKING:
    import numpy.typing as npt
    from sqlalchemy import Connection, Select

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_TIMES = ("published_at", "updated_at", "embargo_until", "expires_at")
_PLAIN = (
    "change",
    "id",
    "status",
    "section",
    "source",
    "language",
    "detected_language",
    "access",
    "evergreen",
    "no_list",
    "never_recommend",
)


def rows_after(
    connection: Connection, place: tuple[int, str], model: str | None, limit: int
) -> list[tuple[int, StoredRow]]:
    """Give the next rows, each with its change, in the order of change and id."""
    key = (articles.c.change, articles.c.id)
    query = _query(model).where(tuple_(*key) > tuple_(*place)).order_by(*key).limit(limit)
    return [(row.change, _to_row(row)) for row in connection.execute(query)]


def versions() -> Select[Any]:
    """Select of every article what `schema.former` keeps, in its order."""
    source = articles.join(documents, documents.c.article_id == articles.c.id)
    current = select(meta.c.value).where(meta.c.key == "model").scalar_subquery()
    mine = and_(vectors.c.article_id == articles.c.id, vectors.c.model == current)
    source = source.outerjoin(vectors, mine)
    own = ("id", "change", "published_at", "updated_at", "evergreen", "section")
    return select(
        *(articles.c[name] for name in own), documents.c.terms, documents.c.counts, vectors.c.vector
    ).select_from(source)


def former_versions(connection: Connection) -> list[Former]:
    """Give the replaced versions that lists may stand on, oldest change first."""
    times = [
        type_coerce(former.c[name], Text).label(name) for name in ("published_at", "updated_at")
    ]
    plain = [
        column for column in former.columns if column.name not in {"published_at", "updated_at"}
    ]
    query = select(*plain, *times).order_by(former.c.change, former.c.article_id)
    return [
        Former(
            id=row.article_id,
            change=row.change,
            published_at=_second_after(row.published_at),
            updated_at=_second_after(row.updated_at),
            evergreen=row.evergreen,
            section=row.section,
            document=document_from_columns(row.terms, row.counts, b""),
            vector=_vector(row.vector),
        )
        for row in connection.execute(query)
    ]


def _query(model: str | None) -> Select[Any]:
    source = articles.join(documents, documents.c.article_id == articles.c.id)
    vector: Any = null().label("vector")
    if model is not None:
        mine = and_(vectors.c.article_id == articles.c.id, vectors.c.model == model)
        source = source.outerjoin(vectors, mine)
        vector = vectors.c.vector
    return select(
        *(articles.c[name] for name in _PLAIN),
        *(type_coerce(articles.c[name], Text).label(name) for name in _TIMES),
        documents.c.terms,
        documents.c.counts,
        documents.c.shingles,
        vector,
    ).select_from(source)


def _to_row(row: Any) -> StoredRow:  # noqa: ANN401  # a row of the query above
    return StoredRow(
        id=row.id,
        published_at=_second_after(row.published_at),
        updated_at=_second_after(row.updated_at),
        embargo_until=_second_after(row.embargo_until),
        expires_at=_second_before(row.expires_at),
        status=row.status,
        section=row.section,
        source=row.source,
        language=row.language or row.detected_language,
        access=row.access,
        evergreen=row.evergreen,
        no_list=row.no_list,
        never_recommend=row.never_recommend,
        document=document_from_columns(row.terms, row.counts, row.shingles),
        vector=_vector(row.vector),
    )


def _vector(stored: bytes | None) -> npt.NDArray[np.float16] | None:
    return None if stored is None else np.frombuffer(stored, "<f2")


def _second_before(time: str | None) -> int | None:
    return None if time is None else (datetime.fromisoformat(time) - _EPOCH) // _SECOND


def _second_after(time: str | None) -> int | None:
    return None if time is None else -((_EPOCH - datetime.fromisoformat(time)) // _SECOND)
