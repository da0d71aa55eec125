"""JSON Lines: every line on its own feet."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.ingest import jsonl, read, to_article
from relnews.ingest.jsonl import read_jsonl
from relnews.types import Article, Quarantined

DATA = Path(__file__).parent / "data" / "ingest"


def records(content: bytes) -> list[Article | Quarantined]:
    stream: io.BufferedReader = io.BufferedReader(io.BytesIO(content))
    return list(read_jsonl(stream, "f", to_article))


def line(**values: Any) -> bytes:
    return json.dumps({"id": "a", "headline": "Überschrift"} | values).encode() + b"\n"


def test_the_sample_gives_its_articles_and_names_what_is_wrong() -> None:
    got = list(read(DATA / "articles.jsonl"))
    assert [r.id for r in got if isinstance(r, Article)] == ["lt-1", "lt-2", "5"]
    bad = [(r.line, r.id, r.reason) for r in got if isinstance(r, Quarantined)]
    assert [(number, known) for number, known, _ in bad] == [
        (4, "lt-3"),
        (5, "lt-4"),
        (6, ""),
        (8, ""),
    ]
    assert all("must" in reason for _, _, reason in bad)
    assert {r.file for r in got if isinstance(r, Quarantined)} == {str(DATA / "articles.jsonl")}


def test_a_byte_order_mark_and_blank_lines_are_passed_over() -> None:
    got = records(b"\xef\xbb\xbf" + line() + b"\n  \r\n" + line(id="b").rstrip())
    assert [r.id for r in got] == ["a", "b"]


def test_a_line_that_is_not_utf8_costs_that_line_alone() -> None:
    got = records(line() + b'{"id": "b", "headline": "M\xfcnchen"}\n' + line(id="c"))
    assert [type(r) for r in got] == [Article, Quarantined, Article]
    assert got[1] == Quarantined("f", 2, "b", "the line must be UTF-8, got byte 0xfc at 27")


@pytest.mark.parametrize(
    "content",
    [b"[1]", b'"x"', b"null", b"{", b"{}", b"[" * 100_000, b'{"version": ' + b"1" * 5000 + b"}"],
)
def test_what_is_no_article_is_quarantined_with_its_line(content: bytes) -> None:
    got = records(line() + content + b"\n" + line())
    assert [type(r) for r in got] == [Article, Quarantined, Article]
    assert isinstance(got[1], Quarantined)
    assert (got[1].line, got[1].file) == (2, "f")
    assert "must" in got[1].reason


def test_an_id_that_is_text_or_number_is_kept_in_quarantine() -> None:
    got = records(line(id=7, date="gestern") + line(id="\ud800", headline=5) + b'{"id": 9, "x')
    assert [r.id for r in got] == ["7", "?", "9"]


def test_a_line_too_long_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "LONGEST_LINE", 1000)
    monkeypatch.setattr(jsonl, "_SKIP", 100)
    got = records(line(id="lang", body="x" * 5000) + line(id="b") + line(body="x" * 900))
    assert [(type(r), r.id) for r in got] == [
        (Quarantined, "lang"),
        (Article, "b"),
        (Article, "a"),
    ]
    assert isinstance(got[0], Quarantined)
    assert got[0].line == 1


def test_nan_and_repeated_keys_are_read_as_json_reads_them() -> None:
    got = records(b'{"id": "a", "headline": "x", "headline": "y", "extra": NaN}\n')
    assert [r.headline for r in got if isinstance(r, Article)] == ["y"]


@given(st.lists(st.binary(max_size=60)))
def test_each_line_that_is_not_blank_gives_one_record(lines: list[bytes]) -> None:
    clean = [content.replace(b"\n", b"") for content in lines]
    got = records(b"x\n" + b"\n".join(clean))
    assert len(got) == 1 + sum(bool(content.strip()) for content in clean)
