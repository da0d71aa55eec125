"""The split by time, the half-lives of sections, and the verdict, each by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.errors import InvalidTruth
from relnews.evaluate.compare.intervals import Resampler
from relnews.evaluate.results import Comparison, Estimate
from relnews.evaluate.truth import Question
from relnews.evaluate.tune.outcome import Outcome
from relnews.evaluate.tune.sections import MIN_QUESTIONS, section_lives
from relnews.evaluate.tune.split import parted
from relnews.evaluate.tune.verdict import compared, smallest_effect, verdict
from relnews.policy import Policy
from relnews.types import Article

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Values = npt.NDArray[np.float64]

NIGHT = datetime(2026, 3, 1, tzinfo=UTC)


def question(at: datetime, section: str = "", gains: dict[str, float] | None = None) -> Question:
    source = Article(id=f"q-{at.isoformat()}", headline="Frage", section=section)
    given = {"right": 1.0} if gains is None else gains
    return Question(source=source, at=at, gains=given, group=at.date().isoformat())


def hourly(hours: Sequence[int]) -> list[Question]:
    return [question(NIGHT + timedelta(hours=number)) for number in hours]


@given(
    st.lists(st.integers(0, 24 * 30), min_size=1, max_size=40),
    st.floats(0.01, 0.99),
    st.randoms(use_true_random=False),
)
def test_no_day_is_in_both_parts_and_the_cut_is_the_nearest(
    hours: list[int], share: float, random: Any
) -> None:
    questions = hourly(hours)
    days = sorted({each.at.date() for each in questions})
    random.shuffle(questions)
    if len(days) == 1:
        with pytest.raises(InvalidTruth, match="two days at least"):
            parted(questions, share)
        return
    parts = parted(questions, share)
    assert len(parts.earlier) + len(parts.later) == len(questions)
    assert max(each.at for each in parts.earlier) < parts.split
    assert min(each.at for each in parts.later) >= parts.split
    assert not {each.group for each in parts.earlier} & {each.group for each in parts.later}
    shares = [sum(each.at.date() < day for each in questions) / len(hours) for day in days[1:]]
    assert abs(len(parts.earlier) / len(hours) - share) == min(abs(one - share) for one in shares)


def test_a_day_is_that_of_the_place_even_when_the_clocks_change() -> None:
    """23:30 and 00:30 local time are two days, and one hour is lost between them."""
    winter, summer = timezone(timedelta(hours=1)), timezone(timedelta(hours=2))
    evening = question(datetime(2026, 3, 28, 23, 30, tzinfo=winter))
    morning = question(datetime(2026, 3, 29, 9, 0, tzinfo=summer))
    parts = parted([morning, evening], 0.5)
    assert (parts.earlier, parts.later) == ((evening,), (morning,))
    assert parts.split == datetime(2026, 3, 29, tzinfo=summer)


def test_questions_without_truth_have_no_part() -> None:
    silent = question(NIGHT + timedelta(days=5), gains={})
    parts = parted([*hourly([1, 30]), silent], 0.5)
    assert silent not in parts.earlier + parts.later


def sectioned(*sizes: tuple[str, int]) -> list[Question]:
    names = [section for section, size in sizes for _ in range(size)]
    return [
        question(NIGHT + timedelta(days=number), section) for number, section in enumerate(names)
    ]


def lives(questions: list[Question], by_hours: dict[float, Values], hours: float = 60.0) -> Any:
    return section_lives(questions, by_hours, hours, np.random.default_rng(0))


def steady(questions: list[Question], **gains: float) -> Values:
    """Give noise around the gain of each section."""
    noise: Values = np.random.default_rng(4).normal(0, 0.05, len(questions))
    noise += [gains.get(each.source.section, 0.0) for each in questions]
    return noise


def test_a_section_gets_the_half_life_it_asks_for() -> None:
    questions = sectioned(("Kultur", 50), ("Sport", 50))
    by_hours = {
        24.0: steady(questions, Sport=0.2),
        60.0: steady(questions),
        240.0: steady(questions, Kultur=0.3),
        700.0: steady(questions, Kultur=0.1),
    }
    culture, sport = lives(questions, by_hours)
    assert (culture.section, culture.hours, culture.n) == ("Kultur", 240.0, 50)
    assert culture.gain == pytest.approx(0.3)
    assert culture.instead_of == 60.0
    assert (sport.section, sport.hours) == ("Sport", 24.0)


def test_the_rung_nearest_to_the_half_life_of_all_is_what_is_beaten() -> None:
    questions = sectioned(("Kultur", 50))
    by_hours = {60.0: steady(questions), 240.0: steady(questions, Kultur=0.3)}
    assert lives(questions, by_hours, hours=200.0) == ()
    (life,) = lives(questions, by_hours, hours=100.0)
    assert (life.hours, life.instead_of) == (240.0, 60.0)


@pytest.mark.parametrize(("size", "found"), [(MIN_QUESTIONS, 1), (MIN_QUESTIONS - 1, 0)])
def test_a_section_with_few_questions_keeps_that_of_all(size: int, found: int) -> None:
    questions = sectioned(("Kultur", size), ("", 90))
    by_hours = {60.0: steady(questions), 240.0: steady(questions, Kultur=0.5)}
    assert len(lives(questions, by_hours)) == found


def test_a_gain_within_one_error_is_none() -> None:
    questions = sectioned(("Kultur", 60))
    noise = np.random.default_rng(5).normal(0, 1, 60)
    by_hours = {60.0: np.zeros(60), 240.0: noise - noise.mean() + 0.1}
    assert lives(questions, by_hours) == ()
    assert lives(questions, {60.0: noise}) == ()


def test_a_rung_that_is_near_but_no_better_does_not_hide_one_that_is() -> None:
    """Half-way lies a rung full of noise: as good as the best one, and no better than none."""
    questions = sectioned(("Kultur", 60))
    noise = np.random.default_rng(5).normal(0, 1, 60)
    noise -= noise.mean()
    error = noise.std(ddof=1) / np.sqrt(60)
    better = 1.8 * error + noise * 0.01
    by_hours = {60.0: np.zeros(60), 120.0: noise + 0.9 * error, 240.0: better}
    (life,) = lives(questions, by_hours)
    assert life.hours == 240.0
    assert life.gain > life.error


def comparison(value: float, half: float, p: float, n: int = 100) -> Comparison:
    difference = Estimate(value, value - half, value + half, n)
    return Comparison(
        metric="nDCG@10",
        system="chosen",
        peer="start",
        difference=difference,
        p=p,
        p_corrected=p,
        effect=0.0,
        wins=0,
        ties=n,
        losses=0,
    )


@pytest.mark.parametrize(
    ("found", "n_groups", "smallest", "words"),
    [
        (comparison(0.04, 0.03, 0.01), 30, 0.04, "better"),
        (comparison(0.20, 0.08, 0.001), 30, 0.11, "better"),
        (comparison(-0.04, 0.03, 0.01), 30, 0.04, "worse: keep the default"),
        (comparison(0.01, 0.03, 0.4), 30, 0.04, "no difference can be shown"),
        (comparison(0.04, 0.03, 0.06), 30, 0.04, "no difference can be shown"),
        (comparison(0.02, 0.03, 0.04), 30, 0.04, "no difference can be shown"),
        (comparison(0.00, 0.00, 1.0), 30, 0.0, "no difference can be shown"),
        (comparison(0.04, 0.06, 0.2), 30, 0.08, "too few questions to decide"),
        (comparison(0.20, 0.03, 0.001, n=49), 30, 0.04, "too few questions to decide"),
        (comparison(0.20, 0.03, 0.001), 9, 0.04, "too few questions to decide"),
        (comparison(-0.20, 0.03, 0.001), 9, 0.04, "too few questions to decide"),
    ],
)
def test_the_verdict_claims_no_more_than_the_evidence(
    found: Comparison, n_groups: int, smallest: float, words: str
) -> None:
    assert verdict(found, n_groups, smallest) == words


def test_an_effect_as_large_as_the_smallest_is_found_four_times_in_five() -> None:
    """The promise of the number, simulated."""
    generator, hits = np.random.default_rng(6), 0
    groups = [str(number) for number in range(80)]
    nothing = np.zeros(80)
    start = Outcome(Policy(), nothing, nothing, nothing, 0)
    smallest = 2.8 * 0.2 / np.sqrt(80)
    for _ in range(200):
        values = generator.normal(smallest, 0.2, 80)
        chosen = replace(start, accuracy=values)
        drawing = Resampler(groups, generator, n_resamples=300)
        assert smallest_effect(chosen, start, drawing) == pytest.approx(smallest, rel=0.4)
        hits += abs(values.mean()) > 1.96 * values.std(ddof=1) / np.sqrt(80)
    assert 0.7 < hits / 200 < 0.9


def test_chosen_is_compared_with_start_and_not_the_other_way_round() -> None:
    nothing = np.zeros(40)
    start = Outcome(Policy(), nothing, nothing, nothing, 0)
    chosen = replace(start, accuracy=nothing + 0.5)
    drawing = Resampler([str(number) for number in range(40)], np.random.default_rng(0))
    found = compared(chosen, start, 7, drawing)
    assert (found.system, found.peer, found.metric) == ("chosen", "start", "nDCG@7")
    assert (found.difference.value, found.wins, found.losses) == (0.5, 40, 0)
    assert found.p_corrected == found.p < 0.001
