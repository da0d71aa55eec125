"""What a site wants its lists to be: plain data, with defaults that were measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Literal, get_args

from relnews.errors import InvalidPolicy
from relnews.rank.diversity import Mmr

if TYPE_CHECKING:
    from relnews.protocols import Selector

Fill = Literal["none", "section", "newest"]
"""What completes a short list: nothing; the section's newest; then the site's newest too."""

AGENCIES = ("dpa", "afp", "ap", "reuters", "sid", "epd", "kna", "apa", "sda", "ots", "dapd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How lists are made. Frozen; `dataclasses.replace` gives a variant.

    The defaults of weight, half-life, floors and diversity were chosen on editors' own links in
    28,056 German articles (`benchmarks/README.md` has the figures and the command).

    Parameters
    ----------
    semantic_weight
        In [0, 1]: share of the semantic cosine in the similarity; the rest is lexical. None:
        what was measured for the site's model. Without a semantic view (no model, and fewer than
        1,000 articles) the similarity is lexical alone.
    relevance_zero, relevance_floor
        In [0, 1]: quantiles of the similarity of random pairs of this corpus. At the first,
        relevance is 0; below the second an article is not related, however fresh.
    half_life_hours, section_half_life_hours
        > 0: after how many hours the part of freshness above its floor has halved; the second
        by the target's section.
    freshness_floor
        In [0, 1]: the freshness of the very old.
    evergreen_freshness
        In [0, 1]: evergreen articles never fall below it.
    story_similarity, story_days
        Two articles at least this similar (cosine, [0, 1]; nearly words alone, whatever the
        semantic weight) and published at most so many days apart belong to the same story.
    max_same_story
        At most so many entries of one story in a list, the source article's own included.
    selector
        Picks entries for relevance and diversity: `Mmr`, `Dpp`, or your own.
    fill
        What completes a list with too few related articles.
    languages
        Which languages may be shown; empty: only that of the source article. One that the site's
        model does not compare with the source article's only completes a list, after the fills
        in its own (`docs/models.md`).
    same_source
        Show only articles of the source article's own outlet.
    agencies, agency_hours
        Sources, compared without case, whose report yields to one of the same story that was
        published within so many hours: it is a copy of the same event.

    Raises
    ------
    InvalidPolicy
        When a value is out of its range.
    """

    semantic_weight: float | None = None
    relevance_zero: float = 0.5
    relevance_floor: float = 0.9
    half_life_hours: float = 60.0
    section_half_life_hours: Mapping[str, float] = field(default_factory=dict)
    freshness_floor: float = 0.15
    evergreen_freshness: float = 0.5
    story_similarity: float = 0.25
    story_days: float = 7.0
    max_same_story: int = 3
    selector: Selector = field(default_factory=Mmr)
    fill: Fill = "newest"
    languages: tuple[str, ...] = ()
    same_source: bool = False
    agencies: tuple[str, ...] = AGENCIES
    agency_hours: float = 24.0

    def __post_init__(self) -> None:
        """Refuse what makes no list."""
        if self.semantic_weight is not None:
            require_share("semantic_weight", self.semantic_weight)
        for name in (
            "relevance_zero",
            "relevance_floor",
            "freshness_floor",
            "evergreen_freshness",
            "story_similarity",
        ):
            require_share(name, getattr(self, name))
        _require_positive("half_life_hours", self.half_life_hours)
        _require_positive("story_days", self.story_days)
        _require_positive("agency_hours", self.agency_hours)
        _require_lives(self.section_half_life_hours)
        most = self.max_same_story
        if not isinstance(most, int) or isinstance(most, bool) or most < 1:
            msg = f"max_same_story must be a whole number of at least 1, got {most!r}"
            raise InvalidPolicy(msg)
        if not isinstance(self.same_source, bool):
            msg = f"same_source must be true or false, got {self.same_source!r}"
            raise InvalidPolicy(msg)
        if not callable(getattr(self.selector, "begin", None)):
            msg = f"selector must be a Selector such as Mmr(0.1), got {self.selector!r}"
            raise InvalidPolicy(msg)
        if self.fill not in get_args(Fill):
            msg = f"fill must be one of {', '.join(get_args(Fill))}, got {self.fill!r}"
            raise InvalidPolicy(msg)
        for name in ("languages", "agencies"):
            values = getattr(self, name)
            if not isinstance(values, tuple) or not all(isinstance(text, str) for text in values):
                msg = f"{name} must be a tuple of str, got {values!r}"
                raise InvalidPolicy(msg)


def require_share(name: str, value: object) -> None:
    """Refuse what is not a number in [0, 1]."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        msg = f"{name} must be in [0, 1], got {value!r}"
        raise InvalidPolicy(msg)


def _require_lives(value: object) -> None:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        msg = f"section_half_life_hours must be a table of hours by section, got {value!r}"
        raise InvalidPolicy(msg)
    for section, hours in value.items():
        _require_positive(f"section_half_life_hours[{section!r}]", hours)


def _require_positive(name: str, value: object) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    if not number or value <= 0:  # type: ignore[operator]  # a number by now
        msg = f"{name} must be a number greater than 0, got {value!r}"
        raise InvalidPolicy(msg)
