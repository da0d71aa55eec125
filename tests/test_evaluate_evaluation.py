"""The whole way: a small newsroom with every kind of truth, measured from end to end.

`site`, `write` and `plants` serve the other files on evaluations too.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, replace
from functools import cache
from math import isnan
from typing import TYPE_CHECKING

import pytest

from newsroom import TOPICS, hours, text
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

DAYS, K = 12, 5
DESKS = {"bruecke": "Stadt", "theater": "Kultur", "fussball": "Sport"}
OUTLETS = {"bruecke": "Tagblatt", "theater": "Tagblatt", "fussball": "Kurier"}


def name_of(topic: str, day: int) -> str:
    return f"{topic[0]}-{day:02}"


def an_article(topic: str, day: int) -> Article:
    """Give a day's article on a subject; it shares two sentences with the next, one with two on."""
    own = " ".join(f"{topic}wort{(day * step + step * step) % 389}" for step in range(2, 42))
    sentences = [(day + step) % 8 for step in range(3)]
    return Article(
        id=name_of(topic, day),
        headline=f"{TOPICS[topic][day % 8]} Tag {day}",
        body=f"{text(topic, *sentences)} {own}",
        section=DESKS[topic],
        source=OUTLETS[topic],
        language="de",
        tags=(topic,),
        published_at=published(topic, day),
    )


def published(topic: str, day: int) -> datetime:
    return hours(24 * day + list(DESKS).index(topic))


def days(first: int = 0) -> Iterator[tuple[str, int]]:
    return ((topic, day) for day in range(first, DAYS) for topic in DESKS)


@cache
def site() -> Dataset:
    """Give a newsroom of twelve days: three subjects, two outlets, every kind of truth."""
    return Dataset(
        "Zeitung",
        tuple(an_article(topic, day) for topic, day in days()),
        Truth(
            links=tuple(
                EditorLinks(name_of(topic, day), (name_of(topic, day - 1), name_of(topic, day - 2)))
                for topic, day in days(2)
            ),
            events=tuple(_events()),
            impressions=tuple(_impressions()),
            pairs=tuple(_pairs()),
            chains=tuple(
                Chain(f"{topic} {first}", tuple(name_of(topic, first + step) for step in range(4)))
                for topic in DESKS
                for first in (0, 4, 8)
            ),
            retractions={"t-01": hours(24 * 6)},
        ),
        (),
    )


def _events() -> Iterator[Event]:
    for topic, day in days(1):
        begin = published(topic, day)
        for place, (read, on) in enumerate([(topic, day), (topic, day - 1), ("fussball", day - 1)]):
            yield Event(f"u{day % 5}", name_of(read, on), begin + (hours(place + 1) - hours(0)))


def _impressions() -> Iterator[Impression]:
    for topic, day in days(3):
        other = "theater" if topic == "bruecke" else "bruecke"
        yield Impression(
            user=f"u{day % 5}",
            source_id=name_of(topic, day),
            at=published(topic, day) + (hours(5) - hours(0)),
            shown=(
                name_of(topic, day - 1),
                name_of(other, day - 1),
                name_of(topic, day - 2),
                name_of(other, day - 3),
            ),
            clicked=(day % 2 == 0, False, day % 3 == 0, day % 4 == 0),
            propensities=(0.5, 0.4, 0.25, 0.2),
        )


def _pairs() -> Iterator[JudgedPair]:
    for topic, day in days(4):
        for step, gain in ((1, 3.0), (2, 2.0), (3, 1.0)):
            yield JudgedPair(name_of(topic, day), name_of(topic, day - step), gain, "similarity")
        other = "theater" if topic == "bruecke" else "bruecke"
        yield JudgedPair(name_of(topic, day), name_of(other, day - 1), 0.0, "similarity")


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
    """Give the newsroom with every article once more, as a feed would bring it, minutes later."""
    copies = [
        replace(one, id=copy_of(one.id), published_at=one.published_at + (hours(0.1) - hours(0)))
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
        topic, _, day = source.id.partition("-")
        near = [f"{topic}-{int(day[:2]) + step:02}" for step in (1, 2, -1, -2)]
        return [name for name in ("t-01", *near) if name in self.world.archive][:k]


class Broken:
    """Fails on every question."""

    def recommend(self, source: Article, at: datetime, k: int) -> Sequence[str]:  # noqa: ARG002
        msg = f"no list for {source.id}"
        raise RuntimeError(msg)


def plants() -> dict[str, Build]:
    """Give recommenders that are bad, each in a way of its own."""
    return {
        "same five": lambda _: Says(["b-00", "t-00", "f-00", "b-01", "f-01"]),
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
    assert value(task, "same five", f"diversity@{K}") > value(task, "relnews", f"diversity@{K}")
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
    """It is right more often than the library, and that is why accuracy alone does not do."""
    task = planted()
    assert value(task, "careless", f"nDCG@{K}") > 0
    assert value(task, "careless", f"violations@{K}") > 1
    assert value(task, "relnews", f"violations@{K}") == 0


def test_failures_are_exposed_by_their_count_and_zeros() -> None:
    task = planted()
    broken = systems_of(task)["broken"]
    assert broken.failures == task.n_questions == 30
    assert broken.values["empty lists"].value == 1
    for metric in ("nDCG", "MRR", "AP", "precision", "recall", "hit"):
        assert broken.values[f"{metric}@{K}"].value == 0
        assert broken.values[f"{metric}@{K}"].n == 30
    assert difference(task, "broken", f"nDCG@{K}") > 0.5


def test_all_that_people_judged_is_asked_and_the_proxies_are_not() -> None:
    names = [task.name for task in everything().evaluation.tasks]
    assert names == [
        "links",
        "events",
        "events, own outlet",
        "impressions",
        "pairs: similarity",
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
        assert {one.metric for one in task.comparisons} == {task.headline, f"recall@{task.k}"}


def test_the_header_says_what_was_measured() -> None:
    evaluation = everything().evaluation
    assert evaluation.title == "Related lists on Zeitung"
    assert evaluation.n_articles == 3 * DAYS
    assert evaluation.first == "2026-03-01T12:00+00:00"
    assert evaluation.last == "2026-03-12T14:00+00:00"
    assert evaluation.settings == {
        "data": "Zeitung",
        "tasks": "all that people judged",
        "list length": "3",
        "questions at most": "20",
        "seed": "0",
        "language": "de",
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
    plan = Plan(tasks=["links"], k=2, split=hours(24 * 9), with_curves=False)
    settings = evaluate(site(), Systems(policies=policies), plan).evaluation.settings
    assert settings["policy of night"] == "half_life_hours = 12.0"
    assert "selector=Own()" in settings["policy of own"]
    assert settings["split"] == "2026-03-10T12:00:00+00:00"
    assert settings["tasks"] == "links"


def test_the_same_seed_gives_the_same_report_to_the_byte() -> None:
    again = evaluate(site(), plan=Plan(k=3, sample=20))
    assert to_json(again.evaluation) == to_json(everything().evaluation)


def test_another_seed_asks_other_questions_and_moves_only_what_is_drawn() -> None:
    other = everything(1)
    for name, answers in everything().answers.items():
        asked = {(one.source.id, one.at) for one in answers.questions}
        elsewhere = {(one.source.id, one.at) for one in other.answers[name].questions}
        drawn = name not in {"pairs: similarity", "chains"} or len(asked) == 20
        assert (asked != elsewhere) == drawn


def test_a_task_alone_gives_the_numbers_that_it_gives_among_others() -> None:
    alone = evaluate(site(), plan=Plan(tasks=["impressions"], k=3, sample=20))
    (task,) = alone.evaluation.tasks
    assert repr(task) == repr(task_of(everything(), "impressions"))


def test_without_truth_there_is_nothing_to_measure() -> None:
    bare = tuple(replace(one, section="", tags=()) for one in site().articles)
    for data in (replace(site(), articles=bare, truth=Truth()), Dataset("leer", (), Truth(), ())):
        with pytest.raises(InvalidTruth, match=r"there must be truth .* add links.jsonl"):
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
    outcome = evaluate(site(), Systems(), Plan(tasks=["links", "events"], k=2, with_curves=False))
    assert outcome.write_runs(tmp_path) == 6
    gains = read_qrels(tmp_path / "links.qrels")
    assert gains["b-03@2026-03-04T12:00:00Z"] == {"b-02": 1.0, "b-01": 1.0}
    assert list(gains.values()) == [dict(one.gains) for one in outcome.answers["links"].questions]
    assert (tmp_path / "events-own-outlet-relnews.run").exists()


def test_a_list_that_repeats_itself_can_be_written(tmp_path: Path) -> None:
    """A run file cannot hold an id twice, and a bad system must not cost the good ones theirs."""
    others: Mapping[str, Build] = {"echo": lambda _: Says(["b-00", "b-00", "t-00"])}
    outcome = evaluate(
        site(), Systems(others=others), Plan(tasks=["links"], k=3, with_curves=False)
    )
    assert value(outcome.evaluation.tasks[0], "echo", "violations@3") == 1
    assert outcome.write_runs(tmp_path) == 3
    assert set(read_run(tmp_path / "links-echo.run").values()) == {("b-00", "t-00")}


def test_a_list_without_entries_leaves_no_trace(tmp_path: Path) -> None:
    questions = tuple(Question(source=one, at=hours(0)) for one in site().articles[:2])
    run = Run("quiet", 3, ((), ("x",)))
    outcome = Outcome(everything().evaluation, {"a b": Answers(questions, {"quiet/": run})})
    assert outcome.write_runs(tmp_path) == 2
    assert read_run(tmp_path / "a-b-quiet.run") == {"t-00@2026-03-01T12:00:00Z": ("x",)}


def test_a_number_that_does_not_apply_is_no_number() -> None:
    """Comparing with pairs is for systems that tell how alike two articles are."""
    pairs = systems_of(task_of(everything(), "pairs: similarity"))
    assert "Spearman" not in pairs["newest"].values
    assert "Spearman" not in systems_of(task_of(everything(), "links"))["relnews"].values
    ours = pairs["relnews"].values
    assert list(ours)[:4] == ["Pearson", "Spearman", "AUC(gain>=1.5)", "AP(gain>=1.5)"]
    assert ours["Spearman"].value > 0.5 > abs(pairs["random"].values["Spearman"].value)
    assert ours["Spearman"].n == len(site().truth.pairs)
    assert isnan(ours["coverage@3"].low)


def test_a_policy_file_is_what_the_settings_say(tmp_path: Path) -> None:
    policy = Policy(half_life_hours=30.0, selector=Mmr(0.3))
    plan = Plan(tasks=["links"], k=2, sample=5, with_curves=False)
    settings = evaluate(site(), Systems(policies={"x": policy}), plan).evaluation.settings
    assert settings["policy of x"].startswith("half_life_hours = 30.0 selector = {")
    path = tmp_path / "policy.toml"
    path.write_text(settings["policy of x"].replace(" selector", "\nselector"), encoding="utf-8")
    assert load_policy(path) == policy
