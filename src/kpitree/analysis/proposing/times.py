"""Which grain suits a column of days."""

from typing import Final

from kpitree.analysis.proposing.columns import Column
from kpitree.calendar import Grain

_MONTHS: Final = 180  # days from which on a month is a good length to look at
_WEEKS: Final = 42
_SPARSE: Final = 3.5  # days from one with rows to the next, on average
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
    gap = span / max(column.days - 1, 1)  # between days with rows
    if column.month_starts and column.days > 1:
        return Grain.YEAR if gap > 300 else Grain.QUARTER if gap > 80 else Grain.MONTH
    if gap > _SPARSE:
        return Grain.YEAR if gap > 180 else Grain.QUARTER if gap > 45 else _of_few(span)
    if span >= _MONTHS:
        return Grain.MONTH
    return Grain.WEEK if span >= _WEEKS else Grain.DAY


def _of_few(span: int) -> Grain:
    """With days between rows a week may be empty; a few weeks hold no two whole months."""
    return Grain.MONTH if span >= 92 else Grain.DAY
