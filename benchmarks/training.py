"""What models trained on a site's earlier months make of its later links, all asked at once.

    python benchmarks/training.py DATA RECIPE [RECIPE ...] [--task T] [--until T]

A recipe is BASE:PAIRS:EPOCHS:BATCH:RATE[:MAX_PAIRS] as `relnews train-model` takes them, such as
``static:links+headline:3:512:0.1``; 0 epochs leave the base as it is. All recipes learn from the
same months and answer the same questions, in one walk through time.
"""

from __future__ import annotations

import argparse
import time
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from relnews.embed.sentence.encoder import load_encoder
from relnews.evaluate import load
from relnews.ingest.times import parse_time, zone_of
from relnews.train import TrainingPlan, require_kinds
from relnews.train.comparison import LEXICAL, ask, beside, chosen_weights, measured
from relnews.train.exam import make_exam
from relnews.train.material import make_material
from relnews.train.report import table
from relnews.train.run import learn
from relnews.train.saving import save_model
from relnews.train.start import is_static, open_base, settings_of

if TYPE_CHECKING:
    from relnews.evaluate import Dataset
    from relnews.protocols import ArticleEncoder


def main() -> None:
    """Do what the command line says."""
    given = _arguments()
    data = load(given.data)
    until = parse_time(given.until, zone_of("Europe/Berlin")) if given.until else None
    plans = {recipe: replace(_plan(recipe), until=until) for recipe in given.recipes}
    bases: dict[str, Any] = {}
    with TemporaryDirectory() as scratch:
        models = {
            recipe: _model(data, plan, Path(scratch) / str(number), recipe, bases)
            for number, (recipe, plan) in enumerate(plans.items())
        }
        material = make_material(data, next(iter(plans.values())))
        exam = make_exam(data.truth, material, task=given.task, sample=given.sample, seed=0)
        values = ask(exam, models)
    weights = chosen_weights(exam, values, models)
    pairs = [(recipe, LEXICAL) for recipe in models]
    pairs += [(beside(recipe, weight), LEXICAL) for recipe, weight in weights.items()]
    found = measured(exam, values, weights, pairs)
    print("\n".join(table(found)))
    for each in found.comparisons:
        gap = each.difference
        print(
            f"{each.system} - {each.peer}: {gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}], "
            f"p {each.p:.4f} ({each.p_corrected:.4f} corrected)"
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("recipes", nargs="+")
    parser.add_argument("--task", default="")
    parser.add_argument("--until", default="")
    parser.add_argument("--sample", type=int, default=1000)
    return parser.parse_args()


def _plan(recipe: str) -> TrainingPlan:
    base, kinds, epochs, batch, rate, *most = recipe.split(":")
    return TrainingPlan(
        base=base,
        kinds=require_kinds(kinds.split("+") if kinds else []),
        epochs=int(epochs),
        batch=int(batch),
        learning_rate=float(rate),
        max_pairs=int(most[0]) if most else 0,
        device="cpu",
    )


def _model(
    data: Dataset, plan: TrainingPlan, folder: Path, recipe: str, bases: dict[str, Any]
) -> ArticleEncoder:
    """Train a model and write it; the encoder reads it back, as a site would."""
    began = time.perf_counter()
    material = make_material(data, plan)
    settings = settings_of(plan.base)
    if plan.base not in bases:
        bases[plan.base] = open_base(settings, material.texts, plan.seed, plan.device)
    model = deepcopy(bases[plan.base])
    opened = time.perf_counter()
    epochs = learn(model, material, plan, settings.prompt) if plan.epochs else ()
    done = time.perf_counter()
    save_model(model, folder)
    ranks = " ".join(f"{epoch.rank:.3f}" for epoch in epochs)
    print(
        f"{recipe}: base {opened - began:.0f} s, trained {done - opened:.0f} s, MRR {ranks}",
        flush=True,
    )
    read = replace(settings, name=str(folder), runtime="auto", file="", revision="")
    return load_encoder(read, "" if is_static(model) else plan.device)


if __name__ == "__main__":
    main()
