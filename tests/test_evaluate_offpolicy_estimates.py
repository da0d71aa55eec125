"""Off-policy estimates: near what is true, in a simulation where the truth is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import permutations
from math import isnan, nan
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.errors import InvalidTruth
from relnews.evaluate.offpolicy.click_model import ClickRates
from relnews.evaluate.offpolicy.estimates import off_policy
from relnews.evaluate.truth import Impression

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relnews.evaluate.results import OffPolicyResult

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
PLACES = (0.6, 0.4, 0.3)
PULLS = {"a": 1.0, "b": 0.7, "c": 0.3, "d": 0.1}
ORDERS = list(permutations(PULLS))
TARGET = ("a", "b", "c")
"""Best first; the logging system prefers worst first, but shows every order now and then."""


def chances() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How likely the logging system is to show each order."""
    score = [sum(place * PULLS[n] for place, n in enumerate(order)) for order in ORDERS]
    weight = np.exp(0.5 * np.array(score))
    return np.asarray(weight / weight.sum())


def propensity(position: int, name: str) -> float:
    shares = zip(chances(), ORDERS, strict=True)
    return float(sum(share for share, order in shares if order[position] == name))


PROPENSITIES = {(p, n): propensity(p, n) for p in range(len(PLACES)) for n in PULLS}


def truth(ids: Sequence[str] = TARGET) -> float:
    return sum(place * PULLS[name] for place, name in zip(PLACES, ids, strict=False))


def simulate(generator: np.random.Generator, n: int, n_users: int = 200) -> list[Impression]:
    log = []
    for number in generator.choice(len(ORDERS), size=n, p=chances()):
        shown = ORDERS[number][: len(PLACES)]
        draws = generator.random(len(PLACES))
        slots = list(zip(PLACES, shown, draws, strict=True))
        impression = Impression(
            user=f"user {generator.integers(n_users)}",
            source_id="",
            at=AT,
            shown=shown,
            clicked=tuple(bool(draw < place * PULLS[name]) for place, name, draw in slots),
            propensities=tuple(PROPENSITIES[place, name] for place, name in enumerate(shown)),
        )
        log.append(impression)
    return log


class Knows:
    """The truth as a click model."""

    def expected(self, impression: Impression, position: int, article_id: str) -> float:
        del impression
        return PLACES[position] * PULLS[article_id]


class Errs:
    """A click model that is far off."""

    def expected(self, impression: Impression, position: int, article_id: str) -> float:
        del impression, position
        return 0.9 if article_id == "b" else 0.5


def seeded(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def estimate(
    log: list[Impression], ids: Sequence[str] = TARGET, **given_: object
) -> OffPolicyResult:
    return off_policy("pipeline", log, [ids] * len(log), seeded(), **given_)  # type: ignore[arg-type]


def numbers(result: OffPolicyResult) -> dict[str, float]:
    return {name: found.value for name, found in result.values.items()}


def one(shown: str, clicked: str = "", share: float = 0.5, user: str = "u") -> Impression:
    return Impression(
        user=user,
        source_id="",
        at=AT,
        shown=tuple(shown),
        clicked=tuple(name in clicked for name in shown),
        propensities=(share,) * len(shown),
    )


@cache
def repeated(
    n: int = 60, size: int = 400
) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Estimate from many independent logs; by estimator, DR with several models."""
    found: dict[str, list[float]] = {}
    for seed in range(n):
        log = simulate(seeded(1000 + seed), size)
        for model in (None, Knows(), Errs()):
            for name, value in numbers(estimate(log, model=model)).items():
                label = f"{name} {type(model).__name__}" if name == "DR" else name
                found.setdefault(label, []).append(value)
    return {name: np.array(values) for name, values in found.items()}


@pytest.mark.parametrize("name", ["IPS", "SNIPS", "DR NoneType", "DR Knows", "DR Errs"])
def test_estimates_are_right_on_average(name: str) -> None:
    """DR too, when its model errs."""
    values = repeated()[name]
    error = values.std(ddof=1) / len(values) ** 0.5
    assert abs(values.mean() - truth()) < 4 * error + 0.002  # SNIPS is a little biased
    assert error < 0.05


def test_what_was_clicked_on_the_log_is_no_estimate() -> None:
    values = repeated()["logged"]
    assert values.mean() < truth() - 0.3
    assert values.max() < truth()


def test_a_good_model_makes_estimates_steadier() -> None:
    spread = {name: values.std(ddof=1) for name, values in repeated().items()}
    assert spread["DR Knows"] < 0.85 * spread["IPS"]
    assert spread["DR NoneType"] < 0.9 * spread["IPS"]
    assert spread["SNIPS"] < 0.9 * spread["IPS"]
    assert spread["DR Knows"] < spread["DR Errs"]


def test_intervals_hold_the_truth() -> None:
    held = {"IPS": 0, "SNIPS": 0, "DR": 0}
    for seed in range(60):
        values = estimate(simulate(seeded(seed), 400)).values
        for name in held:
            held[name] += values[name].low <= truth() <= values[name].high
    assert min(held.values()) >= 52  # of 57 expected


def test_a_large_log_is_near_the_truth_for_any_list() -> None:
    log = simulate(seeded(5), 8000)
    for ids in (("a", "b", "c"), ("d", "c", "b"), ("b", "d")):
        found = estimate(log, ids)
        for name in ("IPS", "SNIPS", "DR"):
            value = found.values[name]
            assert abs(value.value - truth(ids)) < 2 * (value.high - value.low)
            assert value.high - value.low < 0.25


def test_lists_may_differ_from_impression_to_impression() -> None:
    log = simulate(seeded(6), 6000)
    lists = [("a", "b", "c") if number % 2 else ("d",) for number in range(len(log))]
    expected = (truth(("a", "b", "c")) + truth(("d",))) / 2
    found = off_policy("pipeline", log, lists, seeded())
    for name in ("IPS", "SNIPS", "DR"):
        assert found.values[name].low < expected < found.values[name].high


@given(st.lists(st.tuples(st.permutations("abc"), st.sets(st.sampled_from("abc"))), min_size=1))
def test_the_logged_system_itself_has_its_own_clicks(
    rows: list[tuple[list[str], set[str]]],
) -> None:
    """Without chance, each propensity is 1, and every estimate is what was counted."""
    log = [
        one("".join(ids), "".join(clicked), 1.0, str(n)) for n, (ids, clicked) in enumerate(rows)
    ]
    found = off_policy("log", log, [impression.shown for impression in log], seeded())
    logged = found.values["logged"]
    assert logged.value == sum(len(clicked) for _, clicked in rows) / len(rows)
    assert repr(found.values["IPS"]) == repr(logged)  # NaN bounds, with one user, are alike too
    assert found.values["SNIPS"].value == pytest.approx(logged.value)
    assert found.values["DR"].value == pytest.approx(logged.value)
    assert found.effective_sample_size == pytest.approx(found.n_slots)
    assert found.clipped == 0


def test_estimates_by_hand() -> None:
    log = [one("ab", "a", 0.5), one("ba", "b", 0.25), one("ab", "b", 0.5, "v")]
    found = estimate(log, ("a", "b"), model=Flat())
    # weights: 2 2 / 0 0 / 2 2; clicks that count: a in the first, b in the third
    assert found.values["logged"].value == 1
    assert found.values["IPS"].value == pytest.approx((2 + 2) / 3)
    assert found.values["SNIPS"].value == pytest.approx(2 / 4 + 2 / 4)
    model, weighted = 6 * 0.1, 2 * (0.9 - 0.1) + 2 * (0.9 - 0.1)
    assert found.values["DR"].value == pytest.approx((model + weighted) / 3)
    assert found.effective_sample_size == pytest.approx(4)
    assert (found.system, found.n_slots, found.clip, found.clipped) == ("pipeline", 6, 100, 0)
    assert {value.n for value in found.values.values()} == {3}
    assert list(found.values) == ["IPS", "SNIPS", "DR", "logged"]


class Flat:
    """A click model that expects the same of all."""

    def expected(self, impression: Impression, position: int, article_id: str) -> float:
        del impression, position, article_id
        return 0.1


def test_each_place_is_normalised_by_itself() -> None:
    """And counts as often as the system fills it."""
    log = [one("ab", "a", 0.5), one("ab", "", 0.1), one("ba", "", 0.5), one("ab", "b", 0.5)]
    lists = [("a", "b"), ("a", "b"), ("a",), ("a", "b")]
    found = off_policy("pipeline", log, lists, seeded())
    first, second = 2 / (2 + 10 + 2), 2 / (2 + 10 + 2)
    assert found.values["SNIPS"].value == pytest.approx(4 / 4 * first + 3 / 4 * second)


def test_kish_counts_what_unequal_weights_are_worth() -> None:
    found = estimate([one("a", "a", 1.0), one("a", "", 0.1)], ("a",))
    assert found.effective_sample_size == pytest.approx(11**2 / 101)


def test_weights_are_cut_at_the_clip() -> None:
    log = [one("a", "a", 0.01), one("a", "", 0.5), one("a", "a", 0.25), one("b", "b", 0.001)]
    found = estimate(log, ("a",), clip=4.0)
    assert found.values["IPS"].value == pytest.approx((4 + 4) / 4)
    assert found.clip == 4
    assert found.clipped == pytest.approx(1 / 3)


def test_a_list_that_never_agrees_with_the_log_is_unknown() -> None:
    log = [one("ab", "a", user=str(number)) for number in range(4)]
    found = estimate(log, ("x", "y"))
    assert found.values["IPS"].value == 0
    assert isnan(found.values["SNIPS"].value)
    assert isnan(found.values["SNIPS"].low)
    assert (found.effective_sample_size, found.clipped) == (0, 0)
    assert found.values["logged"].value == 1


def test_a_place_at_which_nothing_agrees_leaves_snips_unknown() -> None:
    found = estimate([one("ab", "a"), one("ab", "b", user="v")], ("a", "x"))
    assert found.values["IPS"].value == 1
    assert isnan(found.values["SNIPS"].value)


def test_places_beyond_the_log_do_not_count() -> None:
    log = simulate(seeded(2), 50)
    assert numbers(estimate(log, (*TARGET, "d", "x"))) == numbers(estimate(log))


def test_lists_of_nothing_are_clicked_by_nobody() -> None:
    found = estimate([one("ab", "a"), one("", "")], ())
    assert [found.values[name].value for name in ("IPS", "SNIPS", "DR")] == [0, 0, 0]
    empty = estimate([one("", "")])
    assert (empty.n_slots, empty.values["logged"].value) == (0, 0)


def test_users_are_resampled_not_impressions() -> None:
    log = simulate(seeded(3), 60)
    many = [each for each in log for _ in range(20)]
    single = [replace(each, user=f"user {n}") for n, each in enumerate(many)]
    by_user, by_impression = (estimate(each).values["IPS"] for each in (many, single))
    assert by_user.value == pytest.approx(by_impression.value)
    assert by_user.high - by_user.low > 2 * (by_impression.high - by_impression.low)
    alone = estimate([replace(each, user="u") for each in log]).values["IPS"]
    assert (isnan(alone.low), isnan(alone.high)) == (True, True)


def test_no_impression_is_judged_by_a_model_that_saw_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[set[str], str]] = []

    class Spy(ClickRates):
        def __init__(self, impressions: list[Impression]) -> None:
            self.users = {impression.user for impression in impressions}
            super().__init__(impressions)

        def expected(self, impression: Impression, position: int, article_id: str) -> float:
            asked.append((self.users, impression.user))
            return super().expected(impression, position, article_id)

    monkeypatch.setattr("relnews.evaluate.offpolicy.estimates.ClickRates", Spy)
    log = simulate(seeded(4), 80, n_users=11)
    estimate(log)
    assert len(asked) == 80 * len(PLACES)
    everybody = {impression.user for impression in log}
    assert all(user not in seen for seen, user in asked)
    assert all(len(seen) in {5, 6} and seen < everybody for seen, _ in asked)


def test_with_one_user_dr_is_ips() -> None:
    log = [replace(each, user="u") for each in simulate(seeded(4), 40)]
    found = numbers(estimate(log))
    assert found["DR"] == found["IPS"] > 0


def test_the_same_seed_gives_the_same_estimates() -> None:
    log = simulate(seeded(4), 100)
    first, second = estimate(log), estimate(log)
    assert first == second
    other = off_policy("pipeline", log, [TARGET] * 100, seeded(1))
    assert other.values["IPS"].low != first.values["IPS"].low


@pytest.mark.parametrize("clip", [0, -1.0, nan, float("inf")])
def test_a_clip_that_cuts_nothing_or_all_is_refused(clip: float) -> None:
    with pytest.raises(InvalidTruth, match="clip must be a finite number greater than 0"):
        estimate([one("a")], clip=clip)


def test_a_log_without_propensities_is_refused() -> None:
    log = [one("a"), replace(one("a"), propensities=None), one("a")]
    with pytest.raises(InvalidTruth, match=r"propensities must be logged .* 1 of 3 impressions"):
        estimate(log)


def test_an_empty_log_is_refused() -> None:
    with pytest.raises(InvalidTruth, match="at least one impression"):
        estimate([])


@pytest.mark.parametrize("n", [0, 1, 3])
def test_lists_that_do_not_align_are_refused(n: int) -> None:
    with pytest.raises(InvalidTruth, match=f"one for each of 2 impressions, got {n}"):
        off_policy("pipeline", [one("a"), one("a")], [("a",)] * n, seeded())
