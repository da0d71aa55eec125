"""A sample newsroom that ships with the package: the fictional "Lindenauer Tagblatt".

148 short German articles in eight sections, 26 running stories, agency copies, a correction,
an update, explainers, embargoed, withheld, canceled and expired items, and judged relations.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import datetime
from importlib.resources import as_file, files
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from relnews.ingest import read
from relnews.settings import load_policy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from relnews.policy import Policy
    from relnews.types import Article, Quarantined

NAME = "Lindenauer Tagblatt"
NOW = datetime(2026, 3, 15, 8, tzinfo=ZoneInfo("Europe/Berlin"))
"""The morning on which the sample newsroom is looked at."""

SHOWN = ("sta-001", "kul-002", "pan-005")
"""Articles whose lists are worth a look."""


def articles() -> Iterator[Article | Quarantined]:
    """Yield the articles, section by section, older versions before newer ones."""
    with folder() as path:
        for file in sorted(path.glob("*.jsonl")):
            yield from read(file)


def policy() -> Policy:
    """Give the policy of the newsroom."""
    with as_file(files(__name__) / "policy.toml") as path:
        return load_policy(path)


def relations() -> list[tuple[str, str, str, float]]:
    """Give the judged relations: source id, target id, relation, gain from 0 to 3."""
    return [
        (row["source_id"], row["target_id"], row["relation"], float(row["gain"]))
        for row in _table("relations.csv")
    ]


def stories() -> dict[str, list[str]]:
    """Give the ids of each running story."""
    members: dict[str, list[str]] = defaultdict(list)
    for row in _table("stories.csv"):
        members[row["story"]].append(row["article_id"])
    return dict(members)


def folder() -> AbstractContextManager[Path]:
    """Give the folder of articles and judgements, as `relnews.evaluate.load` takes it."""
    return as_file(files(__name__) / "newsroom")


def _table(name: str) -> list[dict[str, str]]:
    text = (files(__name__) / "newsroom" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
