"""What an encoder made is remembered, within a run and for the next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from encoders import LetterEncoder, letters
from newsroom import an_article
from relnews.encoders import name_of
from relnews.errors import InvalidModel
from relnews.evaluate import RememberingEncoder
from relnews.evaluate.world import remembering_encoder

if TYPE_CHECKING:
    from pathlib import Path

ARTICLES = [
    an_article(name, headline=f"Artikel {name}", body=name * length)
    for name, length in (("a", 1), ("b", 9), ("c", 4))
]


def test_an_article_is_read_once_and_its_vector_is_the_encoders() -> None:
    inner = LetterEncoder()
    encoder, told = RememberingEncoder(inner), list[int]()
    assert encoder.dimensions == 26
    assert (encoder.config, encoder.settings) == (inner.config, inner.settings)
    first = encoder.embed(ARTICLES[:2], told.append)
    found = encoder.embed([ARTICLES[2], ARTICLES[0], ARTICLES[0]], told.append)
    assert inner.read == ["Artikel a", "Artikel b", "Artikel c"]
    assert sum(told) == 5
    np.testing.assert_array_equal(first.vectors, letters(ARTICLES[:2]).astype(np.float16))
    wanted = letters([ARTICLES[2], ARTICLES[0], ARTICLES[0]]).astype(np.float16)
    np.testing.assert_array_equal(found.vectors, wanted)
    assert found.vectors.dtype == np.float16
    assert found.seen.tolist() == [1.0, 1.0, 1.0]
    assert encoder.embed([]).vectors.shape == (0, 26)


def test_another_text_under_the_same_id_is_another_article() -> None:
    inner = LetterEncoder()
    encoder = RememberingEncoder(inner)
    changed = replace(ARTICLES[0], body="ganz anders")
    encoder.embed(ARTICLES[:1])
    np.testing.assert_array_equal(
        encoder.embed([changed]).vectors, letters([changed]).astype(np.float16)
    )
    assert len(inner.read) == 2


def test_articles_are_prepared_in_batches_of_like_length() -> None:
    inner, told = LetterEncoder(), list[int]()
    encoder = RememberingEncoder(inner)
    encoder.prepare([*ARTICLES, ARTICLES[0]], told.append)
    assert inner.read == ["Artikel b", "Artikel c", "Artikel a"]
    assert sum(told) == 3
    encoder.prepare(ARTICLES)
    encoder.embed(ARTICLES)
    assert len(inner.read) == 3


def test_a_file_keeps_what_was_prepared_even_when_the_run_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = list[int]()

    def stop(n_more: int) -> None:
        told.append(n_more)
        if len(told) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(remembering_encoder, "_AT_ONCE", 1)
    folder = tmp_path / "new" / "vectors"
    with pytest.raises(KeyboardInterrupt):
        RememberingEncoder(LetterEncoder(), folder).prepare(ARTICLES, stop)
    inner = LetterEncoder()
    encoder = RememberingEncoder(inner, folder)
    encoder.prepare(ARTICLES)
    assert inner.read == ["Artikel a"]
    wanted = letters(ARTICLES).astype(np.float16)
    np.testing.assert_array_equal(encoder.embed(ARTICLES).vectors, wanted)
    assert [path.name for path in folder.iterdir()] == [f"{name_of(inner)}.safetensors"]


def test_the_vectors_of_another_model_are_not_taken(tmp_path: Path) -> None:
    RememberingEncoder(LetterEncoder(), tmp_path).prepare(ARTICLES)
    other = LetterEncoder("others")
    RememberingEncoder(other, tmp_path).prepare(ARTICLES)
    assert len(other.read) == 3
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("cut", [0, 20, -30])
def test_a_file_that_is_no_such_file_is_refused(tmp_path: Path, cut: int) -> None:
    encoder = LetterEncoder()
    RememberingEncoder(encoder, tmp_path).prepare(ARTICLES)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(InvalidModel, match="that an evaluation kept; delete it"):
        RememberingEncoder(encoder, tmp_path)


def test_nothing_prepared_leaves_no_file(tmp_path: Path) -> None:
    RememberingEncoder(LetterEncoder(), tmp_path / "none").prepare([])
    assert not (tmp_path / "none").exists()
