"""Intervals against published figures, a computation with many digits, and their laws."""

import math
from decimal import Decimal, localcontext
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.analysis.intervals import mean_interval, student, wilson

# The 97.5 % quantile of the normal distribution, to 20 digits.
Z = Decimal("1.9599639845400542355")


def exactly(hits: int, trials: int) -> tuple[float, float]:
    """The ends of Wilson's interval as the roots of (p - q)² = z² q (1 - q) / n, in 50 digits."""
    with localcontext() as context:
        context.prec = 50
        n, p, square = Decimal(trials), Decimal(hits) / Decimal(trials), Z * Z
        a, b, c = 1 + square / n, -(2 * p + square / n), p * p
        root = max(b * b - 4 * a * c, Decimal(0)).sqrt()
        return float((-b - root) / (2 * a)), float((-b + root) / (2 * a))


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [
        # R. G. Newcombe (1998), Two-sided confidence intervals for the single proportion,
        # Statistics in Medicine 17, 857-872: table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(hits: int, trials: int, low: float, high: float) -> None:
    assert wilson(hits, trials) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("trials", [1, 2, 7, 20, 263, 10_000, 123_456_789])
@pytest.mark.parametrize("part", [0.0, 0.001, 0.3, 0.5, 0.999, 1.0])
def test_wilson_to_the_last_digits(trials: int, part: float) -> None:
    hits = round(part * trials)
    assert wilson(hits, trials) == pytest.approx(exactly(hits, trials), rel=1e-9, abs=1e-15)


@given(trials=st.integers(1, 10**9), part=st.floats(0, 1))
def test_wilson_lies_around_the_share_and_within_0_and_1(trials: int, part: float) -> None:
    hits = min(round(part * trials), trials)
    low, high = wilson(hits, trials)
    assert 0 <= low <= hits / trials <= high <= 1
    assert low < high
    assert (low == 0) == (hits == 0)
    assert (high == 1) == (hits == trials)


@given(trials=st.integers(1, 10**6), part=st.floats(0, 1))
def test_wilson_of_the_misses_is_the_mirror_image(trials: int, part: float) -> None:
    hits = min(round(part * trials), trials)
    low, high = wilson(hits, trials)
    others = wilson(trials - hits, trials)
    assert others == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(hits=st.integers(1, 1000), misses=st.integers(1, 1000))
def test_more_rows_are_more_certain(hits: int, misses: int) -> None:
    few, many = wilson(hits, hits + misses), wilson(10 * hits, 10 * (hits + misses))
    assert few[0] < many[0] < many[1] < few[1]


@pytest.mark.parametrize(("hits", "trials"), [(1, 0), (0, 0), (3, 2), (-1, 4)])
def test_what_is_no_proportion(hits: int, trials: int) -> None:
    with pytest.raises(ValueError, match="is no proportion"):
        wilson(hits, trials)


@pytest.mark.parametrize(
    ("probability", "freedom", "quantile"),
    [
        # NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, upper critical values of t.
        (0.975, 1, 12.706),
        (0.975, 2, 4.303),
        (0.975, 3, 3.182),
        (0.975, 4, 2.776),
        (0.975, 5, 2.571),
        (0.975, 10, 2.228),
        (0.975, 29, 2.045),
        (0.975, 30, 2.042),
        (0.975, 31, 2.040),
        (0.975, 60, 2.000),
        (0.975, 100, 1.984),
        (0.995, 5, 4.032),
        (0.995, 40, 2.704),
        (0.90, 8, 1.397),
    ],
)
def test_student_as_published(probability: float, freedom: int, quantile: float) -> None:
    assert student(probability, freedom) == pytest.approx(quantile, abs=5.01e-4)


def test_student_is_smooth_where_the_expansion_begins() -> None:
    steps = [student(0.975, freedom) - student(0.975, freedom + 1) for freedom in range(27, 35)]
    assert all(later < before for before, later in pairwise(steps))


def test_a_mean_by_hand() -> None:
    """4, 6, 8, 10: mean 7, squares 9 + 1 + 1 + 9 = 20, variance 20 / 3, so 7 ± 3.1824 x
    2.58199 / 2.
    """
    assert mean_interval(7, math.sqrt(20 / 3), 4) == pytest.approx((2.8914, 11.1086), abs=1e-4)


def test_one_row_has_no_interval() -> None:
    with pytest.raises(ValueError, match="one row"):
        mean_interval(7, 0.0, 1)
