"""What is given for periods, put together for any span of days."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from kpitree.analysis.targets.adding import Adding
from kpitree.calendar import Calendar, Span


@dataclass(frozen=True, slots=True)
class Found:
    """A target for one span, or the reason why there is none (None: the file has none)."""

    value: float | None
    reason: str | None = None


def constant_for(value: float | dict[str, float], span: Span, calendar: Calendar) -> Found:
    """A constant's value in a span: a number by period holds for the days of its period."""
    if not isinstance(value, dict):
        return Found(value)
    named = [(calendar.parse(label), number) for label, number in value.items()]
    return spread(named, span, Adding.RATE, "value")


def spread(named: list[tuple[Span, float]], span: Span, adding: Adding, what: str) -> Found:
    """Put together what is given by period; where periods overlap, the shorter one counts.

    What is given for exactly the span is its figure. Otherwise each day has its share of what adds
    up over time; what is the same over time must be the same on all days; and what is neither
    has none. what: what a reason calls it.
    """
    for period, value in named:
        if (period.start, period.end) == (span.start, span.end):
            return Found(value)
    if adding is Adding.NEITHER:
        return Found(
            None, f"the {what} is for a whole period, and the KPI does not add up over time"
        )
    by_day = _by_day(named, span)
    missing = next((day for day, found in by_day.items() if found is None), None)
    if missing is not None:
        return Found(None, f"no {what} for {missing.isoformat()}")
    shares = [found for found in by_day.values() if found is not None]
    if adding is Adding.FLOW:
        return Found(math.fsum(value / period.days for period, value in shares))
    if len({value for _, value in shares}) == 1:
        return Found(shares[0][1])
    return Found(None, f"the {what} changes within {span.label}")


def _by_day(named: list[tuple[Span, float]], span: Span) -> dict[date, tuple[Span, float] | None]:
    """For each day of the span, what the shortest period that holds it is given; the first one
    named where they are as short.
    """
    found: dict[date, tuple[Span, float] | None] = dict.fromkeys(_days(span.start, span.end))
    shortest_first = sorted(named, key=lambda one: one[0].days)
    for one in shortest_first[::-1]:
        period = one[0]
        for day in _days(max(period.start, span.start), min(period.end, span.end)):
            found[day] = one
    return found


def _days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=n) for n in range((end - start).days))
