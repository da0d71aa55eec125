"""Whatever happens to a site, in whatever order: nothing is shown that must not be.

A machine does to a recommender what a newsroom does; a few dictionaries are the oracle of every
answer. In a file, a second recommender reads along and must give the same answers.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from newsroom import NOON, about, an_article, hours, plain
from relnews import (
    Article,
    Block,
    Cap,
    Dpp,
    Mmr,
    NoList,
    Pin,
    Quarantined,
    Quota,
    Recommender,
    Separate,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relnews import RelatedList
    from relnews.rank.rules import Attribute, Rule
    from relnews.types import AddReport

IDS = tuple(f"a-{number}" for number in range(10))
DEPTH = 20

_ids = st.sampled_from(IDS)
_hours = st.sampled_from([-1000, -80, -30, -6, -6, -2, -2, -1, -1, 0, 1, 40])
_times = st.builds(
    lambda hours, fraction: NOON + timedelta(hours=hours, milliseconds=fraction),
    _hours,
    st.sampled_from([0, 0, 0, 300, 700]),
)
_seldom_times = st.one_of(*[st.none()] * 7, _times)
_sentences = st.sampled_from([*combinations(range(8), 3)])


def _rarely(rare: Any, usual: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([usual] * 12 + [rare])


@st.composite
def articles(draw: st.DrawFn, ids: st.SearchStrategy[str] = _ids) -> Article:
    """Draw an article of few words, so that any two are likely to be related."""
    topic = draw(st.sampled_from(["bruecke", "bruecke", "theater"]))
    return an_article(
        draw(ids),
        topic,
        *draw(_sentences),
        section=draw(st.sampled_from(["Stadt", "Kultur", ""])),
        source=draw(st.sampled_from(["Tagblatt", "Kurier", "dpa"])),
        language=draw(st.sampled_from(["de", "de", "de", "", "en"])),
        published_at=draw(st.one_of(*[_times] * 6, st.none())),
        updated_at=draw(_seldom_times),
        version=draw(st.integers(1, 3)),
        status=draw(st.sampled_from(["usable"] * 10 + ["withheld", "canceled"])),
        embargo_until=draw(_seldom_times),
        expires_at=draw(_seldom_times),
        evergreen=draw(st.booleans()),
        access=draw(st.sampled_from(["free", "paid"])),
        no_list=draw(_rarely(rare=True, usual=False)),
        never_recommend=draw(_rarely(rare=True, usual=False)),
    )


_records: st.SearchStrategy[Article | Quarantined] = st.one_of(
    articles(),
    articles(),
    articles(),
    st.builds(Quarantined, st.just("feed.jsonl"), st.integers(1, 9), _ids, st.just("no headline")),
)
_pairs = st.tuples(_ids, _ids).filter(lambda pair: pair[0] != pair[1])
_counted: st.SearchStrategy[tuple[Attribute, str]] = st.sampled_from(
    [("section", "Stadt"), ("section", ""), ("source", "dpa"), ("access", "paid")]
)
_rules: st.SearchStrategy[Rule] = st.one_of(
    st.builds(Block, _ids, st.one_of(st.just(""), _ids)),
    _pairs.map(lambda pair: Separate(pair[0], pair[1])),
    st.builds(lambda pair, place: Pin(pair[0], pair[1], place), _pairs, st.integers(1, 4)),
    st.builds(NoList, _ids),
    st.builds(lambda what, most: Cap(what[0], what[1], most), _counted, st.integers(0, 2)),
    st.builds(
        lambda what, least: Quota(what[0], what[1], least, least + 1), _counted, st.integers(1, 2)
    ),
)
LENIENT = plain(relevance_floor=0.2)
POLICIES = (
    LENIENT,
    plain(fill="section", max_same_story=1, story_similarity=0.3),
    plain(fill="newest", selector=Mmr(0.4), story_similarity=0.3),
    plain(fill="newest", relevance_floor=0.99, languages=("de", "en")),
    plain(fill="newest", selector=Dpp(0.5), same_source=True),
)
_policies = st.sampled_from(POLICIES)
_excluded = st.lists(_ids, max_size=2)
_k = st.integers(1, 7)


class Newsroom:
    """What is known of a site: the oracle. Plain dictionaries, no arrays, no database."""

    def __init__(self) -> None:
        self.articles: dict[str, Article] = {}
        self.retracted: set[str] = set()
        self.rules: dict[int, Rule] = {}
        self.lists: dict[str, list[str]] = {}
        self.quarantined: set[Quarantined] = set()

    def add(self, record: Article | Quarantined) -> str:
        """Take a record in, and name the part of the report that must hold it."""
        if isinstance(record, Quarantined):
            self.quarantined.add(record)
            return "quarantined"
        known = self.articles.get(record.id)
        if record.id in self.retracted or (known and _outdated(record, known)):
            return "refused"
        self.articles[record.id] = record
        if known is None:
            return "accepted"
        return "unchanged" if record == known else "replaced"

    def retract(self, article_id: str) -> dict[str, list[str]]:
        """Take an article out, and give the lists that carried it as they stand then."""
        self.retracted.add(article_id)
        if article_id in self.articles:
            canceled = replace(self.articles[article_id], status="canceled")
            self.articles[article_id] = canceled
        self.lists.pop(article_id, None)
        carriers = [source for source, ids in self.lists.items() if article_id in ids]
        for source in carriers:
            self.lists[source].remove(article_id)
        return {source: self.lists[source] for source in carriers}

    def is_switched_off(self, source: Article) -> bool:
        by_rule = any(isinstance(r, NoList) and r.source_id == source.id for r in self.all_rules())
        return source.no_list or source.status == "canceled" or by_rule

    def shown(
        self, ids: Iterable[str], source_id: str, at: datetime, exclude: Iterable[str]
    ) -> list[str]:
        """Give those of some ids, in order, that may stand under an article."""
        kept: list[str] = []
        for name in ids:
            if not self.why_forbidden(name, source_id, at, exclude) and not any(
                self.are_apart(name, other) for other in kept
            ):
                kept.append(name)
        return kept

    def why_forbidden(
        self, name: str, source_id: str, at: datetime, exclude: Iterable[str]
    ) -> list[str]:
        """Name all that forbids to show an article under another, whatever else is shown."""
        article = self.articles.get(name)
        if article is None:
            return ["unknown"]
        wrongs = {
            "not usable": article.status != "usable",
            "retracted": name in self.retracted,
            "not yet published": _is_after(article.published_at, at),
            "embargoed": _is_after(article.embargo_until, at),
            "expired": article.expires_at is not None and article.expires_at <= at,
            "never recommended": article.never_recommend,
            "the article itself": name == source_id,
            "excluded": name in set(exclude),
            "blocked": self.is_blocked(name, source_id),
            "kept apart": self.are_apart(name, source_id),
        }
        return [what for what, wrong in wrongs.items() if wrong]

    def is_blocked(self, name: str, source_id: str) -> bool:
        return any(
            isinstance(r, Block) and r.target_id == name and r.source_id in ("", source_id)
            for r in self.all_rules()
        )

    def are_apart(self, first: str, second: str) -> bool:
        return any(
            isinstance(r, Separate) and {r.first_id, r.second_id} == {first, second}
            for r in self.all_rules()
        )

    def pins(self, source_id: str) -> dict[str, int]:
        """Give the pinned positions by id; a later pin replaces an earlier one."""
        pins: dict[str, int] = {}
        for pin in self.all_rules():
            if isinstance(pin, Pin) and pin.source_id == source_id:
                pins = {name: at for name, at in pins.items() if at != pin.position}
                pins[pin.target_id] = pin.position
        return pins

    def all_rules(self) -> list[Rule]:
        return [self.rules[number] for number in sorted(self.rules)]


def _outdated(arriving: Article, known: Article) -> bool:
    if arriving.version != known.version:
        return arriving.version < known.version
    if "canceled" in (arriving.status, known.status):
        return arriving.status != "canceled"
    return _dated(arriving) < _dated(known)


def _dated(article: Article) -> datetime:
    return article.updated_at or article.published_at or NOON - timedelta(days=9999)


def _is_after(time: datetime | None, at: datetime) -> bool:
    return time is not None and time > at


class NewsroomMachine(RuleBasedStateMachine):
    """What a newsroom does, in any order, in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.known = Newsroom()
        self.at = NOON
        self.asked = 0
        self.recs = self.open()

    def open(self) -> list[Recommender]:
        return [Recommender.open(":memory:", policy=LENIENT)]

    @property
    def rec(self) -> Recommender:
        return self.recs[0]

    def teardown(self) -> None:
        assert self.rec.store.integrity() == []
        assert {*self.rec.store.quarantine()} == self.known.quarantined
        for rec in self.recs:
            rec.close()

    @initialize(missing=st.integers(0, 9))
    def begin(self, missing: int) -> None:
        """Begin with a site that is well, so that there are lists to go wrong."""
        self.add([about(name, published_at=hours(-3 * n)) for n, name in enumerate(IDS[missing:])])
        self.precompute()

    @rule(records=st.lists(_records, min_size=1, max_size=5))
    def add(self, records: list[Article | Quarantined]) -> None:
        places = [self.known.add(record) for record in records]
        report = self.rec.add(records)
        assert _sorted_report(report) == {
            place: sorted(
                record.id
                for record, found in zip(records, places, strict=True)
                if found == place or (place == "accepted" and found in ("replaced", "unchanged"))
            )
            for place in _PARTS
        }
        assert len(report.accepted) + len(report.refused) + len(report.quarantined) == len(records)
        assert all(refused.reason for refused in report.refused)

    @precondition(lambda self: self.known.articles)
    @rule(data=st.data(), step=st.sampled_from([-1, 0, 0, 1]))
    def add_another_version(self, data: st.DataObject, step: int) -> None:
        known = self.known.articles[self.draw_id(data)]
        changed = data.draw(articles(st.just(known.id)))
        version = max(1, known.version + step)
        self.add([replace(changed, version=version), replace(known, version=version)])

    @precondition(lambda self: self.listed())
    @rule(data=st.data())
    def retract_what_is_listed(self, data: st.DataObject) -> None:
        self.retract(data.draw(st.sampled_from(self.listed())), "Gericht")
        self.read_all_stored_lists()

    @precondition(lambda self: self.listed())
    @rule(data=st.data(), how=st.sampled_from(["status", "embargo", "expiry", "switch", "no list"]))
    def hold_back_what_is_listed(self, data: st.DataObject, how: str) -> None:
        known = self.known.articles[data.draw(st.sampled_from(self.listed()))]
        soon = self.at + timedelta(milliseconds=1)
        changes: dict[str, dict[str, Any]] = {
            "status": {"status": "withheld"},
            "embargo": {"embargo_until": soon},
            "expiry": {"expires_at": self.at},
            "switch": {"never_recommend": True},
            "no list": {"no_list": True},
        }
        self.add([replace(known, version=known.version + 1, **changes[how])])
        self.read_all_stored_lists()

    @precondition(lambda self: any(len(ids) > 1 for ids in self.known.lists.values()))
    @rule(data=st.data(), apart=st.booleans())
    def order_about_what_is_listed(self, data: st.DataObject, apart: bool) -> None:  # noqa: FBT001
        """Block an entry under its article, or keep it apart from another entry."""
        sources = sorted(name for name, ids in self.known.lists.items() if len(ids) > 1)
        source = data.draw(st.sampled_from(sources))
        first, second = data.draw(st.permutations(self.known.lists[source]))[:2]
        self.add_rule(Separate(first, second) if apart else Block(first, source))
        self.read_all_stored_lists()

    @rule(name=st.one_of(_ids, st.just("nowhere")), reason=st.sampled_from(["", "Gericht"]))
    def retract(self, name: str, reason: str) -> None:
        is_known, expected = name in self.known.articles, self.known.retract(name)
        receipt = self.rec.retract(name, reason=reason)
        assert (receipt.id, receipt.reason, receipt.known) == (name, reason, is_known)
        assert receipt.lists.keys() == expected.keys()
        for source_id, ids in receipt.lists.items():
            assert _is_part_of(ids, expected[source_id])
            assert not self.known.retracted & {*ids}

    @rule(name=_ids)
    def reinstate(self, name: str) -> None:
        assert self.rec.reinstate(name) == (name in self.known.retracted)
        if name in self.known.retracted and name in self.known.articles:
            status = self.rec.article(name).status
            self.known.articles[name] = replace(self.known.articles[name], status=status)
        self.known.retracted.discard(name)

    @rule(order=_rules)
    def add_rule(self, order: Rule) -> None:
        self.known.rules[self.rec.add_rule(order)] = order
        assert self.rec.rules() == self.known.rules

    @precondition(lambda self: self.known.rules)
    @rule(data=st.data())
    def remove_rule(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.known.rules)))
        assert self.rec.remove_rule(number)
        assert not self.rec.remove_rule(number)
        del self.known.rules[number]
        assert self.rec.rules() == self.known.rules

    @rule(at=_times)
    def move_the_moment(self, at: datetime) -> None:
        self.at = at

    @rule()
    def precompute(self) -> None:
        report = self.rec.precompute(at=self.at, depth=DEPTH)
        assert report.changed <= report.made <= len(self.known.articles)
        assert self.rec.store.listed_sources() == sorted(self.known.articles)
        for name in self.known.articles:
            made = self.recs[-1].recommend(name, at=self.at, k=DEPTH)
            stored = self.rec.store.related_list(name)
            assert stored is not None
            assert [row.target_id for row in stored.rows] == [*made.ids]
            self.known.lists[name] = [*made.ids]

    @precondition(lambda self: self.known.articles)
    @rule(data=st.data(), k=_k, exclude=_excluded, policy=_policies)
    def recommend(self, data: st.DataObject, k: int, exclude: list[str], policy: Any) -> None:
        name = self.draw_id(data)
        self.ask(name, self.known.articles[name], k, exclude, policy)

    @rule(draft=articles(st.one_of(_ids, st.just("draft"))), k=_k, exclude=_excluded)
    def recommend_under_a_draft(self, draft: Article, k: int, exclude: list[str]) -> None:
        self.ask(draft, draft, k, exclude, plain(fill="newest"))

    @rule(name=st.one_of(_ids, st.just("nowhere")), k=_k, exclude=_excluded)
    def read_the_stored_list(self, name: str, k: int, exclude: list[str]) -> None:
        found = [rec.stored_list(name, at=self.at, k=k, exclude=exclude) for rec in self.recs]
        assert all(other == found[0] for other in found)
        if found[0] is None:
            assert name not in self.known.lists
            return
        off = self.known.is_switched_off(self.known.articles[name])
        listed = [] if off else self.known.lists[name]
        assert [*found[0].ids] == self.known.shown(listed, name, self.at, exclude)[:k]

    @invariant()
    def all_answers_are_sound(self) -> None:
        """Look at another article after each step, as it would be listed now and as it was."""
        self.asked += 1
        name = IDS[self.asked % len(IDS)]
        if name in self.known.articles:
            policy = POLICIES[self.asked % len(POLICIES)]
            self.ask(name, self.known.articles[name], 1 + self.asked % 7, [], policy)
        self.read_the_stored_list(name, DEPTH, [])

    def listed(self) -> list[str]:
        return sorted({name for ids in self.known.lists.values() for name in ids})

    def read_all_stored_lists(self) -> None:
        for name in sorted(self.known.lists):
            self.read_the_stored_list(name, DEPTH, [])
        for rec in self.recs:
            in_bulk = [*rec.stored_lists(at=self.at, k=3)]
            assert [related.source_id for related in in_bulk] == sorted(self.known.lists)
            for related in in_bulk:
                single = rec.stored_list(related.source_id, at=self.at, k=3)
                assert single is not None
                assert (related.ids, related.note) == (single.ids, single.note)

    def ask(
        self, question: str | Article, source: Article, k: int, exclude: list[str], policy: Any
    ) -> None:
        """Put a question, twice and for a shorter list, and hold the answers against all rules."""
        asked = {"at": self.at, "exclude": exclude, "policy": policy}
        made = self.rec.recommend(question, k=k, **asked)
        assert [*made.ids] == self.known.shown(made.ids, source.id, self.at, exclude)
        assert len(set(made.ids)) == len(made) <= k
        for entry in made:
            assert replace(entry.article, teaser="") == self.known.articles[entry.article.id]
        assert not (self.known.is_switched_off(source) and made.entries)
        for rec in self.recs:
            assert rec.recommend(question, k=k, **asked) == made
            assert rec.recommend(question, k=(k + 1) // 2, **asked).ids == made.ids[: (k + 1) // 2]
        self.pins_stand_and_caps_hold(made, source, exclude)

    def pins_stand_and_caps_hold(
        self, made: RelatedList, source: Article, exclude: list[str]
    ) -> None:
        orders = self.known.all_rules()
        for cap in orders:
            if isinstance(cap, Cap):
                counted = [
                    entry.placed_by
                    for entry in made
                    if getattr(entry.article, cap.attribute) == cap.value
                ]
                assert len(counted) <= max(cap.at_most, counted.count("pin"))
        if self.known.is_switched_off(source) or any(isinstance(r, Separate) for r in orders):
            return
        for name, position in self.known.pins(source.id).items():
            if not self.known.why_forbidden(name, source.id, self.at, exclude):
                assert made.ids[position - 1 : position] in ((name,), ())
                assert name in made.ids or len(made) == made.k

    def draw_id(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.known.articles)))


class FileMachine(NewsroomMachine):
    """The same in a file, where a second recommender reads along."""

    def open(self) -> list[Recommender]:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "news.db"
        return [Recommender.open(path, policy=LENIENT) for _ in range(2)]

    def teardown(self) -> None:
        super().teardown()
        self.folder.cleanup()

    @rule()
    def restart(self) -> None:
        path = Path(self.folder.name) / "news.db"
        self.recs[0].close()
        self.recs[0] = Recommender.open(path, policy=LENIENT, create=False)

    @rule()
    def change_places(self) -> None:
        """Let the other one write from now on."""
        self.recs.reverse()


_PARTS = ("accepted", "replaced", "unchanged", "refused", "quarantined")


def _sorted_report(report: AddReport) -> dict[str, list[str]]:
    return {
        part: sorted(item if isinstance(item, str) else item.id for item in getattr(report, part))
        for part in _PARTS
    }


def _is_part_of(some: tuple[str, ...], whole: list[str]) -> bool:
    """Tell whether ids stand in another sequence in the same order."""
    rest = iter(whole)
    return all(name in rest for name in some)


_BRIEF = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

TestWhateverHappensInMemoryNothingForbiddenIsShown = NewsroomMachine.TestCase
TestWhateverHappensInMemoryNothingForbiddenIsShown.settings = _BRIEF
TestWhateverHappensInAFileNothingForbiddenIsShown = FileMachine.TestCase
TestWhateverHappensInAFileNothingForbiddenIsShown.settings = settings(_BRIEF, max_examples=15)
