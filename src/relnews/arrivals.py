"""What becomes of an arriving article: taken in, already known, or refused, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from relnews.store import digest

if TYPE_CHECKING:
    from relnews.store import State
    from relnews.types import Article

Verdict = Literal["new", "replaced", "unchanged", "refused"]

_NO_DATE = datetime.min.replace(tzinfo=UTC)


def judge(article: Article, stored: State | None, retracted: str | None) -> tuple[Verdict, str]:
    """Decide about an article, given what is stored under its id.

    A higher version replaces a lower one. Of the same version, the one with the newer semantic
    date wins, and the last to arrive where the dates are equal: a site without version numbers
    can correct its articles. A cancellation of the same version wins whatever its date. Nothing
    brings back what was retracted, and only a higher version what was canceled.

    Parameters
    ----------
    article
        What arrives.
    stored
        What is known of the stored version, if there is one.
    retracted
        The reason of its retraction; None when it was not retracted.

    Returns
    -------
    (verdict, reason)
        The reason is empty unless the verdict is ``refused``.
    """
    if retracted is not None:
        return "refused", f"retracted ({retracted or 'no reason given'}); reinstate it first"
    if stored is None:
        return "new", ""
    reason = _too_old(article, stored)
    if reason:
        return "refused", reason
    return ("unchanged" if digest(article) == stored.digest else "replaced"), ""


def _too_old(article: Article, stored: State) -> str:
    """Say why an article may not replace the stored one; empty when it may."""
    if article.version != stored.version:
        if article.version > stored.version:
            return ""
        return f"version {article.version} is older than the stored {stored.version}"
    if article.status == "canceled":
        return ""
    if stored.status == "canceled":
        return f"canceled in version {stored.version}; only a newer one can return"
    date, known = article.updated_at or article.published_at, stored.date
    if (date or _NO_DATE) < (known or _NO_DATE):
        return f"dated {date}, the stored one of the same version {known}"
    return ""
