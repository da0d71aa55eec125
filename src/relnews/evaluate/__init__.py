"""Evaluation: what a list is worth, measured without leaks, for any recommender.

`evaluate` walks the folder from end to end: `load` (files to truth), `ask` (truth to questions,
leaks out), `world` (questions to lists, each as of its moment), `metrics` and `compare` (lists to
numbers), `report`. Beside the way stand `offpolicy` (clicks foretold from a log) and `tune` (a
policy from a site's own truth).
"""

from relnews.evaluate.archive import Archive
from relnews.evaluate.ask.guards import guard, sees_the_future
from relnews.evaluate.catalogue import Catalogue
from relnews.evaluate.compare.gate import gate
from relnews.evaluate.contest import Plan
from relnews.evaluate.evaluation import Outcome, evaluate
from relnews.evaluate.judged import Judged, Run
from relnews.evaluate.load import Dataset, load
from relnews.evaluate.offpolicy.estimates import off_policy
from relnews.evaluate.protocols import Likens, ListMetric, Recommends, RunMetric
from relnews.evaluate.truth import (
    Chain,
    EditorLinks,
    Event,
    Impression,
    JudgedPair,
    Question,
    Truth,
)
from relnews.evaluate.world.baselines import Pipeline, Ranked, SentenceModel, StoredRun
from relnews.evaluate.world.remembering_encoder import RememberingEncoder
from relnews.evaluate.world.replay import judge, replay
from relnews.evaluate.world.systems import BASELINES, Systems
from relnews.evaluate.world.world import World

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
    "RememberingEncoder",
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
]
