"""Evaluation: what a list is worth, measured without leaks, for any recommender.

The way through the folder: `load` (files to truth), `questions` and `tasks` (truth to questions),
`guards` (leaks out), `world` and `replay` (lists as of their moment), `metrics`, `measure` and
`compare` (numbers), `report`; `tune` finds a policy. `evaluate` walks it from end to end.
"""

from relnews.evaluate.archive import Archive
from relnews.evaluate.baselines import Pipeline, Ranked, SentenceModel, StoredRun
from relnews.evaluate.catalogue import Catalogue
from relnews.evaluate.evaluation import Outcome, evaluate
from relnews.evaluate.gate import gate
from relnews.evaluate.guards import guard, sees_the_future
from relnews.evaluate.judged import Judged, Run
from relnews.evaluate.load import Dataset, load
from relnews.evaluate.offpolicy import off_policy
from relnews.evaluate.protocols import Likens, ListMetric, Recommends, RunMetric
from relnews.evaluate.replay import judge, replay
from relnews.evaluate.systems import BASELINES, Systems
from relnews.evaluate.trial import Plan
from relnews.evaluate.truth import (
    Chain,
    EditorLinks,
    Event,
    Impression,
    JudgedPair,
    Question,
    Truth,
)
from relnews.evaluate.tune import tune
from relnews.evaluate.world import World

__all__ = [
    "BASELINES",
    "Archive",
    "Catalogue",
    "Chain",
    "Dataset",
    "EditorLinks",
    "Event",
    "Impression",
    "Judged",
    "JudgedPair",
    "Likens",
    "ListMetric",
    "Outcome",
    "Pipeline",
    "Plan",
    "Question",
    "Ranked",
    "Recommends",
    "Run",
    "RunMetric",
    "SentenceModel",
    "StoredRun",
    "Systems",
    "Truth",
    "World",
    "evaluate",
    "gate",
    "guard",
    "judge",
    "load",
    "off_policy",
    "replay",
    "sees_the_future",
    "tune",
]
