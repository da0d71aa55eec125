"""The command that measures lists: what it prints, writes, compares and refuses."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from evaluations import empty_evaluation, site_evaluation
from relnews.cli.show import print_evaluation
from relnews.embed.sentence.encoder import SentenceEncoder
from relnews.evaluate import BASELINES, Truth
from relnews.evaluate.load import read_qrels, read_run
from relnews.evaluate.report import from_json, to_html, to_json, to_markdown
from relnews.store import digest
from test_cli import Ran, is_told, run
from test_evaluate_evaluation import site, write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from relnews.embed.embedded import Embedded
    from relnews.types import Article

DEMO = ("evaluate", "demo", "--task", "chains", "-k", 5, "--sample", 30, "--no-curves")
WITH_TF_IDF = (*DEMO, "--compare", "tf-idf")

MODULE = """
class Same:
    def __init__(self, world):
        self.names = world.archive.ids[:5]

    def recommend(self, source, at, k):
        return self.names

def fails(world):
    raise RuntimeError("no model in this place")

def breaks(world):
    class Broken:
        def recommend(self, source, at, k):
            raise RuntimeError("lost\\nin two lines")
    return Broken()

def silent(world):
    class Silent:
        def recommend(self, source, at, k):
            return []
    return Silent()

number = 7
"""


@cache
def report() -> str:
    """Give what the sample newsroom comes to beside tf-idf, as JSON."""
    from pathlib import Path  # noqa: PLC0415
    from tempfile import TemporaryDirectory  # noqa: PLC0415  # once for all tests

    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        assert run(*WITH_TF_IDF, "--out", path).code == 0
        return path.read_text(encoding="utf-8")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.json"
    path.write_text(report(), encoding="utf-8")
    return path


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Put a module beside the data and give its name."""
    name = f"own_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.chdir(tmp_path)
    return name


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write(tmp_path / "Zeitung")


def names(ran: Ran) -> list[str]:
    """Give the systems of the first table."""
    rows = ran.out.split("left out: ")[1].splitlines()[2:]
    return [row.split("  ")[0].strip() for row in rows if re.search(r"  +\d\.\d{3}$", row)]


def n_asked() -> int:
    """Give how many questions were left of those that were drawn."""
    (task,) = from_json(report()).tasks
    assert 25 <= task.n_questions <= 30
    assert task.n_without_truth == 0
    return task.n_questions


def test_a_table_and_a_sentence_for_every_comparison_are_printed() -> None:
    ran = run(*WITH_TF_IDF)
    assert (ran.code, ran.err) == (0, "")
    _, first, second, head, ours, theirs, sentence = ran.out.splitlines()
    assert first.startswith(f"chains: {n_asked()} questions with right answers. The other article")
    assert second.startswith("left out: ")
    assert second.endswith("; 0 without truth")
    assert head.split()[:2] == ["nDCG@5", "MRR@5"]
    assert ours.startswith("relnews ")
    assert theirs.startswith("tf-idf ")
    (task,) = from_json(report()).tasks
    for row, system in ((ours, task.systems[0]), (theirs, task.systems[1])):
        assert row.split()[1] == f"{system.values['nDCG@5'].value:.3f}"
    assert re.fullmatch(
        r"relnews - tf-idf: nDCG@5 [+-]\d\.\d{3} \[[+-]\d\.\d{3}, [+-]\d\.\d{3}\], "
        r"p \d\.\d{4} after correction, \d+ wins, \d+ ties, \d+ losses",
        sentence,
    )


def test_reports_are_written_in_every_format(tmp_path: Path) -> None:
    outputs = [tmp_path / "new" / f"report{suffix}" for suffix in (".html", ".json", ".md")]
    ran = run(*WITH_TF_IDF, *(part for path in outputs for part in ("--out", path)))
    assert (ran.code, ran.err) == (0, "")
    assert [f"report: {path}" for path in outputs] == ran.out.splitlines()[-3:]
    html, record, markdown = (path.read_text(encoding="utf-8") for path in outputs)
    assert record == report()
    evaluation = from_json(record)
    assert evaluation.settings["data"] == "Lindenauer Tagblatt"
    assert (html, markdown) == (to_html(evaluation), to_markdown(evaluation))


def test_runs_are_written_and_taken_back_with_the_same_numbers(tmp_path: Path) -> None:
    ran = run(*WITH_TF_IDF, "--runs", tmp_path / "runs")
    assert ran.out.splitlines()[-1] == f"runs: 3 files in {tmp_path / 'runs'}"
    assert len(read_qrels(tmp_path / "runs" / "chains.qrels")) == n_asked()
    ours = tmp_path / "runs" / "chains-relnews.run"
    assert max(map(len, read_run(ours).values())) == 5
    again = tmp_path / "again.json"
    compared = run(*DEMO, "--compare", ours, "--out", again)
    assert (compared.code, compared.err) == (0, "")
    assert names(compared) == ["relnews", "chains-relnews"]
    assert "relnews - chains-relnews: nDCG@5 +0.000 [+0.000, +0.000], p 1.0000" in compared.out
    (task,) = from_json(again.read_text(encoding="utf-8")).tasks
    assert repr(task.systems[0].values) == repr(task.systems[1].values)


def test_a_trec_run_of_somebody_else_is_compared(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.run"
    theirs.write_text("sta-001 Q0 sta-002 1 0.9 x\nsta-001 Q0 sta-003 2 0.8 x\n", encoding="utf-8")
    ran = run(*DEMO[:-3], "--no-curves", "--compare", theirs)
    assert (ran.code, ran.err) == (0, "")
    assert names(ran) == ["relnews", "theirs"]


def test_a_run_that_answers_nothing_that_is_asked_is_told(tmp_path: Path) -> None:
    """Most likely its questions have other names."""
    theirs = tmp_path / "theirs.run"
    theirs.write_text("q1 Q0 sta-002 1 0.9 x\n", encoding="utf-8")
    ran = run(*DEMO, "--compare", theirs)
    assert ran.code == 0
    assert ran.err == "empty: chains: theirs: no list has an entry\n"


def test_without_peers_all_baselines_are_compared() -> None:
    ran = run(*DEMO[:5], 2, "--sample", 3, "--no-curves")
    assert ran.code == 0
    undated = {"latent", "most read", "BM25 + freshness", "tf-idf + freshness"}
    assert names(ran) == ["relnews", *(name for name in BASELINES if name not in undated)]


def test_a_policy_changes_the_main_system_and_another_one_is_a_peer(tmp_path: Path) -> None:
    night = tmp_path / "night.toml"
    night.write_text('relevance_floor = 0.999\nfill = "none"\n', encoding="utf-8")
    out = tmp_path / "report.json"
    as_main = run(*DEMO, "--compare", "tf-idf", "--policy", night, "--out", out)
    as_peer = run(*DEMO, "--compare", night)
    assert (as_main.code, as_peer.code) == (0, 0)
    assert names(as_main) == ["relnews", "tf-idf"]
    assert names(as_peer) == ["relnews", "night"]
    rows = {
        ran: {row.split()[0]: row.split()[1:] for row in ran.out.splitlines()[4:6]}
        for ran in (as_main, as_peer)
    }
    assert rows[as_main]["relnews"] == rows[as_peer]["night"] != rows[as_peer]["relnews"]
    settings = from_json(out.read_text(encoding="utf-8")).settings
    assert settings["policy of relnews"] == 'relevance_floor = 0.999 fill = "none"'


def test_a_recommender_of_ones_own_is_found_in_this_folder(module: str) -> None:
    ran = run(*DEMO, "--compare", f"{module}:Same", "--compare", "newest")
    assert (ran.code, ran.err) == (0, "")
    assert names(ran) == ["relnews", f"{module}:Same", "newest"]
    assert f"relnews - {module}:Same: nDCG@5 +" in ran.out


def test_a_recommender_on_the_path_is_found_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own_on_path.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert names(run(*DEMO, "--compare", "own_on_path:Same")) == ["relnews", "own_on_path:Same"]


def test_failures_are_told_with_their_reason(module: str) -> None:
    """Zeros in a table would not say why."""
    ran = run(*DEMO, "--compare", f"{module}:breaks", "--compare", f"{module}:silent")
    assert ran.code == 0
    first, second = ran.err.splitlines()
    count = f"{n_asked()} of {n_asked()} lists"
    told = "first: RuntimeError: lost in two lines"
    assert first == f"failed: chains: {module}:breaks: {count}, {told}"
    assert second == f"empty: chains: {module}:silent: no list has an entry"


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("fails", "must make a recommender from a world, got RuntimeError: no model in this place"),
        ("number", "got TypeError: 'int' object is not callable"),
        ("missing", "must name what can be imported"),
        ("", "must name what can be imported"),
    ],
)
def test_what_makes_no_recommender_is_refused(module: str, function: str, words: str) -> None:
    is_told(run(*DEMO, "--compare", f"{module}:{function}"), f"{module}:{function}", words)


@pytest.mark.parametrize("peer", ["no_such_module:make", ":make", "json.nothing:make"])
def test_a_module_that_cannot_be_imported_is_refused(
    peer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    told = "--compare module:function must name what can be imported"
    is_told(run(*DEMO, "--compare", peer), told, peer)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("--compare", "tfidf"),
            ("file.run, model:MODEL, sentence:MODEL, module:function or BM25", "'tfidf'"),
        ),
        (("--task", "shares"), ("must be one of links, events", "got shares")),
        (("--task", "links"), ("truth about these articles", "found none")),
        (("--out", "report.pdf"), ("--out", ".html, .json or .md", "report.pdf")),
        (("--out", "report"), ("--out", ".html, .json or .md")),
        (("--compare", "nowhere.run"), ("nowhere.run",)),
        (("--compare", "nowhere.toml"), ("nowhere.toml",)),
        (("--policy", "nowhere.toml"), ("--policy", "nowhere.toml")),
        (("--baseline", "nowhere.json"), ("--baseline", "nowhere.json")),
        (("-k", 0), ("at least 1, got 0",)),
        (("--sample", 0), ("--sample", "0")),
        (("--sample", -1), ("--sample", "-1")),
        (("--seed", -1), ("--seed", "-1")),
        (("--split", "gestern"), ("--split", "'gestern'")),
        (("--field", "headline"), ("headline",)),
    ],
)
def test_wrong_use_is_told_and_nothing_is_measured(
    arguments: tuple[object, ...], words: tuple[str, ...], tmp_path: Path
) -> None:
    """--field is for folders; the demo has its own."""
    place = "demo" if arguments[0] != "--field" else write(tmp_path / "Zeitung")
    task = () if arguments[0] == "--task" else ("--task", "chains")
    is_told(run("evaluate", place, *task, "--no-curves", *arguments), *words)


@pytest.mark.parametrize("place", ["missing", "empty", "file"])
def test_a_folder_that_is_none_is_refused(place: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("text", encoding="utf-8")
    is_told(run("evaluate", tmp_path / place), place, "folder")


def test_a_report_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text", encoding="utf-8")
    told = "there must be a folder to write to"
    is_told(run(*DEMO, "--out", tmp_path / "file" / "report.html"), "--out", told)


@pytest.mark.parametrize("name", ["relnews.toml", "relnews.run"])
def test_a_file_that_is_called_like_the_main_system_is_refused(name: str, tmp_path: Path) -> None:
    """It would take the place of the library without a word."""
    (tmp_path / name).write_text("", encoding="utf-8")
    is_told(run(*DEMO, "--compare", tmp_path / name), "another 'relnews'", "rename")


def test_files_of_one_name_and_of_a_baselines_name_are_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "night.toml").write_text("", encoding="utf-8")
    (tmp_path / "newest.toml").write_text("", encoding="utf-8")
    twice = ("--compare", tmp_path / "a" / "night.toml", "--compare", tmp_path / "b" / "night.toml")
    is_told(run(*DEMO, *twice), "another 'night'", "rename")
    like = ("--compare", "newest", "--compare", tmp_path / "newest.toml")
    is_told(run(*DEMO, *like), "name of its own", "'newest'")


def test_a_folder_of_ones_own_is_measured_on_all_that_people_judged(data: Path) -> None:
    ran = run("evaluate", data, "-k", 3, "--sample", 10, "--compare", "newest")
    assert (ran.code, ran.err) == (0, "")
    titles = [line.split(":")[0] for line in ran.out.splitlines() if "with right answers" in line]
    assert titles == ["links", "events", "events, own outlet"]
    assert ran.out.count("relnews - newest: nDCG@3 +") == 3


def test_a_split_asks_only_later_questions(data: Path) -> None:
    ran = run(
        *("evaluate", data, "--task", "links", "--no-curves", "--compare", "newest"),
        *("--split", "2026-03-06T13:00+01:00"),
    )
    assert ran.code == 0
    assert "18 questions with right answers" in ran.out
    assert "left out: nothing; 0 without truth" in ran.out


def test_a_split_that_leaves_nothing_to_ask_is_told(data: Path) -> None:
    ran = run(
        *("evaluate", data, "--task", "links", "--no-curves", "--compare", "newest"),
        *("--split", "2027-01-01"),
    )
    is_told(ran, "truth about these articles from 2027-01-01", "found none")


def test_broken_lines_are_named_and_cost_themselves_alone(data: Path) -> None:
    with (data / "links.jsonl").open("a", encoding="utf-8") as file:
        file.write("no json\n" * 12)
    ran = run("evaluate", data, "--task", "links", "--no-curves", "--compare", "newest", "-k", 3)
    assert ran.code == 0
    assert "36 questions with right answers" in ran.out
    *named, last = ran.err.splitlines()
    assert len(named) == 10
    assert named[0].startswith("left out: ")
    assert "links.jsonl:37 " in named[0]
    assert last == "left out: 12 records in all"


def test_a_folder_called_demo_goes_before_the_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "demo")
    monkeypatch.chdir(tmp_path)
    ran = run("evaluate", "demo", "--no-curves", "--compare", "newest", "-k", 2, "--sample", 3)
    assert "links: 3 questions" in ran.out


def test_articles_alone_are_measured_on_proxies(tmp_path: Path) -> None:
    folder = write(tmp_path / "site", replace(site(), truth=Truth()))
    for name in ("links.jsonl", "events.csv", "retractions.csv"):
        (folder / name).unlink()
    ran = run("evaluate", folder, "--compare", "newest", "-k", 2, "--sample", 5)
    assert ran.code == 0
    assert "sections: 5 questions" in ran.out
    assert "a weak proxy" in ran.out


def test_the_same_measured_again_passes_the_gate(old: Path) -> None:
    ran = run(*WITH_TF_IDF, "--baseline", old)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-1] == "no metric fell beyond its interval"


def test_a_worse_policy_fails_the_gate_and_says_what_fell(old: Path, tmp_path: Path) -> None:
    worse = tmp_path / "worse.toml"
    worse.write_text('fill = "none"\nrelevance_floor = 1.0\n', encoding="utf-8")
    out = tmp_path / "new.json"
    ran = run(*WITH_TF_IDF, "--baseline", old, "--policy", worse, "--out", out)
    assert ran.code == 1
    assert re.search(
        r"^fell: chains: relnews: nDCG@5 fell from 0\.\d+ \[0\.\d+, 0\.\d+\] to 0\.\d+$",
        ran.err,
        re.MULTILINE,
    )
    assert "tf-idf" not in ran.err
    assert "relnews - tf-idf" in ran.out
    assert out.exists()


def doctored(change: Any) -> str:
    """Give the report of earlier with something changed in it."""
    record = json.loads(report())
    change(record["evaluation"])
    return json.dumps(record)


def test_a_report_that_was_better_fails_the_gate(old: Path) -> None:
    def better(evaluation: Any) -> None:
        estimate = evaluation["tasks"][0]["systems"][0]["values"]["MRR@5"]
        estimate.update(value=0.999, low=0.998, high=1.0)

    old.write_text(doctored(better), encoding="utf-8")
    ran = run(*WITH_TF_IDF, "--baseline", old)
    assert ran.code == 1
    (line,) = ran.err.splitlines()
    assert line.startswith("fell: chains: relnews: MRR@5 fell from 0.999 [0.998, 1.000] to 0.")


def test_measuring_less_than_before_fails_the_gate(old: Path) -> None:
    def renamed(evaluation: Any) -> None:
        evaluation["tasks"][0]["systems"][1]["name"] = "theirs"

    old.write_text(doctored(renamed), encoding="utf-8")
    ran = run(*DEMO, "--compare", "newest", "--baseline", old)
    assert (ran.code, ran.err) == (1, "fell: chains: theirs: missing\n")


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("--seed", 1), "seed"),
        (("-k", 4), "list length"),
        (("--sample", 29), "questions at most"),
        (("--task", "tags"), "tasks"),
        (("--split", "2026-03-10"), "split"),
        (("--language", "en"), "language"),
    ],
)
def test_reports_of_different_things_are_not_compared(
    arguments: tuple[object, ...], name: str, old: Path
) -> None:
    """And nobody waits for the measuring to learn so."""
    is_told(run(*WITH_TF_IDF, *arguments, "--baseline", old), f"must share {name} to be compared")


def test_reports_of_different_data_are_not_compared(old: Path, data: Path) -> None:
    arguments = ("--task", "chains", "-k", 5, "--sample", 30, "--baseline", old)
    told = "must share data to be compared: it was 'Lindenauer Tagblatt', is 'Zeitung'"
    is_told(run("evaluate", data, *arguments), told)


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe\x00",
        b'{"format": 1}',
        b'{"format": 99, "evaluation": {}}',
        b'{"format": 1, "evaluation": {"title": 3}}',
    ],
)
def test_a_damaged_report_is_refused(damage: bytes, old: Path) -> None:
    old.write_bytes(damage)
    is_told(run(*WITH_TF_IDF, "--baseline", old), str(old), "must be a report")


def test_a_report_that_lost_a_part_is_refused(old: Path) -> None:
    old.write_text(doctored(lambda evaluation: evaluation["tasks"][0].pop("k")), encoding="utf-8")
    is_told(run(*WITH_TF_IDF, "--baseline", old), str(old), "k")


def test_progress_is_counted_on_a_terminal() -> None:
    ran = run(*DEMO[:5], 2, "--sample", 3, "--compare", "newest", terminal=True)
    assert ran.code == 0
    assert ran.err.endswith("asked: 3\n")


def test_an_evaluation_is_printed_task_by_task(capsys: pytest.CaptureFixture[str]) -> None:
    evaluation = site_evaluation()
    print_evaluation(evaluation)
    text = capsys.readouterr().out
    links, chains = text.strip().split("\n\n")
    lines = links.splitlines()
    assert lines[0] == (
        "links: 480 questions with right answers. What editors linked from their own articles, "
        "asked when they did, within the outlet, as all of these links are."
    )
    assert lines[1] == (
        "left out: 0 published after the moment, 41 duplicates of the source, 12 linked in the "
        "text, 3 not live; 23 without truth"
    )
    assert lines[2:4] == [
        "not there: most read, no events",
        "not there: latent | view, no latent view below 1,000 articles",
    ]
    lines = [*lines[:2], *lines[4:]]
    assert lines[2].split() == ["nDCG@10", "MRR@10", "AP@10", "precision@10", "recall@10", "hit@10"]
    width = len("relnews, no freshness")
    assert [line[:width].rstrip() for line in lines[3:11]] == [
        system.name for system in evaluation.tasks[0].systems
    ]
    assert lines[3].split()[1:] == ["0.436", "0.518", "0.331", "0.142", "0.587", "0.804"]
    n_headline = sum(one.metric == "nDCG@10" for one in evaluation.tasks[0].comparisons)
    assert lines[11:13] == [
        f"{name} shows 0.03 entries a list that it must not" for name in ("BM25", "random")
    ]
    sentences = lines[13:]
    assert len(sentences) == n_headline
    assert sentences[0] == (
        "relnews - relnews, no freshness: nDCG@10 +0.017 [-0.011, +0.044], p 0.3100 after "
        "correction, 212 wins, 171 ties, 97 losses"
    )
    assert "left out: nothing; 23 without truth" in chains


def test_what_a_system_was_not_measured_by_is_a_dash(capsys: pytest.CaptureFixture[str]) -> None:
    (task, *_) = site_evaluation().tasks
    ours, theirs = task.systems[:2]
    values = {name: one for name, one in theirs.values.items() if name != "MRR@10"}
    systems = (ours, replace(theirs, values=values))
    print_evaluation(replace(site_evaluation(), tasks=(replace(task, systems=systems),)))
    row = capsys.readouterr().out.splitlines()[7]
    assert row.split()[-5] == "-"
    print_evaluation(empty_evaluation())
    assert capsys.readouterr().out == ""


def test_the_report_of_the_demo_is_the_same_to_the_byte() -> None:
    first = report()
    report.cache_clear()
    assert report() == first == to_json(from_json(first))


def test_a_baseline_that_fell_or_is_gone_blocks_no_release(old: Path) -> None:
    def better(evaluation: Any) -> None:
        system = evaluation["tasks"][0]["systems"][1]
        assert system["name"] == "tf-idf"
        system["values"]["MRR@5"].update(value=0.999, low=0.998, high=1.0)

    old.write_text(doctored(better), encoding="utf-8")
    for peer in ("tf-idf", "newest"):
        ran = run(*DEMO, "--compare", peer, "--baseline", old)
        assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize(
    ("part", "was", "words"),
    [
        ("n_articles", 7, "the number of articles to be compared: it was 7, is "),
        ("first", "1990-01-01T00:00+01:00", "the first date to be compared: it was '1990-01-01T"),
        ("last", "", "the last date to be compared: it was '', is '20"),
        ("n_questions", 3, "the number of questions of chains to be compared: it was 3, is "),
    ],
)
def test_reports_of_changed_data_are_not_compared(
    part: str, was: object, words: str, old: Path, tmp_path: Path
) -> None:
    """The folder may be called as before; the new report is written all the same."""

    def change(evaluation: Any) -> None:
        place = evaluation["tasks"][0] if part == "n_questions" else evaluation
        assert part in place
        place[part] = was

    old.write_text(doctored(change), encoding="utf-8")
    out = tmp_path / "new.json"
    ran = run(*WITH_TF_IDF, "--baseline", old, "--out", out)
    assert ran.code == 2
    assert f"relnews: two reports must share {words}" in ran.err
    assert "no metric fell" not in ran.out
    assert out.read_text(encoding="utf-8") == report()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("make = undefined", "NameError: name 'undefined' is not defined"),
        ("def make(:", "SyntaxError: "),
        ("make = {}['lost']", "KeyError: 'lost'"),
        ("raise RuntimeError('one\\ntwo')", "RuntimeError: one two"),
        ("raise SystemExit(0)", "SystemExit: 0"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("make = 1 / 0", "ZeroDivisionError: division by zero"),
    ],
)
def test_a_module_that_fails_when_it_is_imported_is_refused(
    text: str, words: str, module: str, tmp_path: Path
) -> None:
    (tmp_path / f"{module}_broken.py").write_text(text, encoding="utf-8")
    told = f"must name what can be imported, got '{module}_broken:make': {words}"
    is_told(run(*DEMO, "--compare", f"{module}_broken:make"), told)


def test_a_sentence_model_is_read_once_for_all_tasks(
    tiny_static: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded = list[str]()
    embed = SentenceEncoder.embed

    def watched(self: SentenceEncoder, articles: Sequence[Article], *rest: Any) -> Embedded:
        embedded.extend(digest(article) for article in articles)
        return embed(self, articles, *rest)

    monkeypatch.setattr(SentenceEncoder, "embed", watched)
    out, cache, model = tmp_path / "report.json", tmp_path / "vectors", str(tiny_static)
    tasks = ("--task", "chains", "--task", "sections", "-k", 5, "--sample", 5, "--no-curves")
    peers = ("--compare", f"sentence:{model}", "--compare", f"model:{model}")
    ran = run("evaluate", "demo", *tasks, *peers, "--cache", cache, "--out", out)
    assert (ran.code, ran.err) == (0, "")
    n_read = len(embedded)
    assert n_read == len(set(embedded)) > 50
    for task in from_json(out.read_text(encoding="utf-8")).tasks:
        ours, other, theirs = task.systems
        assert (ours.name, other.name, theirs.name) == ("relnews", f"relnews + {model}", model)
        assert (theirs.failures, other.failures) == (0, 0)
        assert theirs.values["empty lists"].value < 1
    assert f"relnews - {model}: nDCG@5 " in ran.out
    again = run("evaluate", "demo", *tasks, *peers, "--cache", cache)
    assert again.out == ran.out.replace(f"report: {out}\n", "")
    assert len(embedded) == n_read


def test_the_library_itself_may_have_a_model(tiny_static: Path, tmp_path: Path) -> None:
    beside, alone = tmp_path / "beside.json", tmp_path / "alone.json"
    heavy = tmp_path / "heavy.toml"
    heavy.write_text(f'name = "{tiny_static}"\nsemantic_weight = 0.9\n', encoding="utf-8")
    model = ("--model", heavy)
    asked = (*DEMO, "--compare", "hybrid", "--out", alone)
    assert run(*asked, *model).code == 0
    assert run(*DEMO, "--compare", f"model:{heavy}", "--out", beside).code == 0
    asked_default = run(*DEMO, *model, "--compare", "model:default", "--compare", "latent")
    assert names(asked_default) == ["relnews", "relnews + default"]
    first, second = (from_json(path.read_text(encoding="utf-8")) for path in (alone, beside))
    assert first.settings["model"].startswith("tiny-static (")
    other = f"relnews + {heavy}"
    assert second.settings["model"] == "default"
    assert second.settings[f"model of {other}"] == first.settings["model"]
    here = next(one for one in first.tasks[0].systems if one.name == "relnews")
    there = next(one for one in second.tasks[0].systems if one.name == other)
    default = next(one for one in second.tasks[0].systems if one.name == "relnews")
    assert here.values["nDCG@5"] == there.values["nDCG@5"]
    assert here.values["nDCG@5"] != default.values["nDCG@5"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--compare", "sentence:nobody/nothing"), "relnews models download nobody/nothing"),
        (("--model", "nobody/nothing"), "relnews models download nobody/nothing"),
        (("--compare", "model:nowhere"), "a model must be a preset"),
        (("--compare", "sentence:"), "sentence:MODEL must name a model or its folder"),
        (("--compare", "model:"), "model:MODEL must name a model or its folder"),
        (("--compare", "sentence:default"), "must name a pretrained model, got 'sentence:default'"),
    ],
)
def test_a_model_that_cannot_be_is_refused(arguments: tuple[str, str], words: str) -> None:
    ran = run(*DEMO, *arguments)
    is_told(ran, words)
    assert ran.err.count("\n") == 1
