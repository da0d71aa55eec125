"""What is read from the store, and how an article, a document and a model become columns."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from relnews.embed.document import Document
from relnews.embed.weighting import Weighing
from relnews.store.schema import utc_text
from relnews.types import Article

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from relnews.types import Access, PlacedBy, Quarantined, Related, Relation, Status

ARTICLE_FIELDS = tuple(field.name for field in fields(Article))


@dataclass(frozen=True, slots=True)
class State:
    """What decides whether an arriving article replaces the stored one.

    `date` is the semantic date: `updated_at`, or else `published_at`.
    """

    version: int
    date: datetime | None
    digest: str
    status: Status


@dataclass(frozen=True, slots=True, eq=False)
class StoredRow:
    """An article as the in-memory corpus needs it: no texts, times in seconds since 1970.

    `published_at`, `updated_at` and `embargo_until` are rounded up to the next second and
    `expires_at` down, so that nothing is shown too early or too late. `language` is the one the
    article came with, or else the detected one. `vector` is float16, or None where the model
    asked for has none.
    """

    id: str
    published_at: int | None
    updated_at: int | None
    embargo_until: int | None
    expires_at: int | None
    status: Status
    section: str
    source: str
    language: str
    access: Access
    evergreen: bool
    no_list: bool
    never_recommend: bool
    document: Document
    vector: npt.NDArray[np.float16] | None


@dataclass(frozen=True, slots=True)
class StoredModel:
    """What gives vectors: `arrays` are safetensors bytes, nothing executable.

    `encoder` holds the settings of a pretrained model, which is not stored itself; None where
    the model was fitted on the site's own articles.
    """

    fingerprint: str
    config: dict[str, Any]
    arrays: bytes
    encoder: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class StoredCalibration:
    """What was measured on so many articles: `pairs` are safetensors bytes."""

    articles: int
    semantic_weight: float
    pairs: bytes


@dataclass(frozen=True, slots=True)
class StoredVectors:
    """How many articles have a vector of a model, and what share of their text is in it.

    `seen` is the mean share, `whole` the share of articles that were seen whole; both 1 without
    any vector.
    """

    stored: int
    missing: int
    seen: float
    whole: float


@dataclass(frozen=True, slots=True)
class StoredRetraction:
    """Why an article was retracted, and when, if that was said."""

    reason: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredStanding:
    """As much of an article as decides whether it may be shown: see `relnews.rank.check`."""

    status: Status
    never_recommend: bool
    published_at: datetime | None
    embargo_until: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """One entry of a stored list; the fields are those of `relnews.types.Related`."""

    target_id: str
    score: float
    relevance: float
    freshness: float
    lexical: float
    semantic: float
    relation: Relation
    placed_by: PlacedBy
    reason: str
    shared_words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHead:
    """A stored list without its entries: all that tells whether it is still what it should be.

    Attributes
    ----------
    at, k, note, policy
        The moment it is for, its depth, its note, and the policy it was made with.
    seen
        The last change that was taken in when it was made.
    reach
        An article that scored less at `at` could not have mattered to it. 0: any related one
        could; -1: any at all could, as with fills; above 1: none could.
    """

    source_id: str
    at: datetime
    k: int
    note: str
    policy: str
    seen: int
    reach: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredList(StoredHead):
    """A stored list in its greedy order."""

    rows: tuple[StoredEntry, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ListHeads:
    """Every stored list without its entries, as columns in the order of ids; see `StoredHead`.

    `source_ids` and `policies` are lists of n, the others int64 or float64 of shape (n,); `at`
    in epoch seconds.
    """

    source_ids: list[str]
    policies: list[str]
    at: npt.NDArray[np.int64]
    k: npt.NDArray[np.int64]
    seen: npt.NDArray[np.int64]
    reach: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Former:
    """A version that was replaced, as far as lists made before may stand on it."""

    id: str
    change: int
    published_at: int | None
    updated_at: int | None
    evergreen: bool
    section: str
    document: Document
    vector: npt.NDArray[np.float16] | None


def digest(article: Article) -> str:
    """Give the SHA-256, in hex, of all that an article says.

    Equal articles have equal digests, whatever time zone their times are written in.
    """
    values = {name: getattr(article, name) for name in ARTICLE_FIELDS}
    text = json.dumps(values, sort_keys=True, default=_json_time)
    return hashlib.sha256(text.encode()).hexdigest()


def _json_time(value: object) -> str:
    if isinstance(value, datetime):
        return utc_text(value)
    msg = f"an article holds text, numbers and times, got {type(value).__name__}"
    raise TypeError(msg)


def config_text(config: Mapping[str, Any]) -> str:
    """Write a model's settings in their one stored form: sorted keys, no spaces."""
    return json.dumps(config, sort_keys=True, separators=(",", ":"))


def fingerprint(config: Mapping[str, Any], arrays: bytes) -> str:
    """Name a fitted model: 16 hex digits of the SHA-256 over its settings and its bytes."""
    return text_fingerprint(config_text(config), arrays)


def text_fingerprint(config: str, arrays: bytes) -> str:
    """Give the `fingerprint` of a model whose settings are in their stored form."""
    return hashlib.sha256(config.encode() + arrays).hexdigest()[:16]


def document_to_columns(document: Document) -> dict[str, bytes]:
    """Write a document as little-endian bytes."""
    return {
        "terms": document.terms.astype("<i4").tobytes(),
        "counts": document.counts.astype("<i4").tobytes(),
        "shingles": document.shingles.astype("<u4").tobytes(),
    }


def document_from_columns(terms: bytes, counts: bytes, shingles: bytes) -> Document:
    """Read a document; the arrays are views of the bytes, and read-only."""
    return Document(
        terms=np.frombuffer(terms, "<i4"),
        counts=np.frombuffer(counts, "<i4"),
        shingles=np.frombuffer(shingles, "<u4"),
    )


def storable(text: str) -> str:
    """Write text so that any database holds it: no NUL, no half of a surrogate pair."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")


def quarantine_to_columns(record: Quarantined) -> dict[str, Any]:
    """Write a refused record; its digest tells when the same one comes again."""
    texts = {
        "file": storable(record.file),
        "article_id": storable(record.id),
        "reason": storable(record.reason),
    }
    key = json.dumps([record.line, *texts.values()])
    own = {"line": record.line, "digest": hashlib.sha256(key.encode()).hexdigest()}
    return texts | own


def entry_of(entry: Related) -> StoredEntry:
    """Give the stored form of an entry."""
    return StoredEntry(
        target_id=entry.article.id,
        score=float(entry.score),
        relevance=float(entry.relevance),
        freshness=float(entry.freshness),
        lexical=float(entry.lexical),
        semantic=float(entry.semantic),
        relation=entry.relation,
        placed_by=entry.placed_by,
        reason=entry.reason,
        shared_words=entry.shared_words,
    )


def list_to_columns(made: StoredList) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Write a list: its head, and its entries with positions from 1."""
    head = {field.name: getattr(made, field.name) for field in fields(StoredHead)}
    entries = [
        {
            "source_id": made.source_id,
            "position": position,
            **{field.name: getattr(entry, field.name) for field in fields(StoredEntry)},
            "shared_words": list(entry.shared_words),
        }
        for position, entry in enumerate(made.rows, start=1)
    ]
    return head, entries


def weighing_to_columns(weighing: Weighing) -> dict[str, Any]:
    """Write counts as compressed little-endian bytes."""
    counts = zlib.compress(weighing.frequencies.astype("<i4").tobytes())
    return {"documents": weighing.n_documents, "frequencies": counts}


def weighing_from_columns(documents: int, frequencies: bytes) -> Weighing:
    """Read counts; `ValueError` when they are damaged."""
    try:
        counts = np.frombuffer(zlib.decompress(frequencies), "<i4").astype(np.int64)
    except zlib.error as error:
        msg = f"the counts of a weighing cannot be read: {error}"
        raise ValueError(msg) from error
    return Weighing(counts, documents)
