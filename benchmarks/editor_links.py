"""Measure quality on editors' own links.

For each article whose body links to others of its outlet, the text without those links is the
source, the moment is its publication, and the candidates are the outlet's articles that were
not newer. Prints nDCG@10 and recall@10 of each view with and without freshness, of a plain BM25
query as a peer, and of the whole pipeline with the default policy.

    python benchmarks/editor_links.py [--data ../shared/data/fang] [--json FILE]

Needs `pip install '.[bench]'`. The latent view is fitted without the source articles.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import bm25s
import numpy as np
import numpy.typing as npt

from relnews import Article, Dpp, Mmr, Policy, Recommender, read
from relnews.embed.lexical import stack
from relnews.model import fit_model, project
from relnews.rank.freshness import freshness
from relnews.rank.relevance import hybrid
from relnews.text import term, words

if TYPE_CHECKING:
    from relnews.mirror import Mirror

K = 10
DEFAULT_DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "fang"
Values = npt.NDArray[np.float32]

VARIANTS = {
    "semantic weight 0": Policy(semantic_weight=0.0),
    "semantic weight 0.15": Policy(semantic_weight=0.15),
    "semantic weight 0.3": Policy(semantic_weight=0.3),
    "relevance zero at the 25 % quantile": Policy(relevance_zero=0.25),
    "relevance zero at the 90 % quantile": Policy(relevance_zero=0.9),
    "relevance zero and floor at 99 %": Policy(relevance_zero=0.99, relevance_floor=0.99),
    "relevance floor at 95 %": Policy(relevance_floor=0.95),
    "relevance floor at 99 %": Policy(relevance_floor=0.99),
    "half-life 24 hours": Policy(half_life_hours=24.0),
    "half-life 72 hours, freshness floor 0.3": Policy(half_life_hours=72.0, freshness_floor=0.3),
    "half-life 336 hours, freshness floor 0.3": Policy(half_life_hours=336.0, freshness_floor=0.3),
    "no diversity": Policy(selector=Mmr(0.0)),
    "MMR 0.3": Policy(selector=Mmr(0.3)),
    "DPP 0.3": Policy(selector=Dpp(0.3)),
    "one article per story": Policy(max_same_story=1),
}


@dataclass(frozen=True)
class Link:
    """An article and the rows its editor linked to."""

    article: Article
    row: int
    targets: list[int]


def main() -> None:
    """Run the comparison and print its table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--vary", action="store_true", help="the pipeline under other policies too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Recommender.open(f"{folder}/news.db") as rec:
        rec.add(read(options.data / "articles.jsonl.gz"))
        results = measure(rec, options.data, VARIANTS if options.vary else {})
    table(results)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


def measure(
    rec: Recommender, data: Path, variants: dict[str, Policy]
) -> dict[str, dict[str, float]]:
    """Give nDCG@10 and recall@10 by system, and of the pipeline under other policies."""
    mirror = rec._mirror  # noqa: SLF001  # a benchmark looks inside
    links = load_links(rec, mirror, data / "editor_links.jsonl.gz")
    adopt_model_without(mirror, [link.row for link in links])
    policy = Policy()
    results: dict[str, dict[str, float]] = {}
    for name, similarities in systems(rec, mirror, links, policy).items():
        for suffix, decayed in (("", False), (" + freshness", True)):
            lists = [
                best(mirror, link, values, policy if decayed else None)
                for link, values in zip(links, similarities, strict=True)
            ]
            results[name + suffix] = judge(mirror, links, lists)
    for name, chosen in {"full pipeline, default policy": policy, **variants}.items():
        results[name] = judge(mirror, links, pipeline(rec, mirror, links, chosen))
    return results


def load_links(rec: Recommender, mirror: Mirror, path: Path) -> list[Link]:
    """Read the judged links; each source becomes a draft without its link texts."""
    mirror.refresh()
    links = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            article = rec.article(record["source_id"])
            links.append(
                Link(
                    replace(article, body=record["body_without_links"]),
                    mirror.corpus.row_of[article.id],
                    [mirror.corpus.row_of[target] for target in record["target_ids"]],
                )
            )
    return links


def adopt_model_without(mirror: Mirror, sources: list[int]) -> None:
    """Fit the latent view on all but the sources: in-fit figures are too good."""
    everything = np.arange(len(mirror.corpus))
    model, _ = fit_model(
        mirror.lexical, np.setdiff1d(everything, sources), np.random.default_rng(0)
    )
    vectors = project(model.latent, mirror.lexical, everything)
    mirror.adopt(replace(model, fingerprint=mirror.model.fingerprint), vectors, mirror.change + 1)
    mirror._change -= 1  # noqa: SLF001  # nothing was stored


def systems(
    rec: Recommender, mirror: Mirror, links: list[Link], policy: Policy
) -> dict[str, list[Values]]:
    """Give the similarity of each source to all articles, by system."""
    lexical, latent = [], []
    for link in links:
        document = mirror.analyzer.draft(link.article, "de")
        lexical.append(mirror.lexical.similarities(document))
        vector = mirror.model.latent.project(stack([document]))[0].astype(np.float32)
        latent.append(mirror.site().vectors @ vector)
    mixed = [
        hybrid(first, second, policy.semantic_weight)
        for first, second in zip(lexical, latent, strict=True)
    ]
    return {
        "BM25 query": bm25(rec, mirror, links),
        "tf-idf": lexical,
        "latent": [np.maximum(values, 0) for values in latent],
        "hybrid": mixed,
    }


def bm25(rec: Recommender, mirror: Mirror, links: list[Link]) -> list[Values]:
    """Score by a plain BM25 query of the whole text: what More-Like-This does."""
    stored = rec.store.articles(mirror.corpus.ids)
    index = bm25s.BM25(k1=1.2, b=0.75)
    index.index([tokens(stored[name]) for name in mirror.corpus.ids], show_progress=False)
    return [np.asarray(index.get_scores(sorted(set(tokens(link.article))))) for link in links]


def tokens(article: Article) -> list[str]:
    """Give the stems of headline and body."""
    stems: dict[str, str | None] = tokens.__dict__.setdefault("stems", {})
    found = words(f"{article.headline}\n{article.body}")
    for word in found:
        if word not in stems:
            stems[word] = term(word, "de")
    return [stem for word in found if (stem := stems[word]) is not None]


def candidates(mirror: Mirror, link: Link) -> npt.NDArray[np.bool_]:
    """Mark the articles of the outlet that were not newer, the source left out."""
    corpus = mirror.corpus
    marked = corpus["source"] == corpus["source"][link.row]
    marked &= corpus["published"] <= corpus["published"][link.row]
    marked[link.row] = False
    return np.asarray(marked)


def best(mirror: Mirror, link: Link, similarity: Values, policy: Policy | None) -> list[int]:
    """Give the k best rows, by similarity or, with a policy, by similarity times freshness."""
    scores = similarity
    published = mirror.corpus["published"]
    if policy is not None:
        ages = (published[link.row] - published) / 3600.0
        scores = similarity * freshness(ages, policy.half_life_hours, policy.freshness_floor)
    rows = np.flatnonzero(candidates(mirror, link))
    order = np.lexsort((-published[rows], -scores[rows]))
    return [int(row) for row in rows[order[:K]]]


def pipeline(
    rec: Recommender, mirror: Mirror, links: list[Link], policy: Policy
) -> list[list[int]]:
    """Ask the library itself, as a CMS would for a draft of the source."""
    policy = replace(policy, same_source=True)
    lists = []
    for link in links:
        if link.article.published_at is None:
            continue
        found = rec.recommend(link.article, at=link.article.published_at, k=K, policy=policy)
        lists.append([mirror.corpus.row_of[name] for name in found.ids])
    return lists


def judge(mirror: Mirror, links: list[Link], lists: list[list[int]]) -> dict[str, float]:
    """Give nDCG@10 and recall@10, over reachable targets and over all.

    A target that was newer than its source cannot be recommended at the source's moment; the
    reachable figures leave such targets out, the strict ones count them as missed.
    """
    reachable, strict = [], []
    for link, rows in zip(links, lists, strict=True):
        allowed = candidates(mirror, link)
        strict.append(one(rows, link.targets))
        within = [target for target in link.targets if allowed[target]]
        if within:
            reachable.append(one(rows, within))
    (ndcg, recall), (ndcg_strict, recall_strict) = np.mean(reachable, 0), np.mean(strict, 0)
    return {
        "ndcg@10": round(float(ndcg), 4),
        "recall@10": round(float(recall), 4),
        "strict ndcg@10": round(float(ndcg_strict), 4),
        "strict recall@10": round(float(recall_strict), 4),
        "queries": len(reachable),
    }


def one(rows: list[int], targets: list[int]) -> tuple[float, float]:
    """Give nDCG@10 (Järvelin and Kekäläinen, 2002) and recall@10 of one list."""
    hits = np.isin(rows, targets)
    gained = (hits / np.log2(np.arange(len(rows)) + 2)).sum()
    ideal = (1 / np.log2(np.arange(min(K, len(targets))) + 2)).sum()
    return float(gained / ideal), float(hits.sum() / len(targets))


def table(results: dict[str, dict[str, float]]) -> None:
    """Print the results as Markdown, with the ratio to the BM25 query."""
    peer = results["BM25 query"]["ndcg@10"]
    print("| system | nDCG@10 | recall@10 | nDCG@10 / BM25 | strict nDCG@10 | strict recall@10 |")
    print("|---|---|---|---|---|---|")
    for name, values in results.items():
        cells = [values["ndcg@10"], values["recall@10"], values["ndcg@10"] / peer]
        cells += [values["strict ndcg@10"], values["strict recall@10"]]
        print(f"| {name} | " + " | ".join(f"{cell:.3f}" for cell in cells) + " |")


if __name__ == "__main__":
    main()
