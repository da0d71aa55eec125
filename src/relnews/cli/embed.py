"""The command that changes what gives vectors."""

from __future__ import annotations

from dataclasses import asdict

import click

from relnews.cli import options


@click.command()
@options.database
@click.option(
    "--model",
    required=True,
    help="A preset, a folder, a TOML file, a hub name, or default: the site's own latent view.",
)
@options.as_json
def embed(database: str, model: str, as_json: bool) -> None:
    """Give every article a vector of another model; lists change when all have one.

    Meanwhile the database may be read and written. Interrupted, it goes on when run again.
    """
    with options.open_site(database) as rec:
        total = rec.store.counts()["articles"]
        with options.counting("embedded", total) as count:
            report = rec.embed(model, progress=count)
    if as_json:
        options.print_json(asdict(report))
        return
    click.echo(f"{report.made:,} articles embedded with {report.model} ({report.fingerprint})")
    click.echo(
        f"{report.seen:.0%} of an article's text is in its vector on average; "
        f"{report.whole:.0%} of the articles were read to the end"
    )
    click.echo("run precompute to make the stored lists again")
