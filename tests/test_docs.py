"""What the documents say is true: examples run, links lead somewhere, commands exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from relnews.cli import cli

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "benchmarks/README.md",
    "docs/batch.md",
    "docs/evaluation.md",
    "docs/models.md",
    "docs/training.md",
    "models/README.md",
)


def blocks(document: str, language: str) -> list[str]:
    text = (ROOT / document).read_text(encoding="utf-8")
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [code for name, code in found if name == language]


def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    (code,) = blocks("README.md", "python")
    done = subprocess.run(  # noqa: S603  # our own README
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Umleitung um die Elmsebrücke" in done.stdout
    assert (tmp_path / "news.db").exists()


GUIDES = ("docs/batch.md", "docs/evaluation.md", "docs/models.md")


@pytest.mark.parametrize("code", [code for path in GUIDES for code in blocks(path, "python")])
def test_the_python_of_the_guides_runs(code: str, tmp_path: Path) -> None:
    """What needs a cluster is marked ``py`` and left out."""
    done = subprocess.run(  # noqa: S603  # our own guide
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    path = ROOT / document
    for target in re.findall(r"\]\((?!https?://)([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_the_readme_names_every_command_and_no_other() -> None:
    (listing,) = [block for block in blocks("README.md", "") if "relnews check" in block]
    named = set(re.findall(r"^relnews ([\w-]+)", listing, re.MULTILINE))
    assert named == set(cli.commands)


def test_every_benchmark_is_described() -> None:
    text = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    for script in (ROOT / "benchmarks").glob("*.py"):
        assert script.name in text


def test_the_test_command_of_the_readme_is_what_ci_runs() -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert ".venv/bin/python -m pytest" in ci
    assert "pip install" in ci
    assert any("-m pytest" in block for block in blocks("README.md", ""))


def test_the_figures_of_the_readme_are_those_that_the_benchmark_wrote() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.split("<!-- quality: begin -->")[1].split("<!-- quality: end -->")[0].strip()
    assert table.count("\n") > 10
    assert table in (ROOT / "benchmarks" / "quality.md").read_text(encoding="utf-8")
