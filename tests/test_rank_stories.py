"""Copies, stories and their order: realistic edits of German reports, and the arithmetic."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import AT, ago
from relnews.corpus import UNDATED
from relnews.embed.analysis import Analyzer
from relnews.embed.vocabulary import Vocabulary
from relnews.policy import Policy
from relnews.rank.stories import is_copy, later_first, same_event, same_story
from relnews.types import Article

if TYPE_CHECKING:
    import numpy.typing as npt

FLOOD = (
    "Nach tagelangem Regen ist die Elmse am Dienstagabend bei Bünning über die Ufer getreten.",
    (
        "Rund vierhundert Menschen mussten ihre Häuser verlassen und verbrachten die Nacht in zwei "
        "Turnhallen, die das Rote Kreuz mit Feldbetten ausgestattet hatte."
    ),
    (
        "Der Pegel erreichte gegen Mitternacht den Stand von sechs Meter achtzig und lag damit "
        "fast einen Meter über der Marke, ab der Alarm ausgelöst wird."
    ),
    (
        "Landrätin Marlies Tömmler sprach von der schwersten Flut seit dreißig Jahren und dankte "
        "den freiwilligen Helfern, die bis zum Morgen Sandsäcke gefüllt hätten."
    ),
    (
        "Verletzt wurde nach Angaben der Polizei niemand, der Schaden lasse sich aber noch nicht "
        "beziffern."
    ),
    (
        "Die Bahn stellte den Verkehr zwischen Bünning und Harkstedt ein, Busse umfahren das "
        "gesperrte Gebiet weiträumig."
    ),
    (
        "Für Mittwoch erwartet der Wetterdienst weitere Schauer, von Donnerstag an soll es trocken "
        "bleiben."
    ),
    (
        "Das Land will den betroffenen Familien mit einem Sofortprogramm helfen, über dessen Höhe "
        "das Kabinett in der kommenden Woche berät."
    ),
)
OTHER_REPORT = (
    "Als Heinz Brockmann am späten Abend die Haustür öffnete, stand das Wasser schon auf der "
    "dritten Stufe. Mit Taschenlampe und Katze stieg der Rentner in das Schlauchboot der "
    "Feuerwehr, die in Bünning Straße um Straße räumte. Vierhundert Leute brachte die Flut der "
    "Elmse um ihren Schlaf, und manche auch um Hab und Gut. In der Turnhalle am Marktplatz gab "
    "es Tee und Decken. Tömmler, die Landrätin, ging von Bett zu Bett. So hoch habe der Fluss "
    "zuletzt gestanden, als sie selbst noch ein Kind gewesen sei, sagte sie den Wartenden. Wann "
    "alle zurück in ihre Wohnungen dürfen, konnte in der Nacht niemand sagen."
)
TRIAL = (
    "Im Prozess um die Pleite der Werft in Harkstedt hat der frühere Vorstand die Vorwürfe "
    "zurückgewiesen. Er habe von den gefälschten Bilanzen erst durch die Ermittler erfahren, "
    "ließ der Angeklagte seinen Verteidiger vor dem Landgericht verlesen. Die "
    "Staatsanwaltschaft legt ihm Betrug in neunzehn Fällen zur Last."
)
ITEM = (
    "Die Feuerwehr hat am Hafen von Harkstedt einen Ölfilm entdeckt, der aus einem Tanklager "
    "stammen soll und nun mit Schläuchen eingegrenzt wird."
)
BLOG = (
    "Guten Morgen aus der Redaktion, wir begleiten Sie heute durch den Tag an der Küste.",
    "Der Stadtrat tagt von zehn Uhr an zur Frage, ob die alte Markthalle verkauft wird.",
    (
        "Auf der Bundesstraße staut es sich nach einem Unfall zwischen zwei Lieferwagen auf acht "
        "Kilometern, eine Umleitung ist ausgeschildert."
    ),
    "Der Zoo meldet Nachwuchs bei den Seehunden, beide Jungtiere sind wohlauf und trinken schon.",
    (
        "Die Handballerinnen müssen mehrere Wochen auf ihre Torhüterin verzichten, sie hat sich im "
        "Training den Daumen gebrochen."
    ),
    (
        "Am Theater beginnt der Vorverkauf für das Weihnachtsmärchen, gespielt wird in diesem Jahr "
        "die Geschichte vom kleinen Leuchtturmwärter."
    ),
    (
        "Die Stadtwerke erhöhen zum Jahreswechsel den Preis für Fernwärme um elf Prozent und "
        "begründen das mit teureren Brennstoffen."
    ),
    (
        "Vor dem Amtsgericht hat eine Kundgebung von Mietern begonnen, die gegen Räumungen in der "
        "Südstadt protestieren wollen."
    ),
    (
        "Ein Fischkutter ist mit Motorschaden vor der Insel liegen geblieben und wird von einem "
        "Seenotkreuzer in den Hafen geschleppt."
    ),
    (
        "Die Universität hat eine neue Präsidentin gewählt, die Chemikerin setzte sich im zweiten "
        "Wahlgang mit knapper Mehrheit durch."
    ),
    (
        "Heute Abend spielt das Jugendorchester in der Johanniskirche, Karten gibt es noch an der "
        "Kasse und bei den bekannten Stellen."
    ),
    (
        "Der Wochenmarkt zieht wegen der Bauarbeiten am Brunnen bis Ende des Monats auf den "
        "Parkplatz hinter dem Rathaus um."
    ),
    (
        "Zum Schluss das Wetter: Es bleibt mild bei einem Mix aus Sonne und Wolken, an der Küste "
        "weht ein frischer Wind aus Südwest."
    ),
)
ANALYZER = Analyzer(Vocabulary())


def shingles(text: str) -> npt.NDArray[np.uint32]:
    article = Article(id="a", headline="Ohne Belang", body=text, language="de")
    return ANALYZER.document(article, "de").shingles


def both_ways(first: str, second: str) -> bool:
    """Ask in both directions, which must agree."""
    one, two = shingles(first), shingles(second)
    assert is_copy(one, two) == is_copy(two, one)
    return is_copy(one, two)


WHOLE = " ".join(FLOOD)
LOCALISED = (
    "Bünning (kur). "
    + WHOLE.replace("Rund vierhundert", "Etwa 400")
    .replace("Landrätin Marlies Tömmler", "Unsere Landrätin")
    .replace("am Dienstagabend", "gestern Abend")
    + " Auch die Bücherei in der Lindenstraße bleibt bis auf Weiteres geschlossen."
)


@pytest.mark.parametrize(
    "edited",
    [
        WHOLE,
        " ".join(FLOOD[:3]),
        " ".join(FLOOD[2:]),
        LOCALISED,
        " ".join(FLOOD[::-1]),
        " ".join((*FLOOD[4:], *FLOOD[:4])),
        f"{WHOLE} {TRIAL}",
        f"{OTHER_REPORT} {WHOLE}",
        WHOLE.upper(),
    ],
    ids=[
        "same",
        "trimmed-at-the-end",
        "trimmed-at-the-front",
        "localised",
        "sentences-reversed",
        "halves-swapped",
        "merged-with-another",
        "merged-behind-another",
        "upper-case",
    ],
)
def test_an_edited_report_is_a_copy(edited: str) -> None:
    assert both_ways(WHOLE, edited)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (WHOLE, OTHER_REPORT),
        (WHOLE, TRIAL),
        (ITEM, " ".join((*BLOG[:6], ITEM, *BLOG[6:]))),
        (" ".join(BLOG), " ".join((*BLOG[:2], WHOLE))),
        (WHOLE, ""),
    ],
    ids=[
        "another-report-of-the-event",
        "another-event",
        "a-live-blog-with-the-item",
        "two-live-blogs-of-a-day",
        "no-text",
    ],
)
def test_another_report_is_no_copy(first: str, second: str) -> None:
    assert not both_ways(first, second)


def test_two_articles_without_any_word_are_no_copies() -> None:
    nothing = np.zeros(0, np.uint32)
    assert not is_copy(nothing, nothing)


@given(
    st.sets(st.integers(0, 99), max_size=40),
    st.sets(st.integers(0, 99), max_size=40),
)
def test_copies_share_half_of_the_smaller_and_a_tenth_of_all(
    first: set[int], second: set[int]
) -> None:
    shared = len(first & second)
    smaller, union = min(len(first), len(second)), len(first | second)
    expected = smaller > 0 and 2 * shared >= smaller and 10 * shared >= union
    one, two = (np.array(sorted(values), np.uint32) for values in (first, second))
    assert is_copy(one, two) == expected


POLICY = Policy(story_similarity=0.4, story_days=2, agency_hours=6)


@pytest.mark.parametrize(
    ("similarity", "hours", "story", "event"),
    [
        (0.41, 0, True, True),
        (0.39, 0, False, False),
        (0.41, 6, True, True),
        (0.41, 6.1, True, False),
        (0.41, 48, True, False),
        (0.41, 48.1, False, False),
        (0.41, -48, True, False),
        (0.41, -48.1, False, False),
    ],
)
def test_a_story_is_alike_and_near_in_time_and_an_event_nearer(
    similarity: float,
    hours: float,
    story: bool,  # noqa: FBT001  # a column of the table
    event: bool,  # noqa: FBT001  # a column of the table
) -> None:
    cosines, dates = np.array([similarity], np.float32), np.array([ago(hours)], np.int64)
    assert same_story(cosines, dates, AT, POLICY).tolist() == [story]
    assert same_event(cosines, dates, AT, POLICY).tolist() == [event]


def test_an_undated_article_belongs_to_no_dated_story() -> None:
    cosines, dates = np.ones(2, np.float32), np.array([UNDATED, AT], np.int64)
    assert same_story(cosines, dates, AT, POLICY).tolist() == [False, True]
    assert same_story(cosines, dates, UNDATED, POLICY)[1:].tolist() == [False]


ENTRIES = st.lists(
    st.tuples(st.sampled_from([0.1, 0.4, 0.6, 0.9]), st.booleans(), st.integers(-3, 3).map(ago)),
    min_size=1,
    max_size=12,
)


@given(ENTRIES)
def test_dealing_out_scores_anew_changes_their_owners_within_the_story_alone(
    entries: list[tuple[float, bool, int]],
) -> None:
    scores = np.array([entry[0] for entry in entries], np.float32)
    member = np.array([entry[1] for entry in entries])
    dates = np.array([entry[2] for entry in entries], np.int64)
    before = scores.copy()
    dealt = later_first(scores, member, dates, AT)
    np.testing.assert_array_equal(scores, before)
    np.testing.assert_array_equal(np.sort(dealt), np.sort(scores))
    np.testing.assert_array_equal(dealt[~member], scores[~member])
    later, earlier = member & (dates > AT), member & (dates <= AT)
    if later.any() and earlier.any():
        assert dealt[later].min() >= dealt[earlier].max()
    newest_last = np.argsort(dates[later], kind="stable")
    for low, high in pairwise(newest_last):
        if dates[later][low] < dates[later][high]:
            assert dealt[later][low] <= dealt[later][high]
    if not later.any():
        np.testing.assert_array_equal(dealt, scores)


def test_later_developments_lead_newest_first_and_the_rest_keep_their_order() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5], np.float32)
    member = np.array([True, False, True, True, True])
    dates = np.array([ago(5), ago(-9), ago(-1), ago(9), ago(-2)])
    dealt = later_first(scores, member, dates, AT)
    assert dealt.tolist() == pytest.approx([0.6, 0.8, 0.7, 0.5, 0.9])
