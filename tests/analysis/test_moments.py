"""Whole and running periods, what they are compared with, and what formulas look back to."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.analysis.moments import (
    Coverage,
    Moment,
    history,
    last_complete,
    like_for_like,
    moment_of,
    timeline,
)
from kpitree.calendar import Calendar, Grain

CALENDAR = Calendar()
COVERAGE = Coverage(date(2026, 2, 10), date(2026, 10, 12))


def named(label: str, days: int | None = None) -> Moment:
    return Moment(CALENDAR.parse(label), days)


@pytest.mark.parametrize(
    ("label", "covers", "covered", "first_days"),
    [
        ("2026-03", True, 31, None),
        ("2026-02", False, 19, None),  # its start lacks: the period is over, not running
        ("2026-10", False, 12, 12),
        ("2026-11", False, 0, 0),
        ("2026-01", False, 0, None),
        ("2026-02-10", True, 1, None),
        ("2026-10-12", True, 1, None),
        ("2026-10-13", False, 0, 0),
        ("2026", False, 245, 285),
    ],
)
def test_what_a_source_covers_of_a_period(
    label: str, covers: bool, covered: int, first_days: int | None
) -> None:
    period = CALENDAR.parse(label)
    assert COVERAGE.covers(period) is covers
    assert COVERAGE.covered_days(period) == covered
    assert moment_of(period, COVERAGE) == Moment(period, first_days)


@pytest.mark.parametrize(
    ("first", "last", "grain", "label"),
    [
        ("2026-01-01", "2026-10-31", Grain.MONTH, "2026-10"),
        ("2026-01-01", "2026-10-30", Grain.MONTH, "2026-09"),
        ("2026-09-02", "2026-10-30", Grain.MONTH, "2026-10"),  # none is complete: the latest
        ("2026-10-05", "2026-10-06", Grain.DAY, "2026-10-06"),
        ("2025-01-01", "2026-10-31", Grain.YEAR, "2025"),
        ("2026-10-19", "2026-10-26", Grain.WEEK, "2026-W43"),
    ],
)
def test_the_last_complete_period(first: str, last: str, grain: Grain, label: str) -> None:
    coverage = Coverage(date.fromisoformat(first), date.fromisoformat(last))
    assert last_complete(coverage, CALENDAR, grain).label == label


@pytest.mark.parametrize(
    ("other", "days", "expected"),
    [
        ("2026-02", 28, named("2026-02", 28)),
        ("2026-02", 29, None),
        ("2026-02", None, named("2026-02")),  # whole months are compared whole
        (None, 12, None),
        (None, None, None),
    ],
)
def test_like_for_like(other: str | None, days: int | None, expected: Moment | None) -> None:
    period = None if other is None else CALENDAR.parse(other)
    assert like_for_like(period, named("2026-03", days)) == expected


def test_the_days_of_a_moment() -> None:
    running = named("2026-10", 12).span(CALENDAR)
    assert (running.start, running.end) == (date(2026, 10, 1), date(2026, 10, 13))
    assert named("2026-10").span(CALENDAR) == CALENDAR.parse("2026-10")


def test_history_is_oldest_first_and_ends_with_the_last() -> None:
    labels = [one.label for one in history(CALENDAR.parse("2026-02"), 4, CALENDAR)]
    assert labels == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert [one.label for one in history(CALENDAR.parse("2026-W01"), 2, CALENDAR)] == [
        "2025-W52",
        "2026-W01",
    ]


def test_a_timeline_holds_each_moment_once() -> None:
    wanted = [named("2026-03"), named("2026-02"), named("2026-03")]
    found = timeline(wanted, CALENDAR, frozenset({1}), 1, year=False)
    assert [one.period.label for one in found.moments] == ["2026-03", "2026-02", "2026-01"]
    assert found.back == {1: (1, 2, None)}
    assert found.year_to_date == ((), (), ())
    assert found.position(named("2026-01")) == 2


def test_a_timeline_without_looks_back() -> None:
    found = timeline([named("2026-03", 12)], CALENDAR, frozenset(), 0, year=False)
    assert found.moments == (named("2026-03", 12),)
    assert found.back == {}


def test_running_periods_look_back_to_as_many_days() -> None:
    found = timeline([named("2026-03", 30)], CALENDAR, frozenset({1, 2}), 1, year=True)
    # February has no 30 days; the earlier months of the year are whole.
    assert found.moments == (
        named("2026-03", 30),
        named("2026-01", 30),
        named("2026-01"),
        named("2026-02"),
    )
    assert (found.back[1][0], found.back[2][0]) == (None, 1)
    assert found.year_to_date[0] == (2, 3)


def test_what_is_looked_up_may_look_back_itself() -> None:
    """year_to_date(x) where x = prev(y): January looks back to December."""
    wanted = [named("2026-02")]
    once = timeline(wanted, CALENDAR, frozenset({1}), 1, year=True)
    twice = timeline(wanted, CALENDAR, frozenset({1}), 2, year=True)
    assert [one.period.label for one in once.moments] == ["2026-02", "2026-01"]
    assert [one.period.label for one in twice.moments] == ["2026-02", "2026-01", "2025-12"]


@pytest.mark.parametrize(
    ("label", "earlier"),
    [
        ("2026-W01", []),  # 29 December to 4 January, and 2026's
        ("2026-W02", ["2026-W01"]),
        ("2026-01", []),
        ("2026-Q3", ["2026-Q1", "2026-Q2"]),
        ("2026", []),
        ("2026-01-02", ["2026-01-01"]),
        ("2026-01..2026-03", []),
        ("2026-03..2026-04", ["2026-01-01..2026-02-28"]),
        ("2025-11..2026-04", []),
    ],
)
def test_the_earlier_periods_of_a_year(label: str, earlier: list[str]) -> None:
    found = timeline([named(label)], CALENDAR, frozenset(), 1, year=True)
    assert [found.moments[at].period.label for at in found.year_to_date[0]] == earlier


def test_week_53_is_the_last_of_its_year() -> None:
    found = timeline([named("2026-W53")], CALENDAR, frozenset(), 1, year=True)
    assert len(found.year_to_date[0]) == 52


@given(st.integers(0, 3000), st.integers(0, 3000), st.sampled_from(list(Grain)))
def test_a_moment_never_reaches_beyond_the_data(start: int, length: int, grain: Grain) -> None:
    first = date(2020, 1, 1) + timedelta(days=start)
    coverage = Coverage(first, first + timedelta(days=length))
    period = CALENDAR.period_of(coverage.last, grain)
    span = moment_of(period, coverage).span(CALENDAR)
    assert span.end <= coverage.last + timedelta(days=1)
    assert coverage.covered_days(span) == coverage.covered_days(period)
