"""Older databases brought up to date: nothing that was given is lost, what is derived may be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from safetensors import SafetensorError
from safetensors.numpy import load, save
from sqlalchemy import text

from relnews.store import schema

if TYPE_CHECKING:
    from sqlalchemy import Connection

_FIRST_WITH_CALIBRATIONS = 3
_LATENT_WEIGHT = 0.05  # what every model had before


def upgrade(connection: Connection, version: int) -> None:
    """Bring a database of an older version up to date.

    Stored lists go, as they can be made again. Articles, rules, retractions, vectors and what
    was measured stay.
    """
    for gone in (schema.related, schema.lists):
        gone.drop(connection)
    schema.metadata.create_all(connection)
    if version < _FIRST_WITH_CALIBRATIONS:
        for table, column in (("vectors", "seen FLOAT NOT NULL DEFAULT 1"), ("models", _ENCODER)):
            connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {column}"))
        _part_calibration(connection)
    _set_meta(connection, "schema_version", str(schema.SCHEMA_VERSION))


_ENCODER = "encoder TEXT NOT NULL DEFAULT ''"


def _part_calibration(connection: Connection) -> None:
    """Give the random pairs, which were kept with the model, a row of their own."""
    name = connection.execute(text("SELECT value FROM meta WHERE key = 'model'")).scalar()
    query = text("SELECT config, arrays, change FROM models WHERE fingerprint = :name")
    row = connection.execute(query, {"name": name}).one_or_none()
    if row is None:
        return
    try:
        arrays = load(row.arrays)
        pairs = {new: arrays[f"random_{old}"] for new, old in _PAIRS.items()}
        articles = int(json.loads(row.config)["articles"])
    except (SafetensorError, KeyError, ValueError, TypeError):
        return  # damaged: the check finds the model, and a repair measures anew
    values = {
        "id": row.change,
        "articles": articles,
        "semantic_weight": _LATENT_WEIGHT,
        "pairs": save(pairs),
    }
    connection.execute(schema.calibrations.insert().values(values))
    _set_meta(connection, "calibration", str(row.change))


_PAIRS = {"lexical": "lexical", "semantic": "latent"}


def _set_meta(connection: Connection, key: str, value: str) -> None:
    meta = schema.meta
    connection.execute(meta.delete().where(meta.c.key == key))
    connection.execute(meta.insert().values(key=key, value=value))
