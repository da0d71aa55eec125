"""What a list, or a system, is measured by: plain values whose `str` is their name.

Accuracy; whether a list is sound; what an editor looks for; what it is worth beyond being right;
and how the lists of a system share out attention and mirror the site.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, cast

from relnews.errors import InvalidTruth
from relnews.evaluate.metrics.accuracy import AP, MRR, NDCG, Hit, Precision, Recall
from relnews.evaluate.metrics.balance import Calibration, Divergence
from relnews.evaluate.metrics.beyond import IntraListDiversity, Novelty, Serendipity
from relnews.evaluate.metrics.exposure import CatalogueCoverage, Gini, HubSkew
from relnews.evaluate.metrics.newsroom import (
    AgeQuantile,
    NearDuplicates,
    SameStory,
    ShareOlder,
    SourceDuplicates,
)
from relnews.evaluate.metrics.overlap import churn, rbo
from relnews.evaluate.metrics.pairs import Auc, AveragePrecision, PairMetric, Pearson, Spearman
from relnews.evaluate.metrics.soundness import EmptyLists, ShortLists, Violations
from relnews.evaluate.protocols import ListMetric, RunMetric

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = [
    "AP",
    "MRR",
    "NDCG",
    "AgeQuantile",
    "Auc",
    "AveragePrecision",
    "Calibration",
    "CatalogueCoverage",
    "Divergence",
    "EmptyLists",
    "Gini",
    "Hit",
    "HubSkew",
    "IntraListDiversity",
    "Metric",
    "NearDuplicates",
    "Novelty",
    "PairMetric",
    "Pearson",
    "Precision",
    "Recall",
    "SameStory",
    "Serendipity",
    "ShareOlder",
    "ShortLists",
    "SourceDuplicates",
    "Spearman",
    "Violations",
    "churn",
    "parse",
    "rbo",
    "split",
    "standard",
]

Metric: TypeAlias = ListMetric | RunMetric
"""What can be measured on the lists of a system."""

_NUMBER = re.compile(r"\d{1,15}(?:\.\d+)?(?:e[+-]?\d+)?", re.ASCII)


def _age_percentile(percent: float, k: int) -> AgeQuantile:
    return AgeQuantile(round(percent / 100, 12), k)


def _same_story(similarity: float, days: float, k: int) -> SameStory:
    return SameStory(k, similarity, days)


_BY_NAME: dict[str, Callable[..., Metric]] = {
    "nDCG@#": NDCG,
    "MRR@#": MRR,
    "AP@#": AP,
    "precision@#": Precision,
    "recall@#": Recall,
    "hit@#": Hit,
    "diversity@#": IntraListDiversity,
    "novelty@#": Novelty,
    "serendipity@#": Serendipity,
    "coverage@#": CatalogueCoverage,
    "Gini@#": Gini,
    "hub skew@#": HubSkew,
    "section calibration@#": partial(Calibration, "section"),
    "source calibration@#": partial(Calibration, "source"),
    "section divergence@#": partial(Divergence, "section"),
    "source divergence@#": partial(Divergence, "source"),
    "age p# h@#": _age_percentile,
    "older than # h@#": ShareOlder,
    "near-duplicates@#": NearDuplicates,
    "source duplicates@#": SourceDuplicates,
    "same story@#": SameStory,
    "same story(cosine>=#, # d)@#": _same_story,
    "short lists@#": ShortLists,
    "empty lists": EmptyLists,
    "violations@#": Violations,
}
"""How a metric is made from the numbers in its name, by the name with # for each of them."""

_FOLDED = {name.casefold(): make for name, make in _BY_NAME.items()}


def standard(k: int, half_life_hours: float) -> tuple[Metric, ...]:
    """Give the metrics that a report shows, in the order in which it is best read.

    Parameters
    ----------
    k
        How deep lists are read, at least 1.
    half_life_hours
        The age beyond which an entry counts as old: the site's half-life, > 0.

    Raises
    ------
    InvalidTruth
        When one of them is out of its range.
    """
    return (
        NDCG(k),
        MRR(k),
        AP(k),
        Precision(k),
        Recall(k),
        Hit(k),
        Violations(k),
        EmptyLists(),
        ShortLists(k),
        NearDuplicates(k),
        SourceDuplicates(k),
        SameStory(k),
        AgeQuantile(0.5, k),
        AgeQuantile(0.9, k),
        ShareOlder(half_life_hours, k),
        IntraListDiversity(k),
        Novelty(k),
        Serendipity(k),
        CatalogueCoverage(k),
        Gini(k),
        HubSkew(k),
        Calibration("section", k),
        Calibration("source", k),
        Divergence("section", k),
        Divergence("source", k),
    )


def parse(name: str) -> Metric:
    """Give the metric with a name such as ``nDCG@10`` or ``older than 60 h@5``; case is free.

    The other way round, `str` of a metric is its name: ``parse(str(metric)) == metric``.

    Raises
    ------
    InvalidTruth
        When no metric has this name, or its numbers are out of range; the message lists all.
    """
    text = " ".join(name.casefold().split())
    make = _FOLDED.get(_NUMBER.sub("#", text))
    if make is None or "#" in text:
        known = ", ".join(_BY_NAME)
        msg = f"a metric must have one of these names, # being a number: {known}; got {name!r}"
        raise InvalidTruth(msg)
    numbers = _NUMBER.findall(text)
    return make(*(int(number) if number.isdigit() else float(number) for number in numbers))


def split(metrics: Iterable[Metric]) -> tuple[tuple[ListMetric, ...], tuple[RunMetric, ...]]:
    """Tell the metrics of one list from those of all lists together, each in its order."""
    of_lists: list[ListMetric] = []
    of_runs: list[RunMetric] = []
    for metric in metrics:
        if hasattr(metric, "of_run"):
            of_runs.append(cast("RunMetric", metric))
        else:
            of_lists.append(metric)
    return tuple(of_lists), tuple(of_runs)
