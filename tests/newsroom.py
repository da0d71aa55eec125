"""A small German newsroom for the tests of the front door: articles of text, over a store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from relnews import Article, Mmr, Policy

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

TOPICS = {
    "bruecke": (
        "Die Brücke über die Elmse bleibt nach dem Gutachten gesperrt.",
        "Prüfer fanden Risse im Stahlträger am Mittelpfeiler der Brücke.",
        "Der Verkehr über die Elmse wird durch die Altstadt umgeleitet.",
        "Das Tiefbauamt rechnet mit einer Sperrung von zwei Jahren.",
        "Pendler klagen über den Umweg und fordern eine Behelfsbrücke.",
        "Die Sanierung der Brücke kostet die Stadt elf Millionen Euro.",
        "Ein Ingenieur warnt vor dem Abriss des alten Mittelpfeilers.",
        "Busse der Linie sieben enden seit der Sperrung am Fischmarkt.",
    ),
    "theater": (
        "Das Stadttheater eröffnet die Spielzeit mit einer neuen Oper.",
        "Die Intendantin verteidigt den Umbau der großen Bühne.",
        "Das Ensemble probt bis zum Herbst in einer Lagerhalle.",
        "Kritiker lobten die Premiere und den jungen Tenor.",
        "Der Vorverkauf für die Oper beginnt am Montag an der Kasse.",
        "Die Bühnentechnik des Theaters stammt aus den Sechzigern.",
        "Der Chor sucht für das Festival noch zwanzig Stimmen.",
        "Ein Dirigent aus Wien übernimmt das Orchester des Theaters.",
    ),
    "fussball": (
        "Der Trainer des Vereins wurde nach der Niederlage entlassen.",
        "Der Stürmer traf in der Nachspielzeit zum Ausgleich.",
        "Die Mannschaft rutscht auf einen Abstiegsplatz der Liga.",
        "Fans protestierten nach dem Abpfiff vor der Haupttribüne.",
        "Der Verein verpflichtet einen Torwart aus der zweiten Liga.",
        "Das Pokalspiel gegen den Meister ist seit Tagen ausverkauft.",
        "Der Kapitän fehlt der Mannschaft wegen einer Verletzung am Knie.",
        "Der Sportchef kündigt für den Winter weitere Transfers an.",
    ),
}
"""Sentences by subject; articles that take some of the same ones are related."""


def hours(number: float) -> datetime:
    """Give a moment so many hours after noon, or before it when negative."""
    return NOON + timedelta(hours=number)


def text(topic: str, *sentences: int) -> str:
    """Join some sentences of a topic, by number."""
    return " ".join(TOPICS[topic][number] for number in sentences)


def an_article(article_id: str, topic: str = "bruecke", *sentences: int, **values: Any) -> Article:
    """Give an article of own reporting, an hour old, in German."""
    given: dict[str, Any] = {
        "headline": TOPICS[topic][sentences[0] if sentences else 0],
        "body": text(topic, *(sentences or range(4))),
        "section": "Stadt",
        "source": "Tagblatt",
        "language": "de",
        "published_at": hours(-1),
    }
    return Article(id=article_id, **{**given, **values})


def about(article_id: str, **values: Any) -> Article:
    """Give an article about the bridge that shares two sentences with others, in its own mix.

    The id ends in a number, which chooses the sentences.
    """
    number = int(article_id.rsplit("-", 1)[1])
    first = number % 8
    return an_article(article_id, "bruecke", first, (first + 3) % 8, (first + 5) % 8, **values)


PLAIN = Policy(
    semantic_weight=0.1,
    relevance_zero=0.0,
    relevance_floor=0.5,
    half_life_hours=48.0,
    freshness_floor=0.2,
    evergreen_freshness=0.5,
    story_similarity=1.0,
    story_days=14.0,
    max_same_story=5,
    selector=Mmr(0.0),
    fill="none",
    languages=(),
    same_source=False,
    agencies=("dpa",),
    agency_hours=24.0,
)
"""No fills, no diversity, and a story only where texts are the same."""


def plain(**changes: Any) -> Policy:
    """Give the plain policy with changes."""
    return replace(PLAIN, **changes)


def filler(count: int, start: int = 0) -> list[Article]:
    """Give many cheap articles of invented words, some shared, most not."""
    return [
        Article(
            id=f"f-{number}",
            headline=f"wort{number % 97} thema{number % 53}",
            body=" ".join(f"silbe{(number * step + step * step) % 211}" for step in range(3, 19)),
            section=f"Ressort {number % 5}",
            source="Tagblatt",
            language="de",
            published_at=NOON - timedelta(minutes=number),
        )
        for number in range(start, start + count)
    ]
