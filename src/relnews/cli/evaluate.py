"""The command that measures lists."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relnews.cli import options
from relnews.cli.keep import field_map
from relnews.cli.peers import systems_of
from relnews.cli.pretrained import Pretrained, cache_option, model_option
from relnews.cli.show import print_evaluation
from relnews.errors import InvalidTruth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from relnews.evaluate import Dataset, Outcome
    from relnews.evaluate.results import Evaluation

DEMO = "demo"
SAME_DATA = ("data", "tasks", "list length", "questions at most", "seed", "language", "split")
"""The settings that two evaluations must share to be compared."""

field_option = click.option(
    "--field", "pairs", multiple=True, metavar="OURS=THEIRS", help="As for `relnews add`."
)
sample_option = click.option(
    "--sample",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="At most so many questions a task.",
)
seed_option = click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Of everything that is drawn.",
)


@click.command()
@click.argument("data")
@click.option(
    "--task",
    "tasks",
    multiple=True,
    help="links, events, impressions, pairs, chains, sections or tags; may be repeated. "
    "By default all that people judged.",
)
@click.option(
    "--compare",
    "peers",
    multiple=True,
    metavar="PEER",
    help="A baseline by name, a policy (.toml), a TREC run (.run), the library with another model "
    "as model:MODEL, the cosine of a model alone as sentence:MODEL, or your own recommender as "
    "module:function; may be repeated. By default all baselines.",
)
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    metavar="NAME",
    help="Compare on this too, such as MRR@10 or near-duplicates@5; may be repeated.",
)
@options.policy_file
@model_option
@cache_option
@click.option("-k", "k", default=10, show_default=True, help="Entries per list.")
@sample_option
@seed_option
@click.option(
    "--split",
    callback=options.moment_or_none,
    metavar="TIME",
    help="Fit nothing from here on, and ask only later questions.",
)
@click.option("--language", default="de", show_default=True, help="Where none can be told.")
@click.option("--no-curves", is_flag=True, help="Leave out the trade-off curves, which take time.")
@field_option
@click.option(
    "--out",
    "outputs",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report: .html, .json or .md; may be repeated.",
)
@click.option(
    "--runs",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the lists and right answers into this folder, as TREC runs and qrels.",
)
@click.option(
    "--baseline",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A report of earlier (.json); exit 1 when a metric fell beyond its interval.",
)
def evaluate(
    data: str,
    tasks: tuple[str, ...],
    peers: tuple[str, ...],
    metrics: tuple[str, ...],
    policy_path: str | None,
    model: str | None,
    cache: Path | None,
    k: int,
    sample: int,
    seed: int,
    split: datetime | None,
    language: str,
    no_curves: bool,
    pairs: tuple[str, ...],
    outputs: tuple[Path, ...],
    runs: Path | None,
    baseline: Path | None,
) -> None:
    """Measure lists on DATA, a folder of articles and truth, as of the moment of each.

    DATA may hold editors' links, judged pairs, events, impressions or story chains; MIND and
    EB-NeRD are read too. The word "demo" stands for the sample newsroom.
    """
    from relnews.evaluate import Plan
    from relnews.evaluate.evaluation import evaluate as measure
    from relnews.evaluate.evaluation import settings_of

    _check_outputs(outputs)
    old = _read_report(baseline) if baseline else None
    pretrained = Pretrained(cache)
    systems = systems_of(peers, policy_path, model, pretrained)
    plan = Plan(
        tasks=tasks,
        k=k,
        sample=sample,
        seed=seed,
        split=split,
        metrics=metrics,
        with_curves=not no_curves,
        language=language,
    )
    dataset = read_dataset(data, pairs)
    if old is not None:
        _require_same(settings_of(dataset, systems, plan), old.settings)
    pretrained.prepare(dataset.articles)
    with options.counting("asked") as count:
        outcome = measure(dataset, systems, plan, progress=lambda _task, done: count(done))
    print_evaluation(outcome.evaluation)
    _tell_failures(outcome)
    _write(outcome, outputs, runs)
    if old is not None:
        _gate(outcome.evaluation, old)


def read_dataset(data: str, pairs: tuple[str, ...]) -> Dataset:
    """Read a folder, or the sample newsroom; say what could not be read."""
    from relnews.evaluate import load

    if data == DEMO and not Path(data).exists():
        return _demo()
    dataset = load(data, fields=field_map(pairs))
    for record in dataset.quarantined[: options.SHOWN_PROBLEMS]:
        click.echo(f"left out: {record.file}:{record.line} {record.reason}", err=True)
    if len(dataset.quarantined) > options.SHOWN_PROBLEMS:
        click.echo(f"left out: {len(dataset.quarantined):,} records in all", err=True)
    return dataset


def _demo() -> Dataset:
    from relnews import demo
    from relnews.evaluate import load

    with demo.folder() as path:
        return replace(load(path), name=demo.NAME)


def _check_outputs(outputs: Sequence[Path]) -> None:
    for path in outputs:
        if path.suffix not in {".html", ".json", ".md"}:
            msg = f"a report is written as .html, .json or .md, got {path}"
            raise click.BadParameter(msg, param_hint="--out")
        options.make_folder(path.parent)


def _read_report(path: Path) -> Evaluation:
    from relnews.evaluate.report import from_json

    try:
        return from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, InvalidTruth) as error:
        msg = f"{path}: must be a report that `relnews evaluate --out report.json` wrote; {error}"
        raise InvalidTruth(msg) from error


def _tell_failures(outcome: Outcome) -> None:
    """Say whose lists failed, and why, and who had nothing to say at all."""
    for task, answers in outcome.answers.items():
        for name, run in answers.runs.items():
            if run.failures:
                count, first = f"{len(run.failures):,} of {len(run.lists):,}", run.failures[0][1]
                said = " ".join(first.split())
                click.echo(f"failed: {task}: {name}: {count} lists, first: {said}", err=True)
            elif run.lists and not any(run.lists):
                click.echo(f"empty: {task}: {name}: no list has an entry", err=True)


def _write(outcome: Outcome, outputs: Sequence[Path], runs: Path | None) -> None:
    from relnews.evaluate.report import to_html, to_json, to_markdown

    writers: dict[str, Callable[[Evaluation], str]] = {
        ".html": to_html,
        ".json": to_json,
        ".md": to_markdown,
    }
    for path in outputs:
        path.write_text(writers[path.suffix](outcome.evaluation), encoding="utf-8")
        click.echo(f"report: {path}")
    if runs is not None:
        n_files = outcome.write_runs(runs)
        click.echo(f"runs: {n_files} files in {runs}")


def _require_same(new: Mapping[str, str], old: Mapping[str, str]) -> None:
    """Refuse to compare with a report of something else, before the work begins."""
    for name in SAME_DATA:
        was, now = old.get(name, ""), new[name]
        if was != now:
            msg = f"two reports must share {name} to be compared: it was {was!r}, is {now!r}"
            raise InvalidTruth(msg)


def _require_same_data(new: Evaluation, old: Evaluation) -> None:
    """Refuse to compare with a report of other articles or questions."""
    pairs = [
        ("the number of articles", old.n_articles, new.n_articles),
        ("the first date", old.first, new.first),
        ("the last date", old.last, new.last),
    ]
    asked = {task.name: task.n_questions for task in new.tasks}
    pairs += [
        (f"the number of questions of {task.name}", task.n_questions, asked[task.name])
        for task in old.tasks
        if task.name in asked  # one that is missing is told by the gate
    ]
    for name, was, now in pairs:
        if was != now:
            msg = (
                f"two reports must share {name} to be compared: it was {was!r}, is {now!r}; "
                "measure the earlier release on this data again"
            )
            raise InvalidTruth(msg)


def _gate(new: Evaluation, old: Evaluation) -> None:
    """Exit 1 when something fell since the earlier report, the baselines left aside."""
    from relnews.evaluate import BASELINES, gate

    _require_same_data(new, old)
    known = {system.name for task in old.tasks for system in task.systems}
    fallen = gate(new, old, only=known - BASELINES.keys())
    for message in fallen:
        click.echo(f"fell: {message}", err=True)
    if fallen:
        sys.exit(options.CHECK_FAILED)
    click.echo("no metric fell beyond its interval")
