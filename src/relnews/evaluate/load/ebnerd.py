"""EB-NeRD, the data of the Danish paper Ekstra Bladet: articles, behaviours, histories.

They are Parquet files; reading them needs pyarrow. Of ``articles.parquet`` these columns are
used: ``article_id, title, subtitle, body, url, category_str, topics, published_time, premium``;
of ``behaviors.parquet``: ``user_id, article_id, impression_time, article_ids_inview,
article_ids_clicked``; of ``history.parquet``: ``user_id, article_id_fixed,
impression_time_fixed``.

References
----------
J. Kruse et al., EB-NeRD: A Large-Scale Dataset for News Recommendation, RecSys Challenge 2024,
https://arxiv.org/abs/2410.03432; https://recsys.eb.dk/dataset.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from relnews.errors import InvalidTruth
from relnews.evaluate.load.dataset import Dataset
from relnews.evaluate.load.files import require
from relnews.evaluate.load.impressions import to_flags
from relnews.evaluate.load.lines import collect
from relnews.evaluate.load.parquet import read_parquet
from relnews.evaluate.load.pseudonym import pseudonyms
from relnews.evaluate.load.values import refuse, to_id, to_ids, to_moment
from relnews.evaluate.truth import Event, Impression, Truth
from relnews.ingest import to_article
from relnews.ingest.times import zone_of

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

    from relnews.types import Article, Quarantined

__all__ = ["ARTICLES", "BEHAVIORS", "articles_of", "load_ebnerd"]

ARTICLES = "articles.parquet"
BEHAVIORS = "behaviors.parquet"
_HISTORY = "history.parquet"
_ZONE = zone_of("UTC")


def load_ebnerd(folder: str | os.PathLike[str], *, salt: str | None = None) -> Dataset:
    """Read a split of EB-NeRD, such as ``ebnerd_small/train``.

    The folder holds ``behaviors.parquet`` and, if wanted, ``history.parquet``;
    ``articles.parquet`` is there or, as it is shipped, in the folder above. The subtitle is the
    teaser, ``category_str`` the section, ``topics`` are the tags. `salt` is that of
    `relnews.evaluate.load.pseudonym`.

    Raises
    ------
    IngestError
        When pyarrow or a file is missing, a file lacks a column, or not one row is sound.
    InvalidPolicy
        When `salt` is empty or longer than 64 bytes.

    Notes
    -----
    Decisions, where the data leave something open:

    - ``last_modified_time`` is not taken for an update: it moves with every save, spelling
      corrections included.
    - Times carry no zone; UTC is assumed. Intervals hold, the hour of the day may not.
    - The source of an impression is the article under which it stood; empty on the front page.
    - The authors shuffled what was shown: a place in `shown` means nothing. Nor are there
      propensities, so that no estimate from these clicks can be freed of the logging system.
    - The test set does not say what was clicked, and gives no impressions.
    """
    folder = Path(folder)
    user_of = pseudonyms(salt)
    articles, unread = _articles(articles_of(folder) or require(folder, ARTICLES))
    impressions, broken = _impressions(require(folder, BEHAVIORS), user_of)
    history = folder / _HISTORY
    events, lost = _events(history, user_of) if history.is_file() else ((), ())
    truth = Truth(events=events, impressions=impressions)
    return Dataset(folder.resolve().name, articles, truth, unread + broken + lost)


def articles_of(folder: Path) -> Path | None:
    """Give the articles of a split: in its folder, or in the one above; None without any."""
    for place in (folder, folder.resolve().parent):
        if (place / ARTICLES).is_file():
            return place / ARTICLES
    return None


def _articles(path: Path) -> tuple[tuple[Article, ...], tuple[Quarantined, ...]]:
    needed = ("article_id", "title")
    optional = (
        "subtitle", "body", "url", "category_str", "topics", "published_time", "premium",
    )  # fmt: skip
    return collect(path, read_parquet(path, needed, optional), _article)


def _article(row: Mapping[str, object]) -> tuple[Article]:
    record = {
        "id": _id("article_id", row["article_id"]),
        "headline": row["title"],
        "teaser": row.get("subtitle"),
        "body": row.get("body"),
        "url": row.get("url"),
        "section": row.get("category_str"),
        "tags": row.get("topics"),
        "published_at": row.get("published_time"),
        "access": "paid" if row.get("premium") else "free",
        "language": "da",
    }
    return (to_article(record, timezone="UTC"),)


def _impressions(
    path: Path, user_of: Callable[[object], str]
) -> tuple[tuple[Impression, ...], tuple[Quarantined, ...]]:
    needed = ("user_id", "impression_time", "article_ids_inview")
    optional = ("article_id", "article_ids_clicked")
    return collect(
        path, read_parquet(path, needed, optional), partial(_impression, user_of=user_of)
    )


def _impression(
    row: Mapping[str, object], user_of: Callable[[object], str]
) -> tuple[Impression, ...]:
    clicked, source = row.get("article_ids_clicked"), row.get("article_id")
    shown = to_ids("article_ids_inview", row["article_ids_inview"])
    made = Impression(
        user=user_of(row["user_id"]),
        source_id="" if source is None else _id("article_id", source),
        at=to_moment("impression_time", row["impression_time"], _ZONE),
        shown=shown,
        clicked=to_flags(to_ids("article_ids_clicked", clicked or []), shown),
    )
    return () if clicked is None else (made,)


def _events(
    path: Path, user_of: Callable[[object], str]
) -> tuple[tuple[Event, ...], tuple[Quarantined, ...]]:
    needed = ("user_id", "article_id_fixed", "impression_time_fixed")
    return collect(path, read_parquet(path, needed), partial(_read, user_of=user_of))


def _read(row: Mapping[str, object], user_of: Callable[[object], str]) -> list[Event]:
    user, moments = user_of(row["user_id"]), row["impression_time_fixed"]
    ids = to_ids("article_id_fixed", row["article_id_fixed"])
    if not isinstance(moments, list):
        refuse("impression_time_fixed", "a list of times", moments)
    if len(moments) != len(ids):
        msg = f"there must be one time for each of {len(ids)} articles, got {len(moments)}"
        raise InvalidTruth(msg)
    return [
        Event(user, name, to_moment("impression_time_fixed", moment, _ZONE))
        for name, moment in zip(ids, moments, strict=True)
    ]


def _id(name: str, value: object) -> str:
    """Give an id as text; pandas turns whole numbers into floats where some are missing."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return to_id(name, value)
