"""All lists of the German corpus: how fast, as it grows, after changes, and as good as one by one.

Articles are added to a temporary database, the older ones first.
"""

from __future__ import annotations

import multiprocessing
import re
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import updates
from german import DATA, MADE, PRODUCT, articles, contestants, date, race, rates, timed
from threadpoolctl import threadpool_limits
from timing import Row, Section, interleaved

from relnews import Recommender
from relnews.evaluate import load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from relnews import Article

K = 10
ARRIVING = 60
MILLION = 1_000_000
QUICK = 3_000
_MIB_PER_KIB = 1 / 1024


def measure(quick: bool) -> list[Section]:  # noqa: FBT001  # the folder's convention
    """Measure on the whole corpus; on its 3,000 newest articles when in a hurry."""
    corpus = articles()[-QUICK:] if quick else articles()
    stored, arriving = corpus[:-ARRIVING], corpus[-ARRIVING:]
    at = date(corpus[-1]) + timedelta(minutes=1)
    with tempfile.TemporaryDirectory() as folder:
        url = f"{folder}/news.db"
        with Recommender.open(url) as rec:
            growth, rows = _growth(rec, stored, quick=quick)
        whole = _in_a_fresh_process(url, at, len(stored))
        with Recommender.open(url) as rec:
            rec.mirror.refresh()
            return [
                _all(rows, whole, len(stored)),
                growth,
                _two_processes(rec, at, 512 if quick else 2048),
                _quality(rec, at, 200 if quick else 500),
                *updates.measure(rec, arriving, at, whole),
            ]


def _growth(
    rec: Recommender, corpus: Sequence[Article], *, quick: bool
) -> tuple[Section, dict[str, Row]]:
    """Race while the corpus grows; give the section, and the rows of the whole corpus."""
    sizes = [len(corpus) // 4, len(corpus) // 2, len(corpus)]
    found: list[dict[str, Row]] = []
    for begin, end in zip([0, *sizes], sizes, strict=False):
        rec.add(corpus[begin:end])
        ways = contestants(rec, date(corpus[end - 1]))
        rounds, at_once = (2, 256) if quick else (8, 512) if end == len(corpus) else (4, 256)
        found.append(race(ways, rec.mirror.live_rows(), rounds, at_once))
    rows = [
        replace(rows[name], name=f"{name}, {size:,}", facts=rows[name].facts | extra)
        for name in found[0]
        if name in {PRODUCT, MADE}
        for size, rows, extra in zip(
            sizes, found, [{}, {}, _fitted(sizes, [rows[name] for rows in found])], strict=True
        )
    ]
    setting = "Seconds a list, nothing written; ratio to the product; fits of the CPU time of all."
    return Section("All lists, as the corpus grows", setting, "as the product", rows), found[-1]


def _fitted(sizes: Sequence[int], rows: Sequence[Row]) -> dict[str, float | str]:
    """Fit the CPU time of all lists: a power of n, and lists that cost a + b n each.

    The power tells what growing costs here; for a million the line is the better guess, since
    what does not grow with n is most of a list here and little of it there.
    """
    each = np.array([1 / float(row.facts["per CPU second"]) for row in rows])
    exponent, offset = np.polyfit(np.log(sizes), np.log(each * sizes), 1)
    slope, fixed = np.polyfit(sizes, each, 1)
    by_power = np.exp(offset + exponent * np.log(MILLION))
    return {
        "exponent": float(exponent),
        "CPU hours at 1,000,000: power": float(by_power / 3600),
        "line": float((fixed + slope * MILLION) * MILLION / 3600),
    }


def _in_a_fresh_process(url: str, at: datetime, n_lists: int) -> Row:
    """Make and store all lists where nothing else has used memory."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        wall, cpu, state, peak = pool.submit(_whole_run, url, at).result()
    facts: dict[str, float | str] = {
        **rates(wall, cpu, n_lists),
        "CPU s": cpu,
        "peak MiB": peak,
        "state MiB per 100,000": state / n_lists * 100_000,
    }
    return Row("the whole run, written", wall, np.nan, facts)


def _whole_run(url: str, at: datetime) -> tuple[float, float, float, float]:
    """Give wall and CPU seconds, what the open database takes, and the peak, both in MiB."""
    before = _memory("VmRSS")
    with threadpool_limits(1), Recommender.open(url, create=False) as rec:
        rec.mirror.refresh()
        state = _memory("VmRSS") - before
        wall, cpu = timed(lambda: rec.precompute(at=at))
    return wall, cpu, state, _memory("VmHWM")


def _memory(name: str) -> float:
    """Read a size of this process in MiB; not a number where the system does not tell."""
    status = Path("/proc/self/status")
    text = status.read_text(encoding="utf-8") if status.exists() else ""
    found = re.search(rf"^{name}:\s+(\d+)", text, re.MULTILINE)
    return int(found[1]) * _MIB_PER_KIB if found else np.nan


def _all(rows: dict[str, Row], whole: Row, n: int) -> Section:
    reference = next(iter(rows.values()))
    own = float(reference.facts["per CPU second"]) / float(whole.facts["per CPU second"])
    missing = "" if PRODUCT in rows else " Not installed: sparse_dot_topn."
    return Section(
        f"All lists of {n:,} articles",
        f"Seconds a list (the whole run: of all), one core, lists of 20; CPU ratios.{missing}",
        "at most 1/2 of the product, 300 lists per second, peak below 3 GB",
        [*rows.values(), replace(whole, ratio=own)],
    )


def _two_processes(rec: Recommender, at: datetime, n_lists: int) -> Section:
    """Make the same lists with one job and with two, whose processes stay from round to round."""
    rng = np.random.default_rng(2)
    rows = rng.choice(rec.mirror.live_rows(), n_lists, replace=False)
    ids = [rec.mirror.corpus.ids[row] for row in rows.tolist()]
    jobs = {
        "one process": lambda: rec.precompute(at=at, ids=ids),
        "two processes": lambda: rec.precompute(at=at, ids=ids, n_jobs=2),
    }
    found = interleaved(jobs, 3)
    for row in found.values():
        row.facts["lists per second"] = len(ids) / row.seconds
    setting = (
        f"{len(ids):,} lists, written by the first process; {multiprocessing.cpu_count()} cores."
    )
    return Section("Two processes", setting, "a ratio of 0.6", [*found.values()])


def _quality(rec: Recommender, at: datetime, n_questions: int) -> Section:
    """Hold stored lists and single ones, both of one moment, against editors' links."""
    known = rec.mirror.corpus.row_of
    links = {
        one.source_id: set(one.target_ids) & known.keys()
        for one in load(DATA).truth.links
        if one.source_id in known
    }
    asked = [name for name, targets in links.items() if targets]
    rng = np.random.default_rng(3)
    some = rng.choice(asked, min(n_questions, len(asked)), replace=False).tolist()
    stored = {one.source_id: one.ids[:K] for one in rec.stored_lists(at=at, k=K)}
    single = {name: rec.recommend(name, at=at, k=K).ids for name in some}
    same = float(np.mean([stored[name] == single[name] for name in some]))
    rows = [
        Row(title, np.nan, np.nan, {f"nDCG@{K}": _ndcg(lists, links, some), "same lists": same})
        for title, lists in (("recommend", single), ("stored by the batch", stored))
    ]
    setting = f"{len(some):,} source articles, the corpus as it stands at its end."
    return Section("Quality on editors' links", setting, "equal to three decimals", rows)


def _ndcg(
    lists: dict[str, tuple[str, ...]], links: dict[str, set[str]], asked: Sequence[str]
) -> float:
    """Give the mean nDCG@K of lists, every linked article being as good as another."""
    discounts = 1 / np.log2(np.arange(2, K + 2))
    found = []
    for name in asked:
        hits = np.array([target in links[name] for target in lists[name]], bool)
        found.append(discounts[: len(hits)][hits].sum() / discounts[: len(links[name])].sum())
    return float(np.mean(found))
