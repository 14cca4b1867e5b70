"""Signal or noise: natural process limits of an XmR chart, and the rules of a signal.

XmR: the individual values (X) and their moving ranges (mR), the distances between neighbours. See
D. J. Wheeler, Understanding Variation; NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple

from kpitree.calendar import Calendar

NEEDED: Final = 12  # values before one, below which limits mean nothing
BASELINE: Final = 24  # the periods before one whose values its limits are computed from
MEAN_REACH: Final = 2.66  # 3 / 1.128: three sigma of single values, from the mean moving range
MEDIAN_REACH: Final = 3.145  # 3 / 0.954: the same from the median moving range
RUN: Final = 8  # values in a row on one side of the centre
LATEST, MANY_OF_LATEST = 4, 3  # so many nearer to a limit than to the centre

BEYOND_LIMITS: Final = "beyond_limits"
RUN_OF_8: Final = "run_of_8"
THREE_OF_FOUR: Final = "3_of_4"
RULES: Final = (BEYOND_LIMITS, RUN_OF_8, THREE_OF_FOUR)

ROUNDING: Final = 1e-12  # of centre and reach: a smaller distance is none
_LARGE: Final = 2.0**1000  # sums of larger values could overflow; they are counted in units of it


# Made by the hundred thousand, which takes tuples half the time of frozen classes.
class Limits(NamedTuple):
    """Natural process limits, in the unit of the values; the centre lies half-way between."""

    centre: float
    low: float
    high: float


class Reading(NamedTuple):
    """What one value says.

    limits: of the values before it; None where those are too few, or too large for limits.
    rule: one of RULES, the first that holds; None where the value is noise, missing or unjudged.
    """

    limits: Limits | None
    rule: str | None


UNJUDGED: Final = Reading(None, None)


def readings(
    values: Sequence[float | None],
    baselines: Iterable[int] = (),
    *,
    median: bool = False,
    since: int = 0,
) -> list[Reading]:
    """What each value of a series says, judged by those before it.

    A value is judged by the values of the BASELINE periods before it, as far back as the last
    baseline, and not at all by fewer than NEEDED. Their limits are centre +- reach. centre: the
    mean; reach: 2.66 x the mean moving range. It is a signal when it

    * lies outside their limits (beyond_limits),
    * is the 8th in a row on one side of their centre (run_of_8), or
    * lies nearer to a limit than to the centre, as do 2 of the 3 before it on the same side
      (3_of_4).

    Nothing from before a baseline counts. Nulls are left out: values next to them are neighbours.

    Args:
        values: oldest first, in any one unit.
        baselines: positions of the values with which a new baseline starts.
        median: limits around the median: it, and 3.145 x the median moving range instead, which
            one wild value hardly moves.
        since: the position from which on values are judged; those before are only judged by.
    """
    starts = frozenset(baselines)
    unit = _unit(values)
    found: list[Reading] = []
    places: list[int] = []  # of the values of this baseline that are near enough
    before: list[float] = []
    moves: list[float] = []  # their moving ranges, one less
    for at, value in enumerate(values):
        if at in starts:
            places, before, moves = [], [], []
        elif places and places[0] < at - BASELINE:
            del places[0], before[0], moves[:1]
        scaled = None if value is None else value / unit
        judged = at >= since
        found.append(_reading(before, moves, scaled, unit, median=median) if judged else UNJUDGED)
        if scaled is not None:
            if before:
                moves.append(abs(scaled - before[-1]))
            before.append(scaled)
            places.append(at)
    return found


def baselines(labels: Iterable[str], starts: Sequence[date], calendar: Calendar) -> tuple[int, ...]:
    """Where the baselines of Kpi.rebaseline start among periods: for readings().

    labels: of periods; a baseline starts with the first period that begins then or later.
    starts: the first day of each value's period, oldest first.
    Baselines that start after the last period are left out.
    """
    days = (calendar.parse(label).start for label in labels)
    found = {bisect_left(starts, day) for day in days}
    return tuple(sorted(at for at in found if at < len(starts)))


def _reading(
    before: list[float], moves: list[float], value: float | None, unit: float, *, median: bool
) -> Reading:
    """before, moves: the values that one is judged by, in `unit`s, and their moving ranges."""
    if len(before) < NEEDED:
        return UNJUDGED
    centre, reach = _centre_and_reach(before, moves, median=median)
    around = _limits(centre, reach, unit)
    if around is None:
        return UNJUDGED
    return Reading(around, None if value is None else _rule(before, value, centre, reach))


def _centre_and_reach(
    values: list[float], moves: list[float], *, median: bool
) -> tuple[float, float]:
    """Plain sums: with this few values they are as good as ROUNDING needs."""
    if median:
        return _median(values), MEDIAN_REACH * _median(moves)
    return sum(values) / len(values), MEAN_REACH * sum(moves) / len(moves)


def _median(values: list[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return ordered[middle - 1] / 2 + ordered[middle] / 2


def _limits(centre: float, reach: float, unit: float) -> Limits | None:
    low, high = (centre - reach) * unit, (centre + reach) * unit
    return Limits(centre * unit, low, high) if math.isfinite(low) and math.isfinite(high) else None


def _rule(before: list[float], value: float, centre: float, reach: float) -> str | None:
    least = ROUNDING * (abs(centre) + reach)  # 0.1 + 0.2 is not above a mean of 0.3
    offset = value - centre
    if abs(offset) > reach + least:
        return BEYOND_LIMITS
    outer = reach / 2 + least
    if offset > least:
        if before[-1] > centre + least and min(before[1 - RUN :]) > centre + least:
            return RUN_OF_8
        if offset > outer and _many(one - centre > outer for one in before[1 - LATEST :]):
            return THREE_OF_FOUR
    elif offset < -least:
        if before[-1] < centre - least and max(before[1 - RUN :]) < centre - least:
            return RUN_OF_8
        if offset < -outer and _many(centre - one > outer for one in before[1 - LATEST :]):
            return THREE_OF_FOUR
    return None


def _many(beside: Iterable[bool]) -> bool:
    """Whether enough of the values just before one lie where it lies."""
    return 1 + sum(beside) >= MANY_OF_LATEST


def _unit(values: Iterable[float | None]) -> float:
    """1, or what values are counted in where their sums would overflow; a power of 2, so exact."""
    largest = max(map(abs, filter(None, values)), default=0.0)  # neither None nor 0 matters
    return 1.0 if largest < _LARGE else _LARGE
