"""How a figure that grows with the days goes on: the usual course of periods that are over.

A day counts as much as its weekday usually brings. Of every earlier period, cut after as many
days as the running one has, the pace of its first days is set beside that of its rest:

    first = figure of the first days / what those days count        rest = likewise
    pace share = first / (first + rest)

The median of these shares says what a day of the rest brings, in days of the beginning:
ratio = (1 - share) / share. All figures of a source have the course of its rows, so that rates
stay as they are; one whose shares differ from those of the rows by more than twice the standard
error of their mean difference has its own. A running period lands at

    landing = to date x (1 + ratio x what the days left count / what the days gone by count)

With days that all count alike and a ratio of 1 that is the plain run rate.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean, median, stdev
from typing import Final

WEEK: Final = 7
ALIKE: Final = (1.0,) * WEEK
CLEAR: Final = 2.0  # standard errors

ByWeekday = tuple[float, ...]  # seven numbers, Monday's first


@dataclass(frozen=True, slots=True)
class Cut:
    """A period after its first days. first, rest: how many of each weekday there are, in days."""

    first: ByWeekday
    rest: ByWeekday


@dataclass(frozen=True, slots=True)
class Past:
    """A figure in a period that is over, in the figure's own unit.

    first, whole: of its first days, and of all; None where it has no value.
    sums: by weekday, of it or of the rows behind it; None where they are not known, and all days
    count alike.
    """

    cut: Cut
    first: float | None
    whole: float | None
    sums: ByWeekday | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """weights: what a day counts, by weekday; 1 on average. ratio: what a day of the rest brings,
    in days of the beginning. periods: how many the course is taken from; 0: the plain run rate.
    """

    weights: ByWeekday
    ratio: float
    periods: int

    def counts(self, days: ByWeekday) -> float:
        """What these days count."""
        return math.fsum(weight * number for weight, number in zip(self.weights, days, strict=True))


RUN_RATE: Final = Course(ALIKE, 1.0, 0)


def cut_after(start: date, days: int, end: date) -> Cut:
    """The period from start up to end, cut after its first days (from 0 to all of them)."""
    middle = start.toordinal() + days
    return Cut(
        weekdays(start.toordinal(), middle),
        weekdays(middle, end.toordinal()),
    )


def weekdays(start: int, end: int) -> ByWeekday:
    """How many of each weekday there are from one day (its ordinal) up to another."""
    weeks, more = divmod(end - start, WEEK)
    first = (start - 1) % WEEK  # 1 January of the year 1 is a Monday, and day 1
    return tuple(float(weeks + ((day - first) % WEEK < more)) for day in range(WEEK))


def course_of(past: Sequence[Past], rows: Sequence[Past]) -> Course:
    """The usual course of a figure; the run rate where no period shows one.

    rows: the count of all rows of its source, in the same periods.
    A period that has no more days than were cut off says nothing of a rest, and is left out.
    """
    own, common = _shares(past), _shares(rows)
    kept = own if _stands_apart(own, common) else common
    shares = [share for share in kept.shares if share is not None]
    if not shares:
        return RUN_RATE
    usual = median(shares)
    ratio = (1.0 - usual) / usual if usual else math.inf
    return Course(kept.weights, ratio, len(shares))


@dataclass(frozen=True, slots=True)
class _Shares:
    """What days count by weekday, and the pace share of each past period."""

    weights: ByWeekday
    shares: tuple[float | None, ...]


def _shares(past: Sequence[Past]) -> _Shares:
    weights = _weights(past)
    return _Shares(weights, tuple(_share(one, weights) for one in past))


def _stands_apart(own: _Shares, common: _Shares) -> bool:
    """Whether a figure's course is another than that of the rows; one period alone is believed."""
    apart = [
        one - other
        for one, other in zip(own.shares, common.shares, strict=True)
        if one is not None and other is not None
    ]
    if len(apart) < 2:
        return any(one is not None for one in own.shares)
    error = stdev(apart) / math.sqrt(len(apart))
    return abs(fmean(apart)) > CLEAR * error


def landing(to_date: float, course: Course, cut: Cut) -> float | None:
    """Where a running period lands; None where its first days usually bring nothing.

    to_date: the figure of its first days.
    """
    if not any(cut.rest):
        return to_date
    before = course.counts(cut.first)
    if not before or not math.isfinite(course.ratio):
        return None
    return _finite(to_date * (1.0 + course.ratio * course.counts(cut.rest) / before))


def carried_on(landed: float, course: Course, cut: Cut, days: ByWeekday) -> float | None:
    """A later period at the pace of the one that landed there, by what their days count."""
    counted = course.counts(cut.first) + course.counts(cut.rest)
    return _finite(landed * (course.counts(days) / counted)) if counted else None


def _weights(past: Sequence[Past]) -> ByWeekday:
    """Mean of each weekday over the mean of all days; alike where some mean is no weight."""
    known = [(one.cut, one.sums) for one in past if one.sums is not None]
    days = [math.fsum(cut.first[at] + cut.rest[at] for cut, _ in known) for at in range(WEEK)]
    sums = [math.fsum(found[at] for _, found in known) for at in range(WEEK)]
    total = math.fsum(sums)
    if not all(days) or min(sums) < 0.0 or not 0.0 < total < math.inf:
        return ALIKE
    mean = total / math.fsum(days)
    return tuple(part / number / mean for part, number in zip(sums, days, strict=True))


def _share(past: Past, weights: ByWeekday) -> float | None:
    """The pace of the first days as a share of it and the pace of the rest; None without one."""
    if past.first is None or past.whole is None:
        return None
    counted = Course(weights, 1.0, 0)
    before, after = counted.counts(past.cut.first), counted.counts(past.cut.rest)
    if not before or not after:
        return None
    first, rest = past.first / before, (past.whole - past.first) / after
    both = first + rest
    return _finite(first / both) if both else None


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
