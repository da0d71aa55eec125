"""Hold the semantic weight that is measured without truth against the weights that truth prefers.

The library with a pretrained model under fixed weights, and under the one that
`relnews.semantic_weight` measures on the corpus' own articles, in one run.

    python benchmarks/semantic_weight.py MODEL [--only NAME ...] [--cache FOLDER] [--data FOLDER]

Prints a table for each corpus of `models_quality.py`.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from math import isnan
from typing import TYPE_CHECKING

from models_quality import CORPORA, arguments, encoder_of
from relnews import Policy
from relnews.evaluate import Archive, Plan, Systems, World, evaluate, load

if TYPE_CHECKING:
    from pathlib import Path

    from quality import Corpus
    from relnews.evaluate import Dataset, RememberingEncoder
    from relnews.evaluate.results import TaskResult

WEIGHTS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
MEASURED = "measured"
METRICS = ("Pearson", "Spearman", "AUC", "AP", "nDCG", "precision")


def main() -> None:
    """Run the corpora and print the tables."""
    options = arguments(__doc__ or "")
    encoder = encoder_of(options.model, options.cache)
    for name in options.only or CORPORA:
        print(f"## {name}\n\n{table(options.data, CORPORA[name], encoder)}")


def table(data: Path, corpus: Corpus, encoder: RememberingEncoder) -> str:
    """Give each metric by weight, and the weight that was measured."""
    dataset = load(data / corpus.folder, fields=corpus.fields)
    encoder.prepare(dataset.articles)
    base = Policy(story_similarity=1.0)  # its scale is that of the weight, which changes here
    policies = {MEASURED: base} | {f"{w:g}": replace(base, semantic_weight=w) for w in WEIGHTS}
    systems = Systems(policies=policies, encoder=encoder)
    plan = Plan(tasks=corpus.tasks, with_curves=False)
    found = evaluate(dataset, systems, plan).evaluation
    heads = [f"measured: {measured(dataset, encoder):.2f}", *list(policies)[1:]]
    lines = [f"| metric | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    return "\n".join(lines + [line for task in found.tasks for line in rows(task)]) + "\n"


def measured(dataset: Dataset, encoder: RememberingEncoder) -> float:
    """Give the weight that is measured when all articles have arrived."""
    archive = Archive(dataset.articles)
    last = max(archive.arrived_at(name) for name in archive.ids)
    with closing(World(archive, encoder=encoder)) as world:
        world.advance(last)
        world.recommender.refit()
        return world.mirror.model.calibration.semantic_weight


def rows(task: TaskResult) -> list[str]:
    """Give a line for each metric that tells right from wrong answers."""
    names = [name for name in task.better if name.split("@")[0].split("(")[0] in METRICS]
    lines = []
    for name in names:
        values = [one.values[name].value for one in task.systems if name in one.values]
        if values and not any(map(isnan, values)):
            lines.append(f"| {task.name}: {name} | {' | '.join(f'{v:.3f}' for v in values)} |")
    return lines


if __name__ == "__main__":
    main()
