"""What is known about a preset: its card, and the facts in the table at the card's top."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FACTS = ("model", "languages", "licence", "size", "dimensions", "tokens", "prompt", "pooling")
"""The rows that every card's table has, in this order."""

_ROW = re.compile(r"^\| (\w+) \| (.+?) \|$", re.MULTILINE)


def card(folder: Path) -> str:
    """Give the card of a preset's folder, as Markdown."""
    return (folder / "card.md").read_text(encoding="utf-8")


def facts(folder: Path) -> dict[str, str]:
    """Give the facts of a preset by the names in `FACTS`."""
    head, _, _ = card(folder).partition("\n## ")
    return {name: value for name, value in _ROW.findall(head) if name in FACTS}
