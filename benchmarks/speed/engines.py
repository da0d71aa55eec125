"""Which engine carries an approximate index: speed at equal recall, filters, copies, deletes.

Every engine answers one query at a time on one thread, as a recommender asks. The reference is a
plain scan of all vectors in numpy.
"""

from __future__ import annotations

import importlib
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from synthetic import site
from timing import Row, Section, interleaved

if TYPE_CHECKING:
    from collections.abc import Callable

Vectors = np.ndarray[tuple[int, int], np.dtype[np.float32]]
Rows = np.ndarray[tuple[int], np.dtype[np.int64]]
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]

K = 10
WANTED_RECALL = 0.99
N_COPIES, N_AMONG = 400, 5_000
"""The trap of the field notes: so many identical vectors beside so many different ones."""


@dataclass(frozen=True, slots=True)
class Built:
    """An engine over vectors.

    `search(query, k, effort, allowed)` gives rows, nearest first, -1 where there is none. Under a
    filter that keeps a share of the rows an engine makes 1 / share of the effort; one without a
    filter of its own is asked for k / share rows, and what is not allowed is dropped.
    `remove` deletes rows; None when the engine cannot.
    """

    search: Callable[[Vectors, int, int, Mask | None], Rows]
    remove: Callable[[Rows], object] | None


def scan(vectors: Vectors) -> Built:
    """Multiply by everything: exact, and what any engine must beat."""

    def search(query: Vectors, k: int, _effort: int, allowed: Mask | None) -> Rows:
        similarity = vectors @ query
        if allowed is not None:
            similarity[~allowed] = -np.inf
        best: Rows = np.argpartition(-similarity, k)[:k]
        return best[np.argsort(-similarity[best])]

    return Built(search, None)


def faiss_ivf(vectors: Vectors) -> Built:
    """Make lists around 8 sqrt(n) centroids; the filter is a bitmap, read before a product."""
    faiss = importlib.import_module("faiss")
    n, d = vectors.shape
    n_lists = min(int(8 * n**0.5), n // 20)
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(d),
        d,
        n_lists,
        faiss.ScalarQuantizer.QT_fp16,
        faiss.METRIC_INNER_PRODUCT,
        False,
    )
    index.cp.niter = 6
    index.cp.min_points_per_centroid = 1
    index.cp.max_points_per_centroid = 20
    index.train(vectors)
    index.add(vectors)
    return Built(partial(_ask_faiss, faiss.SearchParametersIVF, "nprobe", index), index.remove_ids)


def faiss_hnsw(vectors: Vectors) -> Built:
    """Make a graph; the filter decides which of the visited points are kept."""
    faiss = importlib.import_module("faiss")
    index = faiss.IndexHNSWFlat(vectors.shape[1], 16, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = 100
    index.add(vectors)
    return Built(partial(_ask_faiss, faiss.SearchParametersHNSW, "efSearch", index), None)


def _ask_faiss(  # noqa: PLR0913, PLR0917  # the first three make it a search
    kind: Any,  # noqa: ANN401
    dial: str,
    index: Any,  # noqa: ANN401
    query: Vectors,
    k: int,
    effort: int,
    allowed: Mask | None,
) -> Rows:
    faiss = importlib.import_module("faiss")
    given: dict[str, Any] = {dial: effort}
    if allowed is not None:
        given[dial] = _harder(effort, allowed)
        given["sel"] = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
    rows: Rows = index.search(query[None], k, params=kind(**given))[1][0]
    return rows


def hnswlib(vectors: Vectors) -> Built:
    """Make a graph; the filter is a Python function, called for each visited point."""
    engine = importlib.import_module("hnswlib")
    index = engine.Index("ip", vectors.shape[1])
    index.init_index(len(vectors), M=16, ef_construction=100)
    index.set_num_threads(1)
    index.add_items(vectors)

    def search(query: Vectors, k: int, effort: int, allowed: Mask | None) -> Rows:
        index.set_ef(max(effort, k))
        passes = None if allowed is None else lambda row: bool(allowed[row])
        try:
            rows: Rows = index.knn_query(query, k, num_threads=1, filter=passes)[0][0]
        except RuntimeError:  # it found fewer than k, and then gives none
            return np.full(k, -1)
        return rows.astype(np.int64)

    return Built(search, lambda rows: [index.mark_deleted(row) for row in rows.tolist()])


def usearch(vectors: Vectors) -> Built:
    """Make a graph that has no filter in Python."""
    engine = importlib.import_module("usearch.index")
    index = engine.Index(
        ndim=vectors.shape[1], metric="ip", dtype="f32", connectivity=16, expansion_add=100
    )
    index.add(np.arange(len(vectors)), vectors, threads=1)

    def search(query: Vectors, k: int, effort: int, _allowed: Mask | None) -> Rows:
        index.expansion_search = effort
        return np.asarray(index.search(query, k, threads=1).keys, np.int64)

    return Built(partial(_filtered_afterwards, search), index.remove)


def voyager(vectors: Vectors) -> Built:
    """Make a graph that has no filter."""
    engine = importlib.import_module("voyager")
    index = engine.Index(
        engine.Space.InnerProduct, vectors.shape[1], M=16, ef_construction=100, random_seed=1
    )
    index.add_items(vectors, num_threads=1)

    def search(query: Vectors, k: int, effort: int, _allowed: Mask | None) -> Rows:
        return np.asarray(index.query(query, k, 1, max(effort, k))[0], np.int64)

    return Built(
        partial(_filtered_afterwards, search),
        lambda rows: [index.mark_deleted(row) for row in rows.tolist()],
    )


def _filtered_afterwards(
    search: Callable[[Vectors, int, int, Mask | None], Rows],
    query: Vectors,
    k: int,
    effort: int,
    allowed: Mask | None,
) -> Rows:
    if allowed is None:
        return search(query, k, effort, None)
    rows = search(query, _harder(k, allowed), _harder(effort, allowed), None)
    return rows[allowed[rows]][:k]


def _harder(effort: int, allowed: Mask) -> int:
    return min(int(effort / allowed.mean()), len(allowed))


ENGINES: dict[str, Callable[[Vectors], Built]] = {
    "faiss IVF": faiss_ivf,
    "faiss HNSW": faiss_hnsw,
    "hnswlib": hnswlib,
    "usearch": usearch,
    "voyager": voyager,
}


@dataclass(frozen=True, slots=True)
class Trial:
    """Queries over vectors with the rows that must be found, and who asks how hard."""

    queries: Vectors
    truth: list[set[int]]
    allowed: Mask | None = None

    def recall(self, built: Built, effort: int) -> float:
        """Give the mean share of the true K nearest that an engine finds."""
        found = [built.search(query, K, effort, self.allowed) for query in self.queries]
        pairs = zip(found, self.truth, strict=True)
        return float(np.mean([len(true & set(rows.tolist())) / K for rows, true in pairs]))

    def run(self, built: Built, effort: int) -> None:
        """Ask everything once."""
        for query in self.queries:
            built.search(query, K, effort, self.allowed)


def a_trial(vectors: Vectors, queries: Vectors, allowed: Mask | None = None) -> Trial:
    """Find what is true by a scan."""
    exact = scan(vectors)
    truth = [set(exact.search(query, K, 0, allowed).tolist()) for query in queries]
    return Trial(queries, truth, allowed)


def measure(quick: bool, names: tuple[str, ...] = tuple(ENGINES)) -> list[Section]:  # noqa: FBT001
    """Compare the engines that are installed."""
    n, n_queries, rounds = (10_000, 50, 3) if quick else (100_000, 200, 5)
    vectors = site(n).vectors
    rng = np.random.default_rng(1)
    queries = _near(vectors[rng.choice(n, n_queries, replace=False)], rng)
    plain = a_trial(vectors, queries)
    contestants: dict[str, tuple[Built, int]] = {"scan": (scan(vectors), 0)}
    facts: dict[str, dict[str, float | str]] = {"scan": {"build s": 0.0, "recall@10": 1.0}}
    for name in names:
        start = time.perf_counter()
        try:
            built = ENGINES[name](vectors)
        except ImportError:
            facts[name] = {"build s": "not installed"}
            continue
        facts[name] = {"build s": time.perf_counter() - start}
        contestants[name] = built, _least_effort(built, plain)
    everyone = partial(_section, contestants=contestants, rounds=rounds)
    sections = [everyone("Vector engines: all rows", f"{n:,} x 256, a query at a time", plain)]
    _add_facts(sections[0], facts)
    plainly = dict(contestants)
    for share in (0.1, 0.01):
        trial = a_trial(vectors, queries, rng.random(n) < share)
        title = f"Vector engines: a filter that keeps {share:.0%}"
        for name in [*contestants][1:]:
            built, effort = plainly[name]
            contestants[name] = built, _least_effort(built, trial, effort, 8 * effort)
        sections.append(everyone(title, "up to 8 times the effort, if the recall asks it", trial))
    return [*sections, _copies([*contestants][1:], vectors), _deletes(plainly, plain)]


def _near(vectors: Vectors, rng: np.random.Generator) -> Vectors:
    """Move vectors a little, so that no query is a stored row."""
    moved = vectors + rng.standard_normal(vectors.shape, np.float32) * np.float32(0.01)
    near: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return near


def _least_effort(built: Built, trial: Trial, effort: int = 8, most: int = 4096) -> int:
    """Double the effort (lists probed, points kept) until the recall is as wanted."""
    while effort < most and trial.recall(built, effort) < WANTED_RECALL:
        effort *= 2
    return effort


def _section(
    title: str,
    setting: str,
    trial: Trial,
    contestants: dict[str, tuple[Built, int]],
    rounds: int,
) -> Section:
    runs = {name: partial(trial.run, *asked) for name, asked in contestants.items()}
    rows = []
    for name, row in interleaved(runs, rounds).items():
        built, effort = contestants[name]
        facts: dict[str, float | str] = {"effort": effort, "recall@10": trial.recall(built, effort)}
        rows.append(Row(name, row.seconds / len(trial.queries), row.ratio, facts))
    return Section(title, setting, f"recall@10 >= {WANTED_RECALL}", rows)


def _add_facts(section: Section, facts: dict[str, dict[str, float | str]]) -> None:
    for place, row in enumerate(section.rows):
        section.rows[place] = replace(row, facts=facts[row.name] | row.facts)
    done = {row.name for row in section.rows}
    missing = [Row(name, np.nan, np.nan, facts[name]) for name in facts if name not in done]
    section.rows.extend(missing)


def _copies(names: list[str], vectors: Vectors) -> Section:
    """Ask for other rows, with 400 identical vectors among them and without, at one effort."""
    others = vectors[:N_AMONG]
    copied = np.concatenate([others, np.repeat(vectors[:1], N_COPIES, axis=0)])
    queries = _near(others[1:201], np.random.default_rng(2))
    without, beside = a_trial(others, queries), a_trial(copied, queries)
    rows = []
    for name in names:
        plain, built = ENGINES[name](others), ENGINES[name](copied)
        effort = _least_effort(plain, without)
        start = time.perf_counter()
        beside.run(built, effort)
        seconds = (time.perf_counter() - start) / len(queries)
        facts: dict[str, float | str] = {
            "effort": effort,
            "recall without": without.recall(plain, effort),
            "recall with": beside.recall(built, effort),
        }
        rows.append(Row(name, seconds, np.nan, facts))
    setting = f"{N_COPIES} identical vectors among {N_AMONG + N_COPIES:,}, asked for the others"
    return Section("Vector engines: copies", setting, "no recall lost by the copies", rows)


def _deletes(contestants: dict[str, tuple[Built, int]], trial: Trial) -> Section:
    """Delete what was found first, and ask again."""
    rows = []
    for name, (built, effort) in contestants.items():
        if name == "scan":
            continue
        gone = np.array(sorted(set().union(*trial.truth)), np.int64)
        start = time.perf_counter()
        if built.remove is not None:
            built.remove(gone)
        seconds = time.perf_counter() - start
        back = sum(
            len(set(built.search(query, K, effort, None).tolist()) & set(gone.tolist()))
            for query in trial.queries
        )
        came_back = "cannot delete" if built.remove is None else str(back)
        rows.append(Row(name, seconds, np.nan, {"deleted rows found again": came_back}))
    return Section("Vector engines: deletes", "the true results deleted", "none comes back", rows)
