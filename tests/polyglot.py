"""A newsroom in three languages for the tests, and a model that knows what its words mean."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from newsroom import NOON
from relnews import Article
from relnews.embed.embedded import Embedded
from relnews.embed.sentence.settings import SentenceSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

STORIES = {
    "bridge": {
        "de": "Brücke Gutachten Stahl Riss Verkehr Sperrung Fluss Umweg",
        "en": "bridge survey steel crack traffic closure river detour",
        "fr": "pont expertise acier fissure circulation fermeture fleuve détour",
    },
    "opera": {
        "de": "Oper Bühne Tenor Premiere Chor Orchester Probe Dirigent",
        "en": "opera stage tenor premiere choir orchestra rehearsal conductor",
        "fr": "opéra scène ténor première choeur orchestre répétition chef",
    },
    "football": {
        "de": "Trainer Stürmer Liga Tor Niederlage Verein Spiel Torwart",
        "en": "coach striker league goal defeat club match keeper",
        "fr": "entraîneur attaquant ligue but défaite équipe partie gardien",
    },
    "strike": {
        "de": "Streik Gewerkschaft Lohn Bahn Tarif Zug Fahrplan Pendler",
        "en": "strike union wage railway tariff train timetable commuter",
        "fr": "grève syndicat salaire chemins barème rame horaire navetteur",
    },
    "flood": {
        "de": "Hochwasser Regen Damm Pegel Keller Feuerwehr Sandsack Schaden",
        "en": "flood rain dam gauge cellar firefighters sandbag damage",
        "fr": "crue pluie digue jauge cave pompiers sac dégât",
    },
    "vote": {
        "de": "Wahl Stimme Partei Mehrheit Bürgermeister Umfrage Plakat Debatte",
        "en": "election ballot party majority mayor poll poster debate",
        "fr": "scrutin bulletin parti majorité maire sondage affiche débat",
    },
    "clinic": {
        "de": "Klinik Arzt Pflege Bett Notaufnahme Kasse Operation Patient",
        "en": "clinic doctor nursing bed emergency insurer surgery patient",
        "fr": "clinique médecin soins lit urgences caisse chirurgie malade",
    },
    "school": {
        "de": "Schule Lehrer Klasse Unterricht Zeugnis Ferien Mensa Kind",
        "en": "school teacher class lesson report holidays canteen child",
        "fr": "école professeur classe cours carnet vacances cantine enfant",
    },
    "museum": {
        "de": "Museum Gemälde Ausstellung Sammlung Maler Leihgabe Saal Kurator",
        "en": "museum painting exhibition collection painter loan hall curator",
        "fr": "musée tableau exposition fonds peintre prêt salle conservateur",
    },
    "wind": {
        "de": "Windrad Strom Netz Flügel Anwohner Genehmigung Turm Rotor",
        "en": "turbine electricity grid blade neighbour permit tower rotor",
        "fr": "éolienne courant réseau pale riverain permis tour hélice",
    },
    "bees": {
        "de": "Biene Imker Honig Milbe Blüte Stock Schwarm Wiese",
        "en": "bee beekeeper honey mite blossom hive swarm meadow",
        "fr": "abeille apiculteur miel acarien fleur ruche essaim pré",
    },
    "trial": {
        "de": "Gericht Richter Zeuge Urteil Anklage Anwalt Haft Beweis",
        "en": "court judge witness verdict charge lawyer custody evidence",
        "fr": "tribunal juge témoin jugement accusation avocat détention preuve",
    },
}
"""Words by story and language; the first of each mean the same, and so on."""

LANGUAGES = ("de", "en", "fr")
_SENTENCE = {
    "de": "{0} und {1} sind nach {2} nicht bei {3}, aber {4} wird auch mit {5} und {6} wie {7}.",
    "en": "{0} and {1} are at the {2} than the {3}, but {4} was also with {5} and {6} as {7}.",
    "fr": "{0} et {1} ne sont dans le {2} avec les {3}, mais {4} est par {5} et {6} sur {7}.",
}
_FOLLOW_UP = "Bei {1} ist nun {3} mit {0} nicht über {4}, und für {6} hat {2} nur {5} oder {7}."
_WORDS = {
    (story, language): words.split()
    for story, told_in in STORIES.items()
    for language, words in told_in.items()
}
_CONCEPTS = {
    word.lower(): f"{story} {number}"
    for (story, _), words in _WORDS.items()
    for number, word in enumerate(words)
}
_DIMENSIONS = 256


def told(story: str, language: str, **values: Any) -> Article:
    """Tell a story in a language; the id names both."""
    words = _WORDS[story, language]
    given: dict[str, Any] = {
        "headline": f"{words[0]}, {words[1]}, {words[2]}",
        "body": _SENTENCE[language].format(*words),
        "section": story,
        "source": "Kurier",
        "published_at": NOON - timedelta(hours=5 + list(STORIES).index(story)),
    }
    return Article(id=f"{story}-{language}", **{**given, **values})


def followed(story: str, other: str, **values: Any) -> Article:
    """Follow a story up in German: most of its words, and some of another one."""
    words = _WORDS[story, "de"][:5] + _WORDS[other, "de"][5:]
    given: dict[str, Any] = {
        "headline": f"{words[1]}: {words[0]}",
        "body": _FOLLOW_UP.format(*words),
        "section": story,
        "source": "Kurier",
        "published_at": NOON - timedelta(hours=2 + list(STORIES).index(story)),
    }
    return Article(**{"id": f"{story}-later", **given, **values})


def newsroom() -> list[Article]:
    """Give every story in three languages, some followed up; no article names its language."""
    names = list(STORIES)
    later = [followed(name, names[at - 3]) for at, name in enumerate(names[:6])]
    return [told(name, language) for name in names for language in LANGUAGES] + later


@dataclass(frozen=True)
class Concepts:
    """An encoder that looks up what words mean; `languages` are those it says it compares."""

    languages: tuple[str, ...] = LANGUAGES
    dimensions: int = _DIMENSIONS
    config: dict[str, str] = field(default_factory=lambda: {"name": "concepts"})

    @property
    def settings(self) -> SentenceSettings:
        return SentenceSettings(name="concepts", languages=self.languages, semantic_weight=0.3)

    def embed(
        self, articles: Sequence[Article], progress: Callable[[int], None] = lambda _: None
    ) -> Embedded:
        vectors = np.array([self._vector(article) for article in articles]).reshape(-1, _DIMENSIONS)
        progress(len(articles))
        return Embedded(vectors.astype(np.float16), np.ones(len(articles), np.float32))

    def _vector(self, article: Article) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        words = re.findall(r"\w+", f"{article.headline} {article.body}".lower())
        known = [_CONCEPTS[word] for word in words if word in _CONCEPTS]
        meanings = [
            np.random.default_rng(crc32(concept.encode())).normal(size=_DIMENSIONS)
            for concept in known
        ]
        total = np.sum(meanings, axis=0) if meanings else np.zeros(_DIMENSIONS)
        return total / max(float(np.linalg.norm(total)), 1e-9)
