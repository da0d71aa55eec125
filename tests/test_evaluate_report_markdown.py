"""Markdown that GitHub shows as it was meant, whatever the names are."""

from __future__ import annotations

import doctest
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import relnews.evaluate.report.markdown
from evaluations import (
    METRICS,
    SYSTEMS,
    empty_evaluation,
    hostile_evaluation,
    site_evaluation,
    site_task,
)
from relnews.evaluate.report import to_markdown
from relnews.evaluate.report.markdown import escape
from relnews.evaluate.report.tables import metric_groups

BAR = re.compile(r"(?<!\\)\|")


def tables(text: str) -> list[list[list[str]]]:
    """Split the tables of a text into cells."""
    found = [part for part in text.split("\n\n") if part.startswith("| ")]
    return [
        [[cell.strip() for cell in BAR.split(line)[1:-1]] for line in part.splitlines()]
        for part in found
    ]


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(relnews.evaluate.report.markdown).failed == 0


@pytest.mark.parametrize("make", [site_evaluation, empty_evaluation, hostile_evaluation])
def test_all_lines_of_a_table_have_as_many_columns(make: object) -> None:
    text = to_markdown(make())  # type: ignore[operator]
    for table in tables(text):
        assert {len(line) for line in table} == {len(table[0])}
        assert all(set(cell) <= set("-:") for cell in table[1])
    assert text == to_markdown(make())  # type: ignore[operator]
    text.encode("utf-8")


def test_every_value_of_every_metric_appears() -> None:
    task = site_task()
    text = to_markdown(replace(site_evaluation(), tasks=(task,)))
    head = " ".join(text.splitlines())
    for group in metric_groups(task):
        for row in group.rows:
            assert row.name in head
            for cell in row.cells:
                assert f"{cell.value}".replace("<", "&lt;") in text
                assert cell.interval in text
    assert set(METRICS) <= {row.name for group in metric_groups(task) for row in group.rows}


def test_the_headline_is_the_first_column_and_the_best_is_bold() -> None:
    table = tables(to_markdown(site_evaluation()))[0]
    assert table[0][:2] == ["Accuracy", "nDCG@10 ↑"]
    assert table[2][:2] == ["relnews", "**0.436** [0.406, 0.466]"]
    assert [line[0] for line in table[2:]] == list(SYSTEMS)
    assert not any(line[1].startswith("**") for line in table[3:])


def test_questions_guards_and_failures_are_told() -> None:
    text = to_markdown(site_evaluation())
    assert "503 questions, 23 without truth" in text
    assert "duplicates of the source 41, linked in the text 12" in text
    assert "published after the moment 0" in text
    assert "**failed lists: BM25 2**" in text
    assert "removed by guards: nothing" in text


def test_comparisons_show_the_corrected_p() -> None:
    text = to_markdown(site_evaluation())
    assert (
        "| nDCG@10 | relnews | BM25 + freshness | **better** | 0.044 [0.016, 0.071] | 0.012 |"
        in text
    )
    assert "| no difference shown |" in text


def test_markup_in_names_is_only_text() -> None:
    text = to_markdown(hostile_evaluation())
    assert "<" not in text
    assert not re.search(r"(?<!\\)[\]`*|]\(?javascript", text)
    assert "\u202e" not in text


@given(st.text())
def test_escaped_text_stays_in_its_cell(name: str) -> None:
    written = escape(name)
    assert not BAR.search(written.replace("\\\\", ""))
    assert not set(written) & set("\n\r<>")


def test_an_evaluation_without_tasks_says_so() -> None:
    assert "No task was evaluated." in to_markdown(empty_evaluation())
