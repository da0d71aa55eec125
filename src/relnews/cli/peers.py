"""Whom `evaluate` compares: policies, models, runs, baselines, systems of your own."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from relnews.cli import options
from relnews.errors import InvalidTruth

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from relnews.cli.pretrained import Pretrained
    from relnews.evaluate import Systems
    from relnews.evaluate.world.systems import Build
    from relnews.evaluate.world.world import World
    from relnews.policy import Policy
    from relnews.protocols import ArticleEncoder

MAIN = "relnews"
SENTENCE = "sentence:"
MODEL = "model:"
LONGEST_REASON = 300
"""So many characters are shown of what a foreign error says."""


def systems_of(
    peers: Sequence[str], policy_path: str | None, model: str | None, pretrained: Pretrained
) -> Systems:
    """Sort the peers by what they look like; `model` gives the library its semantic view."""
    from relnews.evaluate import BASELINES, Systems
    from relnews.evaluate.load import read_run
    from relnews.policy import Policy
    from relnews.settings import load_policy

    policies: dict[str, Policy] = {MAIN: options.read_policy(policy_path) or Policy()}
    runs: dict[str, Mapping[str, Sequence[str]]] = {}
    others: dict[str, Build] = {}
    models: dict[str, ArticleEncoder | None] = {}
    baselines: list[str] = []
    encoder = pretrained.of(model)
    for peer in peers:
        name = Path(peer).stem
        if peer in BASELINES:
            baselines.append(peer)
        elif peer.startswith(SENTENCE):
            others[peer.removeprefix(SENTENCE)] = _sentence_model(peer, pretrained)
        elif peer.startswith(MODEL):
            other = _after(MODEL, peer)
            models[f"{MAIN} + {other}"] = pretrained.of(other)
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
                "--compare takes policy.toml, file.run, model:MODEL, sentence:MODEL, "
                f"module:function or {known}, got {peer!r}"
            )
            raise InvalidTruth(msg)
    named = baselines if peers else list(BASELINES)
    return Systems(
        policies=policies,
        runs=runs,
        others=others,
        baselines=named,
        encoder=encoder,
        models=models,
    )


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


def _sentence_model(peer: str, pretrained: Pretrained) -> Build:
    """Load a model once; each world compares its vectors anew."""
    from relnews.evaluate import SentenceModel

    name = _after(SENTENCE, peer)
    encoder = pretrained.of(name)
    if encoder is None:
        msg = f"--compare sentence:MODEL must name a pretrained model, got {peer!r}; say latent"
        raise InvalidTruth(msg)

    def build(world: World) -> SentenceModel:
        return SentenceModel(world, encoder)

    return build


def _after(prefix: str, peer: str) -> str:
    """Give the model that a peer names."""
    name = peer.removeprefix(prefix)
    if not name:
        msg = f"--compare {prefix}MODEL must name a model or its folder, got {peer!r}"
        raise InvalidTruth(msg)
    return name


def in_a_line(error: BaseException) -> str:
    """Give an error of somebody else's in one line that is short to read."""
    return f"{type(error).__name__}: {' '.join(str(error).split()):.{LONGEST_REASON}}"
