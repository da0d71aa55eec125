"""The whole way: a small newsroom with every kind of truth, measured from end to end.

`site`, `write` and `plants` serve the other files on evaluations too.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from math import isnan
from typing import TYPE_CHECKING

import pytest

from newsroom import hours
from relnews import Article, Policy, load_policy
from relnews.errors import InvalidTruth
from relnews.evaluate import (
    BASELINES,
    Chain,
    Dataset,
    EditorLinks,
    Event,
    Impression,
    JudgedPair,
    Plan,
    Question,
    Systems,
    Truth,
    World,
    evaluate,
)
from relnews.evaluate.contest import Answers
from relnews.evaluate.evaluation import Outcome
from relnews.evaluate.judged import Run
from relnews.evaluate.load import read_qrels, read_run
from relnews.evaluate.report import to_json
from relnews.evaluate.world.baselines import Newest, Ranked, TfIdf
from relnews.rank.diversity import Mmr

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from relnews.evaluate.results import SystemResult, TaskResult
    from relnews.evaluate.world.systems import Build
    from relnews.protocols import Selection

DAYS, K = 8, 5
SUBJECTS = "abcdefghij"
DESKS = ("Stadt", "Kultur", "Sport")


def name_of(subject: str, day: int) -> str:
    return f"{subject}-{day}"


def words(stem: str, count: int) -> str:
    return " ".join(f"{stem}wort{number}" for number in range(count))


def an_article(subject: str, day: int) -> Article:
    """Give a day's article on a subject; it shares most with the day before, some with two."""
    shared = " ".join(words(f"{subject}tag{day - step}", 8) for step in range(3))
    return Article(
        id=name_of(subject, day),
        headline=f"{subject}thema am Tag {day}",
        body=f"{shared} {words(f'nur{subject}{day}', 40)} {words(f'immer{subject}', 6)}.",
        section=DESKS[SUBJECTS.index(subject) % 3],
        source="Kurier" if subject in "cfi" else "Tagblatt",
        language="de",
        tags=(subject,),
        published_at=published(subject, day),
    )


def published(subject: str, day: int) -> datetime:
    return hours(24 * day + SUBJECTS.index(subject) / 2)


def other_than(subject: str) -> str:
    """Give the next subject, on another desk."""
    return SUBJECTS[(SUBJECTS.index(subject) + 1) % len(SUBJECTS)]


def days(first: int = 0) -> Iterator[tuple[str, int]]:
    return ((subject, day) for day in range(first, DAYS) for subject in SUBJECTS)


def later(moment: datetime, n_hours: float) -> datetime:
    return moment + timedelta(hours=n_hours)


@cache
def site() -> Dataset:
    """Give a newsroom of eight days: ten subjects, two outlets, every kind of truth but pairs."""
    links = [
        EditorLinks(name_of(subject, day), (name_of(subject, day - 1), name_of(subject, day - 2)))
        for subject, day in days(2)
        if subject in "abcdef"
    ]
    chains = [
        Chain(f"{subject}{first}", tuple(name_of(subject, first + step) for step in range(4)))
        for subject in "abcdef"
        for first in (0, 4)
    ]
    truth = Truth(
        links=tuple(links),
        events=tuple(_events()),
        impressions=tuple(_impressions()),
        chains=tuple(chains),
        retractions={TAKEN_BACK: hours(24 * 5)},
    )
    return Dataset("Zeitung", tuple(an_article(*one) for one in days()), truth, ())


TAKEN_BACK = "b-1"


def _events() -> Iterator[Event]:
    for subject, day in days(1):
        begin, other = published(subject, day), other_than(subject)
        reads = [(subject, day), (subject, day - 1), (other, day - 1)]
        for place, read in enumerate(reads, start=1):
            yield Event(f"u{subject}{day}", name_of(*read), later(begin, place))


def _impressions() -> Iterator[Impression]:
    for subject, day in days(3):
        other = other_than(subject)
        yield Impression(
            user=f"u{day}",
            source_id=name_of(subject, day),
            at=later(published(subject, day), 5),
            shown=(
                name_of(subject, day - 1),
                name_of(other, day - 1),
                name_of(subject, day - 2),
                name_of(other, day - 3),
            ),
            clicked=(day % 2 == 0, False, day % 3 == 0, day % 4 == 0),
            propensities=(0.5, 0.4, 0.25, 0.2),
        )


def some_pairs() -> tuple[JudgedPair, ...]:
    """Give pairs that people might have judged so: the nearer in time, the more alike."""
    found = []
    for subject, day in days(4):
        near = [(name_of(subject, day - step), 4.0 - step) for step in (1, 2, 3)]
        for name, gain in (*near, (name_of(other_than(subject), day - 1), 0.0)):
            found.append(JudgedPair(name_of(subject, day), name, gain, "similarity"))
    return tuple(found)


def write(folder: Path, data: Dataset | None = None) -> Path:
    """Write articles, links, events and retractions as files that `load` reads."""
    data = data or site()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "articles.jsonl").open("w", encoding="utf-8") as file:
        for one in data.articles:
            values = {
                name: getattr(one, name)
                for name in ("id", "headline", "body", "section", "source", "language", "tags")
            }
            date = one.published_at.isoformat() if one.published_at else None
            file.write(json.dumps(values | {"published_at": date}, ensure_ascii=False) + "\n")
    with (folder / "links.jsonl").open("w", encoding="utf-8") as file:
        for link in data.truth.links:
            record = {"source_id": link.source_id, "target_ids": link.target_ids}
            file.write(json.dumps(record) + "\n")
    with (folder / "events.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["user", "article_id", "at"])
        rows.writerows((one.user, one.article_id, one.at.isoformat()) for one in data.truth.events)
    with (folder / "retractions.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["article_id", "at"])
        rows.writerows((name, at.isoformat()) for name, at in data.truth.retractions.items())
    return folder


@cache
def with_copies() -> Dataset:
    """Give the newsroom with every article once more, as a feed brought it, minutes before."""
    copies = [
        replace(one, id=copy_of(one.id), published_at=later(one.published_at, -0.1))
        for one in site().articles
        if one.published_at
    ]
    return replace(site(), articles=(*site().articles, *copies))


def copy_of(article_id: str) -> str:
    return f"{article_id}-feed"


@dataclass
class Says:
    """Gives the same list whatever is asked."""

    ids: Sequence[str]

    def recommend(self, source: Article, at: datetime, k: int) -> Sequence[str]:  # noqa: ARG002
        return self.ids


@dataclass
class Doubled:
    """Gives the most similar articles, each beside its copy."""

    world: World

    def recommend(self, source: Article, at: datetime, k: int) -> Sequence[str]:
        best = Ranked(TfIdf(self.world)).recommend(source, at, 4 * k)
        originals = [name for name in best if copy_of(name) in best and name != source.id]
        return [name for one in originals for name in (one, copy_of(one))][:k]


@dataclass
class Careless:
    """Gives what is like the source, be it taken back or not even out yet."""

    world: World

    def recommend(self, source: Article, at: datetime, k: int) -> Sequence[str]:  # noqa: ARG002
        subject, day = source.id.split("-")
        near = [name_of(subject, int(day) + step) for step in (1, 2, -1, -2)]
        return [name for name in (TAKEN_BACK, *near) if name in self.world.archive][:k]


class Broken:
    """Fails on every question."""

    def recommend(self, source: Article, at: datetime, k: int) -> Sequence[str]:  # noqa: ARG002
        msg = f"no list for {source.id}"
        raise RuntimeError(msg)


def plants() -> dict[str, Build]:
    """Give recommenders that are bad, each in a way of its own."""
    return {
        "same five": lambda _: Says(["g-0", "h-0", "i-0", "j-0", "g-1"]),
        "newest": lambda world: Ranked(Newest(world)),
        "doubled": Doubled,
        "careless": Careless,
        "broken": lambda _: Broken(),
    }


@cache
def planted() -> TaskResult:
    """Measure the library beside all bad recommenders, on editors' links."""
    systems = Systems(others=plants())
    plan = Plan(tasks=["links"], k=K, with_curves=False)
    return evaluate(with_copies(), systems, plan).evaluation.tasks[0]


@cache
def everything(seed: int = 0) -> Outcome:
    """Measure the library beside all baselines, on all that people judged, with curves."""
    return evaluate(site(), plan=Plan(k=3, sample=20, seed=seed))


def systems_of(task: TaskResult) -> dict[str, SystemResult]:
    return {system.name: system for system in task.systems}


def value(task: TaskResult, system: str, metric: str) -> float:
    return systems_of(task)[system].values[metric].value


def task_of(outcome: Outcome, name: str) -> TaskResult:
    return next(task for task in outcome.evaluation.tasks if task.name == name)


def difference(task: TaskResult, peer: str, metric: str) -> float:
    """Give how much the library is surely better than a peer: the low end of the interval."""
    (found,) = [one for one in task.comparisons if (one.peer, one.metric) == (peer, metric)]
    return found.difference.low


def test_the_library_finds_what_editors_linked_and_breaks_no_rule() -> None:
    assert value(planted(), "relnews", f"nDCG@{K}") > 0.5
    assert value(planted(), "relnews", f"violations@{K}") == 0
    assert value(planted(), "relnews", f"near-duplicates@{K}") == 0
    assert value(planted(), "relnews", "empty lists") == 0
    assert systems_of(planted())["relnews"].failures == 0


@pytest.mark.parametrize(("metric", "sign"), [("Gini", -1), ("coverage", 1), ("hub skew", -1)])
def test_always_the_same_five_are_exposed_by(metric: str, sign: int) -> None:
    """They are live, unlike each other and there for every reader."""
    task, name = planted(), f"{metric}@{K}"
    assert value(task, "same five", f"violations@{K}") == 0
    assert value(task, "same five", f"short lists@{K}") == 0
    assert value(task, "same five", f"near-duplicates@{K}") == 0
    assert task.better[name] == sign
    ours, theirs = value(task, "relnews", name), value(task, "same five", name)
    assert sign * (ours - theirs) > 0.3 * abs(ours)


def test_always_the_newest_are_exposed_by_recall_and_their_age() -> None:
    task = planted()
    assert value(task, "newest", f"violations@{K}") == 0
    assert difference(task, "newest", f"recall@{K}") > 0.2
    assert value(task, "newest", f"age p90 h@{K}") < 0.5 * value(task, "relnews", f"age p90 h@{K}")


def test_always_duplicates_are_exposed_by_near_duplicates() -> None:
    """Their first entry is as right as any."""
    task = planted()
    assert value(task, "doubled", f"violations@{K}") == 0
    assert value(task, "doubled", f"hit@{K}") > 0.9
    assert value(task, "doubled", f"near-duplicates@{K}") >= 0.3
    assert value(task, "relnews", f"near-duplicates@{K}") == 0


def test_what_is_not_out_yet_or_taken_back_is_exposed_by_violations() -> None:
    """All right answers are on its lists, so that recall does not tell."""
    task = planted()
    assert value(task, "careless", f"recall@{K}") == value(task, "relnews", f"recall@{K}") == 1
    assert value(task, "careless", f"violations@{K}") > 1
    assert value(task, "relnews", f"violations@{K}") == 0


def test_failures_are_exposed_by_their_count_and_zeros() -> None:
    task = planted()
    broken = systems_of(task)["broken"]
    assert broken.failures == task.n_questions == 36
    assert broken.values["empty lists"].value == 1
    for metric in ("nDCG", "MRR", "AP", "precision", "recall", "hit"):
        assert broken.values[f"{metric}@{K}"].value == 0
        assert broken.values[f"{metric}@{K}"].n == 36
    assert difference(task, "broken", f"nDCG@{K}") > 0.5


def test_all_that_people_judged_is_asked_and_the_proxies_are_not() -> None:
    names = [task.name for task in everything().evaluation.tasks]
    assert names == [
        "links",
        "events",
        "events, own outlet",
        "impressions",
        "chains",
    ]


def test_every_task_has_every_system_that_has_something_to_go_by() -> None:
    for task in everything().evaluation.tasks:
        dated = task.name in {"links", "events", "events, own outlet", "impressions"}
        idle = {"latent"} if dated else {"latent", "BM25 + freshness", "tf-idf + freshness"}
        assert systems_of(task).keys() == {"relnews", *BASELINES} - idle
        assert {system.failures for system in task.systems} == {0}
        assert value(task, "relnews", f"violations@{task.k}") == 0
        assert next(iter(task.systems)).name == task.worst_of == "relnews"
        assert {one.system for one in task.comparisons} == {"relnews"}
        metrics = {one.metric for one in task.comparisons}
        assert {task.headline} < metrics or task.name.startswith("pairs")
        assert all(one.p_corrected >= one.p for one in task.comparisons)


def test_the_header_says_what_was_measured() -> None:
    evaluation = everything().evaluation
    assert evaluation.title == "Related lists on Zeitung"
    assert evaluation.n_articles == 10 * DAYS
    assert evaluation.first == "2026-03-01T12:00+00:00"
    assert evaluation.last == "2026-03-08T16:30+00:00"
    assert evaluation.settings == {
        "data": "Zeitung",
        "tasks": "all that people judged",
        "list length": "3",
        "questions at most": "20",
        "seed": "0",
        "further metrics": "none",
        "language": "de",
        "baselines": ", ".join(BASELINES),
        "model": "default",
        "split": "none: refitted as the archive grows",
        "policy of relnews": "default",
    }


def test_the_settings_carry_the_policies_and_the_split() -> None:
    class Own:
        """A selector that no settings file knows."""

        def begin(self, scores: object) -> Selection:
            return Mmr(0.0).begin(scores)  # type: ignore[arg-type]

        def __repr__(self) -> str:
            return "Own()"

    policies = {"night": Policy(half_life_hours=12.0), "own": Policy(selector=Own())}
    plan = Plan(tasks=["links"], k=2, split=hours(24 * 6), with_curves=False)
    settings = evaluate(site(), Systems(policies=policies), plan).evaluation.settings
    assert settings["policy of night"] == "half_life_hours = 12.0"
    assert "selector=Own()" in settings["policy of own"]
    assert settings["split"] == "2026-03-07T12:00:00+00:00"
    assert settings["tasks"] == "links"


def test_the_same_seed_gives_the_same_report_to_the_byte() -> None:
    again = evaluate(site(), plan=Plan(k=3, sample=20))
    assert to_json(again.evaluation) == to_json(everything().evaluation)


def test_another_seed_asks_other_questions() -> None:
    other = evaluate(site(), Systems(), Plan(k=3, sample=20, seed=1, with_curves=False))
    for name, answers in everything().answers.items():
        asked = [(one.source.id, one.at) for one in answers.questions]
        assert len(asked) == 20
        assert asked != [(one.source.id, one.at) for one in other.answers[name].questions]


def test_a_task_alone_gives_what_it_gives_among_others() -> None:
    """Neither its questions nor its lists depend on what else was asked for."""
    plan = Plan(tasks=["impressions"], k=3, sample=20, with_curves=False)
    alone = evaluate(site(), Systems(baselines=["newest", "tf-idf"]), plan)
    there, here = everything().answers["impressions"], alone.answers["impressions"]
    assert here.questions == there.questions
    assert here.runs == {name: there.runs[name] for name in ("relnews", "newest", "tf-idf")}
    found = value(alone.evaluation.tasks[0], "relnews", "nDCG@3")
    assert found == value(task_of(everything(), "impressions"), "relnews", "nDCG@3")


def test_without_truth_there_is_nothing_to_measure() -> None:
    bare = tuple(replace(one, section="", tags=()) for one in site().articles)
    for data in (replace(site(), articles=bare, truth=Truth()), Dataset("leer", (), Truth(), ())):
        with pytest.raises(InvalidTruth, match=r"there must be truth .* found none"):
            evaluate(data)


def test_progress_tells_each_task_of_its_questions() -> None:
    told: list[tuple[str, int]] = []
    plan = Plan(tasks=["links", "chains"], k=2, sample=7)
    systems = Systems(policies={}, baselines=["newest"])
    evaluate(site(), systems, plan, progress=lambda task, done: told.append((task, done)))
    assert told == [("links", 1)] * 7 + [("chains", 1)] * 7


def test_runs_that_were_written_and_read_back_give_identical_numbers(tmp_path: Path) -> None:
    baselines = ["tf-idf", "newest in section", "random"]
    plan = Plan(tasks=["links"], k=3, with_curves=False)
    outcome = evaluate(site(), Systems(baselines=baselines), plan)
    assert outcome.write_runs(tmp_path / "new" / "runs") == 5
    files = {path.name: path for path in (tmp_path / "new" / "runs").iterdir()}
    assert sorted(files) == [
        "links-newest-in-section.run",
        "links-random.run",
        "links-relnews.run",
        "links-tf-idf.run",
        "links.qrels",
    ]
    runs = {
        name: read_run(files[f"links-{name.replace(' ', '-')}.run"])
        for name in ("relnews", *baselines)
    }
    again = evaluate(site(), Systems(policies={}, runs=runs), plan)
    (before,), (after,) = outcome.evaluation.tasks, again.evaluation.tasks
    assert repr(after.systems) == repr(before.systems)
    assert repr(after.comparisons) == repr(before.comparisons)
    assert repr((after.ages, after.slices, after.worst)) == repr(
        (before.ages, before.slices, before.worst)
    )


def test_right_answers_are_written_as_the_guards_left_them(tmp_path: Path) -> None:
    outcome = evaluate(site(), Systems(), Plan(tasks=["links"], k=2, with_curves=False))
    assert outcome.write_runs(tmp_path) == 2
    gains = read_qrels(tmp_path / "links.qrels")
    assert gains["b-3@2026-03-04T12:30:00Z"] == {"b-2": 1.0, "b-1": 1.0}
    assert list(gains.values()) == [dict(one.gains) for one in outcome.answers["links"].questions]


def test_a_list_that_repeats_itself_can_be_written(tmp_path: Path) -> None:
    """A run file cannot hold an id twice, and a bad system must not cost the good ones theirs."""
    others: Mapping[str, Build] = {"echo": lambda _: Says(["i-0", "i-0", "j-0"])}
    outcome = evaluate(
        site(), Systems(others=others), Plan(tasks=["links"], k=3, with_curves=False)
    )
    assert value(outcome.evaluation.tasks[0], "echo", "violations@3") == 1
    assert outcome.write_runs(tmp_path) == 3
    assert set(read_run(tmp_path / "links-echo.run").values()) == {("i-0", "j-0")}


def test_a_list_without_entries_leaves_no_trace(tmp_path: Path) -> None:
    questions = tuple(Question(source=one, at=hours(0)) for one in site().articles[:2])
    run = Run("quiet", 3, ((), ("x",)))
    outcome = Outcome(everything().evaluation, {"a b": Answers(questions, {"quiet/": run})})
    assert outcome.write_runs(tmp_path) == 2
    assert read_run(tmp_path / "a-b-quiet.run") == {"b-0@2026-03-01T12:00:00Z": ("x",)}


def test_systems_that_tell_how_alike_articles_are_are_held_against_judged_pairs() -> None:
    data = replace(site(), truth=replace(site().truth, pairs=some_pairs()))
    systems = Systems(baselines=["newest", "random"], others={"says": lambda _: Says(["j-0"])})
    (task,) = evaluate(data, systems, Plan(tasks=["pairs"], k=3)).evaluation.tasks
    found = systems_of(task)
    assert task.name == "pairs: similarity"
    names = ["Pearson", "Spearman", "AUC(gain>=1.5)", "AP(gain>=1.5)"]
    assert list(task.better)[:5] == list(found["relnews"].values)[:5] == [*names, "nDCG@3"]
    assert [task.better[name] for name in names] == [1, 1, 1, 1]
    for name in names:
        assert name not in found["newest"].values
        assert name not in found["says"].values
    assert found["relnews"].values["Spearman"].value > 0.9
    assert found["relnews"].values["AUC(gain>=1.5)"].value == 1
    assert abs(found["random"].values["Spearman"].value) < 0.3
    assert found["relnews"].values["Spearman"].n == len(some_pairs()) == 160
    assert isnan(found["relnews"].values["coverage@3"].low)


def test_a_policy_file_is_what_the_settings_say(tmp_path: Path) -> None:
    policy = Policy(half_life_hours=30.0, selector=Mmr(0.3))
    plan = Plan(tasks=["links"], k=2, sample=5, with_curves=False)
    settings = evaluate(site(), Systems(policies={"x": policy}), plan).evaluation.settings
    assert settings["policy of x"].startswith("half_life_hours = 30.0 selector = {")
    path = tmp_path / "policy.toml"
    path.write_text(settings["policy of x"].replace(" selector", "\nselector"), encoding="utf-8")
    assert load_policy(path) == policy
