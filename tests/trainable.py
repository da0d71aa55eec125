"""A site whose links only a trained model can foresee, for the tests of training.

Each subject has two vocabularies without a word in common, as if two desks wrote about it; links
go from one to the other. So neither shared words nor an untrained model tell the targets.
"""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from relnews import Article
from relnews.evaluate import Dataset, EditorLinks, Event, Truth

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2026, 1, 1, 6, tzinfo=UTC)
SUBJECTS, DESKS, WORDS = 6, 2, 12
N_ARTICLES = 240
VOCABULARY = tuple(
    f"{subject}{desk}{word}"
    for subject in "abcdef"
    for desk in "xy"
    for word in ("ba", "be", "bi", "bo", "bu", "da", "de", "di", "do", "du", "fa", "fe")
)
"""Each word belongs to one subject and one desk."""


def published(number: int) -> datetime:
    return START + timedelta(hours=6 * number)


def subject_of(article_id: str) -> int:
    return int(article_id) // DESKS % SUBJECTS


def desk_of(article_id: str) -> int:
    return int(article_id) % DESKS


def an_article(number: int) -> Article:
    """Give an article in the words of its subject and desk, drawn by its number."""
    generator = np.random.default_rng(number)
    first = (subject_of(str(number)) * DESKS + desk_of(str(number))) * WORDS
    drawn = [VOCABULARY[first + place] for place in generator.integers(WORDS, size=14)]
    return Article(
        id=str(number),
        headline=" ".join(drawn[:3]),
        body=" ".join(drawn[3:]),
        section="Stadt",
        source="Tagblatt",
        language="de",
        published_at=published(number),
    )


def links_of(number: int) -> EditorLinks:
    """Link the last two articles of the other desk on the same subject."""
    same = [
        str(other)
        for other in range(number)
        if subject_of(str(other)) == subject_of(str(number))
        and desk_of(str(other)) != desk_of(str(number))
    ]
    return EditorLinks(str(number), tuple(same[-2:]))


def site(n_articles: int = N_ARTICLES) -> Dataset:
    """Give articles every six hours with their links, and two readers who follow each link."""
    links = [links_of(number) for number in range(n_articles)]
    events = [
        Event(f"{reader}-{one.source_id}", name, published(int(one.source_id)) + minutes)
        for one in links
        if one.target_ids
        for reader in ("anna", "bert")
        for name, minutes in (
            (one.source_id, timedelta(minutes=5)),
            (one.target_ids[-1], timedelta(minutes=9)),
        )
    ]
    truth = Truth(links=tuple(one for one in links if one.target_ids), events=tuple(events))
    return Dataset("Tagblatt", tuple(map(an_article, range(n_articles))), truth)


def write(folder: Path, n_articles: int = N_ARTICLES) -> Path:
    """Write the articles and links as files; give their folder."""
    data = site(n_articles)
    folder.mkdir()
    records = [
        {
            "id": one.id,
            "headline": one.headline,
            "body": one.body,
            "section": one.section,
            "source": one.source,
            "language": one.language,
            "published_at": one.published_at.isoformat() if one.published_at else None,
        }
        for one in data.articles
    ]
    with gzip.open(folder / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(record)}\n" for record in records)
    lines = [
        json.dumps({"source_id": one.source_id, "target_ids": list(one.target_ids)})
        for one in data.truth.links
    ]
    (folder / "links.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
