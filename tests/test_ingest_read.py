"""`read`: whatever the file, nothing is dropped unseen."""

from __future__ import annotations

import gzip
import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from relnews.errors import IngestError, InvalidPolicy
from relnews.ingest import read
from relnews.types import Article, Quarantined

REAL = Path(__file__).parents[2] / "shared" / "data"
LINES = b"".join(
    json.dumps({"id": f"a{i}", "headline": "H", "body": os.urandom(200).hex()}).encode() + b"\n"
    for i in range(3000)
)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.jsonl", b'{"id": "x", "headline": "H"}', ["x"]),
        ("a", b'\xef\xbb\xbf \n{"id": "x", "headline": "H"}', ["x"]),
        ("a.txt", b'{"id": "x", "headline": "H"}', ["x"]),
        ("a.csv", b'{"id": "x", "headline": "H"}', ["x"]),
        ("a", b"id;titel;text\nx;H;B\n", ["x"]),
        ("a.txt", b"id,title\nx,H\n", ["x"]),
        ("a.jsonl", b"", []),
        ("a.csv", b" \n", []),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_the_format_is_told_by_content_then_by_name(
    tmp_path: Path,
    name: str,
    content: bytes,
    expected: list[str],
    packed: bool,  # noqa: FBT001
) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if packed else content)
    assert [r.id for r in read(path) if isinstance(r, Article)] == expected


def test_a_headline_with_a_comma_is_no_header(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Titel, Tränen und Triumphe\nDer Lead. Er geht weiter.\nText.\n", "utf-8")
    assert [r.headline for r in read(path) if isinstance(r, Article)] == [
        "Titel, Tränen und Triumphe"
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'[{"id": "a"}]', "JSON array"),
        (b'{\n  "id": "a"\n}', "one object per line"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b'<?xml version="1.0"?><rss/>', "XML"),
        ("{}".encode("utf-16"), "UTF-16"),
        (b"\x1f\x8bganz und gar kaputt", "gzip data is damaged"),
        (b"\x1f\x8b\x08", "ends in the middle"),
    ],
)
def test_a_file_of_another_kind_is_an_error_that_names_it(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(IngestError, match=message) as caught:
        list(read(path))
    assert str(path) in str(caught.value)


def test_what_is_wrong_with_the_call_is_told_at_the_call(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="no such file"):
        read(tmp_path / "fehlt.jsonl")
    with pytest.raises(IngestError, match=r"must hold files ending in \.jsonl"):
        read(tmp_path)
    wrong: Any = "xml"
    with pytest.raises(IngestError, match="must be one of jsonl, csv, capture, got 'xml'"):
        read(tmp_path, format=wrong)
    with pytest.raises(InvalidPolicy, match="fields may map id"):
        read(tmp_path, fields={"titel": "x"})
    with pytest.raises(InvalidPolicy, match="timezone"):
        read(tmp_path, timezone="Mond")


def test_a_given_format_is_taken_at_its_word(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"kein JSON\n")
    got = list(read(path, format="jsonl"))
    assert [type(r) for r in got] == [Quarantined]


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.csv.gz"])
@pytest.mark.parametrize("kept", [0.3, 0.9, -4])
def test_a_gzip_that_breaks_off_gives_all_that_came_before(
    tmp_path: Path, name: str, kept: float
) -> None:
    content = LINES
    if "csv" in name:
        rows = (json.loads(line) for line in LINES.splitlines())
        content = (
            b"id,title,text\n"
            + "".join(f'{row["id"]},H,"{row["body"]}"\n' for row in rows).encode()
        )
    packed = gzip.compress(content)
    path = tmp_path / name
    path.write_bytes(packed[: int(len(packed) * kept)] if kept > 0 else packed[: int(kept)])
    *articles, last = read(path)
    assert isinstance(last, Quarantined)
    assert "ends in the middle" in last.reason
    assert last.file == str(path)
    assert [r.id for r in articles] == [f"a{i}" for i in range(len(articles))]
    assert all(isinstance(r, Article) and len(r.body) == 400 for r in articles)
    assert len(articles) > 3000 * (kept if kept > 0 else 1) - 200


def test_a_gzip_of_several_members_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    half = LINES.index(b"\n", len(LINES) // 2) + 10  # within a line
    path.write_bytes(gzip.compress(LINES[:half]) + gzip.compress(LINES[half:]))
    assert len([r for r in read(path) if isinstance(r, Article)]) == 3000


def test_a_folder_is_walked_in_order_and_a_bad_file_stops_nothing(tmp_path: Path) -> None:
    for name, content in {
        "b.jsonl": b'{"id": "b", "headline": "H"}',
        "a/z.csv": b"id,title\naz,H\n",
        "c.json": b"[]",
        "d.jsonl.gz": gzip.compress(b'{"id": "d", "headline": "H"}'),
        ".hidden.jsonl": b'{"id": "no", "headline": "H"}',
        ".git/x.jsonl": b'{"id": "no", "headline": "H"}',
        "bild.png": b"\x89PNG",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    got = list(read(tmp_path))
    assert [r.id for r in got] == ["b", "", "d", "az"]
    assert isinstance(got[1], Quarantined)
    assert got[1].file.endswith("c.json")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("content", [LINES, gzip.compress(LINES), b"id,title\n1,\xc3\x9c\n"])
def test_a_pipe_is_read_like_a_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(content,))
    writer.start()
    got = list(read(path))
    writer.join()
    assert {type(r) for r in got} == {Article}
    assert len(got) in {1, 3000}


@pytest.mark.skipif(not REAL.is_dir(), reason="the real data is not here")
@pytest.mark.parametrize(
    ("name", "count", "fields"),
    [
        ("fang", 28056, None),
        ("cnrec-open", 150, None),
        ("energy-chains", 100, None),
        ("de-news", 867, None),
        ("10kgnad", 1028, {"headline": "body"}),
    ],
)
def test_real_corpora_are_read_without_loss(
    name: str, count: int, fields: dict[str, str] | None
) -> None:
    got = list(read(REAL / name / "articles.jsonl.gz", fields=fields))
    assert [r for r in got if isinstance(r, Quarantined)] == []
    assert len({r.id for r in got}) == len(got) == count
