"""The command that takes articles in."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from test_cli import is_told, run, run_apart

CAPTURE = Path(__file__).parent / "data" / "ingest" / "bruecke.txt"


def a_record(article_id: str, **values: Any) -> dict[str, Any]:
    return {
        "id": article_id,
        "headline": f"Die Brücke bleibt gesperrt, Teil {article_id}",
        "body": "Prüfer fanden Risse im Träger.",
        "published_at": "2026-03-01T12:00:00+01:00",
    } | values


def lines(path: Path, *records: object) -> Path:
    text = "".join(
        (record if isinstance(record, str) else json.dumps(record)) + "\n" for record in records
    )
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def database(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    return folder / "news.db"


def counts(database: Path) -> Any:
    return run("check", database, "--json").json["counts"]


def headline(database: Path, article_id: str) -> str:
    ran = run("recommend", database, article_id)
    assert ran.code == 0
    return ran.out.splitlines()[1].strip()


def test_add_creates_the_database_and_sums_up(tmp_path: Path, database: Path) -> None:
    news = lines(tmp_path / "news.jsonl", a_record("a"), a_record("b"))
    first = run("add", database, news)
    assert (first.code, first.err) == (0, "")
    assert first.out == "2 new, 0 replaced, 0 unchanged, 0 refused, 0 in quarantine\n"
    lines(news, a_record("a"), a_record("b", version=2, headline="Neu"), a_record("c"))
    second = run("add", database, news)
    assert second.out == "1 new, 1 replaced, 1 unchanged, 0 refused, 0 in quarantine\n"
    assert headline(database, "b") == "Neu"


def test_add_reads_gzip_csv_captures_and_folders(tmp_path: Path, database: Path) -> None:
    folder = tmp_path / "feed" / "deep"
    folder.mkdir(parents=True)
    packed = tmp_path / "feed" / "packed.jsonl.gz"
    packed.write_bytes(gzip.compress(json.dumps(a_record("gz")).encode()))
    table = folder / "table.csv"
    table.write_text("id;Titel;Datum\ncsv;Aus der Tabelle;01.03.2026 12:00\n", encoding="utf-8")
    (folder / "notes.bin").write_bytes(b"\0\1")
    ran = run("add", database, tmp_path / "feed", CAPTURE, "--json")
    assert (ran.code, ran.err) == (0, "")
    accepted = ran.json["accepted"]
    assert sorted(name for name in accepted if not name.startswith("capture-")) == ["csv", "gz"]
    assert len(accepted) == 2 + 5
    assert headline(database, "csv") == "Aus der Tabelle"
    page = next(name for name in accepted if name.startswith("capture-"))
    assert headline(database, page) == "Alte Eisenbrücke wird nun doch saniert"


def test_add_obeys_the_format_that_is_given(tmp_path: Path, database: Path) -> None:
    page = tmp_path / "page.csv"
    page.write_bytes(CAPTURE.read_bytes())
    assert run("add", database, page).code == 2
    ran = run("add", database, page, "--format", "capture", "--json")
    assert (ran.code, len(ran.json["accepted"])) == (0, 5)
    is_told(run("add", database, page, "--format", "xml"), "--format", "xml")


def test_add_maps_fields(tmp_path: Path, database: Path) -> None:
    record = {"nr": 7, "meta": {"zeile": "Aus dem CMS"}, "id": "wrong", "headline": "wrong"}
    news = lines(tmp_path / "cms.jsonl", record)
    ran = run("add", database, news, "--field", "id=nr", "--field", "headline=meta.zeile", "--json")
    assert (ran.code, ran.json["accepted"]) == (0, ["7"])
    assert headline(database, "7") == "Aus dem CMS"


@pytest.mark.parametrize("pair", ["headline", "=titel", "headline=", ""])
def test_add_refuses_half_a_mapping(pair: str, tmp_path: Path, database: Path) -> None:
    news = lines(tmp_path / "news.jsonl", a_record("a"))
    is_told(run("add", database, news, "--field", pair), "--field", "headline=titel", repr(pair))
    assert not database.exists()


@pytest.mark.parametrize(
    ("option", "value", "word"),
    [("--field", "nonsense=x", "nonsense"), ("--timezone", "Mars/Olympus", "Mars/Olympus")],
)
def test_add_refuses_a_setting_that_means_nothing(
    option: str, value: str, word: str, tmp_path: Path, database: Path
) -> None:
    news = lines(tmp_path / "news.jsonl", a_record("a"))
    is_told(run("add", database, news, option, value), word)
    assert not database.exists()


def test_add_reads_naive_times_in_the_zone_given(tmp_path: Path, database: Path) -> None:
    news = lines(
        tmp_path / "news.jsonl",
        a_record("source"),
        a_record("target", body="Anderer Text.", published_at="2026-03-01 12:00"),
    )
    assert run("add", database, news, "--timezone", "America/New_York").code == 0
    ran = run("recommend", database, "source", "--at", "2026-03-02T00:00Z", "--json")
    assert [entry["published_at"] for entry in ran.json["entries"]] == ["2026-03-01T17:00:00+00:00"]


def test_add_quarantines_what_is_no_article_and_stores_the_rest(
    tmp_path: Path, database: Path
) -> None:
    bad = a_record("bad", headline=" ")
    news = lines(tmp_path / "news.jsonl", a_record("a"), bad, '{"id": "cut', a_record("b"))
    ran = run_apart("add", database, news)
    assert (ran.code, "Traceback" in ran.err) == (2, False)
    assert ran.out == "2 new, 0 replaced, 0 unchanged, 0 refused, 2 in quarantine\n"
    first, second = ran.err.splitlines()
    assert first.startswith(f"quarantine: {news}:2 bad: headline must not be empty")
    assert second.startswith(f"quarantine: {news}:3 ")
    assert "must be a JSON object" in second
    assert (counts(database)["articles"], counts(database)["quarantine"]) == (2, 2)


def test_add_shows_some_of_many_problems_and_counts_the_rest(
    tmp_path: Path, database: Path
) -> None:
    news = lines(tmp_path / "news.jsonl", a_record("a"), *(["no object"] for _ in range(1234)))
    ran = run("add", database, news)
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 11
    assert ran.err.endswith("quarantine: and 1,224 more\n")
    assert "1,234 in quarantine" in ran.out


def test_add_loses_nothing_to_a_file_that_cannot_be_read(tmp_path: Path, database: Path) -> None:
    first = lines(tmp_path / "first.jsonl", a_record("a"))
    broken = tmp_path / "broken.jsonl.gz"
    broken.write_bytes(gzip.compress(json.dumps(a_record("b")).encode())[:40])
    missing = tmp_path / "missing.jsonl"
    last = lines(tmp_path / "last.jsonl", a_record("c"))
    ran = run("add", database, first, broken, missing, last, "--json")
    assert ran.code == 2
    assert ran.json["accepted"] == ["a", "c"]
    assert {Path(bad["file"]).name for bad in ran.json["quarantined"]} == {
        broken.name,
        missing.name,
    }
    assert all(bad["reason"] for bad in ran.json["quarantined"])


def test_add_refuses_to_start_with_nothing_to_read(tmp_path: Path, database: Path) -> None:
    is_told(run_apart("add", database, tmp_path / "missing.jsonl"), "missing.jsonl")
    assert not database.exists()
    is_told(run("add", database), "FILES")


def test_add_refuses_a_database_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    news = lines(tmp_path / "news.jsonl", a_record("a"))
    is_told(run("add", tmp_path / "nowhere" / "news.db", news), "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_add_refuses_an_older_version_and_says_why(tmp_path: Path, database: Path) -> None:
    news = lines(tmp_path / "news.jsonl", a_record("a", version=3, headline="Drei"))
    run("add", database, news)
    lines(news, a_record("a", version=2, headline="Zwei"))
    ran = run("add", database, news)
    assert ran.code == 0
    assert ran.out == "0 new, 0 replaced, 0 unchanged, 1 refused, 0 in quarantine\n"
    assert ran.err.startswith("refused: a: ")
    assert "version" in ran.err
    assert headline(database, "a") == "Drei"


def test_add_refuses_what_was_retracted(tmp_path: Path, database: Path) -> None:
    news = lines(tmp_path / "news.jsonl", a_record("a"), a_record("b"))
    run("add", database, news)
    run("retract", database, "a", "--reason", "wrong")
    lines(news, a_record("a", version=9))
    ran = run("add", database, news)
    assert (ran.code, ran.err.startswith("refused: a: ")) == (0, True)
    assert "retracted" in ran.err


def test_add_as_json_gives_the_whole_report(tmp_path: Path, database: Path) -> None:
    news = lines(tmp_path / "news.jsonl", a_record("a"), a_record("ß", headline=""))
    ran = run("add", database, news, "--json")
    assert (ran.code, ran.err) == (2, "")
    assert ran.json["accepted"] == ["a"]
    assert ran.json["replaced"] == ran.json["unchanged"] == ran.json["refused"] == []
    (bad,) = ran.json["quarantined"]
    assert (bad["file"], bad["line"], bad["id"]) == (str(news), 2, "ß")
    assert '"ß"' in ran.out
