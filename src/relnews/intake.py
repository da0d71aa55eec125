"""Articles into the store: judged, analysed and saved, one transaction per batch."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from relnews.arrivals import judge
from relnews.embed.lexical import stack
from relnews.mirror import Mirror
from relnews.model import fit_model
from relnews.store import State
from relnews.types import AddReport, Article, Quarantined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from relnews.embed.document import Document
    from relnews.model import TextModel
    from relnews.store import Store, Writer

BATCH = 1_000
"""Articles in one transaction."""

REFIT_GROWTH = 0.5
"""The text model is refitted when the corpus has grown by this share since the last fit."""

_SEED = 20_210_301
_VECTORS_AT_ONCE = 4_096


@dataclass(slots=True)
class _Tally:
    """A report in the making."""

    accepted: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[Quarantined] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)

    def report(self) -> AddReport:
        return AddReport(
            tuple(self.accepted),
            tuple(self.replaced),
            tuple(self.unchanged),
            tuple(self.refused),
            tuple(self.quarantined),
        )


def add(
    store: Store,
    mirror: Mirror,
    records: Iterable[Article | Quarantined],
    progress: Callable[[int], None],
) -> AddReport:
    """Take records in, batch by batch; what a finished batch holds survives any crash.

    `progress` is called after each batch with the number of records in it.
    """
    tally, waiting = _Tally(), iter(records)
    while batch := list(islice(waiting, BATCH)):
        mirror.refresh()
        n_terms = len(mirror.vocabulary)
        try:
            with store.write() as writer:
                done = _add_batch(writer, mirror, batch)
        except BaseException:
            mirror.forget_unsaved_terms(n_terms)
            raise
        for name in ("accepted", "replaced", "unchanged", "refused", "quarantined"):
            getattr(tally, name).extend(getattr(done, name))
        progress(len(batch))
    return tally.report()


def is_refit_due(mirror: Mirror) -> bool:
    """Tell whether the corpus has outgrown its model."""
    n_live, fitted = len(mirror.live_rows()), mirror.model.n_articles
    return n_live > 1 and n_live >= fitted * (1 + REFIT_GROWTH)


def refit(store: Store, mirror: Mirror) -> None:
    """Fit the text model anew and save it with all vectors, in one transaction."""
    mirror.refresh()
    rows = mirror.live_rows()
    model, vectors = fit_model(mirror.lexical, rows, np.random.default_rng(_SEED))
    ids = [mirror.corpus.ids[row] for row in rows]
    with store.write() as writer:
        fingerprint = writer.put_model(model.config(), model.to_bytes())
        for start in range(0, len(ids) if model.latent.dimensions else 0, _VECTORS_AT_ONCE):
            part = slice(start, start + _VECTORS_AT_ONCE)
            writer.put_vectors(fingerprint, ids[part], vectors[part])
    mirror.adopt(replace(model, fingerprint=fingerprint), vectors, writer.change)


def rebuild(store: Store, old: Mirror, progress: Callable[[int], None]) -> Mirror:
    """Derive everything from the articles again; return the mirror of the new state."""
    mirror = Mirror(store, old.analyzer.language)
    articles = store.all_articles()
    with store.write() as writer:
        writer.clear_derived()
        while batch := list(islice(articles, BATCH)):
            start = len(mirror.vocabulary)
            entries = [_analyse(mirror, article) for article in batch]
            writer.add_terms(start, mirror.vocabulary.terms[start:])
            writer.put_articles(entries)
            progress(len(batch))
    fresh = Mirror(store, old.analyzer.language)
    fresh.refresh()
    refit(store, fresh)
    return fresh


def _add_batch(writer: Writer, mirror: Mirror, batch: list[Article | Quarantined]) -> _Tally:
    if writer.change != mirror.change + 1:
        mirror.refresh()  # another process wrote while this one waited for its turn
    tally = _Tally()
    tally.quarantined = [record for record in batch if isinstance(record, Quarantined)]
    chosen = _judge(writer, [item for item in batch if isinstance(item, Article)], tally)
    start = len(mirror.vocabulary)
    entries = [_analyse(mirror, article) for article in chosen.values()]
    writer.add_terms(start, mirror.vocabulary.terms[start:])
    writer.put_articles(entries)
    writer.quarantine(tally.quarantined)
    _put_vectors(writer, mirror.model, entries)
    return tally


def _judge(writer: Writer, articles: list[Article], tally: _Tally) -> dict[str, Article]:
    """Decide about each article in turn, also against those before it in the batch."""
    ids = [article.id for article in articles]
    states, retracted = writer.states(ids), writer.retracted(ids)
    chosen: dict[str, Article] = {}
    for article in articles:
        if article == chosen.get(article.id):
            verdict, reason = "unchanged", ""
        else:
            verdict, reason = judge(article, states.get(article.id), retracted.get(article.id))
        if verdict == "refused":
            tally.refused.append(Quarantined("", 0, article.id, reason))
            continue
        tally.accepted.append(article.id)
        if verdict == "unchanged":
            tally.unchanged.append(article.id)
            continue
        if verdict == "replaced":
            tally.replaced.append(article.id)
        chosen[article.id] = article
        date = article.updated_at or article.published_at
        states[article.id] = State(article.version, date, "", article.status)
    return chosen


def _analyse(mirror: Mirror, article: Article) -> tuple[Article, str, Document]:
    language = mirror.analyzer.language_of(article)
    return article, language, mirror.analyzer.document(article, language)


def _put_vectors(
    writer: Writer, model: TextModel, entries: list[tuple[Article, str, Document]]
) -> None:
    if not entries or not model.latent.dimensions:
        return
    documents = [document for _, _, document in entries]
    vectors = model.latent.project(stack(documents))
    writer.put_vectors(model.fingerprint, [article.id for article, _, _ in entries], vectors)
