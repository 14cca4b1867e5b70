"""The periods on the way of a forecast: past ones, the one asked for, and those to a deadline."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from kpitree.analysis.course import Cut, cut_after
from kpitree.analysis.moments import Moment
from kpitree.calendar import Calendar, Grain, Span

PAST: Final = 24  # whole periods in which the rule is tried: distinct counts are counted anew
COURSE: Final = 12  # of them, at most so many show the usual course
COURSE_YEARS: Final = 3  # where periods are a year apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """The periods on the way: past ones, oldest first, the one asked for, and later ones.

    here: the place of the one asked for in `spans`. ends: the places of those later ones that hold
    a deadline, in order. days: how many of the days of the one asked for are gone by; None when
    all are. course: how many past periods show the usual course, at most.
    """

    spans: tuple[Span, ...]
    here: int
    ends: tuple[int, ...]
    days: int | None
    course: int

    @property
    def main(self) -> Span:
        return self.spans[self.here]

    @property
    def past(self) -> tuple[Span, ...]:
        return self.spans[: self.here]

    @property
    def origins(self) -> list[int]:
        """The places from which periods are carried on; one that is no longer says nothing."""
        past = (
            at for at, span in enumerate(self.past) if self.days is None or self.days < span.days
        )
        return [*past, self.here]

    @property
    def told(self) -> list[Span]:
        """The periods that are told of, then or now; the others only lie between."""
        return [*self.spans[: self.here + 1], *(self.spans[at] for at in self.ends)]

    def farthest(self, origin: int) -> int:
        """The last place that is told from an origin: of past ones what is known by now."""
        if origin == self.here:
            return max(self.ends, default=origin)
        far = (origin + at - self.here for at in self.ends)
        return max((at for at in far if at < self.here), default=origin)

    def so_far(self, at: int) -> Moment:
        """The period at an origin, as far as the one asked for has come."""
        return Moment(self.spans[at], self.days)

    def cut(self, at: int) -> Cut:
        span = self.spans[at]
        days = span.days if self.days is None else min(self.days, span.days)
        return cut_after(span.start, days, span.end)

    def moments(self) -> list[Moment]:
        """All that values are needed of."""
        return [*map(Moment, self.told), *map(self.so_far, self.origins)]


def earlier(period: Span, first: date, calendar: Calendar) -> tuple[Span, ...]:
    """Up to PAST whole periods before one, oldest first; first: the first day that has data.

    Before a range stands the same one of the year before.
    """
    step = calendar.previous if period.grain else calendar.last_year
    found: list[Span] = []
    before = step(period)
    while before is not None and before.start >= first and len(found) < PAST:
        found.append(before)
        before = step(before)
    return tuple(reversed(found))


def course_length(period: Span) -> int:
    """How many periods before one show its usual course, at most."""
    return COURSE if period.grain not in (None, Grain.YEAR) else COURSE_YEARS
