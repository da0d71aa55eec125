"""EB-NeRD: articles, impressions under the article they stood under, histories as events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from relnews.errors import IngestError
from relnews.evaluate.load import load, load_ebnerd
from relnews.evaluate.load.pseudonym import pseudonyms
from relnews.evaluate.truth import Event, Impression, Truth
from relnews.types import Article

if TYPE_CHECKING:
    from pathlib import Path

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

NOON = datetime(2023, 5, 21, 12)  # noqa: DTZ001  # the files carry no zone
EVENING = datetime(2023, 5, 21, 21, 6, 50)  # noqa: DTZ001
ARTICLES: dict[str, list[Any]] = {
    "article_id": [9774516, 9771051, 1],
    "title": ["Zlatan sælger", "Vejret", ""],
    "subtitle": ["En skihytte i Åre", "", "Uden titel"],
    "body": ["Drømmer du om en skihytte?", None, ""],
    "url": ["https://ekstrabladet.dk/9774516", "", ""],
    "category_str": ["sport", "nyheder", None],
    "topics": [["Kendt", "Sport"], [], None],
    "published_time": [NOON, None, NOON],
    "last_modified_time": [EVENING, EVENING, EVENING],
    "premium": [True, False, None],
}
BEHAVIORS: dict[str, list[Any]] = {
    "impression_id": [1, 2, 3],
    "article_id": [None, 9774516.0, None],
    "impression_time": [EVENING, EVENING, EVENING],
    "article_ids_inview": [[9774516, 9771051], [9771051], [1]],
    "article_ids_clicked": [[9771051], [9771051], [2]],
    "user_id": [7, 8, 9],
}
HISTORY: dict[str, list[Any]] = {
    "user_id": [7, 8],
    "article_id_fixed": [[9774516, 1], [1]],
    "impression_time_fixed": [[NOON, EVENING], []],
}


def write(folder: Path, name: str, columns: dict[str, list[Any]]) -> None:
    parquet.write_table(pyarrow.table(columns), folder / name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    split = tmp_path / "train"
    split.mkdir()
    write(tmp_path, "articles.parquet", ARTICLES)
    write(split, "behaviors.parquet", BEHAVIORS)
    write(split, "history.parquet", HISTORY)
    return split


def test_articles_lie_in_the_folder_above(folder: Path) -> None:
    data = load(folder)
    assert data.name == "train"
    first, second = data.articles
    assert first == Article(
        id="9774516",
        headline="Zlatan sælger",
        teaser="En skihytte i Åre",
        body="Drømmer du om en skihytte?",
        url="https://ekstrabladet.dk/9774516",
        section="sport",
        tags=("Kendt", "Sport"),
        language="da",
        published_at=NOON.replace(tzinfo=UTC),
        access="paid",
    )
    assert (second.id, second.published_at, second.access) == ("9771051", None, "free")


def test_behaviours_become_impressions_and_histories_events(folder: Path) -> None:
    truth = load_ebnerd(folder).truth
    assert truth.impressions == (
        Impression(
            user="7",
            source_id="",
            at=EVENING.replace(tzinfo=UTC),
            shown=("9774516", "9771051"),
            clicked=(False, True),
        ),
        Impression(
            user="8",
            source_id="9774516",
            at=EVENING.replace(tzinfo=UTC),
            shown=("9771051",),
            clicked=(True,),
        ),
    )
    assert truth.events == (
        Event("7", "9774516", NOON.replace(tzinfo=UTC)),
        Event("7", "1", EVENING.replace(tzinfo=UTC)),
    )


def test_broken_rows_cost_themselves_alone(folder: Path) -> None:
    broken = {(line.file.rsplit("/", 1)[1], line.line) for line in load(folder).quarantined}
    assert broken == {("articles.parquet", 3), ("behaviors.parquet", 3), ("history.parquet", 2)}


def test_the_test_set_tells_of_no_click_and_needs_no_history(folder: Path) -> None:
    hidden = {"article_id", "article_ids_clicked"}
    kept = {name: cells for name, cells in BEHAVIORS.items() if name not in hidden}
    write(folder, "behaviors.parquet", kept)
    (folder / "history.parquet").unlink()
    data = load(folder)
    assert data.truth == Truth()
    assert len(data.articles) == 2


def test_with_a_salt_no_raw_user_is_left(folder: Path) -> None:
    data = load(folder, salt="pepper")
    assert data.truth.impressions[0].user == data.truth.events[0].user == pseudonyms("pepper")(7)


def test_a_file_with_other_columns_is_an_error(folder: Path) -> None:
    write(folder, "behaviors.parquet", {"user_id": [1]})
    with pytest.raises(IngestError, match="it has no impression_time, article_ids_inview"):
        load(folder)


def test_without_articles_the_folder_is_none_of_these(folder: Path) -> None:
    (folder.parent / "articles.parquet").unlink()
    with pytest.raises(IngestError, match=r"must hold articles\.parquet"):
        load_ebnerd(folder)
    with pytest.raises(IngestError, match="the folder must hold one of"):
        load(folder)
