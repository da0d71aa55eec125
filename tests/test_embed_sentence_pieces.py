"""Articles become pieces that fit, nothing is lost unsaid, and words stay whole."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tiny_models
from relnews.embed.sentence.pieces import Reader, Reading, cuttable, texts_of, windows
from relnews.embed.sentence.settings import SentenceSettings
from relnews.errors import InvalidModel
from relnews.types import Article

TOKENIZER: Any = tiny_models.tokenizer()
BODY = " ".join(
    f"{word} {number}" for number in range(9) for word in ("council", "flooded", "bridge")
)


def reader(max_tokens: int | None = 24, **settings: Any) -> Reader:
    return Reader(TOKENIZER, SentenceSettings(name="tiny", **settings), max_tokens)


def read(article: Article, max_tokens: int | None = 24, **settings: Any) -> Reading:
    [reading] = reader(max_tokens, **settings).read([article])
    return reading


def article(headline: str = "Council votes", body: str = "", teaser: str = "") -> Article:
    return Article(id="a", headline=headline, body=body, teaser=teaser)


def tokens(text: str) -> int:
    return len(TOKENIZER.encode(text))


def test_a_short_article_is_one_piece_that_holds_all_of_it() -> None:
    reading = read(article(body="the bridge"))
    assert reading == Reading(("Council votes\nthe bridge",), (6,), (2,), 1.0)


def test_an_article_is_read_in_any_length_by_a_model_without_a_limit() -> None:
    reading = read(article(body=BODY), None, prompt="query: ")
    assert reading.pieces == (f"query: Council votes\n{BODY}",)
    assert reading.seen == 1


def test_windows_hold_the_whole_body_each_under_the_headline() -> None:
    reading = read(article(body=BODY), max_windows=50)
    assert len(reading.pieces) > 2
    heads, parts = zip(*(piece.split("\n") for piece in reading.pieces), strict=True)
    assert set(heads) == {"Council votes"}
    assert " ".join(parts) == BODY
    assert reading.seen == 1
    assert sum(reading.weights) == tokens(BODY) - 2  # without [CLS] and [SEP]


def test_no_more_windows_than_allowed_and_the_rest_is_reported() -> None:
    every, two = read(article(body=BODY), max_windows=50), read(article(body=BODY), max_windows=2)
    assert two.pieces == every.pieces[:2]
    seen = sum(two.weights) + tokens("Council votes") - 2
    assert two.seen == pytest.approx(seen / (tokens(f"Council votes {BODY}") - 2))
    assert two.seen < 1


def test_lead_is_the_first_window_alone() -> None:
    lead = read(article(body=BODY), long_text="lead")
    assert lead.pieces == read(article(body=BODY)).pieces[:1]
    assert lead.seen < 0.5


def test_lead_takes_as_much_as_fits_and_cuts_after_a_word() -> None:
    [piece] = read(article(body=BODY), long_text="lead").pieces
    part = piece.partition("\n")[2]
    assert BODY.startswith(part + " ")
    following = BODY[len(part) :].split()[0]
    assert tokens(f"{piece} {following}") > 24 >= tokens(piece)


def test_a_prompt_stands_before_every_piece_and_counts() -> None:
    plain = read(article(body=BODY), max_windows=50)
    prompted = read(article(body=BODY), max_windows=50, prompt="query: ")
    assert all(piece.startswith("query: Council") for piece in prompted.pieces)
    assert prompted.weights[0] == plain.weights[0] - 2  # `query` and `:`
    assert max(prompted.lengths) <= 24


def test_a_long_headline_takes_half_of_a_window_it_shares_and_all_of_one_it_does_not() -> None:
    shared, alone = read(article(BODY, body=BODY)), read(article(BODY))
    assert all(10 <= tokens(piece.split("\n")[0]) - 2 <= 11 for piece in shared.pieces)
    assert [20 < length <= 24 for length in alone.lengths] == [True]
    assert alone.seen < 1
    with_little = read(article(BODY, body="bridge"))
    assert tokens(with_little.pieces[0].split("\n")[0]) > 20
    assert with_little.pieces[0].endswith("\nbridge")


def test_a_word_longer_than_half_a_window_is_cut_between_tokens() -> None:
    body = "bridge council" + "ing" * 29 + " bridge"
    reading = read(article(body=body), max_windows=50)
    heads, parts = zip(*(piece.split("\n") for piece in reading.pieces), strict=True)
    assert set(heads) == {"Council votes"}
    assert "".join(parts) == body
    assert reading.lengths[0] == max(reading.lengths) == 24
    assert reading.seen == 1


def test_a_long_word_does_not_drive_a_long_headline_out() -> None:
    reading = read(article(BODY, body="council" + "ing" * 14 + " bridge"), max_windows=50)
    assert all(tokens(piece.split("\n")[0]) - 2 >= 10 for piece in reading.pieces)


def test_an_article_of_which_no_token_is_left_has_no_pieces() -> None:
    assert read(article("\u200b")) == Reading((), (), (), 1.0)


def test_teaser_and_body_are_clean_and_said_once() -> None:
    said = "The bridge burns."
    assert texts_of(article(" Fire \n now ", body=f"{said} More.", teaser=said)) == (
        "Fire now",
        f"{said} More.",
    )
    assert texts_of(article("Fire", body="More.", teaser=said)) == ("Fire", f"{said}\nMore.")
    assert texts_of(article("Brand", body="Berlin (dpa) - Es brennt."))[1] == "Es brennt."


def test_a_prompt_that_leaves_no_room_is_refused() -> None:
    with pytest.raises(InvalidModel, match="must leave room for 8 tokens of text, got 12"):
        reader(12, prompt="query: passage: ")


def test_tokens_that_appear_only_when_texts_are_joined_still_fit() -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers  # noqa: PLC0415  # as elsewhere

    known = {"[UNK]": 0, "\n": 1, "one": 2, "two": 3, " ": 4}
    tokenizer = Tokenizer(models.WordLevel(known, unk_token="[UNK]"))  # noqa: S106
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(" ", "isolated"), pre_tokenizers.Split("\n", "isolated")]
    )
    [reading] = Reader(tokenizer, SentenceSettings(name="tiny", max_windows=50), 12).read(
        [article("one two", body="one two " * 20)]
    )
    assert max(reading.lengths) <= 12
    assert reading.seen == 1


WORDS = st.lists(
    st.sampled_from(["council", "flooding", "storms", "der", "fire" + "s" * 40, "unknown"])
)
LINES = WORDS.map(" ".join)


@given(LINES, LINES, st.integers(12, 40), st.integers(1, 5), st.sampled_from(["lead", "windows"]))
def test_every_piece_fits_and_what_was_seen_is_told(
    headline: str, body: str, max_tokens: int, most: int, long_text: str
) -> None:
    given_article = article(headline or "Fire", body=body)
    reading = read(
        given_article,
        max_tokens,
        max_windows=most,
        long_text=long_text,
        prompt="passage: ",
    )
    assert reading.lengths == tuple(map(tokens, reading.pieces))
    assert max(reading.lengths) <= max_tokens
    assert 1 <= len(reading.pieces) <= (1 if long_text == "lead" else most)
    top, text = texts_of(given_article)
    parts = [piece.removeprefix("passage: ").partition("\n") for piece in reading.pieces]
    joined = "".join(part for _, _, part in parts).replace(" ", "")
    assert text.replace(" ", "").startswith(joined)
    assert top.startswith(parts[0][0])
    whole = top == parts[0][0] and text.replace(" ", "") == joined
    assert (reading.seen == 1) == whole


@given(st.lists(st.integers(1, 6), max_size=30), st.integers(1, 9), st.integers(1, 8))
def test_windows_are_as_few_as_can_be(steps: list[int], room: int, most: int) -> None:
    places = np.concatenate([[0], np.cumsum(steps, dtype=np.intp)]).astype(np.intp)
    cuts = windows(places, room, most)
    assert cuts[0] == 0
    assert len(cuts) - 1 <= most
    for start, end in itertools.pairwise(cuts):
        size = places[end] - places[start]
        assert size <= room or end == start + 1
        if end < len(places) - 1:
            assert size + steps[end] > room  # the next did not fit
    if len(cuts) - 1 < most:
        assert cuts[-1] == len(places) - 1


def test_places_to_cut_are_the_ends_of_words() -> None:
    text = "two flooded bridges"
    encoding = TOKENIZER.encode(text, add_special_tokens=False)
    found = cuttable(text, [end for _, end in encoding.offsets], 8)
    assert [text[:end] for end in found.ends] == ["", "two", "two flooded", "two flooded bridges"]
    assert list(found.tokens) == [0, 1, 3, 5]
    assert found.total == 5


def test_a_text_without_tokens_has_one_place() -> None:
    assert cuttable("", [], 8).total == 0
    assert windows(cuttable("", [], 8).tokens, 8, 3) == [0]
