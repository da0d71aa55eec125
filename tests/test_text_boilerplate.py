"""The rule file's own examples, what must never be eaten, and the refusal of bad rules."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.errors import InvalidPolicy
from relnews.text import clean
from relnews.text.boilerplate import Rule, parse_rules, rules

FANG = Path(__file__).parents[2] / "shared" / "data" / "fang" / "articles.jsonl.gz"
NEWS = "Der Senat berät heute über die Schulen."
MORE = "Die Lehrer warten auf eine Antwort."

REMOVES = [
    pytest.param(rule, text, id=f"{rule.name}: {text[:40]}")
    for rule in rules()
    for text in rule.removes
]
KEEPS = [
    pytest.param(text, id=f"{rule.name}: {text[:40]}") for rule in rules() for text in rule.keeps
]


@pytest.mark.parametrize(("rule", "text"), REMOVES)
def test_what_a_rule_removes_vanishes_and_the_news_around_it_stays(rule: Rule, text: str) -> None:
    match rule.where:
        case "start":
            assert clean(text + NEWS) == NEWS
        case "end":
            assert clean(f"{NEWS}\n{text}") == NEWS
        case "line":
            assert clean(f"{NEWS}\n{text}\n{MORE}") == f"{NEWS}\n{MORE}"
            assert clean(f"{NEWS}\n{text}") == NEWS
        case "anywhere":
            assert clean(f"{NEWS} {text} {MORE}") == f"{NEWS} {MORE}"
            assert clean(f"{NEWS}\n{text}\n{MORE}").split("\n") == [NEWS, MORE]


@pytest.mark.parametrize("text", KEEPS)
def test_what_a_rule_keeps_stays_as_it_is(text: str) -> None:
    assert clean(text) == text
    assert clean(f"{NEWS}\n{text}\n{MORE}") == f"{NEWS}\n{text}\n{MORE}"


def test_wrapped_lines_of_a_removed_line_go_with_it() -> None:
    assert clean(f"{NEWS}\nLesen Sie hier das Gespräch, das\nwir führten.\n{MORE}") == (
        f"{NEWS}\n{MORE}"
    )


def test_several_kinds_in_one_article_leave_the_news() -> None:
    body = (
        f"Artikel merken\n\nLindenau (lpa) – {NEWS}\n\n\n\nFoto: Anna Roth/lpa\n{MORE}\n"
        "Lesen Sie auch: Was die Eltern sagen\n© dpa-infocom, dpa:210309-99-746234/3\n(lpa)"
    )
    assert clean(body) == f"{NEWS}\n\n{MORE}"


@pytest.mark.parametrize("text", ["", " \n \n", "Teilen", "dpa:", "\n\n(dpa)\n"])
def test_nothing_but_boilerplate_gives_little_or_nothing(text: str) -> None:
    assert clean(text) in {"", "dpa:"}


PIECES = st.sampled_from([text for rule in rules() for text in (*rule.removes, *rule.keeps)])


@given(st.lists(PIECES | st.text(max_size=30) | st.just(NEWS), max_size=8), st.sampled_from("\n "))
def test_cleaning_twice_changes_nothing_more(pieces: list[str], between: str) -> None:
    once = clean(between.join(pieces))
    assert clean(once) == once


@given(st.lists(st.just(NEWS) | st.just(MORE), min_size=1, max_size=6))
def test_news_alone_is_never_touched(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    assert clean(text) == text


RULE = {"name": '"a"', "where": '"line"', "cues": '["Mehr"]', "pattern": "'Mehr'"}
EXAMPLES = {"removes": '["Mehr"]', "keeps": '["Meer"]'}


def rule_file(**changes: str | None) -> str:
    fields = {**RULE, **EXAMPLES, **changes}
    return "[[rule]]\n" + "\n".join(f"{key} = {value}" for key, value in fields.items() if value)


def test_a_sound_rule_file_is_read() -> None:
    (rule,) = parse_rules(rule_file())
    assert rule.name == "a"
    assert rule.cues == ("Mehr",)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("[[rule]", "must be TOML"),
        ("rule = 3", "list of tables"),
        ("rule = [3]", "list of tables"),
        ("fragments = 3", "fragments"),
        (rule_file(name=None), "must have a name"),
        (rule_file(where='"middle"'), "where must be one of"),
        (rule_file(pattern="'('"), "regular expression"),
        (rule_file(pattern="3"), "pattern must be text"),
        (rule_file(guarded="1"), "pattern must be text"),
        (rule_file(keeps="[]"), "keeps must be a list"),
        (rule_file(removes=None), "removes must be a list"),
        (rule_file(removes="[1]"), "removes must be a list"),
        (rule_file(cues=None), "cues must be a list"),
        (rule_file(cues='["M"]'), "characters at least"),
        (rule_file(colour='"red"'), "unknown field colour"),
        (rule_file() + "\n" + rule_file(), "must be unique"),
    ],
)
def test_a_malformed_rule_file_is_refused(source: str, message: str) -> None:
    with pytest.raises(InvalidPolicy, match=message):
        parse_rules(source)


@pytest.mark.skipif(not FANG.exists(), reason="needs the evaluation data")
def test_of_real_articles_little_is_removed_and_never_nearly_all() -> None:
    with gzip.open(FANG, "rt", encoding="utf-8") as lines:
        bodies = [json.loads(line)["body"] for _, line in zip(range(2000), lines, strict=False)]
    kept = [len(clean(body)) / max(1, len(body)) for body in bodies]
    assert sum(kept) / len(kept) > 0.97
    assert sum(share < 0.6 for share in kept) < 10
