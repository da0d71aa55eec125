"""Several processes: acknowledged means durable, readers notice, writers queue."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from relnews.store import Store
from test_store import an_article, put

if TYPE_CHECKING:
    from pathlib import Path

_PRELUDE = """
import sys
import numpy as np
from relnews.embed.document import Document
from relnews.store import Store
from relnews.types import Article

def batch(number, size, text):
    document = Document(np.zeros(1, np.int32), np.ones(1, np.int32), np.zeros(0, np.uint32))
    made = (Article(id=f"{number}-{n}", headline="x", body=text) for n in range(size))
    return [(article, "de", document) for article in made]

store = Store.open(sys.argv[1])
"""
_ENDLESS_WRITER = """
number = store.counts()["articles"] // 20 + 1
while True:
    with store.write() as writer:
        entries = batch(number, 20, "x" * 3000)
        writer.put_articles(entries[:10])
        writer.put_articles(entries[10:])
    print(number, flush=True)
    number += 1
"""
_READER = """
known = -1
while known < 5:
    change = store.change()
    if change != known:
        known = change
        print(known, sum(len(block) for block in store.changed_since(0, None)), flush=True)
"""
_TEN_WRITES = """
for number in range(10):
    with store.write() as writer:
        writer.put_articles(batch(sys.argv[2] + str(number), 2, ""))
"""


def _start(script: str, path: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _PRELUDE + script, str(path), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own script


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal nobody can catch")
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    acknowledged = 0
    for pause in (0.0, 0.003, 0.011, 0.02):
        with _start(_ENDLESS_WRITER, path) as process:
            acknowledged = int(_line(process))
            time.sleep(pause)
            process.kill()
            assert process.stdout is not None
            whole = [line for line in process.stdout if line.endswith("\n")]
            acknowledged = int(whole[-1]) if whole else acknowledged
        with Store.open(path, create=False) as store:
            ids = {row.id for block in store.changed_since(0, None) for row in block}
            last = store.change()
            assert acknowledged <= last <= acknowledged + 1
            assert ids == {f"{batch}-{n}" for batch in range(1, last + 1) for n in range(20)}
            assert [p for p in store.integrity() if "vocabulary" not in p] == []
    assert acknowledged >= 4


def test_another_process_sees_each_change_without_reopening(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with Store.open(path) as store, _start(_READER, path) as reader:
        assert _line(reader) == "0 0\n"
        for number in range(1, 6):
            assert put(store, an_article(f"a-{number}")) == number
            assert _line(reader) == f"{number} {number}\n"
        assert reader.wait(timeout=60) == 0


def test_a_reader_keeps_its_state_while_another_writes(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with Store.open(path) as writer, Store.open(path) as reader:
        put(writer, an_article("a"))
        with writer.write() as under_way:
            under_way.retract("a", "", None)
            assert reader.states(["a"])["a"].status == "usable"
            assert reader.change() == 1
        assert reader.states(["a"])["a"].status == "canceled"


def test_many_processes_create_and_write_one_database(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    processes = [_start(_TEN_WRITES, path, name) for name in "abcdef"]
    for process in processes:
        with process:
            assert process.wait(timeout=120) == 0
    with Store.open(path, create=False) as store:
        assert (store.change(), store.counts()["articles"]) == (60, 120)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_worker_opens_its_own_connections(tmp_path: Path) -> None:
    with Store.open(tmp_path / "news.db") as store:
        put(store, an_article("a"))
        parents_pool = store._database.engine.pool
        child = os.fork()
        if child == 0:
            code = 1
            try:
                put(store, an_article("b"))
                own = store._database.engine.pool is not parents_pool
                code = 0 if own and store.change() == 2 else 2
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert list(store.articles(["a", "b"])) == ["a", "b"]
        assert put(store, an_article("c")) == 3
        assert [p for p in store.integrity() if "vocabulary" not in p] == []
