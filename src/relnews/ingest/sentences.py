"""Find where sentences end: for headlines that untitled texts lack, and for telling them apart.

Called by `relnews.ingest.fields` and `relnews.ingest.capture`.
"""

import re

__all__ = ["ends_sentence", "first_sentence", "is_one_sentence"]

_LONGEST = 200
_CLOSING = "\"'“”»«’‘)]"
_END = re.compile(rf"[.!?…][{re.escape(_CLOSING)}]*$")
_BREAK = re.compile(rf"(?<=[.!?…])[{re.escape(_CLOSING)}]*\s+(?=[\"'„“»«(]*[A-ZÄÖÜ0-9])")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(„\"])(?:[A-Za-zÄÖÜäöü]|\d+|Dr|Prof|Dipl|Ing|Mag|St|Nr|Str|bzw|ca|vgl|Mio|Mrd|Hr|Fr|"
    r"geb|gest|inkl|max|min|usw|u\.a|z\.B|d\.h|jr|sen|Abs|Art|Sr|Jan|Feb|Aug|Sept|Okt|Nov|Dez)\.$"
)


def ends_sentence(line: str) -> bool:
    """Say whether a line ends as sentences do, closing quotes and brackets aside."""
    return _END.search(line.rstrip()) is not None


def first_sentence(text: str) -> str:
    """Return the first sentence of the first line that has one, at most 200 characters.

    A longer one is cut at a word, and shows it by an ellipsis. Ordinals, initials and common
    abbreviations (``Dr. Muster``, ``3. Oktober``) end no sentence. Empty text gives empty text.
    """
    line = next((line for line in text.splitlines() if line.strip()), "")[: 10 * _LONGEST]
    line = " ".join(line.split())
    sentence = line[: _first_break(line)].strip()
    if len(sentence) <= _LONGEST:
        return sentence
    return sentence[: _LONGEST - 1].rpartition(" ")[0].rstrip(" ,;:–-") + "…"


def is_one_sentence(line: str) -> bool:
    """Say whether no sentence ends within the line."""
    return _first_break(line) == len(line)


def _first_break(line: str) -> int:
    for gap in _BREAK.finditer(line):
        if not _ABBREVIATION.search(line[: gap.start()][-12:]):
            return gap.end()
    return len(line)
