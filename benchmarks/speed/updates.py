"""Stored lists brought up to date: single articles published, and many changes at once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from german import a_maker, timed
from timing import Row, Section

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from relnews import Article, Recommender
    from relnews.types import BatchReport

SINGLE = 10
EDITED, RETRACTED = 30, 20
SAMPLE = 500


def measure(
    rec: Recommender, arriving: Sequence[Article], at: datetime, whole: Row
) -> list[Section]:
    """Publish the first of the arriving articles one by one, and change 100 at once.

    Parameters
    ----------
    rec
        With a stored list of every article at the moment.
    arriving
        60 articles that it does not hold.
    at
        The moment.
    whole
        The run that made all lists.
    """
    return [
        _publish(rec, arriving[:SINGLE], at, whole),
        _delta(rec, arriving[SINGLE:], at, whole),
    ]


def _publish(rec: Recommender, new: Sequence[Article], at: datetime, whole: Row) -> Section:
    reports: list[BatchReport] = []

    def publish(one: Article) -> None:
        reports.append(rec.publish([one], at=at).lists)

    taken = np.array([timed(partial(publish, one)) for one in new])
    made = np.array([(report.made, report.changed) for report in reports])
    wall, cpu = np.median(taken, axis=0)
    facts: dict[str, float | str] = {
        "CPU s": float(cpu),
        "most CPU s": float(taken[:, 1].max()),
        "lists made": float(np.median(made[:, 0])),
        "changed": float(np.median(made[:, 1])),
        "most made": int(made[:, 0].max()),
    }
    row = Row("publish an article", float(wall), _ratio(float(cpu), whole), facts)
    setting = f"Median of {len(new)} new articles, each added and all lists brought up to date."
    return Section("Live: a new article", setting, "seconds", [row])


def _delta(rec: Recommender, new: Sequence[Article], at: datetime, whole: Row) -> Section:
    """Add, edit and retract; then make the lists that this concerns, and compare."""
    ids = [rec.mirror.corpus.ids[row] for row in rec.mirror.live_rows()]
    picked = np.random.default_rng(4).choice(ids, EDITED + RETRACTED, replace=False).tolist()
    old = rec.store.articles(picked[:EDITED]).values()
    edited = [
        replace(one, version=one.version + 1, headline=f"{one.headline} (Update)") for one in old
    ]
    rec.add([*new, *edited])
    for name in picked[EDITED:]:
        rec.retract(name)
    reports: list[BatchReport] = []
    wall, cpu = timed(lambda: reports.append(rec.precompute(at=at, changed_since=at)))
    facts: dict[str, float | str] = {
        "CPU s": cpu,
        "lists made": reports[0].made,
        "changed": reports[0].changed,
        "churn": reports[0].churn,
        f"as made anew, of {SAMPLE}": _same(rec, at),
    }
    n_changes = len(new) + EDITED + RETRACTED
    rows = [
        Row(f"delta of {n_changes} changes", wall, _ratio(cpu, whole), facts),
        Row(whole.name, whole.seconds, 1.0, {"CPU s": whole.facts["CPU s"]}),
    ]
    setting = f"{len(new)} new, {EDITED} edited, {RETRACTED} retracted; ratio of CPU times."
    return Section("A delta", setting, "a fraction of the whole run, the same lists", rows)


def _same(rec: Recommender, at: datetime) -> float:
    """Give the share of stored lists that are, to the last bit, what making them anew gives."""
    rec.mirror.refresh()
    ids = [rec.mirror.corpus.ids[row] for row in rec.mirror.live_rows()]
    some = np.random.default_rng(5).choice(ids, SAMPLE, replace=False).tolist()
    anew = a_maker(rec, at).make(some)
    stored = {one.source_id: one.rows for one in rec.store.all_lists(0)}
    return float(np.mean([stored[one.source_id] == one.rows for one in anew]))


def _ratio(cpu: float, whole: Row) -> float:
    return cpu / float(whole.facts["CPU s"])
