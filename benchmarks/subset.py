"""Write a smaller folder of articles and truth: every linked article, and some of the others.

    python benchmarks/subset.py DATA OUT --articles 3000

For models that take too long over a whole archive. Lists are easier to get right among fewer
articles, so that figures compare only with others of the same folder.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
from pathlib import Path

import numpy as np

TRUTH = ("editor_links.jsonl.gz", "shares.csv.gz")


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--articles", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with gzip.open(given.data / "editor_links.jsonl.gz", "rt", encoding="utf-8") as lines:
        links = [json.loads(line) for line in lines]
    linked = {name for one in links for name in (one["source_id"], *one["target_ids"])}
    with gzip.open(given.data / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        articles = list(lines)
    ids = [json.loads(line)["id"] for line in articles]
    others = [place for place, name in enumerate(ids) if name not in linked]
    drawn = np.random.default_rng(given.seed).permutation(others)
    n_others = max(0, given.articles - (len(ids) - len(others)))
    kept = sorted({*range(len(ids))} - {*others} | {*drawn[:n_others].tolist()})
    given.out.mkdir(parents=True)
    with gzip.open(given.out / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(articles[place] for place in kept)
    for name in TRUTH:
        if (given.data / name).exists():
            shutil.copy(given.data / name, given.out / name)
    print(f"{len(kept):,} articles in {given.out}")


if __name__ == "__main__":
    main()
