"""A run: what it has written stays, what it may not write it does not, and it counts right."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from newsroom import NOON, about, an_article, filler, hours, plain
from relnews import Block, Recommender
from relnews.batch import run as batch_run
from relnews.batch.making import Maker
from relnews.store import Writer
from relnews.types import BatchReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from relnews import Article
    from relnews.store import StoredList

RELATED = plain(relevance_floor=0.0)
N_ARTICLES, DEPTH = 24, 4
NAMES = [f"b-{number}" for number in range(N_ARTICLES)]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_run, "LISTS_AT_ONCE", 7)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "news.db"
    with Recommender.open(path) as rec:
        rec.add(about(name, published_at=hours(-3 * n - 1)) for n, name in enumerate(NAMES))
    return path


@pytest.fixture
def rec(path: Path) -> Iterator[Recommender]:
    with Recommender.open(path, policy=RELATED) as opened:
        yield opened


@pytest.fixture
def other(path: Path) -> Iterator[Recommender]:
    """Give another connection to the database of `rec`, as another process has one."""
    with Recommender.open(path, policy=RELATED) as opened:
        yield opened


def what_is_stored(rec: Recommender) -> dict[str, tuple[Any, ...]]:
    """Give the stored lists, but for when they were made."""
    return {
        made.source_id: (made.at, made.k, made.note, made.policy, made.reach, made.rows)
        for made in rec.store.all_lists()
    }


def holds_what_a_whole_run_makes(rec: Recommender) -> None:
    """Compare with lists that are all made again, at the weights as they are."""
    found = what_is_stored(rec)
    rec.precompute(at=NOON, depth=DEPTH, ids=sorted(found))
    assert found == what_is_stored(rec)
    assert rec.store.integrity() == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
@pytest.mark.parametrize("n_blocks", [1, 3])
def test_an_interrupted_run_keeps_what_it_wrote_and_goes_on(
    rec: Recommender, error: type[BaseException], n_blocks: int
) -> None:
    seen: list[tuple[int, int]] = []

    def watch(done: int, total: int) -> None:
        seen.append((done, total))
        if len(seen) == n_blocks:
            raise error

    assert rec.store.unfinished_run() is None
    with pytest.raises(error):
        rec.precompute(at=NOON, depth=DEPTH, progress=watch)
    assert seen == [(7 * block, N_ARTICLES) for block in range(1, n_blocks + 1)]
    assert rec.store.unfinished_run() == NOON
    kept = {made.source_id: made for made in rec.store.all_lists()}
    assert sorted(kept) == sorted(NAMES)[: 7 * n_blocks]

    weighing = rec.store.foundation().weighing
    report = rec.precompute(at=NOON, depth=DEPTH)
    assert report == BatchReport(N_ARTICLES - 7 * n_blocks, N_ARTICLES - 7 * n_blocks, 0.0)
    assert rec.store.unfinished_run() is None
    assert rec.store.foundation().weighing == weighing
    assert {made.source_id: made for made in rec.store.all_lists()}.items() >= kept.items()
    assert sorted(what_is_stored(rec)) == sorted(NAMES)
    holds_what_a_whole_run_makes(rec)


def test_a_run_that_others_outpace_says_what_is_due_and_stays_unfinished(rec: Recommender) -> None:
    def write(_done: int, _total: int) -> None:
        rec.add_rule(Block("nobody"))  # a new rule concerns every list

    report = rec.precompute(at=NOON, depth=DEPTH, progress=write)
    assert (report.made, report.due) == (N_ARTICLES, N_ARTICLES)
    assert rec.store.unfinished_run() == NOON
    again = rec.precompute(at=NOON, depth=DEPTH)
    assert (again.made, again.due) == (N_ARTICLES, 0)
    assert rec.store.unfinished_run() is None


def test_an_interrupted_run_that_another_one_overtakes_is_made_anew(rec: Recommender) -> None:
    """For another moment nothing of it fits."""

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rec.precompute(at=NOON, depth=DEPTH, progress=stop)
    assert rec.precompute(at=hours(1), depth=DEPTH).made == N_ARTICLES
    assert rec.store.unfinished_run() is None


def test_an_interrupted_run_takes_in_what_came_before_it_goes_on(rec: Recommender) -> None:
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rec.precompute(at=NOON, depth=DEPTH, progress=stop)
    rec.retract("b-1")
    rec.add([about("b-2", version=2, published_at=hours(-0.5))])
    rec.precompute(at=NOON, depth=DEPTH)
    assert "b-1" not in {row.target_id for made in rec.store.all_lists() for row in made.rows}
    assert sorted(what_is_stored(rec)) == sorted(NAMES)
    holds_what_a_whole_run_makes(rec)


_RUN = """
import sys
from newsroom import NOON, plain
from relnews import Recommender
from relnews.batch import run

run.LISTS_AT_ONCE = 7
with Recommender.open(sys.argv[1], policy=plain(relevance_floor=0.0), create=False) as rec:
    def tell(done, total):
        print(done, flush=True)
        sys.stdin.readline()
    rec.precompute(at=NOON, depth=4, progress=tell)
"""


def test_a_killed_run_keeps_what_it_acknowledged_and_goes_on(path: Path, rec: Recommender) -> None:
    folders = [str(Path(__file__).parent), *sys.path]
    with subprocess.Popen(  # noqa: S603  # our own script
        [sys.executable, "-c", _RUN, str(path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, folders))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdin
        assert running.stdout
        assert running.stdout.readline() == "7\n"
        print(file=running.stdin, flush=True)
        assert running.stdout.readline() == "14\n"
        running.send_signal(signal.SIGKILL)
    assert rec.store.integrity() == []
    assert rec.store.unfinished_run() == NOON
    assert rec.precompute(at=NOON, depth=DEPTH).made == N_ARTICLES - 14
    assert rec.store.unfinished_run() is None
    holds_what_a_whole_run_makes(rec)


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Give a way to have something happen once, after lists are made and before they are kept."""

    def happens(change: Callable[[], object]) -> None:
        make = Maker.make
        done: list[object] = []

        def make_and_change(maker: Maker, ids: Sequence[str]) -> list[StoredList]:
            made = make(maker, ids)
            if not done:
                done.append(change())
            return made

        monkeypatch.setattr(Maker, "make", make_and_change)

    return happens


def written_entries(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Give what any transaction writes, as it comes: (source, target)."""
    found: list[tuple[str, str]] = []
    put = Writer.put_lists

    def put_and_tell(writer: Writer, lists: Sequence[StoredList]) -> None:
        found.extend((made.source_id, row.target_id) for made in lists for row in made.rows)
        put(writer, lists)

    monkeypatch.setattr(Writer, "put_lists", put_and_tell)
    return found


_VANISHES: list[Callable[[Recommender], object]] = [
    lambda rec: rec.retract("b-1"),
    lambda rec: rec.add([about("b-1", version=2, status="withheld")]),
    lambda rec: rec.add([about("b-1", version=2, embargo_until=hours(1))]),
    lambda rec: rec.add([about("b-1", version=2, expires_at=NOON)]),
    lambda rec: rec.add([about("b-1", version=2, never_recommend=True)]),
    lambda rec: rec.add_rule(Block("b-1")),
]


@pytest.mark.parametrize("change", _VANISHES)
@pytest.mark.parametrize("some", [False, True])
def test_what_vanishes_between_making_and_writing_is_never_written(
    rec: Recommender,
    other: Recommender,
    between: Callable[[Callable[[], object]], None],
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Recommender], object],
    *,
    some: bool,
) -> None:
    rec.precompute(at=hours(-1), depth=DEPTH)
    assert any(row.target_id == "b-1" for made in rec.store.all_lists() for row in made.rows)
    between(lambda: change(other))
    found = written_entries(monkeypatch)
    report = rec.precompute(at=NOON, depth=DEPTH, ids=NAMES if some else None)
    assert report.made == N_ARTICLES
    assert "b-1" not in {target for _, target in found}
    assert sorted(what_is_stored(rec)) == sorted(NAMES)
    if not some:
        holds_what_a_whole_run_makes(rec)


def test_a_source_that_is_retracted_meanwhile_gets_no_entries(
    rec: Recommender,
    other: Recommender,
    between: Callable[[Callable[[], object]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    between(lambda: other.retract("b-0"))
    found = written_entries(monkeypatch)
    rec.precompute(at=NOON, depth=DEPTH, ids=["b-0", "b-1"])
    assert {source for source, _ in found} == {"b-1"}
    made = rec.store.related_list("b-0")
    assert made is not None
    assert made.note == "no list: the article was canceled or retracted"


_CHANGES: list[Callable[[Recommender], object]] = [
    lambda rec: rec.add([about("b-30", published_at=hours(-0.1))]),
    lambda rec: rec.add_rule(Block("b-1")),
    lambda rec: rec.refit(),
    lambda rec: rec.add(about(f"b-{n}", published_at=hours(-0.1)) for n in range(30, 40)),
]


@pytest.mark.parametrize("change", _CHANGES)
def test_what_another_process_writes_in_the_middle_is_in_every_list_at_the_end(
    rec: Recommender, other: Recommender, change: Callable[[Recommender], object]
) -> None:
    done: list[object] = []

    def watch(number: int, total: int) -> None:
        assert number <= total
        if len(done) == 1:
            change(other)
        done.append(None)

    rec.precompute(at=NOON, depth=DEPTH, progress=watch)
    whole = rec.store.whole()
    assert all(made.seen >= whole for made in rec.store.all_lists())
    assert rec.store.listed_sources() == sorted(rec.mirror.corpus.row_of)
    holds_what_a_whole_run_makes(rec)


def test_a_report_counts_lists_changes_and_churn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted by hand: three articles on one subject and one on another, two entries a list.

    At first all four lists are new, one of them empty. The newcomer is the freshest, so that it
    pushes one of two entries off three lists; its own is new. That of `t-0` stays empty.
    Once it is blocked, three of four lists with entries lose one of two.
    """
    monkeypatch.setattr("relnews.fitting.WEIGH_GROWTH", 9)
    monkeypatch.setattr("relnews.fitting.REFIT_GROWTH", 9)

    def bridge(number: int, age: float) -> Article:
        body = f"Gutachten Elmse Wort{number}"
        return an_article(
            f"b-{number}", headline="Brücke", body=body, published_at=hours(-age), section=""
        )

    with Recommender.open(":memory:", policy=plain(relevance_floor=0.0)) as rec:
        rec.add(bridge(number, 30 + number) for number in range(3))
        rec.add([an_article("t-0", "theater", headline="Oper", body="Tenor Chor", section="")])
        assert rec.precompute(at=NOON, depth=2) == BatchReport(made=4, changed=4, churn=0.0)
        assert rec.precompute(at=NOON, depth=2) == BatchReport(made=0, changed=0, churn=0.0)
        rec.add([bridge(3, 1)])
        newest = rec.precompute(at=NOON, depth=2, changed_since=NOON)
        assert newest == BatchReport(made=4, changed=4, churn=0.5)
        names = rec.store.listed_sources()
        assert rec.precompute(at=NOON, depth=2, ids=names) == BatchReport(5, 0, 0.0)
        rec.add_rule(Block("b-3"))
        assert rec.precompute(at=NOON, depth=2) == BatchReport(made=5, changed=3, churn=0.375)


def test_each_list_counts_once_however_often_it_is_written(
    rec: Recommender, other: Recommender
) -> None:
    done: list[int] = []

    def watch(number: int, total: int) -> None:
        done.append(number)
        assert total == N_ARTICLES
        if len(done) == 2:
            other.add_rule(Block("b-1"))

    report = rec.precompute(at=NOON, depth=DEPTH, progress=watch)
    assert report == BatchReport(N_ARTICLES, N_ARTICLES, 0.0)
    assert done == [7, 14, 21, 24, 24, 24]


def test_progress_names_the_lists_made_and_how_many_there_are() -> None:
    with Recommender.open(":memory:") as rec:
        rec.add(filler(20))
        seen: list[tuple[int, int]] = []
        rec.precompute(at=NOON, progress=lambda done, total: seen.append((done, total)))
        assert seen == [(7, 20), (14, 20), (20, 20)]
