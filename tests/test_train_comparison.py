"""Base against trained: by encoders whose worth is known beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from relnews.embed.embedded import Embedded
from relnews.evaluate.world.baselines import Ranked, TfIdf
from relnews.evaluate.world.replay import replay
from relnews.train import TrainingPlan
from relnews.train.comparison import BASE, TRAINED, WEIGHTS, beside, chosen_weights, examine
from relnews.train.exam import Exam, make_exam
from relnews.train.lists import Cosines, ModelLists, Vectors
from relnews.train.material import make_material
from trainable import SUBJECTS, published, site, subject_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relnews.evaluate import Recommends
    from relnews.train.report import Measured, Score
    from relnews.types import Article


@dataclass
class Planted:
    """An encoder that knows the subject of an article, or nothing but chance."""

    knows: bool
    seen: int = 0

    def embed(self, articles: Sequence[Article]) -> Embedded:
        self.seen += len(articles)
        drawn = np.random.default_rng(5).standard_normal((len(articles), SUBJECTS))
        if self.knows:
            drawn = np.eye(SUBJECTS)[[subject_of(one.id) for one in articles]] * 9 + 0.1 * drawn
        units = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
        return Embedded(units.astype(np.float16), np.ones(len(articles), np.float32))


@cache
def exam() -> Exam:
    data = site(80)
    material = make_material(data, TrainingPlan(until=published(50)))
    return make_exam(data.truth, material, task="", sample=1000, seed=0)


def compared(base: bool, trained: bool) -> Measured:  # noqa: FBT001  # two cases
    models = {BASE: Planted(base), TRAINED: Planted(trained)}
    return examine(exam(), models)  # type: ignore[arg-type]


def score(found: Measured, name: str) -> Score:
    return next(one for one in found.scores if one.system == name)


def test_who_knows_more_is_better() -> None:
    found = compared(base=False, trained=True)
    first = found.comparisons[0]
    assert (first.system, first.peer) == (TRAINED, BASE)
    assert first.difference.low > 0
    assert first.p_corrected < 0.05
    turned = compared(base=True, trained=False).comparisons[0].difference
    assert turned.value == pytest.approx(-first.difference.value)


def test_equal_models_differ_in_nothing() -> None:
    found = compared(base=True, trained=True)
    assert found.comparisons[0].difference.value == 0
    assert found.comparisons[0].p == 1
    assert score(found, BASE).test == score(found, TRAINED).test


def test_both_parts_are_counted_and_every_system_is_there() -> None:
    found, parts = compared(base=False, trained=True), exam().parts()
    assert (found.n_validation, found.n_test) == (len(parts["validation"]), len(parts["test"]))
    names = {one.system for one in found.scores}
    mixed = {beside(name, weight) for name in (BASE, TRAINED) for weight in WEIGHTS}
    assert names == {BASE, TRAINED, "tf-idf", "hybrid", *mixed}  # too small for a latent view


def test_the_weight_is_chosen_on_the_validation() -> None:
    parts = exam().parts()
    values = {}
    for number, weight in enumerate(WEIGHTS):
        of_all = np.zeros(len(exam().questions))
        of_all[parts["test"]] = number
        of_all[parts["validation"]] = weight == 0.3
        values[beside("any", weight)] = of_all
    assert chosen_weights(exam(), values, ["any"]) == {"any": 0.3}
    equal = {name: np.zeros_like(found) for name, found in values.items()}
    assert chosen_weights(exam(), equal, ["any"]) == {"any": WEIGHTS[0]}


def test_lists_without_the_model_are_those_of_the_lexical_view() -> None:
    vectors = Vectors(exam().archive, exam().questions, Planted(knows=True))  # type: ignore[arg-type]
    world = exam().world()
    systems: dict[str, Recommends] = {
        "mixed": ModelLists(Cosines(world, vectors), 0.0),
        "plain": Ranked(TfIdf(world)),
    }
    found = replay(world, exam().questions, systems, 5)
    world.close()
    assert any(found["plain"].lists)
    assert found["mixed"].lists == found["plain"].lists


def test_lists_of_a_model_alone_are_those_of_its_cosines() -> None:
    """A naive oracle: all that has been published, by cosine."""
    encoder, chosen = Planted(knows=False), exam()
    vectors = Vectors(chosen.archive, chosen.questions, encoder)  # type: ignore[arg-type]
    question = chosen.questions[-1]
    world = chosen.world()
    world.prepare(question)
    found = ModelLists(Cosines(world, vectors), 1.0).recommend(question.source, question.at, 5)
    world.close()
    names = [
        name
        for name in chosen.archive.ids
        if name != question.source.id and chosen.archive.is_live(name, question.at)
    ]
    cosines = vectors.cosines(question.source)
    near = {name: cosines[vectors.place(chosen.archive.latest(name))] for name in names}
    assert list(found) == sorted(names, key=lambda name: -near[name])[:5]
    assert encoder.seen == len(chosen.archive)  # each version once, sources among them
