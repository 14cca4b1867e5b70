"""How a figure that grows with the days goes on: the usual course of periods that are over.

A day counts as much as its weekday usually brings. Of every earlier period, cut after as many
days as the running one has, the pace of its first days is set beside that of its rest:

    first = figure of the first days / what those days count        rest = likewise
    pace share = first / (first + rest)

The median of these shares says what a day of the rest brings, in days of the beginning:
ratio = (1 - pace share) / pace share. A running period has by now, and lands at,

    share = days gone by / (days gone by + ratio x days left), in what they count
    landing = to date / share

With days that all count alike and a ratio of 1 that is the plain run rate.

All figures of a source have the weekdays and the course of its rows, so that rates stay as they
are. A figure has weekdays of its own, and a course of its own, where those are clearly nearer to
what its past periods were: nearer on average by more than two standard errors.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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
    usual: what a day that counts 1 usually brings over a whole period; None where none is known.
    """

    weights: ByWeekday
    ratio: float
    periods: int
    usual: float | None = None

    def counts(self, days: ByWeekday) -> float:
        """What these days count."""
        return math.fsum(weight * number for weight, number in zip(self.weights, days, strict=True))

    def share(self, cut: Cut) -> float:
        """How much of the whole is usually there after the first days; 1 where none are left.

        0 to 1, unless some figures were below 0.
        """
        if not any(cut.rest):
            return 1.0
        before, after = self.counts(cut.first), self.counts(cut.rest)
        whole = before + self.ratio * after if after else before
        return before / whole if whole else 0.0

    def is_idle(self, cut: Cut) -> bool:
        """Whether its first days usually bring nothing, and it is known what whole periods do."""
        return self.usual is not None and any(cut.rest) and not self.counts(cut.first)

    def tells(self, cut: Cut) -> bool:
        """Whether it tells where a period lands after its first days."""
        return self.is_idle(cut) or self.share(cut) != 0.0


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
    by_rows = _weights(rows) or ALIKE
    weights = _weekdays_of(past, by_rows)
    own, common = _course(past, weights), _course(rows, by_rows)
    if common.periods:
        common = replace(common, weights=weights, usual=own.usual)
    return own if _is_nearer(own, common, past) else common


def landing(to_date: float, course: Course, cut: Cut) -> float | None:
    """Where a running period lands; None where its first days usually bring nothing though they
    count, or where that is too large for a number.

    to_date: the figure of its first days. Of days that count nothing, as of a weekend on which
    nobody works, nothing can be told: the rest brings what whole periods usually do.
    """
    if course.usual is not None and course.is_idle(cut):
        return _finite(to_date + course.usual * course.counts(cut.rest))
    share = course.share(cut)
    return _finite(to_date / share) if share else None


def carried_on(landed: float, course: Course, cut: Cut, days: ByWeekday) -> float | None:
    """A later period at the pace of the one that landed there, by what their days count."""
    counted = course.counts(cut.first) + course.counts(cut.rest)
    return _finite(landed * (course.counts(days) / counted)) if counted else None


def _course(past: Sequence[Past], weights: ByWeekday) -> Course:
    shares = [share for one in past if (share := _pace_share(one, weights)) is not None]
    wholes = [pace for one in past if (pace := _pace(one, weights)) is not None]
    if shares:
        middle = median(shares)
        ratio = (1.0 - middle) / middle if middle else math.inf
        return Course(weights, ratio, len(shares), median(wholes))
    idle = Course(weights, 1.0, len(wholes), median(wholes)) if wholes else RUN_RATE
    tried = [one for one in past if one.first is not None]
    return idle if tried and not any(idle.counts(one.cut.first) for one in tried) else RUN_RATE


def _pace(past: Past, weights: ByWeekday) -> float | None:
    """What a day that counts 1 brought over the whole period."""
    counted = Course(weights, 1.0, 0)
    days = counted.counts(past.cut.first) + counted.counts(past.cut.rest)
    return None if past.whole is None or not days else _finite(past.whole / days)


def _is_nearer(own: Course, common: Course, past: Sequence[Past]) -> bool:
    """Whether a figure's own course tells clearly better than that of the rows what was there.

    A single period shows nothing but its own.
    """
    if not own.periods or not common.periods:
        return bool(own.periods)
    gains = [
        abs(there - common.share(one.cut)) - abs(there - own.share(one.cut))
        for one in past
        if (there := _there(one)) is not None
    ]
    return _is_clear(gains)


def _is_clear(gains: Sequence[float]) -> bool:
    """Whether they are above 0 by more than two standard errors. A single one is all there is."""
    if len(gains) < 2:
        return True
    return fmean(gains) > CLEAR * stdev(gains) / math.sqrt(len(gains))


def _weekdays_of(past: Sequence[Past], by_rows: ByWeekday) -> ByWeekday:
    """Those of the rows, unless a figure's own clearly tell its periods better.

    Its own of all other periods, that is: those of a period itself would always tell it best.
    """
    known = [one for one in past if one.sums is not None]
    own = _weights(known)
    if own is None or own == by_rows:
        return by_rows
    gains = []
    for at, one in enumerate(known):
        others = _weights(known[:at] + known[at + 1 :])
        if others is not None and (there := _parts(one)) is not None:
            gains.append(_distance(there, one.cut, by_rows) - _distance(there, one.cut, others))
    return own if _is_clear(gains) else by_rows


def _parts(past: Past) -> ByWeekday | None:
    """What its weekdays brought, as shares of all."""
    total = _sum(past.sums or ())
    if past.sums is None or not 0.0 < total < math.inf:
        return None
    return tuple(part / total for part in past.sums)


def _distance(parts: ByWeekday, cut: Cut, weights: ByWeekday) -> float:
    """How far shares of weekdays are from those that weights make of the days of a period."""
    counted = [
        weight * (first + rest)
        for weight, first, rest in zip(weights, cut.first, cut.rest, strict=True)
    ]
    total = math.fsum(counted)
    told = (each / total if total else 0.0 for each in counted)
    return math.fsum(abs(part - each) for part, each in zip(parts, told, strict=True))


def _there(past: Past) -> float | None:
    """The share of the whole that was there after the first days."""
    if past.first is None or not past.whole or not any(past.cut.rest):
        return None
    return _finite(past.first / past.whole)


def _weights(past: Sequence[Past]) -> ByWeekday | None:
    """Mean of each weekday over the mean of all days; None where some mean is no weight."""
    known = [(one.cut, one.sums) for one in past if one.sums is not None]
    days = [math.fsum(cut.first[at] + cut.rest[at] for cut, _ in known) for at in range(WEEK)]
    sums = [_sum(found[at] for _, found in known) for at in range(WEEK)]
    total = _sum(sums)
    if not all(days) or min(sums) < 0.0 or not 0.0 < total < math.inf:
        return None
    mean = total / math.fsum(days)
    return tuple(part / number / mean for part, number in zip(sums, days, strict=True))


def _sum(numbers: Iterable[float]) -> float:
    """Their sum; no number where it is too large for one."""
    try:
        return math.fsum(numbers)
    except (OverflowError, ValueError):  # the latter of infinities of both signs
        return math.nan


def _pace_share(past: Past, weights: ByWeekday) -> float | None:
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
