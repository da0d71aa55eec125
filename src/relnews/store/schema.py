"""The tables, for SQLite and PostgreSQL alike.

A program in any language may read them with plain SQL. For showing lists there is a table that is
checked when it is written (`relnews.export`); `lists` and `related` hold what was true when made.
Times are UTC text of one fixed width, so that they sort as text.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)

if TYPE_CHECKING:
    from sqlalchemy import Dialect

APPLICATION = "relnews"
SCHEMA_VERSION = 3


def utc_text(time: datetime) -> str:
    """Write an aware time as ``YYYY-MM-DDTHH:MM:SS.ffffff+00:00``, 32 characters, in UTC."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime in Python, UTC text in the database."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Write the time."""
        return None if value is None else utc_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Read the time."""
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Text, primary_key=True),
    Column("headline", Text, nullable=False),
    Column("teaser", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("section", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("language", Text, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("published_at", UtcTime),
    Column("updated_at", UtcTime),
    Column("version", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("embargo_until", UtcTime),
    Column("expires_at", UtcTime),
    Column("evergreen", Boolean, nullable=False),
    Column("access", Text, nullable=False),
    Column("image_credit", Text, nullable=False),
    Column("no_list", Boolean, nullable=False),
    Column("never_recommend", Boolean, nullable=False),
    Column("detected_language", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("change", BigInteger, nullable=False),
    # Last, so that SQLite reads every other column without walking through the long one.
    Column("body", Text, nullable=False),
    Index("articles_by_change", "change", "id"),
)

documents = Table(
    "documents",
    metadata,
    Column("article_id", Text, ForeignKey("articles.id"), primary_key=True),
    Column("terms", LargeBinary, nullable=False),
    Column("counts", LargeBinary, nullable=False),
    Column("shingles", LargeBinary, nullable=False),
)

models = Table(
    "models",
    metadata,
    Column("fingerprint", String(16), primary_key=True),
    Column("config", Text, nullable=False),
    Column("arrays", LargeBinary, nullable=False),
    Column("change", BigInteger, nullable=False),
    Column("encoder", Text, nullable=False, server_default=""),  # settings as JSON, if it is one
)

calibrations = Table(
    "calibrations",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # the change that made it
    Column("articles", BigInteger, nullable=False),
    Column("semantic_weight", Float, nullable=False),
    Column("pairs", LargeBinary, nullable=False),
)

weighings = Table(
    "weighings",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # the change that made it
    Column("documents", BigInteger, nullable=False),
    Column("frequencies", LargeBinary, nullable=False),
)

# What lists may still stand on: versions that were replaced since those lists were made.
former = Table(
    "former",
    metadata,
    Column("article_id", Text, primary_key=True),
    Column("change", BigInteger, primary_key=True, autoincrement=False),
    Column("published_at", UtcTime),
    Column("updated_at", UtcTime),
    Column("evergreen", Boolean, nullable=False),
    Column("section", Text, nullable=False),
    Column("terms", LargeBinary, nullable=False),
    Column("counts", LargeBinary, nullable=False),
    Column("vector", LargeBinary),
)

vectors = Table(
    "vectors",
    metadata,
    Column("article_id", Text, ForeignKey("articles.id"), primary_key=True),
    Column("model", String(16), ForeignKey("models.fingerprint"), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
    Column(
        "seen", Float, nullable=False, server_default=text("1")
    ),  # share of the text in the vector
    Index("vectors_by_model", "model"),
)

terms = Table(
    "terms",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("term", Text, nullable=False, unique=True),
)

rules = Table(
    "rules",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("rule", JSON, nullable=False),
    sqlite_autoincrement=True,  # the id of a removed rule is never given again
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("file", Text, nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("article_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # Of the four above: they may be longer than an index entry can be.
    Column("digest", String(64), nullable=False, unique=True),
)

retractions = Table(
    "retractions",
    metadata,
    Column("article_id", Text, primary_key=True),  # no foreign key: it may arrive later
    Column("reason", Text, nullable=False),
    Column("retracted_at", UtcTime),
    Column("former_status", Text, nullable=False),  # empty: the article was not stored
)

lists = Table(
    "lists",
    metadata,
    Column("source_id", Text, ForeignKey("articles.id"), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("k", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("seen", BigInteger, nullable=False),  # the last change it took in
    Column("reach", Float, nullable=False),  # an article that scores less cannot matter to it
    Column("change", BigInteger, nullable=False),
)

related = Table(
    "related",
    metadata,
    Column("source_id", Text, ForeignKey("lists.source_id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("target_id", Text, ForeignKey("articles.id"), nullable=False),
    Column("score", Float, nullable=False),
    Column("relevance", Float, nullable=False),
    Column("freshness", Float, nullable=False),
    Column("lexical", Float, nullable=False),
    Column("semantic", Float, nullable=False),
    Column("relation", Text, nullable=False),
    Column("placed_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("shared_words", JSON, nullable=False),
    Index("related_by_target", "target_id"),
)
