"""Diverse lists: a step of many lists at once beside pyversity, one list after the other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from synthetic import site
from timing import Section, interleaved

from relnews.rank.diversity import Dpp, Mmr, select, select_many

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from relnews.protocols import Selector, Values

    Picks = npt.NDArray[np.intp]

N_CANDIDATES, K = 100, 10
N_LISTS, N_LISTS_QUICK = 512, 64
DIVERSITY = 0.3
TARGET = "3 x the lists per second of pyversity, with the same picks"


def measure(quick: bool) -> list[Section]:  # noqa: FBT001  # the one way all sections are called
    """Measure both selectors at two widths."""
    n_lists, rounds = (N_LISTS_QUICK, 2) if quick else (N_LISTS, 7)
    return [
        _section(selector, *drawn, rounds)
        for drawn in (pools(n_lists, dimensions) for dimensions in (256, 128))
        for selector in (Mmr(DIVERSITY), Dpp(DIVERSITY))
    ]


def pools(n_lists: int, dimensions: int) -> tuple[Values, Values]:
    """Draw a site; give the cosines and vectors of the nearest of some articles, best first."""
    everything = site(40 * n_lists, dimensions).vectors
    cosines = everything[:n_lists] @ everything.T
    cosines[np.arange(n_lists), np.arange(n_lists)] = -1
    rows = np.argsort(-cosines, axis=1)[:, :N_CANDIDATES]
    return np.take_along_axis(cosines, rows, axis=1), everything[rows]


def _section(selector: Selector, scores: Values, vectors: Values, rounds: int) -> Section:
    n_lists, m, dimensions = vectors.shape
    picks: dict[str, Picks] = {}
    jobs = {"relnews": lambda: select_many(selector, scores, vectors, K)}
    setting = f"{n_lists} lists of {K} from {m} candidates, d = {dimensions}"
    try:
        jobs = {"pyversity": _pyversity(selector, scores, vectors), **jobs}
    except ImportError:
        setting += "; pyversity is not installed"
    contestants = {name: partial(_keep, picks, name, job) for name, job in jobs.items()}
    rows = interleaved(contestants, rounds)
    reference = next(iter(picks.values()))
    for name, row in rows.items():
        row.facts["lists per second"] = n_lists / row.seconds
        row.facts["same picks"] = _share(picks[name], reference)
    from_0 = _picks_from_0(selector, scores, vectors)
    rows["relnews"].facts["same with cosines from 0"] = _share(from_0, reference)
    return Section(f"Diversity: {selector}", setting, TARGET, list(rows.values()))


def _keep(picks: dict[str, Picks], name: str, job: Callable[[], Picks]) -> None:
    picks[name] = job()


def _share(picks: Picks, reference: Picks) -> float:
    return float((picks == reference).all(axis=1).mean())


def _pyversity(selector: Selector, scores: Values, vectors: Values) -> Callable[[], Picks]:
    """Set up the peer; its diversity means what ours does."""
    from pyversity import dpp, mmr  # noqa: PLC0415  # a peer may be missing

    strategy = mmr if isinstance(selector, Mmr) else dpp

    def run() -> Picks:
        lists = zip(vectors, scores, strict=True)
        picked = [strategy(each, own, K, diversity=DIVERSITY).indices for each, own in lists]
        return np.array(picked, np.intp)

    return run


def _picks_from_0(selector: Selector, scores: Values, vectors: Values) -> Picks:
    """Pick once more with cosines below 0 as 0, which is how pyversity's MMR compares."""
    from_0 = (np.maximum(each @ each.T, 0) for each in vectors)
    lists = zip(scores, from_0, strict=True)
    return np.array([select(selector, own, each, K) for own, each in lists], np.intp)
