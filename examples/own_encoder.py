"""A semantic view of your own: any service that turns texts into vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer

from relnews import Article, Recommender, demo
from relnews.embed.embedded import Embedded
from relnews.embed.sentence.settings import SentenceSettings

Progress = Callable[[int], None]


class LetterGroups:
    """Stands for your service: groups of four letters, hashed, so that compounds share some."""

    def __init__(self) -> None:
        self.settings, self.dimensions = SentenceSettings(name="letter-groups"), 256
        self.config: dict[str, str | int | float | list[str] | None] = {"letters": 4}

    def embed(self, articles: Sequence[Article], progress: Progress = lambda _: None) -> Embedded:
        """Give a unit vector for each article; all of its text is in it."""
        groups = HashingVectorizer(analyzer="char_wb", ngram_range=(4, 4), n_features=256)
        vectors = groups.transform([f"{one.headline}\n{one.body}" for one in articles]).toarray()
        progress(len(articles))
        return Embedded(vectors.astype(np.float16), np.ones(len(articles), np.float32))


def main() -> None:
    """Print a list with the similarity that this view sees."""
    with Recommender.open(":memory:", policy=demo.policy(), model=LetterGroups()) as rec:
        rec.add(demo.articles())
        for entry in rec.recommend("sta-001", at=demo.NOW):
            print(f"{entry.semantic:.2f} {entry.article.headline}")


if __name__ == "__main__":
    main()
