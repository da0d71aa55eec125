"""MIND: dated by its first impression, clicked as labelled, silent where the log is silent."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from relnews.errors import IngestError
from relnews.evaluate.load import load, load_mind
from relnews.evaluate.load.pseudonym import pseudonyms
from relnews.evaluate.truth import Impression, Truth
from relnews.types import Article

if TYPE_CHECKING:
    from pathlib import Path

ENTITIES = '[{"Label": "Prince", "OccurrenceOffsets": [48]}]'
NEWS = (
    f'N1\tlifestyle\troyals\tThe "Brands\tShop & save\thttps://msn.com/1\t{ENTITIES}\t[]\n'
    "N2\tsports\tnfl\tA game\t\thttps://msn.com/2\t[]\t[]\n"
    "N3\tnews\tworld\tNever shown\tX\thttps://msn.com/3\t\t\n"
)
BEHAVIORS = (
    "1\tU7\t11/15/2019 10:22:32 AM\tN3 N2\tN1-0 N2-1\n"
    "2\tU8\t11/11/2019 9:05:58 PM\t\tN2-0\n"
    "3\tU9\t11/12/2019 12:00:01 AM\tN1\tN1-0\n"
)


def write(folder: Path, news: str = NEWS, behaviors: str = BEHAVIORS) -> Path:
    (folder / "news.tsv").write_text(news, encoding="utf-8")
    (folder / "behaviors.tsv").write_text(behaviors, encoding="utf-8")
    return folder


def test_articles_are_published_when_they_are_first_shown(tmp_path: Path) -> None:
    data = load_mind(write(tmp_path))
    assert data.quarantined == ()
    assert data.articles[0] == Article(
        id="N1",
        headline='The "Brands',
        teaser="Shop & save",
        url="https://msn.com/1",
        section="lifestyle",
        tags=("royals",),
        language="en",
        published_at=datetime(2019, 11, 12, 0, 0, 1, tzinfo=UTC),
    )
    assert data.articles[1].published_at == datetime(2019, 11, 11, 21, 5, 58, tzinfo=UTC)
    assert data.articles[2].published_at is None


def test_behaviours_become_impressions(tmp_path: Path) -> None:
    data = load_mind(write(tmp_path))
    first, second, third = data.truth.impressions
    assert first == Impression(
        user="U7",
        source_id="N2",
        at=datetime(2019, 11, 15, 10, 22, 32, tzinfo=UTC),
        shown=("N1", "N2"),
        clicked=(False, True),
    )
    assert (second.source_id, second.clicked) == ("", (False,))
    assert third.source_id == "N1"
    assert data.truth == Truth(impressions=data.truth.impressions)


def test_the_test_set_dates_articles_and_tells_of_no_click(tmp_path: Path) -> None:
    data = load_mind(write(tmp_path, behaviors="1\tU7\t11/15/2019 10:22:32 AM\tN3\tN1 N2\n"))
    assert data.truth == Truth()
    assert data.articles[0].published_at == datetime(2019, 11, 15, 10, 22, 32, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("1\tU7\t15/11/2019 10:22:32 AM\t\tN1-0", "that the calendar has"),
        ("1\tU7\t2019-11-15 10:22\t\tN1-0", "one such as 11/15/2019"),
        ("1\tU7\t11/15/2019 10:22:32 AM\t\tN1-0 N2", "or none"),
        ("1\tU7\t11/15/2019 10:22:32 AM\t\tN1-0 -1", "must be an id and"),
        ("1\t\t11/15/2019 10:22:32 AM\t\tN1-0", "user must be"),
        ("1\tU7\t11/15/2019 10:22:32 AM\tN1-0", "must have 5 columns"),
        ("1\tU\0\t11/15/2019 10:22:32 AM\t\tN1-0", "NUL"),
    ],
)
def test_a_broken_row_costs_itself_alone(tmp_path: Path, row: str, word: str) -> None:
    data = load_mind(write(tmp_path, behaviors=f"{row}\n{BEHAVIORS}"))
    assert len(data.truth.impressions) == 3
    (broken,) = data.quarantined
    assert (broken.file, broken.line) == (str(tmp_path / "behaviors.tsv"), 1)
    assert word in broken.reason


def test_a_broken_article_costs_itself_alone(tmp_path: Path) -> None:
    news = f"N8\tnews\tworld\t\tNo title\thttps://msn.com/8\t\t\nN9\tnews\n{NEWS}"
    data = load_mind(write(tmp_path, news=news))
    assert [article.id for article in data.articles] == ["N1", "N2", "N3"]
    assert [(line.line, line.id) for line in data.quarantined] == [(1, "N8"), (2, "")]


def test_the_folder_is_recognised_packed_or_not_and_users_are_hidden(tmp_path: Path) -> None:
    write(tmp_path)
    packed = gzip.compress((tmp_path / "news.tsv").read_bytes())
    (tmp_path / "news.tsv").unlink()
    (tmp_path / "news.tsv.gz").write_bytes(packed)
    data = load(tmp_path, salt="pepper")
    assert (data.name, len(data.articles)) == (tmp_path.name, 3)
    assert data.truth.impressions[0].user == pseudonyms("pepper")("U7")


def test_a_folder_of_something_else_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match=r"must hold news\.tsv"):
        load_mind(tmp_path)
    with pytest.raises(IngestError, match="at least one line must be sound"):
        load_mind(write(tmp_path, behaviors="user,article_id,at\n"))
