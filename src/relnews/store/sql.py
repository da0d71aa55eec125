"""The store: one database that one process writes and any number of processes read."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Self

from relnews.store import corpus, integrity, reading
from relnews.store.opening import open_database
from relnews.store.writing import Writer

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator

    import numpy as np
    import numpy.typing as npt

    from relnews.embed.weighting import Weighing
    from relnews.rank.rules import Rule
    from relnews.store.database import Database
    from relnews.store.records import (
        Former,
        ListHeads,
        State,
        StoredCalibration,
        StoredList,
        StoredModel,
        StoredRetraction,
        StoredRow,
        StoredVectors,
    )
    from relnews.types import Article, Quarantined

_ARTICLES_AT_ONCE = 500
_LISTS_AT_ONCE = 200
_ROWS_AT_ONCE = 2000


class Foundation(NamedTuple):
    """What a reader's views stand on; each is empty before there is one.

    Attributes
    ----------
    model
        The fingerprint of the current model.
    vocabulary
        The change that began the vocabulary, after a rebuild.
    weighing
        The change that made the counts that weights are taken from.
    calibration
        The change that measured random pairs last.
    """

    model: str
    vocabulary: str
    weighing: str
    calibration: str


class Store:
    """Everything relnews keeps, behind short transactions.

    Each method reads one state of the database; `change` tells cheaply whether there is a newer
    one. Threads may share a store. Every method raises `StoreError` when the database cannot be
    read or holds something damaged.

    Examples
    --------
    >>> from relnews.store import Store
    >>> with Store.open(":memory:") as store:
    ...     with store.write() as writer:
    ...         writer.add_terms(0, ["wahl", "bundestag"])
    ...     store.change(), store.terms(0)
    (1, ['wahl', 'bundestag'])
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, url: str | os.PathLike[str], *, create: bool = True) -> Self:
        """Open a database: a path, ``":memory:"`` or a SQLAlchemy URL.

        Parameters
        ----------
        url
            A path is taken literally; a text with ``://`` in it is a URL.
        create
            Create it when there is none.

        Raises
        ------
        StoreError
            When there is none and `create` is false; when it belongs to another program or to a
            newer relnews, in which case it stays as it was; when it cannot be opened.
        """
        return cls(open_database(url, create=create))

    @property
    def url(self) -> str:
        """What `open` takes to open the same database in another process; keep it to yourself.

        A path is absolute; a URL holds its password.
        """
        return self._database.url

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @contextmanager
    def write(self) -> Iterator[Writer]:
        """Give a writer whose whole work is one transaction and one change.

        It is committed at a clean exit and rolled back after any exception. Writers queue: other
        processes wait up to 30 seconds.
        """
        with self._database.writing() as connection:
            yield Writer(connection)

    def change(self) -> int:
        """Give the number of the last change, 0 for a new database."""
        with self._database.reading() as connection:
            return int(reading.meta_value(connection, "change") or 0)

    def articles(self, ids: Iterable[str], *, body_length: int | None = None) -> dict[str, Article]:
        """Give the stored ones of these articles as they were saved, in the order asked for.

        With a `body_length`, so many characters of their bodies: reading thousands is quicker.
        """
        with self._database.reading() as connection:
            return reading.articles_of(connection, ids, body_length=body_length)

    def languages(self, ids: Iterable[str]) -> dict[str, str]:
        """Give the two-letter code of each stored one of these articles: its own or detected."""
        with self._database.reading() as connection:
            return reading.languages_of(connection, ids)

    def all_articles(self) -> Iterator[Article]:
        """Give every article in the order of ids, a few hundred in memory at a time."""
        last: str | None = None
        while True:
            with self._database.reading() as connection:
                chunk = reading.articles_after(connection, last, _ARTICLES_AT_ONCE)
            if not chunk:
                return
            yield from chunk
            last = chunk[-1].id

    def states(self, ids: Iterable[str]) -> dict[str, State]:
        """Give what decides about replacing, for the stored ones of these articles."""
        with self._database.reading() as connection:
            return reading.states(connection, ids)

    def retracted(self, ids: Iterable[str]) -> dict[str, str]:
        """Give the reasons of those of these articles that are retracted."""
        with self._database.reading() as connection:
            return reading.retracted(connection, ids)

    def retractions(self) -> dict[str, StoredRetraction]:
        """Give every retraction by the id of its article."""
        with self._database.reading() as connection:
            return reading.all_retractions(connection)

    def changed_since(self, change: int, model: str | None) -> Iterator[list[StoredRow]]:
        """Give what changed after a change, oldest change first, 2,000 rows at a time.

        Parameters
        ----------
        change
            The change the reader knows; 0 gives everything.
        model
            The fingerprint whose vectors are wanted.

        Notes
        -----
        Each block is read on its own, so that a slow reader holds up no writer. An article that
        changes meanwhile comes again in a later block: the last one counts. Ask for `change`
        before and for `terms` after, and nothing is missed.
        """
        place = (change + 1, "")
        while True:
            with self._database.reading() as connection:
                found = corpus.rows_after(connection, place, model, _ROWS_AT_ONCE)
            if not found:
                return
            yield [row for _, row in found]
            place = (found[-1][0], found[-1][1].id)

    def terms(self, start: int = 0) -> list[str]:
        """Give the vocabulary from the id `start` on; ids are dense from 0."""
        with self._database.reading() as connection:
            return reading.terms_from(connection, start)

    @property
    def name(self) -> str:
        """What it is called in messages: a path, or a URL without its password."""
        return self._database.name

    def has_articles(self) -> bool:
        """Tell whether any article is stored."""
        with self._database.reading() as connection:
            return bool(reading.articles_after(connection, None, 1))

    def vectors_of(self, model: str, ids: Iterable[str]) -> dict[str, npt.NDArray[np.float16]]:
        """Give the vectors of a model, for those of these articles that have one."""
        with self._database.reading() as connection:
            return reading.vectors_of(connection, model, ids)

    def model(self, fingerprint: str | None = None) -> StoredModel | None:
        """Give what gives vectors, the current model unless a fingerprint is given."""
        with self._database.reading() as connection:
            return reading.model(connection, fingerprint)

    def calibration(self) -> StoredCalibration | None:
        """Give what was measured of random pairs last; None before the first fit."""
        with self._database.reading() as connection:
            return reading.calibration(connection)

    def without_vector(self, model: str, limit: int, after: str | None = None) -> list[str]:
        """Give the next articles, by id, that have no vector of a model; None: the first."""
        with self._database.reading() as connection:
            return reading.without_vector(connection, model, limit, after)

    def vector_counts(self, model: str) -> StoredVectors:
        """Count the vectors of a model, and tell how much text is in them."""
        with self._database.reading() as connection:
            return reading.vector_counts(connection, model)

    def foundation(self) -> Foundation:
        """Name what everything read before must be read anew for, should it change; cheap."""
        with self._database.reading() as connection:
            found = {
                name: reading.meta_value(connection, name) or "" for name in Foundation._fields
            }
            return Foundation(**found)

    def whole(self) -> int:
        """Give the last change that concerned every list: a rule, a model, a weighing."""
        with self._database.reading() as connection:
            return int(reading.meta_value(connection, "whole") or 0)

    def unfinished_run(self) -> datetime | None:
        """Give the moment for which every list was being made when a run was interrupted."""
        with self._database.reading() as connection:
            at = reading.meta_value(connection, "run")
            return datetime.fromisoformat(at) if at else None

    def weighing(self) -> Weighing | None:
        """Give the counts that weights are taken from; None when they run along."""
        with self._database.reading() as connection:
            return reading.weighing(connection)

    def former_versions(self) -> list[Former]:
        """Give the replaced versions that stored lists may stand on, oldest change first."""
        with self._database.reading() as connection:
            return corpus.former_versions(connection)

    def list_heads(self) -> ListHeads:
        """Give every stored list without its entries, in the order of ids."""
        with self._database.reading() as connection:
            return reading.list_heads(connection)

    def listed_targets(self, source_ids: Iterable[str]) -> dict[str, list[str]]:
        """Give the ids on the stored lists of these articles, in order, for those that have one."""
        with self._database.reading() as connection:
            return reading.listed_targets(connection, source_ids)

    def changed_articles(self, change: int) -> dict[str, int]:
        """Give the articles that changed after a change, each with its last one."""
        with self._database.reading() as connection:
            return reading.changed_articles(connection, change)

    def rules(self) -> dict[int, Rule]:
        """Give every rule by its id, oldest first."""
        with self._database.reading() as connection:
            return reading.all_rules(connection)

    def quarantine(self) -> list[Quarantined]:
        """Give the records that could not be taken in, oldest first."""
        with self._database.reading() as connection:
            return reading.all_quarantined(connection)

    def related_list(self, source_id: str) -> StoredList | None:
        """Give the stored list of an article; None when it has none."""
        with self._database.reading() as connection:
            return reading.related_list(connection, source_id)

    def all_lists(self, since: int = 0) -> Iterator[StoredList]:
        """Give every stored list in the order of source ids, 200 in memory at a time.

        Parameters
        ----------
        since
            Only lists written after this change, or shortened by a retraction after it; 0 gives
            all. A list that was removed is not told apart from one that never was.
        """
        last: str | None = None
        while True:
            with self._database.reading() as connection:
                chunk = reading.lists_after(connection, last, since, _LISTS_AT_ONCE)
            if not chunk:
                return
            yield from chunk
            last = chunk[-1].source_id

    def listed_in(self, target_id: str) -> list[str]:
        """Give the articles whose stored list carries this one, in the order of their ids."""
        with self._database.reading() as connection:
            return reading.listed_in(connection, target_id)

    def listed_sources(self) -> list[str]:
        """Give the articles that have a stored list, in the order of their ids."""
        with self._database.reading() as connection:
            return reading.listed_sources(connection)

    def counts(self) -> dict[str, int]:
        """Count the rows of every table."""
        with self._database.reading() as connection:
            return reading.counts(connection)

    def integrity(self) -> list[str]:
        """Name everything that is not sound, one sentence each; empty means sound."""
        with self._database.reading() as connection:
            return integrity.problems(connection)
