"""State: articles, documents, vectors, models, rules, lists and retractions in one database."""

from relnews.store.records import (
    State,
    StoredEntry,
    StoredList,
    StoredModel,
    StoredRetraction,
    StoredRow,
    digest,
    fingerprint,
)
from relnews.store.sql import Store
from relnews.store.writing import Writer

__all__ = [
    "State",
    "Store",
    "StoredEntry",
    "StoredList",
    "StoredModel",
    "StoredRetraction",
    "StoredRow",
    "Writer",
    "digest",
    "fingerprint",
]
