"""How lists look on a terminal."""

from __future__ import annotations

from textwrap import indent, wrap
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import tzinfo

    from relnews.types import Article, Related, RelatedList

WIDTH = 88


def print_list(article: Article, related: RelatedList, *, parts: bool = False) -> None:
    """Print an article's headline and its list, with the reasons."""
    zone = related.at.tzinfo
    click.echo(f"{_line(article, zone)}\n  {article.headline}\n\nEmpfohlen")
    for position, entry in enumerate(related.entries, start=1):
        print_entry(position, entry, zone, parts=parts)
    if related.note:
        click.echo(f"  ({related.note})")


def print_entry(position: int, entry: Related, zone: tzinfo | None, *, parts: bool = False) -> None:
    """Print one entry: headline, teaser, reason, and its score parts if wanted."""
    click.echo(f"  {position}. {entry.article.headline}  [{entry.article.id}]")
    for line in wrap(entry.article.teaser, WIDTH - 5):
        click.echo(indent(line, " " * 5))
    click.echo(indent(f"{_line(entry.article, zone)}: {entry.reason}", " " * 5))
    if parts:
        score = (
            f"score {entry.score:.3f} = relevance {entry.relevance:.3f} "
            f"(lexical {entry.lexical:.3f}, latent {entry.latent:.3f}) "
            f"x freshness {entry.freshness:.3f}; placed by {entry.placed_by}"
        )
        click.echo(indent(score, " " * 5))


def _line(article: Article, zone: tzinfo | None) -> str:
    """Name section, source and date of an article, as far as they are known."""
    published = article.published_at
    date = f"{published.astimezone(zone):%d.%m.%Y %H:%M}" if published else "undated"
    return " · ".join(part for part in (article.section, article.source, date) if part)
