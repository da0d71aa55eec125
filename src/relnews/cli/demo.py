"""The command that shows what relnews does, with nothing but the package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from relnews.cli import options
from relnews.cli.show import print_list

if TYPE_CHECKING:
    from datetime import datetime


@click.command()
@click.option(
    "--out",
    default="relnews-demo",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the pages; created when missing.",
)
@click.option("--database", default=":memory:", show_default=True, help="Keep the newsroom here.")
@click.option("-k", "k", default=5, show_default=True, help="Entries at most.")
@options.moment
@options.as_json
@click.pass_context
def demo(
    context: click.Context,
    out: Path,
    database: str,
    k: int,
    at: datetime,
    as_json: bool,
) -> None:
    """Build a sample newsroom, print three lists with reasons, write a page for each.

    The newsroom lives in March 2026; without --at the lists are for the morning of the 15th.
    """
    from relnews import demo as newsroom
    from relnews.export import html_page, list_record
    from relnews.recommender import Recommender

    given = context.get_parameter_source("at") is click.core.ParameterSource.COMMANDLINE
    moment = at if given else newsroom.NOW
    options.make_folder(out)
    records, written = [], []
    with Recommender.open(database, policy=newsroom.policy()) as rec:
        report = rec.add(newsroom.articles())
        if not as_json:
            click.echo(
                f"{newsroom.NAME}: {len(set(report.accepted))} articles; "
                f"lists as of {moment:%d.%m.%Y %H:%M}\n"
            )
        for article_id in newsroom.SHOWN:
            article = rec.article(article_id)
            related = rec.recommend(article_id, at=moment, k=k)
            page = out / f"{article_id}.html"
            page.write_text(html_page(article, related, site=newsroom.NAME), encoding="utf-8")
            written.append(page)
            records.append(list_record(related) | {"page": str(page)})
            if not as_json:
                print_list(article, related)
                click.echo()
    if as_json:
        options.print_json(records)
        return
    click.echo("Pages to look at:")
    for page in written:
        click.echo(f"  {page.resolve()}")
