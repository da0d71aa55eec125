"""Who is compared: the library under its policies, the baselines, stored runs, and yours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from relnews.embed.latent import MIN_ARTICLES
from relnews.errors import InvalidTruth
from relnews.evaluate.world.baselines import (
    AtRandom,
    Bm25,
    Hybrid,
    Latent,
    MostRead,
    Newest,
    NewestInSection,
    OtherModel,
    Pipeline,
    Ranked,
    StoredRun,
    TfIdf,
)
from relnews.policy import Policy
from relnews.rank.diversity import Mmr

if TYPE_CHECKING:
    import numpy as np

    from relnews.evaluate.archive import Archive
    from relnews.evaluate.protocols import Recommends
    from relnews.evaluate.world.baselines import Scorer
    from relnews.evaluate.world.readers import Readers
    from relnews.evaluate.world.world import World
    from relnews.protocols import ArticleEncoder

Build = Callable[["World"], "Recommends"]
"""Makes a recommender that looks at a world, as of wherever it stands."""

HALF_LIVES = (12.0, 24.0, 60.0, 168.0, 720.0)
DIVERSITIES = (0.0, 0.2, 0.4, 0.6)
"""The settings on the trade-off curves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Systems:
    """What to compare. The first policy is the one that all others are held against.

    Attributes
    ----------
    policies
        The library under each of them, by name.
    runs
        Lists of other systems, by name and then by question or source id (TREC run files).
    others
        Recommenders of your own, by name: each is made from the world of a task.
    baselines
        Names from `BASELINES`.
    encoder
        What gives the semantic view of the library under all policies, and of the baselines; None:
        the latent view.
    models
        The library with another semantic view, by name; None: the latent view. It follows the
        first policy but for its semantic weight, which belongs to a model: here it is measured.

    Raises
    ------
    InvalidTruth
        When there is none, a baseline is unknown, or two systems have one name.
    """

    policies: Mapping[str, Policy] = field(default_factory=lambda: {"relnews": Policy()})
    runs: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    others: Mapping[str, Build] = field(default_factory=dict)
    baselines: Sequence[str] = ()
    encoder: ArticleEncoder | None = None
    models: Mapping[str, ArticleEncoder | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what could not be told apart, or not be made."""
        unknown = [name for name in self.baselines if name not in BASELINES]
        if unknown:
            msg = f"a baseline must be one of {', '.join(BASELINES)}, got {', '.join(unknown)}"
            raise InvalidTruth(msg)
        names = Counter([*self._made_here, *self.others, *self.runs, *set(self.baselines)])
        double = [name for name, count in names.items() if count > 1]
        if double:
            msg = f"each system must have a name of its own, several are called {double[0]!r}"
            raise InvalidTruth(msg)
        if not names:
            msg = "there must be a system to measure, got none; add a policy or a baseline"
            raise InvalidTruth(msg)

    @property
    def main(self) -> str:
        """The name of the system that is held against all others."""
        return next(iter([*self._made_here, *self.others, *self.runs, *self.baselines]))

    @property
    def _made_here(self) -> list[str]:
        """The names of the library, under all policies and with all models."""
        return [*self.policies, *self.models]

    def build(
        self, world: World, readers: Readers, generator: np.random.Generator, *, dated: bool
    ) -> dict[str, Recommends]:
        """Make all systems for a world, without those that are `absent`.

        Where dates count for nothing, the library is asked without its freshness.

        Raises
        ------
        InvalidTruth
            When one of `others` makes no recommender, or no system has anything to go by.
        """
        built: dict[str, Recommends] = {
            name: Pipeline(world, _asked(policy, dated=dated))
            for name, policy in self.policies.items()
        }
        own = replace(next(iter(self.policies.values()), Policy()), semantic_weight=None)
        built |= {
            name: OtherModel(world, world.twin(encoder), _asked(own, dated=dated))
            for name, encoder in self.models.items()
        }
        built |= {name: _made(name, make, world) for name, make in self.others.items()}
        built |= {name: StoredRun(lists) for name, lists in self.runs.items()}
        absent = self.absent(world.archive, readers, dated=dated)
        for name in self.baselines:
            if name not in absent:
                built[name] = BASELINES[name](world, readers, generator)
        if not built:
            given = ", ".join(self.baselines)
            msg = f"a system must have something to go by, {given} has nothing; add a policy"
            raise InvalidTruth(msg)
        return built

    def absent(self, archive: Archive, readers: Readers, *, dated: bool) -> dict[str, str]:
        """Name the baselines that have nothing to go by in an archive, and say why."""
        reasons: dict[str, str] = {}
        if not dated:
            reasons |= dict.fromkeys(BY_DATE, "dates count for nothing here")
        if not len(readers):
            reasons[MOST_READ] = "no events"
        if self.encoder is not None:
            reasons[LATENT] = "the semantic view is that of a pretrained model"
        elif len(archive) < MIN_ARTICLES:
            reasons[LATENT] = f"no latent view below {MIN_ARTICLES:,} articles"
        if not any(archive.latest(name).section for name in archive.ids):
            reasons[IN_SECTION] = "no sections"
        return {name: reasons[name] for name in self.baselines if name in reasons}


LATENT, MOST_READ, IN_SECTION = "latent", "most read", "newest in section"
BY_DATE = ("BM25 + freshness", "tf-idf + freshness")

_Make = Callable[["World", "Readers", "np.random.Generator"], "Recommends"]


def _scored(scorer: Callable[[World], Scorer], fresh: Policy | None = None) -> _Make:
    """Make a baseline that needs nothing but the world."""
    return lambda world, _readers, _generator: Ranked(scorer(world), fresh)


BASELINES: dict[str, _Make] = {
    "BM25": _scored(Bm25),
    "BM25 + freshness": _scored(Bm25, Policy()),
    "tf-idf": _scored(TfIdf),
    "tf-idf + freshness": _scored(TfIdf, Policy()),
    LATENT: _scored(Latent),
    "hybrid": _scored(Hybrid),
    IN_SECTION: _scored(NewestInSection),
    MOST_READ: lambda world, readers, _generator: Ranked(MostRead(world, readers)),
    "newest": _scored(Newest),
    "random": lambda world, _readers, generator: Ranked(AtRandom(world, generator)),
}
"""How each baseline is made, by the name that the command line takes."""


def _asked(policy: Policy, *, dated: bool) -> Policy:
    return policy if dated else replace(policy, freshness_floor=1.0)


def _made(name: str, make: Build, world: World) -> Recommends:
    """Make a recommender of somebody else's, and say so when it is none."""
    try:
        made = make(world)
    except Exception as error:
        msg = f"{name} must make a recommender from a world, got {type(error).__name__}: {error}"
        raise InvalidTruth(msg) from error
    if not callable(getattr(made, "recommend", None)):
        msg = f"{name} must make an object with recommend(source, at, k), got {made!r:.80}"
        raise InvalidTruth(msg)
    return made


def curves(policy: Policy) -> dict[str, dict[str, Policy]]:
    """Give the policies on the trade-off curves: one setting varied, by curve and label."""
    return {
        "half-life": {
            f"{hours:g} h": replace(policy, half_life_hours=hours, section_half_life_hours={})
            for hours in HALF_LIVES
        },
        "diversity": {f"{share:g}": replace(policy, selector=Mmr(share)) for share in DIVERSITIES},
    }
