"""What is learnt from a site's own articles, and learnt anew as it grows."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from relnews.embed.analysis import Analyzer
from relnews.embed.latent import fit
from relnews.embed.lexical import LexicalView
from relnews.embed.vocabulary import Vocabulary
from relnews.errors import StoreError
from relnews.intake import BATCH, analyse
from relnews.model import TextModel, calibrate, calibration_bytes, project
from relnews.rank.relevance import LATENT_WEIGHT
from relnews.semantic import SemanticModel, latent_view, stored_settings
from relnews.store import StoredCalibration

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from relnews.mirror import Mirror
    from relnews.rank.relevance import Calibration
    from relnews.store import Store, Writer

    Halves = npt.NDArray[np.float16]

REFIT_GROWTH = 0.5
"""The text model is refitted when the corpus has grown by this share since the last fit."""

WEIGH_GROWTH = 0.1
"""Weights that hold still are taken anew when the corpus has grown by this share."""

_SEED = 20_210_301
_VECTORS_AT_ONCE = 4_096


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
    """Learn anew from all articles: the latent view, if that is the site's, and the calibration."""
    mirror.refresh()
    if mirror.model.semantic.encoder is None:
        refit_latent(store, mirror)
    else:
        recalibrate(store, mirror)


def refit_latent(store: Store, mirror: Mirror) -> None:
    """Fit the latent view and save it with all vectors, in one transaction.

    The fit itself holds up no other writer; what they added meanwhile is projected in the end.
    Articles are taken in the order of their ids, so that it does not matter how they came.
    """
    rows, encoder = mirror.live_rows_by_id(), mirror.model.semantic.encoder
    semantic, vectors, calibration = fit_latent(mirror.lexical, rows)
    with store.write() as writer:
        if writer.change != mirror.change + 1:
            mirror.refresh()
            if mirror.model.semantic.encoder != encoder:
                return  # another process changed the model meanwhile: that is what counts
            rows = mirror.live_rows_by_id()
            vectors = project(semantic.latent, mirror.lexical, rows)
        semantic = save_latent(writer, semantic, [mirror.corpus.ids[row] for row in rows], vectors)
        save_calibration(writer, calibration, semantic.config["articles"])
    model = TextModel(semantic, calibration, semantic.config["articles"])
    mirror.adopt(model, rows, vectors, writer.change)


def recalibrate(store: Store, mirror: Mirror) -> None:
    """Measure both views anew; the vectors stay."""
    mirror.refresh()
    rows = mirror.live_rows_by_id()
    settings = mirror.model.semantic.encoder
    weight = None if settings is None else settings.semantic_weight
    vectors = mirror.site().vectors[rows].astype(np.float16)
    calibration = calibrate(mirror.lexical, rows, vectors, weight, np.random.default_rng(_SEED))
    with store.write() as writer:
        if writer.current_model() == mirror.model.semantic.fingerprint:
            save_calibration(writer, calibration, len(rows))
    mirror.refresh()


def fit_latent(
    view: LexicalView, rows: npt.NDArray[np.intp]
) -> tuple[SemanticModel, Halves, Calibration]:
    """Fit the latent view on live rows.

    Returns
    -------
    SemanticModel
        Without a fingerprint; the store gives it one.
    float16, shape (len(rows), d)
        The vectors of the rows.
    Calibration
        What was measured with them.
    """
    generator = np.random.default_rng(_SEED)
    latent = fit(view, rows, generator)
    vectors = project(latent, view, rows)
    calibration = calibrate(view, rows, vectors, LATENT_WEIGHT, generator)
    return latent_view(latent, len(rows)), vectors, calibration


def rebuild(store: Store, language: str, progress: Callable[[int], None]) -> None:
    """Derive everything from the articles again, in one transaction.

    But for vectors of a pretrained model, which take their time: whoever calls this embeds the
    articles that have no sound one.
    """
    encoder = _kept_encoder(store)
    vocabulary, view, ids = Vocabulary(), LexicalView(), list[str]()
    analyzer, articles = Analyzer(vocabulary, language), store.all_articles()
    with store.write() as writer:
        writer.clear_derived(None if encoder is None else encoder.fingerprint)
        while batch := list(islice(articles, BATCH)):
            start = len(vocabulary)
            entries = [analyse(analyzer, article) for article in batch]
            writer.add_terms(start, vocabulary.terms[start:])
            writer.put_documents([(one.id, found, document) for one, found, document in entries])
            for article, _, document in entries:
                view.append(document)
                ids.append(article.id)
            progress(len(batch))
        if encoder is None:
            semantic, vectors, calibration = fit_latent(view, np.arange(len(ids)))
            save_latent(writer, semantic, ids, vectors)
            save_calibration(writer, calibration, len(ids))


def _kept_encoder(store: Store) -> SemanticModel | None:
    """Give the site's pretrained model; None without one, or when it cannot be read."""
    with suppress(StoreError, ValueError):
        stored = store.model()
        if stored is not None and stored.encoder is not None:
            return SemanticModel.of(stored)
    return None


def save_latent(
    writer: Writer, semantic: SemanticModel, ids: Sequence[str], vectors: Halves
) -> SemanticModel:
    """Save a fitted latent view with the vectors of articles; return it with its fingerprint."""
    fingerprint = writer.put_model(semantic.config, semantic.to_bytes())
    for start in range(0, len(ids) if semantic.dimensions else 0, _VECTORS_AT_ONCE):
        part = slice(start, start + _VECTORS_AT_ONCE)
        writer.put_vectors(fingerprint, ids[part], vectors[part])
    return replace(semantic, fingerprint=fingerprint)


def save_encoder(writer: Writer, semantic: SemanticModel, *, current: bool) -> str:
    """Save what names an encoder; return its fingerprint."""
    if semantic.encoder is None:
        msg = "an encoder's view has settings"
        raise TypeError(msg)
    settings = stored_settings(semantic.encoder)
    return writer.put_model(semantic.config, semantic.to_bytes(), settings, current=current)


def save_calibration(writer: Writer, calibration: Calibration, n_articles: int) -> None:
    """Save what was measured on so many articles."""
    pairs = calibration_bytes(calibration)
    writer.put_calibration(StoredCalibration(n_articles, calibration.semantic_weight, pairs))
