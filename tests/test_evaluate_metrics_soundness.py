"""Short, empty, forbidden: a list is held against the rules of the site."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom import NOON, an_article, hours
from relnews.errors import InvalidTruth
from relnews.evaluate.archive import Archive
from relnews.evaluate.catalogue import Catalogue
from relnews.evaluate.judged import Judged
from relnews.evaluate.metrics import EmptyLists, ShortLists, Violations
from relnews.evaluate.truth import Question

SOUND = ["a", "b", "c"]
WRONG = {
    "withheld": an_article("withheld", status="withheld"),
    "never": an_article("never", never_recommend=True),
    "early": an_article("early", published_at=hours(1)),
    "embargo": an_article("embargo", embargo_until=hours(1)),
    "expired": an_article("expired", expires_at=NOON),
    "retracted": an_article("retracted"),
    "s": an_article("s"),
}
CATALOGUE = Catalogue(
    Archive([*map(an_article, SOUND), *WRONG.values()], retractions={"retracted": hours(-0.5)})
)
IDS = st.lists(st.sampled_from([*SOUND, *WRONG, "unknown"]), max_size=9)


def judged(ids: list[str]) -> Judged:
    return Judged(Question(source=WRONG["s"], at=NOON), tuple(ids), 10, CATALOGUE)


@given(IDS, st.integers(1, 9))
def test_short_and_empty(ids: list[str], k: int) -> None:
    assert ShortLists(k).of(judged(ids)) == (1.0 if len(ids) < k else 0.0)
    assert EmptyLists().of(judged(ids)) == (0.0 if ids else 1.0)


@given(IDS, st.integers(1, 9))
def test_every_entry_that_must_not_be_shown_counts_once(ids: list[str], k: int) -> None:
    shown = ids[:k]
    wrong = [name not in SOUND or name in shown[:at] for at, name in enumerate(shown)]
    assert Violations(k).of(judged(ids)) == sum(wrong)


@pytest.mark.parametrize("name", [*WRONG, "unknown"])
def test_each_reason_is_seen(name: str) -> None:
    assert Violations(10).of(judged(["a", name, "b"])) == 1.0


def test_a_sound_list_has_no_violation() -> None:
    assert Violations(10).of(judged(SOUND)) == 0.0
    assert Violations(10).of(judged([])) == 0.0
    assert Violations(10).of(judged(["a", "a", "a"])) == 2.0


def test_k_must_be_a_depth() -> None:
    for make in (ShortLists, Violations):
        with pytest.raises(InvalidTruth, match="k must be"):
            make(0)
