"""What is known to be true, as plain data: the nouns that a recommender is held against.

Each kind of truth has a file format of its own in `relnews.evaluate.load`, and becomes
questions (a source, a moment, gains) in `relnews.evaluate.ask.questions`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING

from relnews.errors import InvalidTruth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from relnews.types import Article


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """Two articles and what people said of them.

    `scale` names the question they were asked, such as ``similarity`` or ``would_follow``;
    `gain` is their answer, larger is better; `raters` is how many were asked, 0 when unknown.
    """

    source_id: str
    target_id: str
    gain: float
    scale: str = "relevance"
    raters: int = 0

    def __post_init__(self) -> None:
        """Refuse a pair that says nothing."""
        _require_id("source_id", self.source_id)
        _require_id("target_id", self.target_id)
        if not isfinite(self.gain):
            msg = f"gain must be a finite number, got {self.gain!r}"
            raise InvalidTruth(msg)


@dataclass(frozen=True, slots=True)
class EditorLinks:
    """The articles that an editor linked from one article.

    `at` is when the links were set; None means with the publication of the source. `body` is the
    source's text without the links' own words, None when it holds none: a link in the text gives
    its target away.
    """

    source_id: str
    target_ids: tuple[str, ...]
    at: datetime | None = None
    body: str | None = None

    def __post_init__(self) -> None:
        """Refuse links from nowhere or to nowhere."""
        _require_id("source_id", self.source_id)
        _require_ids("target_ids", self.target_ids)
        if self.at is not None:
            require_aware("at", self.at)


@dataclass(frozen=True, slots=True)
class Event:
    """A user read, shared or kept an article at a moment. `user` is a pseudonym."""

    user: str
    article_id: str
    at: datetime

    def __post_init__(self) -> None:
        """Refuse an event without a user, an article or a moment."""
        _require_id("user", self.user)
        _require_id("article_id", self.article_id)
        require_aware("at", self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Impression:
    """A list as it was shown, and what was clicked.

    Attributes
    ----------
    user, source_id, at
        Who saw it, under which article (empty: under none, such as a front page), and when.
    shown
        Ids by position, best place first.
    clicked
        One flag for each of `shown`.
    propensities
        The probability, in (0, 1], with which the logging system showed this article at this
        place here; one for each of `shown`. None when it was not logged.
    place
        Where on the page, such as ``"empfohlen"``.
    """

    user: str
    source_id: str
    at: datetime
    shown: tuple[str, ...]
    clicked: tuple[bool, ...]
    propensities: tuple[float, ...] | None = None
    place: str = ""

    def __post_init__(self) -> None:
        """Refuse columns that do not belong together."""
        require_aware("at", self.at)
        _require_ids("shown", self.shown)
        _require_length("clicked", self.clicked, self.shown)
        if self.propensities is None:
            return
        _require_length("propensities", self.propensities, self.shown)
        for propensity in self.propensities:
            if not 0 < propensity <= 1:
                msg = f"a propensity must be in (0, 1], got {propensity!r}"
                raise InvalidTruth(msg)


@dataclass(frozen=True, slots=True)
class Chain:
    """The articles of one running story."""

    story: str
    article_ids: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a story without a name."""
        _require_id("story", self.story)
        _require_ids("article_ids", self.article_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """All that is known about one archive. Any part may be empty.

    `retractions` tells when an article was taken back. Tags and sections, the weakest truth, are
    part of the articles themselves.
    """

    pairs: tuple[JudgedPair, ...] = ()
    links: tuple[EditorLinks, ...] = ()
    events: tuple[Event, ...] = ()
    impressions: tuple[Impression, ...] = ()
    chains: tuple[Chain, ...] = ()
    retractions: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def reads(self) -> tuple[Event, ...]:
        """What users turned to: the events, and the clicks on what was shown."""
        clicks = (
            Event(shown.user or "unknown", name, shown.at)
            for shown in self.impressions
            for name, clicked in zip(shown.shown, shown.clicked, strict=True)
            if clicked
        )
        return (*self.events, *clicks)

    def __post_init__(self) -> None:
        """Refuse a retraction of nothing, or at no moment."""
        for name, when in self.retractions.items():
            _require_id("retractions", name)
            require_aware(f"the retraction of {name!r}", when)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a recommender is asked, and which answers are good.

    Attributes
    ----------
    source
        The article as the recommender may see it: leaks are cut out.
    at
        The moment the list is for.
    gains
        The gain > 0 of each right answer, by id. Empty: the list is made, and only what needs
        no truth is measured on it.
    ignored
        Ids that count neither for nor against a list: they are cut out of it before it is
        judged, as if they had never been asked about.
    only
        The ids that a list is judged on, such as those that people judged: it is cut down to them
        (condensed lists: Sakai, 2007, Alternatives to bpref). None: all.
    group
        What is resampled together: a story, or a day.
    shown
        The log entry that the question was made from, if it was.
    """

    source: Article
    at: datetime
    gains: Mapping[str, float] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    group: str = ""
    shown: Impression | None = None

    def __post_init__(self) -> None:
        """Refuse a naive moment and gains that gain nothing."""
        require_aware("at", self.at)
        for target, gain in self.gains.items():
            if not (isfinite(gain) and gain > 0):
                msg = f"a gain must be a number greater than 0, got {gain!r} for {target!r}"
                raise InvalidTruth(msg)


def require_aware(name: str, value: object) -> None:
    """Refuse what is not a time with a time zone."""
    if not isinstance(value, datetime) or value.tzinfo is None or value.utcoffset() is None:
        msg = f"{name} must be a datetime with a time zone, got {value!r}; attach the site's"
        raise InvalidTruth(msg)


def _require_length(name: str, values: tuple[object, ...], shown: tuple[str, ...]) -> None:
    if len(values) != len(shown):
        msg = f"{name} must be one for each of {len(shown)} shown articles, got {len(values)}"
        raise InvalidTruth(msg)


def _require_id(name: str, value: object) -> None:
    if not isinstance(value, str) or not value.strip():
        msg = f"{name} must be a text that is not empty, got {value!r}"
        raise InvalidTruth(msg)


def _require_ids(name: str, values: object) -> None:
    if not isinstance(values, tuple):
        msg = f"{name} must be a tuple of ids, got {values!r:.80}"
        raise InvalidTruth(msg)
    for value in values:
        _require_id(name, value)
