"""A model's folder: whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from model2vec import StaticModel

from relnews.errors import InvalidModel
from relnews.train.saving import new_folder, refuse_existing, save_model
from relnews.train.start import open_base, settings_of
from relnews.train.static import static_model

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = ["Die Brücke bleibt gesperrt.", "Der Bus fährt über die Brücke.", "Ein Bus."]


def test_a_folder_appears_whole(tmp_path: Path) -> None:
    out = tmp_path / "new" / "model"
    with new_folder(out) as folder:
        (folder / "card.md").write_text("Karte", encoding="utf-8")
        assert not out.exists()
    assert (out / "card.md").read_text(encoding="utf-8") == "Karte"
    assert list(out.parent.iterdir()) == [out]
    assert out.stat().st_mode & 0o777 == 0o755


def test_nothing_is_left_when_something_goes_wrong(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), new_folder(tmp_path / "model") as folder:
        _ = (folder / "half").write_text("half", encoding="utf-8") / 0
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_stays(tmp_path: Path) -> None:
    out = tmp_path / "model"
    out.write_text("mine", encoding="utf-8")
    with pytest.raises(InvalidModel, match="there is something at"):
        refuse_existing(out)
    with pytest.raises(InvalidModel, match="there is something at"), new_folder(out):
        pass
    assert out.read_text(encoding="utf-8") == "mine"
    assert list(tmp_path.iterdir()) == [out]


def test_a_link_to_nowhere_is_something_too(tmp_path: Path) -> None:
    (tmp_path / "model").symlink_to(tmp_path / "nowhere")
    with pytest.raises(InvalidModel, match="there is something at"):
        refuse_existing(tmp_path / "model")


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with (
        pytest.raises(InvalidModel, match="must have a place that can be written to"),
        new_folder(tmp_path / "file" / "model"),
    ):
        pass


def test_a_static_model_is_the_same_with_and_without_torch(tmp_path: Path) -> None:
    model = static_model(TEXTS, "random", 0)
    save_model(model, tmp_path)
    given = model.encode(TEXTS)
    read = open_base(settings_of(str(tmp_path)), list, 0, "cpu").encode(TEXTS)
    light = StaticModel.from_pretrained(tmp_path).encode(TEXTS)
    assert (read == given).all()
    assert np.allclose(light, given, atol=1e-6)
    assert not list(tmp_path.rglob("*.bin"))
    assert not list(tmp_path.rglob("*.pkl"))
