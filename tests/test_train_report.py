"""What is said of a training, for better or worse."""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf, nan

import pytest

from relnews.evaluate.results import Comparison, Estimate
from relnews.train import to_card, to_record, to_text
from relnews.train.report import Measured, Score, TrainingReport, chosen_epoch, verdict
from relnews.train.training import Epoch


def gap(value: float, p: float) -> Comparison:
    return Comparison(
        metric="nDCG@10",
        system="trained",
        peer="base",
        difference=Estimate(value, value - 0.05, value + 0.05, 40),
        p=p,
        p_corrected=p,
        effect=inf,
        wins=20,
        ties=15,
        losses=5,
    )


def measured(value: float = 0.1, p: float = 0.01) -> Measured:
    return Measured(
        task="links",
        metric="nDCG@10",
        n_validation=0,
        n_test=1040,
        n_groups=31,
        weights={"base": 0.1, "trained": 0.2},
        scores=(Score("trained", None, Estimate(0.4, 0.3, 0.5, 40)),),
        comparisons=(gap(value, p),),
    )


REPORT = TrainingReport(
    data="Tagblatt",
    base="static",
    validation="2026-01-01",
    test="2026-02-01",
    pairs={"links": 1200, "headline": 30},
    later_pairs={},
    judged_by="",
    settings={"seed": "0"},
    epochs=(Epoch(0, nan, nan), Epoch(1, 2.5, nan), Epoch(2, 1.25, nan)),
    chosen=2,
    measured=measured(),
)


@pytest.mark.parametrize(
    ("value", "p", "said"),
    [
        (0.1, 0.01, "The trained model is better than its base on 1,040 later questions of links."),
        (-0.1, 0.01, "worse than its base on 1,040 later questions of links: keep the base."),
        (0.1, 0.2, "no difference between the trained model and its base can be shown."),
        (0.01, 0.01, "no difference"),
        (-0.1, 0.05, "no difference"),
        (nan, nan, "no difference"),
    ],
)
def test_it_is_told_as_it_is(value: float, p: float, said: str) -> None:
    assert said in verdict(measured(value, p))
    assert said in to_text(replace(REPORT, measured=measured(value, p)))
    assert said in to_card(replace(REPORT, measured=measured(value, p)), "relnews")


def test_the_text_tells_counts_epochs_and_figures() -> None:
    lines = to_text(REPORT).splitlines()
    assert "Learned from pairs before 2026-01-01: 1,200 links, 30 headline" in lines
    assert "Chosen by pairs before 2026-02-01: none" in lines
    assert "    2  1.250      -  kept" in lines
    assert "    1  2.500      -" in lines
    assert "trained           -  0.400  [0.300, 0.500]" in lines
    assert any(line.startswith("trained - base: +0.100 [+0.050, +0.150], p 0.01") for line in lines)


def test_the_card_names_the_command_and_the_settings() -> None:
    card = to_card(REPORT, "relnews train-model DATA --seed 0")
    assert card.startswith("# A model trained on Tagblatt\n")
    assert "```\nrelnews train-model DATA --seed 0\n```" in card
    assert "- seed: 0\n" in card
    assert to_text(REPORT) in card


def test_a_record_is_strict_json() -> None:
    found = to_record(REPORT)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["epochs"][1] == {"number": 1, "loss": 2.5, "rank": None}
    assert found["measured"]["comparisons"][0]["effect"] is None


def test_the_best_epoch_is_named_and_never_the_base() -> None:
    base, first, second = Epoch(0, nan, 0.9), Epoch(1, 1.0, 0.5), Epoch(2, 0.5, 0.4)
    assert chosen_epoch((base, first, second)) == 1
    assert chosen_epoch((base, first, replace(second, rank=0.5))) == 1
    assert chosen_epoch(REPORT.epochs) == 2
