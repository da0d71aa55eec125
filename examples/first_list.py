"""A first list: add articles, recommend, read the reasons, ask why another one is missing."""

from __future__ import annotations

from relnews import Recommender, demo


def main() -> None:
    """Print what stands under the article about the closed bridge, and what does not."""
    with Recommender.open(":memory:", policy=demo.policy()) as rec:  # "news.db" keeps it
        report = rec.add(demo.articles())
        print(f"{len(set(report.accepted))} articles, {len(report.quarantined)} in quarantine\n")

        related = rec.recommend("sta-001", at=demo.NOW, k=5)
        print(rec.article("sta-001").headline)
        for position, entry in enumerate(related, start=1):
            print(f"{position}. {entry.article.headline}  [{entry.article.id}]")
            print(f"   {entry.score:.2f}: {entry.reason}")

        print()
        for article_id in ("sta-019", "kul-005"):
            headline = rec.article(article_id).headline
            print(f"Why not “{headline}”?\n   {related.why_not(article_id)}")


if __name__ == "__main__":
    main()
