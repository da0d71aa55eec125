"""Runs and judgements in the files that TREC tools exchange.

A run file has a line ``qid Q0 docid rank score tag`` for each entry, a qrels file a line
``qid 0 docid gain`` for each judgement; fields are set apart by spaces or tabs, and a line that
begins with ``#`` is a comment. Ids are single fields there: whitespace, control characters, ``%``
and ``#`` are written as UTF-8 in percent signs (``a b`` as ``a%20b``), and what is so written in
any file is decoded on reading.

A broken line is an error here, not a quarantine: a run that lost entries would be measured as if
its system had not given them. `load_qrels` alone, which takes judgements as truth, quarantines it.

References
----------
The order of entries and the comments are those of ``trec_eval`` (``form_res_rels.c`` and
``get_qrels.c``, https://github.com/usnistgov/trec_eval).
"""

from __future__ import annotations

import re
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import quote, unquote_to_bytes

from relnews.errors import IngestError, InvalidTruth
from relnews.evaluate.load.lines import Record, collect, read_lines
from relnews.evaluate.load.values import to_id, to_number
from relnews.evaluate.truth import JudgedPair
from relnews.types import Quarantined

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["load_qrels", "read_qrels", "read_run", "write_qrels", "write_run"]

_RUN = ("qid", "Q0", "docid", "rank", "score", "tag")
_QRELS = ("qid", "0", "docid", "gain")
_JUDGED = ("source_id", "0", "target_id", "gain")
_SPACES = re.compile(r"[ \t\r\f\v]+")  # what C calls space; other spaces may be part of an id
_MOMENT = re.compile(r"@\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(~\d+)?$")  # the end of a `question_id`
_ENCODED = re.compile(r"[\s\x00-\x1f\x7f-\x9f%#\ufeff]")
_EXACT = 2.0**53


def read_run(path: str | os.PathLike[str]) -> dict[str, tuple[str, ...]]:
    """Give the lists of a run file, best first, by question.

    As in ``trec_eval``, the score alone decides: larger is better, and of entries with the same
    score the one with the larger id comes first, as its UTF-8 stands in the file. The rank and
    the tag are not looked at.

    Raises
    ------
    IngestError
        When there is no such file, a line has not six fields, a score is no finite number, or a
        list holds an id twice.
    """
    scored: dict[str, dict[str, float]] = {}
    for number, fields in _fields(Path(path), _RUN):
        qid, name = _decode(fields[0]), fields[2]
        entries = scored.setdefault(qid, {})
        if name in entries:
            _refuse(path, number, "must not list an article twice", name)
        entries[name] = _number(path, number, "score", fields[4])
    return {qid: _ranked(path, entries) for qid, entries in scored.items()}


def write_run(
    path: str | os.PathLike[str], run: Mapping[str, Sequence[str]], tag: str = "relnews"
) -> None:
    """Write lists, best first, by question; `read_run` gives the same ones back.

    Scores fall strictly, from the length of the list to 1, so that no tool finds a tie to break.
    A list without entries leaves no trace in this format.

    Parameters
    ----------
    path
        Where to write; what is there is replaced.
    run
        Ids by question.
    tag
        The name of the system.

    Raises
    ------
    InvalidTruth
        When an id or the tag is empty or no valid Unicode, or a list holds an id twice.
    """
    lines: list[str] = []
    name = _encode("tag", tag)
    for question, ids in run.items():
        qid = _encode("qid", question)
        if len(set(ids)) != len(ids):
            msg = f"the list of {question!r} must not hold an id twice; take one of them out"
            raise InvalidTruth(msg)
        for rank, article_id in enumerate(ids, start=1):
            score = len(ids) - rank + 1
            lines.append(f"{qid} Q0 {_encode('id', article_id)} {rank} {score} {name}\n")
    _write(path, lines)


def read_qrels(path: str | os.PathLike[str]) -> dict[str, dict[str, float]]:
    """Give the gains of a qrels file, by question and article, in the order of the file.

    Gains may have decimals, and may be negative, which some collections use for *not judged*.

    Raises
    ------
    IngestError
        When there is no such file, a line has not four fields, a gain is no finite number, or an
        article is judged twice for one question.
    """
    gains: dict[str, dict[str, float]] = {}
    for number, fields in _fields(Path(path), _QRELS):
        judged, name = gains.setdefault(_decode(fields[0]), {}), _decode(fields[2])
        if name in judged:
            _refuse(path, number, "must not judge an article twice", name)
        judged[name] = _number(path, number, "gain", fields[3])
    return gains


def load_qrels(
    path: str | os.PathLike[str],
) -> tuple[tuple[JudgedPair, ...], tuple[Quarantined, ...]]:
    """Read a qrels file as truth: one `JudgedPair` for each source and target, of scale ``qrels``.

    ::

        a-17 0 a-4 1
        a-17@2026-03-01T08:00:00Z 0 a-9 2

    The qid is the id of the source article. A moment that follows it, as in the files that
    ``relnews evaluate --runs`` writes, is dropped: pairs are asked about once all articles are
    out. Of what was judged more than once for one source the largest gain counts.

    Returns
    -------
    pairs, quarantined
        In the order of the file.

    Raises
    ------
    IngestError
        When there is no such file, or no line is sound.
    """
    path = Path(path)
    judged, quarantined = collect(path, _judgements(path), _pair)
    found: dict[tuple[str, str], JudgedPair] = {}
    for pair in judged:
        key = pair.source_id, pair.target_id
        found[key] = max(found.get(key, pair), pair, key=lambda one: one.gain)
    return tuple(found.values()), quarantined


def write_qrels(path: str | os.PathLike[str], qrels: Mapping[str, Mapping[str, float]]) -> None:
    """Write gains by question and article; `read_qrels` gives the same ones back.

    Whole gains are written as such; others with their decimals, which ``trec_eval`` cuts off
    (0.8 counts as 0 there): scale them first where such tools are to read them. A question
    without judgements leaves no trace in this format.

    Raises
    ------
    InvalidTruth
        When an id is empty or no valid Unicode, or a gain is no finite number.
    """
    lines: list[str] = []
    for question, gains in qrels.items():
        qid = _encode("qid", question)
        for article_id, gain in gains.items():
            if not isfinite(gain):
                msg = f"a gain must be a finite number, got {gain!r} for {article_id!r}"
                raise InvalidTruth(msg)
            lines.append(f"{qid} 0 {_encode('id', article_id)} {_written(gain)}\n")
    _write(path, lines)


def _ranked(path: str | os.PathLike[str], scores: Mapping[str, float]) -> tuple[str, ...]:
    ranked = sorted(scores, key=lambda name: (scores[name], name.encode()), reverse=True)
    ids = tuple(_decode(name) for name in ranked)
    if len(set(ids)) != len(ids):  # "%61" and "a" are one id
        double = next(name for name in ids if ids.count(name) > 1)
        msg = f"{path}: a list must not hold an article twice, got {double!r:.80}"
        raise IngestError(msg)
    return ids


def _fields(path: Path, names: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    for line in read_lines(path):
        if isinstance(line, Quarantined):
            msg = f"{path}: line {line.line}: {line.reason}"
            raise IngestError(msg)
        if line.text.startswith("#"):
            continue
        fields = _split(line.text)
        if len(fields) != len(names):
            _refuse(path, line.number, f"must have the fields {' '.join(names)}", line.text)
        yield line.number, fields


def _judgements(path: Path) -> Iterator[Record | Quarantined]:
    for line in read_lines(path):
        if isinstance(line, Quarantined):
            yield line
            continue
        if line.text.startswith("#"):
            continue
        fields = _split(line.text)
        if len(fields) == len(_QRELS):
            yield Record(line.number, dict(zip(_JUDGED, map(_decode, fields), strict=True)))
        else:
            reason = f"the line must have the fields {' '.join(_QRELS)}, got {line.text!r:.80}"
            yield Quarantined(str(path), line.number, "", reason)


def _pair(values: Mapping[str, object]) -> tuple[JudgedPair]:
    source = to_id("source_id", _MOMENT.sub("", str(values["source_id"])))
    target = to_id("target_id", values["target_id"])
    return (JudgedPair(source, target, to_number("gain", values["gain"]), "qrels"),)


def _split(line: str) -> list[str]:
    return [field for field in _SPACES.split(line) if field]


def _number(path: str | os.PathLike[str], number: int, name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        _refuse(path, number, f"must have a finite number as its {name}", text)
    return value


def _refuse(path: str | os.PathLike[str], number: int, rule: str, given: str) -> NoReturn:
    msg = f"{path}: line {number} {rule}, got {given!r:.80}; mend the file"
    raise IngestError(msg)


def _encode(name: str, text: str) -> str:
    if not isinstance(text, str) or not text:
        msg = f"{name} must be a text that is not empty, got {text!r:.80}"
        raise InvalidTruth(msg)
    try:
        text.encode()
    except UnicodeEncodeError:
        msg = f"{name} must be valid Unicode, got {text!r:.80}"
        raise InvalidTruth(msg) from None
    return _ENCODED.sub(lambda found: quote(found[0], safe=""), text)


def _decode(field: str) -> str:
    """Decode percent signs; a field that they do not make UTF-8 of stays as it is."""
    if "%" not in field:
        return field
    try:
        return unquote_to_bytes(field).decode()
    except UnicodeDecodeError:
        return field


def _written(gain: float) -> str:
    whole = float(gain).is_integer() and abs(gain) < _EXACT
    return str(int(gain)) if whole else repr(float(gain))


def _write(path: str | os.PathLike[str], lines: Iterable[str]) -> None:
    Path(path).write_text("".join(lines), encoding="utf-8", newline="\n")
