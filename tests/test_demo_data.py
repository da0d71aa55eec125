"""The sample newsroom: complete, readable, and true to what it says of itself."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from relnews import Article, Quarantined, demo, read
from relnews.embed.analysis import Analyzer
from relnews.embed.vocabulary import Vocabulary
from relnews.rank.stories import is_copy
from relnews.types import Relation

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

FOLDER = Path(str(files("relnews"))) / "demo" / "newsroom"


@cache
def records() -> tuple[Article | Quarantined, ...]:
    return tuple(record for path in sorted(FOLDER.glob("*.jsonl")) for record in read(path))


@cache
def articles() -> dict[str, Article]:
    """Give the newest version of each article."""
    found = [record for record in records() if isinstance(record, Article)]
    return {article.id: article for article in sorted(found, key=lambda made: made.version)}


def table(name: str) -> list[dict[str, str]]:
    """Give the rows of all files of one kind."""
    return [
        row
        for path in sorted(FOLDER.glob(f"{name}*.csv"))
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    ]


def stories() -> dict[str, list[Article]]:
    found: dict[str, list[Article]] = defaultdict(list)
    for row in table("stories"):
        found[row["story"]].append(articles()[row["article_id"]])
    return found


def relations(kind: str) -> list[tuple[str, str]]:
    return [
        (row["source_id"], row["target_id"])
        for row in table("relations")
        if row["relation"] == kind
    ]


def is_agency(article: Article) -> bool:
    return article.source.casefold() in demo.policy().agencies


def test_every_record_is_read_without_quarantine() -> None:
    assert [record for record in records() if isinstance(record, Quarantined)] == []


def test_there_are_at_least_120_articles_with_texts_and_dates() -> None:
    assert len(articles()) >= 120
    for article in articles().values():
        assert len(article.body.split()) >= 40, article.id
        assert article.published_at, article.id
        assert article.section, article.id
        assert article.source, article.id


def test_an_id_comes_again_only_with_another_version() -> None:
    versions = Counter((r.id, r.version) for r in records() if isinstance(r, Article))
    assert {key for key, count in versions.items() if count > 1} == set()


def test_there_are_eight_sections_none_of_them_small() -> None:
    sections = Counter(article.section for article in articles().values())
    assert len(sections) == 8
    assert min(sections.values()) >= 10


def test_there_are_at_least_25_stories_with_three_developments_or_more() -> None:
    long = {name for name, members in stories().items() if len(members) >= 3}
    assert len(long) >= 25
    for name, members in stories().items():
        assert len({member.id for member in members}) == len(members), name


def test_stories_develop_within_weeks() -> None:
    for name, members in stories().items():
        dates = [member.published_at for member in members if member.published_at]
        assert (max(dates) - min(dates)).days <= 31, name


def test_there_are_agency_copies_beside_own_reports() -> None:
    pairs = [(articles()[first], articles()[second]) for first, second in relations("duplicate")]
    assert sum(is_agency(first) != is_agency(second) for first, second in pairs) >= 3


def test_there_are_a_correction_and_an_update() -> None:
    later = [article for article in articles().values() if article.version > 1]
    corrected = [a for a in later if a.updated_at is None or a.updated_at == a.published_at]
    updated = [
        a for a in later if a.updated_at and a.published_at and a.updated_at > a.published_at
    ]
    assert corrected
    assert updated


def test_there_are_evergreen_withheld_canceled_embargoed_and_expired_articles() -> None:
    found = articles().values()
    assert any(article.evergreen for article in found)
    assert {article.status for article in found} == {"usable", "withheld", "canceled"}
    assert any(article.embargo_until for article in found)
    assert any(article.expires_at for article in found)


def test_every_relation_names_two_articles_that_exist_and_a_known_kind() -> None:
    rows = table("relations")
    assert rows
    for row in rows:
        assert {row["source_id"], row["target_id"]} <= articles().keys(), row
        assert row["source_id"] != row["target_id"], row
        assert row["relation"] in get_args(Relation), row
        assert 0 <= float(row["gain"]) <= 3, row


def test_a_pair_is_judged_once_and_alike_from_both_sides() -> None:
    kinds = {(row["source_id"], row["target_id"]): row["relation"] for row in table("relations")}
    assert len(kinds) == len(table("relations"))
    for (source, target), kind in kinds.items():
        if kind in ("duplicate", "same_story"):
            assert kinds.get((target, source), kind) == kind, (source, target)


def test_articles_of_one_story_are_judged_to_be_of_one_story_or_copies() -> None:
    members = {row["article_id"]: row["story"] for row in table("stories")}
    for kind in ("same_story", "duplicate"):
        for source, target in relations(kind):
            if source in members and target in members:
                assert members[source] == members[target], (source, target)


def test_the_stories_and_relations_name_only_articles_that_exist() -> None:
    assert {row["article_id"] for row in table("stories")} <= articles().keys()


def test_duplicates_that_share_their_wording_are_found_as_copies() -> None:
    copies, others = 0, list[tuple[str, str]]()
    for first, second in relations("duplicate"):
        if shared(first, second) < 0.2:
            continue  # another report of the same event, in other words
        copies += 1
        if not is_copy(shingles(first), shingles(second)):
            others.append((first, second))
    assert others == []
    assert copies >= 3


def test_nothing_but_duplicates_is_found_as_a_copy() -> None:
    judged = {frozenset(pair) for pair in relations("duplicate")}
    ids = sorted(articles())
    found = {
        frozenset((first, second))
        for place, first in enumerate(ids)
        for second in ids[place + 1 :]
        if is_copy(shingles(first), shingles(second))
    }
    assert found - judged == set()


@cache
def shingles(article_id: str) -> npt.NDArray[np.uint32]:
    return Analyzer(Vocabulary()).document(articles()[article_id], "de").shingles


def shared(first: str, second: str) -> float:
    """Give the share of the shorter text's shingles that stand in the other text too."""
    one, other = ({*shingles(name).tolist()} for name in (first, second))
    return len(one & other) / min(len(one), len(other))


@pytest.mark.parametrize("name", ["relations", "stories"])
def test_there_is_a_table_of_each_kind(name: str) -> None:
    assert table(name)
