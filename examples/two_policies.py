"""Compare two policies side by side, on the same articles at the same moment."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest

from relnews import Mmr, Recommender, demo

SOURCES = ("spo-003", "pol-002", "dig-001")
WIDTH = 46


def main() -> None:
    """Print, for a few articles, the list as it is beside a more varied one."""
    usual = demo.policy()
    varied = replace(usual, selector=Mmr(0.6), max_same_story=1)
    with Recommender.open(":memory:") as rec:
        rec.add(demo.articles())
        for article_id in SOURCES:
            first = rec.recommend(article_id, at=demo.NOW, policy=usual)
            second = rec.recommend(article_id, at=demo.NOW, policy=varied)
            n_both = len(set(first.ids) & set(second.ids))
            print(f"{rec.article(article_id).headline}  ({n_both} in both)")
            for pair in zip_longest(first, second):
                cells = (entry.article.headline[:WIDTH] if entry else "" for entry in pair)
                print("  ", " | ".join(f"{cell:{WIDTH}}" for cell in cells).rstrip())
            print()


if __name__ == "__main__":
    main()
