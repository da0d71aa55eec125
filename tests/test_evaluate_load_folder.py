"""A folder is read by the names of its files, all of them, once."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

import relnews
from relnews.errors import IngestError, InvalidPolicy
from relnews.evaluate.load import load
from relnews.evaluate.load.pseudonym import pseudonyms
from relnews.evaluate.truth import Truth

REAL = Path(__file__).parents[2] / "shared" / "data"
DEMO = Path(relnews.__file__).parent / "demo" / "newsroom"
AT = datetime(2026, 3, 1, 11, tzinfo=UTC)
FILES = {
    "articles.jsonl": '{"id": "a", "titel": "Brücke"}\n{"id": "b"}\n',
    "articles.csv": "id,headline,published_at\nc,Theater,2026-03-01 12:00\n",
    "pairs.csv": "source_id,target_id,similarity\na,b,1\n",
    "relations.csv": "source_id,target_id,relation,gain\na,c,background,2\n",
    "links.jsonl": '{"source_id": "a", "target_ids": ["b"], "at": "2026-03-01 12:00"}\n',
    "editor_links.jsonl": '{"source_id": "b", "target_ids": ["unknown"]}\n{}\n',
    "events.csv": "user,article_id,at\nanna,a,2026-03-01 12:00\n",
    "shares.csv": "user,article_id,shared_at\nanna,b,2026-03-01 12:00\n",
    "impressions.jsonl": '{"user": "anna", "at": "2026-03-01 12:00", "shown": ["a"],'
    ' "clicked": [1]}\n',
    "chains.csv": "story,article_id\nbruecke,a\n",
    "stories.csv": "story,article_id\ntheater,c\n",
    "retractions.csv": "article_id,at\nb,2026-03-01 12:00\n",
    "links.qrels": "b@2026-03-01T12:00:00Z 0 a 3\nbroken\n",
    "qrels.txt": "c 0 a 1\n",
    "notes.jsonl": '{"id": "x", "headline": "Not an article of this folder"}\n',
    "README.md": "what this is",
}


def write(folder: Path, *names: str, packed: bool = False) -> Path:
    for name in names or FILES:
        content = FILES[name].encode()
        path = folder / (f"{name}.gz" if packed else name)
        path.write_bytes(gzip.compress(content) if packed else content)
    return folder


@pytest.mark.parametrize("packed", [False, True])
def test_everything_in_the_folder_is_read(tmp_path: Path, packed: bool) -> None:  # noqa: FBT001
    data = load(write(tmp_path, packed=packed))
    truth = data.truth
    assert data.name == tmp_path.name
    assert [article.id for article in data.articles] == ["a", "c"]
    assert data.articles[1].published_at == AT
    assert [(pair.target_id, pair.scale) for pair in truth.pairs] == [
        ("b", "similarity"),
        ("c", "gain"),
        ("a", "qrels"),
        ("a", "qrels"),
    ]
    assert [pair.source_id for pair in truth.pairs] == ["a", "a", "b", "c"]
    assert [(link.source_id, link.at) for link in truth.links] == [("a", AT), ("b", None)]
    assert [(event.article_id, event.at) for event in truth.events] == [("a", AT), ("b", AT)]
    assert [impression.at for impression in truth.impressions] == [AT]
    assert [chain.story for chain in truth.chains] == ["bruecke", "theater"]
    assert truth.retractions == {"b": AT}
    places = {(Path(line.file).name.removesuffix(".gz"), line.line) for line in data.quarantined}
    assert places == {("articles.jsonl", 2), ("editor_links.jsonl", 2), ("links.qrels", 2)}


def test_the_settings_reach_every_file(tmp_path: Path) -> None:
    (tmp_path / "articles.jsonl").write_text('{"id": "a", "h1": "Brücke"}\n', encoding="utf-8")
    truth = ("links.jsonl", "events.csv", "impressions.jsonl", "retractions.csv")
    data = load(write(tmp_path, *truth), timezone="UTC", fields={"headline": "h1"}, salt="pepper")
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert data.articles[0].headline == "Brücke"
    moments = [data.truth.links[0].at, data.truth.events[0].at, data.truth.impressions[0].at]
    assert [*moments, *data.truth.retractions.values()] == [noon] * 4
    users = {data.truth.events[0].user, data.truth.impressions[0].user}
    assert users == {pseudonyms("pepper")("anna")}


def test_articles_may_lie_in_a_folder_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    write(tmp_path / "articles", "notes.jsonl")
    data = load(tmp_path)
    assert [article.id for article in data.articles] == ["x"]
    assert data.truth == Truth()


def test_beside_truth_alone_other_json_lines_are_articles(tmp_path: Path) -> None:
    (tmp_path / ".hidden.jsonl").write_text("{}", encoding="utf-8")
    data = load(write(tmp_path, "links.jsonl", "notes.jsonl"))
    assert [article.id for article in data.articles] == ["x"]
    assert data.quarantined == ()


def test_truth_may_stand_alone(tmp_path: Path) -> None:
    data = load(write(tmp_path, "pairs.csv"))
    assert (data.articles, len(data.truth.pairs)) == ((), 1)


def test_a_folder_of_something_else_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match=r"must hold one of articles\.jsonl, .*MIND .*EB-NeRD"):
        load(write(tmp_path, "notes.jsonl", "README.md"))
    for path in (tmp_path / "none", tmp_path / "notes.jsonl"):
        with pytest.raises(IngestError, match="must be a folder"):
            load(path)


def test_a_file_that_is_there_twice_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "pairs.csv", "articles.csv")
    write(tmp_path, "pairs.csv", packed=True)
    with pytest.raises(IngestError, match=r"must hold pairs\.csv once"):
        load(tmp_path)


def test_judgements_may_have_any_name_and_stand_alone(tmp_path: Path) -> None:
    for name in ("z.qrels", "a.b.qrels", ".hidden.qrels", "qrels.txt", "chains.qrels.md"):
        (tmp_path / name).write_text(f"{name} 0 x 1\n", encoding="utf-8")
    data = load(write(tmp_path, "notes.jsonl"))
    assert [pair.source_id for pair in data.truth.pairs] == ["a.b.qrels", "qrels.txt", "z.qrels"]
    assert [article.id for article in data.articles] == ["x"]
    (tmp_path / "z.qrels.gz").write_bytes(gzip.compress(b"z 0 x 1\n"))
    with pytest.raises(IngestError, match=r"must hold z\.qrels once"):
        load(tmp_path)


def test_articles_that_are_none_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "articles.jsonl").write_text('{"id": 1, "h1": "Brücke"}\n', encoding="utf-8")
    with pytest.raises(IngestError, match=r"got 1 that are not; .*fields=.* headline must not"):
        load(tmp_path)


def test_a_setting_that_cannot_be_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(InvalidPolicy, match="timezone must be"):
        load(tmp_path / "none", timezone="Nowhere")
    with pytest.raises(InvalidPolicy, match="salt must be"):
        load(tmp_path / "none", salt="")
    with pytest.raises(InvalidPolicy, match="fields may map"):
        load(write(tmp_path), fields={"titel": "headline"})


def test_the_demo_is_read_without_loss() -> None:
    data = load(DEMO)
    assert data.quarantined == ()
    lines = [path.read_text(encoding="utf-8").splitlines() for path in DEMO.glob("*.jsonl")]
    ids = {json.loads(line)["id"] for file in lines for line in file}
    assert {article.id for article in data.articles} == ids
    assert {pair.source_id for pair in data.truth.pairs} <= ids
    assert {pair.scale for pair in data.truth.pairs} == {"gain"}


@pytest.mark.skipif(not REAL.is_dir(), reason="the real data is not here")
@pytest.mark.parametrize(
    ("name", "articles", "pairs", "links", "events"),
    [
        ("fang", 28_056, 0, 203, 235_054),
        ("cnrec-open", 150, 2 * 1023, 0, 0),
        ("energy-chains", 100, 4950, 0, 0),
        ("de-news", 867, 0, 0, 0),
        ("10kgnad", 1028, 0, 0, 0),
    ],
)
def test_real_folders_are_read_without_loss(
    name: str, articles: int, pairs: int, links: int, events: int
) -> None:
    data = load(REAL / name, fields={"headline": "body"} if name == "10kgnad" else None)
    assert data.quarantined == ()
    truth = data.truth
    found = (len(data.articles), len(truth.pairs), len(truth.links), len(truth.events))
    assert found == (articles, pairs, links, events)
    ids = {article.id for article in data.articles}
    assert {name for pair in truth.pairs for name in (pair.source_id, pair.target_id)} <= ids
    assert {event.article_id for event in truth.events} <= ids
    assert {name for link in truth.links for name in (link.source_id, *link.target_ids)} <= ids
