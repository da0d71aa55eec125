"""What a training came to, as plain data, as text for a terminal, and as a model's card."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # JSON is written by these types
from dataclasses import asdict, dataclass
from math import isfinite, isnan
from typing import TYPE_CHECKING, Any

from relnews.evaluate.compare.paired import SIGNIFICANT

if TYPE_CHECKING:
    from relnews.evaluate.results import Comparison, Estimate
    from relnews.train.training import Epoch


@dataclass(frozen=True, slots=True)
class Score:
    """The lists of one system: the metric on the validation and on the test, None without any."""

    system: str
    validation: Estimate | None
    test: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Lists before and after, on the same questions.

    Attributes
    ----------
    task, metric
        What was asked, and how lists were judged.
    n_validation, n_test, n_groups
        Questions in both parts, and groups (days) of those in the test.
    weights
        By model: the share of its cosine beside the lexical view that the validation chose.
    scores
        One for each system.
    comparisons
        On the test alone; p is corrected for their number.
    """

    task: str
    metric: str
    n_validation: int
    n_test: int
    n_groups: int
    weights: Mapping[str, float]
    scores: tuple[Score, ...]
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingReport:
    """All that is known of a trained model.

    Attributes
    ----------
    data, base
        Names of the data and of the model that training began with.
    validation, test
        The moments at which learning and choosing ended, ISO 8601.
    pairs, later_pairs
        By kind: how many were learned from, and how many the validation has.
    judged_by
        The kind of pairs that chose the epoch; empty when there were too few.
    settings
        What a second person needs to train it again.
    epochs
        The base first.
    chosen
        The number of the epoch that was kept.
    measured
        Against the base.
    """

    data: str
    base: str
    validation: str
    test: str
    pairs: Mapping[str, int]
    later_pairs: Mapping[str, int]
    judged_by: str
    settings: Mapping[str, str]
    epochs: tuple[Epoch, ...]
    chosen: int
    measured: Measured


def chosen_epoch(epochs: tuple[Epoch, ...]) -> int:
    """Give the number of the epoch that ranks best, the base left out; the last one without."""
    trained = epochs[1:]
    if all(isnan(epoch.rank) for epoch in trained):
        return trained[-1].number
    return max(trained, key=lambda epoch: epoch.rank).number


def to_record(report: TrainingReport) -> dict[str, Any]:
    """Give a report as data that JSON can hold; NaN becomes None."""
    found: dict[str, Any] = _without_nan(asdict(report))
    return found


def to_text(report: TrainingReport) -> str:
    """Say what was learned and what it gained, in lines for a terminal."""
    blocks = [_learned(report), _epochs(report), table(report.measured), _gains(report.measured)]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def to_card(report: TrainingReport, command: str) -> str:
    """Give the card of a model: Markdown that says what it is and what it was measured to do.

    Parameters
    ----------
    report
        What the training came to.
    command
        What was typed; makes the model again.
    """
    settings = "\n".join(f"- {name}: {value}" for name, value in report.settings.items())
    return (
        f"# A model trained on {report.data}\n\n"
        f"{verdict(report.measured)}\n\n"
        f"Made with\n\n```\n{command}\n```\n\n"
        f"## Settings\n\n{settings}\n\n"
        f"## Training and figures\n\n```\n{to_text(report)}```\n"
    )


def verdict(measured: Measured) -> str:
    """Say in one sentence whether the trained model is better than its base."""
    compared = measured.comparisons[0]
    gap, asked = compared.difference, f"{measured.n_test:,} later questions of {measured.task}"
    if compared.p_corrected < SIGNIFICANT and gap.low > 0:
        return f"The trained model is better than its base on {asked}."
    if compared.p_corrected < SIGNIFICANT and gap.high < 0:
        return f"The trained model is worse than its base on {asked}: keep the base."
    return f"On {asked} no difference between the trained model and its base can be shown."


def _learned(report: TrainingReport) -> list[str]:
    return [
        f"Base: {report.base}",
        f"Learned from pairs before {report.validation}: {_counts(report.pairs)}",
        f"Chosen by pairs before {report.test}: {_counts(report.later_pairs)}",
    ]


def _counts(pairs: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {kind}" for kind, count in pairs.items()) or "none"


def _epochs(report: TrainingReport) -> list[str]:
    judge = f"MRR of later {report.judged_by}" if report.judged_by else "too few later pairs"
    lines = [f"epoch   loss  {judge}"]
    for epoch in report.epochs:
        mark = "  kept" if epoch.number == report.chosen else ""
        lines.append(f"{epoch.number:5}  {_number(epoch.loss)}  {_number(epoch.rank)}{mark}")
    return lines


def table(measured: Measured) -> list[str]:
    """Give one line a system: the metric on the validation, on the test, and how sure that is."""
    width = max(len(score.system) for score in measured.scores)
    asked = (
        f"{measured.metric} of {measured.task}: {measured.n_validation:,} questions of the "
        f"validation, {measured.n_test:,} of the test on {measured.n_groups:,} days"
    )
    lines = [asked, f"{'':{width}}  validation   test  95 % interval"]
    for score in measured.scores:
        test = score.test
        interval = f"[{_number(test.low)}, {_number(test.high)}]" if test else "-"
        lines.append(
            f"{score.system:{width}}  {_value(score.validation):>10}  {_value(test)}  {interval}"
        )
    return lines


def _gains(measured: Measured) -> list[str]:
    lines = [verdict(measured)]
    for compared in measured.comparisons:
        gap = compared.difference
        lines.append(
            f"{compared.system} - {compared.peer}: {gap.value:+.3f} [{gap.low:+.3f}, "
            f"{gap.high:+.3f}], p {compared.p_corrected:.4f} after correction, "
            f"{compared.wins} wins, {compared.ties} ties, {compared.losses} losses"
        )
    return lines


def _value(estimate: Estimate | None) -> str:
    return _number(estimate.value) if estimate else _number(float("nan"))


def _number(value: float) -> str:
    return "    -" if isnan(value) else f"{value:5.3f}"


def _without_nan(value: Any) -> Any:  # noqa: ANN401  # whatever JSON can hold
    if isinstance(value, dict):
        return {name: _without_nan(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(each) for each in value]
    if isinstance(value, float) and not isfinite(value):
        return None
    return value
