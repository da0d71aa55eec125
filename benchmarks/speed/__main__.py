"""Measure how fast the parts are, each beside its peers in the same run.

    python benchmarks/speed [--only SECTION] [--quick] [--json FILE]

Every section is a module of this folder with `measure(quick) -> list[Section]`. One core: set
OMP_NUM_THREADS=1 and OPENBLAS_NUM_THREADS=1. A peer that is not installed is left out and named.
"""

from __future__ import annotations

import argparse
import importlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits

if TYPE_CHECKING:
    from timing import Section

SECTIONS = ("moment", "pools", "approximate", "engines", "lists", "diversity", "arrivals", "peers")


def main() -> None:
    """Run the sections and print their tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=SECTIONS)
    parser.add_argument("--quick", action="store_true", help="small corpora, few rounds")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found: list[Section] = []
    with threadpool_limits(1):
        print("kernels:", _kernels())
        for name in options.only or SECTIONS:
            for section in importlib.import_module(name).measure(options.quick):
                print_section(section)
                found.append(section)
    if options.json:
        records = [section.record() for section in found]
        options.json.write_text(json.dumps(records, indent=1), encoding="utf-8")


def _kernels() -> str:
    """Name what numpy multiplies with; its kernel decides about half of some figures."""
    np.ones((2, 2)) @ np.ones((2, 2))  # loads it
    found = {
        f"{pool.get('internal_api')} {pool.get('version')} {pool.get('architecture', '')}"
        for pool in threadpool_info()
    }
    return ", ".join(sorted(found))


def print_section(section: Section) -> None:
    """Print a section as a Markdown table."""
    facts = list(dict.fromkeys(name for row in section.rows for name in row.facts))
    print(f"\n### {section.title}\n\n{section.setting}\nTarget: {section.target}\n")
    print("| who | seconds | ratio |" + "".join(f" {name} |" for name in facts))
    print("|---|---|---|" + "---|" * len(facts))
    for row in section.rows:
        cells = [_shown(row.facts.get(name, "")) for name in facts]
        print(f"| {row.name} | {row.seconds:.4g} | {row.ratio:.3g} | " + " | ".join(cells) + " |")


def _shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"


if __name__ == "__main__":
    main()
