"""Measure one `recommend` on the German corpus, beside a plain full scan of the same vectors.

One core, process warm: every call makes a whole list (all stages, reasons, final check) for a
random stored article at the corpus' last day. The full scan is what numpy needs for both views
of the same corpus and nothing else: similarities, freshness, top 10. Both are timed in blocks of
20 in turn, so that the ratio holds on a noisy machine.

    python benchmarks/latency.py [--data ../shared/data/fang] [--lists 300] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from relnews import Recommender, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from relnews.embed.lexical import LexicalView

DEFAULT_DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "fang"
K = 5
BLOCK = 20
"""Calls of one kind in a row: a full scan empties the processor's caches for what follows."""


def main() -> None:
    """Add the corpus, time both, print medians and their ratio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--lists", type=int, default=300)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Recommender.open(f"{folder}/news.db") as rec:
        rec.add(read(options.data / "articles.jsonl.gz"))
        with threadpool_limits(1):
            results = measure(rec, options.lists)
    print("| what | median ms | 90 % ms |\n|---|---|---|")
    for name in ("recommend", "full scan"):
        print(f"| {name} | {results[f'{name} median']:.2f} | {results[f'{name} 90 %']:.2f} |")
    print(f"\nmedian ratio recommend / full scan: {results['ratio']:.2f}")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


def measure(rec: Recommender, n_lists: int) -> dict[str, float]:
    """Time `recommend` and the full scan in turn over random articles."""
    mirror = rec.mirror
    mirror.refresh()
    at = datetime.fromtimestamp(int(mirror.corpus["published"].max()), UTC)
    rows = np.random.default_rng(0).choice(len(mirror.corpus), n_lists + BLOCK, replace=False)
    ours, scans = [], []
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK].tolist()
        ours += timed(block, lambda row: rec.recommend(mirror.corpus.ids[row], at=at, k=K))
        scan = partial(full_scan, mirror.lexical, mirror.site().vectors, mirror.corpus["published"])
        scans += timed(block, scan)
    ours, scans = ours[BLOCK:], scans[BLOCK:]  # the first block warms up
    return {
        "recommend median": float(np.median(ours)) * 1e3,
        "recommend 90 %": float(np.quantile(ours, 0.9)) * 1e3,
        "full scan median": float(np.median(scans)) * 1e3,
        "full scan 90 %": float(np.quantile(scans, 0.9)) * 1e3,
        "ratio": float(np.median(ours) / np.median(scans)),
        "lists": n_lists,
    }


def timed(rows: list[int], ask: Callable[[int], object]) -> list[float]:
    """Give the seconds that each call takes."""
    seconds = []
    for row in rows:
        start = time.perf_counter()
        ask(row)
        seconds.append(time.perf_counter() - start)
    return seconds


def full_scan(
    lexical: LexicalView,
    vectors: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    published: np.ndarray[tuple[int], np.dtype[np.int64]],
    row: int,
) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Score every article against a row: matrix times vector in both views, dates, top 10."""
    segment = lexical._segments[0].by_row  # noqa: SLF001  # the same matrix
    idf = lexical.inverse_document_frequencies()[: segment.shape[1]]
    query = np.zeros(segment.shape[1], np.float32)
    terms = segment.indices[segment.indptr[row] : segment.indptr[row + 1]]
    query[terms] = segment.data[segment.indptr[row] : segment.indptr[row + 1]] * idf[terms] ** 2
    scores = segment @ query / lexical._norms[: segment.shape[0]]  # noqa: SLF001
    scores = 0.95 * scores + 0.05 * (vectors[: len(scores)] @ vectors[row])
    ages = (published.max() - published[: len(scores)]) / 3600.0
    scores *= 0.15 + 0.85 * np.exp2(-ages / 60.0)
    best: np.ndarray[tuple[int], np.dtype[np.intp]] = np.argpartition(-scores, 10)[:10]
    return best


if __name__ == "__main__":
    main()
