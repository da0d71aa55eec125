"""What a run of either kind makes, and which weights of words it makes lists with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsroom import NOON, about, an_article, filler, hours, plain
from relnews import Mmr, Recommender
from relnews.errors import InvalidQuery, UnknownArticle
from relnews.store import entry_of
from relnews.types import BatchReport

if TYPE_CHECKING:
    from collections.abc import Iterator

RELATED = plain(relevance_floor=0.0)


@pytest.fixture
def rec() -> Iterator[Recommender]:
    with Recommender.open(":memory:", policy=RELATED) as opened:
        opened.add(about(f"b-{n}", published_at=hours(-3 * n - 1)) for n in range(20))
        yield opened


def weighing(rec: Recommender) -> str:
    return rec.store.foundation().weighing


def stop(_done: int, _total: int) -> None:
    raise KeyboardInterrupt


def test_every_list_is_made_and_is_the_one_that_is_recommended(rec: Recommender) -> None:
    rec.precompute(at=NOON)
    for name in (f"b-{n}" for n in range(20)):
        stored = rec.store.related_list(name)
        assert stored is not None
        assert stored.rows == tuple(map(entry_of, rec.recommend(name, at=NOON, k=20)))


def test_a_second_run_makes_nothing(rec: Recommender) -> None:
    assert rec.precompute(at=NOON).made == 20
    before = weighing(rec)
    assert rec.precompute(at=NOON) == BatchReport(0, 0, 0.0)
    assert weighing(rec) == before


@pytest.mark.parametrize("what", ["moment", "depth", "policy"])
def test_a_run_for_another_moment_depth_or_policy_makes_every_list(
    rec: Recommender, what: str
) -> None:
    rec.precompute(at=NOON, depth=5)
    if what == "policy":
        rec.policy = plain(relevance_floor=0.0, selector=Mmr(0.2))
    at, depth = hours(1) if what == "moment" else NOON, 4 if what == "depth" else 5
    assert rec.precompute(at=at, depth=depth).made == 20


def test_weights_hold_still_between_runs_of_every_list(rec: Recommender) -> None:
    assert weighing(rec) == ""
    rec.precompute(at=NOON)
    first = weighing(rec)
    assert first
    assert rec.precompute(at=hours(1)).made == 20
    assert weighing(rec) == first  # the counts are the same
    rec.add([an_article("t-0", "theater")])
    rec.precompute(at=hours(1), changed_since=hours(1))
    assert weighing(rec) == first
    rec.precompute(at=hours(2))
    assert weighing(rec) != first


def test_a_newcomer_changes_no_score_of_a_list_that_it_does_not_enter(rec: Recommender) -> None:
    """Without a weighing each arrival would move every weight a little."""

    def scores() -> list[float]:
        made = rec.recommend("b-0", at=NOON, k=9)
        return [entry.score for entry in made if entry.article.id != "b-99"]

    running = scores()
    rec.precompute(at=NOON)
    assert scores() == running
    rec.add([an_article("t-0", "theater")])
    assert scores() == running


def test_a_resumed_run_keeps_the_weights_it_began_with(
    rec: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relnews.batch.run.LISTS_AT_ONCE", 8)
    with pytest.raises(KeyboardInterrupt):
        rec.precompute(at=NOON, progress=stop)
    begun = weighing(rec)
    rec.add([an_article("t-0", "theater")])
    rec.precompute(at=NOON)
    assert weighing(rec) == begun
    assert {made.seen >= int(begun) for made in rec.store.all_lists()} == {True}


def test_a_site_that_grows_by_a_tenth_is_weighed_anew_and_everything_is_due(
    rec: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relnews.fitting.REFIT_GROWTH", 9)
    rec.precompute(at=NOON)
    first = weighing(rec)
    rec.add([an_article("t-0", "theater")])
    assert weighing(rec) == first
    assert rec.precompute(at=NOON, changed_since=NOON).made < 21
    rec.add([an_article("t-1", "theater", 4, 5)])
    assert weighing(rec) != first
    held = rec.store.weighing()
    assert held is not None
    assert held.n_documents == 22
    assert rec.precompute(at=NOON, changed_since=NOON).made == 22


def test_a_refit_makes_everything_due(rec: Recommender) -> None:
    rec.precompute(at=NOON)
    rec.refit()
    assert rec.precompute(at=NOON, changed_since=NOON).made == 20


def test_former_versions_are_kept_from_one_run_of_every_list_to_the_next(
    rec: Recommender,
) -> None:
    rec.add([about("b-1", version=2)])
    assert rec.store.former_versions() == []
    rec.precompute(at=NOON)
    rec.add([about("b-1", version=3)])
    assert [former.id for former in rec.store.former_versions()] == ["b-1"]
    rec.precompute(at=NOON, changed_since=NOON)
    rec.precompute(at=hours(1))
    assert rec.store.former_versions() == []


def test_some_lists_are_made_whatever_is_stored(rec: Recommender) -> None:
    assert rec.precompute(at=NOON, ids=["b-4", "b-2", "b-4"]) == BatchReport(2, 2, 0.0)
    assert rec.store.listed_sources() == ["b-2", "b-4"]
    assert rec.precompute(at=NOON, ids=["b-4"]) == BatchReport(1, 0, 0.0)
    assert rec.precompute(at=NOON, ids=[]) == BatchReport(0, 0, 0.0)
    assert rec.store.unfinished_run() is None


def test_what_cannot_be_asked_is_refused_and_changes_nothing(rec: Recommender) -> None:
    before = rec.store.change()
    with pytest.raises(UnknownArticle, match="no stored article has the id 'nobody'; add it"):
        rec.precompute(at=NOON, ids=["b-1", "nobody"])
    with pytest.raises(InvalidQuery, match="give either ids or changed_since"):
        rec.precompute(at=NOON, ids=["b-1"], changed_since=NOON)
    with pytest.raises(InvalidQuery, match="naive"):
        rec.precompute(at=NOON, changed_since=NOON.replace(tzinfo=None))
    with pytest.raises(InvalidQuery, match="depth must be a whole number"):
        rec.precompute(at=NOON, depth=0)
    assert rec.store.change() == before


def test_an_empty_site_has_nothing_to_make() -> None:
    with Recommender.open(":memory:") as rec:
        assert rec.precompute(at=NOON) == BatchReport(0, 0, 0.0)
        assert rec.precompute(at=NOON, changed_since=NOON) == BatchReport(0, 0, 0.0)
        assert rec.store.unfinished_run() is None


def test_articles_without_a_list_are_not_made_again_and_again() -> None:
    with Recommender.open(":memory:") as rec:
        rec.add([*filler(4), an_article("o-1", no_list=True), an_article("o-2", status="canceled")])
        assert rec.precompute(at=NOON).made == 6
        assert rec.precompute(at=NOON, changed_since=NOON).made == 0


def test_a_wrong_argument_is_called_by_its_name(rec: Recommender) -> None:
    with pytest.raises(InvalidQuery, match="changed_since must carry a time zone"):
        rec.precompute(at=NOON, changed_since=NOON.replace(tzinfo=None))
    with pytest.raises(InvalidQuery, match=r"ids must be ids, such as \['b-1'\]"):
        rec.precompute(at=NOON, ids="b-1")


def test_a_delta_since_the_future_is_refused(rec: Recommender) -> None:
    with pytest.raises(InvalidQuery, match="not be later than at"):
        rec.precompute(at=NOON, changed_since=hours(1))
