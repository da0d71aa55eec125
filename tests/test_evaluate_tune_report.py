"""What a person reads, and what `load_policy` reads: the same policy, with its evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, get_args

import pytest

from relnews.evaluate.results import Comparison, Estimate
from relnews.evaluate.tune import SectionLife, Trial, Tuned, Verdict, to_text, to_toml
from relnews.evaluate.tune.space import Space
from relnews.evaluate.tune.trials import changes, front
from relnews.policy import Policy
from relnews.rank.diversity import Mmr
from relnews.settings import load_policy

if TYPE_CHECKING:
    from pathlib import Path

NASTY = 'Stadt "Land"\nhalf_life_hours = 1\r\\ \u2028 \x7f Fluß'
CHOSEN = Policy(half_life_hours=240.0, section_half_life_hours={NASTY: 24.0})


def estimate(value: float) -> Estimate:
    return Estimate(value, value - 0.05, value + 0.05, 90)


def trial(policy: Policy, accuracy: float, freshness: float = 0.5, n_failures: int = 0) -> Trial:
    return Trial(
        policy=policy,
        changes=changes(Space(Policy()), policy),
        accuracy=estimate(accuracy),
        freshness=estimate(freshness),
        diversity=estimate(0.8),
        n_failures=n_failures,
    )


def found(words: Verdict = "better", chosen: Policy = CHOSEN) -> Tuned:
    trials = (trial(Policy(), 0.4, 0.9), trial(chosen, 0.48), trial(Policy(story_days=3), 0.3, 0.2))
    return Tuned(
        policy=chosen if words == "better" else Policy(),
        verdict=words,
        start=Policy(),
        chosen=chosen,
        k=10,
        split=datetime(2026, 2, 1, tzinfo=UTC),
        n_earlier=130,
        n_later=90,
        groups_earlier=31,
        groups_later=21,
        trials=trials,
        front=front(trials),
        sections=(
            SectionLife(section=NASTY, hours=24.0, instead_of=192.0, n=44, gain=0.03, error=0.01),
        ),
        later_start=trial(Policy(), 0.41),
        later_chosen=trial(chosen, 0.47, n_failures=2),
        comparison=Comparison(
            metric="nDCG@10",
            system="chosen",
            peer="start",
            difference=Estimate(0.06, 0.02, 0.1, 90),
            p=0.004,
            p_corrected=0.004,
            effect=0.3,
            wins=30,
            ties=40,
            losses=20,
        ),
        smallest_effect=0.045,
    )


def test_the_file_holds_the_policy_to_use(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    for words in get_args(Verdict):
        tuned = found(words)
        path.write_text(to_toml(tuned), encoding="utf-8")
        assert load_policy(path) == tuned.policy


def test_the_file_says_what_it_rests_on_and_how_to_find_it_again() -> None:
    text = to_toml(found(), {"data": "links.jsonl\nsemantic_weight = 1", "seed": 17})
    comments = [line for line in text.splitlines() if line.startswith("#")]
    for words in (
        "# Verdict: better.",
        "130 questions in 31 groups, before 2026-02-01T00:00:00+00:00; 3 policies",
        "90 questions in 21 groups",
        "+0.060 [+0.020, +0.100], p = 0.004; 30 won, 40 equal, 20 lost.",
        "0.470 [0.420, 0.520]",
        "gains 0.030 (standard error 0.010, 44 questions)",
        "#   data = links.jsonl semantic_weight = 1",
        "#   seed = 17",
    ):
        assert any(words in line for line in comments), words


def test_a_default_policy_says_so() -> None:
    text = to_toml(found("too few questions to decide"))
    assert text.endswith("# The default policy: no changes.\n")


@pytest.mark.parametrize(
    ("words", "says", "not_said"),
    [
        ("better", "use it", "stays"),
        ("no difference can be shown", "the start policy stays", "use it"),
        ("worse: keep the default", "worse than the start policy", "use it"),
        ("too few questions to decide", "too few to tell", "use it"),
    ],
)
def test_the_text_says_what_to_do(words: Verdict, says: str, not_said: str) -> None:
    text = " ".join(to_text(found(words)).split())
    assert text.startswith(f"Verdict: {words}. ")
    assert says in text
    assert not_said not in text


def test_the_start_as_the_choice_is_not_compared_with_itself() -> None:
    text = to_text(found("no difference can be shown", chosen=Policy()))
    assert "No candidate was shown to be better than the start policy: it stays." in text
    assert "Difference" not in text


def test_the_front_is_shown_beside_start_and_choice_each_once() -> None:
    text = to_text(found())
    table = text.split("On the earlier questions")[1]
    assert table.count("start policy") == 1
    assert table.count("chosen: half_life_hours 240") == 1
    assert table.count("half_life_hours 240") == 1
    assert "0.300" not in table


def test_failed_lists_are_told() -> None:
    assert "(2 lists failed)" in to_text(found())


def test_changes_are_told_by_name() -> None:
    policy = replace(
        Policy(), selector=Mmr(0.25), max_same_story=1, section_half_life_hours={"Kultur": 48.5}
    )
    told = changes(Space(Policy()), policy)
    assert told == "diversity 0.25, max_same_story 1, half_life_hours of Kultur 48.5"
    assert changes(Space(policy), policy) == "start policy"


def test_a_single_group_has_no_interval() -> None:
    alone = Estimate(0.06, float("nan"), float("nan"), 90)
    tuned = found("too few questions to decide")
    comparison = replace(tuned.comparison, difference=alone)
    text = to_text(replace(tuned, comparison=comparison, smallest_effect=float("inf")))
    assert "Difference in nDCG@10: +0.060, p = 0.004" in text
    assert "a single group" in text
    assert "nan" not in text
    assert "inf" not in text
