"""Records of any origin become articles, or say why not."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnews.errors import InvalidArticle, InvalidPolicy
from relnews.ingest import to_article
from relnews.ingest.fields import ALIASES
from relnews.ingest.values import first_sentence
from relnews.types import Article


def article(**values: Any) -> Article:
    return to_article({"id": "a", "headline": "H"} | values)


def moment(value: object, timezone: str = "Europe/Berlin") -> str:
    record = {"id": "a", "headline": "H", "published_at": value}
    published_at = to_article(record, timezone=timezone).published_at
    assert published_at is not None
    return published_at.isoformat()


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("title", "headline"), ("Titel", "headline"), ("articleBody", "body"), ("text", "body"),
        ("description", "teaser"), ("lead", "teaser"), ("link", "url"), ("ressort", "section"),
        ("category", "section"), ("publisher", "source"), ("lang", "language"),
        ("copyright", "image_credit"), ("Überschrift", "headline"),
    ],
)  # fmt: skip
def test_other_names_of_a_field_are_known(name: str, field: str) -> None:
    record = {"id": "a", "headline": "H", name: "xy"}
    if field == "headline":
        del record["headline"]
    assert getattr(to_article(record), field) == "xy"


def test_the_own_name_wins_over_every_other_in_any_order() -> None:
    for order in (["teaser", "summary", "lead"], ["lead", "summary", "teaser"]):
        assert article(**{name: name for name in order}).teaser == "teaser"
    assert article(description="d", lead="l", teaser=" ").teaser == "l"


def test_no_name_stands_for_two_fields() -> None:
    plain = [
        "".join(c for c in name.casefold() if c.isalnum())
        for own, names in ALIASES.items()
        for name in (own, *names)
    ]
    assert len(plain) == len(set(plain))
    assert set(ALIASES) == set(Article.__dataclass_fields__)


@pytest.mark.parametrize("name", ["modified", "dateModified", "updatedAt", "lastSaved"])
def test_a_save_is_no_update(name: str) -> None:
    assert article(**{name: "2020-10-03T12:00:00Z"}).updated_at is None
    assert article(updated_at="2020-10-03T12:00:00Z").updated_at is not None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2020-10-03T12:30:00+02:00", "2020-10-03T12:30:00+02:00"),
        ("2020-10-03T10:30:00Z", "2020-10-03T10:30:00+00:00"),
        ("2020-10-03 12:30", "2020-10-03T12:30:00+02:00"),
        ("2020-12-03", "2020-12-03T00:00:00+01:00"),
        ("20201203", "2020-12-03T00:00:00+01:00"),
        (20201203, "2020-12-03T00:00:00+01:00"),
        ("Sat, 03 Oct 2020 12:30:00 +0200", "2020-10-03T12:30:00+02:00"),
        ("Sat, 03 Oct 2020 12:30:00 GMT", "2020-10-03T12:30:00+00:00"),
        ("Sat, 03 Oct 2020 12:30:00 -0000", "2020-10-03T12:30:00+00:00"),
        ("Sat, 03 Oct 2020 12:30:00 MESZ", "2020-10-03T12:30:00+02:00"),
        ("03.10.2020 12:30", "2020-10-03T12:30:00+02:00"),
        ("3.10.2020, 12.30 Uhr", "2020-10-03T12:30:00+02:00"),
        ("Samstag, 3. Oktober 2020, 9 Uhr", "2020-10-03T09:00:00+02:00"),
        ("03.10.2020", "2020-10-03T00:00:00+02:00"),
        (1601724600, "2020-10-03T11:30:00+00:00"),
        (1601724600.5, "2020-10-03T11:30:00.500000+00:00"),
        ("1601724600", "2020-10-03T11:30:00+00:00"),
        (1601724600000, "2020-10-03T11:30:00+00:00"),
        ("1600010112345", "2020-09-13T15:15:12.345000+00:00"),
        ("2021-03-28 02:30", "2021-03-28T03:30:00+02:00"),
        ("2021-10-31 02:30", "2021-10-31T02:30:00+02:00"),
    ],
)
def test_times_are_read_and_made_aware(value: object, expected: str) -> None:
    assert moment(value) == expected


def test_the_zone_of_naive_times_is_a_setting() -> None:
    assert moment("2020-10-03 12:30", "America/New_York") == "2020-10-03T12:30:00-04:00"
    for zone in ("Europe/Lindenau", "Europe", "../etc/passwd", ""):
        with pytest.raises(InvalidPolicy, match="IANA name such as Europe/Berlin"):
            moment("2020-10-03 12:30", zone)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(10**400, id="huge"),
        "gestern", "2020", 2020, "31.02.2020", "03.10.2020 12", "03.10.2020 25:00", True, {},
        float("nan"), float("inf"), 1e300, "9999-12-31T23:59:59", "0001-01-01",
        "Sat, 03 Oct 2020 12:30:00 XYZ", "3. Brumaire 2020", "nan",
    ],
)  # fmt: skip
def test_what_is_no_time_is_refused(value: object) -> None:
    with pytest.raises(InvalidArticle, match="published_at must"):
        article(published_at=value)


def test_the_message_names_field_expectation_and_value() -> None:
    with pytest.raises(InvalidArticle, match=r"published_at must be a time such as .*'gestern'"):
        article(date="gestern")


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("version", "2", "version", 2),
        ("version", 3.0, "version", 3),
        ("evergreen", "ja", "evergreen", True),
        ("evergreen", 0, "evergreen", False),
        ("no_list", "True", "no_list", True),
        ("never_recommend", "nein", "never_recommend", False),
        ("pubStatus", "CANCELLED", "status", "canceled"),
        ("pubstatus", "stat:withheld", "status", "withheld"),
        ("status", "killed", "status", "canceled"),
        ("isAccessibleForFree", False, "access", "paid"),
        ("isAccessibleForFree", "True", "access", "free"),
        ("access", "Premium", "access", "paid"),
        ("language", "de-DE", "language", "de"),
        ("lang", "Deutsch", "language", "de"),
        ("language", "und", "language", ""),
        ("tags", ["a", "b", "a"], "tags", ("a", "b")),
        ("keywords", "a, b;c|d", "tags", ("a", "b", "c", "d")),
        ("authors", "Muster, Jana; Beispiel, Tim", "authors", ("Muster, Jana", "Beispiel, Tim")),
        ("author", [{"name": "Jana"}, {"name": "Tim"}], "authors", ("Jana", "Tim")),
        ("author", {"@type": "Person", "name": "Jana"}, "authors", ("Jana",)),
        ("publisher", {"name": "LT"}, "source", "LT"),
        ("section", ["Lokales", "Sport"], "section", "Lokales"),
        ("body", ["Erstens.", "Zweitens."], "body", "Erstens.\nZweitens."),
        ("tags", None, "tags", ()),
        ("published_at", [], "published_at", None),
        ("published_at", " ", "published_at", None),
    ],
)
def test_values_are_converted(name: str, value: object, field: str, expected: object) -> None:
    assert getattr(article(**{name: value}), field) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("headline", 5), ("teaser", {"x": 1}), ("body", 5), ("body", ["a", 1]), ("version", "zwei"),
        ("version", True), ("version", 0), ("version", float("nan")), ("status", "maybe"),
        ("access", 7), ("evergreen", "vielleicht"), ("tags", [1]), ("authors", 5), ("id", True),
        ("id", 1.5), ("headline", "a\x00b"), ("headline", "\ud800"), ("url", 5),
        pytest.param("id", 10**5000, id="huge"),
    ],
)  # fmt: skip
def test_values_of_the_wrong_kind_are_refused(name: str, value: object) -> None:
    with pytest.raises(InvalidArticle, match=f"{name} must"):
        article(**{name: value})


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("M&uuml;ller &amp; S&ouml;hne", "Müller & Söhne"),
        ("<b>Eil</b>: Br&#252;cke", "Eil: Brücke"),
        ("&lt;b&gt;Eil&lt;/b&gt;", "Eil"),
        ("Was a < b\n bedeutet  ", "Was a < b bedeutet"),
        ("<Name> gesucht", "<Name> gesucht"),
        ("AT&T gegen ?a=1&copy=2", "AT&T gegen ?a=1&copy=2"),
        ("Donau\u00addampf<br/>schiff", "Donaudampf schiff"),
        ("<script>x<b></script>Da<!-- weg -->nach<br>", "Danach"),
        ("x <!-- offen <b>y</b>", "x <!-- offen y"),
    ],
)
def test_markup_leaves_headline_and_teaser(raw: str, clean: str) -> None:
    got = article(headline=raw, teaser=raw)
    assert (got.headline, got.teaser) == (clean, clean)


def test_a_body_with_tags_becomes_paragraphs_and_one_without_is_left_alone() -> None:
    html = "<div><p>Eins &amp;\n zwei.</p><p>Drei <b>vier</b>.<br>F&uuml;nf</p></div>"
    assert article(body=html).body == "Eins & zwei.\nDrei vier.\nFünf"
    assert article(body="Eins.\n<b>Zwei</b>.").body == "Eins.\nZwei."
    assert article(body=" a &amp; b < c\r\n\r\n  d ").body == "a &amp; b < c\n\n  d"


@pytest.mark.parametrize("piece", ["<a ", "<!--", "<![", "<p x='", "</", "&", "<p>", "<script>"])
def test_broken_markup_costs_linear_time(piece: str) -> None:
    began = time.perf_counter()
    article(body="<p>" + piece * 100_000, teaser="<b>" + piece * 100_000)
    assert time.perf_counter() - began < 5


def test_the_url_serves_as_id_and_nothing_serves_as_headline() -> None:
    assert to_article({"link": "https://lt.de/1", "title": "H"}).id == "https://lt.de/1"
    assert to_article({"id": 7, "title": "H"}).id == "7"
    with pytest.raises(InvalidArticle, match="id must not be empty"):
        to_article({"title": "H"})
    with pytest.raises(InvalidArticle, match="headline must not be empty"):
        to_article({"id": "a", "body": "Nur Text."})


def test_a_mapping_wins_and_reaches_into_objects() -> None:
    record = {"id": "a", "headline": "Eigene", "x": {"y": ["Erste", {"z": "Tief"}]}, "x.y": "Da"}
    assert to_article(record, fields={"headline": "x.y.1.z"}).headline == "Tief"
    assert to_article(record, fields={"headline": "x.y"}).headline == "Da"
    assert to_article(record, fields={"headline": "x.fehlt.0"}).headline == "Eigene"


@pytest.mark.parametrize("fields", [{"titel": "headline"}, {"headline": ""}, {"body": 5}])
def test_a_mapping_of_unknown_names_is_refused(fields: Any) -> None:
    with pytest.raises(InvalidPolicy, match=r"fields (may map id, headline|must give)"):
        to_article({}, fields=fields)


def test_a_headline_taken_from_the_body_is_its_first_sentence() -> None:
    body = "Am 3. Oktober sprach Dr. Muster in St. Pölten. Danach regnete es."
    got = to_article({"id": "a", "body": body}, fields={"headline": "body"})
    assert got.headline == "Am 3. Oktober sprach Dr. Muster in St. Pölten."
    assert got.body == body
    got = to_article({"id": "a", "inhalt": body}, fields={"headline": "inhalt", "body": "inhalt"})
    assert got.headline.endswith("Pölten.")


@given(st.text())
def test_a_first_sentence_is_short_and_on_one_line(text: str) -> None:
    sentence = first_sentence(text)
    assert len(sentence) <= 200
    assert len(sentence.splitlines()) <= 1
    assert bool(sentence) == bool(text.strip())


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from([n for own, others in ALIASES.items() for n in (own, *others)])


@given(
    st.dictionaries(names | st.text(), values),
    st.none() | st.dictionaries(st.sampled_from(sorted(ALIASES)), names),
)
def test_any_json_gives_an_article_or_invalid_article(
    record: dict[str, Any], fields: dict[str, str] | None
) -> None:
    try:
        got = to_article(record, fields=fields)
    except InvalidArticle as error:
        assert "must" in str(error)  # noqa: PT017  # either outcome is right
    else:
        assert isinstance(got, Article)


@given(st.text("<>/!-&;abp \"'=script[]", max_size=200))
def test_any_markup_becomes_text(text: str) -> None:
    got = article(body="<p>" + text, teaser="<p>" + text)
    assert len(got.teaser.splitlines()) <= 1


@given(st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001
def test_naive_local_times_become_real_moments(naive: datetime) -> None:
    """Also within the hours that the clocks skip or repeat: there and back is the identity."""
    got = article(published_at=naive.isoformat()).published_at
    assert got is not None
    assert got == got.astimezone(UTC)
    assert abs(got.replace(tzinfo=None) - naive) <= timedelta(hours=1)
