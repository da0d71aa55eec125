"""How lists and evaluations look on a terminal."""

from __future__ import annotations

from textwrap import indent, wrap
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import tzinfo

    from relnews.evaluate.results import Comparison, Evaluation, TaskResult
    from relnews.types import Article, RelatedList

WIDTH = 88
SHOWN_METRICS = 6


def print_list(article: Article, related: RelatedList, *, parts: bool = False) -> None:
    """Print an article's headline and its list, with the reasons."""
    zone = related.at.tzinfo
    click.echo(f"{_line(article, zone)}\n  {article.headline}\n\nEmpfohlen")
    for position in range(1, len(related) + 1):
        print_entry(related, position, parts=parts)
    if related.note:
        click.echo(f"  ({related.note})")


def print_entry(related: RelatedList, position: int, *, parts: bool = False) -> None:
    """Print one entry: headline, teaser, reason, and its score parts if wanted."""
    entry = related[position - 1]
    foreign = entry.language if entry.language != related.language else ""
    click.echo(f"  {position}. {entry.article.headline}  [{entry.article.id}]")
    for line in wrap(entry.article.teaser, WIDTH - 5):
        click.echo(indent(line, " " * 5))
    click.echo(
        indent(f"{_line(entry.article, related.at.tzinfo, foreign)}: {entry.reason}", " " * 5)
    )
    if parts:
        score = (
            f"score {entry.score:.3f} = relevance {entry.relevance:.3f} "
            f"(lexical {entry.lexical:.3f}, semantic {entry.semantic:.3f}) "
            f"x freshness {entry.freshness:.3f}; placed by {entry.placed_by}"
        )
        click.echo(indent(score, " " * 5))


def print_evaluation(evaluation: Evaluation) -> None:
    """Print what an evaluation found: one table a task, and how the first system compares."""
    for task in evaluation.tasks:
        n_right = task.n_questions - task.n_without_truth
        click.echo(f"\n{task.name}: {n_right:,} questions with right answers. {task.about}")
        removed = ", ".join(f"{count} {guard}" for guard, count in task.removed.items())
        click.echo(f"left out: {removed or 'nothing'}; {task.n_without_truth:,} without truth")
        for name, reason in task.absent.items():
            click.echo(f"not there: {name}, {reason}")
        _print_table(task)
        _print_violations(task)
        for compared in task.comparisons:
            if compared.metric == task.headline:
                _print_comparison(compared)


def _print_table(task: TaskResult) -> None:
    """Print the metrics that tell most, the headline metric with its interval."""
    metrics = [name for name in task.better if name in task.systems[0].values][:SHOWN_METRICS]
    if task.headline not in metrics:
        metrics.append(task.headline)
    width = max(len(system.name) for system in task.systems)
    click.echo(f"{'':{width}}  " + "  ".join(f"{name:>12.12}" for name in metrics))
    for system in task.systems:
        values = [system.values.get(name) for name in metrics]
        cells = [f"{value.value:12.3f}" if value else f"{'-':>12}" for value in values]
        click.echo(f"{system.name:{width}}  " + "  ".join(cells))


def _print_violations(task: TaskResult) -> None:
    """Name the systems that showed what must not be shown; none should be here."""
    for system in task.systems:
        found = system.values.get(f"violations@{task.k}")
        if found and found.value > 0:
            click.echo(f"{system.name} shows {found.value:.2f} entries a list that it must not")


def _print_comparison(compared: Comparison) -> None:
    gap = compared.difference
    click.echo(
        f"{compared.system} - {compared.peer}: {compared.metric} {gap.value:+.3f} "
        f"[{gap.low:+.3f}, {gap.high:+.3f}], p {compared.p_corrected:.4f} after correction, "
        f"{compared.wins} wins, {compared.ties} ties, {compared.losses} losses"
    )


def _line(article: Article, zone: tzinfo | None, language: str = "") -> str:
    """Name section, source, language and date of an article, as far as they are known."""
    published = article.published_at
    date = f"{published.astimezone(zone):%d.%m.%Y %H:%M}" if published else "undated"
    return " · ".join(part for part in (article.section, article.source, language, date) if part)
