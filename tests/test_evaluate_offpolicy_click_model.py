"""The click model: rates of places, effects of articles, and little trust in few clicks."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.evaluate.offpolicy.click_model import ClickRates
from relnews.evaluate.truth import Impression

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
SLOTS = st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=4)


def impression(shown: str, clicked: str = "") -> Impression:
    flags = tuple(name in clicked for name in shown)
    return Impression(user="u", source_id="", at=AT, shown=tuple(shown), clicked=flags)


ANY = impression("")


def test_without_more_than_chance_an_article_has_the_rate_of_its_place() -> None:
    log = [impression("ab", "a"), impression("ba", "b"), impression("ab"), impression("ba")]
    rates = ClickRates(log)
    assert rates.expected(ANY, 0, "a") == 0.5
    assert rates.expected(ANY, 0, "unknown") == 0.5
    assert rates.expected(ANY, 1, "b") == 0


def test_an_effect_is_drawn_towards_1_by_as_much_as_chance_would_scatter_it() -> None:
    """By hand: a has 8 of 5 expected clicks, b 2 of 5; variance (9/5 + 9/5 - 2) / 10 = 0.16."""
    log = [impression("a", "a")] * 8 + [impression("a")] * 2
    log += [impression("b", "b")] * 2 + [impression("b")] * 8
    rates = ClickRates(log)
    prior = 1 / 0.16
    assert rates.expected(ANY, 0, "a") == pytest.approx(0.5 * (8 + prior) / (5 + prior))
    assert rates.expected(ANY, 0, "b") == pytest.approx(0.5 * (2 + prior) / (5 + prior))
    assert rates.expected(ANY, 0, "new") == 0.5


def test_with_many_clicks_the_truth_is_found() -> None:
    generator = np.random.default_rng(0)
    place, pull = (0.4, 0.2), {"a": 0.5, "b": 1.0, "c": 1.5}
    log = []
    for _ in range(6000):
        shown = "".join(generator.permutation(list(pull))[:2])
        clicks = [n for p, n in zip(place, shown, strict=True) if generator.random() < p * pull[n]]
        log.append(impression(shown, "".join(clicks)))
    rates = ClickRates(log)
    for position, rate in enumerate(place):
        for name, effect in pull.items():
            assert rates.expected(ANY, position, name) == pytest.approx(rate * effect, abs=0.03)


@pytest.mark.parametrize("log", [[], [impression("")], [impression("ab")] * 3])
def test_a_log_without_clicks_foretells_none(log: list[Impression]) -> None:
    assert ClickRates(log).expected(ANY, 0, "a") == 0


def test_a_place_that_was_never_shown_is_never_clicked() -> None:
    assert ClickRates([impression("ab", "ab")]).expected(ANY, 2, "a") == 0


def test_no_article_is_clicked_more_than_always() -> None:
    """It stood mostly where little is clicked, and was clicked each time."""
    log = [impression("ba", "ba")] * 40 + [impression("cd", "c")] * 40 + [impression("ed")] * 10
    rates = ClickRates(log)
    assert rates.expected(ANY, 1, "a") > 80 / 90 * 0.9
    assert rates.expected(ANY, 0, "a") == 1


@given(st.lists(SLOTS, max_size=8))
def test_what_is_expected_is_a_probability(log: list[list[tuple[str, bool]]]) -> None:
    rates = ClickRates(
        Impression(
            user="u",
            source_id="",
            at=AT,
            shown=tuple(name for name, _ in slots),
            clicked=tuple(flag for _, flag in slots),
        )
        for slots in log
    )
    for position in range(5):
        for name in "abcde":
            assert 0 <= rates.expected(ANY, position, name) <= 1
