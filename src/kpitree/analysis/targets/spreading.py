"""What is given for periods, put together for any span of days."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from kpitree.analysis.targets.adding import Adding
from kpitree.calendar import Calendar, Span

Given = tuple[Span, float]  # a period, and what is given for it


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


def spread(named: Sequence[Given], span: Span, adding: Adding, what: str) -> Found:
    """Put together what is given by period; where periods overlap, the shorter one counts.

    What is given for exactly the span is its figure. Otherwise each day has its share of what adds
    up over time; what is the same over time must be the same on all days; and what is neither
    has none. what: what a reason calls it.
    """
    start, end = span.start, span.end
    near: list[Given] = []
    for one in named:
        period = one[0]
        if period.start < end and start < period.end:
            if period.start == start and period.end == end:
                return Found(one[1])
            near.append(one)
    if adding is Adding.NEITHER:
        return Found(
            None, f"the {what} is for a whole period, and the KPI does not add up over time"
        )
    shares: list[tuple[Given, int]] = []
    for first, days, given in _stretches(near, start, end):
        if given is None:
            return Found(None, f"no {what} for {first.isoformat()}")
        shares.append((given, days))
    if adding is Adding.FLOW:
        total = _total(shares)
        return Found(total, f"the {what} is too large for a number" if total is None else None)
    if len({given[1] for given, _ in shares}) == 1:
        return Found(shares[0][0][1])
    return Found(None, f"the {what} changes within {span.label}")


def _stretches(
    near: Sequence[Given], start: date, end: date
) -> Iterable[tuple[date, int, Given | None]]:
    """The days from start up to end in stretches of one figure: first day, days, the figure.

    A figure is that of the shortest period that holds the days; of the first one named where
    they are as short.
    """
    if len(near) == 1 and near[0][0].start <= start and end <= near[0][0].end:
        return [(start, (end - start).days, near[0])]
    return _overlapping(near, start, end)


def _overlapping(
    near: Sequence[Given], start: date, end: date
) -> Iterator[tuple[date, int, Given | None]]:
    edges = sorted(
        {start, end}
        | {max(period.start, start) for period, _ in near}
        | {min(period.end, end) for period, _ in near}
    )
    place = {edge: at for at, edge in enumerate(edges)}
    found: list[Given | None] = [None] * (len(edges) - 1)
    shortest_first = sorted(near, key=lambda one: one[0].days)
    for one in shortest_first[::-1]:
        begins, ends = place[max(one[0].start, start)], place[min(one[0].end, end)]
        found[begins:ends] = [one] * (ends - begins)
    for (first, then), given in zip(pairwise(edges), found, strict=True):
        yield first, (then - first).days, given


def _total(shares: Iterable[tuple[Given, int]]) -> float | None:
    """The sum of each day's share, as if all days were added up exactly; None beyond all numbers.

    A share times a power of 2 is exact, so that no days need to be counted one by one.
    """
    terms = [
        value / period.days * (1 << bit)
        for (period, value), days in shares
        for bit in range(days.bit_length())
        if days >> bit & 1
    ]
    try:
        total = math.fsum(terms)
    except (OverflowError, ValueError):  # also of an infinite term, or of both
        return None
    return total if math.isfinite(total) else None
