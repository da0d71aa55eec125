"""Learning: pairs go in, a model that puts them close together comes out.

Each pair's positive must be told from the positives of its whole batch (multiple negatives ranking
loss: Henderson et al. 2017, Efficient natural language response suggestion, arXiv:1705.00652). The
epoch is kept that ranks the pairs of a later time best.
"""

from __future__ import annotations

from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from relnews.errors import InvalidModel, InvalidTruth
from relnews.train.pairs import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from relnews.train.pairs import Kind, Pair

MIN_JUDGED = 30
"""Fewer validation pairs of one kind choose nothing; the next kind is asked."""

MAX_JUDGED = 500
"""Of more validation pairs so many, evenly spread, are ranked after each epoch."""

_WARMUP = 0.1
"""The share of the steps in which the learning rate rises; then it falls to 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long, in which steps.

    Parameters
    ----------
    epochs
        How often every pair is seen, at least 1.
    batch
        Pairs at a time, at least 2: the more, the more texts each must be told from.
    learning_rate
        The largest, greater than 0.
    seed
        Of the order of the pairs, at least 0.

    Raises
    ------
    InvalidModel
        When a value is out of its range.
    """

    epochs: int
    batch: int
    learning_rate: float
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        for name, least in (("epochs", 1), ("batch", 2), ("seed", 0)):
            if getattr(self, name) < least:
                msg = f"{name} of a training must be at least {least}, got {getattr(self, name)!r}"
                raise InvalidModel(msg)
        if not 0 < self.learning_rate < float("inf"):
            msg = f"the learning rate must be greater than 0, got {self.learning_rate!r}"
            raise InvalidModel(msg)


@dataclass(frozen=True, slots=True)
class Epoch:
    """What an epoch came to.

    `number` 0 is the base, whose `loss` is NaN; `rank` is the mean reciprocal rank of the
    validation pairs, in [0, 1], larger is better, NaN where there are none.
    """

    number: int
    loss: float
    rank: float


def judged_by(pairs: Sequence[Pair]) -> tuple[Kind | None, tuple[Pair, ...]]:
    """Give the pairs that choose the epoch: those of the kind that comes closest to lists.

    The first of `KINDS` with at least `MIN_JUDGED` pairs; None and no pairs where none has.
    """
    for kind in KINDS:
        found = [pair for pair in pairs if pair.kind == kind]
        if len(found) >= MIN_JUDGED:
            step = max(1, -(-len(found) // MAX_JUDGED))
            return kind, tuple(found[::step])
    return None, ()


def reciprocal_rank(
    encode: Callable[[Sequence[str]], npt.NDArray[np.float32]], pairs: Sequence[Pair]
) -> float:
    """Give the mean reciprocal rank of each pair's positive among all positives, by cosine.

    Ties count as if they came first all of them, so that a model that makes all texts alike gets
    the worst value. NaN without pairs. O(n² d).
    """
    if not pairs:
        return float("nan")
    texts = list(dict.fromkeys(pair.positive for pair in pairs))
    place = {text: column for column, text in enumerate(texts)}
    cosines = _units(encode([pair.anchor for pair in pairs])) @ _units(encode(texts)).T
    for row, pair in enumerate(pairs):
        if pair.anchor in place:  # the source of one link may be the target of another
            cosines[row, place[pair.anchor]] = -np.inf
    columns = [place[pair.positive] for pair in pairs]
    own = cosines[np.arange(len(pairs)), columns]
    ranks = (cosines >= own[:, np.newaxis]).sum(axis=1)
    return float(np.mean(1 / ranks))


def train(
    model: Any,  # noqa: ANN401  # no types
    pairs: Sequence[Pair],
    later: Sequence[Pair],
    schedule: Schedule,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[Epoch, ...]:
    """Train a model in place; it is left as its best epoch made it.

    Parameters
    ----------
    model
        A `sentence_transformers.SentenceTransformer`.
    pairs
        At least two, to learn from.
    later
        Pairs of a later time, to choose the epoch by; see `judged_by`. None: the last one stays.
    schedule
        How long, in which steps.
    progress
        Called after each step with the steps done and their number.

    Returns
    -------
    tuple of Epoch
        The base first.

    Raises
    ------
    InvalidTruth
        When there are fewer than two pairs: a batch needs something to tell a text from.
    """
    if len(pairs) < 2:  # noqa: PLR2004  # one pair has nothing to be told from
        msg = f"training takes at least two pairs of texts, got {len(pairs)}; add truth or articles"
        raise InvalidTruth(msg)
    watch = _Watch(model, later)
    with TemporaryDirectory() as scratch:
        trainer = _trainer(model, pairs, schedule, scratch, watch.callback(progress))
        trainer.train()
    watch.restore()
    return tuple(watch.epochs)


class _Watch:
    """Ranks the later pairs after each epoch, and keeps the weights of the best."""

    def __init__(self, model: Any, later: Sequence[Pair]) -> None:  # noqa: ANN401  # no types
        self._model, self._later = model, later
        self._best: tuple[float, dict[str, Any]] | None = None
        self.epochs = [Epoch(0, float("nan"), self._rank())]

    def _rank(self) -> float:
        return reciprocal_rank(self._encode, self._later)

    def _encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        found: npt.NDArray[np.float32] = self._model.encode(
            list(texts), show_progress_bar=False, convert_to_numpy=True
        )
        return found

    def look(self, loss: float) -> None:
        """Look at the model at the end of an epoch; of equal ones the earliest is the best."""
        rank = self._rank()
        self.epochs.append(Epoch(len(self.epochs), loss, rank))
        if self._best is None or not rank <= self._best[0]:  # without pairs NaN: the last one
            weights = self._model.state_dict()
            self._best = rank, {name: value.detach().clone() for name, value in weights.items()}
        self._model.train()

    def restore(self) -> None:
        """Give the model the weights of the best epoch."""
        if self._best is not None:
            self._model.load_state_dict(self._best[1])
        self._model.eval()

    def callback(self, progress: Callable[[int, int], None]) -> Any:  # noqa: ANN401  # no types
        """Give what the trainer calls."""
        from transformers import TrainerCallback  # noqa: PLC0415  # an extra

        watch, losses = self, list[float]()

        class Told(TrainerCallback):  # type: ignore[misc]  # the package ships no types
            def on_step_end(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:  # noqa: ANN401
                progress(state.global_step, state.max_steps)

            def on_log(self, _args: Any, _state: Any, _control: Any, **given: Any) -> None:  # noqa: ANN401
                if "loss" in given["logs"]:
                    losses.append(float(given["logs"]["loss"]))
                    watch.look(losses[-1])

        return Told()


def _trainer(
    model: Any,  # noqa: ANN401  # no types
    pairs: Sequence[Pair],
    schedule: Schedule,
    scratch: str,
    callback: Any,  # noqa: ANN401  # no types
) -> Any:  # noqa: ANN401  # no types
    """Set up the trainer of sentence-transformers, silent."""
    from datasets import Dataset  # noqa: PLC0415  # an extra
    from sentence_transformers import SentenceTransformerTrainer  # noqa: PLC0415  # the same
    from sentence_transformers.sentence_transformer.losses import (  # noqa: PLC0415  # the same
        MultipleNegativesRankingLoss,
    )
    from transformers import PrinterCallback  # noqa: PLC0415  # the same

    class Trainer(SentenceTransformerTrainer):  # type: ignore[misc]  # the package ships no types
        def add_model_card_callback(self, default_args_dict: dict[str, Any]) -> None:
            """Leave it out: it shows bars of its own."""

    model.model_card_data.local_files_only = True  # else it asks the hub what the base is called
    texts = {
        "anchor": [pair.anchor for pair in pairs],
        "positive": [pair.positive for pair in pairs],
    }
    trainer = Trainer(
        model=model,
        args=_arguments(schedule, scratch, use_cpu=model.device.type == "cpu"),
        train_dataset=Dataset.from_dict(texts),
        loss=MultipleNegativesRankingLoss(model),
        callbacks=[callback],
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


def _arguments(schedule: Schedule, scratch: str, *, use_cpu: bool) -> Any:  # noqa: ANN401  # no types
    """Say how to train: nothing is written but into a folder that goes, nothing is reported."""
    from sentence_transformers import (  # noqa: PLC0415  # an extra
        SentenceTransformerTrainingArguments,
    )

    return SentenceTransformerTrainingArguments(
        output_dir=scratch,
        num_train_epochs=schedule.epochs,
        per_device_train_batch_size=schedule.batch,
        learning_rate=schedule.learning_rate,
        warmup_steps=_WARMUP,
        seed=schedule.seed,
        data_seed=schedule.seed,
        batch_sampler="no_duplicates",  # a double would have to be told from itself
        logging_strategy="epoch",
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        use_cpu=use_cpu,
        dataloader_pin_memory=False,  # of use to graphics cards alone, and warned of without
    )


def _units(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: npt.NDArray[np.float32] = np.divide(
        vectors, norms, out=np.zeros_like(vectors, np.float32), where=norms > 0
    )
    return found
