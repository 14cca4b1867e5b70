"""Fiscal years, retail calendars and the edges of every calendar, case by case, and their laws.

Where dates come from: the 4-5-4 calendar of the United States' National Retail Federation (its
published years 2022 to 2026, and that 2006, 2012, 2017 and 2023 had 53 weeks); ISO 8601 (2015, 2020
and 2026 have a week 53); and a wall calendar for the rest.
"""

from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.analysis.moments import Moment, timeline
from kpitree.calendar import Calendar, Grain, Span
from kpitree.errors import UsageError

DAY, WEEK, MONTH, QUARTER, YEAR = Grain

CALENDARS = {
    "plain": Calendar(),
    "sunday": Calendar(week_start=6),
    "april": Calendar(year_start=4),  # Japan, India, the United Kingdom's government
    "april, start": Calendar(year_start=4, year_name="start"),
    "july": Calendar(year_start=7),  # Australia
    "october": Calendar(year_start=10),  # the United States' government
    "december, start": Calendar(year_start=12, year_name="start"),
    "february, start": Calendar(year_start=2, year_name="start"),
    "NRF": Calendar(week_start=6, year_start=2, year_name="start", pattern="4-5-4"),
    "ISO 4-4-5": Calendar(pattern="4-4-5"),
    "sunday 4-4-5": Calendar(week_start=6, pattern="4-4-5"),
    "october 5-4-4": Calendar(week_start=5, year_start=10, pattern="5-4-4"),
    "september 4-4-5": Calendar(year_start=9, pattern="4-4-5"),
}


def days(span: Span | None) -> str:
    """A span as first and last day, the way the tables below are written."""
    return "none" if span is None else f"{span.start}..{span.end - timedelta(days=1)}"


# calendar, what is typed, the days, the grain, and what is printed (None: as it is typed)
LABELS = [
    # --- calendar years: FY is understood, and not printed
    ("plain", "FY2026-Q3", "2026-07-01..2026-09-30", QUARTER, "2026-Q3"),
    ("plain", "fy2026", "2026-01-01..2026-12-31", YEAR, "2026"),
    ("plain", "2024-02", "2024-02-01..2024-02-29", MONTH, None),
    ("plain", "2100-02", "2100-02-01..2100-02-28", MONTH, None),
    ("plain", "2000-02-29", "2000-02-29..2000-02-29", DAY, None),
    ("plain", "2015-W53", "2015-12-28..2016-01-03", WEEK, None),
    ("plain", "2020-W53", "2020-12-28..2021-01-03", WEEK, None),
    ("plain", "2026-W53", "2026-12-28..2027-01-03", WEEK, None),
    ("plain", "2009-W01", "2008-12-29..2009-01-04", WEEK, None),
    ("plain", "2010-W01", "2010-01-04..2010-01-10", WEEK, None),
    ("plain", "2016-W01", "2016-01-04..2016-01-10", WEEK, None),
    ("plain", "2024-W01", "2024-01-01..2024-01-07", WEEK, None),
    ("sunday", "2020-W53", "2020-12-27..2021-01-02", WEEK, None),
    ("sunday", "2015-W01", "2015-01-04..2015-01-10", WEEK, None),
    ("sunday", "2025-W53", "2025-12-28..2026-01-03", WEEK, None),
    # --- fiscal years of calendar months, named by the year they end in
    ("april", "FY2026", "2025-04-01..2026-03-31", YEAR, None),
    ("april", "FY2024", "2023-04-01..2024-03-31", YEAR, None),  # 366 days: it holds a 29 February
    ("april", "FY2026-Q1", "2025-04-01..2025-06-30", QUARTER, None),
    ("april", "FY2026-Q4", "2026-01-01..2026-03-31", QUARTER, None),
    ("april", "FY2024-Q4", "2024-01-01..2024-03-31", QUARTER, None),
    ("april", "fy2026-q3", "2025-10-01..2025-12-31", QUARTER, "FY2026-Q3"),
    ("april", "FY 2026", "2025-04-01..2026-03-31", YEAR, "FY2026"),
    ("april", "2025-10", "2025-10-01..2025-10-31", MONTH, None),
    ("april", "2026-W14", "2026-03-30..2026-04-05", WEEK, None),  # in two fiscal years
    ("april", "2026-03-31", "2026-03-31..2026-03-31", DAY, None),
    ("july", "FY2026", "2025-07-01..2026-06-30", YEAR, None),
    ("july", "FY2026-Q2", "2025-10-01..2025-12-31", QUARTER, None),
    ("july", "FY2024-Q3", "2024-01-01..2024-03-31", QUARTER, None),
    ("october", "FY2025", "2024-10-01..2025-09-30", YEAR, None),
    ("october", "FY2025-Q1", "2024-10-01..2024-12-31", QUARTER, None),
    ("october", "FY2025-Q4", "2025-07-01..2025-09-30", QUARTER, None),
    # --- ... and by the year they begin in
    ("april, start", "FY2026", "2026-04-01..2027-03-31", YEAR, None),
    ("april, start", "FY2026-Q4", "2027-01-01..2027-03-31", QUARTER, None),
    ("february, start", "FY2024", "2024-02-01..2025-01-31", YEAR, None),
    ("february, start", "FY2024-Q1", "2024-02-01..2024-04-30", QUARTER, None),
    ("december, start", "FY2025", "2025-12-01..2026-11-30", YEAR, None),
    ("december, start", "FY2023-Q1", "2023-12-01..2024-02-29", QUARTER, None),
    ("december, start", "FY2025-Q4", "2026-09-01..2026-11-30", QUARTER, None),
    # --- without FY it is the calendar's year and quarter: no period of a fiscal calendar
    ("april", "2026", "2026-01-01..2026-12-31", None, None),
    ("april", "2026-Q4", "2026-10-01..2026-12-31", None, None),
    ("april", "2026-q1", "2026-01-01..2026-03-31", None, "2026-Q1"),
    ("july", "2026-Q3", "2026-07-01..2026-09-30", None, None),
    ("april", "FY2026-Q1..FY2026-Q2", "2025-04-01..2025-09-30", None, None),
    ("april", "FY2026..2026-06", "2025-04-01..2026-06-30", None, None),
    # --- the retail calendar: years
    ("NRF", "FY2022", "2022-01-30..2023-01-28", YEAR, None),
    ("NRF", "FY2023", "2023-01-29..2024-02-03", YEAR, None),  # 53 weeks
    ("NRF", "FY2024", "2024-02-04..2025-02-01", YEAR, None),
    ("NRF", "FY2025", "2025-02-02..2026-01-31", YEAR, None),
    ("NRF", "FY2026", "2026-02-01..2027-01-30", YEAR, None),
    ("NRF", "FY2006", "2006-01-29..2007-02-03", YEAR, None),  # 53
    ("NRF", "FY2012", "2012-01-29..2013-02-02", YEAR, None),  # 53
    ("NRF", "FY2017", "2017-01-29..2018-02-03", YEAR, None),  # 53
    # --- ... quarters and months of 4, 5 and 4 weeks
    ("NRF", "FY2023-Q1", "2023-01-29..2023-04-29", QUARTER, None),
    ("NRF", "FY2023-Q2", "2023-04-30..2023-07-29", QUARTER, None),
    ("NRF", "FY2023-Q3", "2023-07-30..2023-10-28", QUARTER, None),
    ("NRF", "FY2023-Q4", "2023-10-29..2024-02-03", QUARTER, None),  # 14 weeks
    ("NRF", "FY2024-Q4", "2024-11-03..2025-02-01", QUARTER, None),
    ("NRF", "FY2023-P01", "2023-01-29..2023-02-25", MONTH, None),
    ("NRF", "FY2023-P02", "2023-02-26..2023-04-01", MONTH, None),
    ("NRF", "FY2023-P03", "2023-04-02..2023-04-29", MONTH, None),
    ("NRF", "FY2023-P05", "2023-05-28..2023-07-01", MONTH, None),
    ("NRF", "FY2023-P11", "2023-11-26..2023-12-30", MONTH, None),
    ("NRF", "FY2023-P12", "2023-12-31..2024-02-03", MONTH, None),  # 4 weeks and the 53rd
    ("NRF", "FY2024-P12", "2025-01-05..2025-02-01", MONTH, None),
    ("NRF", "fy2024-p01", "2024-02-04..2024-03-02", MONTH, "FY2024-P01"),
    # --- ... weeks and days
    ("NRF", "FY2023-W01", "2023-01-29..2023-02-04", WEEK, None),
    ("NRF", "FY2023-W52", "2024-01-21..2024-01-27", WEEK, None),
    ("NRF", "FY2023-W53", "2024-01-28..2024-02-03", WEEK, None),
    ("NRF", "FY2024-W48", "2024-12-29..2025-01-04", WEEK, None),  # over new year
    ("NRF", "FY 2024-W05", "2024-03-03..2024-03-09", WEEK, "FY2024-W05"),
    ("NRF", "2024-02-29", "2024-02-29..2024-02-29", DAY, None),
    ("NRF", "FY2023-P01..FY2023-P03", "2023-01-29..2023-04-29", None, None),
    # --- ... and what is no period of it
    ("NRF", "2023-10", "2023-10-01..2023-10-31", None, None),
    ("NRF", "2023-Q4", "2023-10-01..2023-12-31", None, None),
    ("NRF", "2023", "2023-01-01..2023-12-31", None, None),
    ("NRF", "2024-W01", "2023-12-31..2024-01-06", None, None),
    ("NRF", "2026-02", "2026-02-01..2026-02-28", None, None),  # the same days as FY2026-P01
    # --- January and Monday: ISO years, cut 4-4-5
    ("ISO 4-4-5", "FY2026", "2025-12-29..2027-01-03", YEAR, None),  # 53 weeks
    ("ISO 4-4-5", "FY2025", "2024-12-30..2025-12-28", YEAR, None),
    ("ISO 4-4-5", "FY2025-P03", "2025-02-24..2025-03-30", MONTH, None),
    ("ISO 4-4-5", "FY2025-Q1", "2024-12-30..2025-03-30", QUARTER, None),
    ("ISO 4-4-5", "FY2026-P12", "2026-11-23..2027-01-03", MONTH, None),  # 5 weeks and the 53rd
    ("ISO 4-4-5", "FY2026-W53", "2026-12-28..2027-01-03", WEEK, None),
    ("ISO 4-4-5", "2026-W53", "2026-12-28..2027-01-03", WEEK, "FY2026-W53"),
    ("ISO 4-4-5", "2026-W05", "2026-01-26..2026-02-01", WEEK, "FY2026-W05"),
    ("ISO 4-4-5", "2026", "2026-01-01..2026-12-31", None, None),
    ("sunday 4-4-5", "FY2026-P01", "2026-01-04..2026-01-31", MONTH, None),
    ("sunday 4-4-5", "FY2025-W53", "2025-12-28..2026-01-03", WEEK, None),
    # --- 5-4-4 from the Saturday nearest to 1 October; 4-4-5 from the Monday nearest to 1 September
    ("october 5-4-4", "FY2026", "2025-10-04..2026-10-02", YEAR, None),
    ("october 5-4-4", "FY2025", "2024-09-28..2025-10-03", YEAR, None),  # 53
    ("october 5-4-4", "FY2026-P01", "2025-10-04..2025-11-07", MONTH, None),
    ("october 5-4-4", "FY2026-P02", "2025-11-08..2025-12-05", MONTH, None),
    ("october 5-4-4", "FY2026-P04", "2026-01-03..2026-02-06", MONTH, None),
    ("october 5-4-4", "FY2025-P12", "2025-08-30..2025-10-03", MONTH, None),
    ("september 4-4-5", "FY2026", "2025-09-01..2026-08-30", YEAR, None),
    ("september 4-4-5", "FY2026-P03", "2025-10-27..2025-11-30", MONTH, None),
    ("september 4-4-5", "FY2026-W18", "2025-12-29..2026-01-04", WEEK, None),
]  # fmt: skip


@pytest.mark.parametrize(("calendar", "typed", "expected", "grain", "printed"), LABELS)
def test_labels_both_ways(
    calendar: str, typed: str, expected: str, grain: Grain | None, printed: str | None
) -> None:
    """What is typed means these days; these days are called so, and the name is read back."""
    one = CALENDARS[calendar]
    span = one.parse(typed)
    assert (days(span), span.grain, span.label) == (expected, grain, printed or typed)
    assert one.parse(span.label) == span
    if grain is not None:
        assert {one.period_of(day, grain) for day in (span.start, span.last_day)} == {span}


@pytest.mark.parametrize(
    ("calendar", "typed", "message"),
    [
        ("plain", "FY2026-P03", "there is no period 'FY2026-P03' in the calendar"),
        ("plain", "FY2026-W05", "there is no period 'FY2026-W05' in the calendar"),
        ("plain", "2021-W53", "there is no period '2021-W53' in the calendar"),
        ("april", "FY2026-P03", "there is no period 'FY2026-P03' in the calendar"),
        ("april", "FY2026-W05", "there is no period 'FY2026-W05' in the calendar"),
        ("april", "FY2026-10", "'FY2026-10' is not a period"),
        ("april", "FY2026-Q5", "'FY2026-Q5' is not a period"),
        ("april", "2026-13", "there is no period '2026-13' in the calendar"),
        ("april", "FY26", "'FY26' is not a period"),
        ("april", "FY2200", "'FY2200' lies outside the years 1900 to 2199"),
        ("april", "FY2026..FY2025", "the range 'FY2026..FY2025' runs backwards"),
        ("april", "FY2026..", "the range 'FY2026..' lacks an end"),
        ("NRF", "FY2026-P13", "there is no period 'FY2026-P13' in the calendar"),
        ("NRF", "FY2026-P00", "there is no period 'FY2026-P00' in the calendar"),
        ("NRF", "FY2024-W53", "there is no period 'FY2024-W53' in the calendar"),
        ("NRF", "FY2023-W54", "there is no period 'FY2023-W54' in the calendar"),
        ("NRF", "FY2023-W00", "there is no period 'FY2023-W00' in the calendar"),
        ("NRF", "FY2026-P3", "'FY2026-P3' is not a period"),
        ("NRF", "2026-P03", "'2026-P03' is not a period"),
        ("NRF", "FY2026-10", "'FY2026-10' is not a period"),
        ("NRF", "2025-02-29", "there is no period '2025-02-29' in the calendar"),
        ("ISO 4-4-5", "2025-W53", "there is no period '2025-W53' in the calendar"),
    ],
)
def test_what_does_not_exist_is_refused(calendar: str, typed: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        CALENDARS[calendar].parse(typed)
    assert caught.value.message == message
    assert caught.value.hint.startswith(("periods are written 2026-11-20, ", "write FY2025"))


@pytest.mark.parametrize("calendar", CALENDARS)
def test_the_hint_lists_forms_that_the_calendar_has(calendar: str) -> None:
    """Each form in the hint is read; those before the semicolon have a grain or are a range."""
    one = CALENDARS[calendar]
    usual, _, others = one.forms.removeprefix("periods are written ").partition("; ")
    for label in usual.replace(", or ", ", ").split(", "):
        assert one.parse(label).grain or ".." in label
    for label in (
        others.removesuffix(" are those of the calendar").replace(" and ", ", ").split(", ")
    ):
        assert not label or one.parse(label).label == label or one.year_start == 1


@pytest.mark.parametrize(
    ("calendar", "label", "n", "expected"),
    [
        ("april", "FY2026-Q1", -1, "FY2025-Q4"),
        ("april", "FY2026-Q4", 5, "FY2028-Q1"),
        ("april", "FY2026", -1, "FY2025"),
        ("april", "2026-04", -1, "2026-03"),
        ("april", "2026-Q1", -1, "2025-Q4"),
        ("april", "2026", 1, "2027"),
        ("april", "FY2026-Q1..FY2026-Q2", 1, "2025-10..2026-03"),
        ("NRF", "FY2024", -1, "FY2023"),
        ("NRF", "FY2024-Q1", -1, "FY2023-Q4"),
        ("NRF", "FY2024-P01", -1, "FY2023-P12"),
        ("NRF", "FY2023-P12", 13, "FY2025-P01"),
        ("NRF", "FY2024-W01", -1, "FY2023-W53"),
        ("NRF", "FY2023-W52", 2, "FY2024-W01"),
        ("NRF", "2024-01", -1, "2023-12"),
        ("NRF", "2024-W01", -1, "2023-W52"),
        ("NRF", "FY2024-P01..FY2024-P03", -1, "FY2023-P10..FY2023-P12"),
        ("NRF", "FY2024-P01..FY2024-P01", 1, "FY2024-P02..FY2024-P02"),
        ("NRF", "FY2024-W01..FY2024-W02", -1, "2024-01-21..2024-02-03"),
        ("NRF", "2024-01..2024-02", -1, "2023-11..2023-12"),
        ("NRF", "FY2026-P01..FY2026-P01", -1, "FY2025-P12..FY2025-P12"),  # all of February 2026
        ("NRF", "2026-02..2026-02", -1, "2026-01..2026-01"),  # the same days, by months
    ],
)
def test_shift(calendar: str, label: str, n: int, expected: str) -> None:
    one = CALENDARS[calendar]
    assert one.shift(one.parse(label), n) == one.parse(expected)
    if n == -1:
        assert one.previous(one.parse(label)) == one.parse(expected)


@pytest.mark.parametrize(
    ("calendar", "label", "named", "expected"),
    [
        # 29 February: a day moves by weeks, a month keeps its end, a range its dates
        ("plain", "2024-02-29", "2023-03-02", "2023-03-02..2023-03-02"),
        ("plain", "2024-02", "2023-02", "2023-02-01..2023-02-28"),
        ("plain", "2024-02-29..2024-03-10", "2023-02-28..2023-03-10", "2023-02-28..2023-03-10"),
        ("plain", "2024-02-01..2024-02-29", "2023-02..2023-02", "2023-02-01..2023-02-28"),
        ("plain", "2025-02-01..2025-02-28", "2024-02..2024-02", "2024-02-01..2024-02-29"),
        ("april", "FY2024", "FY2023", "2022-04-01..2023-03-31"),
        ("april", "FY2024-Q4", "FY2023-Q4", "2023-01-01..2023-03-31"),
        ("april", "2024-02-29", "2023-03-02", "2023-03-02..2023-03-02"),
        ("december, start", "FY2023-Q1", "FY2022-Q1", "2022-12-01..2023-02-28"),
        # calendar labels beside fiscal ones stay calendar labels
        ("april", "2026", "2025", "2025-01-01..2025-12-31"),
        ("april", "2026-Q4", "2025-Q4", "2025-10-01..2025-12-31"),
        ("NRF", "2024-02", "2023-02", "2023-02-01..2023-02-28"),
        ("NRF", "2026-02", "2025-02", "2025-02-01..2025-02-28"),
        ("NRF", "2021-W01", "2020-W01", "2019-12-29..2020-01-04"),
        ("NRF", "2020-W53", None, "none"),
        # weeks by their number; there is not always a 53rd
        ("plain", "2026-W53", None, "none"),
        ("april", "2026-W14", "2025-W14", "2025-03-31..2025-04-06"),
        ("NRF", "FY2024-W01", "FY2023-W01", "2023-01-29..2023-02-04"),
        ("NRF", "FY2024-W52", "FY2023-W52", "2024-01-21..2024-01-27"),
        ("NRF", "FY2023-W53", None, "none"),
        ("NRF", "FY2023-P12", "FY2022-P12", "2023-01-01..2023-01-28"),
        ("NRF", "FY2024-P12", "FY2023-P12", "2023-12-31..2024-02-03"),
        ("NRF", "FY2024", "FY2023", "2023-01-29..2024-02-03"),
        ("NRF", "2024-02-04", "2023-02-05", "2023-02-05..2023-02-05"),  # 364 days
        # ranges: months of the pattern, weeks by number, other days at the same places
        ("NRF", "FY2023-P10..FY2023-P12", "FY2022-P10..FY2022-P12", "2022-10-30..2023-01-28"),
        ("NRF", "FY2024-W01..FY2024-W04", "FY2023-W01..FY2023-W04", "2023-01-29..2023-02-25"),
        ("NRF", "FY2024-W02..FY2024-W03", "FY2023-W02..FY2023-W03", "2023-02-05..2023-02-18"),
        ("NRF", "FY2023-W52..FY2023-W53", None, "none"),
        ("NRF", "FY2023-W49..FY2023-W53", None, "none"),  # the days of FY2023-P12, but by week
        ("NRF", "FY2023-P12..FY2023-P12", "FY2022-P12..FY2022-P12", "2023-01-01..2023-01-28"),
        ("NRF", "2024-02-05..2024-02-07", "2023-01-30..2023-02-01", "2023-01-30..2023-02-01"),
        ("NRF", "2024-03-01..2024-04-30", "2023-03..2023-04", "2023-03-01..2023-04-30"),
        ("NRF", "FY2026-P01..FY2026-P01", "FY2025-P01..FY2025-P01", "2025-02-02..2025-03-01"),
        ("ISO 4-4-5", "2026-W01..2026-W02", "FY2025-W01..FY2025-W02", "2024-12-30..2025-01-12"),
    ],
)
def test_last_year(calendar: str, label: str, named: str | None, expected: str) -> None:
    one = CALENDARS[calendar]
    found = one.last_year(one.parse(label))
    assert days(found) == expected
    assert (found.label if found else None) == named


@pytest.mark.parametrize(
    ("calendar", "label", "named", "expected", "last_year"),
    [
        ("plain", "2024-02", "2024 to 2024-02", "2024-01-01..2024-02-29", "2023-01-01..2023-02-28"),
        # 1 January 2024 is a Monday: four whole weeks, and still from 1 January last year
        ("plain", "2024-W04", "2024 to 2024-W04", "2024-01-01..2024-01-28",
         "2023-01-01..2023-01-28"),
        ("april", "FY2026-Q3", "FY2026 to FY2026-Q3", "2025-04-01..2025-12-31",
         "2024-04-01..2024-12-31"),
        ("april", "2026-03", "FY2026 to 2026-03", "2025-04-01..2026-03-31",
         "2024-04-01..2025-03-31"),
        ("april", "2025-04", "FY2026 to 2025-04", "2025-04-01..2025-04-30",
         "2024-04-01..2024-04-30"),
        ("april", "2024-02-29", "FY2024 to 2024-02-29", "2023-04-01..2024-02-29",
         "2022-04-01..2023-02-28"),
        ("april", "FY2026", "FY2026", "2025-04-01..2026-03-31", "2024-04-01..2025-03-31"),
        ("april", "2026-W14", "FY2027 to 2026-W14", "2026-04-01..2026-04-05",
         "2025-04-01..2025-04-05"),
        ("NRF", "FY2024-P03", "FY2024 to FY2024-P03", "2024-02-04..2024-05-04",
         "2023-01-29..2023-04-29"),
        ("NRF", "FY2024-W06", "FY2024 to FY2024-W06", "2024-02-04..2024-03-16",
         "2023-01-29..2023-03-11"),
        ("NRF", "2024-02-07", "FY2024 to 2024-02-07", "2024-02-04..2024-02-07",
         "2023-01-29..2023-02-01"),
        ("NRF", "FY2023-P12", "FY2023 to FY2023-P12", "2023-01-29..2024-02-03",
         "2022-01-30..2023-01-28"),
        ("NRF", "FY2023-W53", "FY2023 to FY2023-W53", "2023-01-29..2024-02-03", "none"),
        ("NRF", "2024-02-01", "FY2023 to 2024-02-01", "2023-01-29..2024-02-01", "none"),
        ("NRF", "2024-01", "FY2023 to 2024-01", "2023-01-29..2024-01-31", "none"),
        ("ISO 4-4-5", "FY2026-Q1", "FY2026 to FY2026-Q1", "2025-12-29..2026-03-29",
         "2024-12-30..2025-03-30"),
    ],
)  # fmt: skip
def test_year_to_date(calendar: str, label: str, named: str, expected: str, last_year: str) -> None:
    one = CALENDARS[calendar]
    span = one.year_to_date(one.parse(label))
    assert (span.label, days(span)) == (named, expected)
    assert days(one.last_year(span)) == last_year


@pytest.mark.parametrize(
    ("calendar", "day", "year", "start"),
    [
        ("plain", date(2026, 12, 31), 2026, date(2026, 1, 1)),
        ("april", date(2026, 3, 31), 2026, date(2025, 4, 1)),
        ("april", date(2026, 4, 1), 2027, date(2026, 4, 1)),
        ("april, start", date(2026, 3, 31), 2025, date(2025, 4, 1)),
        ("NRF", date(2024, 2, 3), 2023, date(2023, 1, 29)),
        ("NRF", date(2024, 2, 4), 2024, date(2024, 2, 4)),
        ("ISO 4-4-5", date(2025, 12, 29), 2026, date(2025, 12, 29)),
        ("ISO 4-4-5", date(2027, 1, 3), 2026, date(2025, 12, 29)),
        ("october 5-4-4", date(2024, 9, 28), 2025, date(2024, 9, 28)),
    ],
)
def test_the_year_of_a_day(calendar: str, day: date, year: int, start: date) -> None:
    one = CALENDARS[calendar]
    assert one.year_of(day) == year
    assert one.year_start_of(one.period_of(day, DAY)) == start


@pytest.mark.parametrize(
    ("calendar", "label", "grain", "first", "last", "count"),
    [
        ("april", "FY2026", QUARTER, "FY2026-Q1", "FY2026-Q4", 4),
        ("april", "FY2026", MONTH, "2025-04", "2026-03", 12),
        ("april", "2026", YEAR, "FY2026", "FY2027", 2),
        ("NRF", "FY2023", MONTH, "FY2023-P01", "FY2023-P12", 12),
        ("NRF", "FY2023", WEEK, "FY2023-W01", "FY2023-W53", 53),
        ("NRF", "FY2024", WEEK, "FY2024-W01", "FY2024-W52", 52),
        ("NRF", "FY2023-P12", WEEK, "FY2023-W49", "FY2023-W53", 5),
        ("NRF", "FY2023-P02", WEEK, "FY2023-W05", "FY2023-W09", 5),
        ("NRF", "2024-01", MONTH, "FY2023-P12", "FY2023-P12", 1),
        ("NRF", "2024-02", MONTH, "FY2023-P12", "FY2024-P01", 2),
        ("ISO 4-4-5", "FY2026", DAY, "2025-12-29", "2027-01-03", 371),
    ],
)
def test_periods_in(
    calendar: str, label: str, grain: Grain, first: str, last: str, count: int
) -> None:
    one = CALENDARS[calendar]
    periods = one.periods_in(one.parse(label), grain)
    assert (periods[0].label, periods[-1].label, len(periods)) == (first, last, count)


def test_years_of_53_weeks() -> None:
    """The published ones: the NRF's, and ISO 8601's between 2004 and 2032."""
    for calendar, years in [
        ("NRF", {2000, 2006, 2012, 2017, 2023}),
        ("ISO 4-4-5", {2004, 2009, 2015, 2020, 2026}),
    ]:
        one = CALENDARS[calendar]
        found = {year for year in range(2000, 2028) if one.parse(f"FY{year}").days == 371}
        assert found == years


def test_the_first_days_of_a_running_month_of_five_weeks() -> None:
    one = CALENDARS["NRF"]
    part = one.first_days(one.parse("FY2023-P02"), 12)
    assert (part.label, part.grain) == ("FY2023-P02 (first 12 of 35 d)", None)
    assert days(part) == "2023-02-26..2023-03-09"


@pytest.mark.parametrize(
    ("week_start", "year_start", "pattern", "message"),
    [
        (7, 1, None, "week_start is 0"),
        (0, 0, None, "year_start is a month"),
        (0, 13, None, "year_start is a month"),
        (0, 1, "4-4-4", "pattern is one of 4-4-5"),
    ],
)
def test_what_is_no_calendar(week_start: int, year_start: int, pattern: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Calendar(week_start, year_start, pattern=pattern)


# --- laws ------------------------------------------------------------------------------------

grains = st.sampled_from(Grain)
patterns = st.sampled_from([None, "4-4-5", "4-5-4", "5-4-4"])
calendars = st.builds(
    Calendar, st.integers(0, 6), st.integers(1, 12), st.sampled_from(["end", "start"]), patterns
)
weekly = calendars.filter(lambda one: one.pattern is not None)
dates = st.dates(date(1902, 1, 1), date(2198, 1, 1))


@given(calendars, dates, grains)
def test_periods_tile_the_days(calendar: Calendar, day: date, grain: Grain) -> None:
    period = calendar.period_of(day, grain)
    following = calendar.period_of(period.end, grain)
    assert day in period
    assert period.end == following.start
    assert calendar.shift(period, 1) == following
    assert calendar.previous(following) == period
    assert following.label != period.label


@given(calendars, dates, grains)
def test_every_day_of_a_period_is_of_that_period(
    calendar: Calendar, day: date, grain: Grain
) -> None:
    period = calendar.period_of(day, grain)
    for n in range(0, period.days, max(1, period.days // 20)):
        assert calendar.period_of(period.start + timedelta(days=n), grain) == period
    assert calendar.period_of(period.last_day, grain) == period


@given(calendars, dates, grains)
def test_a_label_reads_back_as_the_same_period(calendar: Calendar, day: date, grain: Grain) -> None:
    period = calendar.period_of(day, grain)
    assert calendar.parse(period.label) == period
    assert calendar.parse(period.label.lower()) == period


@given(calendars, dates, grains, st.integers(-400, 400))
def test_a_shift_and_its_opposite_cancel(
    calendar: Calendar, day: date, grain: Grain, n: int
) -> None:
    period = calendar.period_of(day, grain)
    assert calendar.shift(calendar.shift(period, n), -n) == period


@given(calendars, st.dates(date(1950, 1, 1), date(2150, 1, 1)), grains, st.integers(-20, 20))
def test_plain_labels_shift_as_the_plain_calendar_does(
    calendar: Calendar, day: date, grain: Grain, n: int
) -> None:
    """Also where they are no periods of this calendar: then without a grain, but so called."""
    plain = Calendar(calendar.week_start)
    period = plain.period_of(day, grain)
    moved = calendar.shift(calendar.parse(period.label), n)
    assert days(moved) == days(plain.shift(period, n))
    last = calendar.last_year(calendar.parse(period.label))
    if grain is not WEEK or not calendar.pattern or moved.grain is None:
        assert days(last) == days(plain.last_year(period))


@given(calendars, dates)
def test_quarters_make_years_and_months_make_quarters(calendar: Calendar, day: date) -> None:
    year = calendar.period_of(day, YEAR)
    for outer, inner, count in [(year, QUARTER, 4), (year, MONTH, 12)]:
        parts = calendar.periods_in(outer, inner)
        assert len(parts) == count
        assert (parts[0].start, parts[-1].end) == (outer.start, outer.end)
        assert all(one.end == two.start for one, two in pairwise(parts))
    quarter = calendar.period_of(day, QUARTER)
    months = calendar.periods_in(quarter, MONTH)
    assert (len(months), months[0].start, months[-1].end) == (3, quarter.start, quarter.end)


@given(weekly, dates, st.sampled_from([MONTH, QUARTER, YEAR]))
def test_with_a_pattern_weeks_make_everything(calendar: Calendar, day: date, grain: Grain) -> None:
    period = calendar.period_of(day, grain)
    weeks = calendar.periods_in(period, WEEK)
    assert (weeks[0].start, weeks[-1].end) == (period.start, period.end)
    assert period.start.weekday() == calendar.week_start


@given(weekly, st.integers(1902, 2197))
def test_a_year_of_weeks_by_another_way(calendar: Calendar, begins: int) -> None:
    """The week's first day nearest to the 1st, then the pattern's weeks one after the other."""
    first, following = (
        next(
            day
            for distance in range(4)
            for day in (nominal - timedelta(days=distance), nominal + timedelta(days=distance))
            if day.weekday() == calendar.week_start
        )
        for nominal in (date(year, calendar.year_start, 1) for year in (begins, begins + 1))
    )
    assert calendar.pattern is not None
    lengths = [int(weeks) * 7 for weeks in calendar.pattern.split("-")] * 4
    lengths[-1] += (following - first).days - 364
    late = calendar.year_start > 1 and calendar.year_name == "end"
    for number, length in enumerate(lengths, start=1):
        month = calendar.parse(f"FY{begins + late}-P{number:02}")
        assert (month.start, month.days) == (first, length)
        first = month.end
    assert first == following


@given(calendars.filter(lambda one: one.pattern is None), dates)
def test_without_a_pattern_months_and_weeks_are_the_calendars(
    calendar: Calendar, day: date
) -> None:
    plain = Calendar(calendar.week_start)
    for grain in (DAY, WEEK, MONTH):
        assert calendar.period_of(day, grain) == plain.period_of(day, grain)
    year = calendar.period_of(day, YEAR)
    assert (year.start.month, year.start.day) == (calendar.year_start, 1)
    assert year.days in (365, 366)


@given(calendars, dates, grains)
def test_a_year_to_date_begins_with_its_year(calendar: Calendar, day: date, grain: Grain) -> None:
    period = calendar.period_of(day, grain)
    to_date = calendar.year_to_date(period)
    year = calendar.period_of(period.last_day, YEAR)
    assert (to_date.start, to_date.end) == (year.start, period.end)
    last = calendar.last_year(to_date)
    before = calendar.previous(year)
    assert before is not None
    if last is None:  # it reaches into a week 53
        assert calendar.pattern
        assert to_date.days > 364
    else:
        assert last.start == before.start
        assert last.end <= year.start


@given(calendars, dates, grains)
def test_last_year_lies_in_the_year_before(calendar: Calendar, day: date, grain: Grain) -> None:
    period = calendar.period_of(day, grain)
    last = calendar.last_year(period)
    if last is None:
        assert grain is WEEK
        assert period.label.endswith("-W53")
    else:
        assert last.grain is grain
        assert 358 <= (period.start - last.start).days <= 371


@given(calendars, grains, st.sampled_from([date.min, date(1, 1, 3), date(1, 12, 31)]))
def test_nothing_overflows_in_the_first_year(calendar: Calendar, grain: Grain, day: date) -> None:
    """There is a period, or it is refused in words: neither OverflowError nor ValueError."""
    with suppress(UsageError):
        period = calendar.period_of(day, grain)
        assert day in period
        calendar.previous(period)
        calendar.last_year(period)
        assert calendar.year_to_date(period).end == period.end


@given(calendars, grains, st.sampled_from([10**4, 10**9, 10**15]))
def test_nothing_overflows_far_away(calendar: Calendar, grain: Grain, n: int) -> None:
    period = calendar.period_of(date(9990, 6, 1), grain)
    if grain is DAY and n == 10**4:
        n = 10**7
    for far in (n, -n - 10**7):
        with pytest.raises(UsageError, match="reaches beyond the years 1 to 9999"):
            calendar.shift(period, far)


@pytest.mark.parametrize("calendar", ["plain", "april", "NRF"])
def test_thousands_of_days_are_placed_at_once(calendar: str) -> None:
    """Twenty thousand days by month: about 0.1 s here, and generously less than two anywhere."""
    one, first = CALENDARS[calendar], date(1990, 1, 1).toordinal()
    began = perf_counter()
    for n in range(20_000):
        one.period_of(date.fromordinal(first + n), MONTH)
    assert perf_counter() - began < 2


# --- what year_to_date() adds up -------------------------------------------------------------


@pytest.mark.parametrize(
    ("calendar", "label", "earlier"),
    [
        ("april", "FY2026-Q3", ["FY2026-Q1", "FY2026-Q2"]),
        ("april", "FY2026-Q1", []),
        ("april", "2025-06", ["2025-04", "2025-05"]),
        ("april", "2026-04", []),
        ("april", "2026-W14", []),  # 30 March to 5 April: its fourth day is 2 April
        ("april", "2026-W15", ["2026-W14"]),
        ("april", "FY2026", []),
        ("april", "2025-05-01..2025-05-31", ["2025-04-01..2025-04-30"]),
        ("april", "2026-Q1", ["2025-04-01..2025-12-31"]),
        ("NRF", "FY2024-P03", ["FY2024-P01", "FY2024-P02"]),
        ("NRF", "FY2024-P01", []),
        ("NRF", "FY2024-W02", ["FY2024-W01"]),
        ("NRF", "FY2024-W01", []),
        ("NRF", "2024-02-05", ["2024-02-04"]),
        ("NRF", "2024-03", ["2024-02-04..2024-02-29"]),
    ],
)
def test_the_earlier_periods_of_a_fiscal_year(
    calendar: str, label: str, earlier: list[str]
) -> None:
    one = CALENDARS[calendar]
    found = timeline([Moment(one.parse(label))], one, frozenset(), 1, year=True)
    assert [found.moments[at].period.label for at in found.year_to_date[0]] == earlier
