"""How a figure goes on, by hand: weekdays, pace shares, the usual course, where it lands."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.analysis.course import (
    ALIKE,
    RUN_RATE,
    ByWeekday,
    Course,
    Cut,
    Past,
    carried_on,
    course_of,
    cut_after,
    landing,
    weekdays,
)

# Thirty days from a Monday: four weeks, a Monday and a Tuesday. After ten days: ten and twenty.
THIRTY = cut_after(date(2026, 6, 1), 10, date(2026, 7, 1))


def past(first: float | None, whole: float | None, sums: tuple[float, ...] | None = None) -> Past:
    return Past(THIRTY, first, whole, sums)


def alone(*periods: Past) -> Course:
    """The course of a figure that is itself the rows of its source."""
    return course_of(periods, periods)


def goes_on(course: Course) -> tuple[ByWeekday, float, int]:
    """How it goes on from its first days."""
    return course.weights, course.ratio, course.periods


# --- days ----------------------------------------------------------------------------------------


def test_the_weekdays_of_a_cut_month() -> None:
    """1 November 2026 is a Sunday. From the 15th, a Sunday, to the 30th: three Sundays, Mondays."""
    cut = cut_after(date(2026, 11, 1), 14, date(2026, 12, 1))
    assert list(cut.first) == [2] * 7
    assert list(cut.rest) == [3, 2, 2, 2, 2, 2, 3]


@given(st.dates(date(1, 1, 1), date(9990, 1, 1)), st.integers(0, 800))
def test_weekdays_as_the_calendar_counts_them(start: date, days: int) -> None:
    counted = [0.0] * 7
    for n in range(days):
        counted[(start + timedelta(days=n)).weekday()] += 1
    assert weekdays(start.toordinal(), start.toordinal() + days) == tuple(counted)


# --- the usual course ----------------------------------------------------------------------------


def test_the_rest_brings_twice_what_the_beginning_brings() -> None:
    """100 in 10 days and 400 in 20: 10 and 20 a day; share 1/3, ratio 2.

    50 in 10 days is 5 a day; 20 days at 10 a day bring 200 more.
    """
    course = alone(past(100, 500))
    assert (course.weights, course.periods) == (ALIKE, 1)
    assert course.ratio == pytest.approx(2)
    assert landing(50, course, THIRTY) == pytest.approx(250)


def test_the_median_of_the_shares_counts() -> None:
    """Paces of 10 : 10, 10 : 30 and 10 : 15; shares 1/2, 1/4 and 2/5, of which 2/5 is the median.

    Its ratio is 3/5 : 2/5 = 1.5, so 50 becomes 50 + 20 x 5 x 1.5 = 200.
    """
    course = alone(past(100, 300), past(100, 700), past(100, 400))
    assert course.ratio == pytest.approx(1.5)
    assert course.periods == 3
    assert landing(50, course, THIRTY) == pytest.approx(200)


def test_without_a_past_the_run_rate_goes_on() -> None:
    assert alone() is RUN_RATE
    assert landing(50, RUN_RATE, THIRTY) == pytest.approx(150)


def test_periods_of_other_lengths_are_compared_by_pace() -> None:
    """28 days: 100 in 10, and 360 in 18, at twice the pace. Of 30 days, 20 are left: 250."""
    february = cut_after(date(2026, 2, 1), 10, date(2026, 3, 1))
    course = alone(Past(february, 100, 460))
    assert landing(50, course, THIRTY) == pytest.approx(250)


@pytest.mark.parametrize(
    "useless",
    [
        pytest.param(past(None, 300), id="no value in the first days"),
        pytest.param(past(100, None), id="no value at all"),
        pytest.param(past(0, 0), id="nothing ever came"),
        pytest.param(past(100, -100), id="paces that cancel each other"),
        pytest.param(
            Past(cut_after(date(2026, 6, 1), 30, date(2026, 7, 1)), 300, 300), id="nothing is left"
        ),
    ],
)
def test_periods_that_show_no_course_are_left_out(useless: Past) -> None:
    assert goes_on(alone(useless, past(100, 500))) == goes_on(alone(past(100, 500)))


def test_where_nothing_usually_comes_by_then_no_landing_can_be_told() -> None:
    course = alone(past(0, 500))
    assert (course.ratio, course.share(THIRTY)) == (math.inf, 0)
    assert landing(50, course, THIRTY) is None


def test_a_period_without_days_left_has_landed() -> None:
    over = cut_after(date(2026, 6, 1), 30, date(2026, 7, 1))
    assert landing(77, alone(past(0, 500)), over) == 77


# --- weekdays ------------------------------------------------------------------------------------


def test_a_day_counts_what_its_weekday_usually_brings() -> None:
    """22 working days at 10 in June 2026, nothing at weekends: the mean of 30 days is 22/3.

    A working day counts 10 / (22/3) = 15/11, a Sunday 0. June's first 10 days have 8 working
    days (80), its last 20 have 14 (140). Both paces are 22/3 a day that counts 1: ratio 1.
    In July 2026 the first 10 days have 8 working days and the last 21 have 15: 80 becomes 230,
    where the plain run rate says 248.
    """
    sums = (50.0, 50.0, 40.0, 40.0, 40.0, 0.0, 0.0)
    course = alone(past(80, 220, sums))
    assert course.weights == pytest.approx((*[15 / 11] * 5, 0, 0))
    assert course.ratio == pytest.approx(1)
    july = cut_after(date(2026, 7, 1), 10, date(2026, 8, 1))
    assert sum(july.first[:5]) == 8
    assert sum(july.rest[:5]) == 15
    assert landing(80, course, july) == pytest.approx(230)


@pytest.mark.parametrize(
    "sums",
    [
        pytest.param((1.0, 1.0, 1.0, 1.0, 1.0, 1.0, -1.0), id="a weekday below 0"),
        pytest.param((0.0,) * 7, id="nothing at all"),
        pytest.param((math.inf, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0), id="too large"),
    ],
)
def test_what_is_no_weight_makes_all_days_alike(sums: tuple[float, ...]) -> None:
    assert alone(past(100, 500, sums)).weights == ALIKE


def test_a_weekday_that_was_never_seen_makes_all_days_alike() -> None:
    three_days = cut_after(date(2026, 6, 1), 1, date(2026, 6, 4))
    seen = Past(three_days, 1, 6, (1.0, 2.0, 3.0, 0.0, 0.0, 0.0, 0.0))
    assert alone(seen).weights == ALIKE


def test_first_days_that_count_nothing_tell_nothing() -> None:
    """Two days gone by, a Saturday and a Sunday, on which nothing ever comes."""
    weekend = Cut((0, 0, 0, 0, 0, 1, 1), (2, 2, 2, 2, 2, 1, 1))
    course = Course((1.4, 1.4, 1.4, 1.4, 1.4, 0, 0), 1, 1)
    assert landing(5, course, weekend) is None


def test_after_days_that_count_nothing_it_lands_at_the_usual_whole() -> None:
    """220, 200 and 242 in June 2026, by its 22 working days: usually 10 a day.

    After a Saturday and a Sunday, 22 working days and 6 others are left: 5 + 220.
    """
    sums = (50.0, 50.0, 40.0, 40.0, 40.0, 0.0, 0.0)
    course = alone(*(past(80, whole, sums) for whole in (220.0, 200.0, 242.0)))
    weekend = Cut((0, 0, 0, 0, 0, 1, 1), (5, 5, 4, 4, 4, 3, 3))
    assert course.share(weekend) == 0
    assert landing(5, course, weekend) == pytest.approx(5 + 22 * 10)


def test_periods_that_all_begin_with_such_days_show_the_usual_whole() -> None:
    """Weeks from Sunday on, and one day gone by: 50 on the five working days of each."""
    week = Cut((0, 0, 0, 0, 0, 0, 1), (1, 1, 1, 1, 1, 1, 0))
    course = alone(*[Past(week, 0, 50, (10, 10, 10, 10, 10, 0, 0))] * 3)
    assert course.periods == 3
    assert landing(0, course, week) == pytest.approx(50)


def test_sums_too_large_for_a_number_make_all_days_alike() -> None:
    assert alone(past(1e308, 1.5e308, (1e308,) * 7)).weights == ALIKE
    assert alone(past(1, 5, (math.inf, -math.inf, 1.0, 1.0, 1.0, 1.0, 1.0))).weights == ALIKE


# --- the rows of the source ----------------------------------------------------------------------

ROWS = [past(100, 300), past(100, 320), past(100, 280)]  # paces 10 : 10, 10 : 11, 10 : 9


def test_a_figure_goes_on_as_the_rows_do_unless_its_own_course_is_clearly_nearer() -> None:
    """By then a third of the rows is there; of the figure 6/19, 12/35 and 6/17, usually 12/35.

    12/35 is 0.0271, 0 and 0.0101 away from them, and 1/3 is 0.0175, 0.0095 and 0.0196: nearer by
    -0.0095, 0.0095 and 0.0095, on average 0.0032, of which the standard error is 0.0063.
    """
    like = [past(60, 190), past(60, 175), past(60, 170)]
    assert course_of(like, like).share(THIRTY) == pytest.approx(12 / 35)
    assert goes_on(course_of(like, ROWS)) == goes_on(alone(*ROWS))
    assert alone(*ROWS).share(THIRTY) == pytest.approx(1 / 3)


def test_a_figure_that_clearly_differs_has_its_own_course() -> None:
    """All of it comes late: paces of 1 : 20, 1 : 21 and 1 : 19."""
    late = [past(10, 410), past(10, 430), past(10, 390)]
    course = course_of(late, ROWS)
    assert course.ratio == pytest.approx(20)
    assert course.periods == 3


def test_a_figure_with_one_row_a_day_has_its_own_weekdays() -> None:
    """Rows on every day alike, and figures on working days only; both go on as they begin."""
    even = tuple(first + rest for first, rest in zip(THIRTY.first, THIRTY.rest, strict=True))
    rows = [past(10, 30, even)] * 3
    figure = [past(8 * k, 22 * k, (5 * k, 5 * k, 4 * k, 4 * k, 4 * k, 0, 0)) for k in (9, 10, 11)]
    assert course_of(figure, rows).weights == pytest.approx((*[15 / 11] * 5, 0, 0))


def test_a_figure_whose_weekdays_vary_by_chance_has_those_of_the_rows() -> None:
    """Mondays of 6, Tuesdays of 6, ... instead of 5: the other months tell none of it."""
    rows = [past(10, 30, (5.0, 5.0, 4.0, 4.0, 4.0, 4.0, 4.0))] * 4
    figure = [
        past(10, 31, tuple(part + (at == more) for at, part in enumerate((5, 5, 4, 4, 4, 4, 4))))
        for more in range(4)
    ]
    assert course_of(figure, rows).weights == alone(*rows).weights


def test_one_period_is_believed() -> None:
    assert course_of([past(100, 500)], ROWS[:1]).ratio == pytest.approx(2)


def test_a_figure_that_never_was_goes_on_as_the_rows_do() -> None:
    assert goes_on(course_of([past(0, 0)] * 3, ROWS)) == goes_on(alone(*ROWS))


# --- later periods -------------------------------------------------------------------------------


def test_a_later_period_has_the_same_pace() -> None:
    """300 in 30 days; 31 days bring 310."""
    days = weekdays(date(2026, 7, 1).toordinal(), date(2026, 8, 1).toordinal())
    assert carried_on(300, RUN_RATE, THIRTY, days) == pytest.approx(310)


def test_a_later_period_has_its_own_weekdays() -> None:
    """220 in the 22 working days of June 2026; July has 23."""
    course = Course((1.4, 1.4, 1.4, 1.4, 1.4, 0, 0), 1, 1)
    days = weekdays(date(2026, 7, 1).toordinal(), date(2026, 8, 1).toordinal())
    assert carried_on(220, course, THIRTY, days) == pytest.approx(230)


def test_numbers_that_are_too_large_are_none() -> None:
    assert landing(1e308, Course(ALIKE, 100, 1), THIRTY) is None
    assert carried_on(1e308, RUN_RATE, Cut(THIRTY.first, THIRTY.first), (1000.0,) * 7) is None


# --- laws ----------------------------------------------------------------------------------------

amounts = st.floats(1, 1e6)


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=8), amounts, st.floats(1e-3, 1e3))
def test_k_times_the_figures_land_k_times_as_high(
    paces: list[tuple[float, float]], to_date: float, k: float
) -> None:
    course = alone(*(past(first, first + rest) for first, rest in paces))
    larger = alone(*(past(k * first, k * (first + rest)) for first, rest in paces))
    landed, higher = landing(to_date, course, THIRTY), landing(k * to_date, larger, THIRTY)
    assert landed is not None
    assert higher is not None
    assert higher == pytest.approx(k * landed, rel=1e-9)


@given(amounts, amounts, st.integers(1, 6))
def test_the_same_again_lands_where_it_landed(first: float, rest: float, times: int) -> None:
    course = alone(*[past(first, first + rest)] * times)
    assert landing(first, course, THIRTY) == pytest.approx(first + rest, rel=1e-9)
