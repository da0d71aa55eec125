"""A nightly job stores every list; the site reads them, and what has expired gives way."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from relnews import Recommender, demo


def night(database: Path) -> None:
    """Take in what came and store all lists, deeper than they are shown."""
    with Recommender.open(database, policy=demo.policy()) as rec:
        rec.add(demo.articles())
        report = rec.precompute(at=demo.NOW)
        print(report.made, "lists stored in", database.name)


def day(database: Path) -> None:
    """Read a stored list before and after the preview of a match has expired."""
    with Recommender.open(database, create=False) as rec:
        for hours in (0, 8):
            at = demo.NOW + timedelta(hours=hours)
            stored = rec.stored_list("spo-003", at=at, k=3)
            print(f"{at:%H:%M}", *(entry.article.headline for entry in stored or ()), sep="\n   ")


def main(folder: Path) -> None:
    """Run the job, then the site, as two programs over one file would."""
    night(folder / "news.db")
    day(folder / "news.db")


if __name__ == "__main__":
    with TemporaryDirectory() as temporary:
        main(Path(sys.argv[1] if len(sys.argv) > 1 else temporary))
