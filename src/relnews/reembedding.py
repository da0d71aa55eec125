"""A change of model: all articles embedded anew beside the old vectors, then one switch.

Until the switch readers see the old vectors, and what arrives gets one of those. Whatever was
embedded stays when the run is interrupted, and the next run goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnews import fitting
from relnews.embed.sentence.presets import DEFAULT
from relnews.encoders import Encoders, find, is_default, name_of
from relnews.errors import ModelMismatch
from relnews.model import calibrate
from relnews.semantic import SemanticModel, encoder_view
from relnews.store import digest
from relnews.types import EmbedReport

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from relnews.embed.embedded import Embedded
    from relnews.encoders import Given
    from relnews.mirror import Mirror
    from relnews.protocols import ArticleEncoder
    from relnews.store import Store, Writer
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
    is_current, view = name_of(encoder) == current.fingerprint, encoder_view(encoder)
    if not is_current and store.has_articles():
        raise _mismatch(store, current, encoder.settings.name)
    if not is_current or view.encoder != current.encoder:  # it may lie elsewhere by now
        with store.write() as writer:
            fitting.save_encoder(writer, view, current=True)
    return Encoders(encoder)


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


def embed_missing(store: Store, mirror: Mirror, progress: Callable[[int], None]) -> int:
    """Embed the articles that have no vector of the site's pretrained model; count them."""
    return _embed_missing(store, mirror.encoder(), mirror.model.semantic.fingerprint, progress)


def _embed_missing(
    store: Store, encoder: ArticleEncoder, name: str, progress: Callable[[int], None]
) -> int:
    n_made = 0
    while ids := store.without_vector(name, ARTICLES_AT_ONCE):
        articles = list(store.articles(ids).values())
        embedded = encoder.embed(articles)
        with store.write() as writer:
            n_same = _put(writer, name, articles, embedded)
        n_made += n_same
        progress(n_same)
    return n_made


def _put(writer: Writer, name: str, articles: list[Article], embedded: Embedded) -> int:
    """Save vectors, but for articles that were edited meanwhile; count them.

    Those of the current model are for readers to load; those of one that waits are not.
    """
    states = writer.states(article.id for article in articles)
    same = [
        place
        for place, article in enumerate(articles)
        if article.id in states and states[article.id].digest == digest(article)
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
            late = writer.without_vector(name, ARTICLES_AT_ONCE)
            if len(late) < ARTICLES_AT_ONCE:
                if late:
                    articles = list(writer.articles(late).values())
                    _put(writer, name, articles, encoder.embed(articles))
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
