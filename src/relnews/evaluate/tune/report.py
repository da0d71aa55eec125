"""A result as text for a terminal, and as a policy file that carries its evidence."""

from __future__ import annotations

from math import isinf, isnan
from typing import TYPE_CHECKING

from relnews.evaluate.metrics import NDCG
from relnews.evaluate.tune.outcome import FRESH_HOURS
from relnews.settings import policy_to_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from relnews.evaluate.results import Estimate
    from relnews.evaluate.tune.record import Trial, Tuned, Verdict

_SAYS: Mapping[Verdict, str] = {
    "better": "The policy chosen on the earlier questions is better on the later ones: use it.",
    "no difference can be shown": (
        "The policy chosen on the earlier questions cannot be shown to be better than the start\n"
        "policy on the later ones: the start policy stays."
    ),
    "worse: keep the default": (
        "The policy chosen on the earlier questions is worse than the start policy on the later\n"
        "ones: the start policy stays."
    ),
    "too few questions to decide": (
        "The later questions are too few to tell the chosen policy from the start policy: the\n"
        "start policy stays."
    ),
}

_SAME = "No candidate was shown to be better than the start policy: it stays."


def to_text(tuned: Tuned) -> str:
    """Say what was found, and on what it rests, in lines for a terminal."""
    is_same = tuned.chosen == tuned.start
    says = _SAME if is_same else _SAYS[tuned.verdict]
    blocks = [
        [f"Verdict: {tuned.verdict}.", *says.split("\n")],
        _counts(tuned),
        [f"Chosen: {tuned.later_chosen.changes}", *_sections(tuned)],
        _validation(tuned, is_same=is_same),
        _front(tuned),
    ]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def to_toml(tuned: Tuned, settings: Mapping[str, object] | None = None) -> str:
    """Write the policy to use as TOML, with the evidence in comments.

    `relnews.load_policy` reads the same policy back.

    Parameters
    ----------
    tuned
        What was found.
    settings
        What a second person needs to find it again: data, seed, and so on.

    Raises
    ------
    InvalidPolicy
        When the selector has no name in a settings file.
    """
    lines = ["Found by tuning; the evidence, then the policy.", "", *to_text(tuned).splitlines()]
    if settings:
        lines += ["", "To find it again:"]
        lines += [f"  {name} = {value}" for name, value in settings.items()]
    comments = "".join(f"# {_printable(line)}".rstrip() + "\n" for line in lines)
    policy = policy_to_toml(tuned.policy) or "# The default policy: no changes.\n"
    return f"{comments}\n{policy}"


def _counts(tuned: Tuned) -> list[str]:
    earlier = f"{tuned.n_earlier} questions in {tuned.groups_earlier} groups"
    later = f"{tuned.n_later} questions in {tuned.groups_later} groups"
    tried = f"{len(tuned.trials)} policies tried on them"
    return [
        f"Earlier: {earlier}, before {tuned.split.isoformat()}; {tried}.",
        f"Later: {later}, which had no say in the choice.",
    ]


def _sections(tuned: Tuned) -> list[str]:
    return [
        f"Section {life.section}: half-life {life.hours:g} h rather than {life.instead_of:g} h "
        f"gains {life.gain:.3f} (standard error {life.error:.3f}, {life.n} questions)"
        for life in tuned.sections
    ]


def _validation(tuned: Tuned, *, is_same: bool) -> list[str]:
    rows = [("start policy", tuned.later_start)]
    if is_same:
        return ["On the later questions", *_table(tuned, rows)]
    rows += [("chosen policy", tuned.later_chosen)]
    found = tuned.comparison
    gained = _shown(found.difference, "+")
    counts = f"{found.wins} won, {found.ties} equal, {found.losses} lost"
    difference = f"Difference in {found.metric}: {gained}, p = {found.p:.3f}"
    return [
        "On the later questions",
        *_table(tuned, rows),
        f"{difference}; {counts}.",
        _power(tuned.smallest_effect),
    ]


def _power(smallest: float) -> str:
    if isinf(smallest):
        return "Questions of a single group tell nothing about others."
    return f"Differences below {smallest:.3f} would mostly go unseen in so few questions."


def _front(tuned: Tuned) -> list[str]:
    """List the start, the chosen policy and the front, each once."""
    start = tuned.trials[0]
    rows = [("start policy", start)]
    if tuned.chosen != tuned.start:
        chosen = next(one for one in tuned.trials if one.policy == tuned.chosen)
        rows += [(f"chosen: {chosen.changes}", chosen)]
    told = [one for _, one in rows]
    rows += [(one.changes, one) for one in tuned.front if one not in told]
    heading = "On the earlier questions: these policies, and what no other beats in all three"
    return [heading, *_table(tuned, rows)]


def _table(tuned: Tuned, rows: Iterable[tuple[str, Trial]]) -> list[str]:
    heads = (str(NDCG(tuned.k)), f"up to {FRESH_HOURS:g} h old", "diversity", "policy")
    lines = [f"  {heads[0]:<21}  {heads[1]:<21}  {heads[2]:<21}  {heads[3]}"]
    for name, one in rows:
        cells = [_shown(each) for each in (one.accuracy, one.freshness, one.diversity)]
        failed = f" ({one.n_failures} lists failed)" if one.n_failures else ""
        lines.append(f"  {cells[0]:<21}  {cells[1]:<21}  {cells[2]:<21}  {name}{failed}")
    return lines


def _shown(estimate: Estimate, sign: str = "") -> str:
    """Write an estimate; one group of questions has no interval."""
    value = f"{estimate.value:{sign}.3f}"
    if isnan(estimate.low) or isnan(estimate.high):
        return value
    return f"{value} [{estimate.low:{sign}.3f}, {estimate.high:{sign}.3f}]"


def _printable(text: str) -> str:
    """Keep what may stand in a comment: a line end in a section's name would end it."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
