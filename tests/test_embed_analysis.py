"""From an article to counts and shingles: field weights, languages, drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.embed.analysis import HEADLINE_WEIGHT, LEAD_WEIGHT, LEAD_WORDS, Analyzer
from relnews.embed.vocabulary import Vocabulary
from relnews.text import term
from relnews.types import Article

if TYPE_CHECKING:
    from relnews.embed.document import Document

WORDS = ("Deich", "Pegel", "Hochwasser", "und", "die", "Feuerwehr", "Gutachten", "Elmse")


def an_article(headline: str = "Deich", **changes: Any) -> Article:
    return Article(**({"id": "a", "headline": headline, "language": "de"} | changes))


def counts_of(analyzer: Analyzer, document: Document) -> dict[str, int]:
    terms = [analyzer.vocabulary.terms[number] for number in document.terms]
    return dict(zip(terms, document.counts.tolist(), strict=True))


def analyse(article: Article) -> dict[str, int]:
    analyzer = Analyzer(Vocabulary())
    return counts_of(analyzer, analyzer.document(article, "de"))


def test_the_headline_and_the_lead_count_more_than_the_rest() -> None:
    filler = " ".join(["Pegel"] * (LEAD_WORDS - 1))
    found = analyse(an_article("Hochwasser", body=f"Feuerwehr {filler} Gutachten"))
    assert found == {
        term("hochwasser", "de"): HEADLINE_WEIGHT,
        term("feuerwehr", "de"): LEAD_WEIGHT,
        term("pegel", "de"): LEAD_WEIGHT * (LEAD_WORDS - 1),
        term("gutachten", "de"): 1,
    }


def test_forms_of_a_word_are_one_term_and_stop_words_none() -> None:
    found = analyse(an_article("Die Brücke", body="und der Brücken"))
    assert found == {term("brücke", "de"): HEADLINE_WEIGHT + LEAD_WEIGHT}


def test_a_teaser_that_opens_the_body_is_not_counted_twice() -> None:
    body = "Hochwasser an der Elmse. Feuerwehr im Einsatz."
    repeated = analyse(an_article(teaser="Hochwasser an der Elmse.", body=body))
    assert repeated == analyse(an_article(body=body))
    other = analyse(an_article(teaser="Pegel steigt.", body=body))
    assert term("pegel", "de") in other
    assert term("feuerwehr", "de") in other


def test_terms_and_shingles_are_distinct_and_ascending() -> None:
    analyzer = Analyzer(Vocabulary())
    body = "Feuerwehr und Hochwasser an der Elmse, Feuerwehr und Hochwasser an der Elmse"
    found = analyzer.document(an_article("Pegel der Elmse", body=body), "de")
    assert (np.diff(found.terms) > 0).all()
    assert (np.diff(found.shingles.astype(np.int64)) > 0).all()
    assert (found.counts >= 1).all()
    assert found.terms.dtype == np.int32
    assert found.counts.dtype == np.int32
    assert found.shingles.dtype == np.uint32


@pytest.mark.parametrize(
    ("n_words", "n_shingles"), [(0, 1), (1, 1), (4, 1), (5, 1), (6, 2), (30, 26)]
)
def test_every_run_of_five_words_is_a_shingle_and_a_shorter_text_is_one(
    n_words: int, n_shingles: int
) -> None:
    body = " ".join(f"wort{number}wort" for number in range(n_words))
    found = Analyzer(Vocabulary()).document(an_article(body=body), "de")
    assert len(found.shingles) == n_shingles


def test_shingles_depend_on_the_order_of_words_and_not_on_the_vocabulary() -> None:
    here, there = Analyzer(Vocabulary()), Analyzer(Vocabulary(["pegel", "x", "y"]))
    article = an_article(body="Pegel der Elmse steigt nach Hochwasser weiter an")
    turned = an_article(body="Pegel der Elmse steigt weiter nach Hochwasser an")
    shingles = here.document(article, "de").shingles
    assert shingles.tolist() == there.document(article, "de").shingles.tolist()
    assert shingles.tolist() != here.document(turned, "de").shingles.tolist()


def test_stop_words_count_in_shingles() -> None:
    analyzer = Analyzer(Vocabulary())
    one = analyzer.document(an_article(body="die Feuerwehr und das Hochwasser"), "de")
    two = analyzer.document(an_article(body="eine Feuerwehr oder ein Hochwasser"), "de")
    assert one.terms.tolist() == two.terms.tolist()
    assert one.shingles.tolist() != two.shingles.tolist()


def test_an_article_without_any_term_is_an_empty_document() -> None:
    found = Analyzer(Vocabulary()).document(an_article("!", body=""), "de")
    assert (len(found.terms), len(found.counts), len(found.shingles)) == (0, 0, 0)


TEXTS = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)


@given(st.lists(TEXTS, min_size=1, max_size=4), TEXTS)
def test_a_draft_counts_as_the_document_would_and_adds_no_term(known: list[str], body: str) -> None:
    analyzer = Analyzer(Vocabulary())
    for text in known:
        analyzer.document(an_article(body=text), "de")
    before = list(analyzer.vocabulary.terms)
    article = an_article("Hafen Kran", body=body)
    draft = analyzer.draft(article, "de")
    assert analyzer.vocabulary.terms == before
    stored = analyzer.document(article, "de")
    assert draft.shingles.tolist() == stored.shingles.tolist()
    assert sorted(draft.counts.tolist()) == sorted(stored.counts.tolist())
    old = draft.terms < len(before)
    assert draft.terms[old].tolist() == stored.terms[stored.terms < len(before)].tolist()
    assert draft.counts[old].tolist() == stored.counts[stored.terms < len(before)].tolist()
    assert len(draft.terms) == len(stored.terms)


def test_two_forms_of_a_new_word_are_one_new_term_of_a_draft() -> None:
    analyzer = Analyzer(Vocabulary(["pegel"]))
    found = analyzer.draft(an_article("Brücke", body="Brücken Pegel"), "de")
    assert found.terms.tolist() == [0, 1]
    assert found.counts.tolist() == [LEAD_WEIGHT, HEADLINE_WEIGHT + LEAD_WEIGHT]


@pytest.mark.parametrize(
    ("written", "expected"), [("de", "de"), ("DE", "de"), ("de-AT", "de"), ("en", "en")]
)
def test_the_language_an_article_names_is_its_language(written: str, expected: str) -> None:
    article = an_article(body="The river has flooded the village.", language=written)
    assert Analyzer(Vocabulary()).language_of(article) == expected


def test_a_language_not_named_is_detected_and_else_the_sites() -> None:
    english = (
        "The river has flooded the village and the people who live there were asked to leave "
        "their houses, because nobody knows whether the bridge will stand until the morning."
    )
    analyzer = Analyzer(Vocabulary(), "fr")
    assert analyzer.language_of(an_article("Flood", body=english, language="")) == "en"
    assert analyzer.language_of(an_article("42", language="")) == "fr"


def test_a_word_is_read_by_the_rules_of_its_language() -> None:
    analyzer = Analyzer(Vocabulary())
    german = counts_of(analyzer, analyzer.document(an_article("die Nations"), "de"))
    english = counts_of(analyzer, analyzer.document(an_article("die Nations"), "en"))
    assert set(german) == {term("nations", "de")}
    assert set(english) == {term("die", "en"), term("nations", "en")}


def test_a_written_word_leads_to_its_term_as_soon_as_it_has_one() -> None:
    analyzer = Analyzer(Vocabulary())
    assert analyzer.written("de")["Brücken"] == -1
    analyzer.document(an_article("Brücke"), "de")
    assert analyzer.written("de")["Brücken"] == analyzer.vocabulary.get("bruck") == 0
    assert analyzer.written("de")["und"] == -1
    assert analyzer.written("de")["Corona-Krise"] == -1
    assert analyzer.vocabulary.terms == ["bruck"]


def test_words_of_a_write_that_failed_are_forgotten() -> None:
    analyzer = Analyzer(Vocabulary())
    analyzer.document(an_article("Deich"), "de")
    analyzer.document(an_article("Pegel"), "de")
    assert analyzer.written("de")["Pegel"] == 1
    analyzer.vocabulary.truncate(1)
    analyzer.forget()
    assert analyzer.written("de")["Pegel"] == -1
    assert analyzer.document(an_article("Hafen"), "de").terms.tolist() == [1]
    assert analyzer.document(an_article("Pegel"), "de").terms.tolist() == [2]
