"""The commands that show or make lists: recommend, explain, precompute."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from newsroom import NOON
from polyglot import Concepts, newsroom
from relnews import Recommender
from relnews.batch import run as batch_run
from test_cli import AT, BRIDGE, a_site, is_told, run, shown

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return a_site(tmp_path)


def a_policy(folder: Path, text: str) -> Path:
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_recommend_prints_headlines_teasers_dates_and_reasons(site: Path) -> None:
    ran = run("recommend", site, BRIDGE, "--at", AT)
    assert (ran.code, ran.err) == (0, "")
    source, headline, _, title, *entries = ran.out.splitlines()
    assert source == "Stadt · Lindenauer Tagblatt · 02.03.2026 21:30"
    assert headline == "  Risse im Stahlträger: Elmsebrücke ab sofort voll gesperrt"
    assert title == "Empfohlen"
    text = "\n".join(entries)
    assert re.findall(r"^  (\d)\. .+  \[(.+)\]$", text, re.MULTILINE) == [
        (str(place), name) for place, name in enumerate(shown(site), start=1)
    ]
    assert "Schulbusse stehen, Pflegedienste kommen zu spät" in text
    assert re.search(r"04\.03\.2026 18:15: .+; shares Elmsebrücke", text)


def test_an_entry_in_another_language_names_it(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    policy = a_policy(tmp_path, 'languages = ["de", "en"]')
    with Recommender.open(path, model=Concepts()) as rec:
        rec.add(newsroom())
    asked = (path, "bridge-de", "--at", NOON.isoformat(), "--policy", policy)
    ran = run("recommend", *asked)
    second = ran.out.split("  2. ")[1].split("  3. ")[0]
    assert "[bridge-en]" in second
    assert "bridge · Kurier · en · 01.03.2026" in second
    assert ran.out.count(" · en · ") == 1
    assert " · de · " not in ran.out
    entries = run("recommend", *asked, "--json").json["entries"]
    assert [entry["language"] for entry in entries[:3]] == ["de", "en", "de"]
    assert " · en · " in run("explain", path, "bridge-de", "bridge-en", *asked[2:]).out


def test_recommend_as_json_is_one_object(site: Path) -> None:
    ran = run("recommend", site, BRIDGE, "--at", AT, "--json")
    assert (ran.code, ran.err) == (0, "")
    record = ran.json
    assert (record["source_id"], record["at"], record["k"]) == (BRIDGE, AT[:16] + ":00+01:00", 5)
    first, *others = record["entries"]
    assert first["position"] == 1
    assert first["score"] == pytest.approx(first["relevance"] * first["freshness"], abs=2e-6)
    assert first["shared_words"]
    assert "Brücke" in ran.out
    assert [entry["position"] for entry in others] == [2, 3, 4, 5]


def test_recommend_as_html_is_the_block_alone(site: Path) -> None:
    ran = run("recommend", site, BRIDGE, "--at", AT, "--html")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith('<section class="relnews" aria-label="Empfohlen" lang="de">')
    assert ran.out.rstrip().endswith("</section>")
    assert ran.out.count("<li>") == 5


def test_a_shorter_list_is_the_top_of_a_longer_one(site: Path) -> None:
    longer = shown(site, BRIDGE, "-k", "9")
    assert len(longer) == 9
    assert shown(site, BRIDGE, "-k", "2") == longer[:2]
    assert shown(site) == longer[:5]
    is_told(run("recommend", site, BRIDGE, "-k", "0"), "at least 1, got 0")
    is_told(run("recommend", site, BRIDGE, "-k", "many"), "-k", "many")


def test_a_list_longer_than_any_site_is_all_there_is(site: Path) -> None:
    longest = shown(site, BRIDGE, "-k", "1000")
    assert len(longest) == len(set(longest)) > 100
    assert shown(site, BRIDGE, "-k", 10**30) == longest


def test_a_moment_without_a_zone_is_local_to_the_site(site: Path) -> None:
    """The preview of the match expires at 14:00 in Berlin, which is 13:00 in UTC."""

    def listed(moment: str) -> tuple[str, bool]:
        ran = run("recommend", site, "spo-003", "--at", moment, "--json")
        assert (ran.code, ran.err) == (0, "")
        return ran.json["at"], "spo-004" in {entry["id"] for entry in ran.json["entries"]}

    assert listed("2026-03-15T13:59") == ("2026-03-15T13:59:00+01:00", True)
    assert listed("2026-03-15T14:00") == ("2026-03-15T14:00:00+01:00", False)
    assert listed("2026-03-15T13:59Z") == ("2026-03-15T13:59:00+00:00", False)
    assert listed("2026-03-15T12:59Z") == ("2026-03-15T12:59:00+00:00", True)
    assert listed("2026-03-15T17:59+05:00") == ("2026-03-15T17:59:00+05:00", True)


def test_without_a_moment_the_clock_is_read(site: Path) -> None:
    ran = run("recommend", site, "spo-003", "--json")
    assert (ran.code, "spo-004" in ran.out) == (0, False)
    assert ran.json["at"] > "2026-03-15T14:00"


@pytest.mark.parametrize("moment", ["gestern", "", "2026-13-01"])
def test_a_moment_that_is_none_is_refused(moment: str, site: Path) -> None:
    is_told(run("recommend", site, BRIDGE, "--at", moment), "--at", repr(moment))


def test_what_is_on_the_page_already_is_left_out(site: Path) -> None:
    first, second, *_ = longer = shown(site, BRIDGE, "-k", "7")
    short = shown(site, BRIDGE, "--exclude", first, "--exclude", second, "--exclude", "unknown")
    assert not {first, second} & set(short)
    assert set(longer[2:5]) <= set(short)


def test_a_policy_file_changes_the_list(site: Path, tmp_path: Path) -> None:
    strict = a_policy(tmp_path, 'fill = "none"\nrelevance_floor = 0.99\n')
    ran = run("recommend", site, BRIDGE, "--at", AT, "--policy", strict, "--json")
    assert ran.code == 0
    ids = [entry["id"] for entry in ran.json["entries"]]
    assert 0 < len(ids) < 5
    assert ran.json["note"].startswith(f"{len(ids)} of 5 related")
    text = run("recommend", site, BRIDGE, "--at", AT, "--policy", strict).out
    assert f"  ({ran.json['note']})\n" in text


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("half_life = 3", "half_life"),
        ("half_life_hours = -3", "half_life_hours must be a number greater than 0, got -3"),
        ("fill =", "TOML"),
        ('selector = "mmr"', "selector"),
    ],
)
@pytest.mark.parametrize("command", ["recommend", "explain", "precompute"])
def test_a_bad_policy_is_refused(
    command: str, text: str, word: str, site: Path, tmp_path: Path
) -> None:
    source = () if command == "precompute" else (BRIDGE,)
    is_told(run(command, site, *source, "--policy", a_policy(tmp_path, text)), word)


@pytest.mark.parametrize("command", ["recommend", "explain", "precompute"])
def test_a_missing_policy_is_refused(command: str, site: Path) -> None:
    source = () if command == "precompute" else (BRIDGE,)
    is_told(run(command, site, *source, "--policy", "nowhere.toml"), "nowhere.toml")


@pytest.mark.parametrize("command", [["recommend"], ["recommend", "--stored"], ["explain"]])
def test_an_unknown_source_is_refused(command: list[str], site: Path) -> None:
    is_told(run(*command, site, "nobody"), "no stored article has the id 'nobody'")


def test_a_stored_list_is_the_one_that_precompute_made(site: Path) -> None:
    before = run("recommend", site, BRIDGE, "--stored", "--at", AT)
    is_told(before, f"no list is stored for {BRIDGE!r}", "precompute")
    ran = run("precompute", site, "--at", AT)
    assert (ran.code, ran.out, ran.err) == (
        0,
        "148 lists stored, 148 of them new or changed; churn 0.0%\n",
        "",
    )
    assert shown(site, BRIDGE, "--stored", "-k", "9") == shown(site, BRIDGE, "-k", "9")
    later = shown(site, "spo-003", "--stored", "--at", "2026-03-15T15:00")
    assert "spo-004" in shown(site, "spo-003", "--stored")
    assert "spo-004" not in later
    assert len(later) == 5


def test_a_stored_list_obeys_exclude_and_can_be_html(tmp_path: Path) -> None:
    site = a_site(tmp_path, lists=True)
    first = shown(site, BRIDGE, "--stored")[0]
    assert first not in shown(site, BRIDGE, "--stored", "--exclude", first)
    ran = run("recommend", site, BRIDGE, "--stored", "--html", "--at", AT)
    assert (ran.code, ran.out.count("<li>")) == (0, 5)


def test_precompute_stores_as_deep_as_told(site: Path, tmp_path: Path) -> None:
    strict = a_policy(tmp_path, 'fill = "none"\nrelevance_floor = 0.99\n')
    assert run("precompute", site, "--at", AT, "--depth", "3").code == 0
    assert len(shown(site, BRIDGE, "--stored", "-k", "9")) == 3
    assert run("precompute", site, "--at", AT, "--policy", strict).code == 0
    fresh = shown(site, BRIDGE, "--policy", strict, "-k", "9")
    assert shown(site, BRIDGE, "--stored", "-k", "9") == fresh
    is_told(run("precompute", site, "--depth", "0"), "at least 1, got 0")


def test_precompute_makes_again_what_a_change_concerns(site: Path) -> None:
    assert run("precompute", site, "--at", AT, "--json").json == {
        "at": AT[:16] + ":00+01:00",
        "made": 148,
        "changed": 148,
        "churn": 0.0,
        "due": 0,
    }
    again = ("precompute", site, "--at", AT, "--changed-since", AT, "--json")
    assert run(*again).json["made"] == 0
    gone = shown(site, BRIDGE, "--stored")[0]
    assert run("retract", site, gone).code == 0
    report = run(*again).json
    assert 0 < report["changed"] <= report["made"] < 148
    fresh = shown(site, BRIDGE, "-k", "9")
    assert gone not in fresh
    assert shown(site, BRIDGE, "--stored", "-k", "9") == fresh
    is_told(run("precompute", site, "--changed-since", "neulich"), "--changed-since", "neulich")


def test_precompute_goes_on_with_a_run_that_was_interrupted(site: Path) -> None:
    is_told(run("precompute", site, "--resume"), "no run was interrupted; start one without")
    moment = datetime.fromisoformat(AT)

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with (
        Recommender.open(site) as rec,
        patch.object(batch_run, "LISTS_AT_ONCE", 100),
        pytest.raises(KeyboardInterrupt),
    ):
        rec.precompute(at=moment, progress=stop)
    mixed = run("precompute", site, "--resume", "--changed-since", AT)
    is_told(mixed, "leave --changed-since out")
    is_told(run("precompute", site, "--resume", "--at", AT), "leave --at out")
    ran = run("precompute", site, "--resume", "--json")
    assert (ran.code, ran.json["made"]) == (0, 48)
    assert datetime.fromisoformat(ran.json["at"]) == moment
    is_told(run("precompute", site, "--resume"), "no run was interrupted")


def test_precompute_takes_several_processes(site: Path) -> None:
    ran = run("precompute", site, "--at", AT, "--jobs", "2")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "148 lists stored, 148 of them new or changed; churn 0.0%\n"
    assert shown(site, BRIDGE, "--stored", "-k", "9") == shown(site, BRIDGE, "-k", "9")
    is_told(run("precompute", site, "--at", AT, "--jobs", "0"), "n_jobs must be", "got 0")


def test_precompute_writes_the_stored_lists_out(site: Path, tmp_path: Path) -> None:
    lines, table = tmp_path / "lists.jsonl", tmp_path / "cms.db"
    for moment, told in (
        (AT, "148 lists stored, 148 of them new or changed; churn 0.0%"),
        ("2026-03-15T15:00", "148 lists stored, "),
    ):
        ran = run(
            *("precompute", site, "--at", moment, "--depth", "7"), "--out", lines, "--out", table
        )
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith(told)
    records = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert len(records) == 148
    by_id = {record["source_id"]: record for record in records}
    asked = (BRIDGE, "--stored", "-k", "7", "--at", "2026-03-15T15:00", "--json")
    assert by_id[BRIDGE] == run("recommend", site, *asked).json
    shown_ids = {entry["id"] for record in records for entry in record["entries"]}
    assert "spo-004" not in shown_ids  # it expired at 14:00
    with closing(sqlite3.connect(table)) as connection:
        found = connection.execute("SELECT source_id, position, target_id FROM related_articles")
        assert sorted(found) == sorted(
            (record["source_id"], entry["position"], entry["id"])
            for record in records
            for entry in record["entries"]
        )


@pytest.mark.parametrize(
    ("out", "words"),
    [("lists.csv", "must end in one of .jsonl"), ("none/a.db", "folder"), ("news.db", "own state")],
)
def test_precompute_refuses_a_bad_target_before_the_work(
    out: str, words: str, site: Path, tmp_path: Path
) -> None:
    is_told(run("precompute", site, "--at", AT, "--out", tmp_path / out), words)
    assert run("recommend", site, BRIDGE, "--stored", "--at", AT).code == 2


def test_explain_shows_the_parts_of_each_score(site: Path) -> None:
    ran = run("explain", site, BRIDGE, "--at", AT, "-k", "3")
    assert (ran.code, ran.err) == (0, "")
    parts = re.findall(
        r"score (\d\.\d{3}) = relevance (\d\.\d{3}) \(lexical \d\.\d{3}, semantic \d\.\d{3}\) "
        r"x freshness (\d\.\d{3}); placed by (\w+)$",
        ran.out,
        re.MULTILINE,
    )
    assert [placed for *_, placed in parts] == ["score"] * 3
    for score, relevance, freshness, _ in parts:
        assert float(score) == pytest.approx(float(relevance) * float(freshness), abs=2e-3)
    assert "score 0." not in run("recommend", site, BRIDGE, "--at", AT).out


def test_explain_says_why_a_target_is_on_the_list(site: Path) -> None:
    second = shown(site)[1]
    ran = run("explain", site, BRIDGE, second, "--at", AT)
    assert ran.code == 0
    told, entry, *_ = ran.out.splitlines()
    assert told == f"{second} under {BRIDGE}: on the list, at position 2"
    assert entry.startswith("  2. ")
    assert ran.out.count("placed by") == 1


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("sta-019", "not eligible: not usable"),
        ("wis-018", "not related: relevance"),
        ("nobody", "unknown: no article has the id 'nobody'"),
    ],
)
def test_explain_says_why_a_target_is_not_on_the_list(target: str, why: str, site: Path) -> None:
    ran = run("explain", site, BRIDGE, target, "--at", AT)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{target} under {BRIDGE}: {why}")
    assert len(ran.out.splitlines()) == 1


def test_explain_as_json_is_the_list_and_the_verdict(site: Path) -> None:
    alone = run("explain", site, BRIDGE, "--at", AT, "--json")
    assert alone.code == 0
    assert "why" not in alone.json
    ran = run("explain", site, BRIDGE, "nobody", "--at", AT, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.json["target_id"] == "nobody"
    assert ran.json["why"] == "unknown: no article has the id 'nobody'"
    assert ran.json["entries"] == alone.json["entries"]
