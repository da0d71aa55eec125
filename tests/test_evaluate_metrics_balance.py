"""Calibration and divergence: against scipy, at both ends, and where sections are missing."""

from __future__ import annotations

from math import isnan, log
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy

from newsroom import NOON, an_article, hours
from relnews.errors import InvalidTruth
from relnews.evaluate.archive import Archive
from relnews.evaluate.catalogue import Catalogue
from relnews.evaluate.judged import Judged
from relnews.evaluate.metrics import Calibration, Divergence
from relnews.evaluate.metrics.balance import jensen_shannon, kullback_leibler
from relnews.evaluate.truth import Question

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CATALOGUE = Catalogue(
    Archive(
        [
            *(an_article(f"c{number}", section="Stadt", source="dpa") for number in range(4)),
            *(an_article(f"p{number}", section="Sport", source="Bote") for number in range(4)),
            an_article("old", section="Kultur", published_at=hours(-500)),
        ]
    )
)
WORST = -log(0.01)
SHARES = st.lists(st.integers(0, 5), min_size=3, max_size=3).filter(any)


def judged(
    ids: Iterable[str],
    gains: Mapping[str, float] | None = None,
    catalogue: Catalogue = CATALOGUE,
) -> Judged:
    question = Question(source=an_article("c0"), at=NOON, gains=gains or {})
    return Judged(question, tuple(ids), 4, catalogue)


def share(counts: list[int]) -> np.ndarray:
    return np.array(counts) / sum(counts)


@given(SHARES, SHARES)
def test_divergences_are_those_of_scipy(first: list[int], second: list[int]) -> None:
    p, q = share(first), share(second)
    assert kullback_leibler(p, q) == pytest.approx(entropy(p, 0.99 * q + 0.01 * p), abs=1e-9)
    assert jensen_shannon(p, q) == pytest.approx(sqrt_of_js(p, q), abs=1e-7)
    assert jensen_shannon(p, q) == pytest.approx(jensen_shannon(q, p), abs=1e-9)


def sqrt_of_js(p: np.ndarray, q: np.ndarray) -> float:
    return 0.0 if np.allclose(p, q) else float(jensenshannon(p, q, base=2))


@given(SHARES, SHARES)
def test_divergences_keep_their_bounds(first: list[int], second: list[int]) -> None:
    p, q = share(first), share(second)
    assert 0 <= kullback_leibler(p, q) <= WORST + 1e-9
    assert 0 <= jensen_shannon(p, q) <= 1
    assert kullback_leibler(p, p) == pytest.approx(0, abs=1e-12)
    assert jensen_shannon(p, p) == pytest.approx(0, abs=1e-7)


def test_lists_like_the_right_answers_are_calibrated() -> None:
    truth = {"c1": 1.0, "p1": 1.0}
    assert Calibration("section", 4).of_run([judged(["c1", "c2", "p2", "p3"], truth)]) == 0
    one_sided = Calibration("section", 4).of_run([judged(["c0", "c1", "c2", "c3"], truth)])
    assert one_sided == pytest.approx(entropy([0.5, 0.5], [0.99 + 0.005, 0.005]))


def test_calibration_weighs_answers_by_gain_and_questions_alike() -> None:
    """Two questions: all Sport; and three parts of Stadt to one of Sport."""
    lists = [
        judged(["p1", "p2", "p3", "c1"], {"p1": 2.0, "p2": 0.5}),
        judged(["p1", "c2", "p3", "c1"], {"c1": 3.0, "p2": 1.0}),
    ]
    p, q = np.array([0.375, 0.625]), np.array([0.375, 0.625])
    assert Calibration("section", 4).of_run(lists) == pytest.approx(
        entropy(p, 0.99 * q + 0.01 * p), abs=1e-9
    )


def test_empty_slots_and_unknown_entries_count_against_the_system() -> None:
    truth = {"c1": 1.0, "p1": 1.0}
    metric = Calibration("section", 4)
    full = metric.of_run([judged(["c1", "c2", "p1", "p2"], truth)])
    short = metric.of_run([judged(["c1", "p1"], truth)])
    unknown = metric.of_run([judged(["c1", "p1", "x", "y"], truth)])
    empty = metric.of_run([judged([], truth)])
    assert full < short == unknown < empty == pytest.approx(WORST)


def test_without_truth_lists_are_held_against_the_supply() -> None:
    """Eight articles of the week, half of them Stadt; the old one is not news."""
    assert Calibration("section", 4).of_run([judged(["c1", "p1", "c2", "p2"])]) == 0
    assert Calibration("section", 4).of_run([judged(["c1", "c2", "c3", "old"])]) > 0.5


def test_questions_without_truth_do_not_dilute_those_with() -> None:
    right = judged(["c1", "c2", "c3", "c0"], {"c1": 1.0})
    other = judged(["p1", "p2", "p3", "old"])
    assert Calibration("source", 4).of_run([right, other]) == 0


def test_a_list_like_the_supply_does_not_diverge() -> None:
    """Ranks weigh 1, 1/2, 1/3, 1/4: no list of four has the supply's halves exactly."""
    found = Divergence("section", 4).of(judged(["c1", "p1", "p2", "p3"]))
    assert found == pytest.approx(sqrt_of_js(np.array([0.5, 0.5]), np.array([12, 13]) / 25))
    assert found < 0.05


def test_divergence_looks_at_the_top_of_the_list_first() -> None:
    metric = Divergence("section", 4)
    assert metric.of(judged(["old"])) == 1.0
    assert metric.of(judged(["old", "c1", "p1"])) > metric.of(judged(["c1", "p1", "old"]))
    assert Divergence("section", 2).of(judged(["c1", "c2", "p1"])) == metric.of(judged(["c1"]))


def test_unknown_entries_do_not_count_in_divergence() -> None:
    metric = Divergence("source", 4)
    assert metric.of(judged(["c1", "x"])) == metric.of(judged(["c1"]))
    assert isnan(metric.of(judged(["x"])))
    assert isnan(metric.of(judged([])))


def test_without_sections_there_is_no_value() -> None:
    bare = Catalogue(Archive([an_article("c0", section=""), an_article("c1", section="")]))
    lists = [judged(["c1"], {"c1": 1.0}, bare)]
    assert isnan(Calibration("section", 4).of_run(lists))
    assert isnan(Divergence("section", 4).of(lists[0]))
    assert Calibration("source", 1).of_run(lists) == 0


def test_without_lists_or_anything_live_there_is_no_value() -> None:
    nothing = Catalogue(Archive([an_article("c1", status="canceled")]))
    assert isnan(Calibration("section", 4).of_run([]))
    assert isnan(Calibration("section", 4).of_run([judged(["c1"], None, nothing)]))
    assert isnan(Divergence("section", 4).of(judged(["c1"], None, nothing)))


@pytest.mark.parametrize("make", [Calibration, Divergence])
def test_articles_are_told_apart_by_section_or_source(make: type[Divergence]) -> None:
    with pytest.raises(InvalidTruth, match="by section or source, got 'tags'"):
        make("tags", 4)  # type: ignore[arg-type]
    with pytest.raises(InvalidTruth, match="k must be"):
        make("source", 0)
