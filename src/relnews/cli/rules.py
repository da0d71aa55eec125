"""The commands of editors: show, pin, block, no-list, separate, cap, quota, remove."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from relnews.cli import options
from relnews.rank.rules import Block, Cap, NoList, Pin, Quota, Separate, to_json

if TYPE_CHECKING:
    from relnews.rank.rules import Attribute, Rule

attribute = click.argument("attribute", type=click.Choice(["section", "source", "access"]))


@click.group()
def rules() -> None:
    """Pin, block, separate and more; rules win over scores."""


@rules.command()
@options.database
@options.as_json
def show(database: str, as_json: bool) -> None:
    """List all rules with their numbers."""
    with options.open_site(database) as rec:
        found = rec.rules()
    if as_json:
        options.print_json([{"number": number, **to_json(rule)} for number, rule in found.items()])
        return
    for number, rule in found.items():
        click.echo(f"{number:4}  {rule}")
    if not found:
        click.echo("no rules")


@rules.command()
@options.database
@click.argument("source_id", metavar="SOURCE")
@click.argument("target_id", metavar="TARGET")
@click.option("--position", default=1, show_default=True, help="1 is the top.")
def pin(database: str, source_id: str, target_id: str, position: int) -> None:
    """Put TARGET at a position of the list under SOURCE."""
    _add(database, Pin(source_id, target_id, position), source_id, target_id)


@rules.command()
@options.database
@click.argument("target_id", metavar="TARGET")
@click.option("--under", "source_id", default="", metavar="ID", help="Only under this article.")
def block(database: str, target_id: str, source_id: str) -> None:
    """Never show TARGET, on any list or under one article."""
    _add(database, Block(target_id, source_id), target_id, source_id)


@rules.command("no-list")
@options.database
@click.argument("source_id", metavar="ID")
def no_list(database: str, source_id: str) -> None:
    """Give an article no list at all."""
    _add(database, NoList(source_id), source_id)


@rules.command()
@options.database
@click.argument("first_id", metavar="ID")
@click.argument("second_id", metavar="ID")
def separate(database: str, first_id: str, second_id: str) -> None:
    """Never let two articles stand together."""
    _add(database, Separate(first_id, second_id), first_id, second_id)


@rules.command()
@options.database
@attribute
@click.argument("value")
@click.argument("at_most", type=int)
def cap(database: str, attribute: Attribute, value: str, at_most: int) -> None:
    """Show at most AT_MOST entries of a section, source or access, as in: section Sport 2."""
    _add(database, Cap(attribute, value, at_most))


@rules.command()
@options.database
@attribute
@click.argument("value")
@click.argument("at_least", type=int)
@click.option("--within", default=5, show_default=True, help="Among so many first entries.")
def quota(database: str, attribute: Attribute, value: str, at_least: int, within: int) -> None:
    """Show at least AT_LEAST entries of a section, source or access among the first ones."""
    _add(database, Quota(attribute, value, at_least, within))


@rules.command()
@options.database
@click.argument("number", type=int)
def remove(database: str, number: int) -> None:
    """Remove the rule of this number."""
    with options.open_site(database) as rec:
        if number not in rec.rules() or not rec.remove_rule(number):
            click.echo(f"relnews: no rule has the number {number}; see rules show", err=True)
            sys.exit(options.BAD_INPUT)
    click.echo(f"rule {number} is removed")


def _add(database: str, rule: Rule, *ids: str) -> None:
    """Save a rule, and say which of the articles it names is not stored (yet)."""
    with options.open_site(database) as rec:
        number = rec.add_rule(rule)
        known = rec.store.articles(name for name in ids if name)
    click.echo(f"rule {number}: {rule}")
    for name in ids:
        if name and name not in known:
            click.echo(f"relnews: no stored article has the id {name!r} yet", err=True)
