"""A block of HTML for a draft that is not stored, without what the page shows already."""

from __future__ import annotations

from relnews import Article, Recommender, demo
from relnews.export import html_block

DRAFT = Article(
    id="draft",
    headline="Wohin mit dem Ensemble? Das Stadttheater zieht um",
    body="Während der Sanierung spielt das Stadttheater am Hafen. Intendantin Drechsel zeigt die "
    "Kohlenhalle, in der ab September die Bühne steht. Die Mehrkosten trägt die Stadt.",
    section="Kultur",
)
ON_THE_PAGE = ("kul-001",)


def main() -> None:
    """Print the block that would stand under the draft if it were published now."""
    with Recommender.open(":memory:", policy=demo.policy()) as rec:
        rec.add(demo.articles())
        related = rec.recommend(DRAFT, at=demo.NOW, k=3, exclude=ON_THE_PAGE)
        print(html_block(related))


if __name__ == "__main__":
    main()
