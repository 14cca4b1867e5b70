"""Which members can be told from the others, and why not.

By rows: a share has Newcombe's interval of the difference from all other rows, a mean Welch's;
where 0 lies in it, chance alone may make the difference. Everything else is judged by how the
member usually stands to the others: natural process limits (signal.py) of the ratio of the two
in earlier periods, so that what moves everybody, growth or a season, tells nobody apart.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from kpitree.analysis.intervals import Sample, mean_interval, newcombe, welch, wilson
from kpitree.analysis.ranking.evidence import Evidence, OwnHistory, RowMean, Share
from kpitree.analysis.ranking.members import Figures, Member, others_before, others_means
from kpitree.analysis.ranking.samples import deviation, others_samples, sample_of, size_of
from kpitree.analysis.signal import BASELINE, NEEDED, readings

LIKE_THE_OTHERS: Final = "like_the_others"  # its rows and theirs may differ by chance
USUAL_SPREAD: Final = "usual_spread"  # its usual range holds their average, and its value
LITTLE_HISTORY: Final = "little_history"
FEW_ROWS: Final = "few_rows"
CAUTIONS: Final = (LIKE_THE_OTHERS, USUAL_SPREAD, LITTLE_HISTORY, FEW_ROWS)

ROWS, HISTORY = "rows", "history"  # what members are told apart by

ROUNDING: Final = 1e-12  # of the larger number: a smaller distance is none

Say = Callable[[float], str]  # a value of the KPI in words
Course = list[tuple[float, float]]  # a member's value and the others' average, oldest first


@dataclass(frozen=True, slots=True)
class Judgement:
    """What can be said about a member beside its rank.

    others: what the others have: by rows all of theirs together, by history the mean of their
    values. low, high: by rows where its own figure may lie (95 %); by history where it usually
    lies, given what the others have now. caution: one of CAUTIONS, or None where nothing says that
    it cannot be told from the others; reason: in words.
    """

    others: float | None = None
    low: float | None = None
    high: float | None = None
    caution: str | None = None
    reason: str | None = None


def judged(
    members: Sequence[Member],
    whole: Figures,
    evidence: Evidence,
    baselines: Sequence[int],
    say: Say,
) -> list[Judgement]:
    """One for each member, in their order; nothing about (none), or without a value.

    evidence: a proven one. baselines: positions in the earlier periods, this one at their end,
    with which the KPI's values are judged anew.
    """
    found = _found(members, whole, evidence, baselines, say)
    known = [one.named and one.figures.value is not None for one in members]
    return [one if there else Judgement() for one, there in zip(found, known, strict=True)]


def _found(
    members: Sequence[Member],
    whole: Figures,
    evidence: Evidence,
    baselines: Sequence[int],
    say: Say,
) -> list[Judgement]:
    match evidence:
        case Share():
            return [_by_share(one, whole, evidence, say) for one in members]
        case RowMean():
            return _by_means(members, whole, evidence, say)
        case OwnHistory():
            return _by_history(members, baselines, say)


def told_by(evidence: Evidence, judgements: Sequence[Judgement]) -> str | None:
    """What members are told apart by: "rows" or "history"; None where nobody is judged."""
    if all(one.others is None for one in judgements):
        return None
    return HISTORY if isinstance(evidence, OwnHistory) else ROWS


# --- by rows -------------------------------------------------------------------------------------


def _by_share(member: Member, whole: Figures, evidence: Share, say: Say) -> Judgement:
    (hits, trials), (all_hits, all_trials) = (
        (parts[evidence.hits] or 0.0, parts[evidence.trials] or 0.0)
        for parts in (member.figures.parts, whole.parts)
    )
    other_hits, rest = all_hits - hits, all_trials - trials
    if not trials or rest <= 0:
        return Judgement()
    own, others, low, high = (
        evidence.offset + evidence.factor * one
        for one in (hits / trials, other_hits / rest, *wilson(hits, trials))
    )
    low, high = min(low, high), max(low, high)
    if not _within(0.0, *newcombe(hits, trials, other_hits, rest), size=1.0):
        return Judgement(others, low, high)
    reason = _by_chance(say(own), trials, say(others), rest)
    return Judgement(others, low, high, LIKE_THE_OTHERS, reason)


def _by_means(
    members: Sequence[Member], whole: Figures, evidence: RowMean, say: Say
) -> list[Judgement]:
    unit = size_of(whole.parts, evidence)
    samples = [sample_of(one.figures.parts, evidence, unit) for one in members]

    def told(mean: float) -> float:
        return evidence.offset + evidence.factor * (mean * unit)

    both = zip(samples, others_samples(samples), strict=True)
    return [_by_mean(own, rest, told, say) for own, rest in both]


def _by_mean(own: Sample, rest: Sample, told: Callable[[float], float], say: Say) -> Judgement:
    """told: what the KPI is with a mean of rows."""
    if not own.rows or not rest.rows:
        return Judgement()
    others = told(rest.mean)
    if own.rows < 2:
        reason = "one row shows no spread, so it cannot be told from the others"
        return Judgement(others, caution=FEW_ROWS, reason=reason)
    low, high = sorted(map(told, mean_interval(own.mean, deviation(own), own.rows)))
    if rest.rows < 2:
        reason = "the others have one row, which shows no spread, so it cannot be told from them"
        return Judgement(others, low, high, FEW_ROWS, reason)
    if not _within(0.0, *welch(own, rest), size=max(abs(own.mean), abs(rest.mean))):
        return Judgement(others, low, high)
    reason = _by_chance(say(told(own.mean)), own.rows, say(others), rest.rows)
    return Judgement(others, low, high, LIKE_THE_OTHERS, reason)


def _by_chance(value: str, rows: float, others: str, rest: float) -> str:
    counted = "1 row" if rows == 1 else f"{rows:,.0f} rows"
    return (
        f"{value} in {counted} and the others' {others} in {rest:,.0f}"
        " may differ by chance alone (95 %)"
    )


# --- by its history against the others -----------------------------------------------------------


def _by_history(members: Sequence[Member], baselines: Sequence[int], say: Say) -> list[Judgement]:
    found: list[Judgement] = []
    for one, past, others in zip(
        members, others_before(members), others_means(members), strict=True
    ):
        value = one.figures.value
        if not one.named or value is None or others is None:
            found.append(Judgement())
            continue
        course = _course([*one.figures.before, value], [*past, others], baselines)
        found.append(_by_course(course, say))
    return found


def _course(
    own: Sequence[float | None], others: Sequence[float | None], baselines: Sequence[int]
) -> Course:
    """The periods that it is judged by, this one last: of those before its first value other than
    0 it was not there, and those before a baseline are of another kind.
    """
    last = len(own) - 1
    began = next((at for at, one in enumerate(own) if one), last)
    start = max(began, last - BASELINE, *(at for at in baselines if at <= last))
    return [
        (value, average)
        for value, average in zip(own[start:], others[start:], strict=True)
        if value is not None and average is not None
    ]


def _by_course(course: Course, say: Say) -> Judgement:
    value, others = course[-1]
    around = _usual_range(course)
    if around is None:
        known = len(course) - 1
        reason = f"too little history to tell: {known} of {NEEDED} earlier periods"
        if known >= NEEDED:
            reason = "its earlier periods are too far from the others' for limits"
        return Judgement(others, caution=LITTLE_HISTORY, reason=reason)
    low, high = around
    if not (_within(others, low, high) and _within(value, low, high)):
        return Judgement(others, low, high)
    reason = (
        f"by how it stood to the others in earlier periods it usually lies between {say(low)} and"
        f" {say(high)}, as it does now, and so does the others' average of {say(others)}"
    )
    return Judgement(others, low, high, USUAL_SPREAD, reason)


def _usual_range(course: Course) -> tuple[float, float] | None:
    """The others' average now, times the limits of the member's ratio to it in the periods before;
    where signs differ, or the others had nothing, that average plus the limits of the difference.
    None with too few periods.
    """
    _, now = course[-1]
    alike = all(own >= 0 < others for own, others in course)
    if alike or all(own <= 0 > others for own, others in course):
        around = readings([own / others for own, others in course])[-1].limits
        ends = around and (around.low * now, around.high * now)
    else:
        around = readings([own - others for own, others in course])[-1].limits
        ends = around and (around.low + now, around.high + now)
    return ends and (min(ends), max(ends))


def _within(number: float, low: float, high: float, size: float = 0.0) -> bool:
    """size: of what low and high are computed from, where that is larger than they are."""
    least = ROUNDING * max(abs(low), abs(high), abs(number), size)
    return low - least <= number <= high + least
