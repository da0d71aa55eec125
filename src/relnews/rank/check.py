"""Stage 8, the final check: nothing that must not be shown is on the list.

It knows nothing of arrays, pools and indexes. It reads the articles as they stand in the store
at the end, and holds each against the rules again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from relnews.rank.ruleset import RuleSet
    from relnews.types import Status


class Standing(Protocol):
    """As much of an article as decides by itself whether it may be shown."""

    @property
    def status(self) -> Status:
        """Usable, withheld or canceled."""
        ...

    @property
    def never_recommend(self) -> bool:
        """Whether an editor keeps it off all lists."""
        ...

    @property
    def published_at(self) -> datetime | None:
        """From when on it is public."""
        ...

    @property
    def embargo_until(self) -> datetime | None:
        """From when on it may be shown."""
        ...

    @property
    def expires_at(self) -> datetime | None:
        """Until when it may be shown."""
        ...


def is_live(article: Standing, at: datetime) -> bool:
    """Tell whether an article may be shown at a moment, as far as it alone decides."""
    return (
        article.status == "usable"
        and not article.never_recommend
        and (article.published_at is None or article.published_at <= at)
        and (article.embargo_until is None or article.embargo_until <= at)
        and (article.expires_at is None or at < article.expires_at)
    )


def violations(
    entries: Sequence[tuple[str, Standing | None]],
    source_id: str,
    at: datetime,
    exclude: frozenset[str],
    rules: RuleSet,
) -> dict[str, str]:
    """Name the entries that must not be shown, with the reason.

    Parameters
    ----------
    entries
        The ids on the list, in order, with the articles the store holds now; None when it holds
        none.
    source_id, at, exclude, rules
        What the list is for, and the orders it is under.

    Returns
    -------
    dict
        Reasons by id; empty when the list is sound.
    """
    found: dict[str, str] = {}
    blocked, apart = rules.blocked(source_id), rules.separated(source_id)
    seen: set[str] = set()
    for name, article in entries:
        if article is None or not is_live(article, at):
            found[name] = "not live"
        elif name == source_id or name in seen:
            found[name] = "the article itself, or twice"
        elif name in exclude or name in blocked:
            found[name] = "excluded or blocked"
        elif name in apart or seen & rules.separated(name):
            found[name] = "kept apart by a rule"
        else:
            seen.add(name)
    return found
