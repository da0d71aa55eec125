"""Whom `evaluate` compares: policies, runs, baselines, sentence models, systems of your own."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from relnews.cli import options
from relnews.errors import InvalidTruth

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from relnews.evaluate import Systems
    from relnews.evaluate.world.systems import Build
    from relnews.evaluate.world.world import World
    from relnews.policy import Policy

MAIN = "relnews"
SENTENCE = "sentence:"
LONGEST_REASON = 300
"""So many characters are shown of what a foreign error says."""


def systems_of(peers: Sequence[str], policy_path: str | None) -> Systems:
    """Sort the peers by what they look like."""
    from relnews.evaluate import BASELINES, Systems
    from relnews.evaluate.load import read_run
    from relnews.policy import Policy
    from relnews.settings import load_policy

    policies: dict[str, Policy] = {MAIN: options.read_policy(policy_path) or Policy()}
    runs: dict[str, Mapping[str, Sequence[str]]] = {}
    others: dict[str, Build] = {}
    baselines: list[str] = []
    for peer in peers:
        name = Path(peer).stem
        if peer in BASELINES:
            baselines.append(peer)
        elif peer.startswith(SENTENCE):
            others[peer.removeprefix(SENTENCE)] = _sentence_model(peer)
        elif peer.endswith((".toml", ".run")) and name in {*policies, *runs}:
            msg = f"a file is called by its name, and there is another {name!r}; rename {peer}"
            raise InvalidTruth(msg)
        elif peer.endswith(".toml"):
            policies[name] = load_policy(peer)
        elif peer.endswith(".run"):
            runs[name] = read_run(peer)
        elif ":" in peer:
            others[peer] = _build(peer)
        else:
            known = ", ".join(BASELINES)
            msg = (
                "--compare takes policy.toml, file.run, sentence:MODEL, module:function or "
                f"{known}, got {peer!r}"
            )
            raise InvalidTruth(msg)
    named = baselines if peers else list(BASELINES)
    return Systems(policies=policies, runs=runs, others=others, baselines=named)


def _build(peer: str) -> Build:
    """Import a function that makes a recommender from a world; modules may lie in this folder."""
    module, _, name = peer.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)
    try:
        found: Build = getattr(import_module(module), name)
    except (Exception, SystemExit) as error:  # a module may do anything when it is run
        msg = (
            f"--compare module:function must name what can be imported, got {peer!r}: "
            f"{in_a_line(error)}"
        )
        raise InvalidTruth(msg) from error
    return found


def _sentence_model(peer: str) -> Build:
    """Load a model once; each world makes vectors of its own with it."""
    from relnews.evaluate import SentenceModel

    name = peer.removeprefix(SENTENCE)
    if not name:
        msg = f"--compare sentence:MODEL must name a model or its folder, got {peer!r}"
        raise InvalidTruth(msg)
    try:
        package = import_module("sentence_transformers")
    except Exception as error:
        msg = (
            f"--compare {peer} needs a package that can be imported; "
            f"pip install sentence-transformers ({in_a_line(error)})"
        )
        raise InvalidTruth(msg) from error
    try:
        encode = package.SentenceTransformer(name).encode
    except Exception as error:
        msg = (
            f"--compare sentence:MODEL must name a model that can be loaded, got {name!r}: "
            f"{in_a_line(error)}"
        )
        raise InvalidTruth(msg) from error

    def build(world: World) -> SentenceModel:
        return SentenceModel(world, encode)

    return build


def in_a_line(error: BaseException) -> str:
    """Give an error of somebody else's in one line that is short to read."""
    return f"{type(error).__name__}: {' '.join(str(error).split()):.{LONGEST_REASON}}"
