"""Training for a site: a sentence model learns from the site's own pairs of texts.

`train_model` walks the folder from end to end: `periods` (what is learned, chosen, measured when),
`pairs` and `reads` (truth to pairs), `start` and `static` (the base), `training` (the trainer of
sentence-transformers), `lists` and `comparison` (base against trained, on later questions),
`report` and `saving`. It needs ``relnews[train]``; nothing is imported before it is used.
"""

from relnews.train.pairs import KINDS, Pair, make_pairs, require_kinds
from relnews.train.plan import DEVICES, TrainingPlan
from relnews.train.report import TrainingReport, to_card, to_record, to_text
from relnews.train.run import train_model
from relnews.train.start import STATIC

__all__ = [
    "DEVICES",
    "KINDS",
    "STATIC",
    "Pair",
    "TrainingPlan",
    "TrainingReport",
    "make_pairs",
    "require_kinds",
    "to_card",
    "to_record",
    "to_text",
    "train_model",
]
