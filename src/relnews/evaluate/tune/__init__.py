"""Tuning: a policy from a site's own truth, chosen on earlier questions, checked on later ones."""

from relnews.evaluate.tune.choice import pareto
from relnews.evaluate.tune.record import SectionLife, Trial, Tuned, Verdict
from relnews.evaluate.tune.report import to_text, to_toml
from relnews.evaluate.tune.search import tune

__all__ = ["SectionLife", "Trial", "Tuned", "Verdict", "pareto", "to_text", "to_toml", "tune"]
