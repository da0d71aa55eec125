"""The best at a moment: certified search, the full scan, and the usual "similar first, then dates".

Every contestant answers for the same sources; articles are stored in order of arrival.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from synthetic import site
from timing import Row, Section

from relnews.corpus import NEVER
from relnews.index.moment import Near, Timeline, search
from relnews.rank.freshness import freshness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    Rows = npt.NDArray[np.intp]
    Values = npt.NDArray[np.float32]
    Answer = tuple[Rows, Values]

K = 10
POOLS = (100, 300)
SOURCES = 1000
FLOOR = 0.3
HALF_LIVES_DAYS = (1, 3, 7, 30)
SHORTLISTS = (100, 1000)
GRAPH_UP_TO = 100_000
SOURCES_AT_ONCE = 50
TARGETS = {1_000_000: "1/40", 100_000: "1/12"}


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """Vectors in order of arrival, their ages now, and how fast they grow stale."""

    vectors: Values
    ages: npt.NDArray[np.float64]
    timeline: Timeline
    half_life_hours: float

    def fresh(self, ages: npt.NDArray[np.float64]) -> Values:
        """Give the freshness of ages in hours."""
        return freshness(ages, self.half_life_hours, FLOOR)

    def rerank(self, rows: Rows, source: int) -> Answer:
        """Weigh the most similar by their dates."""
        similar = np.maximum(self.vectors[rows] @ self.vectors[source], 0)
        scores = similar * self.fresh(self.ages[rows])
        scores[rows == source] = 0
        return first(rows, scores)

    def scan(self, source: int) -> Answer:
        """Score everything."""
        scores = np.maximum(self.vectors @ self.vectors[source], 0) * self.fresh(self.ages)
        scores[source] = 0
        best = np.argpartition(scores, len(scores) - K)[len(scores) - K :]
        return best, scores[best]

    def certified(self, source: int, near: Near) -> Answer:
        """Search the pool, then the newest, as far as the certificate asks."""

        def look(rows: Rows, least_freshness: float) -> Answer:
            fresh = self.fresh(self.ages[rows])
            able = (fresh >= least_freshness) & (rows != source)
            rows, fresh = rows[able], fresh[able]
            similar = np.maximum(self.vectors[rows] @ self.vectors[source], 0)
            return rows, (similar * fresh)[None]

        found = search(look, near, [self.walk()], K, len(self.ages))
        assert found is not None  # noqa: S101  # the patience is that of a full scan
        return first(found.rows, found.values[0])

    def walk(self) -> Iterator[tuple[float, Rows]]:
        """Yield blocks of rows, newest first, with the freshness of the newest."""
        for date, rows in self.timeline.newest(0):
            yield float(self.fresh(np.array([-date / 3600]))[0]), rows


def first(rows: Rows, scores: Values) -> Answer:
    """Give the K best."""
    best = np.argpartition(scores, len(scores) - K)[len(scores) - K :]
    return rows[best], scores[best]


def measure(quick: bool) -> list[Section]:  # noqa: FBT001  # the folder's convention
    """Measure at 100,000 and at a million articles; at 20,000 when in a hurry."""
    sizes = (20_000,) if quick else (100_000, 1_000_000)
    return [section for n in sizes for section in _measure(n, 100 if quick else SOURCES)]


def _measure(n: int, n_sources: int) -> Iterator[Section]:
    drawn = site(n)
    arrival = np.argsort(-drawn.age_hours)
    vectors, ages = drawn.vectors[arrival], drawn.age_hours[arrival]
    del drawn
    seconds = -np.floor(ages * 3600).astype(np.int64)
    timeline = Timeline(np.arange(n), seconds, np.full(n, NEVER))
    sources = np.random.default_rng(1).choice(n, n_sources, replace=False)
    pools = {size: _pools(vectors, sources, size) for size in POOLS}
    shortlists, asking = _shortlists(vectors, sources)
    for days in HALF_LIVES_DAYS:
        moment = Moment(vectors, ages, timeline, days * 24.0)
        rows = _contest(moment, sources, pools, shortlists, asking)
        pipeline = "" if shortlists else "; no graph beside it: building one takes too long here"
        yield Section(
            f"Best {K} at a moment, {n:,} articles, half-life {days} days",
            f"{n_sources:,} sources, {vectors.shape[1]} dimensions, freshness floor {FLOOR}, "
            f"median CPU time of one source{pipeline}.",
            f"certified: equal in all sources, at most {TARGETS.get(n, '-')} of the full scan",
            rows,
        )


def _pools(vectors: Values, sources: Rows, size: int) -> list[Near]:
    """Make the exact pools of the sources alone."""
    pools = []
    for start in range(0, len(sources), SOURCES_AT_ONCE):
        some = sources[start : start + SOURCES_AT_ONCE]
        for source, similar in zip(some, vectors[some] @ vectors.T, strict=True):
            similar[source] = -np.inf
            best = np.argpartition(similar, len(similar) - size - 1)[-size - 1 :]
            best = best[np.argsort(similar[best])]
            pools.append(Near(best[1:], float(similar[best[0]]) + 1e-6))
    return pools


def _contest(
    moment: Moment,
    sources: Rows,
    pools: dict[int, list[Near]],
    shortlists: dict[int, list[Rows]],
    asking: dict[int, Values],
) -> list[Row]:
    """Answer for each source in turn by every way; recall is against the full scan."""
    names = ["full scan", *(f"certified, pools of {size}" for size in pools)]
    names += [f"HNSW top {size}, dates" for size in shortlists]
    seconds = np.zeros((len(names), len(sources)))
    recalls = np.zeros_like(seconds)
    for place, source in enumerate(sources.tolist()):
        ways: list[Callable[[], Answer]] = [
            partial(moment.scan, source),
            *(partial(moment.certified, source, near[place]) for near in pools.values()),
        ]
        ways += [partial(moment.rerank, lists[place], source) for lists in shortlists.values()]
        best: Values = np.zeros(0, np.float32)
        for number, way in enumerate(ways):
            start = time.thread_time()
            _, scores = way()
            seconds[number, place] = time.thread_time() - start
            best = scores if number == 0 else best
            recalls[number, place] = np.mean(scores >= best.min() - 1e-6)
    for number, size in enumerate(shortlists, start=1 + len(pools)):
        seconds[number] += asking[size]
    return [
        Row(
            name,
            float(np.median(seconds[number])),
            float(np.median(seconds[number] / seconds[0])),
            {
                f"recall@{K}": float(recalls[number].mean()),
                "equal": f"{int((recalls[number] == 1).sum())} of {len(sources)}",
                "99 % under (s)": float(np.quantile(seconds[number], 0.99)),
            },
        )
        for number, name in enumerate(names)
    ]


def _shortlists(vectors: Values, sources: Rows) -> tuple[dict[int, list[Rows]], dict[int, Values]]:
    """Ask a graph for the most similar, and time each question; nothing where it is too slow."""
    if len(vectors) > GRAPH_UP_TO:
        return {}, {}
    try:
        import hnswlib  # noqa: PLC0415  # a peer, which need not be installed
    except ImportError:
        print("hnswlib is not installed: no graph beside it")
        return {}, {}
    graph = hnswlib.Index(space="ip", dim=vectors.shape[1])
    graph.init_index(len(vectors), M=16, ef_construction=100, random_seed=0)
    graph.set_num_threads(1)
    graph.add_items(vectors, num_threads=1)
    lists: dict[int, list[Rows]] = {}
    asking: dict[int, Values] = {}
    for size in SHORTLISTS:
        graph.set_ef(2 * size)
        lists[size], asking[size] = [], np.zeros(len(sources), np.float32)
        for place, source in enumerate(sources):
            start = time.thread_time()
            found = graph.knn_query(vectors[source], size, num_threads=1)[0][0]
            asking[size][place] = time.thread_time() - start
            lists[size].append(found.astype(np.intp))
    return lists, asking
