"""CSV: a header, then rows, each on its own feet."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.errors import IngestError
from relnews.ingest import read, to_article
from relnews.ingest.table import columns_of, read_table
from relnews.types import Article, Quarantined

DATA = Path(__file__).parent / "data" / "ingest"


def records(text: str) -> list[Article | Quarantined]:
    stream: io.BufferedReader = io.BufferedReader(io.BytesIO(text.encode()))
    return list(read_table(stream, "f", to_article, encoding="utf-8-sig", fields=None))


def test_the_sample_gives_its_articles_and_names_what_is_wrong() -> None:
    got = list(read(DATA / "articles.csv"))
    assert [r.id for r in got] == ["c-1", "c-2", "c-3", "c-4"]
    first = got[0]
    assert isinstance(first, Article)
    assert first.body == "Erster Absatz.\nZweiter Absatz; mit Strichpunkt."
    assert first.tags == ("Chor", "Jubiläum")
    bad = [r for r in got if isinstance(r, Quarantined)]
    assert [r.line for r in bad] == [4, 6]  # a row before spans two lines
    assert "7 columns, got 9" in bad[0].reason


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_from_the_header(delimiter: str) -> None:
    header = delimiter.join(["id", "title", "Schlagworte, frei"])
    assert columns_of(header.replace(", frei", ""), None) == (
        delimiter,
        ["id", "title", "Schlagworte"],
    )
    got = records(
        delimiter.join(["id", "title", "text"]) + "\na" + delimiter + "T" + delimiter + "x"
    )
    assert [r.id for r in got if isinstance(r, Article)] == ["a"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("id,title\n1,Müller\n".encode(), "Müller"),
        ("\ufeffid,title\n1,Müller\n".encode(), "Müller"),
        ("id,title\n1,Müller – „ja“\n".encode("cp1252"), "Müller – „ja“"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_the_encoding_is_utf8_unless_it_cannot_be(
    tmp_path: Path,
    content: bytes,
    expected: str,
    packed: bool,  # noqa: FBT001
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(gzip.compress(content) if packed else content)
    assert [r.headline for r in read(path) if isinstance(r, Article)] == [expected]


def test_the_encoding_is_one_for_the_whole_file(tmp_path: Path) -> None:
    """A single byte far down decides, so that no file mixes two readings."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,title\n" + "1,Ü\n".encode() * 100_000 + b"2,\xdc\n")
    got = [r.headline for r in read(path) if isinstance(r, Article)]
    assert (got[0], got[-1]) == ("Ã\u0153", "Ü")


def test_fields_may_be_long_and_the_limit_of_others_stays() -> None:
    before = csv.field_size_limit(131_072)
    got = records("id,title,text\na,T," + "x" * 500_000 + "\nb,T,\n")
    assert [r.id for r in got] == ["a", "b"]
    assert csv.field_size_limit(before) == 131_072


def test_a_quote_left_open_swallows_no_rows_unseen() -> None:
    got = records('id,title\na,T\nb,"offen\nc,T\nd,"zu" und weiter\ne,T\n')
    read_whole = [r.id for r in got if isinstance(r, Article)]
    assert (read_whole[0], read_whole[-1]) == ("a", "e")
    assert any(isinstance(r, Quarantined) and "sound CSV" in r.reason for r in got)


def test_a_quote_open_at_the_end_is_quarantined_at_its_line() -> None:
    got = records('id,title\na,T\nb,"offen\nc,T\n')
    assert isinstance(got[-1], Quarantined)
    assert got[-1].line == 3


def test_blank_lines_and_old_line_ends_are_read() -> None:
    assert [r.id for r in records("\n\nid,title\r\rb,T\r\n,\nc,T")] == ["b", "c"]
    bad = records("\n\nid,title\n\nb,\n")
    assert isinstance(bad[0], Quarantined)
    assert bad[0].line == 5


def test_a_header_without_a_headline_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(IngestError, match=r"f: the first line must name .*'a,b'.* map one"):
        records("a,b\n1,2\n")
    assert records("") == []


def test_columns_may_be_mapped(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("nr;zeile.eins\n1;Ja\n", encoding="utf-8")
    got = list(read(path, fields={"headline": "zeile.eins", "id": "nr"}))
    assert [(r.id, r.headline) for r in got if isinstance(r, Article)] == [("1", "Ja")]


@given(st.text(max_size=300))
def test_any_text_below_a_header_gives_records(text: str) -> None:
    if text.encode(errors="replace").decode() == text:
        for record in records("id,title\n" + text):
            assert isinstance(record, Article | Quarantined)
