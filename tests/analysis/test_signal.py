"""Natural process limits and detection rules, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.analysis.signal import signal

# 12 values of mean 50 (they come in pairs around it) whose eleven moving ranges are all 2:
# limits 50 +- 2.66 x 2 = 44.68 .. 55.32, half of the way 47.34 .. 52.66.
SAWTOOTH = [49.0, 51.0] * 6


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
