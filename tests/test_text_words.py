"""What folds to the same word, what stays apart, and what is no word."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.text import term, words
from relnews.text.words import _split


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("Ein a b c Haus", ["ein", "haus"]),
        ("Straße STRASSE STRAẞE", ["strasse", "strasse", "strasse"]),
        ("Łódź Erdoğan ÄÖÜ Œuvre", ["łódź", "erdoğan", "äöü", "œuvre"]),
        ("Mu\u0308ller Müller", ["müller", "müller"]),
        ("Ver\u00adfas\u00adsung Null\u200bbreite", ["verfassung", "nullbreite"]),
        ("Corona-Krise, Nord–Süd", ["corona", "krise", "nord", "süd"]),
        ("„Zitat“ »noch« “eins” ‚und‘", ["zitat", "noch", "eins", "und"]),
        ("geht’s geht's d'Angelo", ["geht", "geht", "angelo"]),
        ("_kursiv_ und snake_case", ["kursiv", "und", "snake", "case"]),
    ],
)
def test_spelling_is_folded(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Leser:innen", ["leser"]),
        ("Bürger*innen", ["bürger"]),
        ("Schüler_innen", ["schüler"]),
        ("Lehrer·innen", ["lehrer"]),
        ("Schüler/-innen", ["schüler"]),
        ("Schüler/innen", ["schüler"]),
        ("LeserInnen", ["leser"]),
        ("Kolleg:innen", ["kolleg"]),
        ("Ärzt*innen", ["ärzt"]),
        ("Mitarbeiter:in", ["mitarbeiter"]),
        ("Lehrer/in", ["lehrer"]),
        ("Student/-in", ["student"]),
        ("Bürger:innenrat", ["bürgerrat"]),
        ("Re:publica", ["re", "publica"]),
        ("Berlin:Innenstadt", ["berlin", "innenstadt"]),
        ("Innenminister", ["innenminister"]),
        ("um 12:30 Uhr", ["um", "12", "30", "uhr"]),
        ("und/in Berlin/in", ["und", "in", "berlin", "in"]),
        ("LinkedIn", ["linkedin"]),
    ],
)
def test_gendered_forms_lose_sign_and_ending_and_nothing_else_does(
    text: str, expected: list[str]
) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.000.000", ["1000000"]),
        ("1 000 000", ["1000000"]),
        ("1\u00a0000\u202f000", ["1000000"]),
        ("1'000'000", ["1000000"]),
        ("1,000,000 people", ["1000000", "people"]),
        ("100 000 Menschen", ["100000", "menschen"]),
        ("3,5 Prozent", ["3_5", "prozent"]),
        ("1.234,56 Euro", ["1234_56", "euro"]),
        ("2020 und 5 Tage", ["2020", "und", "tage"]),
        ("12.30 Uhr", ["12", "30", "uhr"]),
        ("Spiel endet 3:1", ["spiel", "endet"]),
        ("Version 1.2.3", ["version"]),
        ("G20 und Covid-19", ["g20", "und", "covid", "19"]),
    ],
)
def test_numbers_have_one_spelling(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("am 3. Oktober", ["am", "10_03"]),
        ("AM 3. OKTOBER", ["am", "10_03"]),
        ("am 3.10.", ["am", "10_03"]),
        ("03.10.2020", ["10_03", "2020"]),
        ("3. 10. 2020", ["10_03", "2020"]),
        ("3.10.20", ["10_03", "2020"]),
        ("3. Oktober 2020", ["10_03", "2020"]),
        ("2020-10-03", ["10_03", "2020"]),
        ("3. Okt. 2020", ["10_03", "2020"]),
        ("7. Jänner", ["01_07"]),
        ("31. Mai", ["05_31"]),
        ("die 2. Maiwoche", ["die", "maiwoche"]),
        ("3.10. 4.10.", ["10_03", "10_04"]),
        ("40.3. und 3.13.", ["40", "und", "13"]),
    ],
)
def test_dates_share_a_day_and_a_year(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "spellings",
    [
        ("Müller", "Mueller", "Mu\u0308ller"),
        ("Straßen", "Strasse"),
        ("Ärzt*innen", "Ärzte", "Arzt"),
        ("Kolleg:innen", "Kollegen"),
        ("Leser:innen", "LeserInnen", "Lesern"),
        ("Expert_innen", "Experten"),
    ],
)
def test_spellings_of_one_word_share_their_stem(spellings: tuple[str, ...]) -> None:
    assert len({term(words(spelling)[0], "de") for spelling in spellings}) == 1


@given(st.text(max_size=200))
def test_any_text_gives_words_of_two_characters_or_more(text: str) -> None:
    found = words(text)
    assert all(len(word) > 1 and word == word.strip() for word in found)


@given(
    st.text(
        alphabet="abcdeinrs ABINäÖüß:*/-'.,\n0123456789\u0308\u00ad\u00a0„“",
        max_size=60,
    )
)
def test_words_without_digits_fold_to_themselves(text: str) -> None:
    plain = [word for word in words(text) if not any(sign.isdigit() for sign in word)]
    assert words(" ".join(plain)) == plain


CP1252 = "".join(sign for sign in bytes(range(256)).decode("cp1252", "ignore") if sign not in "ßẞ")


@given(st.text(alphabet=CP1252) | st.text())
def test_splitting_by_bytes_equals_splitting_by_the_regular_expression(text: str) -> None:
    assert _split(text) == re.findall(r"\w\w+", text.lower().replace("ß", "ss"))


@given(st.dates())
def test_every_date_reads_the_same_in_digits_and_iso(day: object) -> None:
    iso = str(day)
    year, month, of_month = iso.split("-")
    assert words(iso) == words(f"{of_month}.{month}.{year}") == [f"{month}_{of_month}", year]
