"""What models are asked: only what came after they were trained, leaks taken out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relnews.errors import InvalidTruth
from relnews.evaluate import Chain, EditorLinks, Truth
from relnews.train import TrainingPlan
from relnews.train.exam import Exam, make_exam
from relnews.train.material import make_material
from trainable import published, site

DATA = site(80)
PLAN = TrainingPlan(until=published(60))
MATERIAL = make_material(DATA, PLAN)


def exam(truth: Truth = DATA.truth, *, task: str = "", sample: int = 1000) -> Exam:
    return make_exam(truth, MATERIAL, task=task, sample=sample, seed=0)


def test_questions_come_after_what_is_learned() -> None:
    found = exam()
    parts, periods = found.parts(), MATERIAL.periods
    assert found.task == "links"
    assert all(one.at >= periods.validation for one in found.questions)
    assert all(found.questions[place].at < periods.test for place in parts["validation"])
    assert all(found.questions[place].at >= periods.test for place in parts["test"])
    assert len(parts["test"]) == 20
    assert len(parts["validation"]) == 60 - int(60 * 0.85)


def test_a_copy_of_the_source_is_no_right_answer() -> None:
    """The questions have passed the guards."""
    truth = Truth(links=(*DATA.truth.links[:70], EditorLinks("79", ("78",))))
    copied = replace(DATA, articles=(*DATA.articles[:79], replace(DATA.articles[78], id="79")))
    material = make_material(copied, PLAN)
    found = make_exam(truth, material, task="", sample=1000, seed=0)
    assert "79" not in {one.source.id for one in found.questions if "78" in one.gains}


def test_a_task_may_be_chosen_and_few_questions_drawn() -> None:
    assert exam(task="events").task == "events"
    few = exam(sample=12)
    assert len(few.questions) == 12
    assert few.questions == exam(sample=12).questions


def test_truth_without_moments_is_told() -> None:
    chains = Truth(chains=(Chain("a", ("1", "2", "3")),))
    with pytest.raises(InvalidTruth, match=r"have no moment; add links\.jsonl"):
        exam(chains)


def test_truth_of_earlier_times_alone_is_told() -> None:
    early = Truth(links=DATA.truth.links[:50])
    with pytest.raises(InvalidTruth, match="there must be links after"):
        exam(early)


def test_the_world_is_fitted_before_the_validation() -> None:
    world = exam().world()
    world.advance(published(79))
    assert world.fitted_until is not None
    assert world.fitted_until <= MATERIAL.periods.validation
    world.close()
