"""Lists by the vectors of a sentence model, alone or beside the lexical view, as of any moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relnews.rank.relevance import hybrid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    import numpy.typing as npt

    from relnews.evaluate.archive import Archive
    from relnews.evaluate.truth import Question
    from relnews.evaluate.world.world import World
    from relnews.protocols import ArticleEncoder
    from relnews.types import Article

    Values = npt.NDArray[np.float32]


class Vectors:
    """The vectors of every version of every article, and of every source that is asked about.

    A vector tells nothing of when its article came; what may be shown at a moment is for the
    world to say.

    Parameters
    ----------
    archive, questions
        What there is to embed.
    encoder
        Of the model.
    """

    def __init__(
        self, archive: Archive, questions: Iterable[Question], encoder: ArticleEncoder
    ) -> None:
        versions = (one.article for one in archive.arrivals() if one.article is not None)
        distinct = dict.fromkeys([*versions, *(question.source for question in questions)])
        self._place: Mapping[Article, int] = {one: row for row, one in enumerate(distinct)}
        self._vectors = np.asarray(encoder.embed(list(distinct)).vectors, np.float32)

    def place(self, article: Article) -> int:
        """Give the row of a version."""
        return self._place[article]

    def cosines(self, source: Article) -> Values:
        """Give the cosine of a source with all versions, shape (n,)."""
        found: Values = self._vectors @ self._vectors[self._place[source]]
        return found


class Cosines:
    """The vectors of a model in a world: cosines by its rows; those of the last source are kept.

    Parameters
    ----------
    world
        Where lists are made.
    vectors
        Of all that will ever arrive there.
    """

    def __init__(self, world: World, vectors: Vectors) -> None:
        self.world = world
        self._vectors = vectors
        self._places: list[int] = []
        self._kept: tuple[Article, Values] | None = None

    def of(self, source: Article) -> Values:
        """Give the cosine of a source with every row of the world, shape (n,)."""
        archive, now = self.world.archive, self.world.now
        for name in self.world.mirror.corpus.ids[len(self._places) :]:
            version = archive.version(name, now) or archive.first(name)
            self._places.append(self._vectors.place(version))
        if self._kept is None or self._kept[0] is not source:
            self._kept = source, self._vectors.cosines(source)
        return self._kept[1][self._places]


@dataclass(frozen=True, slots=True)
class ModelLists:
    """The articles with the largest (1 - w) * lexical + w * semantic cosine, dates left out.

    With a `weight` of 1 the model stands alone, with 0 the lexical view.
    """

    cosines: Cosines
    weight: float

    def recommend(self, source: Article, at: datetime, k: int) -> Sequence[str]:
        """Give the k best ids."""
        world = self.cosines.world
        query = world.query(source, at)
        lexical = world.similarities(query)[0]
        semantic = self.cosines.of(source) if self.weight else lexical
        scores = hybrid(lexical, semantic, self.weight)
        return world.best(scores, world.candidates(query) & (scores > 0), at, k)
