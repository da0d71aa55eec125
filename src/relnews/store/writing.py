"""Writes: everything inside one transaction, which is one change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect

from relnews.errors import ModelMismatch, StoreError
from relnews.rank import rules as rank_rules
from relnews.store import corpus, integrity, reading, schema
from relnews.store.records import (
    ARTICLE_FIELDS,
    config_text,
    digest,
    document_to_columns,
    list_to_columns,
    quarantine_to_columns,
    storable,
    text_fingerprint,
    weighing_to_columns,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    import numpy.typing as npt
    from sqlalchemy import Connection, Table

    from relnews.embed.document import Document
    from relnews.embed.weighting import Weighing
    from relnews.rank.rules import Rule
    from relnews.store.records import State, StoredCalibration, StoredList, StoredStanding
    from relnews.types import Article, Quarantined, Status


class Writer:
    """Write inside the transaction of `relnews.store.Store.write`.

    `change` is the number of this change. The reads a write depends on are here too and see
    what the writer has written.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.change = int(reading.meta_value(connection, "change", lock=True) or 0) + 1
        self._set_meta("change", str(self.change))

    def articles(self, ids: Iterable[str]) -> dict[str, Article]:
        """Give the stored ones of these articles."""
        return reading.articles_of(self._connection, ids)

    def states(self, ids: Iterable[str]) -> dict[str, State]:
        """Give what decides about replacing, for the stored ones of these articles."""
        return reading.states(self._connection, ids)

    def retracted(self, ids: Iterable[str]) -> dict[str, str]:
        """Give the reasons of those of these articles that are retracted."""
        return reading.retracted(self._connection, ids)

    def term_count(self) -> int:
        """Count the vocabulary: the id of the next new term."""
        return reading.term_count(self._connection)

    def listed_in(self, target_id: str) -> list[str]:
        """Give the articles whose stored list carries this one, in the order of their ids."""
        return reading.listed_in(self._connection, target_id)

    def listed_targets(self, source_ids: Iterable[str]) -> dict[str, list[str]]:
        """Give the ids on the stored lists of these articles, in order, for those that have one."""
        return reading.listed_targets(self._connection, source_ids)

    def standings(self, ids: Iterable[str]) -> dict[str, StoredStanding]:
        """Give what decides whether they may be shown, for the stored ones of these articles."""
        return reading.standings(self._connection, ids)

    def rules(self) -> dict[int, Rule]:
        """Give every rule by its id, oldest first."""
        return reading.all_rules(self._connection)

    def put_articles(self, entries: Sequence[tuple[Article, str, Document]]) -> None:
        """Save articles with their detected language and document, replacing by id.

        The vectors of a replaced article are dropped: they belonged to its old text.
        """
        if not entries:
            return
        rows = [self._article_row(article, language) for article, language, _ in entries]
        parts = [
            {"article_id": article.id, **document_to_columns(document)}
            for article, _, document in entries
        ]
        self._keep_former(article.id for article, _, _ in entries)
        self._upsert(schema.articles, rows)
        self._upsert(schema.documents, parts)
        for chunk in reading.chunks(article.id for article, _, _ in entries):
            self._delete(schema.vectors, schema.vectors.c.article_id.in_(chunk))

    def put_documents(self, entries: Sequence[tuple[str, str, Document]]) -> None:
        """Save the detected language and the document of stored articles, by id.

        The articles themselves, and their digests, stay as they are.
        """
        parts = [
            {"article_id": name, **document_to_columns(document)} for name, _, document in entries
        ]
        self._upsert(schema.documents, parts)
        for name, language, _ in entries:
            self._connection.execute(
                update(schema.articles)
                .where(schema.articles.c.id == name)
                .values(detected_language=language, change=self.change)
            )

    def add_terms(self, start: int, terms: Sequence[str]) -> None:
        """Append to the vocabulary; the first new term gets the id `start`.

        Raises
        ------
        StoreError
            When `start` is not the number of stored terms: another writer was faster.
        """
        stored = self.term_count()
        if start != stored:
            msg = f"terms are appended at {stored}, got {start}; read the new terms and try again"
            raise StoreError(msg)
        self._insert(
            schema.terms,
            [{"id": start + offset, "term": term} for offset, term in enumerate(terms)],
        )

    def quarantine(self, records: Sequence[Quarantined]) -> None:
        """Keep records that could not be taken in; each is kept once."""
        rows = [quarantine_to_columns(record) for record in records]
        if rows:
            statement = self._dialect_insert(schema.quarantine)
            self._connection.execute(statement.on_conflict_do_nothing(), rows)

    def put_vectors(
        self,
        model: str,
        ids: Sequence[str],
        vectors: npt.NDArray[np.float16 | np.float32],
        seen: npt.NDArray[np.float32] | None = None,
    ) -> None:
        """Save the vectors of stored articles as float16.

        `vectors` has shape (n, d), one row for each of the `ids`; `seen`, shape (n,), is the share
        of each text in its vector, all of it when None.

        Raises
        ------
        ModelMismatch
            When no such model is stored, or its vectors have another length.
        StoreError
            When the shape is not (n, d), or a value is not finite as float16.
        """
        if vectors.ndim != 2 or len(vectors) != len(ids):  # noqa: PLR2004  # (n, d)
            msg = f"vectors must have shape ({len(ids)}, d), got {vectors.shape}"
            raise StoreError(msg)
        self._require_model(model, vectors.shape[1])
        with np.errstate(over="ignore"):
            halves = np.asarray(vectors, "<f2")
        if not np.isfinite(halves).all():
            msg = "vectors must be finite as float16; normalise them before saving"
            raise StoreError(msg)
        shares = np.ones(len(ids)) if seen is None else seen
        rows = [
            {"article_id": name, "model": model, "vector": half.tobytes(), "seen": float(share)}
            for name, half, share in zip(ids, halves, shares, strict=True)
        ]
        self._upsert(schema.vectors, rows)

    def put_model(
        self,
        config: Mapping[str, Any],
        arrays: bytes,
        encoder: Mapping[str, Any] | None = None,
        *,
        current: bool = True,
    ) -> str:
        """Save what gives vectors and return its fingerprint.

        Parameters
        ----------
        config, arrays, encoder
            As in `StoredModel`.
        current
            Make it the current one, in place of that. Else it waits for `switch_model`, in place
            of any other that waits; whatever becomes of the current one, it waits on.
        """
        text = config_text(config)
        name = text_fingerprint(text, arrays)
        row = {"fingerprint": name, "config": text, "arrays": arrays, "change": self.change}
        settings = "" if encoder is None else config_text(encoder)
        self._upsert(schema.models, [{**row, "encoder": settings}])
        if current:
            self.switch_model(name)
        else:
            self._set_meta("waiting", name)
            self._forget_models({self.current_model()})
        return name

    def current_model(self) -> str:
        """Give the fingerprint of the current model; empty before there is one."""
        return reading.meta_value(self._connection, "model") or ""

    def switch_model(self, name: str) -> None:
        """Make a stored model the current one; every other goes, but for one that waits."""
        if name == self.waiting_model():
            self._set_meta("waiting", "")
        if name != self.current_model():
            self._set_meta("model", name)
            self.concern_all_lists()
        self._forget_models({name})

    def waiting_model(self) -> str:
        """Give the fingerprint of the model that waits; empty when none does."""
        return reading.meta_value(self._connection, "waiting") or ""

    def _forget_models(self, kept: set[str]) -> None:
        kept |= {self.waiting_model()}
        self._delete(schema.vectors, schema.vectors.c.model.not_in(kept))
        self._delete(schema.models, schema.models.c.fingerprint.not_in(kept))

    def without_vector(self, model: str, limit: int) -> list[str]:
        """Give the first articles, by id, that have no vector of a model."""
        return reading.without_vector(self._connection, model, limit)

    def put_calibration(self, measured: StoredCalibration) -> int:
        """Save what was measured of random pairs, in place of what was; return its id."""
        self._delete(schema.calibrations, schema.calibrations.c.id >= 0)
        row = {name: getattr(measured, name) for name in ("articles", "semantic_weight", "pairs")}
        self._insert(schema.calibrations, [{"id": self.change, **row}])
        self._set_meta("calibration", str(self.change))
        self.concern_all_lists()
        return self.change

    def put_weighing(self, weighing: Weighing) -> int:
        """Save the counts that weights are taken from, in place of earlier ones; return its id."""
        self._delete(schema.weighings, schema.weighings.c.id >= 0)
        row = {"id": self.change, **weighing_to_columns(weighing)}
        self._insert(schema.weighings, [row])
        self._set_meta("weighing", str(self.change))
        self.concern_all_lists()
        return self.change

    def touch(self, ids: Iterable[str]) -> None:
        """Mark articles as changed, so that readers load them again."""
        for chunk in reading.chunks(ids):
            self._connection.execute(
                update(schema.articles)
                .where(schema.articles.c.id.in_(chunk))
                .values(change=self.change)
            )

    def clear_derived(self, kept_model: str | None = None) -> None:
        """Drop all that follows from the articles: documents, terms, models, vectors, lists.

        Of the model to be kept the vectors that are unit vectors, or zero, stay.
        """
        derived = ("related", "lists", "former", "weighings", "calibrations", "documents", "terms")
        for name in derived:
            self._connection.execute(delete(schema.metadata.tables[name]))
        for name in ("weighing", "calibration"):
            self._set_meta(name, "")
        self._forget_models(set() if kept_model is None else {kept_model})
        if kept_model is None:
            self._set_meta("model", "")
        for chunk in reading.chunks(integrity.unsound_vectors(self._connection)):
            self._delete(schema.vectors, schema.vectors.c.article_id.in_(chunk))
        self._set_meta("vocabulary", str(self.change))

    def add_rule(self, rule: Rule) -> int:
        """Save a rule and return its id."""
        self.concern_all_lists()
        result = self._connection.execute(
            insert(schema.rules).values(rule=rank_rules.to_json(rule))
        )
        key = result.inserted_primary_key
        return int(key[0]) if key is not None else 0

    def remove_rule(self, rule_id: int) -> bool:
        """Remove a rule; False when there is none of this id."""
        self.concern_all_lists()
        return self._delete(schema.rules, schema.rules.c.id == rule_id) > 0

    def retract(self, article_id: str, reason: str, at: datetime | None) -> bool:
        """Cancel an article and take it, and its own list, out of the stored lists.

        Returns
        -------
        bool
            False when no such article is stored; the retraction is kept all the same.
        """
        former = self._former_status(article_id)
        row = {"article_id": article_id, "reason": storable(reason), "retracted_at": at}
        self._upsert(schema.retractions, [{**row, "former_status": former}])
        for chunk in reading.chunks(self.listed_in(article_id)):
            self._connection.execute(
                update(schema.lists)
                .where(schema.lists.c.source_id.in_(chunk))
                .values(change=self.change)
            )
        self._delete(schema.related, schema.related.c.target_id == article_id)
        self.remove_lists([article_id])
        return self._set_status(article_id, "canceled")

    def reinstate(self, article_id: str) -> bool:
        """Take a retraction back; False when there is none. Lists come with the next run.

        The article has the status again that it had before: a withheld one stays withheld.
        """
        if article_id not in self.retracted([article_id]):
            return False
        former = self._former_status(article_id)
        self._delete(schema.retractions, schema.retractions.c.article_id == article_id)
        if former:
            self._set_status(article_id, former)
        return True

    def put_lists(self, lists: Sequence[StoredList]) -> None:
        """Save lists, each replacing the one its source article had."""
        latest = {made.source_id: made for made in lists}
        self.remove_lists(latest)
        heads, rows = [], []
        for made in latest.values():
            head, entries = list_to_columns(made)
            heads.append({**head, "change": self.change})
            rows += entries
        self._insert(schema.lists, heads)
        self._insert(schema.related, rows)

    def begin_run(self, at: datetime) -> None:
        """Note that every list is being made for a moment."""
        self._set_meta("run", schema.utc_text(at))

    def end_run(self, at: datetime) -> None:
        """Note that the run for a moment is done; one for another moment stays unfinished."""
        if reading.meta_value(self._connection, "run") == schema.utc_text(at):
            self._set_meta("run", "")

    def forget_former(self, seen: int) -> None:
        """Drop replaced versions that no list stands on: all lists have seen this change.

        What counts is when a version was replaced, not when it was written: one whose article
        changed later stays.
        """
        unchanged = select(schema.articles.c.id).where(schema.articles.c.change <= seen)
        self._delete(schema.former, schema.former.c.article_id.in_(unchanged))

    def remove_lists(self, source_ids: Iterable[str]) -> None:
        """Remove the stored lists of these articles."""
        for chunk in reading.chunks(source_ids):
            self._delete(schema.related, schema.related.c.source_id.in_(chunk))
            self._delete(schema.lists, schema.lists.c.source_id.in_(chunk))

    def _keep_former(self, ids: Iterable[str]) -> None:
        """Keep what is about to be replaced, for lists that may stand on it.

        Those of a first run are not stored yet, but words are weighed before any list is made.
        """
        if self._connection.execute(select(schema.weighings.c.id).limit(1)).first() is None:
            return
        names = [column.name for column in schema.former.columns]
        for chunk in reading.chunks(ids):
            old = corpus.versions().where(schema.articles.c.id.in_(chunk))
            statement = self._dialect_insert(schema.former).from_select(names, old)
            self._connection.execute(statement.on_conflict_do_nothing())

    def concern_all_lists(self) -> None:
        """Note that every stored list is due: something changed that all are made from."""
        self._set_meta("whole", str(self.change))

    def _article_row(self, article: Article, language: str) -> dict[str, Any]:
        row = {name: getattr(article, name) for name in ARTICLE_FIELDS}
        own = {"detected_language": language, "digest": digest(article), "change": self.change}
        return row | own

    def _former_status(self, article_id: str) -> Status | Literal[""]:
        """Give the status of an article before it was retracted; empty when it is not stored."""
        query = select(schema.retractions.c.former_status)
        kept = self._connection.execute(
            query.where(schema.retractions.c.article_id == article_id)
        ).scalar()
        if kept is not None:
            return kept  # type: ignore[no-any-return]  # the column holds nothing else
        state = self.states([article_id]).get(article_id)
        return "" if state is None else state.status

    def _set_status(self, article_id: str, status: Status) -> bool:
        """Set a status, and the digest with it: it covers the whole article."""
        article = reading.articles_of(self._connection, [article_id]).get(article_id)
        if article is None:
            return False
        new = replace(article, status=status)
        self._connection.execute(
            update(schema.articles)
            .where(schema.articles.c.id == article_id)
            .values(status=status, digest=digest(new), change=self.change)
        )
        return True

    def _require_model(self, model: str, dimensions: int) -> None:
        known = select(schema.models.c.fingerprint).where(schema.models.c.fingerprint == model)
        if self._connection.execute(known).scalar() is None:
            msg = f"vectors need a stored model, got {model!r}; save the model first"
            raise ModelMismatch(msg)
        v = schema.vectors.c
        stored = self._connection.execute(
            select(func.length(v.vector)).where(v.model == model).limit(1)
        ).scalar()
        if stored is not None and stored != 2 * dimensions:
            msg = f"vectors of {model} have length {stored // 2}, got {dimensions}"
            raise ModelMismatch(msg)

    def _set_meta(self, key: str, value: str) -> None:
        self._upsert(schema.meta, [{"key": key, "value": value}])

    def _insert(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            self._connection.execute(insert(table), list(rows))

    def _upsert(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        statement = self._dialect_insert(table)
        keys = [column.name for column in table.primary_key]
        new = {name: statement.excluded[name] for name in rows[0] if name not in keys}
        upsert = statement.on_conflict_do_update(index_elements=keys, set_=new)
        self._connection.execute(upsert, list(rows))

    def _dialect_insert(self, table: Table) -> sqlite_dialect.Insert | postgresql.Insert:
        if self._connection.dialect.name == "postgresql":
            return postgresql.insert(table)
        return sqlite_dialect.insert(table)

    def _delete(self, table: Table, which: Any) -> int:  # noqa: ANN401  # an SQL condition
        return self._connection.execute(delete(table).where(which)).rowcount
