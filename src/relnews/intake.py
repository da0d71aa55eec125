"""Articles into the store: judged, analysed and saved, one transaction per batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from relnews.arrivals import judge
from relnews.embed.embedded import join
from relnews.embed.lexical import stack
from relnews.store import State
from relnews.types import AddReport, Article, Quarantined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from relnews.embed.analysis import Analyzer
    from relnews.embed.document import Document
    from relnews.embed.embedded import Embedded
    from relnews.mirror import Mirror
    from relnews.store import Store, Writer

BATCH = 1_000
"""Articles in one transaction."""

ENCODED_BATCH = 100
"""The same where a pretrained model reads each of them, which takes its time."""


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
    mirror.refresh()
    if mirror.reads_texts:
        mirror.encoder()  # before anything is read or written
    while batch := list(islice(waiting, ENCODED_BATCH if mirror.reads_texts else BATCH)):
        mirror.refresh()
        ahead = _embed_ahead(store, mirror, batch)
        try:
            with store.write() as writer:
                done = _add_batch(writer, mirror, batch, ahead)
        except BaseException:
            mirror.forget_unsaved_terms()
            raise
        for name in ("accepted", "replaced", "unchanged", "refused", "quarantined"):
            getattr(tally, name).extend(getattr(done, name))
        progress(len(batch))
    return tally.report()


@dataclass(frozen=True, slots=True)
class _Ahead:
    """Vectors made before the transaction, which must be short: by id, of this very article."""

    model: str = ""
    made: Mapping[str, tuple[Article, Embedded]] = field(default_factory=dict)

    def of(self, article: Article, model: str) -> Embedded | None:
        """Give what was made of an article; None when it was another one, or another model."""
        known, embedded = self.made.get(article.id, (None, None))
        return embedded if model == self.model and known == article else None


def _embed_ahead(store: Store, mirror: Mirror, batch: list[Article | Quarantined]) -> _Ahead:
    """Let a pretrained model read what will most likely be taken in."""
    if not mirror.reads_texts:
        return _Ahead()
    articles = {item.id: item for item in batch if isinstance(item, Article)}
    states, retracted = store.states(articles), store.retracted(articles)
    new = [
        article
        for name, article in articles.items()
        if judge(article, states.get(name), retracted.get(name))[0] not in {"unchanged", "refused"}
    ]
    embedded = mirror.encode(new)
    made = {article.id: (article, embedded.row(n)) for n, article in enumerate(new)}
    return _Ahead(mirror.model.semantic.fingerprint, made)


def _add_batch(
    writer: Writer, mirror: Mirror, batch: list[Article | Quarantined], ahead: _Ahead
) -> _Tally:
    if writer.change != mirror.change + 1:
        mirror.refresh()  # another process wrote while this one waited for its turn
    tally = _Tally()
    tally.quarantined = [_not_taken(item) for item in batch if not isinstance(item, Article)]
    chosen = _judge(writer, [item for item in batch if isinstance(item, Article)], tally)
    start = len(mirror.vocabulary)
    entries = [analyse(mirror.analyzer, article) for article in chosen.values()]
    writer.add_terms(start, mirror.vocabulary.terms[start:])
    writer.put_articles(entries)
    writer.quarantine(tally.quarantined)
    _put_vectors(writer, mirror, entries, ahead)
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


def analyse(analyzer: Analyzer, article: Article) -> tuple[Article, str, Document]:
    """Give an article with its language and what the text stage leaves of it."""
    language = analyzer.language_of(article)
    return article, language, analyzer.document(article, language)


def _put_vectors(
    writer: Writer, mirror: Mirror, entries: list[tuple[Article, str, Document]], ahead: _Ahead
) -> None:
    semantic = mirror.model.semantic
    if not entries or not semantic.dimensions:
        return
    ids = [article.id for article, _, _ in entries]
    if semantic.encoder is None:
        vectors = semantic.latent.project(stack([document for _, _, document in entries]))
        writer.put_vectors(semantic.fingerprint, ids, vectors)
        return
    known = [ahead.of(article, semantic.fingerprint) for article, _, _ in entries]
    late = [article for (article, _, _), made in zip(entries, known, strict=True) if made is None]
    rest = mirror.encode(late)
    others = iter(rest.row(n) for n in range(len(late)))
    made = join([embedded or next(others) for embedded in known])
    writer.put_vectors(semantic.fingerprint, ids, made.vectors, made.seen)
