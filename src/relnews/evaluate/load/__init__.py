"""Load articles and truth from files: the first stage of an evaluation.

`load` takes a folder; the single loaders take a file each, and give what they read and what they
could not. In all of them a broken line costs itself alone.
"""

from relnews.evaluate.load.chains import load_chains
from relnews.evaluate.load.dataset import Dataset
from relnews.evaluate.load.ebnerd import load_ebnerd
from relnews.evaluate.load.events import load_events
from relnews.evaluate.load.folder import load
from relnews.evaluate.load.impressions import load_impressions
from relnews.evaluate.load.links import load_links
from relnews.evaluate.load.mind import load_mind
from relnews.evaluate.load.pairs import load_pairs
from relnews.evaluate.load.retractions import load_retractions
from relnews.evaluate.load.trec import load_qrels, read_qrels, read_run, write_qrels, write_run

__all__ = [
    "Dataset",
    "load",
    "load_chains",
    "load_ebnerd",
    "load_events",
    "load_impressions",
    "load_links",
    "load_mind",
    "load_pairs",
    "load_qrels",
    "load_retractions",
    "read_qrels",
    "read_run",
    "write_qrels",
    "write_run",
]
