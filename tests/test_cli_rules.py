"""The commands of editors; each rule is seen in the next list, and its removal too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from test_cli import AT, BRIDGE, a_site, is_told, run, shown

if TYPE_CHECKING:
    from pathlib import Path

FAR = "wis-018"
"""An article about batteries, which nothing but an order puts under the bridge."""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return a_site(tmp_path)


def order(database: Path, kind: str, *arguments: object) -> int:
    """Add a rule and give its number."""
    ran = run("rules", kind, database, *arguments)
    assert (ran.code, ran.err) == (0, "")
    head, colon, _ = ran.out.partition(":")
    word, number = head.split()
    assert (word, colon) == ("rule", ":")
    return int(number)


def remove(database: Path, number: int) -> None:
    ran = run("rules", "remove", database, number)
    assert (ran.code, ran.out, ran.err) == (0, f"rule {number} is removed\n", "")


def column(database: Path, name: str, *options: object) -> list[str]:
    ran = run("recommend", database, BRIDGE, "--at", AT, "--json", *options)
    return [entry[name] for entry in ran.json["entries"]]


def test_without_rules_there_is_nothing_to_show(site: Path) -> None:
    assert run("rules", "show", site).out == "no rules\n"
    assert run("rules", "show", site, "--json").json == []


def test_show_lists_every_rule_with_its_number(site: Path) -> None:
    first = order(site, "pin", BRIDGE, FAR, "--position", "3")
    second = order(site, "cap", "section", "Sport", "0")
    lines = run("rules", "show", site).out.splitlines()
    assert [int(line.split()[0]) for line in lines] == [first, second]
    assert BRIDGE in lines[0]
    assert FAR in lines[0]
    assert "Sport" in lines[1]
    assert run("rules", "show", site, "--json").json == [
        {
            "number": first,
            "kind": "pin",
            "source_id": BRIDGE,
            "target_id": FAR,
            "position": 3,
        },
        {"number": second, "kind": "cap", "attribute": "section", "value": "Sport", "at_most": 0},
    ]


def test_pin(site: Path) -> None:
    before = shown(site)
    assert FAR not in before
    number = order(site, "pin", BRIDGE, FAR, "--position", "2")
    assert shown(site) == [before[0], FAR, *before[1:4]]
    assert column(site, "placed_by")[1] == "pin"
    remove(site, number)
    assert shown(site) == before
    order(site, "pin", BRIDGE, FAR)
    assert shown(site)[0] == FAR


def test_block_everywhere_and_under_one_article(site: Path) -> None:
    before = shown(site)
    other = "wir-013"
    target = next(name for name in before if name in shown(site, other))
    number = order(site, "block", target, "--under", BRIDGE)
    assert target not in shown(site, BRIDGE, "-k", "200")
    assert target in shown(site, other)
    remove(site, number)
    assert shown(site) == before
    order(site, "block", target)
    assert target not in shown(site, BRIDGE, "-k", "200")
    assert target not in shown(site, other, "-k", "200")


def test_no_list(site: Path) -> None:
    before = shown(site)
    number = order(site, "no-list", BRIDGE)
    ran = run("recommend", site, BRIDGE, "--at", AT)
    assert (ran.code, "switched off by a rule" in ran.out) == (0, True)
    assert shown(site) == []
    assert len(shown(site, "wir-013")) == 5
    assert run("recommend", site, BRIDGE, "--at", AT, "--html").out.strip() == ""
    remove(site, number)
    assert shown(site) == before


def test_separate(site: Path) -> None:
    first, second, *_ = before = shown(site)
    number = order(site, "separate", second, first)
    apart = shown(site)
    assert len({first, second} & set(apart)) == 1
    remove(site, number)
    assert shown(site) == before
    order(site, "separate", BRIDGE, first)
    assert first not in shown(site, BRIDGE, "-k", "200")
    assert BRIDGE not in shown(site, first, "-k", "200")


def test_cap(site: Path) -> None:
    before = shown(site)
    counted = column(site, "section")
    assert counted.count("Stadt") > 1
    number = order(site, "cap", "section", "Stadt", "1")
    assert column(site, "section").count("Stadt") == 1
    remove(site, number)
    assert shown(site) == before
    order(site, "cap", "section", "Stadt", "0")
    assert "Stadt" not in column(site, "section", "-k", "50")


def test_quota(site: Path) -> None:
    before = shown(site)
    assert "Panorama" not in column(site, "section", "-k", "2")
    number = order(site, "quota", "section", "Panorama", "1", "--within", "2")
    assert column(site, "section", "-k", "2").count("Panorama") == 1
    assert "quota" in column(site, "placed_by", "-k", "2")
    remove(site, number)
    assert shown(site) == before


def test_stored_lists_obey_a_block_at_once(tmp_path: Path) -> None:
    site = a_site(tmp_path, lists=True)
    first, *others = shown(site, BRIDGE, "--stored")
    order(site, "block", first)
    assert shown(site, BRIDGE, "--stored")[:4] == others


def test_a_rule_about_an_article_that_is_not_stored_is_kept_and_noted(site: Path) -> None:
    ran = run("rules", "block", site, "late")
    assert ran.code == 0
    assert ran.err == "relnews: no stored article has the id 'late' yet\n"
    assert [rule["target_id"] for rule in run("rules", "show", site, "--json").json] == ["late"]


def test_the_number_of_a_removed_rule_is_not_given_again(site: Path) -> None:
    number = order(site, "block", FAR)
    remove(site, number)
    assert order(site, "block", FAR) > number


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        (("pin", BRIDGE, BRIDGE), "twice"),
        (("pin", BRIDGE, FAR, "--position", "0"), "position must be a whole number"),
        (("pin", " ", FAR), "not empty"),
        (("block", " "), "not empty"),
        (("no-list", ""), "not empty"),
        (("separate", FAR, FAR), "twice"),
        (("cap", "section", "Sport", "--", "-1"), "at_most"),
        (("cap", "section", "Sport", "few"), "few"),
        (("cap", "mood", "glad", "1"), "mood"),
        (("quota", "section", "Sport", "0"), "at_least"),
        (("quota", "section", "Sport", "3", "--within", "2"), "3 > 2"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(rule: tuple[str, ...], word: str, site: Path) -> None:
    kind, *arguments = rule
    is_told(run("rules", kind, site, *arguments), word)
    assert run("rules", "show", site).out == "no rules\n"


@pytest.mark.parametrize("number", ["7", "0"])
def test_a_number_no_rule_has_is_refused(number: str, site: Path) -> None:
    is_told(run("rules", "remove", site, number), f"no rule has the number {number}")
    is_told(run("rules", "remove", site, "first"), "first")
