"""What may be asked of a recommender: anything else is refused, in words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from relnews.errors import InvalidQuery

if TYPE_CHECKING:
    from collections.abc import Iterable


def ids_of(exclude: Iterable[str]) -> frozenset[str]:
    """Give ids as a set; a text, whose letters would be ids, is refused."""
    require_no_text(exclude, "exclude")
    return frozenset(exclude)


def require_no_text(ids: object, name: str) -> None:
    """Refuse a text where several ids are meant."""
    if isinstance(ids, str):
        msg = f"{name} must be ids, such as [{ids!r}], got the text {ids!r}"
        raise InvalidQuery(msg)


def require(k: object, at: object, name: str = "k") -> None:
    """Refuse a length below 1, and a moment that is none."""
    if not isinstance(k, int) or isinstance(k, bool) or k < 1:
        msg = f"{name} must be a whole number of at least 1, got {k!r}"
        raise InvalidQuery(msg)
    require_moment(at, "at")


def require_change(changed_since: datetime, at: datetime, ids: object) -> None:
    """Refuse a change that is no moment, is later than that of the lists, or comes with ids."""
    require_moment(changed_since, "changed_since")
    if ids is not None:
        msg = "ids are made whatever changed; give either ids or changed_since"
        raise InvalidQuery(msg)
    if changed_since > at:
        msg = f"changed_since must not be later than at, got {changed_since} and {at}"
        raise InvalidQuery(msg)


def require_moment(value: object, name: str) -> None:
    """Refuse what is no time, or one without a zone."""
    if not isinstance(value, datetime):
        msg = f"{name} must be a datetime, got {value!r}"
        raise InvalidQuery(msg)
    if value.tzinfo is None or value.utcoffset() is None:
        msg = f"{name} must carry a time zone, got the naive {value.isoformat()}; attach the site's"
        raise InvalidQuery(msg)
