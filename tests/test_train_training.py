"""Learning: it makes pairs rank higher, keeps the best epoch, and is the same twice."""

from __future__ import annotations

from dataclasses import replace
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import tiny_models
from relnews.errors import InvalidModel, InvalidTruth
from relnews.evaluate import Archive
from relnews.train import Pair, make_pairs
from relnews.train.pairs import text_of
from relnews.train.start import open_base, settings_of
from relnews.train.static import static_model
from relnews.train.training import (
    MAX_JUDGED,
    MIN_JUDGED,
    Epoch,
    Schedule,
    judged_by,
    reciprocal_rank,
    train,
)
from trainable import VOCABULARY, published, site

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

DATA = site(160)
ARCHIVE = Archive(DATA.articles)
EARLIER = make_pairs(DATA.truth, ARCHIVE, published(110), kinds=["links"])
LATER = make_pairs(DATA.truth, ARCHIVE, published(160), since=published(110), kinds=["links"])
STEPS = Schedule(epochs=3, batch=16, learning_rate=0.3)


def fresh(seed: int = 0) -> Any:
    return static_model([text_of(one) for one in DATA.articles], "random", seed)


def weights(model: Any) -> npt.NDArray[np.float32]:
    found: npt.NDArray[np.float32] = model[0].embedding.weight.detach().numpy().copy()
    return found


def test_later_pairs_rank_higher_and_the_loss_falls() -> None:
    base, *epochs = train(fresh(), EARLIER, LATER, STEPS)
    assert (base.number, isnan(base.loss)) == (0, True)
    assert [epoch.number for epoch in epochs] == [1, 2, 3]
    assert max(epoch.rank for epoch in epochs) > 1.5 * base.rank
    assert epochs[-1].loss < 0.7 * epochs[0].loss


def test_a_transformer_learns_too(tmp_path: Path) -> None:
    folder = tiny_models.transformer(tmp_path / "tiny", VOCABULARY)
    model = open_base(settings_of(str(folder)), list, 0, "cpu")
    base, *epochs = train(model, EARLIER, LATER, replace(STEPS, learning_rate=3e-3, epochs=2))
    assert epochs[-1].rank > 2 * base.rank


def test_the_seed_alone_decides() -> None:
    models = [fresh(), fresh()]
    first, second = (train(model, EARLIER, LATER, STEPS) for model in models)
    assert first[1:] == second[1:]
    assert (weights(models[0]) == weights(models[1])).all()
    other = train(fresh(), EARLIER, LATER, replace(STEPS, seed=1))
    assert other[1:] != first[1:]


def test_the_best_epoch_is_kept_and_not_the_last() -> None:
    """What is learned is not what is asked later: from some epoch on the model gets worse."""
    model, seen = fresh(), []
    others = [pair.positive for pair in EARLIER[::-1]]
    wrong = [replace(pair, positive=other) for pair, other in zip(LATER, others, strict=False)]
    epochs = train(model, EARLIER, wrong, replace(STEPS, epochs=4), lambda *step: seen.append(step))
    best = max(epochs[1:], key=lambda epoch: epoch.rank)
    assert best.number < 4
    assert reciprocal_rank(model.encode, wrong) == pytest.approx(best.rank, rel=1e-5)


def test_without_later_pairs_the_last_epoch_is_kept() -> None:
    model, longer = fresh(), fresh()
    epochs = train(model, EARLIER, (), STEPS)
    assert all(isnan(epoch.rank) for epoch in epochs)
    train(longer, EARLIER, LATER[:1], replace(STEPS, epochs=3))
    assert not np.array_equal(weights(model), weights(fresh()))


def test_progress_counts_the_steps() -> None:
    steps: list[tuple[int, int]] = []
    train(fresh(), EARLIER, (), STEPS, lambda done, total: steps.append((done, total)))
    total = 3 * -(-len(EARLIER) // STEPS.batch)
    assert steps == [(done, total) for done in range(1, total + 1)]


def test_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    train(fresh(), EARLIER, LATER, STEPS)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_the_kind_closest_to_lists_chooses() -> None:
    links = [Pair(str(number), "text", "links") for number in range(MIN_JUDGED)]
    heads = [Pair(str(number), "text", "headline") for number in range(3 * MAX_JUDGED)]
    assert judged_by([*heads, *links]) == ("links", tuple(links))
    kind, found = judged_by([*heads, *links[1:]])
    assert kind == "headline"
    assert found == tuple(heads[::3])
    assert judged_by(links[1:]) == (None, ())


def test_the_reciprocal_rank_by_hand() -> None:
    vectors = {"a": (1, 0), "b": (0, 1), "A": (0.9, 0.1), "B": (0.8, 0.2), "C": (0, 0)}

    def encode(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return np.array([vectors[text] for text in texts], np.float32)

    pairs = [Pair("a", "A", "links"), Pair("a", "B", "links"), Pair("b", "C", "links")]
    assert reciprocal_rank(encode, pairs) == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    both = [Pair("A", "B", "links"), Pair("B", "A", "links")]
    assert reciprocal_rank(encode, both) == 1  # a text is no rival of itself
    assert isnan(reciprocal_rank(encode, []))


def test_a_model_that_makes_all_alike_ranks_last() -> None:
    pairs = [Pair(str(number), f"text {number}", "links") for number in range(4)]
    assert reciprocal_rank(lambda texts: np.ones((len(texts), 2), np.float32), pairs) == 1 / 4


@pytest.mark.parametrize("n_pairs", [0, 1])
def test_a_batch_needs_something_to_tell_apart(n_pairs: int) -> None:
    with pytest.raises(InvalidTruth, match=f"at least two pairs of texts, got {n_pairs}"):
        train(fresh(), EARLIER[:n_pairs], (), STEPS)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"epochs": 0}, "epochs of a training must be at least 1, got 0"),
        ({"batch": 1}, "batch of a training must be at least 2, got 1"),
        ({"seed": -1}, "seed of a training must be at least 0, got -1"),
        ({"learning_rate": 0.0}, "learning rate must be greater than 0, got 0.0"),
        ({"learning_rate": float("nan")}, "learning rate must be greater than 0, got nan"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(values: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidModel, match=said):
        replace(STEPS, **values)


def test_epochs_are_plain_data() -> None:
    assert Epoch(1, 0.5, 0.25) == Epoch(1, 0.5, 0.25)
