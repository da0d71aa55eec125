"""From truth to questions: what is asked, at which moment, and which answers are good."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import numpy as np

from relnews.evaluate.archive import BEGINNING
from relnews.evaluate.truth import Question

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from relnews.evaluate.archive import Archive
    from relnews.evaluate.truth import Chain, EditorLinks, Event, Impression, JudgedPair
    from relnews.types import Article

_DAY = timedelta(days=1)


def question_id(source_id: str, at: datetime) -> str:
    """Name a question in run files: its source, and its moment in UTC."""
    return f"{source_id}@{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def from_links(links: Iterable[EditorLinks], archive: Archive) -> list[Question]:
    """Ask for what editors linked, at the moment they did; each target gains 1.

    Links of articles that the archive does not hold, or that have no date, are passed over.
    """
    questions = []
    for link in links:
        if link.source_id not in archive:
            continue
        at = link.at or archive.latest(link.source_id).published_at
        if at is None:
            continue
        source = _as_of(archive, link.source_id, at)
        if link.body is not None:
            source = replace(source, body=link.body)
        gains = {name: 1.0 for name in link.target_ids if name in archive and name != source.id}
        questions.append(Question(source=source, at=at, gains=gains, group=_day(at)))
    return questions


def from_pairs(pairs: Iterable[JudgedPair], archive: Archive, scale: str) -> list[Question]:
    """Ask for what people called alike on one scale, in both directions.

    Asked once everything has arrived. Lists are judged on the articles that were judged with the
    source: nobody knows what the others are worth.
    """
    gains: dict[str, dict[str, float]] = defaultdict(dict)
    for pair in pairs:
        known = pair.source_id in archive and pair.target_id in archive
        if pair.scale == scale and known and pair.source_id != pair.target_id:
            gains[pair.source_id][pair.target_id] = pair.gain
            gains[pair.target_id].setdefault(pair.source_id, pair.gain)
    at = _end(archive)
    return [
        Question(
            source=archive.latest(source_id),
            at=at,
            gains={name: gain for name, gain in found.items() if gain > 0},
            only=frozenset(found),
            group=source_id,
        )
        for source_id, found in gains.items()
    ]


def from_events(
    events: Iterable[Event],
    archive: Archive,
    *,
    within_hours: float = 168.0,
    max_events: int = 100,
) -> list[Question]:
    """Ask under what a user read for what the same user read next.

    The moment is that of the event; right is what the user turns to within the hours after it
    and what was live at the moment. What happened at the very moment is no answer: it counts as
    known by then. Each event is a question of its own.

    Parameters
    ----------
    events
        Any order.
    archive
        Events of articles that were not live at their moment are passed over.
    within_hours
        How long after the event another one still belongs to it.
    max_events
        Users with more events are left out: they are machines, or read everything.
    """
    by_user: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_user[event.user].append(event)
    found = []
    for history in by_user.values():
        if 1 < len(history) <= max_events:
            history.sort(key=lambda event: (event.at, event.article_id))
            found += _next_reads(history, archive, timedelta(hours=within_hours))
    return found


def from_impressions(impressions: Iterable[Impression], archive: Archive) -> list[Question]:
    """Ask which of the articles shown under another one were clicked; each click gains 1.

    Lists are judged on what was shown: nobody could click on anything else.
    """
    questions = []
    for shown in impressions:
        if shown.source_id in archive and archive.is_live(shown.source_id, shown.at):
            clicked = [n for n, hit in zip(shown.shown, shown.clicked, strict=True) if hit]
            source = _as_of(archive, shown.source_id, shown.at)
            gains = {name: 1.0 for name in clicked if name in archive and name != source.id}
            group = _day(shown.at)
            only = frozenset(shown.shown)
            questions.append(
                Question(
                    source=source, at=shown.at, gains=gains, only=only, group=group, shown=shown
                )
            )
    return questions


def from_chains(chains: Iterable[Chain], archive: Archive) -> list[Question]:
    """Ask for the rest of a running story, once all of it has arrived; each article gains 1."""
    at, questions = _end(archive), []
    for chain in chains:
        members = [name for name in chain.article_ids if name in archive]
        for name in members:
            gains = dict.fromkeys((other for other in members if other != name), 1.0)
            source = archive.latest(name)
            questions.append(Question(source=source, at=at, gains=gains, group=chain.story))
    return questions


def from_labels(
    archive: Archive,
    of: Literal["section", "tags"],
    sources: Iterable[str] | None = None,
) -> list[Question]:
    """Ask for articles of the same section, or with common tags: a weak proxy of relatedness.

    Asked once everything has arrived. The gain is 1 for the section, and the number of common
    tags otherwise. `sources` are the ids to ask about, all when None; articles without a label
    are passed over.
    """
    holders: dict[str, list[str]] = defaultdict(list)
    labels = {name: _labels(archive.latest(name), of) for name in archive.ids}
    for name, found in labels.items():
        for label in found:
            holders[label].append(name)
    at, questions = _end(archive), []
    for name in archive.ids if sources is None else sources:
        source, gains = archive.latest(name), defaultdict[str, float](float)
        for label in labels[name]:
            for other in holders[label]:
                gains[other] += 1.0
        if not gains:
            continue
        gains.pop(name)
        questions.append(Question(source=source, at=at, gains=dict(gains), group=name))
    return questions


def sample(
    questions: Sequence[Question], size: int, generator: np.random.Generator
) -> list[Question]:
    """Draw so many questions without replacement, in their order; all when there are fewer."""
    if len(questions) <= size:
        return list(questions)
    places = np.sort(generator.choice(len(questions), size, replace=False))
    return [questions[place] for place in places]


def _next_reads(history: Sequence[Event], archive: Archive, within: timedelta) -> list[Question]:
    questions = []
    for place, event in enumerate(history):
        later = [
            other.article_id
            for other in history[place + 1 :]
            if event.at < other.at <= event.at + within and other.article_id != event.article_id
        ]
        live = {name for name in later if archive.is_live(name, event.at)}
        if live and archive.is_live(event.article_id, event.at):
            source = _as_of(archive, event.article_id, event.at)
            gains = {name: 1.0 for name in later if name in live}
            questions.append(
                Question(source=source, at=event.at, gains=gains, group=_day(event.at))
            )
    return questions


def _as_of(archive: Archive, article_id: str, at: datetime) -> Article:
    """Give the version of a moment; the first one where the moment comes before it."""
    return archive.version(article_id, at) or archive.first(article_id)


def _labels(article: Article, of: Literal["section", "tags"]) -> tuple[str, ...]:
    if of == "tags":
        return tuple(dict.fromkeys(article.tags))
    return (article.section,) if article.section else ()


def _end(archive: Archive) -> datetime:
    """Give a moment when everything has arrived."""
    last = max((arrival.at for arrival in archive.arrivals()), default=BEGINNING)
    return last + _DAY if last > BEGINNING else datetime(2000, 1, 1, tzinfo=UTC)


def _day(at: datetime) -> str:
    return at.date().isoformat()
