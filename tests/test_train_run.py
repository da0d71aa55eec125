"""Training from end to end: what it gains, what it writes, and that it is the same twice."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

import tiny_models
import trainable
from relnews.errors import InvalidModel, InvalidTruth
from relnews.evaluate import Truth
from relnews.train import TrainingPlan, TrainingReport, run, to_record, to_text, train_model

if TYPE_CHECKING:
    from relnews.train.report import Score

PLAN = TrainingPlan(base="static-random", epochs=6, batch=16, learning_rate=0.3, device="cpu")


@cache
def trained() -> tuple[TrainingReport, dict[str, str]]:
    """Give a report, and the texts of the folder that was written."""
    with TemporaryDirectory() as place:
        out = Path(place) / "model"
        report = train_model(trainable.site(), PLAN, out=out, command="relnews train-model DATA")
        texts = {
            each.name: each.read_text(encoding="utf-8")
            for each in out.iterdir()
            if each.suffix in {".md", ".toml", ".json"}
        }
        assert (out / "model.safetensors").is_file()
        assert [each.name for each in Path(place).iterdir()] == ["model"]
    return report, texts


def scores() -> dict[str, Score]:
    return {score.system: score for score in trained()[0].measured.scores}


def test_planted_links_are_foreseen_and_only_by_the_trained_model() -> None:
    """No word is shared across a planted link: the base and tf-idf cannot tell the targets."""
    found = {name: score.test.value for name, score in scores().items() if score.test}
    assert found["tf-idf"] == found["base"] == 0
    assert found["trained"] > 0.05
    first = trained()[0].measured.comparisons[0]
    assert (first.system, first.peer) == ("trained", "base")
    assert first.difference.low > 0
    assert "The trained model is better than its base" in to_text(trained()[0])


def test_the_same_plan_gives_the_same_report() -> None:
    again = train_model(trainable.site(), PLAN)
    assert to_record(again) == to_record(trained()[0])


def test_the_report_counts_what_was_learned_from_and_asked() -> None:
    report = trained()[0]
    assert report.validation < report.test
    assert set(report.pairs) == {"links", "reads", "headline"}
    assert report.pairs["headline"] == 142
    assert report.judged_by == "links"
    assert report.measured.n_test == 72
    assert report.measured.n_validation > 0
    assert len(report.epochs) == 7


def test_the_folder_holds_all_that_is_needed() -> None:
    report, texts = trained()
    assert texts["relnews.toml"] == 'name = "."\nsemantic_weight = 0.05\n', "as the latent view"
    assert json.loads(texts["report.json"]) == json.loads(json.dumps(to_record(report)))
    told = ("relnews train-model DATA", "Tagblatt", "static-random", "142 headline", "nDCG@10")
    assert all(said in texts["card.md"] for said in told)


def test_a_model_that_is_killed_while_it_learns_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(_done: int, _total: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        train_model(
            trainable.site(60),
            PLAN,
            out=tmp_path / "model",
            progress=lambda _stage, done, total: die(done, total),
        )
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(run, "to_card", lambda *_: die(0, 0))
    with pytest.raises(Killed):
        train_model(trainable.site(60), replace(PLAN, epochs=1), out=tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_asked_of_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither the hub nor anybody else hears of a training; nor does it say anything itself."""
    tried: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: tried.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **_: tried.append(asked))
    folder = tiny_models.transformer(tmp_path / "tiny", trainable.VOCABULARY)
    plan = replace(PLAN, base=str(folder), epochs=1, learning_rate=1e-3, max_pairs=40)
    train_model(trainable.site(60), plan, out=tmp_path / "model")
    assert tried == []
    assert capfd.readouterr() == ("", "")


def _never(stage: str, _done: int, _total: int) -> None:
    pytest.fail(f"work has begun: {stage}")


def test_a_folder_that_is_there_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(InvalidModel, match="written to a new folder"):
        train_model(trainable.site(60), PLAN, out=tmp_path, progress=_never)
    assert list(tmp_path.iterdir()) == []


def test_a_base_that_is_not_there_is_told() -> None:
    with pytest.raises(InvalidModel, match="must be a preset"):
        train_model(trainable.site(60), replace(PLAN, base="nowhere"))


def test_without_later_truth_there_is_nothing_to_measure() -> None:
    data = trainable.site(60)
    early = Truth(links=tuple(one for one in data.truth.links if int(one.source_id) < 36))
    with pytest.raises(InvalidTruth, match="there must be"):
        train_model(replace(data, truth=early), PLAN)
    with pytest.raises(InvalidTruth, match="have no moment"):
        train_model(replace(data, truth=Truth()), PLAN)
