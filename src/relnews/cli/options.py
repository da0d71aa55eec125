"""What several commands take: the database, the moment, the policy, JSON; and progress."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from relnews.ingest.times import parse_time, zone_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from relnews.policy import Policy
    from relnews.recommender import Recommender

TIMEZONE = "Europe/Berlin"

SHOWN_PROBLEMS = 10
"""Of many broken records so many are named."""

CHECK_FAILED = 1
BAD_INPUT = 2


def _moment(_context: click.Context, _parameter: click.Parameter, given: str | None) -> datetime:
    """Read a time; without a time zone it is local to the site's."""
    if given is None:
        return datetime.now(zone_of(TIMEZONE))
    found = parse_time(given, zone_of(TIMEZONE))
    if found is None:
        msg = f"a time is like 2026-03-15T08:00+01:00, got {given!r}"
        raise click.BadParameter(msg)
    return found


def moment_or_none(
    context: click.Context, parameter: click.Parameter, given: str | None
) -> datetime | None:
    """Read a time that may be left out."""
    return None if given is None else _moment(context, parameter, given)


def is_given(name: str) -> bool:
    """Tell whether a parameter of the running command stands on the command line."""
    source = click.get_current_context().get_parameter_source(name)
    return source is click.core.ParameterSource.COMMANDLINE


database = click.argument("database")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program.")
moment = click.option(
    "--at",
    metavar="TIME",
    callback=_moment,
    help=f"The moment the list is for, now by default; without a time zone in {TIMEZONE}.",
)
policy_file = click.option(
    "--policy",
    "policy_path",
    type=click.Path(exists=True, dir_okay=False),
    help="A TOML file with settings that differ from the defaults.",
)


def open_site(database: str, policy_path: str | None = None) -> Recommender:
    """Open a database that exists, with the policy of a file if one is given."""
    from relnews.recommender import Recommender

    return Recommender.open(database, policy=read_policy(policy_path), create=False)


def read_policy(path: str | None) -> Policy | None:
    """Read a policy file, if there is one."""
    from relnews.settings import load_policy

    return load_policy(path) if path else None


def print_json(value: Any) -> None:  # noqa: ANN401  # whatever JSON can hold
    """Print a value as JSON, umlauts as they are."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


@contextmanager
def counting(label: str, length: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show progress on a terminal, and nothing elsewhere: a bar, or a count without a length."""
    if not sys.stderr.isatty():
        yield lambda _: None
    elif length is not None:
        with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
            yield bar.update
    else:
        total = 0

        def update(n_more: int) -> None:
            nonlocal total
            total += n_more
            click.echo(f"\r{label}: {total:,}", nl=False, err=True)

        yield update
        click.echo(err=True)


@contextmanager
def watching(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal, and nothing elsewhere; told how much is done, and of how much."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def update(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield update


def make_folder(path: Path) -> None:
    """Make a folder to write to, before the work begins, as it may turn out to be impossible."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"there must be a folder to write to: {error}"
        raise click.BadParameter(msg, param_hint="--out") from error
