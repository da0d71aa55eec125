"""The mirror: after any history of writes, refreshing equals opening anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsroom import NOON, about, an_article, filler, hours, plain
from relnews import Block, Cap, Recommender, Separate
from relnews.errors import ModelMismatch
from relnews.index.exact import ExactIndex
from relnews.mirror import Mirror
from relnews.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from relnews import Article

    Step = Callable[[Recommender], object]

RELATED = plain(relevance_floor=0.0, fill="newest")
IDS = tuple(f"b-{number}" for number in range(6))


def state_of(mirror: Mirror) -> dict[str, Any]:
    """Give all that a mirror knows of living articles, whatever their rows are."""
    corpus, rows = mirror.corpus, mirror.live_rows().tolist()
    names = corpus.names
    articles = {
        corpus.ids[row]: {
            **{
                column: names[column].names[corpus[column][row]]
                if column in names
                else int(corpus[column][row])
                for column in corpus.COLUMNS
            },
            "terms": [mirror.vocabulary.terms[term] for term in mirror.document(row).terms],
            "counts": mirror.document(row).counts.tolist(),
            "shingles": corpus.shingles[row].tolist(),
            "vector": mirror.vector(row).tolist(),
        }
        for row in rows
    }
    assert {corpus.ids[row]: row for row in rows} == corpus.row_of
    found = mirror.lexical.document_frequencies()
    frequencies = {
        mirror.vocabulary.terms[term]: int(found[term]) for term in np.flatnonzero(found)
    }
    return {
        "articles": articles,
        "terms": [*mirror.vocabulary.terms],
        "frequencies": frequencies,
        "model": mirror.model.semantic.fingerprint,
        "rules": mirror.rules_by_id,
        "change": mirror.change,
    }


def a_fresh_mirror(path: Path) -> Mirror:
    store = Store.open(path, create=False)
    try:
        mirror = Mirror(store, "de")
        mirror.refresh()
    finally:
        store.close()
    return mirror


def assert_equal_to_a_fresh_open(rec: Recommender, path: Path) -> None:
    """Hold a recommender that was open all the time against one opened now."""
    with Recommender.open(path, policy=RELATED, create=False) as fresh:
        for article in [*rec.store.all_articles()][:12]:
            assert rec.recommend(article.id, at=NOON) == fresh.recommend(article.id, at=NOON)
        draft = an_article("draft", "theater", 2, 3, body="Der Zeppelin der Oper, eine Brücke.")
        assert rec.recommend(draft, at=NOON, k=9) == fresh.recommend(draft, at=NOON, k=9)
    assert state_of(rec._mirror) == state_of(a_fresh_mirror(path))


def _add(name: str, topic: str, first: int, version: int, status: str) -> Step:
    article = an_article(
        name,
        topic,
        first,
        (first + 3) % 8,
        version=version,
        status=status,
        section=("Stadt", "Kultur", "")[first % 3],
        published_at=hours(-first - version),
    )
    return lambda rec: rec.add([article])


_ids = st.sampled_from(IDS)
_adds = st.builds(
    _add,
    _ids,
    st.sampled_from(["bruecke", "theater", "fussball"]),
    st.integers(0, 7),
    st.integers(1, 4),
    st.sampled_from(["usable", "usable", "usable", "withheld", "canceled"]),
)
_steps: st.SearchStrategy[Step] = st.one_of(
    _adds,
    _adds,
    _adds,
    _ids.map(lambda name: lambda rec: rec.retract(name)),
    _ids.map(lambda name: lambda rec: rec.reinstate(name)),
    _ids.map(lambda name: lambda rec: rec.add_rule(Block(name))),
    st.just(lambda rec: rec.add_rule(Separate("b-0", "b-1"))),
    st.just(lambda rec: rec.add_rule(Cap("section", "Stadt", 1))),
    st.just(lambda rec: rec.remove_rule(1)),
    st.just(lambda rec: rec.precompute(at=NOON)),
    st.just(lambda rec: rec.refit()),
)
_LOOK = None
_histories = st.lists(st.one_of(_steps, _steps, st.just(_LOOK)), min_size=3, max_size=20)


@given(_histories)
@settings(max_examples=25)
def test_after_any_history_of_another_recommender_refreshing_equals_opening_anew(
    tmp_path_factory: pytest.TempPathFactory, history: list[Step | None]
) -> None:
    follow(history, tmp_path_factory.mktemp("history") / "news.db")


def test_after_a_rebuild_by_another_recommender_refreshing_equals_opening_anew(
    tmp_path: Path,
) -> None:
    late = _add("b-4", "fussball", 5, 1, "usable")
    early = _add("a-0", "theater", 2, 1, "usable")
    history = [
        late,
        early,
        _LOOK,
        lambda rec: rec.rebuild(),
        _add("b-5", "theater", 4, 1, "usable"),
    ]
    follow(history, tmp_path / "news.db")


def follow(history: list[Step | None], path: Path) -> None:
    """Let one recommender write a history while another looks now and then."""
    with (
        Recommender.open(path, policy=RELATED) as writer,
        Recommender.open(path, policy=RELATED) as reader,
    ):
        writer.add(about(name) for name in IDS[:3])
        reader.recommend("b-0", at=NOON)
        for step in history:
            if step is None:
                reader.recommend(about("draft-5"), at=NOON)
            else:
                step(writer)
        assert_equal_to_a_fresh_open(reader, path)
        assert_equal_to_a_fresh_open(writer, path)


def test_a_model_that_another_recommender_refitted_is_adopted_with_its_vectors(
    tmp_path: Path,
) -> None:
    path = tmp_path / "news.db"
    with (
        Recommender.open(path, policy=RELATED) as writer,
        Recommender.open(path, policy=RELATED) as reader,
    ):
        writer.add(filler(1_050))
        reader.recommend("f-0", at=NOON)
        former = reader._mirror.model.semantic.fingerprint
        writer.add(filler(20, start=3_000))
        writer.retract("f-7")
        writer.refit()
        writer.add(filler(1, start=4_000))
        assert_equal_to_a_fresh_open(reader, path)
        assert_equal_to_a_fresh_open(writer, path)
        assert reader._mirror.model.semantic.fingerprint != former
        rows = reader._mirror.live_rows()
        vectors = np.array([reader._mirror.vector(int(row)) for row in rows])
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(rows)), abs=1e-2)


def test_nothing_is_read_again_while_nothing_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Recommender.open(tmp_path / "news.db", policy=RELATED) as rec:
        rec.add(about(name) for name in IDS)
        made = rec.recommend("b-0", at=NOON)
        monkeypatch.setattr(rec.store, "changed_since", None)
        assert rec.recommend("b-0", at=NOON) == made


def test_only_what_changed_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "news.db"
    with (
        Recommender.open(path, policy=RELATED) as writer,
        Recommender.open(path, policy=RELATED) as reader,
    ):
        writer.add(filler(50))
        reader.recommend("f-0", at=NOON)
        rows, read = list[str](), reader.store.changed_since

        def counting(*arguments: Any) -> Any:
            for block in read(*arguments):
                rows.extend(row.id for row in block)
                yield block

        monkeypatch.setattr(reader.store, "changed_since", counting)
        writer.add([about("b-0")])
        writer.retract("f-3")
        reader.recommend("f-0", at=NOON)
        assert sorted(rows) == ["b-0", "f-3"]


def test_a_reader_that_failed_midway_catches_up_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "news.db"
    with (
        Recommender.open(path, policy=RELATED) as writer,
        Recommender.open(path, policy=RELATED) as reader,
    ):
        writer.add(about(name) for name in IDS[:3])
        reader.recommend("b-0", at=NOON)
        writer.add(changed(writer.article(name)) for name in IDS[:3])
        writer.add([an_article("o-1", "theater")])
        with monkeypatch.context() as patch:
            patch.setattr(reader.store, "terms", _fail)
            with pytest.raises(ConnectionError):
                reader.recommend("b-0", at=NOON)
        assert_equal_to_a_fresh_open(reader, path)


def test_a_refit_between_two_reads_of_a_reader_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "news.db"
    with (
        Recommender.open(path, policy=RELATED) as writer,
        Recommender.open(path, policy=RELATED) as reader,
    ):
        writer.add(about(name) for name in IDS)
        model = reader.store.model

        def overtaken(fingerprint: str | None = None) -> Any:
            monkeypatch.setattr(reader.store, "model", model)
            writer.add(filler(9))
            return model(fingerprint)

        monkeypatch.setattr(reader.store, "model", overtaken)
        assert reader.recommend("b-0", at=NOON).entries
        assert_equal_to_a_fresh_open(reader, path)


def test_a_vector_of_another_length_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "news.db"
    with Recommender.open(path) as rec:
        rec.add([about("b-0")])
    with Recommender.open(path) as rec:
        rows = [row for block in rec.store.changed_since(0, None) for row in block]
        odd = [replace(row, vector=np.ones(3, np.float16)) for row in rows]
        monkeypatch.setattr(rec.store, "changed_since", lambda *_: iter([odd]))
        with pytest.raises(ModelMismatch, match="'b-0'"):
            rec.recommend("b-0", at=NOON)


def changed(article: Article) -> Article:
    return replace(article, version=2, headline="Ein Zeppelin landet am Fischmarkt")


def _fail(*_arguments: object) -> None:
    msg = "the database went away"
    raise ConnectionError(msg)


class Scan(ExactIndex):
    """An index that grows, and knows how often."""

    n_extended = 0

    def extend(self, vectors: np.ndarray) -> None:
        self._vectors = vectors
        self.n_extended += 1


def test_an_index_of_ones_own_lives_until_a_refit_and_grows_with_the_rows(tmp_path: Path) -> None:
    path, made = tmp_path / "news.db", []

    def make(*parts: Any) -> Scan:
        made.append(Scan(*parts))
        return made[-1]

    with Recommender.open(path, policy=RELATED, index=make) as rec:
        rec.add(about(name) for name in IDS)
        rec.refit()
        made.clear()
        first = [rec.recommend(name, at=NOON) for name in IDS]
        assert (len(made), made[0].n_extended > 0) == (1, True)
        with Recommender.open(path) as other:
            other.add([about("b-9"), changed(about("b-0"))])
        assert rec.recommend("b-9", at=NOON) != first[0]
        assert len(made) == 1
        assert_equal_to_a_fresh_open(rec, path)
        rec.refit()
        assert_equal_to_a_fresh_open(rec, path)
        assert len(made) == 2
        rec.rebuild()
        assert_equal_to_a_fresh_open(rec, path)
        assert len(made) == 3
