"""Measure what a pretrained model adds, on every evaluation corpus that is small enough to embed.

Human-graded pairs (CNRec, energy chains; English), tags (de-news, in German and in its English
translation), sections (10kGNAD; German): the library with the model against itself with the latent
view, the model's cosine alone, both views without later stages ("hybrid", with the model), and
tf-idf, in one run. Without stories, too: none of these judges lists that pass a story on.

    python benchmarks/models_quality.py MODEL [--only NAME ...] [--cache FOLDER] [--data FOLDER]

MODEL is a preset, a TOML file, a model folder or a hub name. Prints Markdown.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from quality import DEFAULT_DATA, Corpus, details
from relnews import Policy
from relnews.embed.sentence.encoder import load_encoder
from relnews.embed.sentence.presets import load_settings
from relnews.evaluate import Plan, RememberingEncoder, SentenceModel, Systems, evaluate, load

if TYPE_CHECKING:
    from relnews.evaluate import World
    from relnews.evaluate.results import Evaluation

ENGLISH = {"headline": "headline_en", "body": "body_en"}
CORPORA = {
    "cnrec-open": Corpus("cnrec-open", ("pairs",)),
    "energy-chains": Corpus("energy-chains", ("pairs",)),
    "de-news in English": Corpus("de-news", ("tags",), ENGLISH),
    "de-news": Corpus("de-news", ("tags",)),
    "10kgnad": Corpus("10kgnad", ("sections",), {"headline": "body"}),
}


def main() -> None:
    """Run the corpora and print what came out."""
    options = arguments(__doc__ or "")
    encoder = encoder_of(options.model, options.cache)
    for name in options.only or CORPORA:
        print(details(measure(options.data, CORPORA[name], encoder)))


def arguments(about: str) -> argparse.Namespace:
    """Read the command line: the model, and on what."""
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("model")
    parser.add_argument("--only", nargs="+", choices=CORPORA)
    parser.add_argument("--cache", type=Path, help="keep vectors here for the next run")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    return parser.parse_args()


def encoder_of(model: str, cache: Path | None) -> RememberingEncoder:
    """Load a model."""
    settings = load_settings(model)
    if settings is None:
        msg = "MODEL must be a pretrained one, got the latent view, which it is compared with"
        raise SystemExit(msg)
    return RememberingEncoder(load_encoder(settings), cache)


def measure(data: Path, corpus: Corpus, encoder: RememberingEncoder) -> Evaluation:
    """Evaluate one corpus."""
    dataset = load(data / corpus.folder, fields=corpus.fields)
    encoder.prepare(dataset.articles)

    def alone(world: World) -> SentenceModel:
        return SentenceModel(world, encoder)

    systems = Systems(
        policies={
            "relnews + model": Policy(),
            "the same, no stories": Policy(story_similarity=1.0),
        },
        models={"relnews": None},
        others={"model alone": alone},
        baselines=["hybrid", "tf-idf"],
        encoder=encoder,
    )
    return evaluate(dataset, systems, Plan(tasks=corpus.tasks, with_curves=False)).evaluation


if __name__ == "__main__":
    main()
