"""Where German sentences end, and what a teaser takes of them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.text import clean, sentences, teaser

FANG = Path(__file__).parents[2] / "shared" / "data" / "fang" / "articles.jsonl.gz"

ONE_SENTENCE = [
    "Das gilt z. B. für Berlin.",
    "Auch z.B. Hamburg, d. h. der Norden, u. a. Köln und Bonn, ist dabei.",
    "Prof. Dr. Anna Roth von der Charité widerspricht.",
    "Die St. Pauli Theater GmbH klagt.",
    "Nach § 5 Abs. 2 Nr. 3 gilt Art. 14.",
    "Es kostet ca. 3 Mio. Euro bzw. 2 Mrd. Dollar.",
    "Der Autor A. Schmidt und J. R. Meier kamen.",
    "Der 1. FC Köln gewann am 3. Spieltag.",
    "Er kam am 3. Oktober zurück.",
    "Am 3. 10. 2020 war Feiertag.",
    "Im 19. Jahrhundert lebte Heinrich VIII. nicht mehr.",
    "Mehr steht auf www.beispiel.de/a.b?c=d und bei beispiel.de nachzulesen.",
    "Er zögerte ... und ging dann … doch.",
    "Sie sagte […] Nein und ging.",
    "„Wer kommt?“ fragte er.",
    "„Halt!“, rief sie.",
    "Er rief: „Das ist gut.“",
    '"Was soll das?" rief die Frau.',
    "Wer hat Angst vor Yahoo! und seinen Erben?",
    "Zum 100. Mal tagte der Rat.",
    "Die\nMobilitätsbranche ist eine\nMännerdomäne.",
    "1. Die Schule öffnet.",
    "Mr. Smith went to the U.S. Senate.",
    "M. Dupont est arrivé à Paris.",
    "Il dott. Rossi è a Roma.",
]


@pytest.mark.parametrize("text", ONE_SENTENCE)
def test_this_is_one_sentence(text: str) -> None:
    assert sentences(text) == [" ".join(text.split())]


@pytest.mark.parametrize(
    "expected",
    [
        ["Er kam.", "Sie ging.", "Wer blieb?", "Niemand!"],
        ["„Ich gehe.“", "Sie blieb."],
        ["»Ich gehe.«", "Sie blieb."],
        ['"Ich gehe."', "Sie blieb."],
        ["Es war 2020.", "Dann kam 2021."],
        ["Es kamen Autos, Busse usw.", "Die Straße war voll."],
        ["Das lag an Ludwig XIV.", "Seine Zeit war um."],
        ["Es fehlt Vitamin C.", "Das hilft."],
        ["Es waren etwa 300.", "Kritiker zählten mehr."],
        ["Dann war Stille …", "Niemand sprach."],
        ["(Er lachte.)", "Dann ging er."],
        ["He left at 5 p.m.", "The door was open."],
        ["Il est là.", "Elle dort."],
        ["Sie wohnt in Köln.", "„Dort ist es schön“, sagt sie."],
    ],
)
def test_these_are_several(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected
    assert sentences("\n".join(expected)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\n ", []),
        ("Ohne Punkt\n\nund weiter", ["Ohne Punkt", "und weiter"]),
        ("Streit um Schulen\nDer Senat berät.", ["Streit um Schulen", "Der Senat berät."]),
        (
            "Es tagt seit heute der\nganze Rat und Frau Natalia\nTomiyama führt.",
            ["Es tagt seit heute der ganze Rat und Frau Natalia Tomiyama führt."],
        ),
        ("Prof. Dr.\nMüller kam.", ["Prof. Dr. Müller kam."]),
        ("Sie kam.\neBay wuchs.", ["Sie kam.", "eBay wuchs."]),
    ],
)
def test_line_breaks(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def sentence(length: int) -> str:
    return "Ein " + "x" * (length - 5) + "."


@pytest.mark.parametrize(
    ("lengths", "taken"),
    [
        ([100, 100, 100, 100, 100], 2),
        ([40, 40, 40, 40, 40], 4),
        ([60, 60, 60, 60], 3),
        ([200, 200], 2),
        ([501, 20], 1),
        ([300, 400, 20], 1),
        ([50], 1),
    ],
)
def test_a_teaser_has_two_to_four_sentences_unless_they_are_very_long(
    lengths: list[int], taken: int
) -> None:
    made = [sentence(length) for length in lengths]
    assert teaser(" ".join(made)) == " ".join(made[:taken])


def test_a_teaser_leaves_no_quotation_open() -> None:
    first = sentence(100)
    quote = "„Das ist der Anfang eines Zitats, das noch nicht zu Ende ist. Hier endet es.“"
    assert teaser(f"{first} {quote} {sentence(90)}") == f"{first} {quote}"


def test_a_teaser_is_cleaned_first() -> None:
    assert teaser("Lindenau (lpa) – Es regnet. Es schneit.\nTeilen\n(lpa)") == (
        "Es regnet. Es schneit."
    )


def test_an_empty_body_has_an_empty_teaser() -> None:
    assert teaser("") == ""
    assert teaser("(dpa)\n") == ""


PIECES = st.sampled_from([*ONE_SENTENCE, "\n", "\n\n", "„", "“", "Ohne Punkt", "(dpa)", "…", "3."])


@given(st.lists(PIECES | st.text(max_size=20), max_size=12))
def test_a_teaser_is_a_beginning_of_the_cleaned_sentences(pieces: list[str]) -> None:
    body = " ".join(pieces)
    found = sentences(clean(body))
    assert teaser(body) in {" ".join(found[:count]) for count in range(5)}


@given(st.lists(PIECES | st.text(max_size=20), max_size=12))
def test_no_character_is_lost(pieces: list[str]) -> None:
    text = " ".join(pieces)
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@pytest.mark.skipif(not FANG.exists(), reason="needs the evaluation data")
def test_real_bodies_give_teasers_of_a_fitting_length() -> None:
    with gzip.open(FANG, "rt", encoding="utf-8") as lines:
        bodies = [json.loads(line)["body"] for _, line in zip(range(2000), lines, strict=False)]
    lengths = [len(teaser(body)) for body in bodies if len(body) > 600]
    assert sum(140 <= length <= 360 for length in lengths) > 0.85 * len(lengths)
