"""The examples run as a newcomer runs them: alone, without arguments, warnings being errors."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "examples"
TELLING = {
    "cms_hook.py": (
        "published\n   Elmsebrücke: Prüfer finden dritten Riss",
        "edited\n   Elmsebrücke: Doch kein dritter Riss",
        "retracted\n   Eine Stunde für vier Kilometer",
        "receipt: it stood on the stored lists of sta-001",
    ),
    "draft.py": (
        '<section class="relnews"',
        'href="https://tagblatt.example/kultur/kohlenhalle-ausweichspielstaette-theater"',
        "</section>",
    ),
    "first_list.py": (
        "148 articles, 0 in quarantine",
        "1. Eine Stunde für vier Kilometer",
        "shares Elmsebrücke",
        "   not eligible: not usable",
        "   not related: relevance",
    ),
    "nightly_batch.py": (
        "148 lists stored in news.db",
        "08:00\n   Ausverkauft gegen Brückstedt",
        "16:00\n   Eine Frau soll Lindenau 09 retten",
    ),
    "own_encoder.py": ("0.45 Eine Stunde für vier Kilometer",),
    "two_policies.py": ("(2 in both)", " | "),
}
LONGEST = 42


def run(example: str, where: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # our own scripts
        [sys.executable, "-W", "error", FOLDER / example, *arguments],
        capture_output=True,
        cwd=where,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        timeout=60,
        check=False,
    )


def test_every_example_is_run_here() -> None:
    assert sorted(path.name for path in FOLDER.glob("*.py")) == sorted(TELLING)


@pytest.mark.parametrize("example", TELLING)
def test_an_example_runs_quietly_says_what_it_should_and_leaves_nothing(
    example: str, tmp_path: Path
) -> None:
    done = run(example, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for telling in TELLING[example]:
        assert telling in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("example", TELLING)
def test_an_example_is_short_says_what_it_shows_and_has_a_main(example: str) -> None:
    text = (FOLDER / example).read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert len(text.splitlines()) <= LONGEST
    assert (ast.get_docstring(tree) or "").endswith(".")
    assert "main" in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_draft_is_without_what_the_page_shows_already(tmp_path: Path) -> None:
    headlines = run("draft.py", tmp_path).stdout
    assert headlines.count("<li>") == 3
    assert "14 Millionen" not in headlines


def test_the_batch_keeps_its_database_in_the_folder_given(tmp_path: Path) -> None:
    done = run("nightly_batch.py", tmp_path, str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["news.db"]
