"""What a user would pick instead of the library, on the real corpus: one by one, and all at once.

Each contestant has a process of its own, which loads what it needs, stays warm and is asked in
turn. Besides the seconds there is what they buy: nDCG@10 on editors' links.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from contestants import graph, library, mariadb, sparse
from contestants.material import Asked, K, Material
from contestants.process import ContestantProcess
from timing import Row, Section

from relnews import Recommender
from relnews.evaluate import Archive, load
from relnews.evaluate.ask.guards import guard
from relnews.evaluate.ask.tasks import make_tasks
from relnews.evaluate.catalogue import Catalogue
from relnews.evaluate.judged import Judged
from relnews.evaluate.metrics import NDCG
from relnews.lists import Asked as Draft
from relnews.lists import query_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt
    from contestants.material import Contestant, Rows

    from relnews.evaluate.load import Dataset
    from relnews.evaluate.truth import Question
    from relnews.mirror import Mirror

    Times = npt.NDArray[np.float64]
    Facts = dict[str, float | str]

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "fang"
BLOCK = 20
"""Queries of one contestant in a row: each finds the processor's caches full of another's."""

SAMPLE = 2_000
LONGEST_SECONDS = 120.0
"""Who would need longer for all articles is measured on the sample."""

TXTAI = "txtai (its installation brings torch with CUDA)"


class Entry(NamedTuple):
    """A contestant: its names in both tables (empty: not there), and what it needs installed.

    `sample` is on how many sources it is tried before all are asked for; 0 spares the trial, for
    those whose time is not proportional to the number of lists.
    """

    one: str
    many: str
    make: Callable[[Material], Contestant]
    package: str = ""
    sample: int = SAMPLE

    @property
    def name(self) -> str:
        """What it is called where there is one name."""
        return self.many or self.one


ENTRIES = (
    Entry("relnews: recommend", "relnews: precompute", library.Library, sample=0),
    Entry("bm25s", "bm25s", sparse.Bm25s, "bm25s"),
    Entry("scikit-learn: linear_kernel", "scikit-learn: NearestNeighbors", sparse.ScikitLearn),
    Entry("", "sparse_dot_topn, top 100", sparse.SparseDotTopN, "sparse_dot_topn"),
    Entry("faiss HNSW", "faiss HNSW, build included", graph.FaissHnsw, "faiss", sample=0),
    Entry("MariaDB FULLTEXT", "MariaDB FULLTEXT", mariadb.MariaDb, "pymysql", sample=100),
)


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """What is asked, and what may be shown.

    `allowed` marks by question the rows of the source's outlet that were live at its moment.
    """

    material: Material
    n_articles: int
    questions: list[Question]
    asked: list[Asked]
    allowed: list[npt.NDArray[np.bool_]]
    catalogue: Catalogue


def measure(quick: bool) -> list[Section]:  # noqa: FBT001  # as every section's
    """Measure all contestants that are there; seconds of one query, and of all lists."""
    if not DATA.is_dir():
        print(f"peers: left out, they need the evaluation corpus in {DATA}")
        return []
    present = [entry for entry in ENTRIES if not _missing(entry)]
    absent = [TXTAI, *(_missing(entry) for entry in ENTRIES if _missing(entry))]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        site = prepare(Path(folder), 4_000 if quick else None)
        running = {
            entry: stack.enter_context(ContestantProcess(entry.make, Path(folder)))
            for entry in present
        }
        return measured(site, running, absent, 60 if quick else 200)


def _missing(entry: Entry) -> str:
    """Say what a contestant lacks; empty when it can run."""
    if entry.package and find_spec(entry.package) is None:
        return f"{entry.name} ({entry.package} is not installed)"
    if entry.make is mariadb.MariaDb and not mariadb.server():
        return f"{entry.name} (neither mariadbd nor mysqld is on the path)"
    return ""


def prepare(folder: Path, newest: int | None) -> Site:
    """Write the material of all articles, or the newest, and the questions about them."""
    data = load(DATA)
    if newest is not None:
        dated = sorted(data.articles, key=lambda one: (one.published_at is not None, one.id))
        dated.sort(key=lambda one: one.published_at.timestamp() if one.published_at else 0.0)
        data = replace(data, articles=tuple(dated[-newest:]))
    material = Material(folder)
    with Recommender.open(material.database) as rec:
        rec.add(data.articles)
        mirror = rec.mirror
        mirror.refresh()
        text_of = {one.id: (one.headline, one.body) for one in data.articles}
        material.write(mirror, [text_of[name] for name in mirror.corpus.ids])
        return _asked(data, material, mirror)


def _asked(data: Dataset, material: Material, mirror: Mirror) -> Site:
    archive = Archive(data.articles)
    catalogue = Catalogue(archive)
    (task,) = make_tasks(data.truth, archive, np.random.default_rng(0), names=("links",), k=K)
    questions = [one for one in guard(task.questions, catalogue).questions if one.gains]
    asked, allowed = [], []
    corpus = mirror.corpus
    for question in questions:
        draft = Draft(question.source, question.at, K, frozenset(question.ignored), stored=False)
        query = query_of(mirror, draft)
        weights = mirror.lexical.document_weights(query.document)
        asked.append(Asked(question.source, question.at, weights, query.semantic, draft.exclude))
        outlet = corpus.names["source"].find(question.source.source)
        may = (corpus["published"] <= query.at) & (corpus["source"] == outlet)
        hidden = [question.source.id, *question.ignored]
        may[[corpus.row_of[name] for name in hidden if name in corpus.row_of]] = False
        allowed.append(may)
    return Site(material, len(corpus), questions, asked, allowed, catalogue)


def measured(
    site: Site, running: Mapping[Entry, ContestantProcess], absent: Sequence[str], n: int
) -> list[Section]:
    """Time one by one and all at once, judge the lists, and make both tables."""
    draws = np.random.default_rng(0).permutation(site.n_articles)
    times = in_turn({e: p for e, p in running.items() if e.one}, draws[: n + BLOCK])
    peaks = {entry: process.peak_gib() for entry, process in running.items()}
    at_once = {
        entry: all_at_once(process, site.n_articles, draws[: entry.sample])
        for entry, process in running.items()
        if entry.many
    }
    peaks_at_once = {entry: process.peak_gib() for entry, process in running.items()}
    quality = {entry: ndcg(process, site) for entry, process in running.items()}
    singles, bulk = [], []
    for entry, process in running.items():
        facts: Facts = {f"nDCG@{K}": quality[entry]}
        if entry.one:
            seconds = times[entry]
            own = facts | {"peak GiB": peaks[entry], "ready after s": process.ready_seconds}
            singles.append(single_row(entry.one, seconds, times[next(iter(times))], own))
        if entry.many:
            own = facts | {"peak GiB": peaks_at_once[entry]}
            whole = at_once[next(iter(at_once))][0]
            bulk.append(bulk_row(entry.many, at_once[entry], whole, site.n_articles, own))
    return [_one_by_one(site, singles, absent, n), _together(site, bulk, absent)]


def in_turn(running: Mapping[Entry, ContestantProcess], rows: Rows) -> dict[Entry, Times]:
    """Ask all for the same rows, a block each in turn; seconds by block, shape (blocks, 20)."""
    found: dict[Entry, list[list[float]]] = {entry: [] for entry in running}
    for start in range(0, len(rows) - BLOCK + 1, BLOCK):
        block = rows[start : start + BLOCK].tolist()
        for entry, process in running.items():
            found[entry].append(process.one(block))
    return {entry: np.array(blocks[1:]) for entry, blocks in found.items()}  # the first warms up


def all_at_once(process: ContestantProcess, n: int, sample: Rows) -> tuple[float, str]:
    """Give the seconds of all n lists, and on how many they were measured."""
    if len(sample):
        whole = process.many(sample) / len(sample) * n
        if whole > LONGEST_SECONDS:
            return whole, f"{len(sample):,}"
    return process.many(np.arange(n)), "all"


def ndcg(process: ContestantProcess, site: Site) -> float:
    """Give the mean nDCG@10 of a contestant's lists on editors' links."""
    ids, values = site.material.ids(), []
    rankings = process.rankings(site.asked)
    for question, ranking, may in zip(site.questions, rankings, site.allowed, strict=True):
        shown = tuple(ids[row] for row in first_allowed(ranking, may))
        values.append(NDCG(K).of(Judged(question, shown, K, site.catalogue)))
    return float(np.mean(values)) if values else float("nan")


def first_allowed(ranking: Rows, allowed: npt.NDArray[np.bool_]) -> list[int]:
    """Give the first ten rows of a ranking that may be shown."""
    return [int(row) for row in ranking[allowed[ranking]][:K]]


def single_row(name: str, times: Times, reference: Times, facts: Facts) -> Row:
    """Give the median query; the ratio is the median of the blocks' ratios."""
    ratios = np.median(times, axis=1) / np.median(reference, axis=1)
    return Row(name, float(np.median(times)), float(np.median(ratios)), facts)


def bulk_row(name: str, found: tuple[float, str], reference: float, n: int, facts: Facts) -> Row:
    """Give the seconds of all n lists, and how many that is a second."""
    seconds, measured_on = found
    rate: Facts = {"lists/s": n / seconds, "measured on": measured_on}
    return Row(name, seconds, seconds / reference, rate | facts)


def _one_by_one(site: Site, rows: list[Row], absent: Sequence[str], n: int) -> Section:
    setting = (
        f"{_corpus(site)}; the ten most related others of {n} random articles, warm, in blocks"
        f" of {BLOCK} in turn; median. Ready: reading and indexing; relnews only opens its"
        f" database. Peak: a fresh process (MariaDB: its server). MariaDB is asked for headline"
        f" and 20 most frequent words. {_judged(site)} Left out: {', '.join(absent)}."
    )
    target = "relnews no slower than a bare search, with better lists"
    return Section("Peers, one query at a time", setting, target, rows)


def _together(site: Site, rows: list[Row], absent: Sequence[str]) -> Section:
    setting = (
        f"{_corpus(site)}; lists for all, one core. relnews' are 20 deep, complete and stored,"
        f" sparse_dot_topn's 100 deep, others' 10. Who needs over {LONGEST_SECONDS:g} s is"
        f" extrapolated from what it was measured on. bm25s and MariaDB go one by one."
        f" {_judged(site)} Left out: {', '.join(absent)}."
    )
    return Section(
        "Peers, all at once",
        setting,
        "relnews no slower than the bare product of its tf-idf rows",
        rows,
    )


def _corpus(site: Site) -> str:
    return f"{site.n_articles:,} German articles"


def _judged(site: Site) -> str:
    return (
        f"nDCG@{K}: {len(site.questions)} articles without their links, held against what editors"
        " linked; every contestant has the whole corpus in its index, and shows of its ranking"
        " what was live at the moment and of the outlet."
    )
