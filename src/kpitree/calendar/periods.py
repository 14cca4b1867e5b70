"""Periods of one calendar by number, by day and by name; knows nothing of ranges."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final

from kpitree.calendar.labels import Label
from kpitree.calendar.spans import WEEK, YEAR, Grain, Span, day_at
from kpitree.calendar.years import IN_A_YEAR, MonthYears, WeekYears

_FY: Final = "FY"
_SAME_WEEKDAY: Final = 52 * WEEK  # days back to last year's same weekday


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods of a calendar, of every grain numbered through, so that the next is one more.

    years: what quarters and months are part of; weekly when those are made of whole weeks.
    weeks: the years in which weeks are counted. named_later: years from that in which a year
    begins to the one it is named by. fiscal: whether names of years begin with FY.
    """

    years: MonthYears | WeekYears
    weeks: WeekYears
    named_later: int = 0
    fiscal: bool = False

    @property
    def weekly(self) -> bool:
        """Whether years, quarters and months are made of whole weeks."""
        return isinstance(self.years, WeekYears)

    def of(self, day: date, grain: Grain) -> Span | None:
        """The period that holds a day; None when it reaches beyond the years 1 to 9999."""
        return self.at(self.index(day, grain), grain)

    def at(self, index: int, grain: Grain) -> Span | None:
        """The period of a number; None when it reaches beyond the years 1 to 9999."""
        start, end = self.start(index, grain), self.start(index + 1, grain)
        if start is None or end is None:
            return None
        return Span(start, end, self._label(index, start, grain), grain)

    def index(self, day: date, grain: Grain) -> int:
        """The number of the period that holds a day."""
        match grain:
            case Grain.DAY:
                return day.toordinal()
            case Grain.WEEK:  # the first day of all is a Monday
                return (day.toordinal() - 1 - self.weeks.week_start) // WEEK
            case _:
                return self.years.index(day, grain)

    def start(self, index: int, grain: Grain) -> date | None:
        """The first day of the period of a number; None beyond the years 1 to 9999."""
        match grain:
            case Grain.DAY:
                return day_at(index)
            case Grain.WEEK:
                return day_at(index * WEEK + 1 + self.weeks.week_start)
            case _:
                return self.years.start(index, grain)

    def moved(self, period: Span, grain: Grain, n: int) -> Span | None:
        """The period n later than one of a grain."""
        return self.at(self.index(period.start, grain) + n, grain)

    def last_year(self, period: Span, grain: Grain) -> Span | None:
        """The same period of the year before; see Calendar.last_year."""
        match grain:
            case Grain.DAY:
                return self.moved(period, grain, -_SAME_WEEKDAY)
            case Grain.WEEK:
                year, number = self.weeks.week_of(period.start)
                return self.week(year - 1, number)
            case _:
                return self.moved(period, grain, -IN_A_YEAR[grain])

    def week(self, year: int, number: int) -> Span | None:
        """One week of a year; None when the year has no such week, or there is no such year."""
        start = self.weeks.day_at(year, (number - 1) * WEEK)
        return None if start is None else self.of(start, Grain.WEEK)

    def _label(self, index: int, start: date, grain: Grain) -> str:
        match grain:
            case Grain.DAY:
                return start.isoformat()
            case Grain.WEEK:
                year, number = self.weeks.week_of(start)
                return f"{self.year_label(year) if self.weekly else f'{year:04}'}-W{number:02}"
            case Grain.MONTH if self.weekly:
                return f"{self.year_label(index // YEAR)}-P{index % YEAR + 1:02}"
            case Grain.MONTH:
                return start.isoformat()[: len("2026-10")]
            case Grain.QUARTER:
                return f"{self.year_label(index // 4)}-Q{index % 4 + 1}"
            case Grain.YEAR:
                return self.year_label(index)

    def begins_a_month(self, day: date) -> bool:
        """Whether a month of this calendar begins on a day."""
        return self.start(self.index(day, Grain.MONTH), Grain.MONTH) == day

    def year_label(self, year: int) -> str:
        """`2026` or `FY2026`, of the number of a year."""
        return f"{_FY if self.fiscal else ''}{year + self.named_later:04}"

    def named(self, label: Label) -> Span | None:
        """The period of a label that begins with FY just where this calendar's do.

        FY2026 is 2026 where years are the calendar's. None when there is no such period.
        """
        year = label.year - self.named_later
        match label.numbers:
            case {"week": week}:
                return self.week(year, week) if self.weekly or not label.fiscal else None
            case {"part": part}:
                exists = self.weekly and 1 <= part <= YEAR
                return self.at(year * YEAR + part - 1, Grain.MONTH) if exists else None
            case {"quarter": quarter}:
                return self.at(year * 4 + quarter - 1, Grain.QUARTER)
            case {"month": month} if not 1 <= month <= YEAR:
                return None
            case {"month": month, "day": day}:
                exists = 1 <= day <= monthrange(year, month)[1]
                return self.of(date(year, month, day), Grain.DAY) if exists else None
            case {"month": month}:
                return self.of(date(year, month, 1), Grain.MONTH)
            case _:
                return self.at(year, Grain.YEAR)


def plain(week_start: int) -> Periods:
    """Calendar years, quarters and months, and the weeks of ISO 8601's rule."""
    return Periods(MonthYears(1), WeekYears(week_start, 1))
