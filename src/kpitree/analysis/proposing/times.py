"""Which grain suits a column of days."""

from datetime import date, timedelta
from typing import Final

from kpitree.analysis.proposing.columns import Column
from kpitree.calendar import Calendar, Grain

_MONTHS: Final = 180  # days from which on a month is a good length to look at
_WEEKS: Final = 42
_SPARSE: Final = 3.5  # days from one with rows to the next, on average
_FEW: Final = 3  # days, below which they show no pattern
_LONG: Final = (Grain.MONTH, Grain.QUARTER, Grain.YEAR)
REVIEWS: Final = {
    Grain.DAY: "daily",
    Grain.WEEK: "weekly",
    Grain.MONTH: "monthly",
    Grain.QUARTER: "quarterly",
    Grain.YEAR: "yearly",
}


def grain_of(column: Column) -> Grain:
    """By how long the days go and how far they are apart. column: with first, last and days."""
    if column.first is None or column.last is None:
        return Grain.MONTH
    span = (column.last - column.first).days + 1
    gap = _gap(column)
    if is_weekly(column):
        return Grain.WEEK
    if column.month_starts and column.days > 1:
        return Grain.YEAR if gap > 300 else Grain.QUARTER if gap > 80 else Grain.MONTH
    if gap > _SPARSE:
        return Grain.YEAR if gap > 180 else Grain.QUARTER if gap > 45 else _of_few(span)
    if span >= _MONTHS:
        return Grain.MONTH
    return Grain.WEEK if span >= _WEEKS else Grain.DAY


def _gap(column: Column) -> float:
    """Days from one day with rows to the next, on average."""
    assert column.first is not None
    assert column.last is not None
    return ((column.last - column.first).days + 1) / max(column.days - 1, 1)


def is_weekly(column: Column) -> bool:
    """Whether its days are those of weeks: always the same weekday."""
    return column.weekdays == 1 and column.days >= _FEW and _gap(column) < 9


def covers_of(column: Column) -> tuple[date, date] | None:
    """The days that the rows speak for, where each is the first or last day of a longer time.

    Also without days that lie far away. None where the rows' days say it themselves.
    """
    if column.first is None or column.last is None:
        return None
    first, last = column.first, column.last
    grain = grain_of(column)
    if is_weekly(column):
        sunday = timedelta(days=6)
        return (first - sunday, last) if first.weekday() == 6 else (first, last + sunday)
    if column.month_starts and column.days >= _FEW and grain in _LONG:
        calendar = Calendar()
        ends = calendar.period_of(first, grain), calendar.period_of(last, grain)
        return ends[0].start, ends[1].last_day
    return (first, last) if column.far else None


def _of_few(span: int) -> Grain:
    """With days between rows a week may be empty; a few weeks hold no two whole months."""
    return Grain.MONTH if span >= 92 else Grain.DAY
