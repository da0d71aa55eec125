"""The commands that take back and look after what is stored: retract and check."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from relnews import approximation
from relnews.index.exact import ExactIndex
from test_cli import AT, BRIDGE, a_site, is_told, run, shown

if TYPE_CHECKING:
    from pathlib import Path

GONE = "sta-002"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return a_site(tmp_path, lists=True)


def damage(database: Path, statement: str, *values: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(statement, values)
        connection.commit()


def test_retract_removes_an_article_and_prints_the_receipt(site: Path) -> None:
    before = shown(site, BRIDGE, "--stored")
    assert GONE in before
    ran = run("retract", site, GONE, "--reason", "falsch")
    assert (ran.code, ran.err) == (0, "")
    summary, *lists = ran.out.splitlines()
    assert summary == f"{GONE} is retracted; {len(lists)} lists carried it"
    told = dict(line.strip().split(": now ") for line in lists)
    stored = shown(site, BRIDGE, "--stored")
    assert told[BRIDGE].split(", ")[:5] == stored
    assert stored[:4] == [name for name in before if name != GONE]
    assert GONE not in shown(site, BRIDGE, "-k", "200")


def test_retract_names_every_list_that_carried_the_article_and_no_other(site: Path) -> None:
    with closing(sqlite3.connect(site)) as connection:
        query = "SELECT source_id FROM related WHERE target_id = ?"
        carriers = {source for (source,) in connection.execute(query, [GONE])}
    receipt = run("retract", site, GONE, "--reason", "falsch", "--json").json
    assert (receipt["id"], receipt["reason"], receipt["known"]) == (GONE, "falsch", True)
    assert set(receipt["lists"]) == carriers
    assert all(now and GONE not in now for now in receipt["lists"].values())


def test_undo_brings_an_article_back(site: Path) -> None:
    before = shown(site, BRIDGE)
    run("retract", site, GONE)
    ran = run("retract", site, GONE, "--undo")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"{GONE} is reinstated; its lists come with the next precompute\n"
    assert shown(site, BRIDGE) == before
    run("precompute", site, "--at", AT)
    assert shown(site, BRIDGE, "--stored") == before


def test_undo_of_what_was_never_retracted_is_refused(site: Path) -> None:
    before = shown(site)
    is_told(run("retract", site, GONE, "--undo"), f"{GONE} was not retracted")
    is_told(run("retract", site, "nobody", "--undo"), "nobody was not retracted")
    assert shown(site) == before


def test_undo_as_json_is_json(site: Path) -> None:
    run("retract", site, GONE)
    ran = run("retract", site, GONE, "--undo", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.json["id"] == GONE


def test_an_unknown_id_is_retracted_for_when_it_arrives(site: Path, tmp_path: Path) -> None:
    ran = run("retract", site, "late", "--reason", "falsch")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("late is retracted (it was not stored; ")
    assert run("retract", site, "later", "--json").json["known"] is False
    news = tmp_path / "news.jsonl"
    news.write_text('{"id": "late", "headline": "Zu spät"}\n', encoding="utf-8")
    added = run("add", site, news)
    assert (added.code, added.err.startswith("refused: late: ")) == (0, True)
    is_told(run("recommend", site, "late"), "no stored article has the id 'late'")


def test_a_sound_database_is_0(site: Path) -> None:
    ran = run("check", site)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("\nsound\n")
    assert "\narticles            148\n" in ran.out
    assert "\nlists               148\n" in ran.out
    assert "\nmodel        " in ran.out


def test_check_as_json_names_problems_counts_and_model(site: Path) -> None:
    ran = run("check", site, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.json["problems"] == []
    assert ran.json["counts"]["articles"] == 148
    assert ran.json["model"]["articles"] == 148
    assert ran.json["model"]["fingerprint"]
    damage(site, "DELETE FROM documents WHERE article_id = ?", BRIDGE)
    ran = run("check", site, "--json")
    assert (ran.code, ran.err) == (1, "")
    assert ran.json["problems"] == [f"articles without a document: {BRIDGE}"]


def test_check_measures_an_approximate_index_when_it_is_asked_to(site: Path) -> None:
    ran = run("check", site, "--recall", "--at", AT)
    assert (ran.code, ran.err) == (0, "")
    assert "\nrecall@10    1.000 of 148 articles, worst 1.000\nsound\n" in ran.out
    told = run("check", site, "--recall", "--at", AT, "--json").json["recall"]
    assert told == {"mean": 1.0, "worst": 1.0, "articles": 148, "least": 0.95}
    assert "recall" not in run("check", site, "--json").json


def test_without_an_article_there_is_no_recall(site: Path) -> None:
    ran = run("check", site, "--recall", "--at", "2001-01-01")
    assert (ran.code, "recall" in ran.out) == (0, False)


def test_an_approximate_index_that_misses_much_is_1(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approximation, "ApproximateIndex", Blind)
    ran = run("check", site, "--recall", "--at", AT)
    assert (ran.code, ran.err) == (1, "problem: recall@10 must be at least 0.95; stay exact\n")
    assert "\nrecall@10    0." in ran.out
    assert run("check", site, "--recall", "--at", AT, "--json").code == 1


class Blind(ExactIndex):
    """Sees every second row."""

    def search(self, query: Any, score: Any, eligible: Any, k: int) -> Any:
        return super().search(query, score, eligible & (np.arange(len(eligible)) % 2 == 0), k)


DERIVED = {
    "document lost": "DELETE FROM documents WHERE article_id = 'sta-001'",
    "document cut": "UPDATE documents SET counts = x'00' WHERE article_id = 'sta-001'",
    "words lost": "DELETE FROM terms WHERE id % 7 = 3",
    "model lost": "DELETE FROM models",
    "model changed": "UPDATE models SET arrays = x'00'",
    "model unknown": "UPDATE meta SET value = 'deadbeef' WHERE key = 'model'",
    "vector of no model": "INSERT INTO vectors VALUES ('sta-001', 'nobody', x'0000', 1)",
    "list of nothing": "INSERT INTO lists VALUES ('nobody', '2026', 5, '', '', 1, 0, 1)",
}


@pytest.mark.parametrize("name", DERIVED)
def test_damage_is_found_and_repaired_and_lists_are_as_before(name: str, site: Path) -> None:
    before = run("recommend", site, BRIDGE, "--at", AT, "-k", "20", "--json").out
    damage(site, DERIVED[name])
    found = run("check", site)
    assert (found.code, "Traceback" in found.err) == (1, False)
    problems = found.err.splitlines()
    assert all(line.startswith("problem: ") for line in problems)
    assert found.out.endswith(f"\n{len(problems)} problems; try --repair\n")
    repaired = run("check", site, "--repair")
    assert (repaired.code, repaired.err) == (0, "")
    assert repaired.out.endswith("\nsound\n")
    assert run("check", site).code == 0
    assert run("recommend", site, BRIDGE, "--at", AT, "-k", "20", "--json").out == before


def test_repair_keeps_articles_rules_and_retractions(site: Path) -> None:
    run("retract", site, "wis-001")
    run("rules", "block", site, GONE)
    before = shown(site, BRIDGE, "-k", "20")
    damage(site, "DELETE FROM documents")
    assert run("check", site, "--repair").code == 0
    assert shown(site, BRIDGE, "-k", "20") == before
    assert run("check", site, "--json").json["counts"]["retractions"] == 1
    assert GONE not in before
    assert run("precompute", site, "--at", AT).code == 0
    assert shown(site, BRIDGE, "--stored", "-k", "20") == before


def test_damage_that_cannot_be_repaired_is_not_hidden(site: Path) -> None:
    """What an article said is nowhere else, so nothing can derive it again."""
    damage(site, "UPDATE articles SET body = 'Anderes' WHERE id = ?", BRIDGE)
    found = run("check", site)
    assert (found.code, BRIDGE in found.err) == (1, True)
    repaired = run("check", site, "--repair")
    assert (repaired.code, BRIDGE in repaired.err) == (1, True)


@pytest.mark.parametrize("rule", ['{"kind": "nonsense"}', "no JSON"])
def test_a_damaged_rule_is_found(rule: str, site: Path) -> None:
    damage(site, "INSERT INTO rules (rule) VALUES (?)", rule)
    is_told(run("recommend", site, BRIDGE), "check")
    found = run("check", site)
    assert (found.code, "rule" in found.err) == (1, True)


def test_a_repair_that_fails_leaves_things_as_they_were(site: Path) -> None:
    damage(site, "INSERT INTO rules (rule) VALUES ('no JSON')")
    before = run("check", site, "--json").json
    run("check", site, "--repair")
    damage(site, "DELETE FROM rules")
    after = run("check", site, "--json").json
    assert after["problems"] == []
    assert after["model"] == before["model"]
