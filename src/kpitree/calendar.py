"""Days and periods: labels, half-open ranges, what comes before, and last year's counterpart.

Knows nothing of data. Labels, one form a grain, and ranges of them:

    2026-11-20   2026-W45   2026-10   2026-Q4   2026   2026-01..2026-06 (both ends included)

Weeks follow ISO 8601 when they start on Monday. With another first day the rule is the same:
a week belongs to the year of its fourth day, and week 1 is the one that holds 4 January.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from enum import StrEnum
from typing import Final

from kpitree.errors import UsageError


class Grain(StrEnum):
    """How long a period is, shortest first."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


FIRST_YEAR: Final = 1900  # of a label; data may be older or younger
LAST_YEAR: Final = 2199

_FORMS: Final = (
    "periods are written 2026-11-20, 2026-W45, 2026-10, 2026-Q4, 2026, or 2026-01..2026-06"
)
_WEEK: Final = 7  # days
_SAME_WEEKDAY: Final = 52 * _WEEK  # days back to last year's same weekday
_YEAR: Final = 12  # months
_MONTHS: Final = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: _YEAR}
_LABEL: Final = re.compile(
    r"(?P<year>[0-9]{4})"
    r"(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?|-[Ww](?P<week>[0-9]{2})|-[Qq](?P<quarter>[1-4]))?"
)
_LEAP_DAY: Final = (2, 29)
_FISCAL: Final = re.compile(r"FY\s*[0-9]", re.IGNORECASE)


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


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days make a period. week_start: 0 = Monday ... 6 = Sunday.

    Dates run from 0001-01-01 to 9999-12-31 and a span's end is exclusive, so the very last
    periods before year 10000 do not exist; nothing here raises OverflowError.
    """

    week_start: int = 0

    def __post_init__(self) -> None:
        """Refuse a week start that is no weekday (ValueError: a bug, not a user's mistake)."""
        if not 0 <= self.week_start < _WEEK:
            raise ValueError(f"week_start is 0 (Monday) to 6 (Sunday), not {self.week_start}")

    def period_of(self, day: date, grain: Grain) -> Span:
        """The period of a grain that holds a day.

        Raises:
            UsageError: the period reaches beyond the years 1 to 9999.
        """
        period = self._period(day, grain)
        if period is None:
            raise _beyond(f"the {grain} of {day}")
        return period

    def shift(self, period: Span, n: int) -> Span:
        """The span n periods later (earlier when negative), of the same grain.

        A span without a grain moves by its own length: in months when it is made of whole
        months (January to June -> the July to December before), otherwise in days. It is named
        by its days then: `2025-07..2025-12`, `2025-10-20..2025-11-02`.

        Raises:
            UsageError: the answer reaches beyond the years 1 to 9999.
        """
        shifted = self._shift(period, n)
        if shifted is None:
            raise _beyond(f"{period.label} moved by {n:,}")
        return shifted

    def previous(self, span: Span) -> Span | None:
        """The span just before, as shift(span, -1); None before the first day there is."""
        return self._shift(span, -1)

    def last_year(self, span: Span) -> Span | None:
        """The same span of the year before, or None when there is no such.

        A day becomes the same weekday 364 days earlier; a week the week of that number (None
        when that year has no week 53); a month, quarter or year itself. A span without a grain
        made of whole weeks, and not of whole months, becomes the weeks of the same numbers. Any
        other becomes the same dates: a first day of 29 February moves to 28 February, while a last
        day at the end of February stays at its end, so that whole months stay whole months.
        """
        match span.grain:
            case Grain.DAY:
                return self._shift(span, -_SAME_WEEKDAY)
            case Grain.WEEK:
                year, number = _week_number(span.start)
                return self._week(year - 1, number)
            case Grain.MONTH | Grain.QUARTER | Grain.YEAR:
                return self._shift(span, -(_YEAR // _MONTHS[span.grain]))
            case None if self._whole_weeks(span):
                return self._same_weeks_last_year(span)
            case None:
                return _same_dates_last_year(span)

    def parse(self, label: str) -> Span:
        """Read a period or a range of periods as a user writes it.

        A single period gets its usual label and its grain; a range keeps the label as typed and
        has none. The ends of a range may be of any grain: `2026-01-15..2026-Q2` runs from
        15 January to 30 June.

        Raises:
            UsageError: it is no such label, no such day or week exists, the range runs
                backwards, the year lies outside 1900 to 2199, or it is a fiscal year.
        """
        text = label.strip()
        if ".." not in text:
            return self._parse_period(text)
        first, last = (part.strip() for part in text.split("..", 1))
        if not first or not last:
            raise UsageError(f"the range {text!r} lacks an end", hint=_FORMS)
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

    def year_to_date(self, span: Span) -> Span:
        """From 1 January of the year of the span's last day to the span's end.

        Named `2026 to 2026-10`, without a grain; a year is its own year to date.
        """
        if span.grain is Grain.YEAR:
            return span
        year = span.last_day.year
        return Span(date(year, 1, 1), span.end, f"{year:04} to {span.label}")

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

    def _period(self, day: date, grain: Grain) -> Span | None:
        start, end = self._bounds(day, grain)
        if start is None or end is None:
            return None
        return Span(start, end, _label(start, grain), grain)

    def _bounds(self, day: date, grain: Grain) -> tuple[date | None, date | None]:
        match grain:
            case Grain.DAY:
                return day, _day(day.toordinal() + 1)
            case Grain.WEEK:
                first = day.toordinal() - (day.weekday() - self.week_start) % _WEEK
                return _day(first), _day(first + _WEEK)
            case Grain.MONTH | Grain.QUARTER | Grain.YEAR:
                first = _month_index(day) - _month_index(day) % _MONTHS[grain]
                return _month(first), _month(first + _MONTHS[grain])

    def _shift(self, span: Span, n: int) -> Span | None:
        start: date | None
        match span.grain:
            case Grain.DAY | Grain.WEEK:
                start = _day(span.start.toordinal() + n * span.days)
            case Grain.MONTH | Grain.QUARTER | Grain.YEAR:
                start = _month(_month_index(span.start) + n * _MONTHS[span.grain])
            case None:
                return _shift_range(span, n)
        return None if start is None else self._period(start, span.grain)

    def _whole_weeks(self, span: Span) -> bool:
        starts = span.start.weekday() == self.week_start
        return starts and span.days % _WEEK == 0 and not _whole_months(span.start, span.end)

    def _same_weeks_last_year(self, span: Span) -> Span | None:
        """From the week of the first one's number to that of the last one's; None without them."""
        year, number = _week_number(span.start)
        last_year, last_number = _week_number(date.fromordinal(span.end.toordinal() - _WEEK))
        first, last = self._week(year - 1, number), self._week(last_year - 1, last_number)
        if first is None or last is None:
            return None
        return Span(first.start, last.end, f"{first.label}..{last.label}")

    def _week(self, year: int, number: int) -> Span | None:
        """One week by its name; None when the year has no such week, or there is no such year."""
        if number < 1 or year < 1:
            return None
        first = self._period(date(year, 1, 4), Grain.WEEK)
        week = None if first is None else self._shift(first, number - 1)
        if week is None or _week_number(week.start) != (year, number):
            return None
        return week

    def _parse_period(self, text: str) -> Span:
        if _FISCAL.match(text):
            raise UsageError(f"{text!r}: fiscal years are not supported yet", hint=_FORMS)
        found = _LABEL.fullmatch(text)
        if found is None:
            raise UsageError(f"{text!r} is not a period", hint=_FORMS)
        numbers = {part: int(digits) for part, digits in found.groupdict().items() if digits}
        if not FIRST_YEAR <= numbers["year"] <= LAST_YEAR:
            years = f"{FIRST_YEAR} to {LAST_YEAR}"
            raise UsageError(f"{text!r} lies outside the years {years}", hint=_FORMS)
        period = self._named(numbers)
        if period is None:
            raise UsageError(f"there is no period {text!r} in the calendar", hint=_FORMS)
        return period

    def _named(self, numbers: dict[str, int]) -> Span | None:
        """The period of a label's numbers, by the label's parts; None when there is no such."""
        year = numbers["year"]
        match numbers:
            case {"week": week}:
                return self._week(year, week)
            case {"quarter": quarter}:
                return self._period(date(year, 3 * quarter - 2, 1), Grain.QUARTER)
            case {"month": month} if not 1 <= month <= _YEAR:
                return None
            case {"month": month, "day": day}:
                exists = 1 <= day <= monthrange(year, month)[1]
                return self._period(date(year, month, day), Grain.DAY) if exists else None
            case {"month": month}:
                return self._period(date(year, month, 1), Grain.MONTH)
            case _:
                return self._period(date(year, 1, 1), Grain.YEAR)


def _label(start: date, grain: Grain) -> str:
    match grain:
        case Grain.DAY:
            return start.isoformat()
        case Grain.WEEK:
            year, number = _week_number(start)
            return f"{year:04}-W{number:02}"
        case Grain.MONTH:
            return start.isoformat()[: len("2026-10")]
        case Grain.QUARTER:
            return f"{start.year:04}-Q{(start.month + 2) // 3}"
        case Grain.YEAR:
            return f"{start.year:04}"


def _week_number(start: date) -> tuple[int, int]:
    """The year and number of the week that starts on a day: those of its fourth day."""
    fourth = date.fromordinal(start.toordinal() + 3)
    return fourth.year, (fourth.timetuple().tm_yday - 1) // _WEEK + 1


def _shift_range(span: Span, n: int) -> Span | None:
    if _whole_months(span.start, span.end):
        first, last = _month_index(span.start), _month_index(span.end)
        start, end = _month(first + n * (last - first)), _month(last + n * (last - first))
    else:
        start = _day(span.start.toordinal() + n * span.days)
        end = _day(span.end.toordinal() + n * span.days)
    return _named_by_days(start, end)


def _same_dates_last_year(span: Span) -> Span | None:
    year = span.start.year - 1
    if year < 1:
        return None
    # An exclusive end on 29 February means that 28 February is the last day, in either year.
    leap_start = (span.start.month, span.start.day) == _LEAP_DAY
    leap_end = (span.end.month, span.end.day) == _LEAP_DAY
    return _named_by_days(
        date(year, 2, 28) if leap_start else span.start.replace(year=year),
        date(span.end.year - 1, 3, 1) if leap_end else span.end.replace(year=span.end.year - 1),
    )


def _named_by_days(start: date | None, end: date | None) -> Span | None:
    if start is None or end is None:
        return None
    form = slice(len("2026-10")) if _whole_months(start, end) else slice(None)
    last = date.fromordinal(end.toordinal() - 1)
    return Span(start, end, f"{start.isoformat()[form]}..{last.isoformat()[form]}")


def _whole_months(start: date, end: date) -> bool:
    return start.day == end.day == 1


def _month_index(day: date) -> int:
    """Months since January of year 0."""
    return day.year * _YEAR + day.month - 1


def _month(index: int) -> date | None:
    """The first day of a month by its index; None beyond the years 1 to 9999."""
    if not MINYEAR <= index // _YEAR <= MAXYEAR:
        return None
    return date(index // _YEAR, index % _YEAR + 1, 1)


def _day(ordinal: int) -> date | None:
    """A day by its number; None beyond the years 1 to 9999."""
    if not 1 <= ordinal <= date.max.toordinal():
        return None
    return date.fromordinal(ordinal)


def _beyond(what: str) -> UsageError:
    return UsageError(f"{what} reaches beyond the years {MINYEAR} to {MAXYEAR}", hint=_FORMS)
