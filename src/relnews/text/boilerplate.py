"""Takes out of a body what is not news: datelines, credits, cross-references, sales lines.

First step of the text stage: whatever embeds or shows an article's text has had it cleaned here.
The rules are data, in `boilerplate.toml`, each with examples of what it removes and keeps.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal, get_args

from relnews.errors import InvalidPolicy

Where = Literal["start", "end", "line", "anywhere"]

_KEYS = {"name", "where", "cues", "guarded", "pattern", "removes", "keeps"}
_CUE = 2  # characters of a line by which its rules are looked up
_TAIL = 200  # characters in which a sign-off must lie
_UNFINISHED = re.compile(r"[\w,;–-]\Z")
_GAP = "\x00"  # stands where something was removed; no article holds it
_EMPTIED = re.compile(r"^[ \t\x00]*\x00[ \t\x00]*(?:\n|\Z)", re.MULTILINE)
_SPACES = re.compile(r"[ \t]{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of boilerplate: where it stands, how to know it, and examples either way."""

    name: str
    where: Where
    pattern: re.Pattern[str]
    cues: tuple[str, ...]
    guarded: bool
    removes: tuple[str, ...]
    keeps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Book:
    start: tuple[Rule, ...]
    end: tuple[Rule, ...]
    anywhere: tuple[Rule, ...]
    line: dict[str, tuple[Rule, ...]]  # by the first two characters of a cue


def clean(text: str) -> str:
    r"""Remove boilerplate from a body or teaser; the news in it stays as it is.

    Lines come back stripped, with at most one empty line between them. Cleaning twice changes
    nothing more; an empty text gives ``""``. O(n) for n characters.

    Raises
    ------
    InvalidPolicy
        When the package's rule file is malformed.

    Examples
    --------
    >>> clean("Berlin (dpa) - Der Senat berät.\nLesen Sie auch: Was der Senat plant\n(dpa)")
    'Der Senat berät.'
    """
    book = _book()
    removed = True
    while removed:  # what was removed may have hidden more
        text, removed = _sweep(text, book)
    return text


def rules() -> tuple[Rule, ...]:
    """Return the rules of the package's rule file, in its order."""
    return _rules()


def _sweep(text: str, book: _Book) -> tuple[str, bool]:
    """Apply every rule once; also say whether one of them removed something."""
    whole = _without_lines(text, book.line)
    swept = whole
    for rule in book.anywhere:
        if any(cue in swept for cue in rule.cues):
            left = rule.pattern.sub(_GAP, swept)
            if left != swept:
                swept = _SPACES.sub(" ", _EMPTIED.sub("", left).replace(_GAP, " "))
    for rule in book.start:
        if found := rule.pattern.match(swept):
            swept = swept[found.end() :]
    for rule in book.end:
        if found := rule.pattern.search(swept, max(0, len(swept) - _TAIL)):
            swept = swept[: found.start()]
    return swept, swept != whole


def _without_lines(text: str, rules_by_cue: dict[str, tuple[Rule, ...]]) -> str:
    """Drop the lines that a rule matches whole, and the lower-case lines that continue them."""
    lines = [line.strip() for line in text.strip().split("\n")]
    kept: list[str] = []
    drops = False
    for at, line in enumerate(lines):
        if drops and line[:1].islower() and _UNFINISHED.search(lines[at - 1]):
            continue
        drops = False
        if not line:
            if kept and kept[-1]:
                kept.append(line)
            continue
        for rule in rules_by_cue.get(line[:_CUE], ()):
            if line.startswith(rule.cues) and rule.pattern.fullmatch(line):
                drops = not rule.guarded or _stands_alone(kept, lines[at + 1 : at + 2])
                if drops:
                    break
        if not drops:
            kept.append(line)
    return "\n".join(kept).strip()


def _stands_alone(before: list[str], after: list[str]) -> bool:
    """Tell a page control from a word that wrapped text left alone on its line."""
    goes_on = bool(after) and after[0][:1].islower()
    return not goes_on and not (before and _UNFINISHED.search(before[-1]))


@lru_cache(maxsize=1)
def _rules() -> tuple[Rule, ...]:
    source = resources.files("relnews.text").joinpath("boilerplate.toml")
    return parse_rules(source.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _book() -> _Book:
    at: dict[str, list[Rule]] = defaultdict(list)
    by_cue: dict[str, list[Rule]] = defaultdict(list)
    for rule in _rules():
        at[rule.where].append(rule)
        if rule.where == "line":
            for key in dict.fromkeys(cue[:_CUE] for cue in rule.cues):
                by_cue[key].append(rule)
    return _Book(
        start=tuple(at["start"]),
        end=tuple(at["end"]),
        anywhere=tuple(at["anywhere"]),
        line={key: tuple(found) for key, found in by_cue.items()},
    )


def parse_rules(source: str) -> tuple[Rule, ...]:
    """Read rules from TOML text; `boilerplate.toml` explains the fields.

    Raises
    ------
    InvalidPolicy
        When the text is not TOML, or a rule lacks a field, has an unknown one, or holds a
        pattern that does not compile.
    """
    try:
        document = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        msg = f"the rule file must be TOML: {error}"
        raise InvalidPolicy(msg) from error
    fragments, entries = document.get("fragments", {}), document.get("rule", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        msg = f"rule must be a list of tables, [[rule]], got {entries!r:.80}"
        raise InvalidPolicy(msg)
    if not isinstance(fragments, dict) or not all(isinstance(v, str) for v in fragments.values()):
        msg = f"fragments must be a table of texts, [fragments], got {fragments!r:.80}"
        raise InvalidPolicy(msg)
    found = tuple(_rule(entry, fragments) for entry in entries)
    names = [rule.name for rule in found]
    if twice := {name for name in names if names.count(name) > 1}:
        msg = f"rule names must be unique, got twice: {', '.join(sorted(twice))}"
        raise InvalidPolicy(msg)
    return found


def _rule(entry: dict[str, object], fragments: dict[str, str]) -> Rule:
    name = entry.get("name")
    if not isinstance(name, str) or not name:
        msg = f"a boilerplate rule must have a name, got {entry!r:.80}"
        raise InvalidPolicy(msg)
    if unknown := entry.keys() - _KEYS:
        msg = f"rule {name}: unknown field {', '.join(sorted(unknown))}; known: {sorted(_KEYS)}"
        raise InvalidPolicy(msg)
    places: tuple[Where, ...] = get_args(Where)
    where = next((place for place in places if place == entry.get("where")), None)
    pattern, guarded = entry.get("pattern"), entry.get("guarded", False)
    if where is None:
        msg = f"rule {name}: where must be one of {', '.join(places)}, got {entry.get('where')!r}"
        raise InvalidPolicy(msg)
    if not isinstance(pattern, str) or not isinstance(guarded, bool):
        msg = f"rule {name}: pattern must be text and guarded true or false"
        raise InvalidPolicy(msg)
    cues = _texts(entry, "cues", least=1 if where in {"line", "anywhere"} else 0)
    if where == "line" and any(len(cue) < _CUE for cue in cues):
        msg = f"rule {name}: the cues of a line rule must have {_CUE} characters at least"
        raise InvalidPolicy(msg)
    return Rule(
        name=name,
        where=where,
        pattern=_compiled(name, pattern + (r"\s*\Z" if where == "end" else ""), fragments),
        cues=cues,
        guarded=guarded,
        removes=_texts(entry, "removes", least=1),
        keeps=_texts(entry, "keeps", least=1),
    )


def _texts(entry: dict[str, object], field: str, *, least: int) -> tuple[str, ...]:
    values = entry.get(field, [])
    if (
        not isinstance(values, list)
        or len(values) < least
        or not all(isinstance(value, str) and value for value in values)
    ):
        msg = f"rule {entry['name']}: {field} must be a list of at least {least} texts"
        raise InvalidPolicy(msg)
    return tuple(values)


def _compiled(name: str, pattern: str, fragments: dict[str, str]) -> re.Pattern[str]:
    for _ in range(len(fragments)):  # a fragment may use another
        for key, value in fragments.items():
            pattern = pattern.replace(f"{{{{{key}}}}}", value)
    try:
        return re.compile(pattern, re.VERBOSE)
    except re.error as error:
        msg = f"rule {name}: the pattern must be a regular expression: {error}"
        raise InvalidPolicy(msg) from error
