"""The commands about pretrained models: which there are, what they are, how to get them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relnews.cli import options
from relnews.errors import InvalidModel, MissingExtra, MissingModel

if TYPE_CHECKING:
    from relnews.embed.sentence.settings import SentenceSettings

COLUMNS = ("languages", "licence", "size", "dimensions", "tokens")
NOTHING_TO_GET = "the default view is fitted on a site's own articles"

out_folder = click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A new folder to put the model into, to be carried to other machines.",
)


@click.group()
def models() -> None:
    """List, explain, download and export pretrained models; none is ever downloaded unasked."""


@models.command("list")
@options.as_json
def list_presets(as_json: bool) -> None:
    """List the presets, and whether their models are on this machine."""
    from relnews.embed.sentence.cards import facts
    from relnews.embed.sentence.presets import load_settings, presets

    rows = []
    for name, folder in presets().items():
        known = facts(folder)
        is_here = _is_here(load_settings(name))
        rows.append({"name": name, "here": is_here, **{key: known[key] for key in COLUMNS}})
    if as_json:
        options.print_json(rows)
        return
    table = [["name", "here", *COLUMNS]]
    for row in rows:
        here = "yes" if row["here"] else "no"
        table.append([str(row["name"]), here, *(str(row[key]) for key in COLUMNS)])
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        cells = (f"{cell:{width}}" for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


@models.command()
@click.argument("name")
def show(name: str) -> None:
    """Print the card of a preset: what it is, what it needs, what it was measured to do."""
    from relnews.embed.sentence.cards import card
    from relnews.embed.sentence.presets import presets

    known = presets()
    if name not in known:
        msg = f"a preset must be one of {', '.join(known)}, got {name!r}"
        raise InvalidModel(msg)
    click.echo(card(known[name]), nl=False)


@models.command()
@click.argument("name")
@out_folder
def download(name: str, out: Path | None) -> None:
    """Fetch a model from the hub, by preset or hub name: weights and tokenizer, never code."""
    from relnews.embed.sentence.download import download

    settings = _pretrained(name)
    click.echo(download(settings, out))


@models.command()
@click.argument("name", metavar="NAME|FOLDER")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new folder.")
@click.option("--int8", is_flag=True, help="Weights as bytes: smaller and faster, nearly as good.")
def export(name: str, out: Path, int8: bool) -> None:
    """Export a model that is on this machine to ONNX, which runs without torch."""
    from relnews.embed.sentence.export import export_onnx
    from relnews.embed.sentence.files import find
    from relnews.embed.sentence.presets import BESIDE_MODEL, settings_to_toml

    settings = _pretrained(name)
    export_onnx(find(settings).folder, out, int8=int8)
    exported = replace(settings, name=".", revision="", runtime="onnx", file="")
    (out / BESIDE_MODEL).write_text(settings_to_toml(exported), encoding="utf-8")
    click.echo(out)


def _pretrained(name: str) -> SentenceSettings:
    """Find a model, and refuse the site's own view, which has no files."""
    from relnews.embed.sentence.presets import load_settings

    settings = load_settings(name)
    if settings is None:
        msg = f"{name} has nothing to download or export: {NOTHING_TO_GET}"
        raise InvalidModel(msg)
    return settings


def _is_here(settings: SentenceSettings | None) -> bool:
    from relnews.embed.sentence.files import find

    if settings is None:
        return True
    try:
        find(settings)
    except (InvalidModel, MissingExtra, MissingModel):
        return False
    return True
