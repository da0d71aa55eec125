"""The commands that show or make lists: recommend, explain, precompute."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, NoReturn

import click

from relnews.cli import options
from relnews.cli.show import print_entry, print_list
from relnews.errors import InvalidQuery

if TYPE_CHECKING:
    from datetime import datetime

length = click.option("-k", "k", default=5, show_default=True, help="Entries at most.")


@click.command()
@options.database
@click.argument("article_id", metavar="ID")
@length
@options.moment
@click.option("--exclude", multiple=True, metavar="ID", help="Not to be shown; may be repeated.")
@options.policy_file
@click.option("--stored", is_flag=True, help="Read the list that precompute stored.")
@options.as_json
@click.option("--html", "as_html", is_flag=True, help="Print the block as HTML.")
def recommend(
    database: str,
    article_id: str,
    k: int,
    at: datetime,
    exclude: tuple[str, ...],
    policy_path: str | None,
    stored: bool,
    as_json: bool,
    as_html: bool,
) -> None:
    """Print the list of article ID."""
    if as_json and as_html:
        msg = "--json and --html exclude each other"
        raise click.UsageError(msg)
    from relnews.export import html_block, list_record

    with options.open_site(database, policy_path) as rec:
        article = rec.article(article_id)
        if stored:
            found = rec.stored_list(article_id, at=at, k=k, exclude=exclude)
            if found is None:
                msg = f"no list is stored for {article_id!r}; run precompute first"
                raise InvalidQuery(msg)
        else:
            found = rec.recommend(article_id, at=at, k=k, exclude=exclude)
    if as_json:
        options.print_json(list_record(found))
    elif as_html:
        click.echo(html_block(found))
    else:
        print_list(article, found)


@click.command()
@options.database
@click.argument("source_id", metavar="SOURCE")
@click.argument("target_id", metavar="[TARGET]", required=False)
@length
@options.moment
@options.policy_file
@options.as_json
def explain(
    database: str,
    source_id: str,
    target_id: str | None,
    k: int,
    at: datetime,
    policy_path: str | None,
    as_json: bool,
) -> None:
    """Say why the list of SOURCE is what it is, or why TARGET is on it or not."""
    from relnews.export import list_record

    with options.open_site(database, policy_path) as rec:
        article = rec.article(source_id)
        found = rec.recommend(source_id, at=at, k=k)
        verdict = found.why_not(target_id) if target_id else ""
    if as_json:
        record = list_record(found)
        options.print_json(record | ({"target_id": target_id, "why": verdict} if target_id else {}))
    elif target_id:
        click.echo(f"{target_id} under {source_id}: {verdict}")
        if target_id in found.ids:
            print_entry(found, found.ids.index(target_id) + 1, parts=True)
    else:
        print_list(article, found, parts=True)


@click.command()
@options.database
@options.moment
@click.option("--depth", default=20, show_default=True, help="Entries per stored list.")
@click.option(
    "--changed-since",
    metavar="TIME",
    callback=options.moment_or_none,
    help="Keep lists made for TIME or later, except those that a change since then concerns.",
)
@click.option("--resume", is_flag=True, help="Go on with the run that was interrupted.")
@click.option("--jobs", default=1, show_default=True, help="Processes; -1: one per core.")
@options.policy_file
@click.option(
    "--out",
    multiple=True,
    metavar="FILE",
    help="Write all stored lists to a .jsonl, .jsonl.gz, .parquet, .db or .sqlite file or to a "
    "database URL; may be repeated.",
)
@options.as_json
def precompute(
    database: str,
    at: datetime,
    depth: int,
    changed_since: datetime | None,
    resume: bool,
    jobs: int,
    policy_path: str | None,
    out: tuple[str, ...],
    as_json: bool,
) -> None:
    """Make and store the lists of all articles, or those that changes concern."""
    if resume and changed_since:
        msg = "--resume goes on with a run of all lists; leave --changed-since out"
        raise click.UsageError(msg)
    if resume and options.is_given("at"):
        msg = "--resume goes on for the moment of the interrupted run; leave --at out"
        raise click.UsageError(msg)
    from relnews.export import lists_writer

    writers = [lists_writer(target) for target in out]
    with options.open_site(database, policy_path) as rec:
        if resume:
            at = rec.store.unfinished_run() or _nothing_to_resume()
        with options.watching("lists") as progress:
            report = rec.precompute(
                at=at, depth=depth, changed_since=changed_since, n_jobs=jobs, progress=progress
            )
        for write in writers:
            write(rec.stored_lists(at=at, k=depth))
    if as_json:
        options.print_json({"at": at.isoformat(), **asdict(report)})
    else:
        click.echo(
            f"{report.made:,} lists stored, {report.changed:,} of them new or changed; "
            f"churn {report.churn:.1%}"
        )
        if report.due:
            click.echo(f"{report.due:,} are due again: others wrote meanwhile", err=True)


def _nothing_to_resume() -> NoReturn:
    msg = "no run was interrupted; start one without --resume"
    raise InvalidQuery(msg)
