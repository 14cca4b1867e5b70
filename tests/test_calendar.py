"""Periods against a table worked out by hand and by other means, and the laws they obey."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kpitree.calendar import Calendar, Grain, Span
from kpitree.errors import UsageError

MONDAY = Calendar()
SUNDAY = Calendar(week_start=6)
SATURDAY = Calendar(week_start=5)


def days(span: Span | None) -> str:
    """A span as first and last day, the way the tables below are written."""
    return "none" if span is None else f"{span.start}..{span.end - timedelta(days=1)}"


@pytest.mark.parametrize(
    ("label", "expected", "grain"),
    [
        ("2026-11-20", "2026-11-20..2026-11-20", Grain.DAY),
        ("2024-02-29", "2024-02-29..2024-02-29", Grain.DAY),
        ("2000-02-29", "2000-02-29..2000-02-29", Grain.DAY),
        ("1900-01-01", "1900-01-01..1900-01-01", Grain.DAY),
        ("2199-12-31", "2199-12-31..2199-12-31", Grain.DAY),
        ("2026-W45", "2026-11-02..2026-11-08", Grain.WEEK),
        ("2026-W01", "2025-12-29..2026-01-04", Grain.WEEK),
        ("2026-W53", "2026-12-28..2027-01-03", Grain.WEEK),
        ("2020-W53", "2020-12-28..2021-01-03", Grain.WEEK),
        ("2021-W01", "2021-01-04..2021-01-10", Grain.WEEK),
        ("2026-w45", "2026-11-02..2026-11-08", Grain.WEEK),
        ("2026-10", "2026-10-01..2026-10-31", Grain.MONTH),
        ("2026-12", "2026-12-01..2026-12-31", Grain.MONTH),
        ("2024-02", "2024-02-01..2024-02-29", Grain.MONTH),
        ("2100-02", "2100-02-01..2100-02-28", Grain.MONTH),
        (" 2026-10 ", "2026-10-01..2026-10-31", Grain.MONTH),
        ("2026-Q1", "2026-01-01..2026-03-31", Grain.QUARTER),
        ("2026-Q4", "2026-10-01..2026-12-31", Grain.QUARTER),
        ("2026-q2", "2026-04-01..2026-06-30", Grain.QUARTER),
        ("2026", "2026-01-01..2026-12-31", Grain.YEAR),
        ("2026-01..2026-06", "2026-01-01..2026-06-30", None),
        ("2026-01 .. 2026-06", "2026-01-01..2026-06-30", None),
        ("2026-10..2026-10", "2026-10-01..2026-10-31", None),
        ("2026-11-03..2026-11-05", "2026-11-03..2026-11-05", None),
        ("2026-01-15..2026-Q2", "2026-01-15..2026-06-30", None),
        ("2025..2026-03", "2025-01-01..2026-03-31", None),
        ("2026-W01..2026-W04", "2025-12-29..2026-01-25", None),
    ],
)
def test_a_label_means_these_days(label: str, expected: str, grain: Grain | None) -> None:
    span = MONDAY.parse(label)
    assert days(span) == expected
    assert span.grain == grain


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("2026-13", "there is no period '2026-13' in the calendar"),
        ("2026-00", "there is no period '2026-00' in the calendar"),
        ("2026-02-30", "there is no period '2026-02-30' in the calendar"),
        ("2026-02-00", "there is no period '2026-02-00' in the calendar"),
        ("2100-02-29", "there is no period '2100-02-29' in the calendar"),
        ("2026-W54", "there is no period '2026-W54' in the calendar"),
        ("2026-W00", "there is no period '2026-W00' in the calendar"),
        ("2025-W53", "there is no period '2025-W53' in the calendar"),
        ("2026-Q5", "'2026-Q5' is not a period"),
        ("2026-Q0", "'2026-Q0' is not a period"),
        ("2026-1", "'2026-1' is not a period"),
        ("26-01", "'26-01' is not a period"),
        ("2026-10-01T00:00", "'2026-10-01T00:00' is not a period"),
        ("October 2026", "'October 2026' is not a period"),
        ("", "'' is not a period"),
        ("\uff12\uff10\uff12\uff16", "'\uff12\uff10\uff12\uff16' is not a period"),
        ("[red]\x1b[31m", r"'[red]\x1b[31m' is not a period"),
        ("1899-12", "'1899-12' lies outside the years 1900 to 2199"),
        ("2200", "'2200' lies outside the years 1900 to 2199"),
        ("0000-01", "'0000-01' lies outside the years 1900 to 2199"),
        ("FY2026-P03", "there is no period 'FY2026-P03' in the calendar"),
        ("FY2026-W03", "there is no period 'FY2026-W03' in the calendar"),
        ("FY26", "'FY26' is not a period"),
        ("2026-06..2026-01", "the range '2026-06..2026-01' runs backwards"),
        ("2026-03..2026-02-28", "the range '2026-03..2026-02-28' runs backwards"),
        ("2026-01..", "the range '2026-01..' lacks an end"),
        ("..", "the range '..' lacks an end"),
        ("2026-01..2026-02..2026-03", "'2026-02..2026-03' is not a period"),
        ("2026-01..June", "'June' is not a period"),
    ],
)
def test_a_bad_label_is_refused_with_a_hint(label: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        MONDAY.parse(label)
    assert caught.value.message == message
    assert "2026-01..2026-06" in caught.value.hint or caught.value.hint.startswith("write 2026")


@pytest.mark.parametrize("label", ["2026-W54", "2026-Q9", "garbage", "2026-13"])
def test_the_hint_lists_every_form(label: str) -> None:
    with pytest.raises(UsageError) as caught:
        MONDAY.parse(label)
    for form in ("2026-11-20", "2026-W45", "2026-10", "2026-Q4", "2026", "2026-01..2026-06"):
        assert form in caught.value.hint


def test_a_backwards_range_is_offered_the_right_way_round() -> None:
    with pytest.raises(UsageError) as caught:
        MONDAY.parse("2026-06..2026-01")
    assert caught.value.hint == "write 2026-01..2026-06"


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("2026-w45", "2026-W45"),
        ("2026-q4", "2026-Q4"),
        (" 2026-10\n", "2026-10"),
        ("2026-Q1..2026-Q2", "2026-Q1..2026-Q2"),
    ],
)
def test_periods_get_their_usual_label_and_ranges_keep_theirs(typed: str, label: str) -> None:
    assert MONDAY.parse(typed).label == label


@pytest.mark.parametrize(
    ("calendar", "day", "label", "expected"),
    [
        # The United States' epidemiological weeks are such Sunday weeks: 2020 had 53.
        (SUNDAY, date(2020, 12, 31), "2020-W53", "2020-12-27..2021-01-02"),
        (SUNDAY, date(2021, 1, 3), "2021-W01", "2021-01-03..2021-01-09"),
        (SUNDAY, date(2026, 11, 1), "2026-W44", "2026-11-01..2026-11-07"),
        (SATURDAY, date(2026, 1, 2), "2025-W52", "2025-12-27..2026-01-02"),
        (SATURDAY, date(2026, 1, 3), "2026-W01", "2026-01-03..2026-01-09"),
    ],
)
def test_weeks_that_start_on_another_day(
    calendar: Calendar, day: date, label: str, expected: str
) -> None:
    week = calendar.period_of(day, Grain.WEEK)
    assert (week.label, days(week)) == (label, expected)
    assert calendar.parse(label) == week


@pytest.mark.parametrize(
    ("label", "n", "expected"),
    [
        ("2026-03-01", -1, "2026-02-28"),
        ("2024-03-01", -1, "2024-02-29"),
        ("2026-W01", -1, "2025-W52"),
        ("2020-W53", 1, "2021-W01"),
        ("2026-01", -1, "2025-12"),
        ("2026-11", 3, "2027-02"),
        ("2026-10", -24, "2024-10"),
        ("2026-Q1", -1, "2025-Q4"),
        ("2026-Q4", 5, "2028-Q1"),
        ("2026", -1, "2025"),
        ("2026-10", 0, "2026-10"),
        ("2026-01..2026-06", -1, "2025-07..2025-12"),
        ("2026-Q1..2026-Q2", -1, "2025-07..2025-12"),
        ("2026-02..2026-02", 1, "2026-03..2026-03"),
        ("2026-11-03..2026-11-16", -1, "2026-10-20..2026-11-02"),
        ("2026-W01..2026-W04", 1, "2026-01-26..2026-02-22"),
    ],
)
def test_shift(label: str, n: int, expected: str) -> None:
    assert MONDAY.shift(MONDAY.parse(label), n) == MONDAY.parse(expected)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("2026-10", "2026-09-01..2026-09-30"),
        ("2026-01-01", "2025-12-31..2025-12-31"),
        ("2026-01..2026-06", "2025-07-01..2025-12-31"),
        ("2026-10-01..2026-10-12", "2026-09-19..2026-09-30"),
    ],
)
def test_previous(label: str, expected: str) -> None:
    assert days(MONDAY.previous(MONDAY.parse(label))) == expected


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("2026-11-20", "2025-11-21..2025-11-21"),  # both Fridays
        ("2024-02-29", "2023-03-02..2023-03-02"),  # both Thursdays
        ("2026-W45", "2025-11-03..2025-11-09"),
        ("2026-W53", "none"),
        ("2027-W01", "2025-12-29..2026-01-04"),
        ("2024-02", "2023-02-01..2023-02-28"),
        ("2025-02", "2024-02-01..2024-02-29"),
        ("2026-Q4", "2025-10-01..2025-12-31"),
        ("2026", "2025-01-01..2025-12-31"),
        ("2026-01..2026-06", "2025-01-01..2025-06-30"),
        ("2025-02..2025-02", "2024-02-01..2024-02-29"),
        ("2024-01..2024-02", "2023-01-01..2023-02-28"),
        ("2024-02-29..2024-03-10", "2023-02-28..2023-03-10"),
        ("2024-02-01..2024-02-28", "2023-02-01..2023-02-28"),
        ("2025-12-20..2026-01-05", "2024-12-20..2025-01-05"),
    ],
)
def test_last_year(label: str, expected: str) -> None:
    assert days(MONDAY.last_year(MONDAY.parse(label))) == expected


def test_last_year_of_a_range_is_named_by_its_days() -> None:
    whole = MONDAY.last_year(MONDAY.parse("2026-Q1..2026-Q2"))
    part = MONDAY.last_year(MONDAY.first_days(MONDAY.parse("2026-11"), 12))
    assert whole is not None
    assert part is not None
    assert whole.label == "2025-01..2025-06"
    assert part.label == "2025-11-01..2025-11-12"


@pytest.mark.parametrize(
    ("label", "n", "named", "expected"),
    [
        ("2026-11", 12, "2026-11 (first 12 of 30 d)", "2026-11-01..2026-11-12"),
        ("2026-Q4", 1, "2026-Q4 (first 1 of 92 d)", "2026-10-01..2026-10-01"),
        ("2026-11", 30, "2026-11", "2026-11-01..2026-11-30"),
        ("2026-11", 31, "2026-11", "2026-11-01..2026-11-30"),
    ],
)
def test_first_days(label: str, n: int, named: str, expected: str) -> None:
    span = MONDAY.first_days(MONDAY.parse(label), n)
    assert (span.label, days(span)) == (named, expected)
    assert (span.grain is None) == (n < MONDAY.parse(label).days)


def test_no_days_are_an_empty_span_and_fewer_a_bug() -> None:
    month = MONDAY.parse("2026-11")
    assert MONDAY.first_days(month, 0).days == 0
    assert MONDAY.periods_in(MONDAY.first_days(month, 0), Grain.DAY) == []
    with pytest.raises(ValueError, match="first -1 days"):
        MONDAY.first_days(month, -1)


@pytest.mark.parametrize(
    ("label", "grain", "first", "last", "count"),
    [
        ("2026", Grain.MONTH, "2026-01", "2026-12", 12),
        ("2026", Grain.WEEK, "2026-W01", "2026-W53", 53),
        ("2026-Q4", Grain.DAY, "2026-10-01", "2026-12-31", 92),
        ("2026-10", Grain.WEEK, "2026-W40", "2026-W44", 5),
        ("2026-10-15", Grain.YEAR, "2026", "2026", 1),
        ("2025-12-31..2026-01-01", Grain.QUARTER, "2025-Q4", "2026-Q1", 2),
    ],
)
def test_periods_in(label: str, grain: Grain, first: str, last: str, count: int) -> None:
    periods = MONDAY.periods_in(MONDAY.parse(label), grain)
    assert (periods[0].label, periods[-1].label, len(periods)) == (first, last, count)


@pytest.mark.parametrize(
    ("label", "named", "expected"),
    [
        ("2026-10", "2026 to 2026-10", "2026-01-01..2026-10-31"),
        ("2026-01", "2026 to 2026-01", "2026-01-01..2026-01-31"),
        ("2026-W01", "2026 to 2026-W01", "2026-01-01..2026-01-04"),
        ("2026-W53", "2027 to 2026-W53", "2027-01-01..2027-01-03"),
        ("2025-11..2026-02", "2026 to 2025-11..2026-02", "2026-01-01..2026-02-28"),
        ("2026", "2026", "2026-01-01..2026-12-31"),
    ],
)
def test_year_to_date(label: str, named: str, expected: str) -> None:
    span = MONDAY.year_to_date(MONDAY.parse(label))
    assert (span.label, days(span)) == (named, expected)


def test_a_span_knows_its_days() -> None:
    month = MONDAY.parse("2026-02")
    assert month.days == 28
    assert month.last_day == date(2026, 2, 28)
    assert date(2026, 2, 28) in month
    assert date(2026, 3, 1) not in month


def test_a_week_starts_on_a_weekday() -> None:
    with pytest.raises(ValueError, match="week_start"):
        Calendar(week_start=7)


# --- the ends of the calendar ----------------------------------------------------------------


@pytest.mark.parametrize("grain", list(Grain))
def test_there_is_no_period_past_the_last_day(grain: Grain) -> None:
    with pytest.raises(UsageError, match="reaches beyond the years 1 to 9999"):
        MONDAY.period_of(date.max, grain)


@pytest.mark.parametrize("grain", list(Grain))
@pytest.mark.parametrize("n", [-(10**15), -(10**9), 10**9, 10**15])
def test_a_shift_out_of_the_calendar_is_refused(grain: Grain, n: int) -> None:
    with pytest.raises(UsageError, match="reaches beyond the years 1 to 9999"):
        MONDAY.shift(MONDAY.period_of(date(2026, 10, 5), grain), n)


@pytest.mark.parametrize("label", ["2026-01..2026-06", "2026-01-02..2026-01-09"])
def test_a_range_shifted_out_of_the_calendar_is_refused(label: str) -> None:
    with pytest.raises(UsageError, match="reaches beyond the years 1 to 9999"):
        MONDAY.shift(MONDAY.parse(label), -(10**15))


@pytest.mark.parametrize("grain", list(Grain))
def test_nothing_comes_before_the_first_year(grain: Grain) -> None:
    first = MONDAY.period_of(date.min, grain)  # 0001-01-01 is a Monday
    assert MONDAY.previous(first) is None
    assert MONDAY.last_year(first) is None


def test_a_range_in_the_first_year_has_no_last_year() -> None:
    span = Span(date(1, 2, 1), date(1, 4, 1), "0001-02..0001-03")
    assert MONDAY.last_year(span) is None
    assert MONDAY.previous(span) is None


def test_a_week_that_starts_before_the_first_day_is_refused() -> None:
    with pytest.raises(UsageError, match="reaches beyond"):
        SUNDAY.period_of(date.min, Grain.WEEK)


# --- laws ------------------------------------------------------------------------------------

grains = st.sampled_from(Grain)
calendars = st.builds(Calendar, st.integers(0, 6))
dates = st.dates(date(1900, 1, 8), date(2199, 12, 20))


@given(calendars, dates, grains)
def test_periods_tile_the_days(calendar: Calendar, day: date, grain: Grain) -> None:
    period = calendar.period_of(day, grain)
    following = calendar.period_of(period.end, grain)
    assert day in period
    assert following.start == period.end
    assert calendar.shift(period, 1) == following
    assert calendar.previous(following) == period
    assert following.label != period.label


@given(calendars, dates, st.integers(1, 800), grains)
def test_periods_in_a_span_cover_it_once(
    calendar: Calendar, start: date, length: int, grain: Grain
) -> None:
    span = Span(start, start + timedelta(days=length), "span")
    periods = calendar.periods_in(span, grain)
    assert span.start in periods[0]
    assert span.last_day in periods[-1]
    assert all(one.end == two.start for one, two in pairwise(periods))


@given(calendars, dates, grains)
def test_a_label_reads_back_as_the_same_period(calendar: Calendar, day: date, grain: Grain) -> None:
    period = calendar.period_of(day, grain)
    assert calendar.parse(period.label) == period


@given(calendars, dates, grains, st.integers(-2000, 2000))
def test_a_shift_and_its_opposite_cancel(
    calendar: Calendar, day: date, grain: Grain, n: int
) -> None:
    assume(abs(n) < 1700 or grain is not Grain.YEAR)
    period = calendar.period_of(day, grain)
    assert calendar.shift(calendar.shift(period, n), -n) == period


@given(dates, st.integers(1, 60), st.integers(-20, 20))
def test_whole_months_shift_as_whole_months(day: date, months: int, n: int) -> None:
    first = MONDAY.period_of(day, Grain.MONTH)
    last = MONDAY.shift(first, months - 1)
    span = Span(first.start, last.end, f"{first.label}..{last.label}")
    moved = MONDAY.shift(span, n)
    assert len(MONDAY.periods_in(moved, Grain.MONTH)) == months
    assert moved.start.day == moved.end.day == 1
    assert MONDAY.shift(moved, -n) == span


@given(dates.filter(lambda day: day.year > 1901), st.integers(1, 400))
def test_a_range_of_days_and_the_one_before_meet(start: date, length: int) -> None:
    span = Span(start, start + timedelta(days=length), "span")
    before = MONDAY.previous(span)
    assert before is not None
    assert before.end == span.start
    assert before.days == length or span.start.day == span.end.day == 1
    assert days(MONDAY.parse(before.label)) == days(before)


@given(dates)
def test_monday_weeks_are_iso_weeks(day: date) -> None:
    year, week, _weekday = day.isocalendar()
    assert MONDAY.period_of(day, Grain.WEEK).label == f"{year}-W{week:02}"


@given(dates.filter(lambda day: day.year > 1901))
def test_last_years_day_is_the_same_weekday(day: date) -> None:
    last = MONDAY.last_year(MONDAY.period_of(day, Grain.DAY))
    assert last is not None
    assert last.start.weekday() == day.weekday()
    assert (day - last.start).days == 364


@pytest.mark.parametrize(
    ("label", "start", "end"),
    [
        ("2026-W01..2026-W04", date(2024, 12, 30), date(2025, 1, 27)),
        ("2026-01-05..2026-01-11", date(2025, 1, 5), date(2025, 1, 12)),  # the same, named by days
        ("2021-W01..2021-W02", date(2019, 12, 30), date(2020, 1, 13)),
        ("2027-02", date(2026, 2, 1), date(2026, 3, 1)),  # four whole weeks, and a whole month
        ("2027-02-01..2027-02-28", date(2026, 2, 1), date(2026, 3, 1)),
        ("2026-01-06..2026-01-12", date(2025, 1, 6), date(2025, 1, 13)),  # Tuesday to Monday
    ],
)
def test_last_year_of_weeks_is_weeks(label: str, start: date, end: date) -> None:
    calendar = Calendar()
    found = calendar.last_year(calendar.parse(label))
    assert found is not None
    assert (found.start, found.end) == (start, end)


def test_weeks_without_a_week_53_have_no_last_year() -> None:
    calendar = Calendar()
    assert calendar.last_year(calendar.parse("2026-W52..2026-W53")) is None
