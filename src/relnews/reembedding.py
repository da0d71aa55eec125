"""A change of model: all articles embedded anew beside the old vectors, then one switch.

Until the switch readers see the old vectors, and what arrives gets one of those. Whatever was
embedded stays when the run is interrupted, and the next run goes on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from relnews import fitting
from relnews.embed.sentence.presets import DEFAULT
from relnews.encoders import Encoders, find, is_default, name_of
from relnews.errors import ModelMismatch
from relnews.model import calibrate
from relnews.semantic import SemanticModel, encoder_view
from relnews.store import fingerprint
from relnews.types import EmbedReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import numpy.typing as npt

    from relnews.embed.embedded import Embedded
    from relnews.encoders import Given
    from relnews.mirror import Mirror
    from relnews.protocols import ArticleEncoder
    from relnews.store import State, Store, Writer
    from relnews.types import Article

ARTICLES_AT_ONCE = 100
"""Articles embedded in one transaction."""

_SEED = 20_210_301


def open_with(store: Store, given: Given | None) -> Encoders:
    """Hold a store to a model: an empty one begins with it, any other must have been built with it.

    Raises
    ------
    ModelMismatch
        When the store was built with another model.
    """
    if given is None:
        return Encoders()
    current = _current(store)
    if is_default(given):
        if current.encoder is not None:
            raise _mismatch(store, current, DEFAULT)
        return Encoders()
    encoder = find(given, current)
    if encoder is None:
        return Encoders()
    view = encoder_view(encoder)
    if name_of(encoder) != current.fingerprint and store.has_articles():
        raise _mismatch(store, current, encoder.settings.name)
    if name_of(encoder) != current.fingerprint or view.encoder != current.encoder:
        _note(store, view, current)
    return Encoders(encoder)


def _note(store: Store, view: SemanticModel, current: SemanticModel) -> None:
    """Note where a model lies by now, what it compares, and how much it shall count."""
    measured = store.calibration()
    wanted = None if view.encoder is None else view.encoder.semantic_weight
    with store.write() as writer:
        fitting.save_encoder(writer, view, current=True)
        if view.languages != current.languages:
            writer.concern_all_lists()
        if measured is not None and wanted not in {None, measured.semantic_weight}:
            writer.put_calibration(replace(measured, semantic_weight=wanted))


def reembed(
    store: Store, mirror: Mirror, given: Given, progress: Callable[[int], None]
) -> EmbedReport:
    """Give every article a vector of another model, and switch; see `Recommender.embed`."""
    mirror.refresh()
    if is_default(given):
        fitting.refit_latent(store, mirror)
        return _report(store, DEFAULT, len(mirror.live_rows()))
    encoder = find(given, mirror.model.semantic) or mirror.encoder()
    name = name_of(encoder)
    is_current = name == mirror.model.semantic.fingerprint
    with store.write() as writer:
        fitting.save_encoder(writer, encoder_view(encoder), current=is_current)
    n_made = _embed_missing(store, encoder, name, progress)
    if not is_current:
        n_made += _switch(store, mirror, encoder, name)
    mirror.hold(encoder)
    mirror.refresh()
    return _report(store, encoder.settings.name, n_made)


def repair(store: Store, mirror: Mirror) -> None:
    """After a rebuild, give the pretrained model of a site what it lacks.

    What was measured comes first, which needs the stored vectors alone; then the articles that
    have no sound vector, and what is stored of the model, which need the model.
    """
    fitting.recalibrate(store, mirror)
    semantic = mirror.model.semantic
    damaged = fingerprint(semantic.config, semantic.to_bytes()) != semantic.fingerprint
    if not damaged and not store.without_vector(semantic.fingerprint, 1):
        return
    encoder = mirror.encoder()
    with store.write() as writer:
        fitting.save_encoder(writer, encoder_view(encoder), current=True)
    _embed_missing(store, encoder, semantic.fingerprint, lambda _: None)
    fitting.recalibrate(store, mirror)


def _embed_missing(
    store: Store, encoder: ArticleEncoder, name: str, progress: Callable[[int], None]
) -> int:
    n_made = 0
    for ids in _missing(store, name):
        states = store.states(ids)
        articles = list(store.articles(ids).values())
        embedded = encoder.embed(articles)
        with store.write() as writer:
            _require_wanted(writer, name)
            n_same = _put(writer, name, articles, embedded, states)
        n_made += n_same
        progress(n_same)
    return n_made


def _missing(store: Store, name: str) -> Iterator[list[str]]:
    """Yield the articles without a vector, walking over all of them until none is left."""
    last: str | None = None
    while True:
        ids = store.without_vector(name, ARTICLES_AT_ONCE, last)
        if ids:
            yield ids
        elif last is None:
            return
        last = ids[-1] if ids else None


def _require_wanted(writer: Writer, name: str) -> None:
    """Stop when another process has begun to change to yet another model."""
    if name not in {writer.current_model(), writer.waiting_model()}:
        msg = (
            "a database changes to one model at a time, and another process has begun to change "
            "it to another one; run relnews embed again for the one that is meant"
        )
        raise ModelMismatch(msg)


def _put(
    writer: Writer,
    name: str,
    articles: list[Article],
    embedded: Embedded,
    read: Mapping[str, State],
) -> int:
    """Save vectors, but for articles that were edited since they were read; count them.

    Those of the current model are for readers to load; those of one that waits are not.
    """
    states = writer.states(read)
    same = [
        place
        for place, article in enumerate(articles)
        if article.id in read and states.get(article.id) == read[article.id]
    ]
    ids = [articles[place].id for place in same]
    writer.put_vectors(name, ids, embedded.vectors[same], embedded.seen[same])
    if writer.current_model() == name:
        writer.touch(ids)
    return len(same)


def _switch(store: Store, mirror: Mirror, encoder: ArticleEncoder, name: str) -> int:
    """Make a model the current one as soon as no article lacks its vector; count the last."""
    while True:
        mirror.refresh()
        rows, vectors = _vectors(store, mirror, name, encoder.dimensions)
        weight, generator = encoder.settings.semantic_weight, np.random.default_rng(_SEED)
        calibration = calibrate(mirror.lexical, rows, vectors, weight, generator)
        with store.write() as writer:
            _require_wanted(writer, name)
            late = writer.without_vector(name, ARTICLES_AT_ONCE)
            if len(late) < ARTICLES_AT_ONCE:
                if late:
                    articles = list(writer.articles(late).values())
                    _put(writer, name, articles, encoder.embed(articles), writer.states(late))
                fitting.save_calibration(writer, calibration, len(rows))
                writer.switch_model(name)
                return len(late)
        _embed_missing(store, encoder, name, lambda _: None)


def _vectors(
    store: Store, mirror: Mirror, name: str, dimensions: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float16]]:
    """Give the live rows that have a vector of a model, by id, and the vectors."""
    ids = mirror.corpus.ids
    found = store.vectors_of(name, (ids[row] for row in mirror.live_rows()))
    rows = [row for row in mirror.live_rows_by_id() if ids[row] in found]
    vectors = [found[ids[row]] for row in rows]
    empty = np.zeros((0, dimensions), np.float16)
    return np.array(rows, np.intp), np.concatenate([empty, np.reshape(vectors, (-1, dimensions))])


def _report(store: Store, name: str, n_made: int) -> EmbedReport:
    model = store.foundation().model
    counts = store.vector_counts(model)
    return EmbedReport(name, model, n_made, counts.seen, counts.whole)


def _current(store: Store) -> SemanticModel:
    stored = store.model()
    return SemanticModel() if stored is None else SemanticModel.of(stored)


def _mismatch(store: Store, current: SemanticModel, wanted: str) -> ModelMismatch:
    built = DEFAULT if current.encoder is None else current.encoder.name
    msg = (
        f"{store.name} was built with the model {built}, not with {wanted}; open it without a "
        f"model, or run relnews embed {store.name} --model {wanted}"
    )
    return ModelMismatch(msg)
