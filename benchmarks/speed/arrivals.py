"""Arrivals: every pool that a new article enters is updated, beside one pass over the vectors."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from synthetic import site
from timing import Section, interleaved

from relnews.index.join import join
from relnews.index.pools import insert
from relnews.index.space import DenseSpace

if TYPE_CHECKING:
    from collections.abc import Callable

    from relnews.index.pools import Pools

    Vector = np.ndarray[tuple[int], np.dtype[np.float32]]
    Vectors = np.ndarray[tuple[int, int], np.dtype[np.float32]]

M = 100
_NEW = 2000  # more than all rounds together take
_BATCH = 32
_MANY = 1000
_CLOSE = 1e-6  # products of the same pair in blocks of another shape


def measure(quick: bool) -> list[Section]:  # noqa: FBT001  # as every section is called
    """Let articles arrive at 100,000 others; at 10,000 when quick."""
    n = 10_000 if quick else 100_000
    vectors = site(n + _NEW).vectors
    old = vectors[:n]
    pools = join(DenseSpace(old), M)
    setting = f"{n} x {vectors.shape[1]} float32, pools of {M}."
    return [_few(pools, vectors, old, setting), _many(pools, vectors, setting)]


def _few(pools: Pools, vectors: Vectors, old: Vectors, setting: str) -> Section:
    """Measure single arrivals and batches, each against one pass over the old vectors."""
    one, batch = "one arrival", f"an arrival, {_BATCH} at once"
    rows = interleaved(
        {
            **_fastest_pass(old, vectors[-1]),
            one: lambda: _arrive(pools, vectors, 1),
            batch: lambda: _arrive(pools, vectors, _BATCH),
        },
        rounds=20,
    )
    together = rows[batch]
    rows[batch] = replace(
        together, seconds=together.seconds / _BATCH, ratio=together.ratio / _BATCH
    )
    target = f"{one} at most 1.3 of the pass, {_BATCH} at once at most 0.35 each"
    return Section("Arrivals in living pools", setting, target, list(rows.values()))


def _fastest_pass(vectors: Vectors, newcomer: Vector) -> dict[str, Callable[[], object]]:
    """Give the faster of the two orders in which a pass can be written."""
    passes: dict[str, Callable[[], object]] = {
        "one pass, X @ v": lambda: vectors @ newcomer,
        "one pass, v @ X.T": lambda: newcomer @ vectors.T,
    }
    race = interleaved(passes, rounds=5)
    fastest = min(passes, key=lambda name: race[name].seconds)
    return {fastest: passes[fastest]}


def _many(pools: Pools, vectors: Vectors, setting: str) -> Section:
    """Measure many arrivals against a join of everything, and compare their pools."""
    first = len(pools)
    rebuilt: list[Pools] = []
    whole = DenseSpace(vectors[: first + _MANY])
    rebuild, arrive = "a new join of all", f"{_MANY} arrivals, {_BATCH} at once"
    rows = interleaved(
        {
            rebuild: lambda: rebuilt.append(join(whole, M)),
            arrive: lambda: _arrive_in_batches(pools, vectors[: len(whole)]),
        },
        rounds=1,
    )
    error = np.sort(pools.similarity, axis=1) - np.sort(rebuilt[0].similarity, axis=1)
    rows[arrive].facts["pools that differ"] = int((np.abs(error).max(axis=1) > _CLOSE).sum())
    target = "the same pools"
    return Section("Arrivals or a rebuild", setting, target, list(rows.values()))


def _arrive(pools: Pools, vectors: Vectors, count: int) -> None:
    first = len(pools)
    insert(pools, DenseSpace(vectors[: first + count]), first)


def _arrive_in_batches(pools: Pools, vectors: Vectors) -> None:
    while len(pools) < len(vectors):
        _arrive(pools, vectors, min(_BATCH, len(vectors) - len(pools)))
