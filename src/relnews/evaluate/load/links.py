"""Editors' links from JSON Lines: which articles a person set under one article."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from relnews.evaluate.load.lines import collect, read_objects
from relnews.evaluate.load.values import pick, to_id, to_ids, to_moment, to_text
from relnews.evaluate.truth import EditorLinks
from relnews.ingest.times import zone_of

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from datetime import tzinfo

    from relnews.types import Quarantined

__all__ = ["load_links"]


def load_links(
    path: str | os.PathLike[str], *, timezone: str = "Europe/Berlin"
) -> tuple[tuple[EditorLinks, ...], tuple[Quarantined, ...]]:
    """Read ``links.jsonl``: one `EditorLinks` for each line.

    ::

        {"source_id": "a-17", "target_ids": ["a-4", "a-9"], "at": "2026-03-01T12:00:00+01:00"}

    ``at`` may be left out: the links were set with the publication of the source. ``body`` (or
    ``body_without_links``) is the text of the source without the words of the links, for links
    that stood in the text. `timezone` is the zone of times that carry none.

    Raises
    ------
    IngestError
        When there is no such file, or no line is sound.
    InvalidPolicy
        When `timezone` is no time zone.
    """
    path = Path(path)
    return collect(path, read_objects(path), partial(_links, zone=zone_of(timezone)))


def _links(values: Mapping[str, object], zone: tzinfo) -> tuple[EditorLinks]:
    at = pick(values, "at")
    body = values.get("body", values.get("body_without_links"))
    return (
        EditorLinks(
            to_id("source_id", values.get("source_id")),
            to_ids("target_ids", values.get("target_ids")),
            None if at is None else to_moment("at", at, zone),
            None if body is None else to_text("body", body),
        ),
    )
