"""A list as HTML: a block for a CMS to include, and a page for a person to look at."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from relnews.export.labels import (
    labels_for,
    language_tag,
    write_decimal,
    write_moment,
    write_names,
)
from relnews.export.link import safe_link

if TYPE_CHECKING:
    from jinja2 import Environment

    from relnews.types import Article, RelatedList

_BLANK_LINE = re.compile(r"\n\s*\n")


def html_block(related: RelatedList) -> str:
    """Return the list as a fragment of HTML without styles; "" for an empty list.

    A `section` with a heading and an ordered list of articles: linked headline, teaser, section
    and time, each with a class to style it by. Labels are in the language of the list, or of its
    first entry where that is not known; an entry in another one says so (`lang`, `hreflang`).
    Times are written in the time zone of the list's moment. All text is escaped; an address that
    is neither http, https nor relative becomes no link.
    """
    if not related.entries:
        return ""
    labels = labels_for(related.language or related[0].article.language)
    template = _environment().get_template("block.html.jinja")
    return template.render(related=related, labels=labels, explain=False)


def html_page(
    article: Article, related: RelatedList, *, site: str = "", explain: bool = True
) -> str:
    """Return one self-contained page: the article, and its list below.

    Nothing on it is a script and nothing is fetched; its own content security policy forbids
    both. It is readable on phone, desktop and paper, light and dark.

    Parameters
    ----------
    article
        The source article. Its language, or else that of the list, chooses the labels.
    related
        Its list. An empty one leaves the block out.
    site
        The name of the site, shown on top; empty for none.
    explain
        Show beside each entry why it stands there, and under the list its note and moment.
    """
    language = language_tag(article.language) or related.language
    labels = labels_for(language)
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            article=article,
            related=related,
            site=site.strip(),
            explain=explain,
            labels=labels,
            lang=language_tag(language) or labels.lang,
        )
    )


def paragraphs(body: str) -> list[str]:
    """Return the paragraphs of a plain text: split at blank lines, or at every line if none."""
    text = "\n".join(body.splitlines()).strip()
    parts = _BLANK_LINE.split(text) if _BLANK_LINE.search(text) else text.split("\n")
    return [part.strip() for part in parts if part.strip()]


def _percent(share: float) -> int:
    """Return how long a bar is, 0 to 100; what is no number is 0."""
    return round(100 * min(1.0, max(0.0, share)))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Load the templates, once, and only when something is rendered."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - only here

    environment = Environment(
        loader=PackageLoader("relnews.export"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "decimal": write_decimal,
        "language_tag": language_tag,
        "moment": write_moment,
        "names": write_names,
        "paragraphs": paragraphs,
        "percent": _percent,
        "safe_link": safe_link,
    }
    return environment
