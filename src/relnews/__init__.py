"""relnews: related, fresh, diverse, explained and measured "Empfohlen" lists for news sites."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relnews.errors import RelnewsError
    from relnews.ingest import read
    from relnews.policy import Policy
    from relnews.rank.diversity import Dpp, Mmr
    from relnews.rank.rules import Block, Cap, NoList, Pin, Quota, Separate
    from relnews.recommender import Recommender
    from relnews.settings import load_policy
    from relnews.types import AddReport, Article, Quarantined, Related, RelatedList, Retraction

_HOMES = {
    "AddReport": "types",
    "Article": "types",
    "Block": "rank.rules",
    "Cap": "rank.rules",
    "Dpp": "rank.diversity",
    "Mmr": "rank.diversity",
    "NoList": "rank.rules",
    "Pin": "rank.rules",
    "Policy": "policy",
    "Quarantined": "types",
    "Quota": "rank.rules",
    "Recommender": "recommender",
    "Related": "types",
    "RelatedList": "types",
    "RelnewsError": "errors",
    "Retraction": "types",
    "Separate": "rank.rules",
    "load_policy": "settings",
    "read": "ingest",
}

__all__ = [
    "AddReport",
    "Article",
    "Block",
    "Cap",
    "Dpp",
    "Mmr",
    "NoList",
    "Pin",
    "Policy",
    "Quarantined",
    "Quota",
    "Recommender",
    "Related",
    "RelatedList",
    "RelnewsError",
    "Retraction",
    "Separate",
    "load_policy",
    "read",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that `import relnews` itself is light."""
    if name not in _HOMES:
        msg = f"module 'relnews' has no attribute {name!r}"
        raise AttributeError(msg)
    found = getattr(import_module(f"relnews.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
