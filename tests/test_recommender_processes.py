"""Several processes on one file: each sees what another wrote, and a kill loses nothing said."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from newsroom import NOON, about, an_article, filler, hours, plain
from relnews import Block, Recommender

if TYPE_CHECKING:
    from collections.abc import Iterator

RELATED = plain(relevance_floor=0.0)

_READER = """
import json, sys
from newsroom import NOON, plain
from relnews import Recommender

with Recommender.open(sys.argv[1], policy=plain(relevance_floor=0.0), create=False) as rec:
    for line in sys.stdin:
        question = json.loads(line)
        name = question.pop("name")
        if question.pop("stored", False):
            made = rec.stored_list(name, at=NOON, **question)
        else:
            made = rec.recommend(name, at=NOON, **question)
        answer = None if made is None else [
            [entry.article.id, entry.score, entry.semantic, entry.shared_words] for entry in made
        ]
        print(json.dumps(answer), flush=True)
"""

_ENDLESS_WRITER = """
import sys
from itertools import count
from newsroom import filler
from relnews import Recommender

with Recommender.open(sys.argv[1]) as rec:
    first = rec.store.counts()["articles"]
    articles = (article for start in count(first) for article in filler(1, start))
    done = first
    def tell(number):
        global done
        done += number
        print(done, flush=True)
    rec.add(articles, progress=tell)
"""

_TEN_WRITES = """
import sys
from newsroom import an_article
from relnews import Recommender

with Recommender.open(sys.argv[1]) as rec:
    for number in range(10):
        body = f"Die Brücke und das Wort{sys.argv[2]}{number} über die Elmse."
        rec.add([an_article(f"{sys.argv[2]}-{number}", body=body)])
"""


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    folders = [str(Path(__file__).parent), *sys.path]
    return subprocess.Popen(  # noqa: S603  # our own script
        [sys.executable, "-c", script, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, folders))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


class Reader:
    """Another process that has a recommender open and answers questions."""

    def __init__(self, path: Path) -> None:
        self.process = start(_READER, path)

    def ask(self, name: str, **question: Any) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps({"name": name, **question}), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def ids(self, name: str, **question: Any) -> list[str] | None:
        answer = self.ask(name, **question)
        return None if answer is None else [entry[0] for entry in answer]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "news.db"


@pytest.fixture
def rec(path: Path) -> Iterator[Recommender]:
    with Recommender.open(path, policy=RELATED) as made:
        made.add([about(f"b-{n}", published_at=hours(-3 * n - 1)) for n in range(5)])
        made.add([an_article("o-1", "theater"), an_article("o-2", "fussball")])
        yield made


@pytest.fixture
def reader(path: Path, rec: Recommender) -> Iterator[Reader]:
    made = Reader(path)
    try:
        assert made.ids("b-0") == [*rec.recommend("b-0", at=NOON).ids]
        yield made
    finally:
        made.process.kill()
        made.process.communicate()


def same_answers(rec: Recommender, reader: Reader, name: str = "b-0") -> bool:
    here = [
        [entry.article.id, entry.score, entry.semantic, [*entry.shared_words]]
        for entry in rec.recommend(name, at=NOON, k=9)
    ]
    answer: list[Any] = reader.ask(name, k=9)
    assert answer == here
    return bool(here)


def test_another_process_sees_new_articles_and_versions(rec: Recommender, reader: Reader) -> None:
    rec.add([about("b-5", published_at=hours(-0.5))])
    assert "b-5" in (reader.ids("b-0", k=9) or [])
    assert same_answers(rec, reader)
    assert same_answers(rec, reader, "b-5")
    rec.add([an_article("b-5", "theater", 4, 5, version=2)])
    assert "b-5" not in (reader.ids("b-0", k=9) or [])
    assert same_answers(rec, reader)


def test_another_process_sees_retractions_and_their_end(rec: Recommender, reader: Reader) -> None:
    rec.precompute(at=NOON)
    assert "b-1" in (reader.ids("b-0", k=9, stored=True) or [])
    rec.retract("b-1")
    assert "b-1" not in (reader.ids("b-0", k=9) or [])
    assert "b-1" not in (reader.ids("b-0", k=9, stored=True) or [])
    assert reader.ids("b-1", stored=True) is None
    rec.reinstate("b-1")
    assert "b-1" in (reader.ids("b-0", k=9) or [])


def test_another_process_sees_rules_come_and_go(rec: Recommender, reader: Reader) -> None:
    number = rec.add_rule(Block("b-2"))
    assert "b-2" not in (reader.ids("b-0", k=9) or [])
    rec.remove_rule(number)
    assert "b-2" in (reader.ids("b-0", k=9) or [])


def test_another_process_adopts_a_refitted_model(rec: Recommender, reader: Reader) -> None:
    before = reader.ask("b-0", k=9)
    rec.add(filler(1_100))
    assert rec.store.counts()["vectors"] == 1_107
    assert same_answers(rec, reader)
    after = reader.ask("b-0", k=9)
    assert any(entry[2] for entry in after)
    assert not any(entry[2] for entry in before)


def test_another_process_reads_a_rebuilt_store_with_its_new_vocabulary(
    rec: Recommender, reader: Reader
) -> None:
    rec.add([an_article("a-first", "theater", 6, 7)])
    rec.rebuild()
    assert same_answers(rec, reader)


def test_a_killed_writer_has_lost_nothing_that_it_had_acknowledged(path: Path) -> None:
    expected = 0
    for _ in range(2):
        writer = start(_ENDLESS_WRITER, path)
        assert writer.stdout
        acknowledged = [int(writer.stdout.readline()) for _ in range(2)]
        writer.send_signal(signal.SIGKILL)
        rest, _ = writer.communicate()
        acknowledged += [int(line) for line in rest.split()]
        expected = max(expected, *acknowledged)
        with Recommender.open(path, create=False) as rec:
            stored = rec.store.counts()["articles"]
            assert stored >= expected
            assert stored % 1_000 == 0
            assert rec.store.integrity() == []
            assert rec.recommend("f-7", at=NOON, policy=plain(fill="newest")).entries
            known = rec.store.articles(f"f-{n}" for n in range(expected))
            assert [*known.values()] == filler(expected)


def test_a_site_goes_on_after_its_writer_was_killed(path: Path) -> None:
    writer = start(_ENDLESS_WRITER, path)
    assert writer.stdout
    writer.stdout.readline()
    writer.kill()
    writer.communicate()
    with Recommender.open(path, policy=RELATED) as rec:
        rec.add([about("b-0"), about("b-1", published_at=hours(-2))])
        assert rec.recommend("b-0", at=NOON).ids[:1] == ("b-1",)
        rec.precompute(at=NOON, ids=["b-0"])
        assert rec.retract("b-1").lists.keys() == {"b-0"}
        assert rec.store.integrity() == []


def test_two_processes_that_write_at_once_queue_and_share_one_vocabulary(path: Path) -> None:
    Recommender.open(path).close()
    writers = [start(_TEN_WRITES, path, name) for name in ("x", "y")]
    for writer in writers:
        writer.communicate()
    assert [writer.returncode for writer in writers] == [0, 0]
    with Recommender.open(path, policy=RELATED) as rec:
        assert rec.store.counts()["articles"] == 20
        assert rec.store.integrity() == []
        terms = rec.store.terms()
        assert len({*terms}) == len(terms)
        for name in ("x-3", "y-7"):
            words = {word for entry in rec.recommend(name, at=NOON) for word in entry.shared_words}
            assert words <= {"Brücke", "Elmse", "Gutachten", "gesperrt", "bleibt", "Wort"}
