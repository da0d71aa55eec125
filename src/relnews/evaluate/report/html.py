"""An evaluation as one page: nothing on it is fetched, nothing on it is a script."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from relnews.evaluate.report.curves import trade_off
from relnews.evaluate.report.plots import MAX_SLICED, age_bars, dot_plot, slice_plot
from relnews.evaluate.report.tables import (
    NO_ESTIMATE,
    metric_groups,
    ordered_comparisons,
    ranked,
)
from relnews.evaluate.report.wording import (
    decimals_for,
    one_line,
    printable,
    sentence,
    verdict,
    write_gain,
    write_interval,
    write_moment,
    write_p,
    write_share,
    write_value,
)
from relnews.evaluate.results import AGE_CLASSES
from relnews.export.labels import language_tag

if TYPE_CHECKING:
    from jinja2 import Environment

    from relnews.evaluate.results import Evaluation

MAX_SENTENCES = 12
"""So many comparisons are put in words; the table has them all."""


def to_html(evaluation: Evaluation) -> str:
    """Give an evaluation as one self-contained page, for people, on any screen and on paper.

    Each task with its questions and what was taken out of them, all metrics with intervals, the
    comparisons in numbers and words, trade-offs, slices, ages, and the lists that did worst
    beside what would have been right. Plots are inline SVG, and their values stand in tables too.
    All text is escaped; the page's own content security policy forbids scripts and requests. The
    setting ``language``, where there is one, says in which language headlines are.
    """
    language = evaluation.settings.get("language", "")
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(evaluation=evaluation, headline_lang=language_tag(language))
    )


def _finalize(value: object) -> object:
    # markup is a kind of text, and ours already
    return printable(value) if type(value) is str else value


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Load the templates, once, and only when something is rendered."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - only here

    environment = Environment(
        loader=PackageLoader("relnews.evaluate.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters |= {
        "gain": write_gain,
        "interval": write_interval,
        "moment": write_moment,
        "one_line": one_line,
        "p": write_p,
        "share": write_share,
        "value": write_value,
    }
    environment.globals |= {
        "AGE_CLASSES": AGE_CLASSES,
        "MAX_SENTENCES": MAX_SENTENCES,
        "MAX_SLICED": MAX_SLICED,
        "NO_ESTIMATE": NO_ESTIMATE,
        "age_bars": age_bars,
        "decimals_for": decimals_for,
        "dot_plot": dot_plot,
        "metric_groups": metric_groups,
        "ordered_comparisons": ordered_comparisons,
        "ranked": ranked,
        "sentence": sentence,
        "slice_plot": slice_plot,
        "trade_off": trade_off,
        "verdict": verdict,
    }
    return environment
