"""Where the numbers come from: by section, by age, and the lists that a person should look at."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from relnews.evaluate.results import AGE_CLASSES, AgeShares, Line, Slice, WorstList

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from relnews.evaluate.catalogue import Catalogue
    from relnews.evaluate.compare.intervals import Resampler
    from relnews.evaluate.judged import Judged
    from relnews.evaluate.truth import Question

    Values = npt.NDArray[np.float64]

MIN_QUESTIONS = 10
"""A slice of fewer questions says nothing."""

MAX_SECTIONS = 12
N_WORST = 8
N_SHOWN = 10


def slices(
    values: Mapping[str, Values],
    questions: Sequence[Question],
    catalogue: Catalogue,
    resampler: Resampler,
    dated: bool,  # noqa: FBT001
) -> dict[str, tuple[Slice, ...]]:
    """Slice a metric in every way there is; by age only where moments mean something."""
    found = {"section": by_section(values, questions, resampler)}
    if dated:
        found["age of the source"] = by_age(values, questions, catalogue, resampler)
    return found


def by_section(
    values: Mapping[str, Values], questions: Sequence[Question], resampler: Resampler
) -> tuple[Slice, ...]:
    """Slice a metric by the section of the source, the largest first."""
    counts = Counter(question.source.section for question in questions if question.gains)
    labels = [
        name for name, count in counts.most_common(MAX_SECTIONS) if name and count >= MIN_QUESTIONS
    ]
    found = [question.source.section for question in questions]
    return _slices(values, found, labels, resampler)


def by_age(
    values: Mapping[str, Values],
    questions: Sequence[Question],
    catalogue: Catalogue,
    resampler: Resampler,
) -> tuple[Slice, ...]:
    """Slice a metric by the age of the source at the moment, the youngest first."""
    found = [_age_class(catalogue.age_hours(one.source.id, one.at)) for one in questions]
    counts = Counter(label for label, one in zip(found, questions, strict=True) if one.gains)
    labels = [label for label, _ in AGE_CLASSES if counts[label] >= MIN_QUESTIONS]
    return _slices(values, found, labels, resampler)


def age_shares(judged: Mapping[str, Sequence[Judged]]) -> tuple[AgeShares, ...]:
    """Give how old the dated entries of each system are."""
    shares = []
    for name, lists in judged.items():
        classes = Counter(
            _age_class(one.catalogue.age_hours(entry, one.question.at))
            for one in lists
            for entry in one.ids
            if entry in one.catalogue
        )
        total = sum(classes[label] for label, _ in AGE_CLASSES)
        if total:
            shares.append(
                AgeShares(name, tuple(classes[label] / total for label, _ in AGE_CLASSES))
            )
    return tuple(shares)


def worst_lists(lists: Sequence[Judged], values: Values) -> tuple[WorstList, ...]:
    """Give the lists with the lowest values, those with most right answers first among equals."""
    asked = [place for place, one in enumerate(lists) if one.question.gains]
    asked.sort(key=lambda place: (values[place], -len(lists[place].question.gains), place))
    return tuple(_worst(lists[place], float(values[place])) for place in asked[:N_WORST])


def _worst(one: Judged, value: float) -> WorstList:
    question, catalogue = one.question, one.catalogue
    right = sorted(question.gains.items(), key=lambda target: (-target[1], target[0]))
    return WorstList(
        source=_line(question.source.id, catalogue, 0.0),
        section=question.source.section,
        at=question.at.isoformat(timespec="minutes"),
        value=value,
        shown=tuple(
            _line(name, catalogue, question.gains.get(name, 0.0)) for name in one.ids[:N_SHOWN]
        ),
        truth=tuple(_line(name, catalogue, gain) for name, gain in right[:N_SHOWN]),
    )


def _line(article_id: str, catalogue: Catalogue, gain: float) -> Line:
    if article_id not in catalogue:
        return Line(article_id, "(unknown)", "", gain)
    article = catalogue.article(article_id)
    date = article.published_at
    return Line(
        article_id, article.headline, date.isoformat(timespec="minutes") if date else "", gain
    )


def _age_class(hours: float) -> str:
    """Name the class of an age; empty for an article without a date."""
    return next((label for label, most in AGE_CLASSES if hours <= most), "")


def _slices(
    values: Mapping[str, Values], found: Sequence[str], labels: Sequence[str], resampler: Resampler
) -> tuple[Slice, ...]:
    slices = []
    for label in labels:
        within = np.array([one == label for one in found])
        estimates = {
            name: resampler.interval(np.where(within, of_system, np.nan))
            for name, of_system in values.items()
        }
        slices.append(Slice(label, max(one.n for one in estimates.values()), estimates))
    return tuple(slices)
