"""What a training is made of, all of it from before the test."""

from __future__ import annotations

from relnews.train import TrainingPlan
from relnews.train.material import make_material
from relnews.train.pairs import text_of
from trainable import published, site

DATA = site(80)
PLAN = TrainingPlan(until=published(40))


def test_what_comes_later_changes_nothing() -> None:
    """Articles, links and reads after the test begins leave no trace in what is learned from."""
    whole = make_material(DATA, PLAN)
    short = make_material(site(41), PLAN)
    assert whole.periods == short.periods
    assert whole.pairs == short.pairs
    assert whole.later == short.later
    assert whole.texts() == short.texts() == list(map(text_of, DATA.articles[:35]))


def test_whatever_is_learned_from_all_kinds_judge() -> None:
    found = make_material(DATA, TrainingPlan(until=published(40), kinds=("headline",)))
    assert {one.kind for one in found.pairs} == {"headline"}
    assert {one.kind for one in found.later} == {"links", "reads", "headline"}


def test_few_pairs_of_each_kind_may_be_drawn() -> None:
    most = make_material(DATA, PLAN).pairs
    few = make_material(DATA, TrainingPlan(until=published(40), max_pairs=7)).pairs
    assert [one.kind for one in few] == 7 * ["links"] + 7 * ["reads"] + 7 * ["headline"]
    assert [one for one in most if one in few] == list(few)
    other = make_material(DATA, TrainingPlan(until=published(40), max_pairs=7, seed=1)).pairs
    assert other != few
