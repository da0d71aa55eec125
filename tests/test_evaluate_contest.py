"""One task, all systems: what is asked, what is taken out, and what the result says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from math import isfinite, isnan
from typing import TYPE_CHECKING

import numpy as np
import pytest

from newsroom import an_article, hours
from relnews import Policy
from relnews.errors import InvalidTruth
from relnews.evaluate import (
    Archive,
    Catalogue,
    Chain,
    Dataset,
    EditorLinks,
    Event,
    Impression,
    JudgedPair,
    Plan,
    Ranked,
    Systems,
    Truth,
    World,
    evaluate,
    judge,
)
from relnews.evaluate.ask.tasks import Task, make_tasks
from relnews.evaluate.contest import Contest
from relnews.evaluate.metrics import NDCG, standard
from relnews.evaluate.report import to_html
from relnews.evaluate.results import AGE_CLASSES
from relnews.evaluate.world.baselines import TfIdf
from relnews.evaluate.world.readers import Readers
from relnews.rank.diversity import Mmr
from test_evaluate_evaluation import (
    DAYS,
    Broken,
    Careless,
    Says,
    everything,
    name_of,
    published,
    site,
    some_pairs,
    systems_of,
    task_of,
    value,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from relnews import Article
    from relnews.evaluate.contest import Answers
    from relnews.evaluate.results import TaskResult
    from relnews.evaluate.world.systems import Build


def contest(
    name: str, systems: Systems | None = None, data: Dataset | None = None, **settings: object
) -> tuple[TaskResult, Answers]:
    """Run one task of a newsroom."""
    data = data or site()
    plan = Plan(tasks=[name], **{"k": 3, "with_curves": False, **settings})  # type: ignore[arg-type]
    archive = Archive(data.articles, data.truth.retractions)
    catalogue = Catalogue(archive, data.truth.chains, data.truth.reads)
    generator = np.random.default_rng(plan.seed)
    task, *_ = make_tasks(data.truth, archive, generator, names=[name], k=plan.k, size=plan.sample)
    readers = Readers(data.truth.reads)
    return Contest(task, systems or Systems(), plan, catalogue, readers).run(lambda _: None)


def with_links(*links: EditorLinks, articles: Sequence[Article] = ()) -> Dataset:
    data = site()
    return replace(data, articles=(*data.articles, *articles), truth=Truth(links=links))


@cache
def links() -> TaskResult:
    """Run all links with curves, under a policy whose settings are on both of them."""
    policies = {"relnews": Policy(half_life_hours=60.0, selector=Mmr(0.2))}
    systems = Systems(policies=policies, baselines=["tf-idf", "newest"])
    return contest("links", systems, with_curves=True)[0]


def test_a_result_says_what_was_asked_and_how_it_was_decided() -> None:
    task = links()
    assert task.name == "links"
    assert task.about.startswith("What editors linked")
    assert (task.k, task.n_questions, task.n_without_truth) == (3, 36, 0)
    assert task.headline == "nDCG@3"
    assert task.groups == ("day", 6)
    assert task.removed == {}
    assert task.worst_of == "relnews"
    names = [str(metric) for metric in standard(3, 60.0)]
    assert list(task.better)[: len(names)] == names
    assert [system.name for system in task.systems] == ["relnews", "tf-idf", "newest"]
    for system in task.systems:
        assert list(system.values) == list(task.better)
        assert system.failures == 0


def test_the_report_can_be_made_of_any_task() -> None:
    assert "What editors linked" in to_html(everything().evaluation)


def test_slices_name_sections_and_ages_and_hold_every_system() -> None:
    slices = links().slices
    assert list(slices) == ["section", "age of the source"]
    assert {one.label: one.n for one in slices["section"]} == {
        "Stadt": 12,
        "Kultur": 12,
        "Sport": 12,
    }
    assert [(one.label, one.n) for one in slices["age of the source"]] == [("6 hours", 36)]
    for one in (*slices["section"], *slices["age of the source"]):
        assert list(one.values) == ["relnews", "tf-idf", "newest"]
    weighted = sum(one.n * one.values["tf-idf"].value for one in slices["section"]) / 36
    assert weighted == pytest.approx(value(links(), "tf-idf", "nDCG@3"))


def test_ages_of_entries_are_told_for_every_system_and_no_point_of_a_curve() -> None:
    ages = {one.system: one.shares for one in links().ages}
    assert list(ages) == ["relnews", "tf-idf", "newest"]
    assert sum(ages["newest"][:2]) == 1
    assert sum(ages["relnews"][:2]) < 0.9
    assert all(len(shares) == len(AGE_CLASSES) for shares in ages.values())


def test_the_point_of_a_curve_at_the_systems_own_setting_is_the_system() -> None:
    """Curves are made another, faster way than lists; both must agree."""
    task = links()
    ours = systems_of(task)["relnews"].values
    for curve, label in (("half-life", "60 h"), ("diversity", "0.2")):
        (point,) = [one for one in task.curves[curve] if one.label == label]
        assert point.accuracy == pytest.approx(ours["nDCG@3"].value)
        assert point.median_age_hours == pytest.approx(ours["age p50 h@3"].value)
        assert point.diversity == pytest.approx(ours["diversity@3"].value)
    assert [len(points) for points in task.curves.values()] == [5, 4]
    assert all(isfinite(point.accuracy) for points in task.curves.values() for point in points)


def test_curves_are_drawn_only_of_the_library_on_dated_questions() -> None:
    assert {task.name for task in everything().evaluation.tasks if task.curves} == {
        "links",
        "events",
        "events, own outlet",
        "impressions",
    }
    alone = Systems(policies={}, baselines=["newest"])
    assert contest("links", alone, sample=3, with_curves=True)[0].curves == {}
    assert contest("links", sample=3)[0].curves == {}


def test_undated_tasks_have_no_ages() -> None:
    chains = task_of(everything(), "chains")
    assert chains.ages == ()
    assert list(chains.slices) == ["section"]
    assert chains.groups[0] == "story"


def test_the_worst_lists_are_those_of_the_main_system() -> None:
    task, answers = contest("links", Systems(policies={}, baselines=["newest", "tf-idf"]))
    assert task.worst_of == "newest"
    catalogue = Catalogue(Archive(site().articles, site().truth.retractions))
    lists_of = judge(answers.runs["newest"], answers.questions, catalogue)
    worst = task.worst[0]
    assert worst.value == min(NDCG(3).of(judged) for judged in lists_of)
    lists = {
        (question.source.id, question.at.isoformat(timespec="minutes")): found
        for question, found in zip(answers.questions, answers.runs["newest"].lists, strict=True)
    }
    assert tuple(one.id for one in worst.shown) == lists[worst.source.id, worst.at]


def test_answers_hold_the_lists_of_systems_in_the_order_of_questions() -> None:
    task, answers = contest("links", Systems(baselines=["newest"]), with_curves=True)
    assert list(answers.runs) == ["relnews", "newest"]
    assert len(answers.questions) == task.n_questions
    for run in answers.runs.values():
        assert len(run.lists) == task.n_questions
    assert all(
        question.source.id not in found
        for question, found in zip(answers.questions, answers.runs["newest"].lists, strict=True)
    )


def test_a_recommender_that_always_raises_has_failures_and_zeros() -> None:
    others: dict[str, Build] = {"broken": lambda _: Broken()}
    task, answers = contest("links", Systems(others=others))
    broken = systems_of(task)["broken"]
    assert broken.failures == task.n_questions == 36
    assert answers.runs["broken"].failures[0] == (0, "RuntimeError: no list for a-2")
    assert value(task, "broken", "empty lists") == value(task, "broken", "short lists@3") == 1
    for name in ("nDCG", "MRR", "AP", "precision", "recall", "hit", "coverage"):
        assert value(task, "broken", f"{name}@3") == 0
    assert value(task, "relnews", "nDCG@3") > 0.9


def test_violations_are_none_of_the_librarys_and_any_of_the_careless() -> None:
    task, _ = contest("links", Systems(others={"careless": Careless}))
    assert value(task, "relnews", "violations@3") == 0
    assert value(task, "careless", "violations@3") > 1


def test_questions_before_the_split_are_taken_out_and_counted() -> None:
    split = published("c", 5)
    task, answers = contest("links", split=split)
    before = [link for link in site().truth.links if moment_of(link) < split]
    assert task.removed == {"a refit saw the future": len(before)}
    assert task.n_questions == 36 - len(before) == len(answers.questions)
    assert min(question.at for question in answers.questions) == split


def moment_of(link: EditorLinks) -> datetime:
    subject, day = link.source_id.split("-")
    return published(subject, int(day))


@dataclass
class Fitted:
    """Was fitted somewhere else, on what it says."""

    fitted_until: datetime | None
    asked: list[datetime] = field(default_factory=list)

    def recommend(self, source: Article, at: datetime, k: int) -> Sequence[str]:  # noqa: ARG002
        self.asked.append(at)
        return []


@pytest.mark.parametrize("split", [None, hours(24 * 3), hours(24 * 6)])
def test_questions_that_a_fitted_system_has_seen_are_taken_out_for_all(
    split: datetime | None,
) -> None:
    early, late, never = Fitted(published("a", 4)), Fitted(published("d", 5)), Fitted(None)
    others: dict[str, Build] = {
        name: lambda _, system=system: system  # type: ignore[misc]
        for name, system in (("early", early), ("late", late), ("never", never))
    }
    task, answers = contest("links", Systems(others=others), split=split)
    first = max(published("d", 5), split or hours(0))
    moments = [moment_of(link) for link in site().truth.links]
    assert sum(task.removed.values()) == sum(moment < first for moment in moments)
    early_for_split = sum(split is not None and moment < split for moment in moments)
    assert task.removed.get("a refit saw the future", 0) == early_for_split
    assert all(question.at >= first for question in answers.questions)
    for system in (early, late, never):
        assert system.asked == sorted(question.at for question in answers.questions)
    assert task.n_questions < 36


def test_undated_tasks_take_nothing_out_for_a_split() -> None:
    """Their moment is none: everything is out when they are asked."""
    others: dict[str, Build] = {"late": lambda _: Fitted(hours(24 * 365))}
    task, _ = contest("chains", Systems(others=others), split=hours(24 * 365))
    assert "a refit saw the future" not in task.removed
    assert task.n_questions == 47  # of 48 articles in stories one was taken back


def test_a_split_after_everything_leaves_no_question_and_no_number() -> None:
    systems = Systems(baselines=["newest"])
    task, answers = contest("links", systems, split=hours(24 * 365), with_curves=True)
    assert (task.n_questions, task.groups, answers.questions) == (0, ("day", 0), ())
    assert task.removed == {"a refit saw the future": 36}
    assert (task.worst, task.ages, task.off_policy) == ((), (), ())
    for system in task.systems:
        assert isnan(system.values["nDCG@3"].value)
        assert system.values["nDCG@3"].n == 0
    assert all(isnan(one.difference.value) for one in task.comparisons)


def test_guards_take_out_what_leaks_and_count_it() -> None:
    first = site().articles[0]
    copy = replace(first, id="copy", published_at=hours(1))
    quote = replace(
        first,
        id="quote",
        headline="Elf kleine Worte stehen hier",
        body="Ganz andere Dinge stehen in diesem einen Text über gar nichts.",
    )
    source = replace(
        first,
        id="source",
        headline="Eine Quelle",
        body=f"{first.body} Elf kleine Worte stehen hier.",
        published_at=hours(30),
    )
    targets = ("copy", "quote", "a-7", "b-1", "nobody")
    data = with_links(EditorLinks("source", targets), articles=[copy, quote, source])
    task, answers = contest("links", data=data)
    assert task.removed == {
        "near-duplicate of the source": 1,
        "headline quoted in the source": 1,
        "not live at the moment": 1,
    }
    (question,) = answers.questions
    assert dict(question.gains) == {"b-1": 1.0}
    assert question.ignored == {"quote"}
    assert not question.ignored & {*answers.runs["relnews"].lists[0]}
    assert (task.n_questions, task.n_without_truth) == (1, 0)


def test_a_question_that_lost_its_truth_is_counted_and_decides_nothing() -> None:
    data = with_links(EditorLinks("a-3", ("a-2",)), EditorLinks("b-3", ("b-7",)))
    task, _ = contest("links", data=data)
    assert (task.n_questions, task.n_without_truth) == (2, 1)
    ours = systems_of(task)["relnews"].values
    assert (ours["nDCG@3"].n, ours["violations@3"].n) == (1, 2)
    assert task.removed == {"not live at the moment": 1}


def test_lists_stay_within_the_outlet_where_the_task_says_so() -> None:
    outlet = {article.id: article.source for article in site().articles}

    def within(task_name: str) -> list[bool]:
        answers = everything().answers[task_name]
        return [
            outlet[entry] == question.source.source
            for run in answers.runs.values()
            for question, found in zip(answers.questions, run.lists, strict=True)
            for entry in found
        ]

    assert all(within("events, own outlet"))
    assert not all(within("events"))


def test_a_log_with_propensities_is_estimated_from_for_every_system() -> None:
    log = {
        name_and_moment(shown.source_id, shown.at): list(shown.shown)
        for shown in site().truth.impressions
    }
    systems = Systems(baselines=["newest"], runs={"the log": log})
    task, answers = contest("impressions", systems, k=4)
    found = {one.system: one for one in task.off_policy}
    assert list(found) == ["relnews", "the log", "newest"]
    shown = [question.shown for question in answers.questions if question.shown is not None]
    clicks = sum(sum(one.clicked) for one in shown) / len(shown)
    weighted = [
        clicked / chance
        for one in shown
        for clicked, chance in zip(one.clicked, one.propensities or (), strict=True)
    ]
    for one in found.values():
        assert list(one.values) == ["IPS", "SNIPS", "DR", "logged"]
        assert one.values["logged"].value == pytest.approx(clicks)
        assert one.n_slots == 4 * task.n_questions == 200
    assert found["the log"].values["IPS"].value == pytest.approx(sum(weighted) / len(shown))


def name_and_moment(source_id: str, at: datetime) -> str:
    return f"{source_id}@{at:%Y-%m-%dT%H:%M:%SZ}"


def test_what_was_clicked_below_the_lists_that_are_compared_does_not_count() -> None:
    """Short lists must not be held against the clicks on long ones."""
    task, answers = contest("impressions", Systems(baselines=["newest"]), k=2)
    shown = [question.shown for question in answers.questions if question.shown is not None]
    clicks = sum(sum(one.clicked[:2]) for one in shown) / len(shown)
    assert {one.n_slots for one in task.off_policy} == {2 * task.n_questions}
    assert [one.values["logged"].value for one in task.off_policy] == pytest.approx([clicks] * 2)
    assert all(len(one.shown) == 4 for one in shown)


def test_without_propensities_nothing_is_estimated_from_a_log() -> None:
    impressions = [replace(one, propensities=None) for one in site().truth.impressions]
    data = replace(site(), truth=replace(site().truth, impressions=tuple(impressions)))
    task, _ = contest("impressions", data=data)
    assert task.off_policy == ()
    assert "Without propensities, clicks on other lists cannot be estimated" in task.about


def test_with_some_propensities_clicks_are_estimated_from_those_alone() -> None:
    bare = replace(site().truth.impressions[0], propensities=None)
    log = (*site().truth.impressions, bare)
    whole, _ = contest("impressions")
    data = replace(site(), truth=replace(site().truth, impressions=log))
    task, _ = contest("impressions", data=data)
    assert task.n_questions == whole.n_questions + 1
    assert repr(task.off_policy) == repr(whole.off_policy)


def test_a_system_that_repeats_the_log_is_estimated_as_the_log_whatever_leaks() -> None:
    """A guard takes right answers away; it must not move what a system would have shown."""
    copied = {"copy": an_article("copy", "theater", section="Kultur", published_at=hours(-1))}
    shown = tuple(
        Impression(
            user=f"u-{number}",
            source_id="source",
            at=hours(number),
            shown=("copy", "other"),
            clicked=(number % 2 == 0, number % 3 == 0),
            propensities=(1.0, 1.0),
        )
        for number in range(12)
    )
    source = replace(copied["copy"], id="source")
    other = an_article("other", published_at=hours(-2))
    data = Dataset("log", (source, copied["copy"], other), Truth(impressions=shown))
    runs = {"log": {"source": ("copy", "other")}}
    task, _ = contest("impressions", Systems(policies={}, runs=runs), data=data)
    assert task.removed == {"near-duplicate of the source": 6}
    (found,) = task.off_policy
    logged = found.values["logged"].value
    assert logged == pytest.approx(10 / 12)
    for name in ("IPS", "SNIPS", "DR"):
        assert found.values[name].value == pytest.approx(logged)
    assert links().off_policy == ()


def test_pairs_of_what_was_taken_back_or_never_out_are_measured_too() -> None:
    """People judged them, whatever became of the articles since."""
    pairs = (*some_pairs()[:20], JudgedPair("a-5", "b-1", 1.0, "similarity"))
    late = replace(site().articles[0], id="late", embargo_until=hours(24 * 999))
    pairs += (JudgedPair("a-5", "late", 2.0, "similarity"),)
    truth = Truth(pairs=pairs, retractions=site().truth.retractions)
    data = replace(site(), articles=(*site().articles, late), truth=truth)
    task, _ = contest("pairs", data=data)
    assert systems_of(task)["relnews"].values["Spearman"].n == 22
    assert task.removed["not live at the moment"] >= 2


def test_the_main_system_is_the_first_that_has_something_to_go_by() -> None:
    systems = Systems(policies={}, baselines=["tf-idf + freshness", "latent", "newest", "tf-idf"])
    task, _ = contest("chains", systems, sample=5)
    assert task.worst_of == "newest"
    assert {(one.system, one.peer) for one in task.comparisons} == {("newest", "tf-idf")}


def test_a_system_that_cannot_be_made_ends_the_contest_and_leaves_nothing_open() -> None:
    def fails(_: World) -> Says:
        msg = "no model"
        raise OSError(msg)

    with pytest.raises(InvalidTruth, match="no model"):
        contest("links", Systems(others={"mine": fails}))


def test_own_recommenders_look_at_the_world_as_of_each_moment() -> None:
    class Like:
        def __init__(self, world: World) -> None:
            self.world, self.seen = world, list[bool]()

        def recommend(self, source: Article, at: datetime, k: int) -> Sequence[str]:
            assert self.world.now == at
            return Ranked(TfIdf(self.world)).recommend(source, at, k)

    systems = Systems(others={"like": Like}, baselines=["tf-idf"])
    task, answers = contest("links", systems, sample=10)
    assert systems_of(task)["like"].failures == 0
    assert answers.runs["like"].lists == answers.runs["tf-idf"].lists
    (compared, _, *_) = [one for one in task.comparisons if one.peer == "like"]
    assert compared.ties + compared.wins + compared.losses == 10


def test_popularity_is_that_of_the_moment() -> None:
    """An article that is read by all tomorrow is not yet most read today."""
    events = [Event(f"r{n}", "g-0", published("a", 4)) for n in range(50)]
    events += [Event("early", "h-0", published("a", 1))]
    data = with_links(EditorLinks("a-2", ("a-1",)), EditorLinks("a-5", ("a-4",)))
    data = replace(data, truth=replace(data.truth, events=tuple(events)))
    _, answers = contest("links", Systems(policies={}, baselines=["most read"]), data=data)
    assert answers.runs["most read"].lists == (("h-0",), ("g-0",))


def test_popularity_does_not_know_the_click_that_is_asked_for() -> None:
    """Under lists that were clicked by chance, nothing can be better than chance."""
    generator = np.random.default_rng(0)
    ids = [article.id for article in site().articles if article.id not in {"a-7", "b-1"}]
    impressions = [
        Impression(
            user=f"u{number}",
            source_id="a-7",
            at=hours(24 * DAYS + number),
            shown=tuple(generator.choice(ids, 6, replace=False).tolist()),
            clicked=tuple((generator.permutation(6) == 0).tolist()),
        )
        for number in range(60)
    ]
    data = replace(site(), truth=Truth(impressions=tuple(impressions)))
    systems = Systems(policies={}, baselines=["most read", "newest"])
    task, _ = contest("impressions", systems, data=data, k=1)
    assert value(task, "most read", "hit@1") < 0.4


def test_one_question_has_values_and_no_intervals() -> None:
    data = with_links(EditorLinks("a-3", ("a-2",)))
    task, _ = contest("links", Systems(baselines=["newest"]), data=data)
    ours = systems_of(task)["relnews"].values["nDCG@3"]
    assert (ours.value, ours.n) == (1.0, 1)
    assert isnan(ours.low)
    assert task.comparisons[0].p == 1


def test_a_task_may_be_made_by_hand() -> None:
    data = site()
    archive = Archive(data.articles)
    task, *_ = make_tasks(
        Truth(chains=(Chain("s", (name_of("a", 0), name_of("a", DAYS - 1))),)),
        archive,
        np.random.default_rng(0),
    )
    own = Task(name="mine", about="By hand.", questions=task.questions, k=4, grouping="story")
    result, _ = Contest(own, Systems(), Plan(), Catalogue(archive), Readers([])).run(lambda _: None)
    assert (result.name, result.about, result.k) == ("mine", "By hand.", 4)
    assert result.groups == ("story", 1)
    (point, *_) = evaluate(data, plan=Plan(tasks=["links"], k=2, sample=2)).evaluation.tasks
    assert point.n_questions == 2


def test_systems_are_compared_on_any_metric_that_is_asked_for() -> None:
    plan = Plan(tasks=["links"], k=3, metrics=["MRR@2", "short lists@3"], with_curves=False)
    (task,) = evaluate(site(), Systems(baselines=["tf-idf"]), plan).evaluation.tasks
    assert [one.metric for one in task.comparisons] == [
        *("nDCG@3", "recall@3", "MRR@2", "short lists@3")
    ]
    assert all("MRR@2" in system.values for system in task.systems)
    with pytest.raises(InvalidTruth, match="a metric must have one of these names"):
        Plan(metrics=["nothing"])
