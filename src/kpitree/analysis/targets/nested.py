"""Periods within periods: each day's share of what is given for them and adds up over time."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from kpitree.calendar import Span

Given = tuple[Span, float]  # a period, and what is given for it
NOTHING = 1e-12  # of the figures it comes from: a remainder this small is rounding, and is 0


class Stretch(NamedTuple):
    """Days of one share each, from start up to end.

    given: what they are a share of. share: None where the shorter periods take more than that.
    """

    start: date
    end: date
    share: float | None
    given: Given


class Overtaken(NamedTuple):
    """A figure and what those for shorter periods within it take: not the same, or too much."""

    period: Span
    value: float
    taken: float


def days_of(given: Given) -> int:
    """How long the period is."""
    return given[0].days


def are_apart(named: Sequence[Given]) -> bool:
    """Whether no two periods have a day in common."""
    if len(named) < 2:
        return True
    edges = sorted((period.start, period.end) for period, _ in named)
    return all(one[1] <= other[0] for one, other in pairwise(edges))


def stretches_apart(named: Sequence[Given]) -> Iterator[Stretch]:
    """Each period as it is, in the order of time."""
    for one in sorted(named, key=lambda given: given[0].start):
        yield Stretch(one[0].start, one[0].end, one[1] / one[0].days, one)


def laid_out(named: Sequence[Given]) -> list[Stretch]:
    """All days that any period holds, in the order of time, without overlaps.

    Of the shortest periods each day has its share. What a longer one has left, its figure less
    what shorter ones take of its days, is spread over the days that none of them names; so the
    parts of a period add up to it. Periods as long as each other: the first one named counts.
    """
    return _Layout(named).stretches


def overtaken(named: Sequence[Given]) -> list[Overtaken]:
    """The periods whose figure is not what its days come to, shortest first.

    Either the shorter ones name all of its days and come to something else, or they take more
    than it has: the rest would have the other sign.
    """
    return [] if are_apart(named) else _Layout(named).overtaken


def total(shares: Iterable[tuple[float, int]]) -> float | None:
    """The sum of shares x days as if all days were added up exactly; None beyond all numbers.

    A share times a power of 2 is exact, so that no days need to be counted one by one.
    """
    terms = [
        share * (1 << bit)
        for share, days in shares
        for bit in range(days.bit_length())
        if days >> bit & 1
    ]
    try:
        found = math.fsum(terms)
    except (OverflowError, ValueError):  # also of an infinite term, or of both
        return None
    return found if math.isfinite(found) else None


class _Layout:
    """Periods laid down one after the other, the shortest first."""

    def __init__(self, named: Sequence[Given]) -> None:
        self.stretches: list[Stretch] = []
        self.overtaken: list[Overtaken] = []
        for given in sorted(named, key=days_of):
            self._lay(given)

    def _lay(self, given: Given) -> None:
        period, value = given
        first = bisect_right(self.stretches, period.start, key=itemgetter(1))
        last = bisect_left(self.stretches, period.end, key=itemgetter(0))
        inside = self.stretches[first:last]
        gaps = list(_gaps(period, inside))
        share: float | None = value / period.days
        if inside:
            free = sum((end - start).days for start, end in gaps)
            share = self._left(given, inside, free)
        laid = [Stretch(start, end, share, given) for start, end in gaps]
        self.stretches[first:last] = sorted([*inside, *laid], key=itemgetter(0))

    def _left(self, given: Given, inside: Sequence[Stretch], free: int) -> float | None:
        """The share of each of the days that no shorter period names; None where none is left."""
        period, value = given
        shares = [
            (one.share, (min(one.end, period.end) - max(one.start, period.start)).days)
            for one in inside
            if one.share is not None
        ]
        taken = total(shares)
        if taken is None:
            return math.inf if free else None
        left = value - taken
        if abs(left) <= NOTHING * max(abs(value), *(abs(one * days) for one, days in shares), 0.0):
            left = 0.0
        if left and (not free or (left < 0.0 <= value or value < 0.0 < left)):
            self.overtaken.append(Overtaken(period, value, taken))
            return None
        return left / free if free else None


def _gaps(period: Span, inside: Sequence[Stretch]) -> Iterator[tuple[date, date]]:
    """The days of a period that are not laid out yet."""
    day = period.start
    for one in inside:
        if day < one.start:
            yield day, one.start
        day = max(day, one.end)
    if day < period.end:
        yield day, period.end
