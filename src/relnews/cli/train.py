"""The command that trains a sentence model on a site's own pairs."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relnews.cli import options
from relnews.cli.evaluate import field_option, read_dataset, sample_option, seed_option

if TYPE_CHECKING:
    from datetime import datetime


@click.command("train-model")
@click.argument("data")
@click.option(
    "--base",
    default="static",
    show_default=True,
    metavar="MODEL|static|static-random",
    help="The model to begin with: a preset, a folder, or a static one made of the site's own "
    "words, its vectors from their decomposition or drawn at random.",
)
@click.option(
    "--pairs",
    "kinds",
    default="",
    metavar="KINDS",
    help="What to learn from, with commas between: links, reads, headline. By default all.",
)
@click.option(
    "--until",
    callback=options.moment_or_none,
    metavar="TIME",
    help="Measure on what came from here on, learn from what was before; by default the last 30 % "
    "of the articles are for measuring.",
)
@click.option("--epochs", type=click.IntRange(min=0), default=0, help="0: as the model wants it.")
@click.option(
    "--batch", type=click.IntRange(min=0), default=0, help="Pairs at a time; 0: the same."
)
@click.option(
    "--learning-rate", type=click.FloatRange(min=0), default=0.0, help="The largest; 0: the same."
)
@click.option(
    "--max-pairs",
    type=click.IntRange(min=0),
    default=0,
    help="Of more pairs of a kind so many are drawn; 0: all are learned from.",
)
@click.option(
    "--device",
    type=click.Choice(("cpu", "cuda", "mps")),
    help="By default the fastest there is.",
)
@click.option("--task", default="", help="What to measure on: links, events, impressions.")
@sample_option
@seed_option
@field_option
@options.as_json
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write the model into this new folder, with its card.",
)
def train_model(
    data: str,
    base: str,
    kinds: str,
    until: datetime | None,
    epochs: int,
    batch: int,
    learning_rate: float,
    max_pairs: int,
    device: str | None,
    task: str,
    sample: int,
    seed: int,
    pairs: tuple[str, ...],
    as_json: bool,
    out: Path | None,
) -> None:
    """Train a sentence model on the earlier part of DATA, and measure it on the later part.

    Learns from editors' links, articles read together, and headlines with their text. Prints what
    the model gained over its base and over the views that need no model. Downloads nothing.
    """
    from relnews.train import TrainingPlan, require_kinds, to_record, to_text
    from relnews.train import train_model as train

    plan = TrainingPlan(
        base=base,
        kinds=require_kinds(name.strip() for name in kinds.split(",") if name.strip()),
        until=until,
        epochs=epochs,
        batch=batch,
        learning_rate=learning_rate,
        max_pairs=max_pairs,
        seed=seed,
        device=device or "",
        task=task,
        sample=sample,
    )
    dataset = read_dataset(data, pairs)
    command = shlex.join(["relnews", *sys.argv[1:]])
    with options.watching("trained and asked") as watch:
        report = train(
            dataset,
            plan,
            out=out,
            command=command,
            progress=lambda _stage, done, total: watch(done, total),
        )
    if as_json:
        options.print_json(to_record(report))
        return
    click.echo(to_text(report), nl=False)
    if out is not None:
        click.echo(f"model: {out}")
