"""What a CMS calls when an article is published, edited or retracted; the lists follow at once."""

from __future__ import annotations

from dataclasses import replace

from relnews import Article, Recommender, demo

BRIDGE, SHOPS = "sta-001", "wir-013"
NEWS = Article(
    id="cms-4711",
    headline="Elmsebrücke: Prüfer finden dritten Riss am Mittelpfeiler",
    body="Die gesperrte Elmsebrücke hat einen dritten Riss. Das teilte das Tiefbauamt mit.",
    published_at=demo.NOW,
)


def show(rec: Recommender, event: str) -> None:
    """Print the top of the list at this moment."""
    related = rec.recommend(BRIDGE, at=demo.NOW, k=3)
    print(event, *(entry.article.headline for entry in related), sep="\n   ")


def main() -> None:
    """Take one article through its life."""
    with Recommender.open(":memory:", policy=demo.policy()) as rec:
        rec.add(demo.articles())
        rec.precompute(at=demo.NOW, ids=[BRIDGE, SHOPS])
        rec.publish([NEWS], at=demo.NOW)
        show(rec, "published")
        edited = replace(NEWS, headline="Elmsebrücke: Doch kein dritter Riss", version=2)
        rec.publish([edited], at=demo.NOW)
        show(rec, "edited")
        receipt = rec.retract(NEWS.id, reason="Falschmeldung")
        show(rec, "retracted")
        print("receipt: it stood on the stored lists of", *receipt.lists)


if __name__ == "__main__":
    main()
