"""What an evaluation found, as plain data: the report shows it, JSON keeps it, a gate reads it."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # JSON is read back by these types
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % bootstrap interval, over n values. NaN where nothing applies."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class SystemResult:
    """One system: its estimates by metric name, and how many of its lists failed."""

    name: str
    values: Mapping[str, Estimate]
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A system against a peer on one metric.

    Attributes
    ----------
    difference
        Mean of system minus peer, with its interval.
    p, p_corrected
        Of a two-sided Fisher randomisation test; the second corrected (Holm) for all
        comparisons of the task.
    effect
        Cohen's d of the paired differences.
    wins, ties, losses
        Questions on which the system was better, equal, worse.
    """

    metric: str
    system: str
    peer: str
    difference: Estimate
    p: float
    p_corrected: float
    effect: float
    wins: int
    ties: int
    losses: int


@dataclass(frozen=True, slots=True)
class Slice:
    """The headline metric on some of the questions, by system name."""

    label: str
    n: int
    values: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """One setting on a trade-off curve.

    `accuracy` is the headline metric; `median_age_hours` the age of what is recommended;
    `diversity` the mean intra-list diversity in [0, 1].
    """

    label: str
    accuracy: float
    median_age_hours: float
    diversity: float


@dataclass(frozen=True, slots=True)
class Line:
    """An article as a person needs it to judge a list; `published` is ISO 8601 or empty."""

    id: str
    headline: str
    published: str
    gain: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstList:
    """One of the lists that did worst, beside what would have been right."""

    source: Line
    section: str
    at: str
    value: float
    shown: tuple[Line, ...]
    truth: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class AgeShares:
    """How old the entries of a system are: the share of its dated entries in each age class.

    The classes are `AGE_CLASSES`.
    """

    system: str
    shares: tuple[float, ...]


AGE_CLASSES: tuple[tuple[str, float], ...] = (
    ("6 hours", 6.0),
    ("1 day", 24.0),
    ("3 days", 72.0),
    ("1 week", 168.0),
    ("1 month", 720.0),
    ("3 months", 2160.0),
    ("older", float("inf")),
)
"""Classes of age: a label, and the age in hours up to which an entry belongs to it."""


@dataclass(frozen=True, slots=True)
class OffPolicyResult:
    """What a system would have been clicked, estimated from a log of another one.

    Attributes
    ----------
    values
        Clicks per list by estimator name: ``IPS``, ``SNIPS``, ``DR``, and ``logged`` for what was
        clicked on the lists as they were shown.
    effective_sample_size
        How many slots the weights are worth (Kish).
    clipped
        Share of weights that were cut at `clip`.
    """

    system: str
    values: Mapping[str, Estimate]
    effective_sample_size: float
    clip: float
    clipped: float
    n_slots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult:
    """One truth, all systems.

    Attributes
    ----------
    name, about
        ``links``, ``events`` ...; and a sentence on how questions and gains were made.
    headline
        The metric that the task is decided by.
    better
        By metric: +1 larger is better, -1 smaller, 0 neither.
    groups
        What was resampled together, ``story`` or ``day``, and how many there were.
    removed
        By guard: how many targets or questions it took out.
    slices
        By dimension (``section``, ``age of the source``).
    curves
        By setting (``half-life``, ``diversity``).
    worst_of
        The system whose worst lists are shown.
    absent
        Systems that were asked for and have nothing to go by, with the reason.
    """

    name: str
    about: str
    k: int
    n_questions: int
    n_without_truth: int
    headline: str
    better: Mapping[str, int]
    groups: tuple[str, int]
    removed: Mapping[str, int]
    systems: tuple[SystemResult, ...]
    comparisons: tuple[Comparison, ...] = ()
    slices: Mapping[str, tuple[Slice, ...]] = field(default_factory=dict)
    ages: tuple[AgeShares, ...] = ()
    curves: Mapping[str, tuple[CurvePoint, ...]] = field(default_factory=dict)
    worst: tuple[WorstList, ...] = ()
    worst_of: str = ""
    off_policy: tuple[OffPolicyResult, ...] = ()
    absent: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """A whole report.

    `settings` holds what a second person needs to rerun it: data, seed, split, policies.
    """

    title: str
    version: str
    n_articles: int
    first: str
    last: str
    settings: Mapping[str, str]
    tasks: tuple[TaskResult, ...]
