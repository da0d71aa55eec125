"""The command line as a whole: exit codes, messages without tracebacks, streams kept apart.

Commands run in this process through `relnews.cli.main`, the function that is installed as
`relnews`, so that its exit codes count; a few run in a process of their own. `run`, `shown` and
`a_site` serve the other files of the command line too.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
from click.testing import CliRunner

from relnews import Recommender, RelnewsError, demo, errors
from relnews.cli import cli, main

AT = "2026-03-15T08:00+01:00"
BRIDGE = "sta-001"
COMMANDS = (
    *("add", "check", "demo", "embed", "evaluate", "explain", "models", "precompute"),
    *("recommend", "retract", "rules", "train-model", "tune"),
)
READERS = (
    ("recommend", "DB", BRIDGE),
    ("explain", "DB", BRIDGE),
    ("retract", "DB", BRIDGE),
    ("precompute", "DB"),
    ("check", "DB"),
    ("check", "DB", "--repair"),
    ("rules", "show", "DB"),
    ("rules", "pin", "DB", BRIDGE, "sta-002"),
    ("rules", "remove", "DB", "1"),
)
"""Every command that needs a database which exists."""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def run(*arguments: object, terminal: bool = False) -> Ran:
    """Run a command as a shell would; `terminal` is what stderr claims to be."""
    out, err = StringIO(), Terminal() if terminal else StringIO()
    code: object = 0
    with ExitStack() as stack:
        stack.enter_context(patch.object(sys, "argv", ["relnews", *map(str, arguments)]))
        stack.enter_context(redirect_stdout(out))
        stack.enter_context(redirect_stderr(err))
        try:
            main()
        except SystemExit as end:
            code = end.code
    assert isinstance(code, int)  # a text would be printed by Python itself, as a 1
    return Ran(code, out.getvalue(), err.getvalue())


def run_apart(*arguments: object) -> Ran:
    """Run a command in a process of its own, warnings being errors."""
    script = "from relnews.cli import main; main()"
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-W", "error", "-c", script, *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        timeout=60,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def shown(database: Path, source_id: str = BRIDGE, *options: object) -> list[str]:
    """Give the ids on a list as the command line prints it for programs."""
    ran = run("recommend", database, source_id, "--at", AT, "--json", *options)
    assert (ran.code, ran.err) == (0, "")
    return [entry["id"] for entry in ran.json["entries"]]


@lru_cache(maxsize=2)
def _newsroom(*, lists: bool) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "news.db"
        if lists:
            path.write_bytes(_newsroom(lists=False))
        with Recommender.open(path) as rec:
            if lists:
                rec.precompute(at=datetime.fromisoformat(AT))
            else:
                rec.add(demo.articles())
        return path.read_bytes()


def a_site(folder: Path, *, lists: bool = False) -> Path:
    """Give a database that holds the sample newsroom, with or without stored lists."""
    path = folder / "news.db"
    path.write_bytes(_newsroom(lists=lists))
    return path


def at(database: Path, command: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(database) if part == "DB" else part for part in command)


def is_told(ran: Ran, *parts: str) -> None:
    """Check that a command was refused with exit code 2 and one clear message on stderr."""
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" not in ran.err
    for part in parts:
        assert part in ran.err


def test_help_names_every_command_and_the_exit_codes() -> None:
    done = CliRunner().invoke(cli, ["--help"])
    assert done.exit_code == 0
    assert "0 done, 1 a check or comparison failed" in done.stdout
    assert sorted(cli.commands) == list(COMMANDS)
    for name in COMMANDS:
        assert f"\n  {name} " in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    done = CliRunner().invoke(cli, [command, "-h"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: ")


def test_version_is_printed() -> None:
    assert run("--version") == Ran(0, f"relnews, version {version('relnews')}\n", "")


@pytest.mark.parametrize("wrong", [["nonsense"], ["recommend"], ["recommend", "--nonsense"]])
def test_wrong_use_is_2(wrong: list[str]) -> None:
    is_told(run(*wrong), "Usage:", "Error:")


@pytest.mark.parametrize("name", errors.__all__)
def test_no_error_raised_on_purpose_shows_a_traceback(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error: RelnewsError = getattr(errors, name)("what must hold, what was given")

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Recommender, "recommend", fail)
    ran = run("recommend", a_site(tmp_path), BRIDGE)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "relnews: what must hold, what was given\n"


def test_an_error_nobody_foresaw_is_not_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Recommender, "recommend", fail)
    with pytest.raises(ZeroDivisionError):
        run("recommend", a_site(tmp_path), BRIDGE)


@pytest.mark.parametrize("command", READERS, ids=" ".join)
def test_a_missing_database_is_refused_and_not_created(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    is_told(run(*at(tmp_path / "news.db", command)), "no such database", "news.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [*READERS, ("add", "DB", __file__)], ids=" ".join)
def test_a_foreign_file_is_refused_and_left_untouched(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    text = tmp_path / "diary.txt"
    text.write_text("Dear diary,\n" * 100, encoding="utf-8")
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE meta (key TEXT, value TEXT)")
        connection.execute("CREATE TABLE articles (id TEXT)")
        connection.commit()
    for path, words in ((text, "SQLite"), (other, "another program")):
        before = path.read_bytes()
        is_told(run(*at(path, command)), words, path.name)
        assert path.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["diary.txt", "other.db"]


def test_exit_codes_reach_the_shell(tmp_path: Path) -> None:
    database = a_site(tmp_path)
    sound = run_apart("recommend", database, BRIDGE, "--at", AT)
    assert (sound.code, sound.err) == (0, "")
    assert "Empfohlen" in sound.out
    is_told(run_apart("recommend", database, "nobody", "--at", AT), "relnews: ", "'nobody'")
    is_told(run_apart("recommend", database, BRIDGE, "--at", "gestern"), "Usage:", "gestern")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DELETE FROM documents WHERE article_id = ?", [BRIDGE])
        connection.commit()
    damaged = run_apart("check", database)
    assert (damaged.code, "problem: " in damaged.err) == (1, True)


def test_bars_are_for_terminals(tmp_path: Path) -> None:
    """The same commands show progress on a terminal, so that their silence means something."""
    database, news = tmp_path / "news.db", tmp_path / "news.jsonl"
    news.write_text('{"id": "n-1", "headline": "Neu"}\n', encoding="utf-8")
    commands = (
        ("add", database, news),
        ("precompute", database, "--at", AT),
        ("check", database, "--repair"),
    )
    for command in commands:
        assert run(*command).err == ""
        bar = run(*command, terminal=True)
        assert bar.code == 0
        assert bar.err
        assert "added" in bar.err or "lists" in bar.err or "rebuilt" in bar.err
