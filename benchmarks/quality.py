"""Measure quality on every evaluation corpus and write the table that the README shows.

Editors' links and co-shares (FANG-COVID, replayed through time), graded pairs (CNRec, energy
chains), sections (10kGNAD) and tags (de-news): the library under its default policy against
BM25, tf-idf, the latent view, the newest of the section and the most read, with intervals
resampled by day or source article, and p-values corrected for all comparisons of a task.

    python benchmarks/quality.py [--data ../shared/data] [--only fang] [--reports FOLDER]

Without `--only`, it writes `benchmarks/quality.md` and the table in the README.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass, field
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

from relnews.evaluate import Plan, evaluate, load
from relnews.evaluate.compare.paired import SIGNIFICANT
from relnews.evaluate.report import to_html, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from relnews.evaluate.results import Comparison, Estimate, Evaluation, TaskResult

ROOT = Path(__file__).resolve().parents[1]
DEFAULT_DATA = ROOT.parent / "shared" / "data"
TABLE = ROOT / "benchmarks" / "quality.md"
BEGIN, END = "<!-- quality: begin -->", "<!-- quality: end -->"


@dataclass(frozen=True)
class Corpus:
    """A folder of data, and what is asked about it."""

    folder: str
    tasks: tuple[str, ...]
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A metric of a task, as the README shows it."""

    title: str
    folder: str
    task: str
    metric: str


CORPORA = (
    Corpus("fang", ("links", "events")),
    Corpus("cnrec-open", ("pairs",)),
    Corpus("energy-chains", ("pairs",)),
    Corpus("10kgnad", ("sections",), {"headline": "body"}),
    Corpus("de-news", ("tags",)),
)

ROWS = (
    Row("editors' links, nDCG@10", "fang", "links", "nDCG@10"),
    Row("editors' links, recall@10", "fang", "links", "recall@10"),
    Row("co-shares, hit@10", "fang", "events", "hit@10"),
    Row("co-shares, recall@10", "fang", "events", "recall@10"),
    Row("co-shares within the outlet, hit@10", "fang", "events, own outlet", "hit@10"),
    Row("co-shares within the outlet, recall@10", "fang", "events, own outlet", "recall@10"),
    Row("CNRec similarity, Pearson *", "cnrec-open", "pairs: similarity", "Pearson"),
    Row("CNRec similarity, Spearman *", "cnrec-open", "pairs: similarity", "Spearman"),
    Row("CNRec would follow, AUC *", "cnrec-open", "pairs: would_follow", "AUC(gain>=0.5)"),
    Row("CNRec would follow, nDCG@5", "cnrec-open", "pairs: would_follow", "nDCG@5"),
    Row("energy chains, AP *", "energy-chains", "pairs: same_chain", "AP(gain>=0.5)"),
    Row("energy chains, nDCG@5", "energy-chains", "pairs: same_chain", "nDCG@5"),
    Row("10kGNAD sections, P@10", "10kgnad", "sections", "precision@10"),
    Row("10kGNAD sections, nDCG@10", "10kgnad", "sections", "nDCG@10"),
    Row("de-news tags, P@10", "de-news", "tags", "precision@10"),
    Row("de-news tags, nDCG@10", "de-news", "tags", "nDCG@10"),
)

SYSTEMS = (
    "relnews",
    "tf-idf + freshness",
    "tf-idf",
    "BM25 + freshness",
    "BM25",
    "latent",
    "newest in section",
    "most read",
)


def main() -> None:
    """Run all corpora and write what came out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--only", choices=[corpus.folder for corpus in CORPORA])
    parser.add_argument("--reports", type=Path, help="write a page and JSON a corpus here")
    options = parser.parse_args()
    found: dict[str, Evaluation] = {}
    for corpus in CORPORA:
        if options.only in {None, corpus.folder}:
            found[corpus.folder] = measure(options.data, corpus, options.reports)
            print(details(found[corpus.folder]))
    if options.only is None:
        TABLE.write_text(document(found), encoding="utf-8")
        readme = ROOT / "README.md"
        readme.write_text(with_table(readme.read_text(encoding="utf-8"), summary(found)), "utf-8")


def measure(data: Path, corpus: Corpus, reports: Path | None) -> Evaluation:
    """Evaluate one corpus; pages with headlines stay outside of the repository."""
    dataset = load(data / corpus.folder, fields=corpus.fields)
    found = evaluate(dataset, plan=Plan(tasks=corpus.tasks)).evaluation
    if reports is not None:
        reports.mkdir(parents=True, exist_ok=True)
        (reports / f"{corpus.folder}.html").write_text(to_html(found), encoding="utf-8")
        (reports / f"{corpus.folder}.json").write_text(to_json(found), encoding="utf-8")
    return found


def document(found: Mapping[str, Evaluation]) -> str:
    """Give all results as Markdown."""
    intro = (
        "# Quality\n\n"
        "Written by `python benchmarks/quality.py`. Brackets hold 95 % intervals; p is that of a\n"
        "Fisher randomisation test, corrected (Holm) for all comparisons of its task.\n\n"
    )
    return intro + summary(found) + "\n" + "\n".join(details(one) for one in found.values())


def summary(found: Mapping[str, Evaluation]) -> str:
    """Give the table of the README: metrics by systems, the best in bold.

    A dagger marks what differs from the library on that metric, corrected p below .05.
    """
    rows = [["", *SYSTEMS]]
    for row in ROWS:
        task = next(one for one in found[row.folder].tasks if one.name == row.task)
        values = {
            system.name: system.values[row.metric].value
            for system in task.systems
            if system.name in SYSTEMS and row.metric in system.values
        }
        best = max(round(value, 3) for value in values.values())
        apart = {
            one.peer
            for one in task.comparisons
            if one.metric == row.metric and one.p_corrected < SIGNIFICANT
        }
        cells = [row.title]
        for name in SYSTEMS:
            text = f"{values[name]:.3f}" if name in values else "–"
            text = f"**{text}**" if name in values and round(values[name], 3) == best else text
            cells.append(text + (" †" if name in apart else ""))
        rows.append(cells)
    return _table(rows)


def details(evaluation: Evaluation) -> str:
    """Give each task of a corpus: what was asked, all systems, all comparisons."""
    parts = [f"## {evaluation.title}\n"]
    for task in evaluation.tasks:
        removed = ", ".join(f"{count} {name}" for name, count in task.removed.items()) or "nothing"
        parts += [
            f"### {task.name}\n",
            f"{task.about} {task.n_questions:,} questions, {task.n_without_truth:,} of them",
            f"without a right answer; {task.groups[1]:,} groups ({task.groups[0]}). Left out:",
            f"{removed}.\n",
            _table(_systems(task)),
            _table(_comparisons(task.comparisons)),
        ]
    return "\n".join(parts)


def with_table(readme: str, table: str) -> str:
    """Put a table between the marks of the README."""
    pattern = re.escape(BEGIN) + ".*?" + re.escape(END)
    return re.sub(pattern, lambda _: f"{BEGIN}\n\n{table}\n{END}", readme, flags=re.DOTALL)


def _systems(task: TaskResult) -> list[list[str]]:
    metrics = [name for name in task.better if any(name in one.values for one in task.systems)]
    rows = [["metric", *(system.name for system in task.systems)]]
    for metric in metrics:
        values = [system.values.get(metric) for system in task.systems]
        rows.append([metric.replace("|", "\\|"), *map(_cell, values)])
    return rows


def _cell(value: Estimate | None) -> str:
    if value is None or isnan(value.value):
        return "–"
    if isnan(value.low):
        return f"{value.value:.3f}"
    return f"{value.value:.3f} [{value.low:.3f}, {value.high:.3f}]"


def _comparisons(comparisons: Iterable[Comparison]) -> list[list[str]]:
    rows = [["metric", "system", "against", "difference", "p", "d", "wins/ties/losses"]]
    for one in comparisons:
        outcome = f"{one.wins}/{one.ties}/{one.losses}"
        gap, chance = _cell(one.difference), f"{one.p_corrected:.4f}"
        row = [one.metric, one.system, one.peer, gap, chance, f"{one.effect:.2f}", outcome]
        rows.append(row)
    return rows


def _table(rows: list[list[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


if __name__ == "__main__":
    main()
