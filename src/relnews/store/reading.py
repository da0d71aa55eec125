"""Reads as plain functions of a connection, so that a writer can read inside its transaction."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Text, case, func, select, type_coerce

from relnews.errors import InvalidArticle
from relnews.rank import rules as rank_rules
from relnews.store.records import (
    ARTICLE_FIELDS,
    ListHeads,
    State,
    StoredCalibration,
    StoredEntry,
    StoredHead,
    StoredList,
    StoredModel,
    StoredRetraction,
    StoredStanding,
    StoredVectors,
    weighing_from_columns,
)
from relnews.store.schema import (
    articles,
    calibrations,
    lists,
    meta,
    metadata,
    models,
    quarantine,
    related,
    retractions,
    rules,
    terms,
    vectors,
    weighings,
)
from relnews.types import Article, Quarantined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt
    from sqlalchemy import Connection, Select

    from relnews.embed.weighting import Weighing
    from relnews.rank.rules import Rule

_IDS_AT_ONCE = 500  # SQLite takes 999 parameters at least
_HEAD_FIELDS = tuple(field.name for field in fields(StoredHead))
_ARTICLE_COLUMNS = tuple(articles.c[name] for name in ARTICLE_FIELDS)


def chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    """Give distinct ids, a few hundred at a time, without those that no database can hold."""
    distinct = iter([value for value in dict.fromkeys(ids) if _storable(value)])
    while chunk := list(islice(distinct, _IDS_AT_ONCE)):
        yield chunk


def _storable(value: str) -> bool:
    try:
        return "\x00" not in value and bool(value.encode())
    except UnicodeEncodeError:
        return False


def meta_value(connection: Connection, key: str, *, lock: bool = False) -> str | None:
    """Give one value of `meta`; with `lock`, other writers wait from here on."""
    query = select(meta.c.value).where(meta.c.key == key)
    return connection.execute(query.with_for_update() if lock else query).scalar()


def to_article(values: Any) -> Article:  # noqa: ANN401  # a row's columns, in the order of fields
    """Build the article that was saved."""
    fields = dict(zip(ARTICLE_FIELDS, values, strict=True))
    for name in ("authors", "tags"):
        if not isinstance(fields[name], list):
            msg = f"{name} must be a JSON array, got {fields[name]!r:.80} in article {fields['id']}"
            raise InvalidArticle(msg)
        fields[name] = tuple(fields[name])
    return Article(**fields)


def articles_of(
    connection: Connection, ids: Iterable[str], *, body_length: int | None = None
) -> dict[str, Article]:
    """Give the stored ones of these articles, in the order asked for."""
    start = func.substr(articles.c.body, 1, body_length).label("body")
    cut = body_length is not None
    columns = [start if cut and one.name == "body" else one for one in _ARTICLE_COLUMNS]
    found: dict[str, Article] = {}
    for chunk in chunks(ids):
        query = select(*columns).where(articles.c.id.in_(chunk))
        here = {row[0]: to_article(row) for row in connection.execute(query)}
        found |= {article_id: here[article_id] for article_id in chunk if article_id in here}
    return found


def languages_of(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Give the language that each of these articles was read in, for the stored ones."""
    query = select(articles.c.id, articles.c.detected_language)
    return {
        name: language
        for chunk in chunks(ids)
        for name, language in connection.execute(query.where(articles.c.id.in_(chunk)))
    }


def articles_after(connection: Connection, article_id: str | None, limit: int) -> list[Article]:
    """Give the next articles in the order of their ids."""
    query = select(*_ARTICLE_COLUMNS).order_by(articles.c.id).limit(limit)
    if article_id is not None:
        query = query.where(articles.c.id > article_id)
    return [to_article(row) for row in connection.execute(query)]


def states(connection: Connection, ids: Iterable[str]) -> dict[str, State]:
    """Give what decides about replacing, for the stored ones of these articles."""
    columns = articles.c
    query = select(
        columns.id,
        columns.version,
        columns.updated_at,
        columns.published_at,
        columns.digest,
        columns.status,
    )
    return {
        row.id: State(row.version, row.updated_at or row.published_at, row.digest, row.status)
        for chunk in chunks(ids)
        for row in connection.execute(query.where(columns.id.in_(chunk)))
    }


def retracted(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Give the reasons of those of these articles that are retracted."""
    query = select(retractions.c.article_id, retractions.c.reason)
    return {
        article_id: reason
        for chunk in chunks(ids)
        for article_id, reason in connection.execute(
            query.where(retractions.c.article_id.in_(chunk))
        )
    }


def all_retractions(connection: Connection) -> dict[str, StoredRetraction]:
    """Give every retraction, by id."""
    query = select(retractions).order_by(retractions.c.article_id)
    return {
        row.article_id: StoredRetraction(row.reason, row.retracted_at)
        for row in connection.execute(query)
    }


def term_count(connection: Connection) -> int:
    """Count the vocabulary; ids are dense, so the last one tells."""
    last = connection.execute(select(func.max(terms.c.id))).scalar()
    return 0 if last is None else int(last) + 1


def terms_from(connection: Connection, start: int) -> list[str]:
    """Give the vocabulary from one id on."""
    query = select(terms.c.term).where(terms.c.id >= start).order_by(terms.c.id)
    return list(connection.execute(query).scalars())


def model(connection: Connection, fingerprint: str | None) -> StoredModel | None:
    """Give a model by its fingerprint, or the current one."""
    wanted = fingerprint if fingerprint is not None else meta_value(connection, "model")
    query = select(models).where(models.c.fingerprint == wanted)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    encoder = json.loads(row.encoder) if row.encoder else None
    return StoredModel(row.fingerprint, json.loads(row.config), row.arrays, encoder)


def calibration(connection: Connection) -> StoredCalibration | None:
    """Give what was measured last; None before the first fit."""
    c = calibrations.c
    row = connection.execute(select(c.articles, c.semantic_weight, c.pairs)).one_or_none()
    return None if row is None else StoredCalibration(*row)


def without_vector(
    connection: Connection, model: str, limit: int, after: str | None = None
) -> list[str]:
    """Give the next articles, by id, that have no vector of a model."""
    own = select(1).where(vectors.c.article_id == articles.c.id, vectors.c.model == model)
    query = select(articles.c.id).where(~own.exists())
    if after is not None:
        query = query.where(articles.c.id > after)
    return list(connection.execute(query.order_by(articles.c.id).limit(limit)).scalars())


def vector_counts(connection: Connection, model: str) -> StoredVectors:
    """Count the vectors of a model, and tell how much text is in them."""
    seen = vectors.c.seen
    whole = func.avg(case((seen >= 1, 1.0), else_=0.0))
    query = select(func.count(), func.avg(seen), whole).where(vectors.c.model == model)
    stored, mean, share = connection.execute(query).one()
    total = connection.execute(select(func.count()).select_from(articles)).scalar_one()
    return StoredVectors(stored, total - stored, *(1.0 if x is None else x for x in (mean, share)))


def vectors_of(
    connection: Connection, model: str, ids: Iterable[str]
) -> dict[str, npt.NDArray[np.float16]]:
    """Give the vectors of a model, for those of these articles that have one."""
    query = select(vectors.c.article_id, vectors.c.vector).where(vectors.c.model == model)
    return {
        name: np.frombuffer(vector, "<f2")
        for chunk in chunks(ids)
        for name, vector in connection.execute(query.where(vectors.c.article_id.in_(chunk)))
    }


def all_rules(connection: Connection) -> dict[int, Rule]:
    """Give every rule by its id, oldest first."""
    query = select(rules).order_by(rules.c.id)
    return {row.id: rank_rules.from_json(row.rule) for row in connection.execute(query)}


def all_quarantined(connection: Connection) -> list[Quarantined]:
    """Give the quarantine, oldest first."""
    q = quarantine.c
    query = select(q.file, q.line, q.article_id, q.reason).order_by(q.id)
    return [Quarantined(*row) for row in connection.execute(query)]


def related_list(connection: Connection, source_id: str) -> StoredList | None:
    """Give the stored list of an article."""
    return next(iter(_lists(connection, select(lists).where(lists.c.source_id == source_id))), None)


def lists_after(
    connection: Connection, source_id: str | None, since: int, limit: int
) -> list[StoredList]:
    """Give the next lists that were written after a change, in the order of their source ids."""
    query = select(lists).where(lists.c.change > since).order_by(lists.c.source_id).limit(limit)
    if source_id is not None:
        query = query.where(lists.c.source_id > source_id)
    return _lists(connection, query)


def _lists(connection: Connection, query: Select[Any]) -> list[StoredList]:
    """Give the lists whose heads a query finds, with their entries: two queries in all."""
    heads = connection.execute(query).all()
    if not heads:
        return []
    ids = [head.source_id for head in heads]
    entries: dict[str, list[StoredEntry]] = {source_id: [] for source_id in ids}
    rows = select(related).where(related.c.source_id.in_(ids))
    for row in connection.execute(rows.order_by(related.c.source_id, related.c.position)):
        entries[row.source_id].append(_to_entry(row))
    return [
        StoredList(
            **{name: getattr(head, name) for name in _HEAD_FIELDS},
            rows=tuple(entries[head.source_id]),
        )
        for head in heads
    ]


def _to_entry(row: Any) -> StoredEntry:  # noqa: ANN401  # a row of `related`
    return StoredEntry(
        target_id=row.target_id,
        score=row.score,
        relevance=row.relevance,
        freshness=row.freshness,
        lexical=row.lexical,
        semantic=row.semantic,
        relation=row.relation,
        placed_by=row.placed_by,
        reason=row.reason,
        shared_words=tuple(row.shared_words),
    )


def list_heads(connection: Connection) -> ListHeads:
    """Give every stored list without its entries, in the order of ids."""
    own = ("source_id", "policy", "k", "seen", "reach")
    at = type_coerce(lists.c.at, Text)
    query = select(*(lists.c[name] for name in own), at).order_by(lists.c.source_id)
    rows = connection.execute(query).all()
    moments = {text: int(datetime.fromisoformat(text).timestamp() // 1) for *_, text in rows}
    return ListHeads(
        source_ids=[row[0] for row in rows],
        policies=[row[1] for row in rows],
        at=np.array([moments[row[5]] for row in rows], np.int64),
        k=np.array([row[2] for row in rows], np.int64),
        seen=np.array([row[3] for row in rows], np.int64),
        reach=np.array([row[4] for row in rows], np.float64),
    )


def standings(connection: Connection, ids: Iterable[str]) -> dict[str, StoredStanding]:
    """Give what decides whether they may be shown, for the stored ones of these articles."""
    columns = [articles.c[field.name] for field in fields(StoredStanding)]
    query = select(articles.c.id, *columns)
    return {
        name: StoredStanding(*values)
        for chunk in chunks(ids)
        for name, *values in connection.execute(query.where(articles.c.id.in_(chunk)))
    }


def listed_targets(connection: Connection, source_ids: Iterable[str]) -> dict[str, list[str]]:
    """Give the ids on the stored lists of these articles, in order, for those that have one."""
    found: dict[str, list[str]] = {}
    query = select(lists.c.source_id, related.c.target_id).outerjoin_from(lists, related)
    query = query.order_by(lists.c.source_id, related.c.position)
    for chunk in chunks(source_ids):
        for source_id, target_id in connection.execute(query.where(lists.c.source_id.in_(chunk))):
            targets = found.setdefault(source_id, [])
            if target_id is not None:
                targets.append(target_id)
    return found


def changed_articles(connection: Connection, change: int) -> dict[str, int]:
    """Give the articles that changed after a change, each with its last one."""
    query = select(articles.c.id, articles.c.change).where(articles.c.change > change)
    return {row.id: row.change for row in connection.execute(query)}


def weighing(connection: Connection) -> Weighing | None:
    """Give the counts that weights are taken from; None when they run along."""
    row = connection.execute(select(weighings.c.documents, weighings.c.frequencies)).one_or_none()
    return None if row is None else weighing_from_columns(row.documents, row.frequencies)


def listed_in(connection: Connection, target_id: str) -> list[str]:
    """Give the articles whose stored list carries this one."""
    query = select(related.c.source_id).where(related.c.target_id == target_id).distinct()
    return sorted(connection.execute(query).scalars())


def listed_sources(connection: Connection) -> list[str]:
    """Give the articles that have a stored list."""
    return list(connection.execute(select(lists.c.source_id).order_by(lists.c.source_id)).scalars())


def counts(connection: Connection) -> dict[str, int]:
    """Count the rows of every table."""
    return {
        name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for name, table in metadata.tables.items()
    }
