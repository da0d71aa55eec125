"""What `relnews check` asks of a database: that everything is there and fits together."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Select, Text, func, select, type_coerce

from relnews.rank.rules import from_json
from relnews.store import corpus, reading, sqlite
from relnews.store.records import digest, document_from_columns, text_fingerprint
from relnews.store.schema import articles, documents, lists, models, related, rules, terms, vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy import Connection

    from relnews.types import Article

_SHOWN = 5
_AT_ONCE = 500
_ROUNDING = 0.02  # of the norm of a unit vector in float16, with room


def problems(connection: Connection) -> list[str]:
    """Name everything that is not sound, one sentence each; empty means sound."""
    found = list(sqlite.problems(connection))
    checks: tuple[Callable[[Connection], Iterator[str]], ...] = (
        _articles,
        _missing,
        _vocabulary,
        _documents,
        _models,
        _vectors,
        _calibration,
        _weighing,
        _former,
        _rules,
    )
    for check in checks:
        try:
            found += check(connection)
        except ValueError as error:  # a damaged value stops its own check only
            found.append(f"unreadable: {error}")
    return found


def _rules(connection: Connection) -> Iterator[str]:
    """Find rules that cannot be read."""
    for number, text in connection.execute(select(rules.c.id, type_coerce(rules.c.rule, Text))):
        try:
            from_json(json.loads(text))
        except (ValueError, AttributeError, TypeError):
            yield f"rule {number} cannot be read; remove it: {text!r:.80}"


def _articles(connection: Connection) -> Iterator[str]:
    """Find articles that are no longer what was saved."""
    query = select(articles.c.id, articles.c.digest).order_by(articles.c.id).limit(_AT_ONCE)
    bad: list[str] = []
    last = ""
    while rows := connection.execute(query.where(articles.c.id > last)).all():
        stored = {row.id: row.digest for row in rows}
        try:
            found = reading.articles_of(connection, stored)
        except ValueError:  # one of them cannot be read: ask for each
            found = _readable(connection, stored)
        bad += [key for key in stored if key not in found or digest(found[key]) != stored[key]]
        last = rows[-1].id
    if bad:
        yield f"articles that differ from what was saved: {_some(bad)}"


def _readable(connection: Connection, ids: Iterable[str]) -> dict[str, Article]:
    found: dict[str, Article] = {}
    for article_id in ids:
        with suppress(ValueError):
            found |= reading.articles_of(connection, [article_id])
    return found


def _missing(connection: Connection) -> Iterator[str]:
    """Find rows whose other half is not there."""
    known = select(articles.c.id)
    orphans: dict[str, Select[Any]] = {
        "articles without a document": known.where(
            articles.c.id.not_in(select(documents.c.article_id))
        ),
        "documents without an article": select(documents.c.article_id).where(
            documents.c.article_id.not_in(known)
        ),
        "vectors without an article": select(vectors.c.article_id).where(
            vectors.c.article_id.not_in(known)
        ),
        "lists of unknown articles": select(lists.c.source_id).where(
            lists.c.source_id.not_in(known)
        ),
        "entries of lists that are not stored": select(related.c.source_id).where(
            related.c.source_id.not_in(select(lists.c.source_id))
        ),
        "lists with unknown articles on them": select(related.c.source_id).where(
            related.c.target_id.not_in(known)
        ),
    }
    for what, query in orphans.items():
        ids = sorted(set(connection.execute(query).scalars()))
        if ids:
            yield f"{what}: {_some(ids)}"


def _vocabulary(connection: Connection) -> Iterator[str]:
    least, stored = connection.execute(select(func.min(terms.c.id), func.count(terms.c.id))).one()
    if stored and (least != 0 or reading.term_count(connection) != stored):
        last = reading.term_count(connection) - 1
        yield f"the vocabulary has gaps: {stored} terms with ids from {least} to {last}"


def _documents(connection: Connection) -> Iterator[str]:
    """Find documents that hold no valid counts."""
    size = reading.term_count(connection)
    bad = []
    for row in connection.execute(select(documents).execution_options(yield_per=_AT_ONCE)):
        try:
            document = document_from_columns(row.terms, row.counts, row.shingles)
        except ValueError:  # not a whole number of values
            bad.append(row.article_id)
            continue
        ids = document.terms
        ascending = bool(np.all(ids[1:] > ids[:-1]))
        inside = len(ids) == 0 or (ids[0] >= 0 and ids[-1] < size)
        if len(ids) != len(document.counts) or not (ascending and inside):
            bad.append(row.article_id)
    if bad:
        yield f"documents with terms beyond the vocabulary or broken counts: {_some(bad)}"


def _models(connection: Connection) -> Iterator[str]:
    """Find models that are not the ones their fingerprints name."""
    stored = connection.execute(select(models.c.fingerprint, models.c.config, models.c.arrays))
    names = set()
    for name, config, arrays in stored:
        names.add(name)
        if text_fingerprint(config, arrays) != name:
            yield f"model {name} does not match its fingerprint: its bytes have changed"
    current = reading.meta_value(connection, "model")
    if current is not None and current not in names:
        yield f"the current model {current} is not stored"


def _vectors(connection: Connection) -> Iterator[str]:
    """Find vectors no model owns, and those as long as no other of their model."""
    v = vectors.c
    unknown = select(v.model).where(v.model.not_in(select(models.c.fingerprint))).distinct()
    names = sorted(connection.execute(unknown).scalars())
    if names:
        yield f"vectors of unknown models: {_some(names)}"
    wrong = unsound_vectors(connection)
    if wrong:
        yield f"vectors with a wrong length or norm: {_some(wrong)}"
    current = reading.model(connection, None)
    if current is not None and current.config.get("dimensions"):
        without = reading.without_vector(connection, current.fingerprint, _AT_ONCE)
        if without:
            yield f"articles without a vector of the current model: {_some(without)}"


def unsound_vectors(connection: Connection) -> list[str]:
    """Name the articles whose vector is no unit vector, nor zero, or as long as no other's."""
    v = vectors.c
    length = func.length(v.vector)
    sizes = select(v.model, length).group_by(v.model, length).order_by(func.count())
    usual = {model: size for model, size in connection.execute(sizes)}  # noqa: C416  # the last counts
    rows = select(v.article_id, v.model, v.vector).execution_options(yield_per=_AT_ONCE)
    wrong = {
        name
        for name, model, stored in connection.execute(rows)
        if len(stored) != usual[model] or not _is_unit(stored)
    }
    return sorted(wrong)


def _is_unit(stored: bytes) -> bool:
    if len(stored) == 0 or len(stored) % 2:
        return False
    norm = float(np.linalg.norm(np.frombuffer(stored, "<f2").astype(np.float32)))
    return norm == 0 or abs(norm - 1) < _ROUNDING


def _calibration(connection: Connection) -> Iterator[str]:
    """Find that what was measured is gone."""
    current = reading.meta_value(connection, "calibration")
    if current and reading.calibration(connection) is None:
        yield f"the current calibration {current} is not stored"


def _weighing(connection: Connection) -> Iterator[str]:
    """Find that the counts which words are weighed by are gone; damaged ones cannot be read."""
    current = reading.meta_value(connection, "weighing")
    if current and reading.weighing(connection) is None:
        yield f"the current weighing {current} is not stored"


def _former(connection: Connection) -> Iterator[str]:
    """Find replaced versions that hold no valid counts; damaged ones cannot be read."""
    kept = corpus.former_versions(connection)
    bad = [one.id for one in kept if len(one.document.terms) != len(one.document.counts)]
    if bad:
        yield f"replaced versions with broken counts: {_some(bad)}"


def _some(ids: list[str]) -> str:
    more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    return ", ".join(ids[:_SHOWN]) + more
