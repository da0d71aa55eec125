"""Small synthetic sites for the tests: rows of counts, or articles of text, without a store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st

from relnews.corpus import NEVER, UNDATED, Corpus
from relnews.embed.document import Document
from relnews.embed.lexical import LexicalView
from relnews.index.exact import ExactIndex
from relnews.query import Query
from relnews.rank.case import Case
from relnews.rank.ranker import Ranker
from relnews.rank.relevance import Calibration
from relnews.rank.ruleset import RuleSet
from relnews.rank.score import MomentScore
from relnews.rank.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from relnews.embed.analysis import Analyzer
    from relnews.policy import Policy
    from relnews.query import Placed
    from relnews.rank.rules import Rule
    from relnews.types import Article

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
AT = int(NOON.timestamp())
HOUR = 3600


def ago(hours: float) -> int:
    """Give the epoch second so many hours before the moment of the tests."""
    return AT - int(hours * HOUR)


def time_ago(hours: float) -> datetime:
    return NOON - timedelta(hours=hours)


@dataclass(frozen=True, kw_only=True)
class Row:
    """An article as ranking sees it; `words` are counts by term id."""

    id: str
    words: dict[int, int] = field(default_factory=dict)
    shingles: tuple[int, ...] = ()
    vector: tuple[float, ...] = ()
    usable: bool = True
    published: int = ago(24)
    updated: int = NEVER
    embargo: int = UNDATED
    expires: int = NEVER
    evergreen: bool = False
    no_list: bool = False
    never_recommend: bool = False
    section: str = ""
    source: str = ""
    language: str = "de"
    access: str = "free"

    @property
    def document(self) -> Document:
        return a_document(self.words, self.shingles)


def a_document(words: dict[int, int], shingles: Iterable[int] = ()) -> Document:
    terms = np.array(sorted(words), np.int32)
    counts = np.array([words[term] for term in sorted(words)], np.int32)
    return Document(terms, counts, np.array(sorted(set(shingles)), np.uint32))


def a_view(n_rows: int, seed: int = 5) -> LexicalView:
    """Give documents of words drawn from sixty."""
    generator, view = np.random.default_rng(seed), LexicalView()
    for _ in range(n_rows):
        terms = generator.choice(60, generator.integers(4, 9), replace=False)
        view.append(a_document({int(term): int(generator.integers(1, 4)) for term in terms}))
    return view


def a_row(article: Article, analyzer: Analyzer) -> Row:
    """Analyse an article of text."""
    language = analyzer.language_of(article)
    document = analyzer.document(article, language)

    def seconds(time: datetime | None, missing: int) -> int:
        return missing if time is None else int(time.timestamp())

    return Row(
        id=article.id,
        words=dict(zip(document.terms.tolist(), document.counts.tolist(), strict=True)),
        shingles=tuple(document.shingles.tolist()),
        usable=article.status == "usable",
        published=seconds(article.published_at, UNDATED),
        updated=seconds(article.updated_at, NEVER),
        embargo=seconds(article.embargo_until, UNDATED),
        expires=seconds(article.expires_at, NEVER),
        evergreen=article.evergreen,
        no_list=article.no_list,
        never_recommend=article.never_recommend,
        section=article.section,
        source=article.source,
        language=language,
        access=article.access,
    )


def add_row(corpus: Corpus, row: Row) -> int:
    """Add a row to a corpus alone."""
    named = {name: corpus.names[name].code(getattr(row, name)) for name in corpus.names}
    others = {
        name: int(getattr(row, name))
        for name in corpus.COLUMNS
        if name != "alive" and name not in named
    }
    return corpus.add(row.id, named | others, row.document.shingles)


def uncalibrated() -> Calibration:
    """Give the calibration of a site whose random pairs have nothing in common."""
    nothing = np.zeros(400, np.float32)
    return Calibration(nothing, nothing)


def a_site(rows: Iterable[Row], calibration: Calibration | None = None) -> Site:
    """Put rows into a site; of rows with one id the last is alive."""
    corpus, lexical = Corpus(), LexicalView()
    vectors = []
    for row in rows:
        former = corpus.row_of.get(row.id)
        if former is not None:
            lexical.remove(former)
        add_row(corpus, row)
        lexical.append(row.document)
        vectors.append(row.vector)
    width = len(vectors[0]) if vectors else 0
    matrix = np.array(vectors, np.float32).reshape(len(vectors), width)
    index = ExactIndex(corpus, lexical, matrix)
    return Site(corpus, lexical, matrix, index, calibration or uncalibrated())


def a_query(
    row: Row, site: Site | None = None, *, at: int = AT, exclude: Iterable[str] = ()
) -> Query:
    """Ask for the list of a row; of a draft when it does not stand on the site."""
    dated = row.updated if row.updated <= at else row.published
    return Query(
        id=row.id,
        at=at,
        row=site.corpus.row_of.get(row.id) if site else None,
        document=row.document,
        semantic=np.array(row.vector, np.float32),
        dated=dated,
        section=row.section,
        source=row.source,
        language=row.language,
        exclude=frozenset(exclude),
    )


def a_case(site: Site, query: Query, policy: Policy, rules: Iterable[Rule] = ()) -> Case:
    score = MomentScore(site, policy, query.at)
    return Case(site, query, policy, RuleSet(rules), score)


def a_ranker(
    site: Site, policy: Policy, row: Row, rules: Iterable[Rule] = (), **asked: Any
) -> Ranker:
    return Ranker(site, policy, RuleSet(rules), a_query(row, site, **asked))


def ids_of(site: Site, placed: Iterable[Placed]) -> list[str]:
    return [site.corpus.ids[entry.row] for entry in placed]


def listed(
    rows: Sequence[Row],
    policy: Policy,
    rules: Iterable[Rule] = (),
    k: int = 10,
    **asked: Any,
) -> list[tuple[str, str]]:
    """Give (id, placed by) of the list of the first row."""
    site = a_site(rows)
    placed = a_ranker(site, policy, rows[0], rules, **asked).rank(k)
    return [(site.corpus.ids[entry.row], entry.placed_by) for entry in placed]


def cosine(first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> float:
    lengths = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / lengths if lengths > 0 else 0.0


SECTIONS = ("Politik", "Sport", "Kultur", "")
SOURCES = ("Kurier", "dpa", "DPA", "Anzeiger")

_COUNTS = st.dictionaries(st.integers(0, 14), st.integers(1, 4), max_size=6)
_DATES = st.one_of(
    st.sampled_from([UNDATED, ago(1), ago(24), ago(24 * 400), ago(-2)]),
    st.integers(0, 24 * 30).map(ago),
)
_SHINGLES = st.sampled_from([(), tuple(range(20)), tuple(range(9)), tuple(range(30, 50))])


def rows(
    *, min_size: int = 1, max_size: int = 25, dimensions: int = 0
) -> st.SearchStrategy[list[Row]]:
    """Draw the rows of a small site: few words, few dates, so that ties and copies abound."""
    row = st.builds(
        Row,
        id=st.sampled_from([f"{letter}{number}" for letter in "abc" for number in range(12)]),
        words=_COUNTS,
        shingles=_SHINGLES,
        vector=st.just(()) if dimensions == 0 else st.integers(0, 9).map(_UnitVector(dimensions)),
        usable=st.sampled_from([True] * 9 + [False]),
        published=_DATES,
        updated=st.one_of(st.just(NEVER), st.just(NEVER), _DATES.filter(lambda date: date > 0)),
        embargo=st.sampled_from([UNDATED] * 8 + [ago(1), ago(-1)]),
        expires=st.sampled_from([NEVER] * 8 + [ago(1), ago(-1)]),
        evergreen=st.sampled_from([False, False, False, True]),
        never_recommend=st.sampled_from([False] * 9 + [True]),
        section=st.sampled_from(SECTIONS),
        source=st.sampled_from(SOURCES),
        language=st.sampled_from(["de"] * 7 + ["en"]),
        access=st.sampled_from(["free", "paid"]),
    )
    return st.lists(row, min_size=min_size, max_size=max_size, unique_by=lambda made: made.id)


class _UnitVector:
    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions

    def __call__(self, seed: int) -> tuple[float, ...]:
        if seed == 0:
            return (0.0,) * self.dimensions
        vector = np.random.default_rng(seed).normal(size=self.dimensions)
        return tuple((vector / np.linalg.norm(vector)).tolist())
