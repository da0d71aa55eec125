"""The architecture as tests: imports go down, the edges keep clock and printing, it stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import relnews

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(relnews.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
NAMES = [path.relative_to(ROOT).as_posix() for path in MODULES]
EDGE = {"cli.py", "cli"}
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime"}
CLOCK_OWNERS = {"datetime", "date", "time", "dt"}
HEAVY = ("sklearn", "scipy", "torch", "sqlalchemy", "numpy", "joblib", "jinja2", "click")

ABOVE = {
    "errors.py": {""},
    "types.py": {"query", "policy", "rank", "store", "recommender", "text", "embed", "corpus"},
    "text": {"rank", "store", "recommender", "embed", "index", "mirror", "ingest", "cli"},
    "ingest": {"rank", "store", "recommender", "embed", "index", "mirror", "cli"},
    "embed": {"rank", "store", "recommender", "index", "mirror", "ingest", "cli", "policy"},
    "index": {"rank", "store", "recommender", "mirror", "ingest", "cli", "policy"},
    "corpus.py": {"rank", "store", "recommender", "mirror", "ingest", "cli", "index"},
    "rank": {
        "store",
        "recommender",
        "mirror",
        "ingest",
        "cli",
        "lists",
        "stored",
        "intake",
        "export",
    },
    "store": {
        "recommender",
        "mirror",
        "ingest",
        "cli",
        "lists",
        "stored",
        "intake",
        "index",
        "export",
    },
    "export": {"recommender", "mirror", "ingest", "cli", "lists", "stored", "intake", "index"},
    "mirror.py": {"recommender", "lists", "stored", "intake", "cli", "ingest", "export"},
    "batch": {"recommender", "cli", "ingest", "export", "evaluate", "django", "demo", "train"},
    "recommender.py": {"cli", "evaluate", "django", "demo", "train"},
    "evaluate": {"cli", "django", "demo", "train"},
    "train": {"cli", "django", "demo"},
}
MEASURES = {"evaluate", "train", "cli"}
"""Who may know the evaluation: what is measured must not."""


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Yield the modules a file imports, those for type checkers included."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def own_parts(path: Path) -> set[str]:
    """Give the parts of the package that a file imports: 'rank' for relnews.rank.fill."""
    return {name.split(".")[1] for name in imports(path) if name.startswith("relnews.")}


@pytest.mark.parametrize("part", ABOVE)
def test_imports_only_go_down(part: str) -> None:
    files = [path for path in MODULES if path.relative_to(ROOT).parts[0] == part]
    assert files
    for path in files:
        found = own_parts(path)
        if part == "errors.py":
            assert not found
        assert not found & ABOVE[part], f"{path.relative_to(ROOT)} imports from above"


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_what_is_measured_does_not_know_that_it_is(path: Path) -> None:
    if path.relative_to(ROOT).parts[0] not in MEASURES:
        assert "evaluate" not in own_parts(path)


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_only_the_command_line_reads_the_clock_or_prints(path: Path) -> None:
    if path.relative_to(ROOT).parts[0] in EDGE:
        return
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        assert not (isinstance(called, ast.Name) and called.id == "print"), node.lineno
        if isinstance(called, ast.Attribute) and called.attr in CLOCKS:
            owner = called.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            assert name not in CLOCK_OWNERS, f"line {node.lineno} reads the clock"


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_nothing_is_pickled(path: Path) -> None:
    names = set(imports(path))
    for forbidden in ("pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve"):
        assert not {name for name in names if name.split(".")[0] == forbidden}
    assert "joblib.dump" not in names
    assert "joblib.load" not in names
    allows = [node for node in ast.walk(tree(path)) if isinstance(node, ast.keyword)]
    assert "allow_pickle" not in {node.arg for node in allows}


def test_importing_the_package_is_light() -> None:
    code = f"import sys, relnews; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(  # noqa: S603  # our own interpreter, our own words
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_every_public_name_can_be_imported() -> None:
    assert relnews.__all__ == sorted(relnews.__all__)
    for name in relnews.__all__:
        assert getattr(relnews, name).__name__ == name
    assert set(relnews.__all__) <= set(dir(relnews))
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = relnews.Nothing
