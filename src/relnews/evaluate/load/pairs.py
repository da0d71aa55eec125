"""Judged pairs from CSV: two articles, and what people said of them on one or more scales."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from relnews.errors import IngestError, InvalidTruth
from relnews.evaluate.load.lines import Record, collect, read_rows
from relnews.evaluate.load.values import pick, refuse, to_id, to_number
from relnews.evaluate.truth import JudgedPair

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping

    from relnews.types import Quarantined

__all__ = ["load_pairs"]

_SOURCE = ("source_id", "article_id_1")
_TARGET = ("target_id", "article_id_2")
_RATERS = "raters"


def load_pairs(
    path: str | os.PathLike[str],
) -> tuple[tuple[JudgedPair, ...], tuple[Quarantined, ...]]:
    """Read ``pairs.csv``: one `JudgedPair` for each row and scale.

    Columns are ``source_id`` and ``target_id`` (or ``article_id_1`` and ``article_id_2``), and
    one for each scale, which is called like its column::

        source_id,target_id,relation,similarity,would_follow,raters
        a-17,a-4,same_story,1.6667,1.0,6

    A column is a scale when more than half of its filled cells are numbers; other columns, such
    as ``relation``, are passed over, and so is one without a name. ``raters`` is how many people
    were asked. An empty cell means *not judged on this scale*.

    Returns
    -------
    pairs, quarantined
        In the order of the file, of one row in the order of its columns.

    Raises
    ------
    IngestError
        When there is no such file, a column is missing, none is a scale, or no row is sound.
    """
    path = Path(path)
    records = list(read_rows(path, (_SOURCE, _TARGET)))
    rows = [record.values for record in records if isinstance(record, Record)]
    scales = _scales(rows)
    if rows and not scales:
        msg = (
            f"{path}: at least one column beside the ids must hold numbers, got "
            f"{', '.join(rows[0])}; add a column such as similarity"
        )
        raise IngestError(msg)
    return collect(path, records, partial(_pairs, scales=scales))


def _scales(rows: Iterable[Mapping[str, object]]) -> list[str]:
    """Give the columns that hold numbers, in the order of the file."""
    numbers: dict[str, int] = {}
    for row in rows:
        for name, cell in row.items():
            text = str(cell).strip()
            if text:
                numbers[name] = numbers.get(name, 0) + (1 if _is_number(text) else -1)
    columns = dict.fromkeys(name for row in rows for name in row)
    passed = {"", _RATERS, *_SOURCE, *_TARGET}
    return [name for name in columns if name not in passed and numbers.get(name, 0) > 0]


def _pairs(row: Mapping[str, object], scales: list[str]) -> Iterator[JudgedPair]:
    source = to_id("source_id", pick(row, *_SOURCE))
    target = to_id("target_id", pick(row, *_TARGET))
    raters = _raters(row.get(_RATERS))
    # made before the first is given away: a row is sound as a whole or not at all
    judged = [
        JudgedPair(source, target, to_number(scale, row[scale]), scale, raters)
        for scale in scales
        if str(row[scale]).strip()
    ]
    yield from judged


def _raters(cell: object) -> int:
    if cell is None or not str(cell).strip():
        return 0
    count = to_number(_RATERS, cell)
    if not (count >= 0 and count.is_integer()):
        refuse(_RATERS, "a whole number of at least 0", cell)
    return int(count)


def _is_number(text: str) -> bool:
    try:
        to_number("", text)
    except InvalidTruth:
        return False
    return True
