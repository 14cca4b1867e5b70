"""Natural process limits and detection rules, by hand."""

import statistics
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.analysis.signal import Limits, Reading, baselines, readings
from kpitree.calendar import Calendar

# 12 values of mean 50 (they come in pairs around it) whose eleven moving ranges are all 2:
# limits 50 +- 2.66 x 2 = 44.68 .. 55.32, half of the way 47.34 .. 52.66.
SAWTOOTH = [49.0, 51.0] * 6


def signal(earlier: Sequence[float | None], value: float | None) -> str | None:
    """What the last of these values says, in one word."""
    said = readings([*earlier, value])[-1]
    if value is None or said.limits is None:
        return None
    return "noise" if said.rule is None else "signal"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (55.3, "noise"),
        (55.33, "signal"),
        (44.7, "noise"),
        (44.67, "signal"),
        (50.0, "noise"),
        (None, None),
    ],
)
def test_outside_the_limits(value: float | None, found: str | None) -> None:
    assert signal(SAWTOOTH, value) == found


# Ten flow rates, the example of an individuals chart in the NIST/SEMATECH e-Handbook (6.3.2.2):
# mean 50.81, moving ranges 2.0 2.3 1.4 3.5 3.4 1.4 0.2 1.2 1.5, mean 1.8778, limits 50.81 +-
# 3 x 1.8778 / 1.128. Written down twice there is history enough: the mean stays, 52.1 -> 49.6
# adds a moving range of 2.5, and the limits are 50.81 +- 2.66 x (2 x 16.9 + 2.5) / 19, that is
# 45.728 .. 55.892.
NIST = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]


@pytest.mark.parametrize(
    ("value", "found"),
    [(55.88, "noise"), (55.90, "signal"), (45.74, "noise"), (45.72, "signal")],
)
def test_a_published_individuals_chart(value: float, found: str) -> None:
    assert signal([*NIST, *NIST], value) == found


def test_only_the_latest_24_values_set_the_limits() -> None:
    assert signal([1050.0, -950.0] * 20 + SAWTOOTH * 2, 55.33) == "signal"
    assert signal([1050.0, -950.0] * 20 + SAWTOOTH, 55.33) == "noise"


@pytest.mark.parametrize(
    ("last", "found"),
    [
        (7, "noise"),
        (8, "signal"),
    ],
)
def test_eight_in_a_row_on_one_side(last: int, found: str) -> None:
    # 16 values around 0 and then some that lie just above whatever the mean becomes.
    calm = [3.0, -3.0] * 8
    run = [1.0] * (last - 1)
    assert signal([*calm, *run], 1.0) == found
    assert signal([-one for one in (*calm, *run)], -1.0) == found


def test_a_value_on_the_centre_ends_a_run() -> None:
    values = [-2.0, 2.0, -2.0, 2.0, -2.0, -2.0, 2.0, 2.0, 0.0]  # adds up to 0
    assert signal([*values, -2.0, 2.0, -2.0, 2.0], 0.0) == "noise"


# SAWTOOTH, and then values of the outer half on one side. The centre moves with them: (12 x 50 +
# 2 x 53.5) / 14 = 50.5; moving ranges (11 x 2 + 2.5 + 0) / 13 = 1.885; limits +- 5.01, and half of
# the way is 53.006.
@pytest.mark.parametrize(
    ("earlier", "value", "found"),
    [
        ([53.5, 53.5], 53.5, "signal"),
        ([53.5, 53.5], 50.6, "noise"),  # the value itself is not in the outer half
        ([53.5, 53.5], 47.4, "noise"),  # the outer half of the other side
        ([53.5], 53.5, "noise"),  # 2 of 4
    ],
)
def test_three_of_four_nearer_a_limit_than_the_centre(
    earlier: list[float], value: float, found: str
) -> None:
    assert signal([*SAWTOOTH, *earlier], value) == found


def test_fewer_than_twelve_periods_say_nothing() -> None:
    assert signal(SAWTOOTH[:11], 1e9) is None
    assert signal([*SAWTOOTH[:11], None, None], 1e9) is None
    assert signal([*SAWTOOTH[:6], None, *SAWTOOTH[6:]], 1e9) == "signal"


@given(st.floats(1e-6, 1e9), st.integers(12, 40))
def test_a_constant_is_noise_whatever_its_last_digit(value: float, count: int) -> None:
    assert signal([value] * count, value) == "noise"
    assert signal([value / 3 * 3] * count, value) == "noise"
    assert signal([-value] * count, -value) == "noise"


def test_anything_else_than_a_constant_is_a_signal() -> None:
    assert signal([0.3] * 12, 0.31) == "signal"


values = st.lists(st.integers(-1000, 1000).map(float), min_size=12, max_size=30)


@given(values, st.integers(-3000, 3000), st.integers(-50, 50), st.sampled_from([0.5, 2.0, -1.0]))
def test_units_do_not_matter(earlier: list[float], value: float, shift: int, factor: float) -> None:
    """Scaled, shifted or turned upside down, a signal is a signal."""
    other = [one * factor + shift for one in earlier]
    assert signal(earlier, value) == signal(other, value * factor + shift)


# --- limits --------------------------------------------------------------------------------------


def test_limits_of_a_published_individuals_chart() -> None:
    """NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2, flow rates.

    Published: mean 50.81, mean moving range 1.8778 (of nine), limits 50.81 +- 3 x 1.8778 / 1.128.
    Written down twice, the mean stays, and there are 19 moving ranges: twice those nine, and 2.5
    from 52.1 to 49.6 between. 2.66 is 3 / 1.128 = 2.6596 rounded: 0.0008 at most.
    """
    found = readings([*NIST, *NIST, 50.0])[-1].limits
    reach = 3 * (2 * 9 * 1.8778 + 2.5) / 19 / 1.128
    assert found is not None
    assert found.centre == pytest.approx(50.81, abs=1e-9)
    assert (found.low, found.high) == pytest.approx((50.81 - reach, 50.81 + reach), abs=0.001)


def test_limits_beyond_all_numbers_are_none() -> None:
    assert readings([1.7e308, -1.7e308] * 6 + [0.0])[-1] == (None, None)
    large = readings([1e308, 1.1e308] * 6 + [1.05e308])[-1].limits
    assert large is not None
    assert large.centre == pytest.approx(1.05e308)


# --- readings ----------------------------------------------------------------------------------


def rules(found: list[Reading]) -> list[str | None]:
    return [one.rule for one in found]


def test_each_value_is_judged_by_those_before_it() -> None:
    found = readings([*SAWTOOTH, 55.3, 55.33])
    assert [one.limits for one in found[:12]] == [None] * 12
    assert found[12].limits == pytest.approx((50.0, 44.68, 55.32))
    assert found[12].rule is None
    # With 55.3 among them: mean 655.3 / 13, moving ranges (22 + 4.3) / 12.
    reach = 2.66 * 26.3 / 12
    assert found[13].limits == pytest.approx((655.3 / 13, 655.3 / 13 - reach, 655.3 / 13 + reach))


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ([60.0], "beyond_limits"),
        ([40.0], "beyond_limits"),
        ([53.5, 53.5, 53.5], "3_of_4"),
        ([46.5, 46.5, 46.5], "3_of_4"),
        ([53.5, 53.5, 50.0, 53.5], "3_of_4"),
        ([53.5, 53.5, 50.0, 50.0], None),
        ([51.5] * 8, "run_of_8"),
        ([48.5] * 8, "run_of_8"),
        ([51.5] * 7, None),
    ],
)
def test_rules_by_name(more: list[float], rule: str | None) -> None:
    # SAWTOOTH ends above its centre; without its last value it ends below.
    before = SAWTOOTH if more[0] < 50 else [*SAWTOOTH, 49.0]
    assert rules(readings([*before, *more]))[-1] == rule


def test_a_missing_value_is_not_judged_and_has_limits() -> None:
    found = readings([*SAWTOOTH, None, 55.33])
    assert found[12] == (found[13].limits, None)
    assert found[13].rule == "beyond_limits"


def test_only_the_24_periods_before_count() -> None:
    """Periods, not values: older ones are forgotten, whatever is missing since."""
    wild = [1000.0, -1000.0] * 6
    assert readings([*wild, *SAWTOOTH, *SAWTOOTH, 55.33])[-1].rule == "beyond_limits"
    assert readings([*wild, *[None] * 12, *SAWTOOTH, 55.33])[-1].rule == "beyond_limits"
    # One wild value is still near enough: limits of -30.8 +- 237, and all others above -30.8.
    assert readings([*wild, *[None] * 11, *SAWTOOTH, 55.33])[-1].rule == "run_of_8"
    assert readings([*wild, *[None] * 13, *SAWTOOTH[:11], 55.33])[-1] == (None, None)


def test_a_new_baseline_forgets_what_was_before() -> None:
    values = [*SAWTOOTH, *[one + 100 for one in SAWTOOTH], 150.0, 156.0]
    anew = readings(values, [12])
    assert [one.limits for one in anew[12:24]] == [None] * 12
    assert anew[24].limits == pytest.approx((150.0, 144.68, 155.32))
    assert rules(anew)[12:] == [None] * 13 + ["beyond_limits"]
    kept = readings(values)
    assert kept[12].rule == "beyond_limits"
    assert kept[24].limits != anew[24].limits


def test_rows_of_values_end_at_a_baseline() -> None:
    """Eight in a row above what was the centre; the last three are of a new baseline."""
    values = [*SAWTOOTH, 49.0, *[51.5] * 8]
    assert readings(values)[-1].rule == "run_of_8"
    assert readings(values, [18])[-1] == (None, None)


def test_readings_around_the_median() -> None:
    """One wild value widens limits around the mean, and hardly those around the median."""
    values = [*SAWTOOTH, 200.0, 49.0, 60.0]
    assert readings(values)[-1].rule is None
    found = readings(values, median=True)[-1]
    # The median of 7 x 49, 6 x 51, 200 is 50 (between 49 and 51); that of the moving ranges, 2.
    assert found.limits == pytest.approx((50.0, 50 - 6.29, 50 + 6.29))
    assert found.rule == "beyond_limits"


def by_hand(values: list[float | None], at: int, starts: list[int], median: bool) -> Reading:
    """The same in the plainest words, each value for itself."""
    first = max([0, at - 24, *(one for one in starts if one <= at)])
    before = [one for one in values[first:at] if one is not None]
    value = values[at]
    if len(before) < 12:
        return Reading(None, None)
    moves = [abs(b - a) for a, b in pairwise(before)]
    middle = statistics.median if median else statistics.fmean
    centre, reach = middle(before), (3.145 if median else 2.66) * middle(moves)
    around = Limits(centre, centre - reach, centre + reach)
    if value is None:
        return Reading(around, None)
    least = 1e-12 * (abs(centre) + reach)
    series = [*before, value]
    for side in (1, -1):
        far = [(one - centre) * side for one in series]
        if far[-1] > reach + least:
            return Reading(around, "beyond_limits")
        if all(one > least for one in far[-8:]):
            return Reading(around, "run_of_8")
        if far[-1] > reach / 2 + least and sum(one > reach / 2 + least for one in far[-4:]) >= 3:
            return Reading(around, "3_of_4")
    return Reading(around, None)


@given(
    st.lists(st.none() | st.integers(-20, 20).map(float), max_size=60),
    st.lists(st.integers(0, 60), max_size=3),
    st.booleans(),
)
def test_readings_are_what_plain_words_say(
    values: list[float | None], starts: list[int], median: bool
) -> None:
    found = readings(values, starts, median=median)
    for at, one in enumerate(found):
        plain = by_hand(values, at, starts, median)
        assert one.rule == plain.rule
        if plain.limits is None:
            assert one.limits is None
        else:
            assert one.limits == pytest.approx(plain.limits, abs=1e-9)


@given(st.lists(st.none() | st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_the_signal_of_the_last_value_is_its_reading(values: list[float | None]) -> None:
    last = readings(values)[-1]
    judged = last.limits is not None and values[-1] is not None
    expected = ("signal" if last.rule else "noise") if judged else None
    assert signal(values[:-1], values[-1]) == expected


def test_what_comes_later_changes_no_reading() -> None:
    values: list[float | None] = [*SAWTOOTH, 55.33, 50.0]
    assert readings([*values, 1e12, None])[: len(values)] == readings(values)


# --- where baselines start ---------------------------------------------------------------------

MONTHS = [date(2026, month, 1) for month in range(1, 7)]


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        ([], ()),
        (["2026-04"], (3,)),
        (["2026-04-01"], (3,)),
        (["2026-04-02"], (4,)),  # April begins before that day
        (["2026-Q2", "2026-02"], (1, 3)),
        (["2026-W15"], (4,)),
        (["2025-01"], (0,)),
        (["2027"], ()),
    ],
)
def test_where_baselines_start(labels: list[str], found: tuple[int, ...]) -> None:
    assert baselines(labels, MONTHS, Calendar()) == found
