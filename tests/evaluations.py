"""Made-up evaluations for the tests of the report: one as a site would see it, one as an enemy."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan

from relnews.evaluate.results import (
    AGE_CLASSES,
    AgeShares,
    Comparison,
    CurvePoint,
    Estimate,
    Evaluation,
    Line,
    OffPolicyResult,
    Slice,
    SystemResult,
    TaskResult,
    WorstList,
)

SCRIPT = "<script>alert('x')</script>"
HOSTILE = (
    SCRIPT,
    "</title></svg><img src=x onerror=alert(1)>",
    "a|b||c\nd\r\ne",
    "\"quoted\" & 'single' `ticks` **bold** [link](javascript:alert(1))",
    "\u202eמבחן ימין לשמאל\u202d und zurück",
    "\x00\x08\x1b[31m\ud800\ufffe",
    "{{ 7 * 7 }}{% raw %}",
    "Überschriftenlängenbegrenzung" * 12,
    "新闻推荐系统的评估报告" * 9,
    "",
)

SYSTEMS = (
    "relnews",
    "relnews, no freshness",
    "BM25 + freshness",
    "tf-idf + freshness",
    "BM25",
    "most read",
    "newest in section",
    "random",
)

METRICS = {
    "nDCG@10": (1, 0.436),
    "MRR@10": (1, 0.518),
    "AP@10": (1, 0.331),
    "precision@10": (1, 0.142),
    "recall@10": (1, 0.587),
    "hit@10": (1, 0.804),
    "violations@10": (-1, 0.0),
    "empty lists": (-1, 0.004),
    "short lists@10": (-1, 0.021),
    "near-duplicates@10": (-1, 0.012),
    "source duplicates@10": (-1, 0.0),
    "same story@10": (0, 0.231),
    "age p50 h@10": (0, 38.4),
    "age p90 h@10": (0, 412.0),
    "older than 60 h@10": (0, 0.344),
    "diversity@10": (1, 0.712),
    "novelty@10": (1, 9.84),
    "serendipity@10": (1, 0.052),
    "coverage@10": (1, 0.631),
    "Gini@10": (-1, 0.488),
    "hub skew@10": (-1, 2.914),
    "section calibration@10": (-1, 0.173),
    "source calibration@10": (-1, 0.081),
    "section divergence@10": (0, 0.402),
    "source divergence@10": (0, 0.117),
}
WITHOUT_INTERVAL = ("coverage@10", "Gini@10", "hub skew@10")

HEADLINES = (
    "Bahnstreik: Was Reisende ab Mittwoch wissen müssen",
    "Kommunalwahl in Thüringen – so haben die Gemeinden abgestimmt",
    "»Wir haben die Flut unterschätzt«: Landrätin räumt Fehler ein",
    "Bundesverfassungsgericht kippt Teile des Klimaschutzgesetzes",
    "Heizungsgesetz: Warum die Wärmepumpen-Förderung jetzt stockt",
    "Stadtrat streitet über die Straßenbahn nach Süden",
    "Krankenhausreform: Diese Häuser in Brandenburg stehen auf der Kippe",
    "Trainerwechsel beim FC – die Chronik einer kurzen Amtszeit",
    "Donaudampfschifffahrtsgesellschaftskapitänsmütze für 12.000 Euro versteigert",
    "Kita-Plätze: Über 400 Familien warten seit dem Frühjahr",
    "Inflation sinkt auf 2,1 Prozent",
    "Tarifabschluss im öffentlichen Dienst: 5,8 Prozent in zwei Schritten",
)
SECTIONS = ("Politik", "Wirtschaft", "Lokales", "Sport", "Kultur", "Wissenschaft", "Panorama")
LOSS = (1.0, 0.96, 0.9, 0.87, 0.71, 0.33, 0.21, 0.02)
AGE = (1.0, 3.9, 1.2, 1.25, 4.4, 0.3, 0.22, 11.0)
VARIED = (1.0, 0.93, 0.9, 0.91, 0.84, 1.22, 1.04, 1.3)


def estimate(value: float, width: float = 0.05, n: int = 480) -> Estimate:
    return Estimate(value, max(0.0, value - width), value + width, n)


def hostile_evaluation() -> Evaluation:
    """Give an evaluation in which every text is hostile and every number is odd."""
    names = HOSTILE
    odd = (nan, inf, -inf, 0.0, -0.0, 1e300, 5e-324, -1.5, 0.30000000000000004, 1e12)
    system_values = {
        name: Estimate(odd[place], -inf, odd[-place], place) for place, name in enumerate(names)
    }
    systems = tuple(
        SystemResult(name, dict(list(system_values.items())[place:]), place)
        for place, name in enumerate(names)
    )
    lines = tuple(Line(name, name, name, odd[place]) for place, name in enumerate(names))
    task = TaskResult(
        name=names[0],
        about=names[1],
        k=10,
        n_questions=0,
        n_without_truth=0,
        headline=names[2],
        better=dict.fromkeys(names, -1),
        groups=(names[3], 0),
        removed=dict.fromkeys(names, 1),
        systems=systems,
        comparisons=tuple(
            _comparison(name, names[5], name, odd[place], odd[-place])
            for place, name in enumerate(names)
        ),
        slices={name: (Slice(names[4], 1, system_values),) for name in names},
        ages=tuple(AgeShares(name, (odd[place],) * place) for place, name in enumerate(names)),
        curves={
            name: tuple(
                CurvePoint(label=name, accuracy=y, median_age_hours=y, diversity=y) for y in odd
            )
            for name in names
        },
        worst=tuple(
            WorstList(
                source=line, section=line.id, at=line.id, value=nan, shown=lines, truth=lines[::-1]
            )
            for line in lines
        ),
        worst_of=names[0],
        off_policy=(OffPolicyResult(names[0], system_values, nan, inf, nan, 0),),
    )
    return Evaluation(
        title=names[0],
        version=names[1],
        n_articles=0,
        first=names[2],
        last=names[3],
        settings=dict(zip(names, reversed(names), strict=True)),
        tasks=(task, replace(task, headline="", systems=(), worst_of="")),
    )


def empty_evaluation() -> Evaluation:
    """Give an evaluation of nothing."""
    return Evaluation(
        title="Nothing", version="0.1.0", n_articles=0, first="", last="", settings={}, tasks=()
    )


def site_evaluation() -> Evaluation:
    """Give an evaluation as a German news site would see it: 8 systems, 25 metrics, two tasks."""
    links = site_task()
    chains = replace(
        links,
        name="chains",
        about="The other articles of the same running story, once all of it was out.",
        groups=("story", 96),
        removed={},
        comparisons=links.comparisons[:2],
        curves={},
        slices={},
        ages=(),
        worst=(),
        off_policy=(),
    )
    return Evaluation(
        title="Related articles of Tagblatt",
        version="0.1.0",
        n_articles=48213,
        first="2024-01-01T00:12:00+01:00",
        last="2025-02-28T22:40:00+01:00",
        settings={
            "data": "tagblatt-2024.jsonl.gz, sha256 6f1c…9a0e",
            "seed": "20250301",
            "split": "2024-11-01T00:00:00+01:00",
            "language": "de",
            "resamples": "2,000 by day",
            "policy relnews": "half_life_hours = 60, floor = 0.4, selector = Mmr(diversity=0.2)",
            "policy relnews, no freshness": "half_life_hours = 1e9",
        },
        tasks=(links, chains),
    )


def site_task(n_systems: int = 8) -> TaskResult:
    """Give one task; beyond 8, systems repeat under other names."""
    return TaskResult(
        name="links",
        about="What editors linked from their own articles, asked when they did, "
        "within the outlet, as all of these links are.",
        k=10,
        n_questions=503,
        n_without_truth=23,
        headline="nDCG@10",
        better={metric: better for metric, (better, _) in METRICS.items()},
        groups=("day", 118),
        removed={
            "published after the moment": 0,
            "duplicates of the source": 41,
            "linked in the text": 12,
            "not live": 3,
        },
        absent={"most read": "no events", "latent | view": "no latent view below 1,000 articles"},
        systems=tuple(_system(place) for place in range(n_systems)),
        comparisons=_comparisons(),
        slices={
            "section": tuple(
                _slice(label, 0.06 * (place - 3), n_systems) for place, label in enumerate(SECTIONS)
            ),
            "age of the source": tuple(
                _slice(label, 0.08 - 0.04 * place, n_systems)
                for place, (label, _) in enumerate(AGE_CLASSES[:5])
            ),
        },
        ages=tuple(_ages(place) for place in range(n_systems)),
        curves=_curves(),
        worst=tuple(_worst(place) for place in range(4)),
        worst_of="relnews",
        off_policy=tuple(_off_policy(place) for place in range(3)),
    )


def _system(place: int) -> SystemResult:
    kind, round_ = place % len(SYSTEMS), place // len(SYSTEMS)
    values = {}
    for metric, (_, value) in METRICS.items():
        factor = LOSS[kind]
        if metric.startswith(("age", "older")):
            factor = AGE[kind] if metric.startswith("age") else min(2.5, AGE[kind])
        elif metric.startswith(("diversity", "novelty", "coverage")):
            factor = VARIED[kind]
        elif metric.startswith(("violations", "source duplicates")):
            value, factor = (0.031 if kind in {4, 7} else 0.0), 1.0  # noqa: PLW2901
        found = estimate(value * factor * 0.98**round_, 0.06 * value * factor + 0.004)
        values[metric] = replace(found, low=nan, high=nan) if metric in WITHOUT_INTERVAL else found
    if kind == 7:
        values["hub skew@10"] = Estimate(nan, nan, nan, 0)
    name = SYSTEMS[kind] + (f" {round_}" if round_ else "")
    return SystemResult(name, values, 2 if kind == 4 else 0)


def _comparisons() -> tuple[Comparison, ...]:
    found = []
    for metric, (_, value) in list(METRICS.items())[:2]:
        for place, peer in enumerate(SYSTEMS[1:], start=1):
            p = 0.31 if place == 1 else 0.012 if place == 2 else 0.00005
            found.append(_comparison(metric, "relnews", peer, value * (1 - LOSS[place]), p))
    found.append(_comparison("age p50 h@10", "relnews", "most read", 26.9, 0.0004))
    found.append(_comparison("Gini@10", "relnews", "random", 0.24, 0.002))
    return tuple(found)


def _comparison(metric: str, system: str, peer: str, difference: float, p: float) -> Comparison:
    return Comparison(
        metric=metric,
        system=system,
        peer=peer,
        difference=Estimate(difference, difference - 0.028, difference + 0.027, 480),
        p=p / 2,
        p_corrected=p,
        effect=difference * 2.1,
        wins=212,
        ties=171,
        losses=97,
    )


def _slice(label: str, shift: float, n_systems: int) -> Slice:
    n = 120 - int(300 * abs(shift))
    values = {}
    for place in range(n_systems):
        name = _system(place).name
        value = max(0.0, 0.436 * LOSS[place % 8] + shift * (1 if place % 2 else 0.7))
        values[name] = estimate(value, 0.6 / n**0.5, n)
    return Slice(label, n, values)


def _ages(place: int) -> AgeShares:
    weights = [1 / (1 + abs(number - 1.6 * AGE[place % 8] ** 0.5)) ** 2 for number in range(7)]
    total = sum(weights)
    return AgeShares(_system(place).name, tuple(weight / total for weight in weights))


def _curves() -> dict[str, tuple[CurvePoint, ...]]:
    half_lives = (
        ("12 h", 0.402, 9.1),
        ("24 h", 0.424, 17.5),
        ("60 h", 0.436, 38.4),
        ("168 h", 0.433, 71.0),
        ("720 h", 0.421, 133.0),
    )
    diversities = (
        ("0", 0.437, 0.651),
        ("0.2", 0.436, 0.712),
        ("0.4", 0.421, 0.77),
        ("0.6", 0.379, 0.823),
    )
    return {
        "half-life": tuple(
            CurvePoint(label=label, accuracy=y, median_age_hours=x, diversity=0.70 + 0.004 * place)
            for place, (label, y, x) in enumerate(half_lives)
        ),
        "diversity": tuple(
            CurvePoint(label=label, accuracy=y, median_age_hours=36 + 3.0 * place, diversity=x)
            for place, (label, y, x) in enumerate(diversities)
        ),
    }


def _worst(place: int) -> WorstList:
    def line(number: int, gain: float) -> Line:
        number %= len(HEADLINES)
        return Line(f"a{number}", HEADLINES[number], f"2025-02-{number + 3:02}T08:1{place}", gain)

    right = {place + 3: 1.0, place + 7: 2.0} if place else {}
    shown = [] if place == 2 else range(place + 1, place + 7)
    return WorstList(
        source=line(place, 0.0),
        section=SECTIONS[place],
        at=f"2025-02-2{place}T09:30+01:00",
        value=0.06 * place,
        shown=tuple(line(number, right.get(number, 0.0)) for number in shown),
        truth=tuple(line(number, gain) for number, gain in right.items()),
    )


def _off_policy(place: int) -> OffPolicyResult:
    clicks = 0.081 * LOSS[place * 2]
    return OffPolicyResult(
        system=SYSTEMS[place * 2],
        values={
            "IPS": estimate(clicks, 0.021, 20000),
            "SNIPS": estimate(clicks * 0.97, 0.012, 20000),
            "DR": estimate(clicks * 0.98, 0.009, 20000),
            "logged": estimate(0.064, 0.003, 20000),
        },
        effective_sample_size=1843.2 / (place + 1),
        clip=100.0,
        clipped=0.004 * place,
        n_slots=200000,
    )
