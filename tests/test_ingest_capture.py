"""Captures: the text of a page, in whatever shape it was copied."""

from __future__ import annotations

import io
import time
from datetime import datetime
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.ingest import read
from relnews.ingest.capture import capture_id, read_capture
from relnews.ingest.capture import page as capture
from relnews.ingest.capture.lines import (
    authors_of,
    credit_in,
    is_furniture,
    is_recommended,
    looks_like_headline,
    stated_time,
)
from relnews.ingest.capture.title import split_title
from relnews.types import Article, Quarantined

DATA = Path(__file__).parent / "data" / "ingest"
BERLIN = ZoneInfo("Europe/Berlin")

HEADLINE = "Alte Eisenbrücke wird nun doch saniert"
LEAD = "Der Stadtrat hat 2,4 Millionen Euro bewilligt. Die Arbeiten beginnen noch vor dem Winter."
BODY = (
    "Nach drei Jahren Streit ist es entschieden: Die Brücke bleibt. 21 von 30 stimmten dafür.",
    "„Das ist ein guter Tag für Lindenau“, sagte Bürgermeisterin Petra Holm.",
    "Bis zum Herbst bleibt der Fußweg gesperrt.",
)
ENTRIES = (
    ("Radweg am Fluss wird verlängert", "Radfahrer sollen bis Oberau durchfahren. Das kostet."),
    ("Wird die Linde zum Problem?", "Der Fluss führt wenig Wasser. Angler schlagen Alarm."),
    ("Freibad schließt früher", "Die kühlen Nächte machen dem Becken zu schaffen."),
)


def captured(text: str | bytes) -> list[Article | Quarantined]:
    data = text if isinstance(text, bytes) else text.encode()
    stream: io.BufferedReader = io.BufferedReader(io.BytesIO(data))
    return list(read_capture(stream, "f"))


def page(text: str) -> Article:
    first = captured(text)[0]
    assert isinstance(first, Article), first
    return first


TITLES = {
    "dash": [f"Lindenauer Tagblatt - {HEADLINE}", HEADLINE],
    "bar": [f"{HEADLINE} | Lindenauer Tagblatt", HEADLINE, HEADLINE],
    "dash once": [f"Lindenauer Tagblatt – {HEADLINE}"],
    "bar once": [f"{HEADLINE} | Lindenauer Tagblatt"],
    "colon": [f"Lindenauer Tagblatt: {HEADLINE}", HEADLINE],
    "section": [f"{HEADLINE} - Lokales - Lindenauer Tagblatt", HEADLINE],
    "lines": ["Lindenauer Tagblatt", HEADLINE],
    "lines twice": ["Lindenauer Tagblatt", HEADLINE, HEADLINE],
    "lines thrice": ["Lindenauer Tagblatt", HEADLINE, HEADLINE, HEADLINE.upper()],
    "site, then both": ["Lindenauer Tagblatt", f"{HEADLINE} | Lindenauer Tagblatt", HEADLINE],
    "none": [HEADLINE, HEADLINE],
    "none once": [HEADLINE],
}
CAPTIONS: dict[str, list[str]] = {
    "none": [],
    "line": ["Seit dem Frühjahr gesperrt: die Brücke. Foto: © J. Muster"],
    "credit": ["Foto: © J. Muster"],
    "apart": ["Seit dem Frühjahr gesperrt: die Brücke.", "Foto: © J. Muster"],
    "several": ["Die Brücke am Morgen", "Foto: J. Muster", "Am Abend (Archivbild: dpa)"],
}
CONTROLS = {
    "none": [],
    "size": ["Textgröße ändern:"],
    "letters": ["Textgröße ändern: A A A"],
    "font": ["Schriftgröße: kleiner größer"],
    "tools": ["Drucken", "Teilen"],
}
BYLINES: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "none": ([], ()),
    "dashes": (["A.B.Name--XYZ"], ("A.B.Name",)),
    "by": (["Von Jana Muster"], ("Jana Muster",)),
    "agency": (["Jana Muster, dpa"], ("Jana Muster", "dpa")),
}


def built(title: str, caption: str, *, control: str, byline: str, marker: str, blank: str) -> str:
    lines = [*TITLES[title], *CAPTIONS[caption], LEAD, *CONTROLS[control], *BODY]
    lines += BYLINES[byline][0]
    if marker:
        lines += [marker, *(line for entry in ENTRIES for line in entry), *CONTROLS[control]]
    if blank == "entries":  # an empty line before each entry alone
        heads = {headline for headline, _ in ENTRIES}
        return "\n".join("\n" + line if line in heads else line for line in lines)
    return {"none": "\n", "all": "\n\n", "crlf": "\r\n"}[blank].join(lines)


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("caption", CAPTIONS)
def test_the_parts_are_found_in_every_shape_of_page(title: str, caption: str) -> None:
    """Every combination of title, caption, control, byline, block and line ends."""
    shapes = product(
        CONTROLS, BYLINES, ("Empfohlen", "EMPFOHLEN:", ""), ("none", "all", "crlf", "entries")
    )
    for control, byline, marker, blank in shapes:
        text = built(title, caption, control=control, byline=byline, marker=marker, blank=blank)
        article, *entries = captured(text)
        assert isinstance(article, Article), text
        assert article.headline == HEADLINE, text
        assert article.source == ("" if "none" in title else "Lindenauer Tagblatt"), text
        assert article.image_credit == ("" if caption == "none" else "J. Muster"), text
        assert article.teaser == LEAD, text
        assert article.body == "\n".join(BODY), text
        assert article.authors == BYLINES[byline][1], text
        found = [(e.headline, e.teaser) for e in entries if isinstance(e, Article)]
        assert found == (list(ENTRIES) if marker else []), text


def test_an_absent_lead_is_told_by_the_control_line() -> None:
    got = page("\n".join([HEADLINE, HEADLINE, "Foto: © dpa", "Textgröße ändern:", *BODY]))
    assert (got.teaser, got.body) == ("", "\n".join(BODY))


def test_a_lead_above_its_picture_is_not_taken_for_a_caption() -> None:
    got = page("\n".join([HEADLINE, LEAD, "Foto: © dpa", "Textgröße ändern:", *BODY]))
    assert (got.teaser, got.body, got.image_credit) == (LEAD, "\n".join(BODY), "dpa")


def test_pictures_and_controls_within_the_text_leave_no_trace() -> None:
    lines = [HEADLINE, LEAD, BODY[0], "Blick vom Ufer", "Foto: © dpa", BODY[1], "Drucken", BODY[2]]
    got = page("\n".join(lines))
    assert (got.teaser, got.body) == (LEAD, "\n".join(BODY))


def test_the_samples_are_read_as_people_read_them() -> None:
    got = {
        path.stem: [r for r in read(path) if isinstance(r, Article)]
        for path in sorted(DATA.glob("*.txt"))
    }
    assert {
        name: (first.headline, first.source, first.authors, first.image_credit, len(entries))
        for name, (first, *entries) in got.items()
    } == {
        "bruecke": (HEADLINE, "Lindenauer Tagblatt", ("A.B.Name",), "J. Muster", 4),
        "handball": (
            "Handballer steigen ab", "Die Harke", ("Karl-Heinz Muster", "Ute Beispiel"), "", 0,
        ),
        "leserbrief": ("Landrat Brand kündigt Rückzug an", "", (), "", 0),
        "museum": (
            "Heimatmuseum zeigt Spielzeug aus hundert Jahren", "", ("J.Muster",),
            "Museum Bergheim", 3,
        ),
        "streik": (
            "Warnstreik legt Busse in Oberau lahm", "Oberauer Kurier", ("Jana Muster", "dpa"),
            "dpa/Erika Beispiel", 2,
        ),
        "wetter": (
            "Sturm deckt Dächer ab und entwurzelt Bäume", "bergheim-aktuell.de", ("dpa",), "", 3,
        ),
    }  # fmt: skip
    assert got["streik"][0].published_at == datetime(2020, 10, 3, 12, 30, tzinfo=BERLIN)
    assert got["bruecke"][0].published_at is None
    theatre = got["museum"][1]
    assert theatre.teaser.startswith("Für das Weihnachtsmärchen fehlen noch drei Zwerge")
    assert theatre.teaser.endswith("im Gemeindehaus.")
    assert (got["museum"][3].headline, got["museum"][3].teaser) == ("Chor feiert Jubiläum", "")


def test_an_entry_never_replaces_the_page_it_points_to() -> None:
    entry = captured(
        built("none", "none", control="size", byline="none", marker="Empfohlen", blank="none")
    )[1]
    assert isinstance(entry, Article)
    own = page(f"Lindenauer Tagblatt - {entry.headline.upper()}\n{LEAD}\n{BODY[0]}\n")
    assert own.id == entry.id == capture_id("  radweg am Fluss, wird verlängert!")
    assert (own.version, entry.version) == (2, 1)
    assert entry.id == "capture-82f5289459d0ef23"  # stored ones must stay the same


def test_a_page_that_recommends_itself_or_one_article_twice_gives_each_once() -> None:
    lines = [HEADLINE, LEAD, BODY[0], "Empfohlen", HEADLINE, LEAD, *ENTRIES[0], *ENTRIES[0]]
    assert [r.headline for r in captured("\n".join(lines)) if isinstance(r, Article)] == [
        HEADLINE,
        ENTRIES[0][0],
    ]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (
            "Stadt plant Gedenktafel\nDer Verein sammelt Spenden\n\nChor singt\nAm Abend im Dom",
            [
                ("Stadt plant Gedenktafel", "Der Verein sammelt Spenden"),
                ("Chor singt", "Am Abend im Dom"),
            ],
        ),
        (
            "Chor singt\n\nIm Dom.\n\nWird es kalt?\nDie Meteorologen rechnen\nmit Frost.",
            [
                ("Chor singt", "Im Dom."),
                ("Wird es kalt?", "Die Meteorologen rechnen mit Frost."),
            ],
        ),
        (
            "- Chor singt\nAm Abend im Dom.\n1. Wird es kalt?\nJa. Und wie lange?\n03.10.2020",
            [("Chor singt", "Am Abend im Dom."), ("Wird es kalt?", "Ja. Und wie lange?")],
        ),
        (
            "Chor singt\nAm Abend im Dom …\nDas ist neu",
            [("Chor singt", "Am Abend im Dom …"), ("Das ist neu", "")],
        ),
    ],
)
def test_empty_lines_and_full_stops_part_the_entries(
    block: str, expected: list[tuple[str, str]]
) -> None:
    got = captured(f"{HEADLINE}\n{LEAD}\nEmpfohlen\n\n{block}\n")[1:]
    assert [(r.headline, r.teaser) for r in got if isinstance(r, Article)] == expected


def test_entries_without_teasers_stand_alone() -> None:
    heads = [headline for headline, _ in ENTRIES]
    lines = [
        HEADLINE,
        LEAD,
        "Empfohlen",
        heads[0],
        heads[2],
        heads[0] + " II",
        ENTRIES[1][1],
        "Ohne Teaser am Ende",
    ]
    got = [(r.headline, r.teaser) for r in captured("\n".join(lines))[1:] if isinstance(r, Article)]
    assert got == [
        (heads[0], ""),
        (heads[2], ""),
        (heads[0] + " II", ENTRIES[1][1]),
        ("Ohne Teaser am Ende", ""),
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"", b"  \n\n ", b"\x00\x01\x02", b"\x89PNG\r\n\x1a\n\x00", b"Nur eine Zeile",
        b"Empfohlen\n", b"Textgr\xc3\xb6\xc3\x9fe:\nDrucken\n", b"Wort " * 100 + b"\nText.\n",
    ],
)  # fmt: skip
def test_what_is_no_capture_is_quarantined_with_the_reason(data: bytes) -> None:
    (got,) = captured(data)
    assert isinstance(got, Quarantined)
    assert got.file == "f"
    assert "a capture must" in got.reason


def test_a_capture_too_long_is_quarantined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "LONGEST_CAPTURE", 100)
    (got,) = captured(f"{HEADLINE}\n" + "x" * 200)
    assert isinstance(got, Quarantined)
    assert "longer than" in got.reason


def test_older_encodings_are_read() -> None:
    text = f"{HEADLINE}\n{LEAD}\n{BODY[1]}\n"
    first = captured(text.encode("cp1252"))[0]
    assert first == page(text) == captured(b"\xef\xbb\xbf" + text.encode())[0]


@pytest.mark.parametrize(
    ("line", "last", "authors"),
    [
        ("A.B.Name--XYZ", False, ("A.B.Name",)),
        ("J. Muster -- LT", False, ("J. Muster",)),
        ("J.Muster--dpa", False, ("J.Muster", "dpa")),
        ("Von Dr. Ute von Beispiel und Karl-Heinz Muster", False,
         ("Dr. Ute von Beispiel", "Karl-Heinz Muster")),
        ("Jana Muster, dpa", True, ("Jana Muster", "dpa")),
        ("Jana Muster, dpa", False, ()),
        ("(dpa/AFP)", True, ("dpa", "AFP")),
        ("Jana Muster", True, ("Jana Muster",)),
        ("Von Montag an fahren die Busse wieder", True, ()),
        ("Bis zum Herbst bleibt der Weg gesperrt.", True, ()),
        ("Fazit", True, ()),
        ("Er kam -- sah", True, ()),
    ],
)  # fmt: skip
def test_bylines(line: str, *, last: bool, authors: tuple[str, ...]) -> None:
    assert authors_of(line, last=last) == authors


@pytest.mark.parametrize(
    ("lines", "headline", "site"),
    [
        (["Corona - was jetzt gilt", "Ein Lead."], "Corona - was jetzt gilt", ""),
        (
            ["LT | Corona - was jetzt gilt", "Corona - was jetzt gilt"],
            "Corona - was jetzt gilt",
            "LT",
        ),
        (
            ["Alle geben Stimme ab - Ergebnis offen", "X."],
            "Alle geben Stimme ab - Ergebnis offen",
            "",
        ),
        (
            ["Streik beendet", "Streikende vor dem Werkstor in Oberau", "Foto: dpa"],
            "Streik beendet",
            "",
        ),
        (
            ["Harke", "Streik bei der Bahn ist beendet", "Ein Lead."],
            "Streik bei der Bahn ist beendet",
            "Harke",
        ),
        (["www.lindenau.de", "Streik beendet", "Ein Lead."], "Streik beendet", "www.lindenau.de"),
        (
            ["Streik beendet", "Die Busse in Oberau fahren wieder", "Textgröße ändern:", "Text."],
            "Streik beendet",
            "",
        ),
    ],
)
def test_titles(lines: list[str], headline: str, site: str) -> None:
    assert split_title(lines)[:2] == (headline, site)


def test_the_vocabulary_of_pages() -> None:
    assert all(
        map(is_recommended, ["Empfohlen", "EMPFOHLEN:", "Empfohlene Artikel", "Für Sie empfohlen"])
    )
    assert not is_recommended("Empfohlen wird ein Neubau")
    assert all(
        map(is_furniture, ["Textgröße ändern: A A A", "Drucken | Teilen", "A A A", "© LT 2020"])
    )
    assert not is_furniture("Teilen will gelernt sein")
    assert credit_in("Am Abend (Archivbild: dpa)") == ("Am Abend", "dpa")
    assert credit_in("Ein Bild: So war es, sagte er. Dann ging er fort und kam nie wieder.") is None
    assert stated_time("Stand: 03.10.2020, 12:30 Uhr", BERLIN) == datetime(
        2020, 10, 3, 12, 30, tzinfo=BERLIN
    )
    assert stated_time("Am 03.10.2020 war alles anders", BERLIN) is None
    assert stated_time("1234567890", BERLIN) is None
    assert looks_like_headline("Was nun?")
    assert not looks_like_headline("Es regnet.")


def test_a_date_of_publishing_goes_before_one_of_saving() -> None:
    got = page(f"{HEADLINE}\nAktualisiert: 05.10.2020\nVeröffentlicht am 3. Oktober 2020\n{LEAD}\n")
    assert got.published_at == datetime(2020, 10, 3, tzinfo=BERLIN)
    assert got.teaser + got.body == LEAD


def test_no_line_costs_more_than_linear_time() -> None:
    began = time.perf_counter()
    for piece in ("Aaaa", "A.", "A. ", "Foto: ", "© ", "- ", "“", "12.", "A ", "Von A, ", "a--"):
        captured(
            (HEADLINE + "\n" + piece * 50 + "!\n" + "\n".join([piece * 20_000] * 5) + "\n") * 2
        )
    assert time.perf_counter() - began < 10


words = st.sampled_from(
    ["Empfohlen", "Foto: ©", HEADLINE, LEAD, "Textgröße ändern:", "A.B.Name--XYZ", "03.10.2020",
     "\n", "\n\n", " - ", " | ", "?", ".", "Drucken", "LT", "von", "\u00ad", "1. "]
)  # fmt: skip


@given(st.lists(words | st.text(max_size=20)).map("".join))
def test_any_text_gives_articles_or_one_quarantined(text: str) -> None:
    got = captured(text.encode(errors="replace"))
    assert got
    assert all(isinstance(r, Article) for r in got) or len(got) == 1
    assert len({r.id for r in got}) == len(got)


@given(st.binary())
def test_any_bytes_give_articles_or_one_quarantined(data: bytes) -> None:
    assert captured(data)


@pytest.mark.parametrize(
    ("line", "headline"),
    [
        ("- Brücke gesperrt", "Brücke gesperrt"),
        ("2. Brücke gesperrt", "Brücke gesperrt"),
        ("Zulieferkette – allerdings teuer", "Zulieferkette – allerdings teuer"),
        ("Brücke öffnet am 13. April", "Brücke öffnet am 13. April"),
    ],
)
def test_only_a_leading_bullet_is_cut_from_an_entry(line: str, headline: str) -> None:
    page_lines = ["Lindenauer Tagblatt", "Rat tagt", "Rat tagt", "Ein Text.", "Empfohlen"]
    text = "\n".join([*page_lines, line, "Ein Teaser steht hier."])
    _, entry = captured(text)
    assert isinstance(entry, Article)
    assert entry.headline == headline
