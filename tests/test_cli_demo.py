"""The command that shows what relnews does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from relnews import demo
from test_cli import is_told, run, run_apart

if TYPE_CHECKING:
    import pytest


def pages(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_demo_prints_lists_with_reasons_and_writes_a_page_for_each(tmp_path: Path) -> None:
    ran = run_apart("demo", "--out", tmp_path / "pages")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Lindenauer Tagblatt: 148 articles; lists as of 15.03.2026 08:00\n")
    assert ran.out.count("\nEmpfohlen\n") == len(demo.SHOWN)
    assert "same story, 45 hours later; shares Elmsebrücke" in ran.out
    said = ran.out.partition("Pages to look at:\n")[2].split()
    assert said == [str((tmp_path / "pages" / f"{name}.html").resolve()) for name in demo.SHOWN]
    for path in map(Path, said):
        assert "Empfohlen" in path.read_text(encoding="utf-8")
    assert pages(tmp_path / "pages") == sorted(f"{name}.html" for name in demo.SHOWN)


def test_demo_writes_beside_the_caller_when_no_folder_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("demo").code == 0
    assert pages(tmp_path) == ["relnews-demo"]
    assert len(pages(tmp_path / "relnews-demo")) == len(demo.SHOWN)


def test_demo_as_json_is_all_json_and_names_its_pages(tmp_path: Path) -> None:
    ran = run("demo", "--json", "--out", tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert [record["source_id"] for record in ran.json] == list(demo.SHOWN)
    for record in ran.json:
        assert record["at"] == "2026-03-15T08:00:00+01:00"
        assert Path(record["page"]).is_file()
        assert [entry["position"] for entry in record["entries"]] == [1, 2, 3, 4, 5]
        assert all(entry["reason"] for entry in record["entries"])


def test_demo_shows_the_moment_it_is_asked_for(tmp_path: Path) -> None:
    ran = run("demo", "--json", "--out", tmp_path, "--at", "2026-03-08 08:00", "-k", "3")
    assert ran.code == 0
    for record in ran.json:
        assert record["at"] == "2026-03-08T08:00:00+01:00"
        assert len(record["entries"]) == 3
        assert all(entry["published_at"] <= "2026-03-08T07" for entry in record["entries"])
    text = run("demo", "--out", tmp_path, "--at", "2026-03-08 08:00").out
    assert "lists as of 08.03.2026 08:00" in text


def test_demo_can_keep_its_newsroom(tmp_path: Path) -> None:
    database = tmp_path / "news.db"
    assert run("demo", "--out", tmp_path / "pages", "--database", database).code == 0
    assert run("check", database, "--json").json["counts"]["articles"] == 148
    again = run("demo", "--out", tmp_path / "pages", "--database", database)
    assert (again.code, again.out[:33]) == (0, "Lindenauer Tagblatt: 148 articles")


def test_demo_refuses_a_folder_that_is_a_file(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    is_told(run("demo", "--out", taken), "--out")
    assert taken.read_text(encoding="utf-8") == "mine"


def test_demo_refuses_a_folder_below_a_file(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    is_told(run_apart("demo", "--out", taken / "pages"), "taken")


def test_demo_refuses_a_length_of_none(tmp_path: Path) -> None:
    ran = run("demo", "--out", tmp_path, "-k", "0", "--json")
    is_told(ran, "k must be a whole number of at least 1, got 0")
