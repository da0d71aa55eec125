"""Running stories from CSV: which articles tell the same one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from relnews.evaluate.load.lines import collect, read_rows
from relnews.evaluate.load.values import to_id
from relnews.evaluate.truth import Chain

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from relnews.types import Quarantined

__all__ = ["load_chains"]


def load_chains(
    path: str | os.PathLike[str],
) -> tuple[tuple[Chain, ...], tuple[Quarantined, ...]]:
    """Read ``chains.csv``: one `Chain` for each story, one row for each of its articles.

    ::

        story,article_id
        elmsebruecke,a-17

    Stories and their articles come in the order in which the file first names them; a row that
    is there twice counts once.

    Raises
    ------
    IngestError
        When there is no such file, a column is missing, or no row is sound.
    """
    path = Path(path)
    rows, quarantined = collect(path, read_rows(path, (("story",), ("article_id",))), _member)
    stories: dict[str, dict[str, None]] = {}
    for story, article_id in rows:
        stories.setdefault(story, {})[article_id] = None
    return tuple(Chain(story, tuple(found)) for story, found in stories.items()), quarantined


def _member(row: Mapping[str, object]) -> tuple[tuple[str, str]]:
    return ((to_id("story", row["story"]), to_id("article_id", row["article_id"])),)
