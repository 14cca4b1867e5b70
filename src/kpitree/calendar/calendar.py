"""Which days make a period, what comes before it, and which is last year's: the Calendar."""

from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date
from typing import Literal

from kpitree.calendar.labels import (
    FISCAL_FORMS,
    PLAIN_FORMS,
    WEEKLY_FORMS,
    Label,
    label_of,
)
from kpitree.calendar.periods import Periods, plain
from kpitree.calendar.ranges import last_year, shifted, to_date_name, without_grain
from kpitree.calendar.spans import WEEK, YEAR, Grain, Span
from kpitree.calendar.years import PATTERNS, MonthYears, Pattern, WeekYears
from kpitree.errors import UsageError

YearName = Literal["end", "start"]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days make a period.

    week_start: 0 = Monday ... 6 = Sunday. year_start: the month, 1 to 12, in which years begin.
    year_name: a year that begins in another month than January is named by the calendar year in
    which it ends, or begins. pattern: the weeks of a quarter's months; None for calendar months.

    Without a pattern, years and quarters are fiscal ones, and months and weeks the calendar's:
    a week belongs to the year of its fourth day, and week 1 holds 4 January (ISO 8601 for weeks
    that start on Monday). With one, a year begins with the week that holds the 4th of
    year_start, so on the week's first day nearest to the 1st, and has 52 or 53 weeks; quarters
    have 13, and a 53rd belongs to the last month and quarter.

    Dates run from 0001-01-01 to 9999-12-31 and a span's end is exclusive, so the very last
    periods before year 10000 do not exist; nothing here raises OverflowError.
    """

    week_start: int = 0
    year_start: int = 1
    year_name: YearName = "end"
    pattern: Pattern | None = None
    _periods: Periods = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse what is no calendar (ValueError: a bug, not a user's mistake)."""
        if not 0 <= self.week_start < WEEK:
            raise ValueError(f"week_start is 0 (Monday) to 6 (Sunday), not {self.week_start}")
        if not 1 <= self.year_start <= YEAR:
            raise ValueError(f"year_start is a month, 1 to 12, not {self.year_start}")
        if self.pattern not in (None, *PATTERNS):
            raise ValueError(f"pattern is one of {', '.join(PATTERNS)}, not {self.pattern}")
        object.__setattr__(self, "_periods", self._made())

    def _made(self) -> Periods:
        later = 1 if self.year_start > 1 and self.year_name == "end" else 0
        if self.pattern:
            weeks = WeekYears(self.week_start, self.year_start, self.pattern)
            return Periods(weeks, weeks, later, fiscal=True)
        if self._is_plain:
            return plain(self.week_start)
        return Periods(
            MonthYears(self.year_start), WeekYears(self.week_start, 1), later, fiscal=True
        )

    @property
    def forms(self) -> str:
        """How periods of this calendar are written, for a hint."""
        if self.pattern:
            return WEEKLY_FORMS
        return PLAIN_FORMS if self._is_plain else FISCAL_FORMS

    def period_of(self, day: date, grain: Grain) -> Span:
        """The period of a grain that holds a day.

        Raises:
            UsageError: the period reaches beyond the years 1 to 9999.
        """
        period = self._periods.of(day, grain)
        if period is None:
            raise self._beyond(f"the {grain} of {day}")
        return period

    def shift(self, period: Span, n: int) -> Span:
        """The span n periods later (earlier when negative), of the same grain.

        A span without a grain moves by its own length: in months when it is made of whole
        months (January to June -> the July to December before), otherwise in days. It is named
        by its days then: `2025-07..2025-12`, `2025-10-20..2025-11-02`; one that is a period of
        the plain calendar (2026-Q4 beside fiscal quarters) becomes such another.

        Raises:
            UsageError: the answer reaches beyond the years 1 to 9999.
        """
        shifted = self._shift(period, n)
        if shifted is None:
            raise self._beyond(f"{period.label} moved by {n:,}")
        return shifted

    def previous(self, span: Span) -> Span | None:
        """The span just before, as shift(span, -1); None before the first day there is."""
        return self._shift(span, -1)

    def last_year(self, span: Span) -> Span | None:
        """The same span of the (fiscal) year before, or None when there is no such.

        A day becomes the same weekday 364 days earlier; a week the week of that number (None
        when that year has no week 53); a month, quarter or year itself.

        A span without a grain: whole months become the same months. Whole weeks become the weeks
        of the same numbers, but a year to date stays one. Any other becomes the same dates: a
        first day of 29 February moves to 28 February, while a last day at the end of February
        stays at its end, so that whole months stay whole months. With a pattern it becomes the
        days at the same places in the year: the same weekdays of the same weeks.
        """
        if span.grain is None:
            return last_year(span, self._periods)
        return self._periods.last_year(span, span.grain)

    def parse(self, label: str) -> Span:
        """Read a period or a range of periods as a user writes it.

        A single period gets its usual label and its grain; a range keeps the label as typed and
        has none. The ends of a range may be of any grain: `2026-01-15..2026-Q2` runs from
        15 January to 30 June. Where years are fiscal, a label without FY still means the days
        of the plain calendar; one that is no period of this calendar has no grain.

        Raises:
            UsageError: it is no such label, no such day or week exists, the range runs
                backwards, or the year lies outside 1900 to 2199.
        """
        text = label.strip()
        if ".." not in text:
            return self._parse_period(text)
        first, last = (part.strip() for part in text.split("..", 1))
        if not first or not last:
            raise UsageError(f"the range {text!r} lacks an end", hint=self.forms)
        start, end = self._parse_period(first).start, self._parse_period(last).end
        if end <= start:
            raise UsageError(f"the range {text!r} runs backwards", hint=f"write {last}..{first}")
        return Span(start, end, text)

    def periods_in(self, span: Span, grain: Grain) -> list[Span]:
        """The periods of a grain that overlap a span, oldest first; none for an empty span.

        Raises:
            UsageError: a period reaches beyond the years 1 to 9999.
        """
        periods: list[Span] = []
        day = span.start
        while day < span.end:
            periods.append(self.period_of(day, grain))
            day = periods[-1].end
        return periods

    def year_of(self, day: date) -> int:
        """The (fiscal) year that holds a day, by the number it is named with."""
        return self._periods.index(day, Grain.YEAR) + self._periods.named_later

    def year_start_of(self, span: Span) -> date:
        """The first day of the (fiscal) year that holds a span's last day.

        Raises:
            UsageError: that year begins before the year 1.
        """
        start = self._periods.start(self._periods.index(span.last_day, Grain.YEAR), Grain.YEAR)
        if start is None:
            raise self._beyond(f"the year of {span.last_day}")
        return start

    def year_to_date(self, span: Span) -> Span:
        """From the first day of the (fiscal) year of the span's last day to the span's end.

        Named `2026 to 2026-10`, without a grain; a year is its own year to date.
        """
        if span.grain is Grain.YEAR:
            return span
        name = to_date_name(span, self._periods) + span.label
        return Span(self.year_start_of(span), span.end, name)

    def first_days(self, span: Span, n: int) -> Span:
        """The first n days of a span, named so; the span itself when it has no more than n.

        No days (n = 0) give an empty span. A negative n is a bug: ValueError.
        """
        if n < 0:
            raise ValueError(f"there are no first {n} days")
        if n >= span.days:
            return span
        end = date.fromordinal(span.start.toordinal() + n)
        return Span(span.start, end, f"{span.label} (first {n} of {span.days} d)")

    @property
    def _is_plain(self) -> bool:
        return self.year_start == 1 and not self.pattern

    def _shift(self, span: Span, n: int) -> Span | None:
        if span.grain is None:
            return shifted(span, n, self._periods)
        return self._periods.moved(span, span.grain, n)

    def _parse_period(self, text: str) -> Span:
        period = self._named(label_of(text, self.forms))
        if period is None:
            raise UsageError(f"there is no period {text!r} in the calendar", hint=self.forms)
        return period

    def _named(self, label: Label) -> Span | None:
        """The period of a label, without its grain where only the plain calendar has it."""
        if self._is_plain or label.fiscal:
            return self._periods.named(label)
        found = plain(self.week_start).named(label)
        if found is None or found.grain is None:
            return None
        own = self._periods.of(found.start, found.grain)
        if found.grain is Grain.WEEK and self.year_start == 1:
            return own  # the same week of the same year, whatever it is called
        return own if own == found else without_grain(found)

    def _beyond(self, what: str) -> UsageError:
        return UsageError(
            f"{what} reaches beyond the years {MINYEAR} to {MAXYEAR}", hint=self.forms
        )
