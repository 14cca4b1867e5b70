"""Spans without a grain: how they move, and which one is last year's.

Periods of the plain calendar beside fiscal ones (2026-Q4), ranges, years to date. What they are
made of decides: whole months move by months, other days by days. Last year's weeks are those of the
same numbers where the range is named by weeks; one named by dates means the same dates.
"""

from kpitree.calendar.labels import read_label
from kpitree.calendar.periods import Periods, plain
from kpitree.calendar.spans import (
    WEEK,
    YEAR,
    Grain,
    Span,
    day_at,
    moved,
    named_by_days,
    same_dates_last_year,
    whole_months,
)


def shifted(span: Span, n: int, periods: Periods) -> Span | None:
    """The span moved by n times its own length; None beyond the years 1 to 9999."""
    if found := _plain_period(span, periods):
        calendar, grain = found
        return without_grain(calendar.moved(span, grain, n))
    if _whole_parts(span, periods):
        first, last = (periods.index(day, Grain.MONTH) for day in (span.start, span.last_day))
        return _parts_moved(span, n * (last - first + 1), periods)
    return moved(span, n)


def last_year(span: Span, periods: Periods) -> Span | None:
    """The same span of the year before, or None; see Calendar.last_year."""
    if found := _plain_period(span, periods):
        calendar, grain = found
        return without_grain(calendar.last_year(span, grain))
    if _whole_parts(span, periods):
        return _parts_moved(span, -YEAR, periods)
    to_date = span.label.startswith(to_date_name(span, periods))
    if whole_months(span) and not to_date:
        return same_dates_last_year(span)
    by_weeks = "-W" in span.label and not to_date and _whole_weeks(span, periods)
    if periods.weekly or by_weeks:
        return _same_places_last_year(span, periods)
    return same_dates_last_year(span)


def to_date_name(span: Span, periods: Periods) -> str:
    """How the name of a year to date begins: `2026 to `."""
    year = periods.index(span.last_day, Grain.YEAR)
    return f"{periods.year_label(year)} to "


def without_grain(period: Span | None) -> Span | None:
    """The same days under the same name."""
    return None if period is None else Span(period.start, period.end, period.label)


def _plain_period(span: Span, periods: Periods) -> tuple[Periods, Grain] | None:
    """The plain calendar, and the grain of its period that a span is named after, if it is one."""
    label = read_label(span.label) if periods.fiscal else None
    if label is None or label.fiscal:
        return None
    calendar = plain(periods.weeks.week_start)
    found = calendar.named(label)
    if found is None or found.grain is None or without_grain(found) != span:
        return None
    return calendar, found.grain


def _whole_parts(span: Span, periods: Periods) -> bool:
    """Whether a span is made of whole months of a pattern.

    Where it is made of weeks or of whole calendar months as well, its name tells what is meant.
    """
    ends = (span.start, span.end)
    if not periods.weekly or not all(map(periods.begins_a_month, ends)) or "-W" in span.label:
        return False
    return span.label.startswith("FY") or not whole_months(span)


def _parts_moved(span: Span, months: int, periods: Periods) -> Span | None:
    ends = (periods.index(day, Grain.MONTH) for day in (span.start, span.last_day))
    first, last = (periods.at(end + months, Grain.MONTH) for end in ends)
    if first is None or last is None:
        return None
    return Span(first.start, last.end, f"{first.label}..{last.label}")


def _whole_weeks(span: Span, periods: Periods) -> bool:
    return span.start.weekday() == periods.weeks.week_start and span.days % WEEK == 0


def _same_places_last_year(span: Span, periods: Periods) -> Span | None:
    """From the place of the first day in its year to that of the last; None without them."""
    weeks = periods.weeks
    (year, place), (end, last_place) = map(weeks.place_of, (span.start, span.last_day))
    first, last = weeks.day_at(year - 1, place), weeks.day_at(end - 1, last_place)
    after = None if last is None else day_at(last.toordinal() + 1)
    if first is None or last is None or after is None:
        return None
    named = [periods.of(day, Grain.WEEK) for day in (first, last)]
    if not _whole_weeks(span, periods):
        return named_by_days(first, after)
    return Span(first, after, "..".join(week.label for week in named if week is not None))
