"""Articles in: every record accounted for, all or nothing, and a model that keeps up."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from newsroom import NOON, about, an_article, filler, hours, plain
from relnews import Article, Quarantined, Recommender, fitting, intake
from relnews.errors import StoreError
from relnews.store import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


RELATED = plain(relevance_floor=0.0)


@pytest.fixture
def rec() -> Iterator[Recommender]:
    with Recommender.open(":memory:", policy=RELATED) as made:
        yield made


def same_as_reopened(rec: Recommender, path: Path) -> None:
    """Hold what a recommender knows against what a new one reads from the file."""
    assert rec.store.integrity() == []
    names = sorted(article.id for article in rec.store.all_articles())
    with Recommender.open(path, policy=RELATED) as fresh:
        for name in names:
            assert rec.recommend(name, at=NOON) == fresh.recommend(name, at=NOON)
        draft = an_article("draft", "theater", 1, 2, body="Ein Zeppelin über der Oper der Brücke.")
        assert rec.recommend(draft, at=NOON, k=20) == fresh.recommend(draft, at=NOON, k=20)


# The report


def test_the_report_says_of_new_articles_that_they_were_accepted(rec: Recommender) -> None:
    report = rec.add([about("b-0"), about("b-1")])
    assert report.accepted == ("b-0", "b-1")
    assert (report.replaced, report.unchanged) == ((), ())
    assert (report.refused, report.quarantined) == ((), ())


def test_the_report_tells_replaced_from_unchanged(rec: Recommender) -> None:
    rec.add([about("b-0"), about("b-1"), about("b-2")])
    report = rec.add(
        [
            about("b-0"),
            about("b-1", version=2),
            about("b-2", teaser="Korrigiert."),
            about("b-3"),
        ]
    )
    assert report.accepted == ("b-0", "b-1", "b-2", "b-3")
    assert report.unchanged == ("b-0",)
    assert report.replaced == ("b-1", "b-2")


def test_the_report_gives_a_reason_for_each_refusal(rec: Recommender) -> None:
    rec.add([about("b-0", version=3), about("b-1", status="canceled"), about("b-2")])
    rec.retract("b-2", reason="Unterlassung")
    report = rec.add(
        [
            about("b-0", version=2),
            about("b-1"),
            about("b-2", version=2),
            about("b-0", version=3, published_at=hours(-9)),
        ]
    )
    assert report.accepted == ()
    assert [refused.id for refused in report.refused] == ["b-0", "b-1", "b-2", "b-0"]
    reasons = [refused.reason for refused in report.refused]
    for reason, word in zip(reasons, ("older", "canceled", "Unterlassung", "dated"), strict=True):
        assert word in reason


def test_quarantined_records_are_reported_and_kept_once(rec: Recommender) -> None:
    bad = Quarantined("feed.jsonl", 7, "b-9", "no headline")
    assert rec.add([bad, about("b-0")]).quarantined == (bad,)
    assert rec.add([bad]).quarantined == (bad,)
    assert rec.store.quarantine() == [bad]


def test_versions_within_one_batch_are_judged_one_after_the_other(rec: Recommender) -> None:
    first, second = about("b-0"), about("b-0", version=2, headline="Brücke offen")
    report = rec.add([first, second, first, second])
    assert report.accepted == ("b-0", "b-0", "b-0")
    assert (report.replaced, report.unchanged) == (("b-0",), ("b-0",))
    assert [refused.id for refused in report.refused] == ["b-0"]
    assert rec.article("b-0") == second


def test_articles_are_taken_from_any_iterable_only_as_they_are_needed(
    rec: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH", 10)
    taken: list[str] = []

    def slowly() -> Iterator[Article]:
        for article in filler(25):
            taken.append(article.id)
            yield article

    seen: list[tuple[int, int]] = []
    report = rec.add(slowly(), progress=lambda count: seen.append((count, len(taken))))
    assert seen == [(10, 10), (10, 20), (5, 25)]
    assert len(report.accepted) == 25


def test_nothing_to_add_changes_nothing(rec: Recommender) -> None:
    before = rec.store.change()
    assert rec.add([]).accepted == ()
    assert rec.store.change() == before


# Failures


def test_an_iterator_that_raises_leaves_the_finished_batches(tmp_path: Path) -> None:
    def failing() -> Iterator[Article]:
        yield from filler(1_500)
        msg = "the feed broke off"
        raise ConnectionError(msg)

    path, counted = tmp_path / "news.db", list[int]()
    with Recommender.open(path, policy=RELATED) as rec:
        with pytest.raises(ConnectionError):
            rec.add(failing(), progress=counted.append)
        assert counted == [1_000]
        assert rec.store.counts()["articles"] == 1_000
        assert rec.add(filler(600, start=900)).unchanged == tuple(
            f"f-{n}" for n in range(900, 1000)
        )
        assert rec.store.integrity() == []


@pytest.mark.parametrize("method", ["add_terms", "put_articles", "quarantine", "states"])
@pytest.mark.parametrize("error", [StoreError, RuntimeError, KeyboardInterrupt])
def test_a_failing_write_leaves_earlier_batches_and_one_vocabulary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, error: type[BaseException]
) -> None:
    monkeypatch.setattr(intake, "BATCH", 3)
    real, calls = getattr(Writer, method), list[int]()

    def failing(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            real(*arguments)
            raise error
        return real(*arguments)

    path = tmp_path / "news.db"
    articles = [about(f"b-{n}") for n in range(4)] + [
        an_article(f"o-{n}", "theater", n, n + 1) for n in range(4)
    ]
    with Recommender.open(path, policy=RELATED) as rec:
        with monkeypatch.context() as patch:
            patch.setattr(Writer, method, failing)
            with pytest.raises(error):
                rec.add(articles)
        assert rec.store.counts()["articles"] == 3
        same_as_reopened(rec, path)
        assert rec.add(articles).unchanged == ("b-0", "b-1", "b-2")
        same_as_reopened(rec, path)


def test_a_failing_write_after_another_process_wrote_leaves_one_vocabulary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "news.db"
    with Recommender.open(path, policy=RELATED) as rec, Recommender.open(path) as other:
        rec.add([about("b-0")])
        other.add([about("b-1")])
        write = rec.store.write

        @contextmanager
        def overtaken() -> Iterator[Writer]:
            monkeypatch.setattr(rec.store, "write", write)
            other.add([an_article("o-1", "theater")])
            with write() as writer:
                monkeypatch.setattr(writer, "put_articles", _refuse)
                yield writer

        monkeypatch.setattr(rec.store, "write", overtaken)
        with pytest.raises(StoreError, match="refused"):
            rec.add([an_article("o-2", "fussball")])
        same_as_reopened(rec, path)
        assert rec.add([an_article("o-2", "fussball")]).accepted == ("o-2",)
        same_as_reopened(rec, path)


def _refuse(*_arguments: object) -> None:
    msg = "refused"
    raise StoreError(msg)


def test_a_callback_that_raises_loses_nothing_that_was_written(rec: Recommender) -> None:
    def failing(_count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rec.add([about("b-0"), about("b-1", published_at=hours(-2))], progress=failing)
    assert rec.recommend("b-0", at=NOON).ids == ("b-1",)
    assert rec.add([about("b-0")]).unchanged == ("b-0",)


# The model


def fitted_on(rec: Recommender) -> int:
    """Give how many articles the stored model was fitted on."""
    model = rec.store.model()
    return 0 if model is None else int(model.config["articles"])


def test_the_model_is_refitted_when_the_corpus_has_grown_by_half(rec: Recommender) -> None:
    rec.add(filler(100))
    assert fitted_on(rec) == 100
    rec.add(filler(49, start=100))
    assert fitted_on(rec) == 100
    rec.add(filler(1, start=149))
    assert fitted_on(rec) == 150


def test_a_newer_version_is_no_growth(rec: Recommender) -> None:
    rec.add(filler(100))
    rec.add([replace(article, version=2) for article in filler(100)])
    assert fitted_on(rec) == 100


def test_a_refit_can_be_asked_for(rec: Recommender) -> None:
    rec.add(filler(100))
    rec.add(filler(10, start=100))
    rec.refit()
    assert fitted_on(rec) == 110


def test_a_single_article_and_an_empty_site_can_be_refitted(rec: Recommender) -> None:
    rec.refit()
    rec.add([about("b-0")])
    rec.refit()
    assert rec.recommend("b-0", at=NOON).entries == ()


def test_there_is_a_latent_view_from_1000_articles_on(rec: Recommender) -> None:
    rec.add(filler(999))
    rec.refit()
    assert rec.store.counts()["vectors"] == 0
    assert all(entry.semantic == 0 for entry in rec.recommend("f-0", at=NOON))
    rec.add(filler(1, start=999))
    rec.refit()
    assert rec.store.counts()["vectors"] == 1_000
    assert any(entry.semantic > 0 for entry in rec.recommend("f-0", at=NOON))


def test_articles_that_arrive_after_the_fit_get_vectors(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with Recommender.open(path, policy=RELATED) as rec:
        rec.add(filler(1_100))
        assert fitted_on(rec) == 1_100
        twin = replace(filler(1)[0], id="twin", published_at=NOON)
        rec.add([twin, *filler(5, start=2_000)])
        assert fitted_on(rec) == 1_100
        assert rec.store.counts()["vectors"] == 1_106
        rec.add([replace(filler(1, start=500)[0], id="twin", version=2)])
        assert rec.store.counts()["vectors"] == 1_106
        for name in ("f-0", "twin", "f-2002"):
            here = rec.recommend(name, at=NOON, k=9)
            assert any(entry.semantic > 0 for entry in here)
            with Recommender.open(path, policy=RELATED) as fresh:
                assert fresh.recommend(name, at=NOON, k=9) == here
        assert rec.store.integrity() == []


def test_what_another_process_adds_while_a_model_is_fitted_gets_a_vector(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, fit = tmp_path / "news.db", fitting.fit_latent
    with Recommender.open(path) as rec, Recommender.open(path) as other:
        rec.add(filler(1_050))
        rec.add(filler(50, start=1_050))

        def slow_fit(*arguments: Any) -> Any:
            monkeypatch.setattr(fitting, "fit_latent", fit)
            other.add(filler(1, start=5_000))
            return fit(*arguments)

        monkeypatch.setattr(fitting, "fit_latent", slow_fit)
        rec.refit()
        counts = rec.store.counts()
        assert counts["articles"] == 1_101
        assert counts["vectors"] == counts["articles"]


def test_the_same_articles_give_the_same_model(tmp_path: Path) -> None:
    fingerprints = set()
    for name in ("one.db", "two.db"):
        with Recommender.open(tmp_path / name) as rec:
            rec.add(filler(1_000))
            fingerprints.add(rec.store.foundation()[0])
    assert len(fingerprints) == 1


# Two writers


def test_two_recommenders_that_write_in_turn_keep_one_vocabulary(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with (
        Recommender.open(path, policy=RELATED) as first,
        Recommender.open(path, policy=RELATED) as second,
    ):
        for number in range(8):
            writer = (first, second)[number % 2]
            body = f"Die Brücke und das neue Wort Nummer{'abcdefgh'[number]} am Fischmarkt."
            writer.add([about(f"b-{number}"), an_article(f"o-{number}", body=body)])
        same_as_reopened(first, path)
        same_as_reopened(second, path)
        terms = first.store.terms()
        assert len({*terms}) == len(terms)


def test_a_recommender_that_was_open_during_a_rebuild_writes_into_the_new_vocabulary(
    tmp_path: Path,
) -> None:
    path = tmp_path / "news.db"
    with (
        Recommender.open(path, policy=RELATED) as first,
        Recommender.open(path, policy=RELATED) as second,
    ):
        first.add([about("b-9"), an_article("o-1", "theater"), about("b-1"), about("b-2")])
        assert second.recommend("b-1", at=NOON).entries
        first.rebuild()
        second.add([an_article("o-0", "theater", 4, 5, 6)])
        same_as_reopened(second, path)
        same_as_reopened(first, path)
