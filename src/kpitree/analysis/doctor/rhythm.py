"""Days without rows: which are gaps, and which are a shop closed on Sundays.

Rows come by the day where some weekday has rows in half of its weeks, else by the week or month,
where half of those have. Of such a unit without rows it is asked how likely chance would leave it
so, had it as many rows as usual (the median of its weekday, or what its neighbours have, if that
is less) and did these scatter as they do (variance / mean, at least the 1 of rows that come at
random): about exp(-usual / scatter). A run of units is a gap where fewer than one such run in a
hundred sources is to be expected. So one day is missed by a shop with a hundred sales a day, four
days on end by one with three, and a Sunday by none that is closed on Sundays.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, median, pvariance
from typing import Final

from kpitree.analysis.doctor.codes import BY_CHANCE
from kpitree.calendar import Calendar, Grain, Span

ENOUGH: Final = 10  # days, weeks or months with rows, below which nothing is usual
STEADY: Final = 0.05  # the scatter of what has always the same number, such as one row a day
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gap:
    """From the first to the last day, both included.

    label: these days, weeks or months by name. count: how many of them should have had rows.
    """

    first: date
    last: date
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Rhythm:
    """every: day | week | month, or None for none. expected: how many should have rows."""

    every: str | None
    expected: int
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class _Unit:
    """A day, week or month, both ends included. kind: the weekday of a day, else 0."""

    first: date
    last: date
    label: str
    kind: int
    rows: int


NONE: Final = Rhythm(None, 0, ())


def rhythm_of(rows: Mapping[date, int], first: date, last: date, calendar: Calendar) -> Rhythm:
    """How often rows come from the first to the last day, both included, and where they do not.

    rows: of the days that have any.
    """
    if last < first:
        return NONE
    covered = Span(first, last + _DAY, "covered")
    for every in (Grain.DAY, Grain.WEEK, Grain.MONTH):
        units = list(_units(rows, covered, every, calendar))
        found = _usual(units)
        if found:
            gaps = _gaps(units, found)
            return Rhythm(every.value, sum(unit.kind in found for unit in units), tuple(gaps))
    return NONE


def _units(
    rows: Mapping[date, int], covered: Span, every: Grain, calendar: Calendar
) -> Iterator[_Unit]:
    """Those that are covered whole, oldest first."""
    if every is Grain.DAY:
        for n in range(covered.days):
            day = covered.start + n * _DAY
            yield _Unit(day, day, day.isoformat(), day.weekday(), rows.get(day, 0))
        return
    counted: dict[date, int] = {}
    for day, count in rows.items():
        start = calendar.period_of(day, every).start
        counted[start] = counted.get(start, 0) + count
    for period in calendar.periods_in(covered, every):
        if covered.start <= period.start and period.end <= covered.end:
            yield _Unit(
                period.start, period.last_day, period.label, 0, counted.get(period.start, 0)
            )


def _usual(units: Sequence[_Unit]) -> dict[int, tuple[float, float]]:
    """Kind -> its usual number of rows, and their scatter; only of kinds that usually have any."""
    if sum(unit.rows > 0 for unit in units) < ENOUGH:
        return {}
    by_kind: dict[int, list[int]] = {}
    for unit in units:
        by_kind.setdefault(unit.kind, []).append(unit.rows)
    found: dict[int, tuple[float, float]] = {}
    for kind, counts in by_kind.items():
        usual = median(counts)
        if usual > 0:
            found[kind] = usual, _scatter([count for count in counts if count])
    return found


def _scatter(counts: Sequence[int]) -> float:
    """At least what chance has, but where all are the same: that is no chance."""
    variance = pvariance(counts)
    return max(variance / fmean(counts), 1.0) if variance else STEADY


def _gaps(units: Sequence[_Unit], usual: Mapping[int, tuple[float, float]]) -> Iterator[Gap]:
    expected = [unit for unit in units if unit.kind in usual]
    start = 0
    while start < len(units):
        end = start
        while end < len(units) and not units[end].rows:
            end += 1
        run = [unit for unit in units[start:end] if unit.kind in usual]
        if run and _too_long(run, _beside(units, start, end), usual, len(expected)):
            yield Gap(run[0].first, run[-1].last, _label(run), len(run))
        start = end + 1


def _label(run: Sequence[_Unit]) -> str:
    first, last = run[0].label, run[-1].label
    return first if first == last else f"{first} to {last}"


def _beside(units: Sequence[_Unit], start: int, end: int) -> float:
    """What the neighbours of a run have: a source that grows from nothing has gaps by nature."""
    return fmean(units[at].rows for at in (start - 1, end) if 0 <= at < len(units))


def _too_long(
    run: Sequence[_Unit], beside: float, usual: Mapping[int, tuple[float, float]], expected: int
) -> bool:
    """Whether so many without rows are more than chance."""
    logarithm = -sum(min(usual[unit.kind][0], beside) / usual[unit.kind][1] for unit in run)
    return math.log(expected) + logarithm < math.log(BY_CHANCE)
