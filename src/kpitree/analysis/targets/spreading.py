"""What is given for periods, put together for any span of days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kpitree.analysis.targets.adding import Adding
from kpitree.analysis.targets.nested import (
    Given,
    are_apart,
    days_of,
    laid_out,
    stretches_apart,
    total,
)
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


def spread(named: Sequence[Given], span: Span, adding: Adding, what: str) -> Found:
    """Put together what is given by period; where periods overlap, the shorter one counts.

    What is given for exactly the span is its figure. Otherwise what adds up over time is spread
    by days (see nested.laid_out); what is the same over time must be the same on all days; and
    what is neither has none. what: what a reason calls it.
    """
    start, end = span.start, span.end
    near: list[Given] = []
    for one in named:
        period = one[0]
        if period.start < end and start < period.end:
            if period.start == start and period.end == end:
                return Found(one[1])
            near.append(one)
    match adding:
        case Adding.NEITHER:
            reason = f"the {what} is for a whole period, and the KPI does not add up over time"
            return Found(None, reason)
        case Adding.FLOW:
            return _summed(named, near, span, what)
        case Adding.RATE:
            return _unchanging(near, span, what)


def _summed(named: Sequence[Given], near: Sequence[Given], span: Span, what: str) -> Found:
    """The shares of all days."""
    apart = are_apart(named)
    shares: list[tuple[float, int]] = []
    day = span.start
    for stretch in stretches_apart(near) if apart else laid_out(named):
        if stretch.end <= span.start or span.end <= stretch.start:
            continue
        if stretch.start > day:
            break
        if stretch.share is None:
            return Found(None, _none_left(stretch.given, day, what))
        until = min(stretch.end, span.end)
        shares.append((stretch.share, (until - day).days))
        day = until
    if day < span.end:
        return Found(None, f"no {what} for {day.isoformat()}")
    sum_of_days = total(shares)
    too_large = f"the {what} is too large for a number"
    return Found(sum_of_days, too_large if sum_of_days is None else None)


def _none_left(given: Given, day: date, what: str) -> str:
    label = given[0].label
    return f"no {what} for {day.isoformat()}: those within {label} take more than all of its own"


def _unchanging(near: Sequence[Given], span: Span, what: str) -> Found:
    """What is the same on all days, by the shortest period that holds each."""
    found: dict[float, None] = {}
    for first, given in _days_held(near, span.start, span.end):
        if given is None:
            return Found(None, f"no {what} for {first.isoformat()}")
        found[given[1]] = None
    if len(found) == 1:
        return Found(next(iter(found)))
    return Found(None, f"the {what} changes within {span.label}")


def _days_held(
    near: Sequence[Given], start: date, end: date
) -> Iterator[tuple[date, Given | None]]:
    """The days from start up to end in stretches of one figure: the first day, and the figure.

    A figure is that of the shortest period that holds the days; of the first one named where
    they are as short.
    """
    edges = sorted(
        {start, end}
        | {max(period.start, start) for period, _ in near}
        | {min(period.end, end) for period, _ in near}
    )
    place = {edge: at for at, edge in enumerate(edges)}
    found: list[Given | None] = [None] * (len(edges) - 1)
    for one in sorted(near, key=days_of)[::-1]:
        begins, ends = place[max(one[0].start, start)], place[min(one[0].end, end)]
        found[begins:ends] = [one] * (ends - begins)
    yield from zip(edges, found, strict=False)  # the last edge begins nothing
