"""Measure what each setting of the policy is worth on editors' own links.

The default policy against the same with one setting changed, each list as of its moment; prints
nDCG@10 and recall@10 with intervals, and the difference to the default.

    python benchmarks/policies.py [--data ../shared/data/fang] [--task events]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from relnews import Dpp, Mmr, Policy
from relnews.evaluate import Plan, Systems, evaluate, load

DEFAULT_DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "fang"
METRICS = ("nDCG@10", "recall@10")

POLICIES = {
    "default": Policy(),
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


def main() -> None:
    """Run the comparison and print its table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--task", default="links")
    options = parser.parse_args()
    plan = Plan(tasks=(options.task,), with_curves=False)
    task = evaluate(load(options.data), Systems(policies=POLICIES), plan).evaluation.tasks[0]
    behind = {one.peer: one for one in task.comparisons if one.metric == METRICS[0]}
    print(f"| policy | {' | '.join(METRICS)} | against the default | p corrected |")
    print("|---|---|---|---|---|")
    for system in task.systems:
        cells = [f"{system.values[metric].value:.3f}" for metric in METRICS]
        peer = behind.get(system.name)
        if peer is None:
            cells += ["–", "–"]
        else:
            gap = peer.difference
            cells += [f"{-gap.value:+.3f} [{-gap.high:+.3f}, {-gap.low:+.3f}]"]
            cells += [f"{peer.p_corrected:.2f}"]
        print(f"| {system.name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
