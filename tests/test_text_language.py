"""The four languages are told apart, others are not taken for one of them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.text import detect

DATA = Path(__file__).parents[2] / "shared" / "data"

SENTENCES = {
    "de": [
        "Der Stadtrat hat am Montag beschlossen, die Brücke für den Verkehr zu sperren.",
        "Nach dem Sturm sind in der Region noch immer viele Haushalte ohne Strom.",
        "Wer jetzt nicht impft, so die Ministerin, der riskiert einen neuen Ausbruch.",
    ],
    "en": [
        "The council voted on Monday to close the bridge to traffic for the summer.",
        "Thousands of homes are still without power after the storm hit the coast.",
        "The minister said that those who do not act now will pay for it later.",
    ],
    "fr": [
        "Le conseil municipal a décidé lundi de fermer le pont à la circulation.",
        "Des milliers de foyers sont toujours privés d'électricité après la tempête.",
        "La ministre a expliqué que les écoles resteront ouvertes jusqu'à la fin du mois.",
        "Selon la police, le conducteur n'avait pas vu le piéton qui traversait la rue.",
        "Les prix de l'énergie ont augmenté de dix pour cent en un an.",
        "Le président s'est rendu dans la ville pour rencontrer les habitants.",
        "Une nouvelle ligne de train reliera les deux villes dans trois ans.",
        "Les joueurs ont gagné le match grâce à un but marqué dans les dernières minutes.",
        "Il y a eu plus de touristes cet été que l'année précédente.",
        "Cette loi doit encore être votée par le Sénat avant d'être appliquée.",
        "Pour les agriculteurs, la sécheresse est une catastrophe sans précédent.",
        "On ne sait pas encore quand le musée pourra rouvrir ses portes.",
    ],
    "it": [
        "Il consiglio comunale ha deciso lunedì di chiudere il ponte al traffico.",
        "Migliaia di famiglie sono ancora senza elettricità dopo la tempesta.",
        "La ministra ha spiegato che le scuole resteranno aperte fino alla fine del mese.",
        "Secondo la polizia, il conducente non aveva visto il pedone che attraversava.",
        "I prezzi dell'energia sono aumentati del dieci per cento in un anno.",
        "Il presidente si è recato nella città per incontrare gli abitanti.",
        "Una nuova linea ferroviaria collegherà le due città tra tre anni.",
        "I giocatori hanno vinto la partita grazie a un gol negli ultimi minuti.",
        "Quest'estate ci sono stati più turisti rispetto all'anno scorso.",
        "Questa legge deve ancora essere votata dal Senato prima di entrare in vigore.",
        "Per gli agricoltori la siccità è una catastrofe senza precedenti.",
        "Non si sa ancora quando il museo potrà riaprire le sue porte.",
    ],
    "": [
        "De gemeenteraad heeft maandag besloten de brug voor het verkeer te sluiten.",
        "Duizenden huizen zitten na de storm nog altijd zonder stroom, zegt de politie.",
        "El ayuntamiento decidió el lunes cerrar el puente al tráfico durante el verano.",
        "Miles de hogares siguen sin electricidad después de la tormenta en la costa.",
        "Rada miasta zdecydowała w poniedziałek, że most będzie zamknięty dla ruchu.",
        "Tysiące domów jest nadal bez prądu po burzy, która przeszła nad wybrzeżem.",
        "A câmara municipal decidiu na segunda-feira fechar a ponte ao trânsito.",
        "Kommunen beslutade i måndags att stänga bron för all trafik under sommaren.",
        "Berlin Tokio Paris London Madrid",
        "Guten Morgen",
        "Der and und the Rat of von Board is ist",
        "12 345 67,8 %",
        "",
        "Городской совет решил закрыть мост для движения.",
    ],
}
CASES = [(language, text) for language, texts in SENTENCES.items() for text in texts]


@pytest.mark.parametrize(("language", "text"), CASES)
def test_one_sentence_is_enough_and_other_languages_are_not_guessed(
    language: str, text: str
) -> None:
    assert detect(text) == language


@given(st.text(max_size=100))
def test_any_text_gets_one_of_five_answers(text: str) -> None:
    assert detect(text) in SENTENCES


@given(st.sampled_from(CASES))
def test_capitals_and_what_follows_the_beginning_do_not_matter(case: tuple[str, str]) -> None:
    language, text = case
    assert detect(text.upper()) == language or "ß" in text
    long = (text + " ") * 40
    assert detect(long) == detect(long + "zzz " * 500)


@pytest.mark.parametrize(
    ("corpus", "field", "language"),
    [
        ("fang", "body", "de"),
        ("10kgnad", "body", "de"),
        ("de-news", "body", "de"),
        ("de-news", "body_en", "en"),
        ("cnrec-open", "body", "en"),
        ("energy-chains", "body", "en"),
    ],
)
def test_real_articles_are_told_by_body_and_by_twenty_words(
    corpus: str, field: str, language: str
) -> None:
    source = DATA / corpus / "articles.jsonl.gz"
    if not source.exists():
        pytest.skip("needs the evaluation data")
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)[field] for _, line in zip(range(3000), lines, strict=False)]
    told = [detect(text) == language for text in texts]
    told_short = [detect(" ".join(text.split()[:22])) == language for text in texts]
    assert sum(told) >= 0.99 * len(texts)
    assert sum(told_short) >= 0.97 * len(texts)
