"""The commands that change or check what is stored: add, retract, check."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from relnews.cli import options
from relnews.errors import IngestError
from relnews.types import Quarantined

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from relnews.ingest import Format
    from relnews.recommender import Recommender
    from relnews.types import AddReport, Article

SHOWN_ENTRIES = 5


@click.command()
@options.database
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["jsonl", "csv", "capture"]),
    help="Decided by content when left out.",
)
@click.option(
    "--field",
    "pairs",
    multiple=True,
    metavar="OURS=THEIRS",
    help="Map a field, such as headline=titel or body=content.text; may be repeated.",
)
@click.option("--timezone", default=options.TIMEZONE, show_default=True, help="Of naive times.")
@click.option("--language", default="de", show_default=True, help="Where none can be told.")
@click.option(
    "--model",
    help="A pretrained model for a new database: a preset, a folder, a TOML file, a hub name.",
)
@options.as_json
def add(
    database: str,
    files: tuple[str, ...],
    format_: Format | None,
    pairs: tuple[str, ...],
    timezone: str,
    language: str,
    model: str | None,
    as_json: bool,
) -> None:
    """Take articles from FILES (or folders) into DATABASE, which is created when missing.

    Records that are no articles go to quarantine, the rest goes on; the exit code is then 2.
    Articles older than the stored version, or retracted, are refused.
    """
    from relnews.ingest.fields import check_fields
    from relnews.ingest.times import zone_of
    from relnews.recommender import Recommender

    fields = field_map(pairs)
    missing = [file for file in files if not Path(file).exists()]
    if len(missing) == len(files):
        msg = f"there must be something to read, but nothing is at {', '.join(missing)}"
        raise IngestError(msg)
    check_fields(fields)
    zone_of(timezone)
    with (
        Recommender.open(database, language=language, model=model) as rec,
        options.counting("added") as count,
    ):
        report = rec.add(_records(files, format_, fields, timezone), progress=count)
    if as_json:
        options.print_json(asdict(report))
    else:
        _print_report(report)
    if report.quarantined:
        sys.exit(options.BAD_INPUT)


@click.command()
@options.database
@click.argument("article_id", metavar="ID")
@click.option("--reason", default="", help="Kept with the retraction.")
@click.option("--undo", is_flag=True, help="Reinstate the article instead.")
@options.as_json
def retract(
    database: str,
    article_id: str,
    reason: str,
    undo: bool,
    as_json: bool,
) -> None:
    """Remove an article everywhere, at once and for good; print the lists that carried it."""
    with options.open_site(database) as rec:
        if undo:
            if not rec.reinstate(article_id):
                click.echo(f"relnews: {article_id} was not retracted", err=True)
                sys.exit(options.BAD_INPUT)
            if as_json:
                options.print_json({"id": article_id, "reinstated": True})
            else:
                click.echo(f"{article_id} is reinstated; its lists come with the next precompute")
            return
        receipt = rec.retract(article_id, reason=reason)
    if as_json:
        options.print_json(asdict(receipt))
        return
    unknown = "" if receipt.known else " (it was not stored; it will be refused when it arrives)"
    click.echo(f"{article_id} is retracted{unknown}; {len(receipt.lists)} lists carried it")
    for source_id, now in receipt.lists.items():
        click.echo(f"  {source_id}: now {', '.join(now[:SHOWN_ENTRIES]) or 'empty'}")


@click.command()
@options.database
@click.option("--repair", is_flag=True, help="Rebuild all that can be derived from the articles.")
@click.option(
    "--recall",
    "with_recall",
    is_flag=True,
    help="Also measure what an approximate index would find of the exact candidates "
    "(recall@10 over 200 articles; below .95 the exit code is 1).",
)
@options.moment
@options.as_json
def check(
    database: str,
    repair: bool,
    with_recall: bool,
    at: datetime,
    as_json: bool,
) -> None:
    """Check integrity, model and counts; exit 1 when something is not sound."""
    with options.open_site(database) as rec:
        if repair:
            with options.counting("rebuilt", rec.store.counts()["articles"]) as count:
                rec.rebuild(progress=count)
        problems = rec.store.integrity()
        counts = rec.store.counts()
        model = _model(rec)
        recall = _recall(rec, at) if with_recall and not problems else {}
    if as_json:
        found = {"problems": problems, "counts": counts, "model": model or None}
        options.print_json(found | ({"recall": recall} if recall else {}))
    else:
        if repair:
            click.echo("rebuilt; run precompute to make the stored lists again")
        _print_counts(counts, model, recall)
        for problem in problems:
            click.echo(f"problem: {problem}", err=True)
        click.echo("sound" if not problems else f"{len(problems)} problems; try --repair")
    missing = recall.get("mean", 1.0) < recall.get("least", 0.0)
    if missing:
        message = f"problem: recall@10 must be at least {recall['least']}; stay exact"
        click.echo(message, err=True)
    if problems or missing:
        sys.exit(options.CHECK_FAILED)


def _model(rec: Recommender) -> dict[str, Any]:
    """Describe what gives vectors, and how much of the texts they hold; empty without any."""
    model, measured = rec.store.model(), rec.store.calibration()
    if model is None:
        return {}
    vectors = rec.store.vector_counts(model.fingerprint)
    weight = {} if measured is None else {"semantic_weight": measured.semantic_weight}
    seen = {"seen": vectors.seen, "whole": vectors.whole}
    named = {} if model.encoder is None else {"name": model.encoder["name"]}
    return {"fingerprint": model.fingerprint, **model.config, **named, **weight, **seen}


def _print_counts(
    counts: Mapping[str, int], model: Mapping[str, Any], recall: Mapping[str, float]
) -> None:
    """Print what there is."""
    for name, number in counts.items():
        click.echo(f"{name:12} {number:>10,}")
    if model:
        rest = {key: value for key, value in model.items() if key != "fingerprint"}
        click.echo(f"model        {model['fingerprint']}: {rest}")
    if recall:
        shown = "{mean:.3f} of {articles} articles, worst {worst:.3f}".format(**recall)
        click.echo(f"recall@10    {shown}")


def _recall(rec: Recommender, at: datetime) -> dict[str, float]:
    """Measure an approximate index; empty when there is no article to ask for."""
    from relnews.approximation import site_recall
    from relnews.index.recall import LEAST_RECALL

    shares = site_recall(rec, at)
    if len(shares) == 0:
        return {}
    mean, worst = float(shares.mean()), float(shares.min())
    return {"mean": mean, "worst": worst, "articles": len(shares), "least": LEAST_RECALL}


def _records(
    files: tuple[str, ...], format_: Format | None, fields: Mapping[str, str], timezone: str
) -> Iterator[Article | Quarantined]:
    """Read all files; one that cannot be read at all costs none of the others."""
    from relnews.ingest import read

    for file in files:
        try:
            yield from read(file, format=format_, fields=fields, timezone=timezone)
        except IngestError as error:
            yield Quarantined(file, 0, "", str(error))


def field_map(pairs: tuple[str, ...]) -> dict[str, str]:
    """Read field mappings as they stand on the command line."""
    fields = {}
    for pair in pairs:
        ours, sign, theirs = pair.partition("=")
        if not sign or not ours or not theirs:
            msg = f"a field is mapped like headline=titel, got {pair!r}"
            raise click.BadParameter(msg, param_hint="--field")
        fields[ours] = theirs
    return fields


def _print_report(report: AddReport) -> None:
    n_new = len(report.accepted) - len(report.replaced) - len(report.unchanged)
    click.echo(
        f"{n_new:,} new, {len(report.replaced):,} replaced, {len(report.unchanged):,} unchanged, "
        f"{len(report.refused):,} refused, {len(report.quarantined):,} in quarantine"
    )
    for word, records in (("refused", report.refused), ("quarantine", report.quarantined)):
        for record in records[: options.SHOWN_PROBLEMS]:
            place = f"{record.file}:{record.line}" if record.line else record.file
            where = " ".join(part for part in (place, record.id) if part)
            click.echo(f"{word}: {where}: {record.reason}", err=True)
        if len(records) > options.SHOWN_PROBLEMS:
            click.echo(f"{word}: and {len(records) - options.SHOWN_PROBLEMS:,} more", err=True)
