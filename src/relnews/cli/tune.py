"""The command that finds a policy in a site's own truth."""

from __future__ import annotations

from pathlib import Path

import click

from relnews.cli import options
from relnews.cli.evaluate import (
    field_option,
    read_dataset,
    sample_option,
    seed_option,
)
from relnews.cli.pretrained import Pretrained, cache_option, model_option
from relnews.errors import InvalidTruth


@click.command()
@click.argument("data")
@click.option(
    "--task",
    default="",
    help="links, events, impressions, ...; by default the first that the data has.",
)
@options.policy_file
@model_option
@cache_option
@click.option("-k", "k", default=10, show_default=True, help="Entries per list.")
@click.option("--candidates", default=48, show_default=True, help="Policies of the first round.")
@click.option("--share", default=0.6, show_default=True, help="Of the questions, to choose on.")
@sample_option
@seed_option
@field_option
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the policy as TOML, with the evidence in comments.",
)
def tune(
    data: str,
    task: str,
    policy_path: str | None,
    model: str | None,
    cache: Path | None,
    k: int,
    candidates: int,
    share: float,
    sample: int,
    seed: int,
    pairs: tuple[str, ...],
    out: Path | None,
) -> None:
    """Find a policy on the earlier part of DATA, and check it on the later part.

    Prints what was tried and says when the data is too small to decide; the start policy (that
    of --policy, or the default) stays unless another one is better on the later part. A semantic
    weight that is found belongs to the model it was found with.
    """
    import numpy as np

    from relnews.evaluate import Archive, Catalogue, guard
    from relnews.evaluate.ask.tasks import make_tasks
    from relnews.evaluate.evaluation import model_name
    from relnews.evaluate.tune import to_text, to_toml
    from relnews.evaluate.tune import tune as search

    if out is not None:
        options.make_folder(out.parent)
    pretrained = Pretrained(cache)
    encoder = pretrained.of(model)
    dataset, start = read_dataset(data, pairs), options.read_policy(policy_path)
    archive = Archive(dataset.articles, dataset.truth.retractions)
    catalogue = Catalogue(archive, dataset.truth.chains)
    generator = np.random.default_rng(seed)
    names = (task,) if task else ()
    chosen, *_ = make_tasks(dataset.truth, archive, generator, names=names, k=k, size=sample)
    if not chosen.dated:
        msg = (
            f"tuning parts questions by time, and those of {chosen.name!r} are all of one day; "
            "add links.jsonl, events.csv or impressions.jsonl"
        )
        raise InvalidTruth(msg)
    guarded = guard(chosen.questions, catalogue)
    click.echo(f"{chosen.name}: {chosen.about}")
    pretrained.prepare(dataset.articles)
    with options.counting("asked") as count:
        tuned = search(
            guarded.questions,
            archive,
            catalogue,
            generator=generator,
            k=chosen.k,
            start=start,
            n_candidates=candidates,
            share=share,
            same_source=chosen.same_source,
            encoder=encoder,
            progress=count,
        )
    click.echo(to_text(tuned))
    if out is not None:
        settings = {
            "data": dataset.name,
            "task": chosen.name,
            "model": model_name(encoder),
            "candidates": candidates,
            "share": share,
            "sample": sample,
            "seed": seed,
        }
        out.write_text(to_toml(tuned, settings), encoding="utf-8")
        click.echo(f"policy: {out}")
