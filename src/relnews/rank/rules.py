"""Stage 5, the nouns: what editors order, as validated data. Rules win over scores.

A rule is a small frozen object; `to_json` and `from_json` are its stored form. How rules act
on a list is in `relnews.rank.ranker`; that they held is proven by `relnews.rank.check`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Literal, get_args

from relnews.errors import InvalidPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST = 999_999
"""No position and no count in a rule is larger."""

Attribute = Literal["section", "source", "access"]
"""What caps and quotas can count."""


@dataclass(frozen=True, slots=True)
class Pin:
    """Put `target_id` at `position` (1 is the top) of the list under `source_id`."""

    source_id: str
    target_id: str
    position: int = 1

    def __post_init__(self) -> None:
        """Refuse a pin that can never stand."""
        _require_ids(self.source_id, self.target_id)
        _require_count("position", self.position)
        _require_two(self.source_id, self.target_id)


@dataclass(frozen=True, slots=True)
class Block:
    """Never show `target_id` under `source_id`; under no article at all when that is empty."""

    target_id: str
    source_id: str = ""

    def __post_init__(self) -> None:
        """Refuse an empty target."""
        _require_ids(self.target_id)
        if self.source_id != "":
            _require_ids(self.source_id)


@dataclass(frozen=True, slots=True)
class NoList:
    """Give the article no list at all."""

    source_id: str

    def __post_init__(self) -> None:
        """Refuse an empty id."""
        _require_ids(self.source_id)


@dataclass(frozen=True, slots=True)
class Separate:
    """Never let the two stand together: not one under the other, not both in one list."""

    first_id: str
    second_id: str

    def __post_init__(self) -> None:
        """Refuse a pair that is one article."""
        _require_ids(self.first_id, self.second_id)
        _require_two(self.first_id, self.second_id)


@dataclass(frozen=True, slots=True)
class Cap:
    """Show at most `at_most` entries whose `attribute` is `value` in any list.

    Fills count; pins count too, but are placed all the same: a pin is an order for one list.
    """

    attribute: Attribute
    value: str
    at_most: int

    def __post_init__(self) -> None:
        """Refuse an unknown attribute or a negative number."""
        _require_attribute(self.attribute)
        _require_text("value", self.value)
        _require_count("at_most", self.at_most, least=0)


@dataclass(frozen=True, slots=True)
class Quota:
    """Show at least `at_least` entries whose `attribute` is `value` among the first `within`.

    Counted from the top, so that a shorter list stays a prefix of a longer one. Only related
    articles can fill a quota: with none left, it stays open.
    """

    attribute: Attribute
    value: str
    at_least: int
    within: int

    def __post_init__(self) -> None:
        """Refuse a quota that cannot be met."""
        _require_attribute(self.attribute)
        _require_text("value", self.value)
        _require_count("at_least", self.at_least)
        _require_count("within", self.within)
        if self.at_least > self.within:
            msg = f"at_least must not exceed within, got {self.at_least} > {self.within}"
            raise InvalidPolicy(msg)


Rule = Pin | Block | NoList | Separate | Cap | Quota

KINDS: dict[str, type[Rule]] = {
    "pin": Pin,
    "block": Block,
    "no_list": NoList,
    "separate": Separate,
    "cap": Cap,
    "quota": Quota,
}


def to_json(rule: Rule) -> dict[str, str | int]:
    """Give the stored form of a rule: its fields and its kind."""
    kind = next(name for name, cls in KINDS.items() if cls is type(rule))
    return {"kind": kind, **asdict(rule)}


def from_json(record: Mapping[str, object]) -> Rule:
    """Read a rule from its stored form; `InvalidPolicy` says what is wrong with it."""
    kind = record.get("kind")
    cls = KINDS.get(kind) if isinstance(kind, str) else None
    if cls is None:
        msg = f"a rule's kind must be one of {', '.join(KINDS)}, got {kind!r}"
        raise InvalidPolicy(msg)
    values = {name: value for name, value in record.items() if name != "kind"}
    known = {field.name for field in fields(cls)}
    if values.keys() - known:
        msg = f"a {kind} has {', '.join(sorted(known))}; unknown: {sorted(values.keys() - known)}"
        raise InvalidPolicy(msg)
    try:
        return cls(**values)  # type: ignore[arg-type]  # checked by each rule itself
    except TypeError as error:
        msg = f"a {kind} is incomplete: {error}"
        raise InvalidPolicy(msg) from None


def _require_ids(*ids: object) -> None:
    if not all(isinstance(value, str) and value.strip() for value in ids):
        msg = f"a rule names articles by their id, got {ids!r}; give ids that are not empty"
        raise InvalidPolicy(msg)


def _require_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        msg = f"{name} must be text, got {value!r}"
        raise InvalidPolicy(msg)


def _require_two(first_id: str, second_id: str) -> None:
    if first_id == second_id:
        msg = f"a rule about two articles needs two, got {first_id!r} twice"
        raise InvalidPolicy(msg)


def _require_count(name: str, value: object, least: int = 1) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        msg = f"{name} must be a whole number of at least {least}, got {value!r}"
        raise InvalidPolicy(msg)
    if value > MOST:
        msg = f"{name} must be at most {MOST}, got {value!r}"
        raise InvalidPolicy(msg)


def _require_attribute(value: object) -> None:
    if value not in get_args(Attribute):
        msg = f"attribute must be one of {', '.join(get_args(Attribute))}, got {value!r}"
        raise InvalidPolicy(msg)
