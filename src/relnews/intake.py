"""Articles into the store: judged, analysed and saved, one transaction per batch."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from relnews.arrivals import judge
from relnews.embed.analysis import Analyzer
from relnews.embed.lexical import LexicalView, stack
from relnews.embed.vocabulary import Vocabulary
from relnews.model import fit_model, project
from relnews.store import State
from relnews.types import AddReport, Article, Quarantined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy.typing as npt

    from relnews.embed.document import Document
    from relnews.mirror import Mirror
    from relnews.model import TextModel
    from relnews.store import Store, Writer

BATCH = 1_000
"""Articles in one transaction."""

REFIT_GROWTH = 0.5
"""The text model is refitted when the corpus has grown by this share since the last fit."""

WEIGH_GROWTH = 0.1
"""Weights that hold still are taken anew when the corpus has grown by this share."""

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
        try:
            with store.write() as writer:
                done = _add_batch(writer, mirror, batch)
        except BaseException:
            mirror.forget_unsaved_terms()
            raise
        for name in ("accepted", "replaced", "unchanged", "refused", "quarantined"):
            getattr(tally, name).extend(getattr(done, name))
        progress(len(batch))
    return tally.report()


def is_refit_due(mirror: Mirror) -> bool:
    """Tell whether the corpus has outgrown its model."""
    n_live, fitted = len(mirror.live_rows()), mirror.model.n_articles
    return n_live > 1 and n_live >= fitted * (1 + REFIT_GROWTH)


def is_weighing_due(mirror: Mirror) -> bool:
    """Tell whether the corpus has outgrown the counts that hold its weights still."""
    held = mirror.lexical.weighing
    return held is not None and len(mirror.live_rows()) >= held.n_documents * (1 + WEIGH_GROWTH)


def weigh(store: Store, mirror: Mirror) -> None:
    """Take the weights of words from the counts as they stand now, until the next weighing."""
    with store.write() as writer:
        if writer.change != mirror.change + 1:
            mirror.refresh()  # another process wrote while this one waited for its turn
        writer.put_weighing(mirror.lexical.counts())
    mirror.refresh()


def refit(store: Store, mirror: Mirror) -> None:
    """Fit the text model anew and save it with all vectors, in one transaction.

    The fit itself holds up no other writer; what they added meanwhile is projected in the end.
    Articles are taken in the order of their ids, so that it does not matter how they came.
    """
    mirror.refresh()
    rows = mirror.live_rows_by_id()
    model, vectors = fit_model(mirror.lexical, rows, np.random.default_rng(_SEED))
    with store.write() as writer:
        if writer.change != mirror.change + 1:
            mirror.refresh()
            rows = mirror.live_rows_by_id()
            vectors = project(model.latent, mirror.lexical, rows)
        model = _save_model(writer, model, vectors, [mirror.corpus.ids[row] for row in rows])
    mirror.adopt(model, rows, vectors, writer.change)


def rebuild(store: Store, language: str, progress: Callable[[int], None]) -> None:
    """Derive everything from the articles again, in one transaction."""
    vocabulary, view, ids = Vocabulary(), LexicalView(), list[str]()
    analyzer, articles = Analyzer(vocabulary, language), store.all_articles()
    with store.write() as writer:
        writer.clear_derived()
        while batch := list(islice(articles, BATCH)):
            start = len(vocabulary)
            entries = [_analyse(analyzer, article) for article in batch]
            writer.add_terms(start, vocabulary.terms[start:])
            writer.put_documents([(one.id, found, document) for one, found, document in entries])
            for article, _, document in entries:
                view.append(document)
                ids.append(article.id)
            progress(len(batch))
        fitted = fit_model(view, np.arange(len(ids)), np.random.default_rng(_SEED))
        _save_model(writer, *fitted, ids)


def _save_model(
    writer: Writer, model: TextModel, vectors: npt.NDArray[np.float16], ids: list[str]
) -> TextModel:
    """Save a fitted model with the vectors of articles; return it with its fingerprint."""
    fingerprint = writer.put_model(model.config(), model.to_bytes())
    for start in range(0, len(ids) if model.latent.dimensions else 0, _VECTORS_AT_ONCE):
        part = slice(start, start + _VECTORS_AT_ONCE)
        writer.put_vectors(fingerprint, ids[part], vectors[part])
    return replace(model, fingerprint=fingerprint)


def _add_batch(writer: Writer, mirror: Mirror, batch: list[Article | Quarantined]) -> _Tally:
    if writer.change != mirror.change + 1:
        mirror.refresh()  # another process wrote while this one waited for its turn
    tally = _Tally()
    tally.quarantined = [_not_taken(item) for item in batch if not isinstance(item, Article)]
    chosen = _judge(writer, [item for item in batch if isinstance(item, Article)], tally)
    start = len(mirror.vocabulary)
    entries = [_analyse(mirror.analyzer, article) for article in chosen.values()]
    writer.add_terms(start, mirror.vocabulary.terms[start:])
    writer.put_articles(entries)
    writer.quarantine(tally.quarantined)
    _put_vectors(writer, mirror.model, entries)
    return tally


def _not_taken(item: object) -> Quarantined:
    """Give the record of what is no article: a reader's own, or one for anything else."""
    if isinstance(item, Quarantined):
        return item
    return Quarantined("", 0, "", f"must be an Article, got {type(item).__name__}: {item!r:.80}")


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


def _analyse(analyzer: Analyzer, article: Article) -> tuple[Article, str, Document]:
    language = analyzer.language_of(article)
    return article, language, analyzer.document(article, language)


def _put_vectors(
    writer: Writer, model: TextModel, entries: list[tuple[Article, str, Document]]
) -> None:
    if not entries or not model.latent.dimensions:
        return
    documents = [document for _, _, document in entries]
    vectors = model.latent.project(stack(documents))
    writer.put_vectors(model.fingerprint, [article.id for article, _, _ in entries], vectors)
