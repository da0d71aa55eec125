"""The command line: the only clock, the only printing."""

from __future__ import annotations

import sys

import click

from relnews.cli import options
from relnews.cli.demo import demo
from relnews.cli.embed import embed
from relnews.cli.evaluate import evaluate
from relnews.cli.keep import add, check, retract
from relnews.cli.lists import explain, precompute, recommend
from relnews.cli.models import models
from relnews.cli.rules import rules
from relnews.cli.train import train_model
from relnews.cli.tune import tune
from relnews.errors import RelnewsError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="relnews")
def cli() -> None:
    """Related, fresh, diverse and explained article lists ("Empfohlen") for a news site.

    Exit codes: 0 done, 1 a check or comparison failed, 2 wrong use or bad input.
    """


for _command in (
    *(demo, add, recommend, explain, retract, precompute, embed, check, rules, evaluate, tune),
    *(models, train_model),
):
    cli.add_command(_command)


def main() -> None:
    """Run the command line; errors that say what to do go to stderr without a traceback."""
    try:
        cli(prog_name="relnews")
    except RelnewsError as error:
        click.echo(f"relnews: {error}", err=True)
        sys.exit(options.BAD_INPUT)
