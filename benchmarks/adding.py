"""Measure `add` on the German corpus: articles per second, by part, and peak memory.

The text work alone is timed in the same run, so that the share of everything else (reading,
SQLite, the fit of the latent view) can be told on a noisy machine.

    python benchmarks/adding.py [--data ../shared/data/fang] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

from relnews import Article, Recommender, read
from relnews.embed.analysis import Analyzer
from relnews.embed.vocabulary import Vocabulary

DEFAULT_DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "fang"
_KIB_PER_GIB = 1024**2


def main() -> None:
    """Add the corpus once, then do its text work alone, and print both."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    path = options.data / "articles.jsonl.gz"
    with tempfile.TemporaryDirectory() as folder, Recommender.open(f"{folder}/news.db") as rec:
        start = time.perf_counter()
        report = rec.add(read(path))
        whole = time.perf_counter() - start
        megabytes = sum(file.stat().st_size for file in Path(folder).iterdir()) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_PER_GIB
    n_articles = len(report.accepted)
    results = {
        "articles": n_articles,
        "add, articles per second": round(n_articles / whole),
        "text work alone, articles per second": round(n_articles / text_work(path)),
        "peak memory, GiB": round(peak, 2),
        "database, MB": round(megabytes),
    }
    print("| what | figure |\n|---|---|")
    for name, value in results.items():
        print(f"| {name} | {value:,} |")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


def text_work(path: Path) -> float:
    """Give the seconds it takes to clean, fold, stem, count and shingle every article."""
    articles = [record for record in read(path) if isinstance(record, Article)]
    analyzer = Analyzer(Vocabulary())
    start = time.perf_counter()
    for article in articles:
        analyzer.document(article, "de")
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
