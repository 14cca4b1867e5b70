"""Half-open ranges of days, and the arithmetic of days and months that never overflows."""

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from enum import StrEnum
from typing import Final

WEEK: Final = 7  # days
YEAR: Final = 12  # months
_LEAP_DAY: Final = (2, 29)


class Grain(StrEnum):
    """How long a period is, shortest first."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Days from start up to, not including, end, under the name a reader knows them by.

    grain is None for spans that are no single period of a grain (a range, the first n days).
    """

    start: date
    end: date
    label: str
    grain: Grain | None = None

    @property
    def days(self) -> int:
        """How many days the span has; 0 when it is empty."""
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        """The last day included; only for spans that have one."""
        return date.fromordinal(self.end.toordinal() - 1)

    def __contains__(self, day: date) -> bool:
        """Whether a day lies in the span."""
        return self.start <= day < self.end


def day_at(ordinal: int) -> date | None:
    """A day by its number; None beyond the years 1 to 9999."""
    if not 1 <= ordinal <= date.max.toordinal():
        return None
    return date.fromordinal(ordinal)


def month_index(day: date) -> int:
    """Months since January of year 0."""
    return day.year * YEAR + day.month - 1


def month_at(index: int) -> date | None:
    """The first day of a month by its index; None beyond the years 1 to 9999."""
    if not MINYEAR <= index // YEAR <= MAXYEAR:
        return None
    return date(index // YEAR, index % YEAR + 1, 1)


def whole_months(span: Span) -> bool:
    """Whether a span begins and ends where calendar months do."""
    return span.start.day == span.end.day == 1


def moved(span: Span, n: int) -> Span | None:
    """A range moved by n times its length: in months when it is made of them, else in days."""
    if whole_months(span):
        first, last = month_index(span.start), month_index(span.end)
        start, end = month_at(first + n * (last - first)), month_at(last + n * (last - first))
    else:
        start = day_at(span.start.toordinal() + n * span.days)
        end = day_at(span.end.toordinal() + n * span.days)
    return None if start is None or end is None else named_by_days(start, end)


def same_dates_last_year(span: Span) -> Span | None:
    """The same dates of the year before; see Calendar.last_year for 29 February."""
    year = span.start.year - 1
    if year < MINYEAR:
        return None
    # An exclusive end on 29 February means that 28 February is the last day, in either year.
    leap_start = (span.start.month, span.start.day) == _LEAP_DAY
    leap_end = (span.end.month, span.end.day) == _LEAP_DAY
    return named_by_days(
        date(year, 2, 28) if leap_start else span.start.replace(year=year),
        date(span.end.year - 1, 3, 1) if leap_end else span.end.replace(year=span.end.year - 1),
    )


def named_by_days(start: date, end: date) -> Span:
    """`2026-10-20..2026-11-02`, or `2025-07..2025-12` when it is made of whole months."""
    found = Span(start, end, "")
    form = slice(len("2026-10")) if whole_months(found) else slice(None)
    label = f"{start.isoformat()[form]}..{found.last_day.isoformat()[form]}"
    return Span(start, end, label)
