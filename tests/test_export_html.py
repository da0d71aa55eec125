"""The block and the page: correct HTML, nothing executable, nothing fetched, whatever comes in."""

from __future__ import annotations

import doctest
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import relnews.export.labels
import relnews.export.link
from relnews.export import html_block, html_page
from relnews.export.html import paragraphs
from relnews.export.labels import ENGLISH, GERMAN, labels_for, write_moment, write_names
from relnews.export.link import safe_link
from relnews.types import Article, PlacedBy, Related, RelatedList, Relation

CET = timezone(timedelta(hours=1))
AT = datetime(2026, 3, 3, 8, 15, tzinfo=CET)
HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>{{ 7 * 7 }}&amp;"

NO_LINKS = [
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "JAVASCRIPT:alert(1)",
    " javascript:alert(1)",
    "\tjavascript:alert(1)",
    "\x01javascript:alert(1)",
    "\x1fjavascript:alert(1)",
    "\xa0javascript:alert(1)",
    "\ufeffjavascript:alert(1)",
    "\u200bjavascript:alert(1)",
    "java\nscript:alert(1)",
    "java\r\nscript:alert(1)",
    "java\tscript:alert(1)",
    "javascript\n:alert(1)",
    "javascript:\nalert(1)",
    "javascript://tagblatt.example/%0aalert(1)",
    "javascript&colon;alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;avascript:alert(1)",
    "view-source:javascript:alert(1)",
    "vbscript:msgbox(1)",
    "VbScript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "DATA:text/html;base64,PHNjcmlwdD4=",
    "data\n:text/html,x",
    "file:///etc/passwd",
    "blob:https://tagblatt.example/1",
    "mailto:redaktion@tagblatt.example",
    "http:javascript:alert(1)",
    "httpſ://tagblatt.example/",
    "https:",
    "https://",
    "https://tagblatt.example/a b",
    "https://tagblatt.example/a\n",
    "https://tagblatt.example/\x00",
    "",
    " ",
]
LINKS = [
    "https://tagblatt.example/stadt/risse",
    "http://tagblatt.example/?a=1&b=2#c:d",
    "HTTPS://TAGBLATT.EXAMPLE/A",
    "https://tagblatt.example/straße",
    "//tagblatt.example/a",
    "/stadt/risse-1,2.html",
    "../a:b/c",
    "./a",
    "artikel(1).html",
    "?id=7:8",
    "#oben",
]
_VOID = {"meta"}
_ALLOWED_TAGS = """html head meta title style body header main footer section article div p h1 h2 h3
    ol li a span b i time svg rect"""
_TAGS = set(_ALLOWED_TAGS.split())


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Reader(HTMLParser):
    """Reads a document and stumbles over the first tag that does not match."""

    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute of <{tag}> stands there twice"
        self.elements.append(Element(tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(self.elements[-1])

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def all(self, tag: str, cls: str = "") -> list[Element]:
        found = [element for element in self.elements if element.tag == tag]
        return [e for e in found if not cls or e.attributes.get("class") == cls]

    def text(self, tag: str, cls: str = "") -> str:
        (element,) = self.all(tag, cls)
        return " ".join(element.text.split())


def parse(markup: str) -> Reader:
    """Parse; refuse unbalanced tags, unknown ones, and whatever would run or load something."""
    reader = Reader()
    reader.feed(markup)
    reader.close()
    assert not reader.open
    for element in reader.elements:
        assert element.tag in _TAGS
        names = set(element.attributes)
        assert not names & {"src", "srcset", "style", "action", "data", "background", "xlink:href"}
        assert not any(name.startswith("on") for name in names)
        if "href" in names:
            assert element.tag == "a"
            assert safe_link(element.attributes["href"] or "")
    for style in reader.all("style"):
        assert "@import" not in style.text
        assert "url(" not in style.text
        assert "http" not in style.text
    return reader


def article(headline: str = "Risse im Träger", **fields: Any) -> Article:
    return Article(**{"id": "a-1", "headline": headline, "published_at": AT, **fields})


def entry(target: Article, **fields: Any) -> Related:
    given: dict[str, Any] = {
        "score": 0.624,
        "relevance": 0.78,
        "freshness": 0.8,
        "lexical": 0.5,
        "semantic": 0.4,
        "relation": "same_story",
        "placed_by": "score",
    }
    return Related(article=target, **{**given, **fields})


def listed(*entries: Related, note: str = "", k: int = 5) -> RelatedList:
    return RelatedList(source_id="a-0", at=AT, k=k, entries=entries, note=note)


FULL = article(
    id="a-2",
    teaser="Die Brücke ist zu.",
    section="Stadt",
    url="https://tagblatt.example/stau?a=1&b=2",
)


def test_a_block_has_headline_link_teaser_section_and_time() -> None:
    block = parse(html_block(listed(entry(FULL))))
    assert block.text("h2") == "Empfohlen"
    (section,) = block.all("section")
    assert section.attributes["aria-label"] == "Empfohlen"
    assert section.attributes["lang"] == "de"
    assert block.text("a") == "Risse im Träger"
    assert block.all("a")[0].attributes["href"] == "https://tagblatt.example/stau?a=1&b=2"
    assert block.text("p", "relnews-teaser") == "Die Brücke ist zu."
    assert block.text("p", "relnews-meta") == "Stadt · 3. März 2026, 08:15 Uhr"
    assert block.all("time")[0].attributes["datetime"] == "2026-03-03T08:15:00+01:00"


def test_a_block_has_no_styles_and_no_evidence() -> None:
    markup = html_block(listed(entry(FULL, reason="Begründung"), note="Anmerkung"))
    assert not parse(markup).all("style")
    assert "Begründung" not in markup
    assert "Anmerkung" not in markup


def test_entries_stand_in_the_order_of_the_list() -> None:
    targets = [article(name, id=name) for name in ("Zuerst", "Dann", "Zuletzt")]
    related = listed(*map(entry, targets))
    for markup in (html_block(related), html_page(article("Quelle"), related)):
        assert [h.text for h in parse(markup).all("h3")] == ["Zuerst", "Dann", "Zuletzt"]


def test_an_empty_list_is_an_empty_block() -> None:
    assert html_block(listed()) == ""


def test_a_page_with_an_empty_list_says_why() -> None:
    page = parse(html_page(article(), listed(note="0 von 5: nichts verwandt")))
    assert not page.all("section")
    assert page.text("footer", "receipt") == (
        "0 von 5: nichts verwandt Stand: 3. März 2026, 08:15 Uhr · 0 von 5"
    )
    assert not parse(html_page(article(), listed(), explain=False)).all("footer", "receipt")


def test_what_an_article_lacks_leaves_no_empty_element() -> None:
    bare = article(published_at=None, teaser=" ", section="\n", authors=(" ",), tags=("",))
    page = parse(html_page(bare, listed(entry(bare)), explain=False))
    for element in page.elements:
        if element.tag in {"p", "span", "time", "a", "h1", "h2", "h3", "b"}:
            assert element.text.strip(), element
    assert not page.all("p")
    assert not page.all("time")
    assert not page.all("header", "masthead")


def test_a_page_shows_the_whole_article() -> None:
    source = article(
        teaser="Ein Vorspann.",
        body="Erster Absatz.\n\nZweiter Absatz.",
        section="Stadt",
        source="Tagblatt",
        authors=("Nils Gerkens", "Eva Lind"),
        tags=("Brücke", "Verkehr"),
        image_credit="S. Orlow",
        updated_at=AT + timedelta(hours=2),
    )
    page = parse(html_page(source, listed(entry(FULL)), site="Lindenauer Tagblatt"))
    assert page.all("html")[0].attributes["lang"] == "de"
    assert page.text("title") == "Risse im Träger – Lindenauer Tagblatt"
    assert page.text("header", "masthead") == "Lindenauer Tagblatt"
    assert page.text("h1") == "Risse im Träger"
    assert page.text("p", "section") == "Stadt"
    assert page.text("p", "credit") == "Foto: S. Orlow"
    assert page.text("p", "lead") == "Ein Vorspann."
    assert page.text("p", "byline") == "Von Nils Gerkens und Eva Lind · Tagblatt"
    assert page.text("p", "dates") == (
        "3. März 2026, 08:15 Uhr · aktualisiert 3. März 2026, 10:15 Uhr"
    )
    assert page.text("p", "topics") == "Themen: Brücke · Verkehr"
    bodies = [p.text for p in page.all("p") if "class" not in p.attributes]
    assert bodies[1:3] == ["Erster Absatz.", "Zweiter Absatz."]


@pytest.mark.parametrize("credit", ["Bild: dpa", "Foto: © S. Orlow"])
def test_a_credit_that_names_its_kind_is_left_alone(credit: str) -> None:
    page = parse(html_page(article(image_credit=credit), listed()))
    assert page.text("p", "credit") == credit


def test_evidence_tells_place_score_words_and_reason() -> None:
    related = listed(
        entry(FULL, shared_words=("Brücke", "Stau"), reason="Zwei Tage später."),
        entry(FULL, relation="unrelated", placed_by="section", score=0, relevance=0),
        note="1 von 5",
    )
    page = parse(html_page(article(), related))
    first, second = (" ".join(e.text.split()) for e in page.all("div", "evidence"))
    assert first == (
        "Platz 1 · gleiche Geschichte · nach Wertung "
        "Wertung 0,62 = Relevanz 0,78 × Aktualität 0,80 "
        "Zwei Tage später. Gemeinsame Wörter: Brücke, Stau"
    )
    assert second.startswith("Platz 2 · ohne Bezug · Ressort: neueste Wertung 0,00")
    widths = [bar.attributes["width"] for bar in page.all("rect", "level")]
    assert widths == ["62", "78", "80", "0", "0", "80"]
    assert page.text("footer", "receipt").startswith("1 von 5 Stand: 3. März 2026")


def test_without_explain_a_page_shows_no_evidence() -> None:
    related = listed(entry(FULL, reason="Begründung"), note="Anmerkung")
    page = html_page(article(), related, explain=False)
    assert not parse(page).all("svg")
    assert "Begründung" not in page
    assert "Anmerkung" not in page


@pytest.mark.parametrize("share", [-1.0, 7.0, float("inf"), float("nan")])
def test_a_share_out_of_range_breaks_no_bar(share: float) -> None:
    page = parse(html_page(article(), listed(entry(FULL, score=share))))
    assert 0 <= int(page.all("rect", "level")[0].attributes["width"] or "-1") <= 100


def test_an_english_article_gets_english_labels() -> None:
    source = article("Cracks", language="en", authors=("A. Roth",), image_credit="B. Hill")
    pinned = entry(article("Detour", language="en", section="City"), placed_by="pin")
    page = parse(html_page(source, listed(pinned)))
    assert page.all("html")[0].attributes["lang"] == "en"
    assert page.text("h2") == "Recommended"
    assert page.text("p", "place") == "No. 1 · same story · pinned"
    assert page.text("p", "credit") == "Photo: B. Hill"
    assert page.text("p", "byline") == "By A. Roth"
    assert page.text("p", "relnews-meta") == "City · 3 March 2026, 08:15"
    assert "0.62" in page.text("p", "sum")


def test_an_entry_in_another_language_says_so() -> None:
    related = listed(entry(article(language="de")), entry(article(language="fr")))
    for markup in (html_block(related), html_page(article(language="de"), related)):
        entries = parse(markup).all("article", "relnews-entry")
        assert [e.attributes.get("lang") for e in entries] == [None, "fr"]


def test_a_detected_language_is_told_of_entry_and_link() -> None:
    """The labels are those of the list, whatever stands first on it."""
    url = "https://tagblatt.example/"
    entries = [
        entry(article(url=url), language="en"),
        entry(article(url=url), language="de"),
        entry(article(url=url, language="fr-CH"), language="fr"),
        entry(article(language="it"), language="it"),
    ]
    related = replace(listed(*entries), language="de")
    for markup in (html_block(related), html_page(article(), related)):
        page = parse(markup)
        told = [one.attributes.get("lang") for one in page.all("article", "relnews-entry")]
        assert told == ["en", None, "fr-CH", "it"]
        assert [one.attributes.get("hreflang") for one in page.all("a")] == ["en", None, "fr-CH"]
        assert page.all("section", "relnews")[0].attributes["lang"] == "de"


def test_labels_are_in_the_language_of_the_list_where_the_article_names_none() -> None:
    related = replace(listed(entry(article(), language="en")), language="en")
    page = parse(html_page(article(), related))
    assert page.all("html")[0].attributes["lang"] == "en"
    assert parse(html_block(related)).all("h2")[0].text == "Recommended"


@pytest.mark.parametrize("language", ['"><script>', "de de", "x", "deutsch-", "de\n"])
def test_what_is_no_language_is_no_lang_attribute(language: str) -> None:
    one = entry(article(language=language, url="/a"), language=language)
    related = replace(listed(one), language=language)
    page = parse(html_page(article(language=language), related))
    assert "hreflang" not in page.all("a")[0].attributes
    assert page.all("html")[0].attributes["lang"] in {"de", "en"}
    assert "lang" not in page.all("article", "relnews-entry")[0].attributes


@pytest.mark.parametrize("language", ["", "de", "DE", "de-AT", " de "])
def test_german_is_the_default(language: str) -> None:
    assert labels_for(language) is GERMAN


@pytest.mark.parametrize("language", ["en", "fr", "den", "x"])
def test_other_languages_get_english(language: str) -> None:
    assert labels_for(language) is ENGLISH


@pytest.mark.parametrize("labels", [GERMAN, ENGLISH])
def test_every_relation_and_placement_has_a_label(labels: relnews.export.labels.Labels) -> None:
    assert set(labels.relation) == set(get_args(Relation))
    assert set(labels.placed_by) == set(get_args(PlacedBy))
    assert len(labels.months) == 12


def test_a_moment_is_written_in_its_own_offset() -> None:
    assert write_moment(AT, GERMAN) == "3. März 2026, 08:15 Uhr"
    assert write_moment(AT.astimezone(UTC), GERMAN) == "3. März 2026, 07:15 Uhr"
    assert write_moment(AT, ENGLISH) == "3 March 2026, 08:15"


def test_names_are_joined_as_in_a_sentence() -> None:
    assert write_names([], GERMAN) == ""
    assert write_names(["A"], GERMAN) == "A"
    assert write_names([" A ", "", "B"], GERMAN) == "A und B"
    assert write_names(["A", "B", "C"], ENGLISH) == "A, B and C"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", []),
        (" \n\n ", []),
        ("Eins.", ["Eins."]),
        ("Eins.\nZwei.", ["Eins.", "Zwei."]),
        ("Eins.\n\nZwei.", ["Eins.", "Zwei."]),
        ("Eins.\r\n \t\r\nZwei.\r\n", ["Eins.", "Zwei."]),
        ("Eins,\nnoch eins.\n\n\n\nZwei.", ["Eins,\nnoch eins.", "Zwei."]),
        ("\n\nEins.\nZwei.\n\n", ["Eins.", "Zwei."]),
        ("28\u00a0000\n\nz.\u00a0B.", ["28\u00a0000", "z.\u00a0B."]),
    ],
)
def test_paragraphs_end_at_blank_lines_or_else_at_every_line(
    body: str, expected: list[str]
) -> None:
    assert paragraphs(body) == expected


@pytest.mark.parametrize("url", NO_LINKS)
def test_an_unknown_scheme_is_text_and_no_link(url: str) -> None:
    assert safe_link(url) == ""
    if "\x00" in url:
        return  # no article can hold it
    related = listed(entry(article("Nur Text", url=url)))
    for markup in (html_block(related), html_page(article(url=url), related)):
        assert not parse(markup).all("a")
        assert parse(markup).text("h3") == "Nur Text"


@pytest.mark.parametrize("url", LINKS)
def test_http_and_relative_addresses_are_links(url: str) -> None:
    block = parse(html_block(listed(entry(article(url=url)))))
    assert [a.attributes["href"] for a in block.all("a")] == [url]


@pytest.mark.parametrize(
    "name",
    ["headline", "teaser", "body", "section", "source", "image_credit", "url", "language", "id"],
)
def test_hostile_text_is_shown_and_not_run(name: str) -> None:
    hostile = article(**{"url": "/a", name: HOSTILE})
    for markup in (html_page(hostile, listed(entry(hostile))), html_block(listed(entry(hostile)))):
        assert "<script" not in markup
        assert "<img" not in markup
        assert "49" not in markup
        parse(markup)
    if name not in {"url", "language", "id"}:
        assert HOSTILE in parse(html_page(hostile, listed(entry(hostile)))).text("body")


def test_hostile_names_tags_words_and_notes_are_shown_and_not_run() -> None:
    hostile = article(authors=(HOSTILE,), tags=(HOSTILE,))
    related = listed(entry(hostile, shared_words=(HOSTILE,), reason=HOSTILE), note=HOSTILE)
    markup = html_page(hostile, related, site=HOSTILE)
    assert "<script" not in markup
    assert parse(markup).text("body").count(HOSTILE) == 6


def test_a_page_forbids_itself_to_run_or_load_anything() -> None:
    page = parse(html_page(FULL, listed(entry(FULL)), site="Tagblatt"))
    policies = [
        meta.attributes["content"]
        for meta in page.all("meta")
        if meta.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policies == [
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    ]


def test_the_same_input_gives_the_same_bytes() -> None:
    related = listed(entry(FULL), entry(article()))
    assert html_page(FULL, related) == html_page(FULL, related)
    assert html_block(related) == html_block(related)


@pytest.mark.parametrize("module", [relnews.export.labels, relnews.export.link])
def test_docstring_examples_hold(module: Any) -> None:
    assert doctest.testmod(module).failed == 0


MARKUP = st.sampled_from(
    ["<script>", "</script>", "</style>", "<!--", "]]>", '"', "'", "&lt;", "<"]
)
TEXT = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30),
    st.lists(MARKUP, max_size=4).map("".join),
)
MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, CET])).filter(
    lambda moment: 1 < moment.year < 9999
)
ARTICLES = st.builds(
    Article,
    id=TEXT.filter(str.strip),
    headline=TEXT.filter(str.strip),
    teaser=TEXT,
    body=TEXT,
    url=st.one_of(TEXT, st.sampled_from(NO_LINKS + LINKS).filter(lambda url: "\x00" not in url)),
    section=TEXT,
    source=TEXT,
    authors=st.lists(TEXT, max_size=3).map(tuple),
    language=st.one_of(TEXT, st.sampled_from(["de", "en", "fr"])),
    tags=st.lists(TEXT, max_size=3).map(tuple),
    published_at=st.none() | MOMENTS,
    updated_at=st.none() | MOMENTS,
    image_credit=TEXT,
)
SHARE = st.floats(0, 1)
ENTRIES = st.builds(
    Related,
    article=ARTICLES,
    score=SHARE,
    relevance=SHARE,
    freshness=SHARE,
    lexical=SHARE,
    semantic=SHARE,
    relation=st.sampled_from(get_args(Relation)),
    placed_by=st.sampled_from(get_args(PlacedBy)),
    shared_words=st.lists(TEXT, max_size=3).map(tuple),
    reason=TEXT,
)
LISTS = st.builds(
    RelatedList,
    source_id=TEXT,
    at=MOMENTS,
    k=st.integers(1, 9),
    entries=st.lists(ENTRIES, max_size=3).map(tuple),
    note=TEXT,
)


@given(source=ARTICLES, related=LISTS, site=TEXT)
def test_any_text_gives_balanced_html_without_scripts(
    source: Article, related: RelatedList, site: str
) -> None:
    page = html_page(source, related, site=site)
    assert "<script" not in page.lower()
    assert parse(page).all("h1")[0].text == source.headline
    headlines = [target.article.headline for target in related]
    for markup in (page, html_block(related)):
        assert "<script" not in markup.lower()
        assert [h.text for h in parse(markup).all("h3")] == headlines
