"""Read a folder of articles and truth, whatever it holds: the front door of this stage."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from relnews.errors import IngestError
from relnews.evaluate.load import ebnerd, mind
from relnews.evaluate.load.chains import load_chains
from relnews.evaluate.load.dataset import Dataset
from relnews.evaluate.load.events import load_events
from relnews.evaluate.load.files import find
from relnews.evaluate.load.impressions import load_impressions
from relnews.evaluate.load.links import load_links
from relnews.evaluate.load.pairs import load_pairs
from relnews.evaluate.load.pseudonym import pseudonyms
from relnews.evaluate.load.retractions import load_retractions
from relnews.evaluate.load.trec import load_qrels
from relnews.evaluate.truth import Truth
from relnews.ingest import read
from relnews.ingest.times import zone_of
from relnews.types import Article, Quarantined

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping
    from datetime import datetime

__all__ = ["load"]

T = TypeVar("T")
_ARTICLES = ("articles.jsonl", "articles.csv")
_ARTICLE_FOLDER = "articles"
_PAIRS = ("pairs.csv", "relations.csv")
_LINKS = ("links.jsonl", "editor_links.jsonl")
_EVENTS = ("events.csv", "shares.csv")
_IMPRESSIONS = ("impressions.jsonl",)
_CHAINS = ("chains.csv", "stories.csv")
_RETRACTIONS = ("retractions.csv",)
_QRELS = ("*.qrels", "qrels.txt")
_TRUTH = (*_PAIRS, *_LINKS, *_EVENTS, *_IMPRESSIONS, *_CHAINS, *_RETRACTIONS)


def load(
    path: str | os.PathLike[str],
    *,
    timezone: str = "Europe/Berlin",
    fields: Mapping[str, str] | None = None,
    salt: str | None = None,
) -> Dataset:
    """Read a folder of articles and truth.

    Files are told by their names, each plain or ``.gz``; all that are there are read:

    ================================== ====================================================
    ``articles.jsonl``, ``.csv``       articles, as `relnews.ingest.read` takes them; also a
                                       folder ``articles/``. Where there are none of these but
                                       truth, every other ``.jsonl`` of the folder
    ``pairs.csv``, ``relations.csv``   see `load_pairs`
    ``links.jsonl``,
    ``editor_links.jsonl``             see `load_links`
    ``events.csv``, ``shares.csv``     see `load_events`
    ``impressions.jsonl``              see `load_impressions`
    ``chains.csv``, ``stories.csv``    see `load_chains`
    ``retractions.csv``                see `load_retractions`
    ``*.qrels``, ``qrels.txt``         see `load_qrels`
    ================================== ====================================================

    ``news.tsv`` and ``behaviors.tsv`` are read as MIND (`load_mind`), ``behaviors.parquet`` with
    ``articles.parquet`` beside or above it as EB-NeRD (`load_ebnerd`); nothing else of such a
    folder is read.

    Parameters
    ----------
    path
        The folder; its name becomes the name of the data set.
    timezone
        The zone of times that carry none; MIND and EB-NeRD are read as UTC.
    fields
        Where articles keep their fields, see `relnews.ingest.to_article`.
    salt
        Given, users are replaced as `relnews.evaluate.load.pseudonym` says.

    Raises
    ------
    IngestError
        When there is no such folder, it holds nothing of the above, or one of the files cannot
        be read, lacks a column, or has not one sound line. Single broken lines are quarantined.
    InvalidPolicy
        When `timezone`, `fields` or `salt` cannot be.
    """
    folder = Path(path)
    zone_of(timezone)
    pseudonyms(salt)
    if not folder.is_dir():
        msg = f"{folder}: must be a folder of articles and truth, and is none; check the path"
        raise IngestError(msg)
    if find(folder, mind.NEWS) and find(folder, mind.BEHAVIORS):
        return mind.load_mind(folder, salt=salt)
    if (folder / ebnerd.BEHAVIORS).is_file() and ebnerd.articles_of(folder):
        return ebnerd.load_ebnerd(folder, salt=salt)
    return _load_own(folder, timezone, fields, salt)


def _load_own(
    folder: Path, timezone: str, fields: Mapping[str, str] | None, salt: str | None
) -> Dataset:
    places = _places(folder)
    read_articles = partial(_articles, timezone=timezone, fields=fields)
    articles, unread = _join(map(read_articles, places))
    truth, broken = _truth(folder, timezone, salt)
    return Dataset(folder.resolve().name, articles, truth, unread + broken)


def _truth(folder: Path, timezone: str, salt: str | None) -> tuple[Truth, tuple[Quarantined, ...]]:
    in_zone = partial(load_links, timezone=timezone)
    taken_back = partial(_retractions, timezone=timezone)
    of_events = partial(load_events, timezone=timezone, salt=salt)
    of_impressions = partial(load_impressions, timezone=timezone, salt=salt)
    pairs, bad_pairs = _join(map(load_pairs, _all(folder, _PAIRS)))
    judged, bad_judged = _join(map(load_qrels, _qrels(folder)))
    links, bad_links = _join(map(in_zone, _all(folder, _LINKS)))
    events, bad_events = _join(map(of_events, _all(folder, _EVENTS)))
    impressions, bad_impressions = _join(map(of_impressions, _all(folder, _IMPRESSIONS)))
    chains, bad_chains = _join(map(load_chains, _all(folder, _CHAINS)))
    retractions, bad_retractions = _join(map(taken_back, _all(folder, _RETRACTIONS)))
    truth = Truth(
        pairs=pairs + judged,
        links=links,
        events=events,
        impressions=impressions,
        chains=chains,
        retractions=dict(retractions),
    )
    bad = bad_pairs + bad_judged + bad_links + bad_events + bad_impressions
    return truth, bad + bad_chains + bad_retractions


def _retractions(
    file: Path, timezone: str
) -> tuple[tuple[tuple[str, datetime], ...], tuple[Quarantined, ...]]:
    moments, quarantined = load_retractions(file, timezone=timezone)
    return tuple(moments.items()), quarantined


def _articles(
    place: Path, timezone: str, fields: Mapping[str, str] | None
) -> tuple[tuple[Article, ...], tuple[Quarantined, ...]]:
    sound: list[Article] = []
    refused: list[Quarantined] = []
    for record in read(place, timezone=timezone, fields=fields):
        if isinstance(record, Article):
            sound.append(record)
        else:
            refused.append(record)
    if refused and not sound:
        first = refused[0]
        msg = (
            f"{place}: at least one line must be an article, got {len(refused)} that are not; "
            f"say where the fields are with fields={{'headline': '…'}}; "
            f"first line {first.line}: {first.reason}"
        )
        raise IngestError(msg)
    return tuple(sound), tuple(refused)


def _places(folder: Path) -> list[Path]:
    """Give the files and the folder that hold the articles.

    Raises
    ------
    IngestError
        When the folder holds neither articles nor truth.
    """
    places = _all(folder, _ARTICLES)
    if (folder / _ARTICLE_FOLDER).is_dir():
        places.append(folder / _ARTICLE_FOLDER)
    truth = _all(folder, _TRUTH) + _qrels(folder)
    if not places and not truth:
        files = ", ".join((*_ARTICLES, *_TRUTH, *_QRELS))
        msg = (
            f"{folder}: the folder must hold one of {files}, a folder "
            f"{_ARTICLE_FOLDER}, MIND ({mind.NEWS}, {mind.BEHAVIORS}) or EB-NeRD "
            f"({ebnerd.ARTICLES}, {ebnerd.BEHAVIORS}), and has none; name its files like that"
        )
        raise IngestError(msg)
    if places:
        return places
    others = [*folder.glob("[!.]*.jsonl"), *folder.glob("[!.]*.jsonl.gz")]
    return sorted(path for path in others if path.is_file() and path not in truth)


def _all(folder: Path, names: tuple[str, ...]) -> list[Path]:
    found = (find(folder, name) for name in names)
    return [path for path in found if path is not None]


def _qrels(folder: Path) -> list[Path]:
    """Give the files of judgements, which may have any name, in the order of their names."""
    found = {
        path.name.removesuffix(".gz")
        for pattern in _QRELS
        for suffix in ("", ".gz")
        for path in folder.glob(pattern + suffix)
    }
    return _all(folder, tuple(sorted(name for name in found if not name.startswith("."))))


def _join(
    parts: Iterable[tuple[tuple[T, ...], tuple[Quarantined, ...]]],
) -> tuple[tuple[T, ...], tuple[Quarantined, ...]]:
    """Put what several files gave one after the other."""
    values: list[T] = []
    quarantined: list[Quarantined] = []
    for found, refused in parts:
        values.extend(found)
        quarantined.extend(refused)
    return tuple(values), tuple(quarantined)
