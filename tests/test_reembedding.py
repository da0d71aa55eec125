"""A change of model: refused until it is asked for, then resumable, and one switch."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from encoders import LIMIT, SkimmingEncoder
from newsroom import about, filler, hours, plain
from relnews import Recommender, fitting
from relnews.embed.sentence.settings import SentenceSettings
from relnews.encoders import name_of
from relnews.errors import MissingModel, ModelMismatch
from relnews.index.living import LivingIndex, LivingPools
from relnews.reembedding import ARTICLES_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from relnews import Article
    from relnews.embed.embedded import Embedded

Lists = list[list[tuple[str, float, float]]]

AT = hours(400)
RELATED = plain(relevance_floor=0.0)
OLD, NEW = SkimmingEncoder(), SkimmingEncoder(shift=7)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a database of 250 articles that was built with the old model."""
    path = tmp_path / "news.db"
    with Recommender.open(path, model=OLD) as rec:
        rec.add(filler(250))
    return path


@pytest.fixture
def rec(path: Path) -> Iterator[Recommender]:
    with Recommender.open(path, policy=RELATED, model=OLD) as opened:
        yield opened


def model_of(rec: Recommender) -> str:
    return rec.store.foundation().model


def lists(rec: Recommender) -> Lists:
    sources = [f"f-{number}" for number in range(0, 250, 25)]
    return [
        [(entry.article.id, entry.score, entry.semantic) for entry in rec.recommend(one, at=AT)]
        for one in sources
    ]


def fresh(model: SkimmingEncoder) -> Lists:
    """Give the lists of a site that had a model from its first day on."""
    with Recommender.open(":memory:", policy=RELATED, model=model) as rec:
        rec.add(filler(250))
        rec.refit()
        return lists(rec)


def same(one: Lists, other: Lists) -> bool:
    """Tell whether lists have the same entries, with the same values but for rounding."""
    flat = [[entry for made in lists for entry in made] for lists in (one, other)]
    ids = [[entry[0] for entry in entries] for entries in flat]
    values = [np.array([entry[1:] for entry in entries]) for entries in flat]
    return ids[0] == ids[1] and bool(np.allclose(values[0], values[1], atol=1e-5))


class Interrupted(Exception):
    """Stands for whatever ends a run."""


class FailingEncoder(SkimmingEncoder):
    """Ends the run when it has embedded so many batches."""

    def __init__(self, n_batches: int) -> None:
        super().__init__(shift=7)
        self.n_batches = n_batches

    def embed(
        self, articles: Sequence[Article], progress: Callable[[int], None] = lambda _: None
    ) -> Embedded:
        if len(self.read) == self.n_batches:
            raise Interrupted
        return super().embed(articles, progress)


def test_an_empty_database_begins_with_the_model_it_is_opened_with(path: Path) -> None:
    with Recommender.open(path) as rec:
        assert model_of(rec) == name_of(OLD)
        assert rec.store.vector_counts(name_of(OLD)).missing == 0
        entries = rec.recommend("f-3", at=AT).entries
        assert entries
        assert all(entry.semantic > 0 for entry in entries)


def test_another_model_is_refused_with_the_command_that_changes_it(path: Path) -> None:
    for wanted, name in ((NEW, "letters"), ("default", "default")):
        with pytest.raises(ModelMismatch, match=rf"run relnews embed {path} --model {name}"):
            Recommender.open(path, model=wanted)
    with Recommender.open(path, model=OLD) as rec:
        assert model_of(rec) == name_of(OLD)


def test_a_latent_site_refuses_a_pretrained_model(tmp_path: Path) -> None:
    with Recommender.open(tmp_path / "news.db") as rec:
        rec.add(filler(3))
    with pytest.raises(ModelMismatch, match="built with the model default, not with letters"):
        Recommender.open(tmp_path / "news.db", model=NEW)


def test_after_the_change_lists_are_those_of_a_site_that_always_had_the_model(
    rec: Recommender,
) -> None:
    before = lists(rec)
    rec.precompute(at=AT)
    report = rec.embed(NEW)
    assert (report.made, report.fingerprint) == (250, name_of(NEW))
    assert same(lists(rec), fresh(NEW))
    assert not same(lists(rec), before)
    assert rec.precompute(at=AT, changed_since=AT).made == 250, "every stored list is due"
    assert rec.store.integrity() == []


def test_readers_see_the_old_vectors_until_all_is_done_and_then_only_the_new(
    rec: Recommender, path: Path
) -> None:
    before, seen = lists(rec), []
    with Recommender.open(path, policy=RELATED) as reader:

        def look(_: int) -> None:
            seen.append((lists(reader), model_of(reader), len(reader.mirror.corpus)))

        rec.embed(NEW, progress=look)
        assert seen == [(before, name_of(OLD), 250)] * 3, "and nothing is read again meanwhile"
        assert (lists(reader), model_of(reader)) == (lists(rec), name_of(NEW))


def test_an_interrupted_run_keeps_the_old_model_and_goes_on_where_it_was(
    rec: Recommender,
) -> None:
    before = lists(rec)
    with pytest.raises(Interrupted):
        rec.embed(FailingEncoder(2))
    assert (lists(rec), model_of(rec)) == (before, name_of(OLD))
    assert rec.store.vector_counts(name_of(NEW)).stored == 2 * ARTICLES_AT_ONCE
    assert rec.store.integrity() == []
    report = rec.embed(NEW)
    assert report.made == 50
    assert same(lists(rec), fresh(NEW))


def test_what_the_settings_say_of_a_model_reaches_a_process_that_is_open(path: Path) -> None:
    told = SkimmingEncoder(SentenceSettings(name="letters", languages=("de", "en")))
    assert name_of(told) == name_of(OLD)
    with Recommender.open(path) as reader:
        assert not reader.mirror.site().languages
        Recommender.open(path, model=told).close()
        reader.recommend("f-1", at=AT)
        assert reader.mirror.site().languages == {"de", "en"}


def test_a_third_model_takes_the_place_of_one_that_was_not_finished(rec: Recommender) -> None:
    with pytest.raises(Interrupted):
        rec.embed(FailingEncoder(1))
    third = SkimmingEncoder(shift=2)
    assert rec.embed(third).made == 250
    assert rec.store.counts()["models"] == 1
    assert rec.store.counts()["vectors"] == 250
    assert model_of(rec) == name_of(third)


class BusyEncoder(SkimmingEncoder):
    """Has another process add, edit and retract while it works."""

    def __init__(self, other: Recommender) -> None:
        super().__init__(shift=7)
        self.other = other

    def embed(
        self, articles: Sequence[Article], progress: Callable[[int], None] = lambda _: None
    ) -> Embedded:
        made, step = super().embed(articles, progress), len(self.read)
        if step <= 3:
            edited = replace(filler(250)[step], headline="Ganz anders", version=2)
            self.other.add([about(f"new-{step}"), edited])
            self.other.retract(f"f-{200 + step}")
        return made


def test_what_is_added_or_edited_meanwhile_has_the_vector_of_its_text(
    rec: Recommender, path: Path
) -> None:
    with Recommender.open(path, model=OLD) as other:
        rec.embed(BusyEncoder(other))
        assert model_of(other) == name_of(NEW)
    assert rec.store.vector_counts(name_of(NEW)).missing == 0
    ids = ["f-1", "f-2", "f-3", "new-1", "new-2", "new-3", "f-201"]
    stored = rec.store.vectors_of(name_of(NEW), ids)
    articles = rec.store.articles(ids)
    for name in ids:
        np.testing.assert_array_equal(stored[name], NEW.embed([articles[name]]).vectors[0])
    assert rec.store.integrity() == []


class Meddling(SkimmingEncoder):
    """Has something happen after its second batch; another number makes another model."""

    def __init__(self, meddle: Callable[[], object]) -> None:
        super().__init__(shift=7)
        self.meddle = meddle

    def embed(
        self, articles: Sequence[Article], progress: Callable[[int], None] = lambda _: None
    ) -> Embedded:
        made = super().embed(articles, progress)
        if len(self.read) == 2:
            self.meddle()
        return made


MEDDLERS: dict[str, Callable[[Recommender], object]] = {
    "refits": Recommender.refit,
    "repairs": Recommender.rebuild,
    "completes the old model": lambda other: other.embed(OLD),
    "opens it by another name": lambda other: Recommender.open(
        other.store.url, model=SkimmingEncoder(SentenceSettings(name="elsewhere"))
    ).close(),
}


@pytest.mark.parametrize(
    ("begin", "meddler"), [*((OLD, name) for name in MEDDLERS), (None, "refits"), (None, "repairs")]
)
def test_what_another_process_does_to_the_old_model_costs_no_embedded_article(
    tmp_path: Path, begin: SkimmingEncoder | None, meddler: str
) -> None:
    path = tmp_path / "news.db"
    with Recommender.open(path, model=begin) as rec, Recommender.open(path, model=begin) as other:
        rec.add(filler(250))
        report = rec.embed(Meddling(lambda: MEDDLERS[meddler](other)))
        assert (report.made, model_of(rec)) == (250, name_of(NEW))
        assert rec.store.integrity() == []


def test_two_processes_that_want_different_models_are_told(rec: Recommender, path: Path) -> None:
    third = SkimmingEncoder(shift=2)
    with Recommender.open(path) as other:
        meddling = Meddling(lambda: other.embed(third))
        with pytest.raises(ModelMismatch, match="one model at a time"):
            rec.embed(meddling)
    assert model_of(rec) == name_of(third)
    assert rec.store.integrity() == []


@pytest.mark.parametrize("begin", [OLD, None], ids=["pretrained", "latent"])
def test_a_refit_that_ends_after_the_switch_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begin: SkimmingEncoder | None
) -> None:
    """What was measured or fitted for the old model must not replace what came with the new."""
    path, name = tmp_path / "news.db", "fit_latent" if begin is None else "calibrate"
    fit = getattr(fitting, name)
    with Recommender.open(path, model=begin) as rec, Recommender.open(path, model=begin) as other:
        rec.add(filler(250))

        def slow(*given: Any) -> Any:
            monkeypatch.setattr(fitting, name, fit)
            found = fit(*given)
            rec.embed(NEW)
            return found

        monkeypatch.setattr(fitting, name, slow)
        other.refit()
        measured = rec.store.calibration()
        assert model_of(rec) == name_of(NEW)
        rec.refit()
        assert rec.store.calibration() == measured


def test_a_damaged_article_is_embedded_like_any_other(rec: Recommender, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE articles SET headline = 'x' WHERE id = 'f-1'")
    assert rec.embed(NEW).made == 250


def test_a_repair_needs_the_model_only_for_what_is_missing(path: Path) -> None:
    with Recommender.open(path, policy=RELATED) as rec:
        wanted = lists(rec)
        rec.rebuild()
        assert same(lists(rec), wanted)
        with rec.store.write() as writer:
            writer.put_vectors(name_of(OLD), ["f-1"], np.full((1, 30), 0.5, np.float32))
        with pytest.raises(MissingModel, match="letters"):
            rec.rebuild()
        assert len(lists(rec)[3]) == len(wanted[3]), "the rest is as before"


def test_a_repair_writes_anew_what_is_stored_of_the_model(rec: Recommender, path: Path) -> None:
    wanted = lists(rec)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE models SET config = replace(config, 'letters', 'lettres')")
    assert "does not match its fingerprint" in rec.store.integrity()[0]
    rec.rebuild()
    assert rec.store.integrity() == []
    assert same(lists(rec), wanted)


def test_a_weight_that_settings_name_later_counts_from_then_on(path: Path) -> None:
    with Recommender.open(path) as rec:
        rec.precompute(at=AT)
        same_place = SkimmingEncoder(SentenceSettings(name="elsewhere"))
        Recommender.open(path, model=same_place).close()
        assert rec.precompute(at=AT, changed_since=AT).made == 0, "a new name is nothing new"
        weighed = SkimmingEncoder(SentenceSettings(name="letters", semantic_weight=0.41))
        Recommender.open(path, model=weighed).close()
        assert rec.precompute(at=AT, changed_since=AT).made == 250
        assert rec.mirror.model.calibration.semantic_weight == 0.41


def test_pools_follow_what_was_measured(rec: Recommender, path: Path) -> None:
    with Recommender.open(path, model=OLD, index=LivingPools()) as living:
        living.precompute(at=AT)
        weighed = SkimmingEncoder(SentenceSettings(name="letters", semantic_weight=0.41))
        Recommender.open(path, model=weighed).close()
        living.precompute(at=AT)
        exact = [entry.score for entry in rec.recommend("f-1", at=AT, policy=living.policy)]
        found = [entry.score for entry in living.recommend("f-1", at=AT)]
        assert found == pytest.approx(exact, abs=1e-6)
        index = living.mirror.site().index
        assert isinstance(index, LivingIndex)
        assert index._semantic_weight == pytest.approx(0.41)


def test_a_killed_run_loses_nothing_it_has_stored(path: Path) -> None:
    script = (
        "import os, signal, sys\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from encoders import SkimmingEncoder\n"
        "from relnews import Recommender\n"
        "class Killed(SkimmingEncoder):\n"
        "    def embed(self, articles, progress=None):\n"
        "        if len(self.read) == 2:\n"
        "            os.kill(os.getpid(), signal.SIGKILL)\n"
        "        return super().embed(articles)\n"
        f"with Recommender.open({str(path)!r}) as rec:\n"
        "    rec.embed(Killed(shift=7))\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], check=False)  # noqa: S603  # our own script
    assert ended.returncode == -signal.SIGKILL
    with Recommender.open(path, policy=RELATED) as rec:
        assert rec.store.integrity() == []
        assert model_of(rec) == name_of(OLD)
        assert rec.embed(NEW).made == 50
        assert same(lists(rec), fresh(NEW))


def test_back_to_the_latent_view() -> None:
    with Recommender.open(":memory:", policy=RELATED, model=OLD) as rec:
        rec.add(filler(1_000))
        report = rec.embed("default")
        assert (report.model, report.seen) == ("default", 1.0)
        with Recommender.open(":memory:", policy=RELATED) as always:
            always.add(filler(1_000))
            assert model_of(rec) == model_of(always)
            assert lists(rec) == lists(always)


def test_the_same_model_again_completes_what_is_missing(rec: Recommender) -> None:
    assert rec.embed(OLD).made == 0


def test_the_report_tells_how_much_was_read(rec: Recommender) -> None:
    report, articles = rec.embed(NEW), filler(250)
    lengths = [len(f"{article.headline} {article.body}") for article in articles]
    assert report.seen == pytest.approx(np.mean([min(LIMIT / n, 1) for n in lengths]), abs=1e-6)
    assert report.whole == np.mean([n <= LIMIT for n in lengths])


def test_new_articles_are_read_before_the_transaction_and_once(rec: Recommender) -> None:
    OLD.read.clear()
    articles = [about(f"n-{number}") for number in range(150)]
    rec.add([*articles, articles[0], filler(250)[0]])
    assert [len(read) for read in OLD.read] == [100, 50]
    assert rec.store.vector_counts(name_of(OLD)).missing == 0


def test_a_draft_is_read_when_it_asks(rec: Recommender) -> None:
    OLD.read.clear()
    draft = replace(filler(1, start=3)[0], id="draft-1")
    assert rec.recommend(draft, at=AT).entries
    assert OLD.read == [["draft-1"]]


def test_a_process_without_the_encoder_serves_stored_articles_and_names_what_it_lacks(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(settings: SentenceSettings, device: str = "") -> SkimmingEncoder:
        msg = f"{settings.name} is not here{device}"
        raise MissingModel(msg)

    monkeypatch.setattr("relnews.embed.sentence.encoder.load_encoder", missing)
    with Recommender.open(path, policy=RELATED) as rec:
        assert rec.recommend("f-1", at=AT).entries
        change = rec.store.change()
        with pytest.raises(MissingModel, match="letters is not here"):
            rec.add([about("new-1")])
        assert rec.store.change() == change


def test_a_repair_keeps_sound_vectors_and_makes_the_others_again(path: Path) -> None:
    with Recommender.open(path, policy=RELATED, model=OLD) as rec:
        wanted = lists(rec)
        with rec.store.write() as writer:
            writer.put_vectors(name_of(OLD), ["f-1"], np.full((1, 30), 0.5, np.float32))
        assert rec.store.integrity() == ["vectors with a wrong length or norm: f-1"]
        OLD.read.clear()
        rec.rebuild()
        assert OLD.read == [["f-1"]]
        assert rec.store.integrity() == []
        assert same(lists(rec), wanted)
