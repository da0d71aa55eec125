"""A contestant in a process of its own, so that its memory is its own and all stay warm."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
from threadpoolctl import threadpool_limits

from contestants.material import Material

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from contestants.material import Asked, Contestant, Rows

Given = TypeVar("Given")

_PATIENCE_SECONDS = 30.0
_PEAK = "VmHWM:"


class ContestantProcess:
    """Start a contestant, and ask it from here.

    Parameters
    ----------
    make
        Makes it from the material, in the new process; a function that pickles.
    folder
        Where the material lies.

    Attributes
    ----------
    ready_seconds
        How long it took until it could answer: imports of its own, reading, indexing.
    """

    def __init__(self, make: Callable[[Material], Contestant], folder: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, make, str(folder)))
        self._process.start()
        theirs.close()
        self.ready_seconds = float(self._reply())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._pipe.close()
        self._process.join(_PATIENCE_SECONDS)
        if self._process.is_alive():
            self._process.terminate()

    def one(self, rows: list[int]) -> list[float]:
        """Ask for one row after the other; give the seconds of each."""
        return list(self._ask("one", rows))

    def many(self, rows: Rows) -> float:
        """Ask for all rows at once; give the seconds."""
        return float(self._ask("many", rows))

    def rankings(self, asked: list[Asked]) -> list[Rows]:
        """Give the ranking of each article."""
        return list(self._ask("rankings", asked))

    def peak_gib(self) -> float:
        """Give the most memory it ever held."""
        return float(self._ask("peak", None)) / 2**30

    def _ask(self, what: str, given: object) -> Any:  # noqa: ANN401  # as its asker knows
        self._pipe.send((what, given))
        return self._reply()

    def _reply(self) -> Any:  # noqa: ANN401  # as its asker knows
        try:
            reply = self._pipe.recv()
        except EOFError as error:
            msg = "a contestant must stay alive while it is asked; its process ended, see above"
            raise RuntimeError(msg) from error
        if isinstance(reply, Exception):
            raise reply
        return reply


def own_peak_bytes(process: int | str = "self") -> int:
    """Give the peak of a process (Linux).

    Not `getrusage`, whose maximum a new process inherits from the one that started it.
    """
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith(_PEAK))
    return int(line.removeprefix(_PEAK).removesuffix("kB")) * 1024


def _serve(pipe: Connection, make: Callable[[Material], Contestant], folder: str) -> None:
    with threadpool_limits(1):
        start = time.perf_counter()
        contestant = make(Material(Path(folder)))
        pipe.send(time.perf_counter() - start)
        try:
            while True:
                what, given = pipe.recv()
                pipe.send(_answer(contestant, what, given))
        except EOFError:  # whoever asked has gone
            contestant.close()


def _answer(contestant: Contestant, what: str, given: object) -> object:
    try:
        return _ANSWERS[what](contestant, given)
    except Exception as error:  # noqa: BLE001  # raised again by whoever asked
        return error


def _one(contestant: Contestant, rows: list[int]) -> list[float]:
    return [_seconds(contestant.one, row) for row in rows]


def _many(contestant: Contestant, rows: Rows) -> float:
    return _seconds(contestant.many, rows)


def _rankings(contestant: Contestant, asked: list[Asked]) -> list[Rows]:
    return [np.asarray(contestant.ranking(question), np.int32) for question in asked]


def _peak(contestant: Contestant, _given: None) -> int:
    return contestant.peak_bytes()


def _seconds(ask: Callable[[Given], object], given: Given) -> float:
    start = time.perf_counter()
    ask(given)
    return time.perf_counter() - start


_ANSWERS: dict[str, Callable[..., object]] = {
    "one": _one,
    "many": _many,
    "rankings": _rankings,
    "peak": _peak,
}
