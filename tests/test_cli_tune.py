"""The command that finds a policy in a site's own truth."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from relnews import Policy, load_policy
from relnews.evaluate import Truth
from test_cli import Ran, is_told, run
from test_evaluate_evaluation import site, write

QUICK = ("-k", 3, "--candidates", 4, "--sample", 24)
VERDICTS = (
    "better",
    "no difference can be shown",
    "worse: keep the default",
    "too few questions to decide",
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write(tmp_path / "Zeitung")


@cache
def tuned() -> tuple[Ran, str]:
    """Give what a search printed, and the policy it wrote."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "new" / "policy.toml"
        ran = run("tune", write(Path(folder) / "Zeitung"), *QUICK, "--out", out)
        return replace(ran, out=ran.out.replace(folder, "FOLDER")), out.read_text(encoding="utf-8")


def test_a_policy_is_found_and_the_evidence_told() -> None:
    ran, _ = tuned()
    assert (ran.code, ran.err) == (0, "")
    first, *lines = ran.out.splitlines()
    assert first.startswith("links: What editors linked from their own articles")
    told = [line for line in lines if line.startswith("Verdict: ")]
    assert told[0].removeprefix("Verdict: ").rstrip(".") in VERDICTS
    assert lines[-1] == "policy: FOLDER/new/policy.toml"


def test_the_policy_that_is_written_can_be_read_and_carries_its_evidence(tmp_path: Path) -> None:
    ran, text = tuned()
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    policy = load_policy(path)
    if "Verdict: better" not in ran.out:
        assert policy == Policy()
    comments = [line for line in text.splitlines() if line.startswith("#")]
    for setting in ("Zeitung", "links", "24", "seed"):
        assert any(setting in line for line in comments)
    assert any("Verdict: " in line for line in comments)


def test_the_same_seed_finds_the_same(data: Path) -> None:
    ran = run("tune", data, *QUICK)
    first, *lines = tuned()[0].out.splitlines()
    assert ran.out.splitlines() == [first, *lines[:-1]]


def test_the_start_policy_is_kept_where_nothing_is_better(data: Path, tmp_path: Path) -> None:
    start = tmp_path / "start.toml"
    start.write_text("half_life_hours = 33\n", encoding="utf-8")
    out = tmp_path / "policy.toml"
    ran = run("tune", data, *QUICK, "--policy", start, "--out", out, "--task", "events")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("events: What the same reader turned to")
    if "Verdict: better" not in ran.out:
        assert load_policy(out) == load_policy(start)


@pytest.mark.parametrize("task", [(), ("--task", "chains"), ("--task", "tags")])
def test_questions_of_one_moment_cannot_be_parted(task: tuple[str, ...]) -> None:
    """All truth of the sample newsroom is of one day."""
    is_told(run("tune", "demo", *task), "all of one day", "add links.jsonl")


def test_links_of_one_day_cannot_be_parted(tmp_path: Path) -> None:
    links = [one for one in site().truth.links if one.source_id.endswith("-5")]
    folder = write(tmp_path / "one day", replace(site(), truth=Truth(links=tuple(links))))
    (folder / "events.csv").unlink()
    (folder / "retractions.csv").unlink()
    ran = run("tune", folder, *QUICK)
    assert ran.code == 2
    assert "two days at least" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--task", "shares"), "must be one of links, events"),
        (("--task", "impressions"), "found none"),
        (("--sample", 0), "--sample"),
        (("--seed", -1), "--seed"),
        (("--policy", "nowhere.toml"), "nowhere.toml"),
    ],
)
def test_wrong_use_is_told(arguments: tuple[object, ...], words: str, data: Path) -> None:
    is_told(run("tune", data, *arguments), words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-k", 0), "k must be a whole number of at least 1, got 0"),
        (("--candidates", 0), "n_candidates must be a whole number of at least 1, got 0"),
        (("--share", 1), "share must be in (0, 1)"),
        (("--share", "nan"), "share must be in (0, 1)"),
    ],
)
def test_numbers_out_of_range_are_refused(
    arguments: tuple[object, ...], words: str, data: Path
) -> None:
    ran = run("tune", data, *arguments)
    assert (ran.code, words in ran.err, "Traceback" in ran.err) == (2, True, False)


def test_a_missing_folder_and_an_impossible_output_are_refused(data: Path, tmp_path: Path) -> None:
    is_told(run("tune", tmp_path / "missing"), "missing", "folder")
    out = data / "links.jsonl" / "policy.toml"
    is_told(run("tune", data, "--out", out), "--out", "there must be a folder to write to")


def test_broken_lines_are_named(data: Path) -> None:
    with (data / "links.jsonl").open("a", encoding="utf-8") as file:
        file.write("no json\n")
    ran = run("tune", data, *QUICK)
    assert ran.code == 0
    assert ran.err.startswith("left out: ")
    assert "links.jsonl:37 " in ran.err


def test_impressions_are_tuned_no_deeper_than_lists_were_shown(data: Path) -> None:
    """As they are measured by `relnews evaluate`: of four places there is no tenth."""
    with (data / "impressions.jsonl").open("w", encoding="utf-8") as file:
        for one in site().truth.impressions:
            clicked = [name for name, hit in zip(one.shown, one.clicked, strict=True) if hit]
            record = {"user": one.user, "source_id": one.source_id, "at": one.at.isoformat()}
            file.write(json.dumps({**record, "shown": one.shown, "clicked": clicked}) + "\n")
    ran = run("tune", data, "--task", "impressions", "-k", 10, "--candidates", 3)
    assert (ran.code, ran.err) == (0, "")
    assert "nDCG@4" in ran.out
    assert "nDCG@10" not in ran.out


def test_a_weight_is_searched_for_the_model_and_the_file_says_which(
    data: Path, tiny_static: Path, tmp_path: Path
) -> None:
    out = tmp_path / "policy.toml"
    ran = run("tune", data, *QUICK, "--model", tiny_static, "--out", out)
    assert (ran.code, ran.err) == (0, "")
    text = out.read_text(encoding="utf-8")
    assert re.search(r"^#   model = tiny-static \([0-9a-f]+\)$", text, re.MULTILINE)
    assert re.search(r"^#   model = default$", tuned()[1], re.MULTILINE)
