"""The store, mirrored in memory: what one process needs to make lists, kept up to date.

Readers ask `refresh` before each answer; without a change that is one small query. Only what
changed is read, except after a refit, when the vectors of all articles are new.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from relnews.corpus import NEVER, UNDATED, Corpus
from relnews.embed.analysis import Analyzer
from relnews.embed.document import Document
from relnews.embed.embedded import Embedded
from relnews.embed.lexical import LexicalView, stack
from relnews.embed.vocabulary import Vocabulary
from relnews.encoders import Encoders
from relnews.errors import ModelMismatch
from relnews.index.exact import ExactIndex
from relnews.model import TextModel, read_calibration, unfitted
from relnews.rank.ruleset import RuleSet
from relnews.rank.site import Site
from relnews.semantic import SemanticModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from relnews.protocols import ArticleEncoder, GrowingIndex, Index, IndexMaker
    from relnews.rank.rules import Rule
    from relnews.store import Store, StoredRow
    from relnews.types import Article


class Mirror:
    """Articles, views, model and rules of a store, as of its change number.

    Parameters
    ----------
    store, language
        What is mirrored, and the language assumed where none can be told.
    index
        Makes an index that lives as long as the text model and grows with the rows, such as
        `ApproximateIndex`; of a new weighing it learns from `LexicalView.weighing`, which is
        another object then. None: exact, for which there is nothing to keep.
    encoders
        Where a pretrained model is found once an article must be read by it.

    Attributes
    ----------
    vocabulary, analyzer
        Shared with the writer, which adds to them.
    corpus, lexical, model
        Row for row what is stored.
    rules, rules_by_id
        The rules that lists are made under, and as they are stored.
    content
        A number that changes with anything that lists are made from.
    index_maker
        Makes the index that candidates are searched with; None for the full scan.
    """

    def __init__(
        self,
        store: Store,
        language: str,
        index: IndexMaker | None = None,
        encoders: Encoders | None = None,
    ) -> None:
        self._store = store
        self._encoders = encoders or Encoders()
        self.model = unfitted()
        self.index_maker = index
        self._index: GrowingIndex | None = None
        self._change = -1
        self._vocabulary_since = ""
        self._n_saved_terms = 0
        self.vocabulary = Vocabulary()
        self.analyzer = Analyzer(self.vocabulary, language)
        self.rules_by_id: dict[int, Rule] = {}
        self.rules = RuleSet()
        self._weighing = self._calibration = ""
        self.content = -1
        self._reset(unfitted())

    @property
    def change(self) -> int:
        """The change number up to which this process has read."""
        return self._change

    def refresh(self) -> None:
        """Take in what was written since the last call, by whichever process."""
        while (change := self._store.change()) != self._change:
            self._read(change)

    def _read(self, change: int) -> None:
        model, vocabulary, weighing, calibration = self._store.foundation()
        if (self.model.semantic.fingerprint, self._vocabulary_since) != (model, vocabulary):
            semantic = self._stored_model(model)
            if semantic is None:
                return  # refitted meanwhile: the next look finds the new one
            if vocabulary != self._vocabulary_since:
                self.vocabulary.truncate(0)
                self.analyzer.forget()
                self._vocabulary_since = vocabulary
            self._reset(replace(unfitted(), semantic=semantic))
        elif self.reads_texts:  # what its settings say of it may have changed
            semantic = self._stored_model(model) or self.model.semantic
            self.model = replace(self.model, semantic=semantic)
        for rows in self._store.changed_since(self._change, model or None):
            self.content = change
            for row in rows:
                self._add(row)
        if calibration != self._calibration:
            self.model = self._calibrated()
            self._calibration, self.content = calibration, change
            self._index = None  # pools are made for one semantic weight
        if weighing != self._weighing:
            self.lexical.weigh(self._store.weighing())
            self._weighing, self.content = weighing, change
        self.vocabulary.extend(self._store.terms(len(self.vocabulary)))
        self._n_saved_terms = len(self.vocabulary)
        rules = self._store.rules()
        if rules != self.rules_by_id:
            self.rules_by_id, self.rules = rules, RuleSet(rules.values())
            self.content = change
        self._change = change

    def adopt(
        self,
        model: TextModel,
        rows: npt.NDArray[np.intp],
        vectors: npt.NDArray[np.float16],
        change: int,
    ) -> None:
        """Take over a model this process has fitted and saved, with the vectors of all live rows.

        Spares reading back what is known already; `change` must follow the last one read.
        """
        self.model, self._change, self.content = model, change, change
        self._calibration, self._index = str(change), None
        self._vectors = np.zeros((len(self.corpus) + 16, vectors.shape[1]), np.float32)
        self._vectors[rows] = vectors

    def forget_unsaved_terms(self) -> None:
        """Drop the terms of a write that failed."""
        self.vocabulary.truncate(self._n_saved_terms)
        self.analyzer.forget()

    def site(self) -> Site:
        """Give what lists are made from."""
        vectors = self._vectors[: len(self.corpus)]
        index = self._index_over(vectors)
        languages = self.model.semantic.languages
        return Site(self.corpus, self.lexical, vectors, index, self.model.calibration, languages)

    def _index_over(self, vectors: npt.NDArray[np.float32]) -> Index:
        if self.index_maker is None:
            return ExactIndex(self.corpus, self.lexical, vectors)
        if self._index is None:
            self._index = self.index_maker(self.corpus, self.lexical, vectors)
        else:
            self._index.extend(vectors)
        return self._index

    def document(self, row: int) -> Document:
        """Give the document of a row."""
        return Document(*self.lexical.document(row), self.corpus.shingles[row])

    def vector(self, row: int) -> npt.NDArray[np.float32]:
        """Give the semantic vector of a row, shape (d,)."""
        vector: npt.NDArray[np.float32] = self._vectors[row]
        return vector

    def embed(self, article: Article, document: Document) -> npt.NDArray[np.float32]:
        """Give the semantic vector of an article that is not stored, shape (d,)."""
        if self.reads_texts:
            vectors = self.encode([article]).vectors
        else:
            vectors = self.model.semantic.latent.project(stack([document]))
        return np.asarray(vectors[0], np.float32)

    @property
    def reads_texts(self) -> bool:
        """Whether a pretrained model gives the vectors, which must read each article for it."""
        return self.model.semantic.encoder is not None

    def encoder(self) -> ArticleEncoder:
        """Give the pretrained model, loaded when it was not; for errors see `Encoders.of`."""
        return self._encoders.of(self.model.semantic)

    def encode(self, articles: Sequence[Article]) -> Embedded:
        """Let the pretrained model read articles; it is not asked when there are none."""
        if not articles:
            empty = np.zeros((0, self.model.semantic.dimensions), np.float16)
            return Embedded(empty, np.zeros(0, np.float32))
        return self.encoder().embed(articles)

    def anew(self) -> Mirror:
        """Give a mirror of the same store that has read nothing yet."""
        return Mirror(self._store, self.analyzer.language, self.index_maker, self._encoders)

    def hold(self, encoder: ArticleEncoder) -> None:
        """Keep an encoder that is loaded already."""
        self._encoders = Encoders(encoder)

    def live_rows(self) -> npt.NDArray[np.intp]:
        """Give the rows of current versions."""
        return np.flatnonzero(self.corpus["alive"])

    def live_rows_by_id(self) -> npt.NDArray[np.intp]:
        """Give the rows of current versions, in the order of their ids."""
        ids = self.corpus.ids
        return np.array(sorted(self.live_rows(), key=lambda row: ids[row]), np.intp)

    def _reset(self, model: TextModel) -> None:
        self.model = model
        self._change = self.content = -1
        self.corpus, self.lexical = Corpus(), LexicalView()
        self._weighing, self._calibration, self._index = "", "", None
        self._vectors = np.zeros((16, model.semantic.dimensions), np.float32)

    def _calibrated(self) -> TextModel:
        """Give the model with what was measured last."""
        stored = self._store.calibration()
        if stored is None:
            return replace(unfitted(), semantic=self.model.semantic)
        calibration = read_calibration(stored.pairs, stored.semantic_weight)
        return TextModel(self.model.semantic, calibration, stored.articles)

    def _stored_model(self, fingerprint: str) -> SemanticModel | None:
        """Read a model; None when it was replaced since its fingerprint was read."""
        if not fingerprint:
            return SemanticModel()
        stored = self._store.model(fingerprint)
        if stored is None and self._store.foundation()[0] != fingerprint:
            return None
        if stored is None:
            msg = f"the text model {fingerprint} must be in the store; run check --repair"
            raise ModelMismatch(msg)
        return SemanticModel.of(stored)

    def _add(self, row: StoredRow) -> None:
        former = self.corpus.row_of.get(row.id)
        if former is not None:
            self.lexical.remove(former)
        number = self.corpus.add(row.id, self._values(row), row.document.shingles)
        self.lexical.append(row.document)
        if number == len(self._vectors):
            self._vectors = np.concatenate([self._vectors, np.zeros_like(self._vectors)])
        self._vectors[number] = 0 if row.vector is None else self._checked(row)

    def _checked(self, row: StoredRow) -> npt.NDArray[np.float16]:
        vector = row.vector
        dimensions = self.model.semantic.dimensions
        if vector is None or len(vector) != dimensions:
            msg = f"the vector of {row.id!r} must have {dimensions} dimensions"
            raise ModelMismatch(msg)
        return vector

    def _values(self, row: StoredRow) -> dict[str, int]:
        names = self.corpus.names
        return {
            "usable": row.status == "usable",
            "published": UNDATED if row.published_at is None else row.published_at,
            "updated": NEVER if row.updated_at is None else row.updated_at,
            "embargo": UNDATED if row.embargo_until is None else row.embargo_until,
            "expires": NEVER if row.expires_at is None else row.expires_at,
            "evergreen": row.evergreen,
            "no_list": row.no_list,
            "never_recommend": row.never_recommend,
            "section": names["section"].code(row.section),
            "source": names["source"].code(row.source),
            "language": names["language"].code(row.language.lower()[:2]),
            "access": names["access"].code(row.access),
        }
