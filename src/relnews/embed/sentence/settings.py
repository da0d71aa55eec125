"""Which pretrained model, and how it reads articles: plain data, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from relnews.errors import InvalidModel

Runtime = Literal["auto", "torch", "onnx", "static"]
"""What runs a model; auto: told by the files in its folder."""

LongText = Literal["lead", "windows"]
"""What becomes of an article that is longer than the model reads."""

ANY_LANGUAGE = "*"
_LANGUAGE = re.compile("[a-z]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceSettings:
    """A pretrained model and how it reads articles.

    Parameters
    ----------
    name
        A folder, or a name on the hub such as ``intfloat/multilingual-e5-small``.
    revision
        Of a hub model: the commit; empty: the one that was downloaded.
    runtime
        What runs it.
    file
        Of an ONNX model: the file inside the folder; empty: the only one there.
    prompt
        Put before every piece of text. Lists compare articles with articles, which is symmetric:
        so there is one prompt for both sides. E5 wants ``"query: "`` for such tasks (its card).
    max_tokens
        How many tokens it reads at once, special ones and prompt included; 0: its own limit.
    long_text
        ``lead``: headline, teaser and as much of the body as fits. ``windows``: the body in
        pieces that fit, each under its headline, their vectors averaged. At the same
        `max_tokens`, windows agreed better than the lead with people's ratings and with story
        chains, at 128 and at 256 tokens; and windows of 128 better with the ratings than longer
        ones, which were better with the chains (``benchmarks/long_articles.py``,
        all-MiniLM-L6-v2).
    max_windows
        At most so many pieces of one article, at least 1; the rest is not seen, and reported.
    dimensions
        Keep so many of the first dimensions, for models trained for that (Matryoshka
        representation learning, Kusupati et al. 2022); 0: all.
    languages
        Two-letter codes it is meant for, ``*`` for any. With two or more it may compare across
        languages. Empty: not known, so that it compares within one language only.
    semantic_weight
        The share of its cosine in the hybrid similarity, in [0, 1]; None: measured on the site's
        own articles.

    Raises
    ------
    InvalidModel
        When a value is out of its range.
    """

    name: str
    revision: str = ""
    runtime: Runtime = "auto"
    file: str = ""
    prompt: str = ""
    max_tokens: int = 0
    long_text: LongText = "windows"
    max_windows: int = 8
    dimensions: int = 0
    languages: tuple[str, ...] = ()
    semantic_weight: float | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        for name in ("name", "revision", "file", "prompt"):
            if not isinstance(getattr(self, name), str):
                _refuse(name, "must be text", getattr(self, name))
        if not self.name.strip():
            _refuse("name", "must name a folder or a hub model", self.name)
        for name, kind in (("runtime", Runtime), ("long_text", LongText)):
            if getattr(self, name) not in get_args(kind):
                _refuse(name, f"must be one of {', '.join(get_args(kind))}", getattr(self, name))
        for name, least in (("max_tokens", 0), ("max_windows", 1), ("dimensions", 0)):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                _refuse(name, f"must be a whole number of at least {least}", value)
        languages = self.languages
        if not isinstance(languages, tuple) or not all(map(_is_language, languages)):
            _refuse("languages", f"must be a list of two-letter codes or {ANY_LANGUAGE}", languages)
        weight = self.semantic_weight
        if weight is not None and (
            not isinstance(weight, int | float) or isinstance(weight, bool) or not 0 <= weight <= 1
        ):
            _refuse("semantic_weight", "must be in [0, 1]", weight)


def _is_language(code: object) -> bool:
    return isinstance(code, str) and (code == ANY_LANGUAGE or bool(_LANGUAGE.fullmatch(code)))


def _refuse(name: str, must: str, given: object) -> None:
    msg = f"{name} of a model {must}, got {given!r:.80}"
    raise InvalidModel(msg)
