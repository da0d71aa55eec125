"""State: articles, documents, vectors, models, rules, lists and retractions in one database."""

from relnews.store.records import (
    Former,
    ListHeads,
    State,
    StoredCalibration,
    StoredEntry,
    StoredHead,
    StoredList,
    StoredModel,
    StoredRetraction,
    StoredRow,
    StoredStanding,
    StoredVectors,
    digest,
    entry_of,
    fingerprint,
)
from relnews.store.sql import Store
from relnews.store.writing import Writer

__all__ = [
    "Former",
    "ListHeads",
    "State",
    "Store",
    "StoredCalibration",
    "StoredEntry",
    "StoredHead",
    "StoredList",
    "StoredModel",
    "StoredRetraction",
    "StoredRow",
    "StoredStanding",
    "StoredVectors",
    "Writer",
    "digest",
    "entry_of",
    "fingerprint",
]
