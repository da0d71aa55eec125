"""Lists made by several processes: those that one makes, whoever dies on the way."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import joblib
import pytest
from joblib.parallel import register_parallel_backend

from newsroom import NOON, about, an_article, hours, plain
from relnews import Mmr, Policy, Recommender
from relnews.batch import run as batch_run
from relnews.batch.making import Maker
from relnews.errors import InvalidQuery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relnews.protocols import Selection, Values
    from relnews.store import StoredList

RELATED = plain(relevance_floor=0.0)
N_ARTICLES = 40


@dataclass(frozen=True)
class Deadly:
    """A selector that kills its process the first time it is used, outside of that of a test."""

    mark: str
    spared: int

    def begin(self, scores: Values) -> Selection:
        if os.getpid() != self.spared:
            try:
                Path(self.mark).touch(exist_ok=False)
            except FileExistsError:
                pass
            else:
                os.kill(os.getpid(), signal.SIGKILL)
        return Mmr(0.0).begin(scores)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_run, "LISTS_AT_ONCE", 8)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "news.db"
    with Recommender.open(path) as rec:
        rec.add(about(f"b-{n}", published_at=hours(-3 * n - 1)) for n in range(N_ARTICLES - 1))
        rec.add([an_article("t-0", "theater", no_list=True)])
    return path


def lists(path: Path, policy: Policy = RELATED, **asked: Any) -> list[tuple[Any, ...]]:
    """Make all lists anew and give them, but for when they were made and by what name."""
    with Recommender.open(path, policy=policy) as rec:
        with rec.store.write() as writer:
            writer.remove_lists(rec.store.listed_sources())
        report = rec.precompute(at=NOON, depth=6, **asked)
        assert report.made == N_ARTICLES
        assert report.changed == N_ARTICLES
        assert rec.store.unfinished_run() is None
        assert rec.store.integrity() == []
        return [
            (made.source_id, made.at, made.k, made.note, made.reach, made.rows)
            for made in rec.store.all_lists()
        ]


def test_two_processes_make_the_lists_that_one_makes(path: Path) -> None:
    alone = lists(path)
    assert sum(len(rows) for *_, rows in alone) > 5 * (N_ARTICLES - 1)
    done: list[int] = []
    assert lists(path, n_jobs=2, progress=lambda number, _: done.append(number)) == alone
    assert done == [8, 16, 24, 32, 40]


def test_some_lists_too(path: Path) -> None:
    alone = lists(path)
    with Recommender.open(path, policy=RELATED) as rec:
        report = rec.precompute(at=NOON, depth=6, ids=["b-3", "b-7"], n_jobs=2)
        assert (report.made, report.changed) == (2, 0)
        assert [made.rows for made in rec.store.all_lists()] == [rows for *_, rows in alone]


def test_a_killed_worker_does_no_harm(path: Path, tmp_path: Path) -> None:
    mark = tmp_path / "killed"
    deadly = plain(relevance_floor=0.0, selector=Deadly(str(mark), os.getpid()))
    assert lists(path, deadly, n_jobs=2) == lists(path)
    assert mark.exists()


def test_workers_that_always_die_are_an_error_and_leave_what_was_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_run, "_ROUNDS", 2)

    @dataclass(frozen=True)
    class Fatal:
        spared: int

        def begin(self, scores: Values) -> Selection:
            if os.getpid() != self.spared:
                os.kill(os.getpid(), signal.SIGKILL)
            return Mmr(0.0).begin(scores)

    fatal = plain(relevance_floor=0.0, selector=Fatal(os.getpid()))
    with pytest.raises(BrokenProcessPool):
        lists(path, fatal, n_jobs=2)
    with Recommender.open(path) as rec:
        assert rec.store.unfinished_run() == NOON
        assert rec.store.integrity() == []


def test_an_interrupted_run_of_two_processes_goes_on(path: Path) -> None:
    alone = lists(path)

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lists(path, n_jobs=2, progress=stop)
    with Recommender.open(path, policy=RELATED) as rec:
        assert rec.store.unfinished_run() == NOON
        assert rec.precompute(at=NOON, depth=6, n_jobs=2).made == N_ARTICLES - 8
        assert [made.rows for made in rec.store.all_lists()] == [rows for *_, rows in alone]


def test_threads_of_one_worker_take_turns(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As those of a dask worker do, which share one mirror."""
    alone = lists(path)
    alive, most, make = [0], [0], Maker.make

    def counted(maker: Maker, ids: Sequence[str]) -> list[StoredList]:
        alive[0] += 1
        most[0] = max(most[0], alive[0])
        try:
            threading.Event().wait(0.01)
            return make(maker, ids)
        finally:
            alive[0] -= 1

    monkeypatch.setattr(Maker, "make", counted)
    with joblib.parallel_config("threading"):
        assert lists(path, n_jobs=4) == alone
    assert most == [1]


class _AllAtTheEnd(joblib.parallel.BACKENDS["threading"]):  # type: ignore[misc]  # untyped
    """A backend that gives nothing before all is done, as those of Ray and Spark."""

    supports_return_generator = False


def test_a_backend_that_gives_all_at_the_end_makes_the_same_lists(path: Path) -> None:
    register_parallel_backend("all at the end", _AllAtTheEnd)
    alone = lists(path)
    with joblib.parallel_config("all at the end"):
        assert lists(path, n_jobs=2) == alone


def test_a_relative_path_is_found_from_anywhere(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    with Recommender.open(path.name) as rec:
        assert rec.store.url == str(path)


def test_workers_notice_that_another_database_lies_at_the_path(path: Path) -> None:
    lists(path, n_jobs=2)
    for part in path.parent.glob("news.db*"):
        part.unlink()
    with Recommender.open(path) as rec:
        rec.add(about(f"c-{n}", published_at=hours(-3 * n - 1)) for n in range(N_ARTICLES))
    assert lists(path, n_jobs=2) == lists(path)


@pytest.mark.parametrize("n_jobs", [2, -1])
def test_a_database_in_memory_is_refused_before_anything_happens(n_jobs: int) -> None:
    with Recommender.open(":memory:") as rec:
        rec.add([about("b-0")])
        before = rec.store.change()
        for ids in (None, ["b-0"]):
            with pytest.raises(InvalidQuery, match="that each can open, got ':memory:'"):
                rec.precompute(at=NOON, ids=ids, n_jobs=n_jobs)
        with pytest.raises(InvalidQuery, match="n_jobs must be a number of processes"):
            rec.precompute(at=NOON, n_jobs=0)
        assert rec.store.change() == before


def test_a_dask_cluster_makes_the_same_lists_when_a_worker_is_killed(
    path: Path, tmp_path: Path
) -> None:
    distributed = pytest.importorskip("distributed")
    mark = tmp_path / "killed"
    deadly = plain(relevance_floor=0.0, selector=Deadly(str(mark), os.getpid()))
    alone = lists(path)
    with (
        distributed.LocalCluster(
            n_workers=2,
            processes=True,
            threads_per_worker=1,
            dashboard_address=None,
            silence_logs=50,
        ) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config("dask"),
    ):
        assert lists(path, deadly, n_jobs=-1) == alone
    assert mark.exists()
