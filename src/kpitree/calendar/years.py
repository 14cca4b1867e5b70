"""How years are cut into quarters and months: along calendar months, or along whole weeks.

Years go by the calendar year in which they nominally begin. Periods of a grain are numbered
through: the m-th month of a year (from 0) is year * 12 + m, the q-th quarter year * 4 + q.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from itertools import accumulate
from typing import Final, Literal

from kpitree.calendar.spans import WEEK, YEAR, Grain, day_at, month_at, month_index

Pattern = Literal["4-4-5", "4-5-4", "5-4-4"]

IN_A_YEAR: Final = {Grain.MONTH: 12, Grain.QUARTER: 4, Grain.YEAR: 1}
_WEEKS_OF_A_QUARTER: Final[dict[Pattern, tuple[int, int, int]]] = {
    "4-4-5": (4, 4, 5),
    "4-5-4": (4, 5, 4),
    "5-4-4": (5, 4, 4),
}
# The weeks before each month of a year; a 53rd week lies behind the last.
_BEFORE: Final = {
    pattern: tuple(accumulate((weeks * 4)[:-1], initial=0))
    for pattern, weeks in _WEEKS_OF_A_QUARTER.items()
}
PATTERNS: Final = tuple(_WEEKS_OF_A_QUARTER)
_QUARTER: Final = 13  # weeks


@dataclass(frozen=True, slots=True)
class MonthYears:
    """Years of twelve calendar months. first: the month they begin with, 1 to 12."""

    first: int

    def index(self, day: date, grain: Grain) -> int:
        """The number of the month, quarter or year that holds a day."""
        return (month_index(day) - self.first + 1) // (YEAR // IN_A_YEAR[grain])

    def start(self, index: int, grain: Grain) -> date | None:
        """The first day of a month, quarter or year; None beyond the years 1 to 9999."""
        return month_at(index * (YEAR // IN_A_YEAR[grain]) + self.first - 1)


@dataclass(frozen=True, slots=True)
class WeekYears:
    """Years of 52 or 53 whole weeks: the first is the one that holds the 4th of a month.

    So a year begins on the first day of a week that is nearest to the 1st. For January and Monday
    that is the rule of ISO 8601; for February and Sunday it is the retail calendar of the (United
    States') National Retail Federation.
    week_start: 0 = Monday ... 6 = Sunday. first: the month, 1 to 12.
    """

    week_start: int
    first: int
    pattern: Pattern = "4-4-5"

    def index(self, day: date, grain: Grain) -> int:
        """The number of the month, quarter or year that holds a day."""
        year, week = self.week_of(day)
        match grain:
            case Grain.MONTH:
                return year * YEAR + bisect_right(_BEFORE[self.pattern], week - 1) - 1
            case Grain.QUARTER:
                return year * 4 + min((week - 1) // _QUARTER, 3)
            case _:
                return year

    def start(self, index: int, grain: Grain) -> date | None:
        """The first day of a month, quarter or year; None beyond the years 1 to 9999."""
        year, part = divmod(index, IN_A_YEAR[grain])
        weeks = _BEFORE[self.pattern][part] if grain is Grain.MONTH else part * _QUARTER
        first = self.first_day(year)
        return None if first is None else day_at(first + weeks * WEEK)

    def week_of(self, day: date) -> tuple[int, int]:
        """The year of a day, and the number of its week in it, from 1."""
        year, place = self.place_of(day)
        return year, place // WEEK + 1

    def place_of(self, day: date) -> tuple[int, int]:
        """The year of a day, and how many days of it come before."""
        ordinal = day.toordinal()
        for year in (day.year + 1, day.year, day.year - 1):  # it may begin in December or later
            first = self.first_day(year)
            if first is not None and first <= ordinal:
                return year, ordinal - first
        return MINYEAR - 1, 0  # the first days of all, which no whole year holds

    def day_at(self, year: int, place: int) -> date | None:
        """The day with so many days of the year before it; None when the year has no such day."""
        first, following = self.first_day(year), self.first_day(year + 1)
        if first is None or place < 0 or (following is not None and first + place >= following):
            return None
        return day_at(first + place)

    def first_day(self, year: int) -> int | None:
        """The number of a year's first day, as of date.toordinal; None beyond 1 to 9999."""
        if not MINYEAR <= year <= MAXYEAR:
            return None
        fourth = date(year, self.first, 4).toordinal()  # the first day of all is a Monday
        return fourth - (fourth - 1 - self.week_start) % WEEK
