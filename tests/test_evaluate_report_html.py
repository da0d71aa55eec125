"""The page: correct HTML, nothing executable, nothing fetched, all numbers, readable by all."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations import (
    HEADLINES,
    HOSTILE,
    SCRIPT,
    SYSTEMS,
    empty_evaluation,
    hostile_evaluation,
    site_evaluation,
    site_task,
)
from relnews.evaluate.report import to_html
from relnews.evaluate.report.tables import metric_groups
from relnews.evaluate.report.wording import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from relnews.evaluate.results import Evaluation

CELLS = {"td", "th", "dt", "dd"}
VOID = {"meta", "link", "br", "hr", "img", "input"}
MAKERS = [site_evaluation, empty_evaluation, hostile_evaluation]
STYLES = (files("relnews.evaluate.report") / "templates/report.css").read_text("utf-8")


@dataclass
class Page(HTMLParser):
    """A page as a browser would see it: tags balanced, texts unescaped."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in CELLS:
            self.words.append(" ")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, self.getpos()

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def read(evaluation: Evaluation) -> Page:
    page = Page()
    page.feed(to_html(evaluation))
    page.close()
    assert page.open == []
    return page


@pytest.mark.parametrize("make", MAKERS)
def test_the_page_is_well_formed_and_always_the_same(make: Callable[[], Evaluation]) -> None:
    page = read(make())
    assert to_html(make()) == to_html(make())
    assert {"html", "head", "body", "main", "h1"} <= {tag for tag, _ in page.tags}
    to_html(make()).encode("utf-8")


@pytest.mark.parametrize("make", MAKERS)
def test_nothing_runs_and_nothing_is_fetched(make: Callable[[], Evaluation]) -> None:
    text = to_html(make())
    page = read(make())
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "img", "link", "iframe", "object", "embed", "form", "base", "use"}
    assert SCRIPT not in text
    assert not re.search(r"https?://|url\(|@import|//[a-z]", text)
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")], tag
        assert not {"src", "srcset", "style", "action", "xlink:href"} & attributes.keys(), tag
        assert (attributes.get("href") or "#").startswith("#")
    assert "default-src 'none'" in text


@pytest.mark.parametrize("make", MAKERS)
def test_every_drawing_is_well_formed_and_described(make: Callable[[], Evaluation]) -> None:
    for markup in re.findall(r"<svg.*?</svg>", to_html(make()), re.DOTALL):
        root = ET.fromstring(markup)  # noqa: S314  # our own
        assert root.get("role") == "img"
        assert root.find("title") is not None
        assert root.find("desc") is not None


@pytest.mark.parametrize("make", MAKERS)
def test_headings_come_in_order_and_references_lead_somewhere(
    make: Callable[[], Evaluation],
) -> None:
    page = read(make())
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [found["id"] for _, found in page.tags if "id" in found]
    assert len(ids) == len(set(ids))
    asked = [found.get("aria-labelledby") for _, found in page.tags if "aria-labelledby" in found]
    asked += [(found["href"] or "")[1:] for tag, found in page.tags if tag == "a"]
    assert set(asked) <= set(ids)


def test_tables_are_named_and_scroll_in_their_own_place() -> None:
    text = to_html(site_evaluation())
    assert text.count("<table") == text.count("<caption") == text.count('class="scroll"')
    for part in text.split("<table")[:-1]:
        assert (
            part.rstrip().splitlines()[-1].strip().startswith('<div class="scroll" role="region"')
        )
    assert '<html lang="en">' in text


def test_every_value_of_every_metric_appears() -> None:
    task = site_task()
    page = read(replace(site_evaluation(), tasks=(task,)))
    for group in metric_groups(task):
        assert group.name in page.text
        for row in group.rows:
            assert row.name in page.text
            for cell in row.cells:
                assert cell.value in page.text
                assert cell.interval in page.text
    rows = re.findall(r"violations@10.*?</tr>", to_html(site_evaluation()), re.DOTALL)
    assert rows[0].count("<b>0</b>") == 6
    assert rows[0].count("0.031") == 2


def test_questions_guards_failures_and_settings_are_told() -> None:
    text = read(site_evaluation()).text
    for words in (
        "503",
        "of them without truth",
        "118",
        "resampled by day",
        "duplicates of the source 41,",
        "published after the moment 0,",
        "linked in the text 12, not live 3.",
        "Taken out by guards against leaks: nothing.",
        "BM25 (2).",
        "48,213 articles",
        "2024-01-01 00:12 to 2025-02-28 22:40",
        "seed 20250301",
        "What editors linked from their own articles",
    ):
        assert words in text


def test_comparisons_stand_in_words_and_numbers() -> None:
    text = read(site_evaluation()).text
    assert (
        "relnews is better than BM25 + freshness by 0.044 [0.016, 0.071] in nDCG@10, "
        "p = 0.012 after correction." in text
    )
    assert "no difference in nDCG@10 can be shown" in text
    assert re.search(r"against BM25 \+ freshness better 0\.044\s?\[0\.016, 0\.071\] 0\.012", text)
    assert "212 171 97" in text


def test_many_comparisons_are_told_in_part_only() -> None:
    task = site_task()
    many = replace(task, comparisons=task.comparisons[:7] * 4)
    text = read(replace(site_evaluation(), tasks=(many,))).text
    assert "… and 16 more in the table." in text


def test_headlines_appear_verbatim_in_their_language() -> None:
    page = read(site_evaluation())
    for headline in HEADLINES[:9]:
        assert headline in "".join(page.words)
    marked = [found for tag, found in page.tags if tag == "bdi" and found.get("lang") == "de"]
    assert len(marked) >= 20
    plain = read(replace(site_evaluation(), settings={"language": "<b>"}))
    assert not [found for _, found in plain.tags if found.get("lang") == "<b>"]


def test_right_entries_are_marked_in_words() -> None:
    text = read(site_evaluation()).text
    assert "✓ right" in text
    assert "✓ shown" in text
    assert "not shown, gain 2" in text
    assert "The list was empty." in text
    assert "No right answer is known." in text
    assert "1 of 6 right" in text


def test_off_policy_estimates_say_what_they_are_worth() -> None:
    text = read(site_evaluation()).text
    assert "IPS SNIPS DR logged" in text
    assert "1,843of 200,000" in text
    assert "<1 %at 100" in text


def test_hostile_texts_appear_as_texts() -> None:
    page = read(hostile_evaluation())
    words = "".join(page.words)
    for text in HOSTILE:
        if "\r" not in text:  # a parser may change line ends
            assert printable(text) in words


def test_a_page_without_tasks_says_so() -> None:
    text = read(empty_evaluation()).text
    assert "No task was evaluated." in text
    assert "No settings were recorded." in text


def test_parts_that_are_empty_are_left_out() -> None:
    bare = replace(
        site_task(),
        systems=(),
        comparisons=(),
        slices={"section": ()},
        ages=(),
        curves={"half-life": ()},
        worst=(),
        off_policy=(),
    )
    page = read(replace(site_evaluation(), tasks=(bare,)))
    assert not [tag for tag, _ in page.tags if tag in {"svg", "h3"}]


def test_one_system_and_a_hundred() -> None:
    for count in (1, 100):
        page = read(replace(site_evaluation(), tasks=(site_task(count),)))
        assert SYSTEMS[0] in page.text


NAMES = st.text(max_size=20) | st.sampled_from(HOSTILE)


@settings(max_examples=25, deadline=None)
@given(NAMES, NAMES, NAMES)
def test_no_name_breaks_the_page(title: str, name: str, metric: str) -> None:
    task = site_task(1)
    values: dict[str, Any] = {metric: task.systems[0].values["nDCG@10"]}
    odd = replace(
        task,
        name=name,
        headline=metric,
        systems=(replace(task.systems[0], name=name, values=values),),
    )
    read(replace(site_evaluation(), title=title, tasks=(odd,), settings={name: title}))


def luminance(colour: str) -> float:
    """Give the relative luminance of #rgb or #rrggbb (WCAG 2.2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_contrast_is_enough_in_both_schemes(scheme: int) -> None:
    block = re.findall(r":root \{(.*?)\}", STYLES, re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", block))
    for ground in ("paper", "raised"):
        for text in ("ink", "muted", "accent", "good", "bad"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for place in range(7):
        assert contrast(colours[f"on-{place}"], colours[f"age-{place}"]) >= 4.5, place
    marks = [name for name in colours if name.startswith("series")]
    assert len(marks) == 6
    for name in (*marks, "mark"):
        assert contrast(colours[name], colours["paper"]) >= 3, name
