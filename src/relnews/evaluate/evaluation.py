"""The whole way: truth to questions, questions to lists, lists to numbers, numbers to a report."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from relnews.embed.sentence.presets import DEFAULT
from relnews.encoders import name_of
from relnews.errors import InvalidPolicy
from relnews.evaluate.archive import Archive
from relnews.evaluate.ask.questions import question_id
from relnews.evaluate.ask.tasks import make_tasks
from relnews.evaluate.catalogue import Catalogue
from relnews.evaluate.contest import Answers, Contest, Plan
from relnews.evaluate.load.trec import write_qrels, write_run
from relnews.evaluate.results import Evaluation, TaskResult
from relnews.evaluate.world.systems import BASELINES, Systems
from relnews.settings import policy_to_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from relnews.evaluate.load import Dataset
    from relnews.policy import Policy
    from relnews.protocols import ArticleEncoder


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """The report as data, and by task the answers it was made from."""

    evaluation: Evaluation
    answers: Mapping[str, Answers]

    def write_runs(self, folder: Path) -> int:
        """Write the lists of each system and the right answers, one TREC file each; count them.

        Questions are named by `question_id`, which `StoredRun` looks lists up by. A run file
        cannot hold an id twice in a list: of repeated entries the first is written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        n_files = 0
        for task, answers in self.answers.items():
            names = _distinct(question_id(one.source.id, one.at) for one in answers.questions)
            gains = dict(zip(names, (one.gains for one in answers.questions), strict=True))
            write_qrels(folder / f"{_file_name(task)}.qrels", gains)
            for system, run in answers.runs.items():
                path = folder / f"{_file_name(task)}-{_file_name(system)}.run"
                lists = [tuple(dict.fromkeys(found)) for found in run.lists]
                write_run(path, dict(zip(names, lists, strict=True)))
            n_files += 1 + len(answers.runs)
        return n_files


def evaluate(
    data: Dataset,
    systems: Systems | None = None,
    plan: Plan | None = None,
    *,
    progress: Callable[[str, int], None] = lambda _task, _done: None,
) -> Outcome:
    """Measure systems on everything a dataset knows to be true.

    Parameters
    ----------
    data
        As `relnews.evaluate.load` gives it.
    systems
        Whom to compare; the default policy and all baselines when None.
    plan
        How.
    progress
        Called with the name of the task and 1 after each question.

    Raises
    ------
    InvalidTruth
        When the dataset has no truth that can be asked about.
    """
    plan, systems = plan or Plan(), systems or Systems(baselines=tuple(BASELINES))
    archive = Archive(data.articles, data.truth.retractions)
    catalogue = Catalogue(archive, data.truth.chains, data.truth.reads, plan.language)
    generator = np.random.default_rng(plan.seed)
    tasks = make_tasks(
        data.truth,
        archive,
        generator,
        names=plan.tasks,
        k=plan.k,
        size=plan.sample,
        since=plan.split,
    )
    answers, results = {}, []
    for task in tasks:
        contest = Contest(task, systems, plan, catalogue, catalogue.readers)
        result, answers[task.name] = contest.run(partial(progress, task.name))
        results.append(result)
    return Outcome(_evaluation(data, archive, systems, plan, results), answers)


def settings_of(data: Dataset, systems: Systems, plan: Plan) -> dict[str, str]:
    """Give what a second person needs to get the same numbers, by name."""
    settings = {
        "data": data.name,
        "tasks": ", ".join(plan.tasks) or "all that people judged",
        "list length": str(plan.k),
        "questions at most": str(plan.sample),
        "seed": str(plan.seed),
        "further metrics": ", ".join(plan.metrics) or "none",
        "language": plan.language,
        "baselines": ", ".join(systems.baselines) or "none",
        "model": model_name(systems.encoder),
        "split": plan.split.isoformat() if plan.split else "none: refitted as the archive grows",
    }
    for name, policy in systems.policies.items():
        settings[f"policy of {name}"] = _in_words(policy)
    for name, encoder in systems.models.items():
        settings[f"model of {name}"] = model_name(encoder)
    return settings


def model_name(encoder: ArticleEncoder | None) -> str:
    """Name what gives a semantic view, with the fingerprint of its vectors."""
    if encoder is None:
        return DEFAULT
    return f"{Path(encoder.settings.name).name} ({name_of(encoder)})"


def _in_words(policy: Policy) -> str:
    """Write what differs from the default policy; one with a selector of its own as Python does."""
    try:
        return " ".join(policy_to_toml(policy).split()) or "default"
    except InvalidPolicy:
        return repr(policy)


def _distinct(names: Iterable[str]) -> list[str]:
    """Tell questions of one source and second apart, the first keeping its name."""
    counts: Counter[str] = Counter()
    found = []
    for name in names:
        counts[name] += 1
        found.append(name if counts[name] == 1 else f"{name}~{counts[name]}")
    return found


def _file_name(name: str) -> str:
    """Give a name as a file can have it."""
    return "-".join(re.findall(r"[\w.]+", name)) or "unnamed"


def _evaluation(
    data: Dataset, archive: Archive, systems: Systems, plan: Plan, tasks: Sequence[TaskResult]
) -> Evaluation:
    dates = [article.published_at for article in data.articles if article.published_at]
    return Evaluation(
        title=f"Related lists on {data.name}",
        version=version("relnews"),
        n_articles=len(archive),
        first=min(dates).isoformat(timespec="minutes") if dates else "",
        last=max(dates).isoformat(timespec="minutes") if dates else "",
        settings=settings_of(data, systems, plan),
        tasks=tuple(tasks),
    )
