"""The supply of a moment: what the archive says, only faster."""

from __future__ import annotations

import gc
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from weakref import ref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom import NOON, an_article, hours
from relnews.evaluate.archive import Archive
from relnews.evaluate.catalogue import Catalogue
from relnews.evaluate.metrics.supply import Supply, supply_of

if TYPE_CHECKING:
    from datetime import datetime

    from relnews.types import Article

TIMES = st.sampled_from([hours(number) for number in (-400, -100, -2, -1, 0, 1, 2, 300)])
MAYBE = st.one_of(st.none(), TIMES)


@st.composite
def versions(draw: st.DrawFn) -> Article:
    values: dict[str, Any] = {
        name: draw(MAYBE) for name in ("published_at", "updated_at", "embargo_until", "expires_at")
    }
    return an_article(
        draw(st.sampled_from("abcd")),
        version=draw(st.integers(1, 3)),
        status=draw(st.sampled_from(["usable"] * 5 + ["withheld"])),
        never_recommend=draw(st.sampled_from([False] * 5 + [True])),
        section=draw(st.sampled_from(["Stadt", "Sport", ""])),
        **values,
    )


ARCHIVES = st.builds(
    Archive,
    st.lists(versions(), max_size=8),
    st.dictionaries(st.sampled_from("abx"), TIMES, max_size=1),
)


@given(ARCHIVES, TIMES, st.integers(-1, 1))
def test_live_is_what_the_archive_calls_live(
    archive: Archive, moment: datetime, seconds: int
) -> None:
    at = moment + timedelta(seconds=seconds)
    expected = [archive.is_live(name, at) for name in archive.ids]
    assert Supply(archive).live(at).tolist() == expected


@given(ARCHIVES, st.lists(TIMES, max_size=4))
def test_ever_live_is_live_at_any_moment(archive: Archive, moments: list[datetime]) -> None:
    expected = [any(archive.is_live(name, at) for at in moments) for name in archive.ids]
    assert Supply(archive).ever_live(moments).tolist() == expected


@given(ARCHIVES, TIMES)
def test_shares_are_of_the_last_week_or_of_everything(archive: Archive, at: datetime) -> None:
    live = [name for name in archive.ids if archive.is_live(name, at)]
    recent = [name for name in live if archive.arrived_at(name) > at - timedelta(days=7)]
    sections = Counter(archive.latest(name).section for name in recent or live)
    supply = Supply(archive)
    found = supply.shares("section", at)
    assert found.sum() == pytest.approx(1.0 if live else 0.0)
    for name in archive.ids:
        held = int(np.flatnonzero(supply.spread("section", [name], [1.0]))[0])
        section = archive.latest(name).section
        assert found[held] == pytest.approx(sections[section] / max(sections.total(), 1))


def test_weights_are_summed_by_class_and_the_unknown_is_in_none() -> None:
    articles = [an_article("a", section="Stadt"), an_article("b", section="Sport")]
    supply = Supply(Archive(articles))
    assert supply.spread("section", ["a", "x", "b", "a"], [1.0, 9.0, 2.0, 0.5]).tolist() == [
        1.5,
        2.0,
    ]
    assert supply.knows("source")
    assert not Supply(Archive([an_article("a", section="")])).knows("section")


def test_a_catalogue_has_one_supply_and_takes_it_along() -> None:
    catalogue = Catalogue(Archive([an_article("a")]))
    assert supply_of(catalogue) is supply_of(catalogue)
    assert supply_of(catalogue).live(NOON).tolist() == [True]
    gone = ref(supply_of(catalogue))
    del catalogue
    gc.collect()
    assert gone() is None
