"""Pairs of texts that belong together, from a site's own past: what a model learns from.

Nothing that came from a moment on is in the pairs before it: not an article, not a version, not a
link, not a read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, get_args

from relnews.errors import InvalidTruth
from relnews.evaluate.archive import BEGINNING
from relnews.text import words
from relnews.train.reads import read_together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    import numpy as np

    from relnews.evaluate.archive import Archive
    from relnews.evaluate.truth import Truth
    from relnews.types import Article

Kind = Literal["links", "reads", "headline"]
"""Editors' links, articles that the same readers turned to, a headline and its own text.

In this order they come close to what a list is for.
"""

KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that belong together, and how that is known."""

    anchor: str
    positive: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Period:
    """From a moment on, up to but without another one."""

    since: datetime
    until: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.since <= at < self.until


def require_kinds(names: Iterable[str]) -> tuple[Kind, ...]:
    """Give the kinds that are named, in the order of `KINDS`; all when none is.

    Raises
    ------
    InvalidTruth
        When one is unknown.
    """
    named = list(names)
    unknown = [name for name in named if name not in KINDS]
    if unknown:
        msg = f"pairs must be of {', '.join(KINDS)}, got {', '.join(unknown)}"
        raise InvalidTruth(msg)
    return tuple(kind for kind in KINDS if not named or kind in named)


def make_pairs(
    truth: Truth,
    archive: Archive,
    until: datetime,
    *,
    since: datetime = BEGINNING,
    kinds: Sequence[Kind] = KINDS,
) -> tuple[Pair, ...]:
    """Make all pairs of a period; texts are those of its end.

    Parameters
    ----------
    truth
        Links and events; may speak of articles that are not there.
    archive
        The articles; undated ones were there from the beginning.
    until, since
        What came at `until` or later is not looked at. The headline of an article counts from its
        publication, a link from when it was set, a reading from the second of its two reads.
    kinds
        Which to make.

    Returns
    -------
    tuple of Pair
        Without doubles and without articles under one headline, in a fixed order. O(articles +
        truth).
    """
    known = {name: one for name in archive.ids if (one := _version_before(archive, name, until))}
    period = Period(since, until)
    makers: dict[Kind, Callable[[], Iterator[Pair]]] = {
        "links": lambda: _of_links(truth, known, period),
        "reads": lambda: _of_reads(truth, known, period),
        "headline": lambda: _of_headlines(known, period),
    }
    found = (pair for kind in KINDS if kind in kinds for pair in makers[kind]())
    return tuple(dict.fromkeys(pair for pair in found if pair.anchor != pair.positive))


def drawn(pairs: Sequence[Pair], most: int, generator: np.random.Generator) -> tuple[Pair, ...]:
    """Draw at most so many pairs of each kind without replacement, in their order; 0: all."""
    if not most:
        return tuple(pairs)
    kept: list[int] = []
    for kind in KINDS:
        places = [place for place, pair in enumerate(pairs) if pair.kind == kind]
        if len(places) > most:
            places = generator.choice(places, most, replace=False).tolist()
        kept += places
    return tuple(pairs[place] for place in sorted(kept))


def text_of(article: Article) -> str:
    """Give all of an article: headline, teaser and body, one under the other."""
    return "\n".join(part for part in (article.headline, article.teaser, article.body) if part)


def _version_before(archive: Archive, name: str, until: datetime) -> Article | None:
    """Give the last version that arrived before a moment; none of what was taken back by then."""
    retracted = archive.retractions.get(name)
    if retracted is not None and retracted < until:
        return None
    return archive.version(name, until - timedelta.resolution)


def _of_links(truth: Truth, known: Mapping[str, Article], period: Period) -> Iterator[Pair]:
    """Pair what an editor linked; the source is read without the words of its links."""
    for links in truth.links:
        source = known.get(links.source_id)
        at = links.at or (source.published_at if source else None)
        if source is None or at is None or at not in period:
            continue
        anchor = text_of(source)
        if links.body is not None:
            anchor = "\n".join(part for part in (source.headline, links.body) if part)
        for name in links.target_ids:
            target = known.get(name)
            if target is not None and not _same_headline(source, target):
                yield Pair(anchor, text_of(target), "links")


def _of_reads(truth: Truth, known: Mapping[str, Article], period: Period) -> Iterator[Pair]:
    """Pair what several readers turned to one after the other."""
    reads = [one for one in truth.reads if one.at in period and one.article_id in known]
    for first, second in read_together(reads):
        source, target = known[first], known[second]
        if not _same_headline(source, target):
            yield Pair(text_of(source), text_of(target), "reads")


def _of_headlines(known: Mapping[str, Article], period: Period) -> Iterator[Pair]:
    """Pair headlines with the text under them, which must not begin with the headline again."""
    for article in known.values():
        if (article.published_at or BEGINNING) not in period:
            continue
        text = "\n".join(part for part in (article.teaser, article.body) if part)
        text = text.removeprefix(article.headline).strip()
        if text:
            yield Pair(article.headline, text, "headline")


def _same_headline(first: Article, second: Article) -> bool:
    """Tell articles that are versions or copies of each other, which teach nothing."""
    return words(first.headline) == words(second.headline)
