"""The whole way: a site's data to pairs, pairs to a model, a model to a report and a folder."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from relnews.embed.sentence.encoder import load_encoder
from relnews.embed.sentence.presets import settings_to_toml
from relnews.evaluate.archive import Archive
from relnews.train import saving
from relnews.train.comparison import BASE, TRAINED, examine, make_exam
from relnews.train.packages import require_device, require_packages
from relnews.train.pairs import KINDS, Pair, make_pairs, text_of
from relnews.train.periods import periods_of
from relnews.train.report import TrainingReport, chosen_epoch, to_card, to_record
from relnews.train.start import is_static, open_base, settings_of
from relnews.train.training import judged_by, train

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from relnews.embed.sentence.settings import SentenceSettings
    from relnews.evaluate.load import Dataset
    from relnews.train.periods import Periods
    from relnews.train.plan import TrainingPlan
    from relnews.train.training import Schedule

    Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class _Material:
    """What a training is made of, all from before the test."""

    archive: Archive
    periods: Periods
    pairs: tuple[Pair, ...]
    later: tuple[Pair, ...]

    def texts(self) -> list[str]:
        """Give the articles that were there when learning ends."""
        earlier = self.archive.until(self.periods.validation)
        return [text_of(earlier.latest(name)) for name in earlier.ids]


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
        Called with the name of a stage, how much of it is done, and of how much (0: unknown).

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
    material = _material(data, plan)
    exam = make_exam(
        data.truth,
        material.archive,
        material.periods,
        task=plan.task,
        sample=plan.sample,
        seed=plan.seed,
    )
    settings = settings_of(plan.base)
    read = replace(settings, name=".", revision="", runtime="auto", file="", semantic_weight=None)
    model = open_base(settings, material.texts, plan.seed, plan.device)
    with TemporaryDirectory() as scratch:
        base, trained = Path(scratch) / BASE, Path(scratch) / TRAINED
        saving.save_model(model, base)
        schedule = plan.schedule(static=is_static(model))
        kind, judges = judged_by(material.later)
        pairs, later = (_prompted(each, read.prompt) for each in (material.pairs, judges))
        epochs = train(model, pairs, later, schedule, partial(progress, "trained"))
        saving.save_model(model, trained)
        device = "" if is_static(model) else plan.device
        models = {
            name: load_encoder(replace(read, name=str(folder)), device)
            for name, folder in ((BASE, base), (TRAINED, trained))
        }
        measured = examine(exam, models, plan.seed, _counted(progress, len(exam.questions)))
    report = TrainingReport(
        data=data.name,
        base=plan.base,
        validation=material.periods.validation.isoformat(),
        test=material.periods.test.isoformat(),
        pairs=_by_kind(material.pairs),
        later_pairs=_by_kind(material.later),
        judged_by=kind or "",
        settings=_settings(plan, schedule),
        epochs=epochs,
        chosen=chosen_epoch(epochs),
        measured=measured,
    )
    if out is not None:
        _write(model, read, report, out, command)
    return report


def _material(data: Dataset, plan: TrainingPlan) -> _Material:
    archive = Archive(data.articles, data.truth.retractions)
    periods = periods_of((archive.first(name) for name in archive.ids), plan.until)
    pairs = make_pairs(data.truth, archive, periods.validation, kinds=plan.kinds)
    later = make_pairs(
        data.truth, archive, periods.test, since=periods.validation, kinds=plan.kinds
    )
    return _Material(archive, periods, pairs, later)


def _prompted(pairs: Sequence[Pair], prompt: str) -> tuple[Pair, ...]:
    """Put before every text what the model will be given before every text."""
    return tuple(Pair(prompt + one.anchor, prompt + one.positive, one.kind) for one in pairs)


def _write(  # the house allows six
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


def _counted(progress: Progress, total: int) -> Callable[[int], None]:
    """Tell how many questions have been asked."""
    asked = count(1)
    return lambda _more: progress("asked", next(asked), total)


def _by_kind(pairs: Sequence[Pair]) -> dict[str, int]:
    counts = Counter(pair.kind for pair in pairs)
    return {kind: counts[kind] for kind in KINDS if counts[kind]}


def _settings(plan: TrainingPlan, schedule: Schedule) -> dict[str, str]:
    return {
        "base": plan.base,
        "pairs": ", ".join(plan.kinds),
        "epochs at most": str(schedule.epochs),
        "batch": str(schedule.batch),
        "learning rate": f"{schedule.learning_rate:g}",
        "seed": str(schedule.seed),
        "questions at most": str(plan.sample),
    }
