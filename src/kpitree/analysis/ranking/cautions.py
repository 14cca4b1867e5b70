"""Which members can be told from the others, and why not.

A share of rows has its Wilson interval, a mean of rows Student's; where the others' figure lies
in it, the member may well be like them. Everything else is held against how far the member's own
figure usually moves: natural process limits of its earlier periods (signal.py).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from kpitree.analysis.intervals import mean_interval, wilson
from kpitree.analysis.ranking.evidence import Evidence, OwnHistory, RowMean, Share
from kpitree.analysis.ranking.members import Figures, Member, others_means, others_ratio
from kpitree.analysis.segments.shape import Ratio, Shape
from kpitree.analysis.signal import NEEDED, readings

LIKE_THE_OTHERS: Final = "like_the_others"  # the interval of its rate holds the others'
USUAL_SPREAD: Final = "usual_spread"  # so do the limits of its own history, and its value
LITTLE_HISTORY: Final = "little_history"
FEW_ROWS: Final = "few_rows"
CAUTIONS: Final = (LIKE_THE_OTHERS, USUAL_SPREAD, LITTLE_HISTORY, FEW_ROWS)

ROWS, HISTORY = "rows", "history"  # what members are told apart by

ROUNDING: Final = 1e-12  # of the larger number: a smaller distance is none

Say = Callable[[float], str]  # a value of the KPI in words


@dataclass(frozen=True, slots=True)
class Judgement:
    """What can be said about a member beside its rank.

    others: what the others have: of a ratio or mean all of their rows together, else the mean of
    their values. low, high: where its own figure may lie, or usually lies. caution: one of
    CAUTIONS, or None for one that can be told from the others; reason: in words.
    """

    others: float | None = None
    low: float | None = None
    high: float | None = None
    caution: str | None = None
    reason: str | None = None


def proven(evidence: Evidence, whole: Figures) -> Evidence:
    """The evidence, if the rows of the whole are what it takes; else its own history."""
    parts = whole.parts
    match evidence:
        case Share(hits=hits, trials=trials, shared=shared):
            if parts[trials] and parts[shared] == parts[hits]:
                return evidence
        case RowMean(rows=rows, values=values):
            if parts[rows] and parts[values] == parts[rows]:
                return evidence
    return OwnHistory()


def judged(
    members: Sequence[Member],
    whole: Figures,
    shape: Shape,
    evidence: Evidence,
    baselines: Sequence[int],
    say: Say,
) -> list[Judgement]:
    """One for each member, in their order; nothing about (none), or without a value.

    evidence: a proven one. baselines: positions in the earlier periods, this one at their end,
    with which the KPI's values are judged anew.
    """
    found: list[Judgement] = []
    for one, others in zip(members, _others(members, whole, shape), strict=True):
        value = one.figures.value
        if not one.named or value is None or others is None:
            found.append(Judgement())
        elif isinstance(evidence, OwnHistory):
            found.append(_by_history(one.figures.before, value, others, baselines, say))
        else:
            found.append(_by_rows(one, others, evidence, say))
    return found


def _others(members: Sequence[Member], whole: Figures, shape: Shape) -> list[float | None]:
    if isinstance(shape, Ratio):
        return [others_ratio(one, whole, shape) for one in members]
    return others_means(members)


def told_by(evidence: Evidence, judgements: Sequence[Judgement]) -> str | None:
    """What members are told apart by: "rows" or "history"; None where nobody is judged."""
    if all(one.others is None for one in judgements):
        return None
    return HISTORY if isinstance(evidence, OwnHistory) else ROWS


# --- by rows -------------------------------------------------------------------------------------


def _by_rows(member: Member, others: float, evidence: Share | RowMean, say: Say) -> Judgement:
    rows = member.figures.parts[evidence.trials if isinstance(evidence, Share) else evidence.rows]
    assert rows, "without rows the KPI has no value"
    interval = _interval(member, rows, evidence)
    if interval is None:
        reason = "one row shows no spread, so it cannot be told from the others"
        return Judgement(others, caution=FEW_ROWS, reason=reason)
    ends = [evidence.offset + evidence.factor * end for end in interval]
    low, high = min(ends), max(ends)
    if not _within(others, low, high):
        return Judgement(others, low, high)
    counted = "1 row" if rows == 1 else f"{rows:,.0f} rows"
    reason = (
        f"its {counted} allow anything from {say(low)} to {say(high)} (95 %),"
        f" and the others have {say(others)}"
    )
    return Judgement(others, low, high, LIKE_THE_OTHERS, reason)


def _interval(member: Member, rows: float, evidence: Share | RowMean) -> tuple[float, float] | None:
    parts = member.figures.parts
    if isinstance(evidence, Share):
        return wilson(parts[evidence.hits] or 0.0, rows)
    total = parts[evidence.total] or 0.0
    if _only_0_and_1(member, evidence, rows):
        return wilson(round(total), rows)
    deviation = parts[evidence.deviation]
    return None if deviation is None else mean_interval(total / rows, deviation, rows)


def _only_0_and_1(member: Member, evidence: RowMean, rows: float) -> bool:
    """Whether every value is 0 or 1: then the mean is a share of rows.

    Between 0 and 1 no other values are spread as widely around their mean.
    """
    parts = member.figures.parts
    lowest, highest, total = (
        parts[one] for one in (evidence.lowest, evidence.highest, evidence.total)
    )
    if lowest not in (0.0, 1.0) or highest not in (0.0, 1.0) or total is None:
        return False
    squares = (parts[evidence.deviation] or 0.0) ** 2 * (rows - 1)
    return math.isclose(squares, total * (rows - total) / rows, rel_tol=1e-9, abs_tol=1e-9)


# --- by its own history --------------------------------------------------------------------------


def _by_history(
    before: Sequence[float | None],
    value: float,
    others: float,
    baselines: Sequence[int],
    say: Say,
) -> Judgement:
    series, starts = _since_it_began([*before, value], baselines)
    limits = readings(series, starts)[-1].limits
    if limits is None:
        latest = max((start for start in starts if start < len(series)), default=0)
        known = sum(one is not None for one in series[latest:-1])
        reason = f"too little history to tell: {known} of {NEEDED} earlier periods"
        return Judgement(others, caution=LITTLE_HISTORY, reason=reason)
    _, low, high = limits
    if not (_within(others, low, high) and _within(value, low, high)):
        return Judgement(others, low, high)
    reason = (
        f"it usually lies between {say(low)} and {say(high)}, by its earlier periods, as it does"
        f" now, and so does the others' average of {say(others)}"
    )
    return Judgement(others, low, high, USUAL_SPREAD, reason)


def _since_it_began(
    series: Sequence[float | None], baselines: Sequence[int]
) -> tuple[list[float | None], list[int]]:
    """The series from its first value other than 0: before that, the member was not there."""
    first = next((at for at, one in enumerate(series) if one), len(series) - 1)
    return list(series[first:]), [start - first for start in baselines if start >= first]


def _within(number: float, low: float, high: float) -> bool:
    least = ROUNDING * max(abs(low), abs(high), abs(number))
    return low - least <= number <= high + least
