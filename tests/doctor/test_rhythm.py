"""Which days without rows are gaps, whatever the shop."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.analysis.doctor.rhythm import rhythm_of
from kpitree.analysis.doctor.strays import strays_of
from kpitree.calendar import Calendar

FIRST = date(2025, 1, 6)  # a Monday
CALENDAR = Calendar()
DAY = timedelta(days=1)

rows_a_day = st.lists(st.integers(0, 30), min_size=30, max_size=200)


def by_day(counts: list[int]) -> dict[date, int]:
    return {FIRST + n * DAY: count for n, count in enumerate(counts) if count}


@given(counts=rows_a_day)
def test_a_gap_has_no_rows_and_gaps_do_not_touch(counts: list[int]) -> None:
    rows = by_day(counts)
    last = FIRST + (len(counts) - 1) * DAY
    found = rhythm_of(rows, FIRST, last, CALENDAR)
    end = FIRST - DAY
    for gap in found.gaps:
        assert end < gap.first <= gap.last <= last
        assert not any(
            rows.get(gap.first + n * DAY) for n in range((gap.last - gap.first).days + 1)
        )
        assert gap.count >= 1
        end = gap.last
    assert sum(gap.count for gap in found.gaps) <= found.expected


@given(counts=rows_a_day, times=st.integers(2, 50))
def test_more_of_everything_hides_no_gap(counts: list[int], times: int) -> None:
    """Copies of rows are no evidence, but they do not make a gap of fewer days."""
    last = FIRST + (len(counts) - 1) * DAY
    once = rhythm_of(by_day(counts), FIRST, last, CALENDAR)
    again = rhythm_of(by_day([times * count for count in counts]), FIRST, last, CALENDAR)
    assert once.expected == again.expected


@pytest.mark.parametrize("mean", [0.3, 1.0, 3.0, 8.0])
def test_chance_alone_leaves_hardly_a_gap(mean: float) -> None:
    """Rows at random: in 100 such sources of a year there is about one gap at most."""
    found = 0
    for seed in range(100):
        draw = Random(seed)  # noqa: S311 - made-up rows need no secrecy
        counts = [sum(draw.random() < mean / 40 for _ in range(40)) for _ in range(365)]
        last = FIRST + 364 * DAY
        found += len(rhythm_of(by_day(counts), FIRST, last, CALENDAR).gaps)
    assert found <= 5


def test_a_month_is_missed_where_rows_come_monthly() -> None:
    rows = {date(2024 + n // 12, n % 12 + 1, 28): 4 for n in range(24) if n != 7}
    found = rhythm_of(rows, date(2024, 1, 1), date(2025, 12, 31), CALENDAR)
    assert (found.every, found.expected) == ("month", 24)
    assert [gap.label for gap in found.gaps] == ["2024-08"]


def test_a_week_is_missed_where_rows_come_weekly_on_any_day() -> None:
    rows = {FIRST + (7 * n + n % 7) * DAY: 5 for n in range(40) if n not in (20, 21)}
    found = rhythm_of(rows, FIRST, FIRST + 279 * DAY, CALENDAR)
    assert found.every == "week"
    [gap] = found.gaps
    assert (gap.first, gap.last, gap.count) == (FIRST + 140 * DAY, FIRST + 153 * DAY, 2)


def test_a_shop_that_starts_small_has_no_gap_there() -> None:
    counts = [2, 0, 5, 9, 14, 0, 20] + [52 + 4 * (n % 5) for n in range(200)]
    found = rhythm_of(by_day(counts), FIRST, FIRST + (len(counts) - 1) * DAY, CALENDAR)
    assert [gap.first for gap in found.gaps] == [FIRST + 5 * DAY]


@given(
    counts=st.lists(st.integers(1, 30), min_size=30, max_size=60),
    early=st.integers(200, 20_000),
    late=st.integers(200, 20_000),
)
def test_strays_are_found_at_both_ends(counts: list[int], early: int, late: int) -> None:
    rows = by_day([10 + count for count in counts])
    first, last = min(rows), max(rows)
    around = {first - early * DAY: 1} | rows | {last + late * DAY: 1}
    found = strays_of(around)
    assert found.early == (first - early * DAY,)
    assert found.late == (last + late * DAY,)
    assert strays_of(rows).days == frozenset()


def test_a_few_rows_of_a_source_with_pauses_are_no_strays() -> None:
    """A year between seasons is this source's way."""
    season = [date(year, 7, 1) + n * DAY for year in (2022, 2023, 2024) for n in range(30)]
    rows = dict.fromkeys(season, 10) | {date(2025, 7, 1): 1}
    assert strays_of(rows).days == frozenset()
