"""From an article to the pieces of text that a model reads; nothing is cut silently.

Stands before every runtime: what it hands on fits, so that no model cuts by itself, and it says
what share of the text that is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from relnews.errors import InvalidModel
from relnews.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from relnews.embed.sentence.settings import SentenceSettings
    from relnews.types import Article

    Counts = npt.NDArray[np.intp]

_WORD = re.compile(r"\S+")
_LEAST_ROOM = 8
"""Tokens of text that a window must hold beside prompt and special tokens, to be of any use."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An article as a model reads it.

    Attributes
    ----------
    pieces
        Texts that fit, prompt included; none when the article has no text.
    lengths
        How many tokens each has, special ones included.
    weights
        What each counts in the article's vector: its tokens of the body, at least 1.
    seen
        The share of the article's tokens that is in any piece, in [0, 1].
    """

    pieces: tuple[str, ...]
    lengths: tuple[int, ...]
    weights: tuple[int, ...]
    seen: float


_NOTHING = Reading((), (), (), 1.0)


@dataclass(frozen=True, slots=True)
class Cuttable:
    """A text and where it may be cut.

    Attributes
    ----------
    text
        The text.
    ends
        Shape (c,): the characters before each place to cut; begins with 0, ascends.
    tokens
        Shape (c,): the tokens before it.
    """

    text: str
    ends: Counts
    tokens: Counts

    @property
    def total(self) -> int:
        """The number of tokens."""
        return int(self.tokens[-1])


class Reader:
    """Cuts articles into pieces for one model.

    The text of an article is its headline, its teaser unless the body begins with it, and its
    body, these two without boilerplate. Under ``lead`` there is one piece: the headline and as
    much of the rest as fits. Under ``windows`` the rest follows in further pieces, each under
    the headline again, up to `max_windows` from the start.

    Cuts lie between words; only a word longer than half a window, as in scripts without spaces,
    is cut between tokens. A headline takes at most half of a window that it shares with a body.

    Parameters
    ----------
    tokenizer
        A `tokenizers.Tokenizer` that neither cuts nor pads.
    settings
        Prompt, `long_text` and `max_windows`.
    max_tokens
        Of one piece, special ones and prompt included; None: any number, so that every article
        is one piece.

    Raises
    ------
    InvalidModel
        When prompt and special tokens leave no room for text.
    """

    def __init__(
        self,
        tokenizer: Any,  # noqa: ANN401  # not typed
        settings: SentenceSettings,
        max_tokens: int | None,
    ) -> None:
        self._tokenizer = tokenizer
        self._prompt = settings.prompt
        self._most = settings.max_windows if settings.long_text == "windows" else 1
        self._max_tokens = max_tokens
        taken = len(tokenizer.encode(self._prompt))  # special tokens are counted too
        self._room = 0 if max_tokens is None else max_tokens - taken
        if max_tokens is not None and self._room < _LEAST_ROOM:
            msg = (
                f"max_tokens must leave room for {_LEAST_ROOM} tokens of text, got {max_tokens}, "
                f"of which prompt and special tokens take {taken}; raise it or shorten the prompt"
            )
            raise InvalidModel(msg)

    def read(self, articles: Sequence[Article]) -> list[Reading]:
        """Give the pieces of each article. O(n) for n characters; each is tokenised twice."""
        headlines, bodies = zip(*map(texts_of, articles), strict=True) if articles else ((), ())
        if self._max_tokens is None:
            return list(map(self._whole, headlines, bodies))
        return list(map(self._fitting, self._cuttable(headlines), self._cuttable(bodies)))

    def _cuttable(self, texts: Sequence[str]) -> list[Cuttable]:
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [
            cuttable(text, [end for _, end in encoding.offsets], self._room // 2)
            for text, encoding in zip(texts, encodings, strict=True)
        ]

    def _whole(self, headline: str, body: str) -> Reading:
        text = f"{headline}\n{body}".strip()
        return Reading((self._prompt + text,), (len(text),), (1,), 1.0) if text else _NOTHING

    def _fitting(self, headline: Cuttable, body: Cuttable) -> Reading:
        """Give pieces that fit; counted once joined, as tokens may part or merge there."""
        if headline.total + body.total == 0:
            return _NOTHING
        room, most = self._room, self._max_tokens or 0
        reading = self._cut(headline, body, room)
        while (excess := max(reading.lengths) - most) > 0 and room > 1:
            room = max(room - excess, 1)
            reading = self._cut(headline, body, room)
        return reading

    def _cut(self, headline: Cuttable, body: Cuttable, room: int) -> Reading:
        """Cut into pieces with `room` tokens of text each."""
        share = max(room // 2, room - body.total)
        top = windows(headline.tokens, share, 1)[-1]
        over, used = headline.text[: headline.ends[top]], int(headline.tokens[top])
        cuts = windows(body.tokens, max(room - used, 1), self._most)
        spans = zip(body.ends[cuts], body.ends[cuts[1:]], strict=False)
        parts = [body.text[start:end].strip() for start, end in spans] or [""]
        pieces = tuple(f"{self._prompt}{over}\n{part}".rstrip() for part in parts)
        counts = np.diff(body.tokens[cuts])
        return Reading(
            pieces,
            tuple(map(len, self._tokenizer.encode_batch_fast(list(pieces)))),
            tuple(map(int, counts)) or (1,),
            (used + int(counts.sum())) / (headline.total + body.total),
        )


def texts_of(article: Article) -> tuple[str, str]:
    """Give the headline, and teaser and body without boilerplate or repetition."""
    teaser, body = article.teaser.strip(), article.body.strip()
    text = body if body.startswith(teaser) else f"{teaser}\n{body}"
    return " ".join(article.headline.split()), clean(text)


def cuttable(text: str, token_ends: Sequence[int], longest: int) -> Cuttable:
    """Find where a text may be cut: after words, and inside those of more than `longest` tokens.

    `token_ends` are the characters before the end of each token, ascending.
    """
    ends = np.array([0, *token_ends], np.intp)
    after_words = [match.end() for match in _WORD.finditer(text)]
    tokens = np.searchsorted(ends[1:], after_words, side="right")
    tokens = np.unique(np.append(tokens, (0, len(token_ends))))
    long = np.flatnonzero(np.diff(tokens) > longest)
    inside = [np.arange(tokens[word], tokens[word + 1]) for word in long]
    tokens = np.unique(np.concatenate([tokens, *inside]))
    return Cuttable(text, ends[tokens], tokens)


def windows(tokens: Counts, room: int, most: int) -> list[int]:
    """Give the places that bound at most so many windows of at most `room` tokens.

    `tokens`, shape (c,), are the tokens before each place, ascending from 0. The first is 0;
    there are no windows in an empty text. A step longer than `room` is a window of its own.
    """
    cuts = [0]
    while cuts[-1] < len(tokens) - 1 and len(cuts) <= most:
        reach = int(np.searchsorted(tokens, tokens[cuts[-1]] + room, side="right")) - 1
        cuts.append(max(reach, cuts[-1] + 1))
    return cuts
