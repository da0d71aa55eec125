"""The whole way: a site's data to pairs, pairs to a model, a model to a report and a folder."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from relnews.embed.sentence.encoder import load_encoder
from relnews.embed.sentence.presets import settings_to_toml
from relnews.train import saving
from relnews.train.comparison import BASE, TRAINED, examine
from relnews.train.exam import make_exam
from relnews.train.material import make_material
from relnews.train.packages import require_device, require_packages
from relnews.train.pairs import KINDS, Pair
from relnews.train.report import TrainingReport, chosen_epoch, to_card, to_record
from relnews.train.start import STATIC, is_static, open_base, settings_of
from relnews.train.training import judged_by, train

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from relnews.embed.sentence.settings import SentenceSettings
    from relnews.evaluate.load import Dataset
    from relnews.train.exam import Exam
    from relnews.train.material import Material
    from relnews.train.plan import TrainingPlan
    from relnews.train.report import Measured
    from relnews.train.training import Epoch, Schedule

    Progress = Callable[[str, int, int], None]


def train_model(
    data: Dataset,
    plan: TrainingPlan,
    *,
    out: Path | None = None,
    command: str = "",
    progress: Progress = lambda _stage, _done, _total: None,
) -> TrainingReport:
    """Train a model on the earlier part of a site's data, and compare it on the later part.

    Parameters
    ----------
    data
        As `relnews.evaluate.load` gives it.
    plan
        What to train, and how.
    out
        The folder to write; None: the model is measured and forgotten.
    command
        For the card: what makes the model again.
    progress
        Called with the name of a stage, how much of it is done, and of how much.

    Raises
    ------
    MissingExtra
        When a package is not installed.
    InvalidTruth
        When there is nothing to learn from, or nothing to measure on.
    InvalidModel, MissingModel
        When the base cannot be loaded or `out` cannot be written.
    """
    require_packages()
    require_device(plan.device)
    if out is not None:
        saving.refuse_existing(out)
    given = settings_of(plan.base)
    weight = given.semantic_weight if given.name in STATIC else None  # another base's is its own
    settings = replace(
        given, name=".", revision="", runtime="auto", file="", semantic_weight=weight
    )
    material = make_material(data, plan)
    exam = make_exam(data.truth, material, task=plan.task, sample=plan.sample, seed=plan.seed)
    model = open_base(given, material.texts, plan.seed, plan.device)
    with TemporaryDirectory() as scratch:
        places = {name: Path(scratch) / name for name in (BASE, TRAINED)}
        saving.save_model(model, places[BASE])
        epochs = learn(model, material, plan, settings.prompt, partial(progress, "trained"))
        saving.save_model(model, places[TRAINED])
        device = "" if is_static(model) else plan.device
        measured = _examine(exam, settings, places, device, progress)
    schedule = plan.schedule(len(material.pairs), static=is_static(model))
    asked_for = _settings(plan, schedule)
    report = _report(data, material, asked_for, epochs, measured)
    if out is not None:
        _write(model, settings, report, out, command)
    return report


def learn(
    model: Any,  # noqa: ANN401  # no types
    material: Material,
    plan: TrainingPlan,
    prompt: str,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[Epoch, ...]:
    """Train a model in place, as its plan says; `prompt` goes before every text."""
    _, judges = judged_by(material.later)
    pairs, later = (_prompted(each, prompt) for each in (material.pairs, judges))
    schedule = plan.schedule(len(pairs), static=is_static(model))
    return train(model, pairs, later, schedule, progress)


def _prompted(pairs: Sequence[Pair], prompt: str) -> tuple[Pair, ...]:
    return tuple(Pair(prompt + one.anchor, prompt + one.positive, one.kind) for one in pairs)


def _examine(
    exam: Exam,
    settings: SentenceSettings,
    places: dict[str, Path],
    device: str,
    progress: Progress,
) -> Measured:
    """Read both models as a site would read them, and ask."""
    models = {
        name: load_encoder(replace(settings, name=str(folder)), device)
        for name, folder in places.items()
    }
    asked = count(1)
    total = len(exam.questions)
    return examine(exam, models, lambda _: progress("asked", next(asked), total))


def _report(
    data: Dataset,
    material: Material,
    settings: dict[str, str],
    epochs: tuple[Epoch, ...],
    measured: Measured,
) -> TrainingReport:
    kind, _ = judged_by(material.later)
    return TrainingReport(
        data=data.name,
        base=settings["base"],
        validation=material.periods.validation.isoformat(),
        test=material.periods.test.isoformat(),
        pairs=_by_kind(material.pairs),
        later_pairs=_by_kind(material.later),
        judged_by=kind or "",
        settings=settings,
        epochs=epochs,
        chosen=chosen_epoch(epochs),
        measured=measured,
    )


def _settings(plan: TrainingPlan, schedule: Schedule) -> dict[str, str]:
    return {
        "base": plan.base,
        "pairs": ", ".join(plan.kinds),
        "pairs of a kind at most": str(plan.max_pairs or "all"),
        "epochs at most": str(schedule.epochs),
        "batch": str(schedule.batch),
        "learning rate": f"{schedule.learning_rate:g}",
        "seed": str(schedule.seed),
        "questions at most": str(plan.sample),
    }


def _write(
    model: Any,  # noqa: ANN401  # no types
    settings: SentenceSettings,
    report: TrainingReport,
    out: Path,
    command: str,
) -> None:
    record = json.dumps(to_record(report), ensure_ascii=False, indent=1) + "\n"
    with saving.new_folder(out) as folder:
        saving.save_model(model, folder)
        (folder / saving.SETTINGS).write_text(settings_to_toml(settings), encoding="utf-8")
        (folder / saving.CARD).write_text(to_card(report, command), encoding="utf-8")
        (folder / saving.REPORT).write_text(record, encoding="utf-8")


def _by_kind(pairs: Sequence[Pair]) -> dict[str, int]:
    counts = Counter(pair.kind for pair in pairs)
    return {kind: counts[kind] for kind in KINDS if counts[kind]}
