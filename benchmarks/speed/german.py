"""The German corpus, oldest first, and blocks of its lists raced against its tf-idf product."""

from __future__ import annotations

import time
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from timing import Row

from relnews import Article, read
from relnews.batch.making import Maker
from relnews.batch.task import Task
from relnews.recommender import DEPTH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from relnews import Recommender

    Rows = np.ndarray[tuple[int], np.dtype[np.intp]]
    Contestants = dict[str, Callable[[Rows], object]]

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "fang"
PRODUCT, MADE, WRITTEN = "tf-idf product, top 100", "lists", "lists, written"
_TOP = 100
_BEGINNING = datetime.min.replace(tzinfo=UTC)


def articles() -> list[Article]:
    """Read the corpus, oldest first."""
    found = [one for one in read(DATA / "articles.jsonl.gz") if isinstance(one, Article)]
    return sorted(found, key=date)


def date(article: Article) -> datetime:
    """Give an article's date; the undated are older than all others."""
    return article.published_at or _BEGINNING


def contestants(rec: Recommender, at: datetime) -> Contestants:
    """Give the ways to answer for some rows; the product only where its library is installed."""
    mirror = rec.mirror
    mirror.refresh()
    maker = a_maker(rec, at)
    ways: Contestants = {
        MADE: lambda rows: maker.make(_ids(rec, rows)),
        WRITTEN: lambda rows: rec.precompute(at=at, ids=_ids(rec, rows)),
    }
    try:
        return {PRODUCT: _product(rec), **ways}
    except ImportError:
        return ways


def a_maker(rec: Recommender, at: datetime) -> Maker:
    """Give what makes lists of the usual depth at a moment without storing them."""
    return Maker(rec.store, rec.mirror, nullcontext(), Task(at, DEPTH, rec.policy))


def _ids(rec: Recommender, rows: Rows) -> Sequence[str]:
    return [rec.mirror.corpus.ids[row] for row in rows.tolist()]


def _product(rec: Recommender) -> Callable[[Rows], object]:
    """Set up the peer: the most similar by words alone, no dates, no rules, no reasons."""
    from sparse_dot_topn import sp_matmul_topn  # noqa: PLC0415  # a peer may be missing

    lexical = rec.mirror.lexical
    by_term = lexical.weights(rec.mirror.live_rows()).T.tocsr()
    return lambda rows: sp_matmul_topn(lexical.weights(rows), by_term, top_n=_TOP, n_threads=1)


def race(
    ways: Mapping[str, Callable[[Rows], object]], live: Rows, rounds: int, at_once: int
) -> dict[str, Row]:
    """Let all answer for the same random articles in turn, round after round.

    Parameters
    ----------
    ways
        By name; the first one is the reference.
    live
        The rows to draw from.
    rounds, at_once
        How often, after a first round that warms up, and for how many articles each.

    Returns
    -------
    dict
        By name: median wall seconds of a list, and the median ratio of CPU times, as processors
        are shared.
    """
    rng = np.random.default_rng(1)
    at_once = min(at_once, len(live))
    taken = np.zeros((rounds + 1, len(ways), 2))
    for turn in range(rounds + 1):
        rows = rng.choice(live, at_once, replace=False)
        for place, way in enumerate(ways.values()):
            taken[turn, place] = timed(partial(way, rows))
    wall, cpu = np.moveaxis(taken[1:] / at_once, 2, 0)
    ratios = np.median(cpu / cpu[:, :1], axis=0)
    return {
        name: Row(name, float(seconds), float(ratio), rates(float(seconds), float(busy)))
        for name, seconds, busy, ratio in zip(
            ways, np.median(wall, axis=0), np.median(cpu, axis=0), ratios, strict=True
        )
    }


def timed(run: Callable[[], object]) -> tuple[float, float]:
    """Give the wall and the CPU seconds of a call."""
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - wall, time.process_time() - cpu


def rates(wall: float, cpu: float, n_lists: int = 1) -> dict[str, float | str]:
    """Give lists per second of either clock."""
    return {"lists per second": n_lists / wall, "per CPU second": n_lists / cpu}
