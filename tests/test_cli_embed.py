"""`relnews embed` and `add --model`: a model for a database, from the command line."""

from __future__ import annotations

import json
from shutil import copytree
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from newsroom import filler
from relnews.cli import cli
from relnews.embed.sentence.presets import presets

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    path = tmp_path / "articles.jsonl"
    lines = [
        json.dumps({"id": one.id, "headline": one.headline, "body": one.body}) for one in filler(30)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def checked(database: Path) -> dict[str, object]:
    done = run("check", database, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, object] = json.loads(done.stdout)["model"]
    return found


def test_a_new_database_begins_with_a_model_and_keeps_it(
    tmp_path: Path, articles: Path, tiny_static: Path
) -> None:
    database = tmp_path / "news.db"
    assert run("add", database, articles, "--model", tiny_static).exit_code == 0
    model = checked(database)
    assert (model["kind"], model["runtime"], model["seen"]) == ("sentence", "static", 1.0)
    assert model["name"] == str(tiny_static)
    assert run("add", database, articles).exit_code == 0, "the model is found again"


def test_embed_changes_the_model_and_says_how_much_of_the_texts_it_read(
    tmp_path: Path, articles: Path, tiny_static: Path, tiny_onnx: Path
) -> None:
    database = tmp_path / "news.db"
    run("add", database, articles, "--model", tiny_static)
    refused = run("add", database, articles, "--model", tiny_onnx)
    assert refused.exit_code != 0
    assert f"relnews embed {database} --model" in str(refused.exception)
    done = run("embed", database, "--model", tiny_onnx)
    assert done.exit_code == 0, done.output
    assert "30 articles embedded" in done.stdout
    assert "of an article's text is in its vector on average" in done.stdout
    model = checked(database)
    assert model["runtime"] == "onnx"
    again = json.loads(run("embed", database, "--model", tiny_onnx, "--json").stdout)
    assert (again["made"], again["fingerprint"]) == (0, model["fingerprint"])
    assert 0 < again["seen"] <= 1


@pytest.mark.parametrize("model", ["nothing", "./nothing", "multilingual-e5-small", "empty"])
def test_a_model_that_cannot_be_had_leaves_no_empty_database(
    tmp_path: Path, articles: Path, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    assert run("add", "news.db", articles, "--model", model).exit_code != 0
    assert not (tmp_path / "news.db").exists()


def test_a_folder_that_was_moved_is_named_once_and_found_from_then_on(
    tmp_path: Path, articles: Path, tiny_static: Path
) -> None:
    database, before, after = tmp_path / "news.db", tmp_path / "before", tmp_path / "after"
    copytree(tiny_static, before)
    run("add", database, articles, "--model", before)
    fingerprint = checked(database)["fingerprint"]
    before.rename(after)
    articles.write_text(articles.read_text(encoding="utf-8").replace("f-1", "g-1"), "utf-8")
    refused = run("add", database, articles)
    assert refused.exit_code != 0
    assert "if it lies elsewhere by now, open the database with that" in str(refused.exception)
    assert run("add", database, articles, "--model", after).exit_code == 0
    assert run("add", database, articles).exit_code == 0
    assert checked(database)["fingerprint"] == fingerprint


def test_embed_goes_back_to_the_default(tmp_path: Path, articles: Path, tiny_static: Path) -> None:
    database = tmp_path / "news.db"
    run("add", database, articles, "--model", tiny_static)
    done = run("embed", database, "--model", "default")
    assert done.exit_code == 0, done.output
    assert checked(database)["kind"] == "lsa"


@pytest.mark.parametrize("name", [name for name in presets() if name != "default"])
def test_a_model_that_is_not_here_names_the_command_that_gets_it(
    tmp_path: Path, articles: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "nothing"))
    database = tmp_path / "news.db"
    run("add", database, articles)
    before = database.read_bytes()
    done = run("embed", database, "--model", name)
    assert done.exit_code != 0
    assert "relnews models download" in str(done.exception)
    assert database.read_bytes() == before
