"""The nouns: what goes in, what comes out. Frozen, checked on creation, free of behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, get_args

from relnews.errors import InvalidArticle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Status = Literal["usable", "withheld", "canceled"]
"""IPTC pubStatus: may be shown, not now, never again."""

Access = Literal["free", "paid"]

Relation = Literal["duplicate", "same_story", "background", "unrelated"]
"""How a target stands to the source article; `unrelated` marks fills and unrelated pins."""

PlacedBy = Literal["score", "pin", "quota", "section", "newest"]
"""What put an entry where it is: its score, an editor's rule, or one of the two fills."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article in one version, in the terms of the field (IPTC ninjs, schema.org).

    Times must be timezone-aware: a naive one is refused here, and localised by the readers of
    `relnews.ingest`, which know the site's time zone. A missing `published_at` has one meaning
    everywhere: *undated*, older than anything dated (until an `updated_at` that has passed
    dates it). Such an article is live from the
    beginning, its freshness is the floor, and it comes last where the newest come first.

    Parameters
    ----------
    id
        Stable across versions, not empty.
    headline
        Not empty; the only text an article cannot do without.
    teaser, body, url, section, source, image_credit
        Empty when unknown. `source` is the outlet or agency; `section` the desk (Ressort).
    authors, tags
        In the order given.
    language
        ISO 639-1, such as ``"de"``; empty lets `relnews` detect it.
    published_at, updated_at
        First publication, and the last *semantic* change: an update moves it, a correction
        leaves it out.
    version
        At least 1. A higher one replaces a lower one of the same id.
    status
        ``usable``, ``withheld`` (not now) or ``canceled`` (never again).
    embargo_until, expires_at
        The article may be shown from the first moment on and until before the second.
    evergreen
        Does not age.
    access
        ``free`` or ``paid``.
    no_list, never_recommend
        The two switches of an editor: no list under this article; never on a list.

    Raises
    ------
    InvalidArticle
        When one of the rules above is broken.
    """

    id: str
    headline: str
    teaser: str = ""
    body: str = ""
    url: str = ""
    section: str = ""
    source: str = ""
    authors: tuple[str, ...] = ()
    language: str = ""
    tags: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    version: int = 1
    status: Status = "usable"
    embargo_until: datetime | None = None
    expires_at: datetime | None = None
    evergreen: bool = False
    access: Access = "free"
    image_credit: str = ""
    no_list: bool = False
    never_recommend: bool = False

    def __post_init__(self) -> None:
        """Refuse what no later stage could handle."""
        for name in _TEXT_FIELDS:
            _require_text(name, getattr(self, name))
        for name in ("id", "headline"):
            if not getattr(self, name).strip():
                msg = f"{name} must not be empty; give the article a {name}"
                raise InvalidArticle(msg)
        for name in ("authors", "tags"):
            _require_texts(name, getattr(self, name))
        for name in _TIME_FIELDS:
            _require_aware(name, getattr(self, name))
        for name in _FLAG_FIELDS:
            if not isinstance(getattr(self, name), bool):
                msg = f"{name} must be true or false, got {getattr(self, name)!r}"
                raise InvalidArticle(msg)
        _require_version(self.version)
        _require_choice("status", self.status, get_args(Status))
        _require_choice("access", self.access, get_args(Access))


_TEXT_FIELDS = (
    "id",
    "headline",
    "teaser",
    "body",
    "url",
    "section",
    "source",
    "language",
    "image_credit",
)
_TIME_FIELDS = ("published_at", "updated_at", "embargo_until", "expires_at")
_FLAG_FIELDS = ("evergreen", "no_list", "never_recommend")
_MAX_VERSION = 2**63 - 1
_EARLIEST, _LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def _require_text(name: str, value: object) -> None:
    """Refuse what is not a string, or what no database and no UTF-8 file can hold."""
    if not isinstance(value, str):
        msg = f"{name} must be text, got {type(value).__name__}: {value!r:.80}"
        raise InvalidArticle(msg)
    try:
        value.encode()
    except UnicodeEncodeError:
        msg = f"{name} must be valid Unicode, got half of a surrogate pair in {value!r:.80}"
        raise InvalidArticle(msg) from None
    if "\x00" in value:
        msg = f"{name} must not hold the character NUL; remove it: {value!r:.80}"
        raise InvalidArticle(msg)


def _require_texts(name: str, values: object) -> None:
    """Refuse what is not a tuple of strings."""
    if not isinstance(values, tuple):
        msg = f"{name} must be a tuple of str, got {values!r:.80}"
        raise InvalidArticle(msg)
    for value in values:
        _require_text(name, value)


def _require_version(value: object) -> None:
    """Refuse what no database column can hold as a version."""
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MAX_VERSION:
        msg = f"version must be a whole number from 1 to {_MAX_VERSION}, got {value!r:.80}"
        raise InvalidArticle(msg)


def _require_choice(name: str, value: object, allowed: tuple[str, ...]) -> None:
    """Refuse what is not one of a few words."""
    if value not in allowed:
        msg = f"{name} must be one of {', '.join(allowed)}, got {value!r:.80}"
        raise InvalidArticle(msg)


def _require_aware(name: str, value: object) -> None:
    """Refuse what is not an aware time, or one so far off that a time zone would overflow."""
    if value is None:
        return
    if not isinstance(value, datetime):
        msg = f"{name} must be a datetime, got {type(value).__name__}: {value!r:.80}"
        raise InvalidArticle(msg)
    if value.tzinfo is None or value.utcoffset() is None:
        msg = f"{name} must carry a time zone, got the naive {value.isoformat()}; attach the site's"
        raise InvalidArticle(msg)
    if not _EARLIEST <= value <= _LATEST:
        msg = f"{name} must lie between the years 1 and 9999 in UTC, got {value.isoformat()}"
        raise InvalidArticle(msg)


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record that could not be taken in, where it stood, and why.

    `file` is empty and `line` is 0 for articles handed over in Python.
    """

    file: str
    line: int
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class AddReport:
    """What became of the articles handed to `Recommender.add`.

    `accepted` holds the ids now stored in the version given (`replaced` and `unchanged` are
    parts of it); `refused` holds those whose stored version is newer or which were retracted;
    `quarantined` those that are not articles at all.
    """

    accepted: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: tuple[Quarantined, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """One entry of a list, with all that is needed to defend it.

    `relevance` and `freshness` are in [0, 1], larger is better; `score` is their product.
    `lexical` and `semantic` are the cosine similarities behind the relevance. `shared_words` are
    the words that weigh most in both articles, strongest first. `reason` is one sentence.
    `language` is the two-letter code of the language that the article was read in: its own, or
    the one detected.
    """

    article: Article
    score: float
    relevance: float
    freshness: float
    lexical: float
    semantic: float
    relation: Relation
    placed_by: PlacedBy
    shared_words: tuple[str, ...] = ()
    reason: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedList:
    """The list of one article at one moment: at most `k` entries, best first.

    Iterating gives the entries. `note` says in words when and why there are fewer than `k`, or
    which of them are fills. `language` is the two-letter code of the article's own language.
    """

    source_id: str
    at: datetime
    k: int
    entries: tuple[Related, ...]
    note: str = ""
    language: str = ""
    _why_not: Callable[[str], str] | None = field(default=None, repr=False, compare=False)

    def __iter__(self) -> Iterator[Related]:
        """Iterate over the entries, best first."""
        return iter(self.entries)

    def __len__(self) -> int:
        """Count the entries."""
        return len(self.entries)

    def __getitem__(self, position: int) -> Related:
        """Return the entry at a position, 0 being the first."""
        return self.entries[position]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the entries, best first."""
        return tuple(entry.article.id for entry in self.entries)

    def why_not(self, article_id: str) -> str:
        """Say at which stage an article was left out of this list, and why.

        A list read from the store carries no such evidence; ask `Recommender.recommend`.
        """
        if article_id in self.ids:
            return f"on the list, at position {self.ids.index(article_id) + 1}"
        if self._why_not is None:
            return "not recorded: this list was read from the store; ask recommend() for a new one"
        return self._why_not(article_id)


@dataclass(frozen=True, slots=True)
class Retraction:
    """The receipt of a retraction: what it removed, and what stands there now.

    `lists` maps each article whose stored list carried the retracted one to the ids that its
    list shows now, in order and to its stored depth. `known` is False when no such article was
    stored: the retraction is kept all the same and refuses the article should it arrive later.
    """

    id: str
    reason: str
    known: bool
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What a run of `Recommender.precompute` did.

    `made` lists were made; `changed` of them differ from what was stored before, or had not been
    stored. `churn` in [0, 1] is the mean share of entries that left, over the made lists that
    had entries before. `due` lists are not up to date all the same, as others kept writing
    meanwhile; the next run makes them.
    """

    made: int
    changed: int
    churn: float
    due: int = 0


@dataclass(frozen=True, slots=True)
class EmbedReport:
    """What `Recommender.embed` did.

    `made` articles got a vector of the model in this run. `seen` in [0, 1] is the mean share of
    an article's text that is in its vector, over all articles; `whole` the share of articles
    that the model read to the end.
    """

    model: str
    fingerprint: str
    made: int
    seen: float
    whole: float


@dataclass(frozen=True, slots=True)
class Publication:
    """What `Recommender.publish` did: what became of the articles, and of the lists."""

    added: AddReport
    lists: BatchReport
