"""Stage 5, at work: all rules of a site, asked for one article."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from relnews.rank.rules import Block, Cap, NoList, Pin, Quota, Separate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relnews.rank.rules import Rule


class RuleSet:
    """Rules, indexed by the article they are about. Immutable; the order given breaks ties."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self.rules = tuple(rules)
        self.caps = tuple(rule for rule in self.rules if isinstance(rule, Cap))
        self.quotas = tuple(rule for rule in self.rules if isinstance(rule, Quota))
        self._no_list = {rule.source_id for rule in self.rules if isinstance(rule, NoList)}
        self._pins: dict[str, dict[int, str]] = defaultdict(dict)
        self._blocked: dict[str, set[str]] = defaultdict(set)
        self._separated: dict[str, set[str]] = defaultdict(set)
        for rule in self.rules:
            if isinstance(rule, Pin):
                self._pin(rule)
            elif isinstance(rule, Block):
                self._blocked[rule.source_id].add(rule.target_id)
            elif isinstance(rule, Separate):
                self._separated[rule.first_id].add(rule.second_id)
                self._separated[rule.second_id].add(rule.first_id)

    def no_list(self, source_id: str) -> bool:
        """Tell whether an article shall have no list."""
        return source_id in self._no_list

    def pins(self, source_id: str) -> dict[int, str]:
        """Give the pinned ids by position, 1 being the top."""
        return dict(sorted(self._pins.get(source_id, {}).items()))

    def blocked(self, source_id: str) -> frozenset[str]:
        """Give the ids that may not stand under an article."""
        everywhere, here = self._blocked.get("", set()), self._blocked.get(source_id, set())
        return frozenset(everywhere | here)

    def separated(self, article_id: str) -> frozenset[str]:
        """Give the ids that may not stand together with an article."""
        return frozenset(self._separated.get(article_id, ()))

    @property
    def separated_ids(self) -> frozenset[str]:
        """The ids that may not stand together with some other one."""
        return frozenset(self._separated)

    def _pin(self, rule: Pin) -> None:
        """Note a pin; a later one takes the place of an earlier one, and an article has one."""
        pins = self._pins[rule.source_id]
        for position in [place for place, target in pins.items() if target == rule.target_id]:
            del pins[position]
        pins[rule.position] = rule.target_id
