"""Intervals against published figures, a computation with many digits, and their laws."""

import math
from decimal import Decimal, localcontext
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.analysis.intervals import Sample, mean_interval, newcombe, student, welch, wilson

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


# --- differences ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        # R. G. Newcombe (1998), Interval estimation for the difference between independent
        # proportions, Statistics in Medicine 17, 873-890: table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_newcombe_as_published(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    assert newcombe(*one, *other) == pytest.approx((low, high), abs=5e-5)
    # By the ends of Wilson's intervals, found another way.
    (l1, u1), (l2, u2) = exactly(*one), exactly(*other)
    p1, p2 = one[0] / one[1], other[0] / other[1]
    expected = (
        p1 - p2 - math.sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2),
        p1 - p2 + math.sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2),
    )
    assert newcombe(*one, *other) == pytest.approx(expected, abs=1e-9)


shares = st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(one=shares, other=shares)
def test_a_difference_seen_from_the_other_side(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    low, high = newcombe(*one, *other)
    assert -1 - 1e-12 <= low < high <= 1 + 1e-12
    assert low <= one[0] / one[1] - other[0] / other[1] <= high
    assert newcombe(*other, *one) == pytest.approx((-high, -low))


def test_welch_as_published() -> None:
    """NIST/SEMATECH e-Handbook, 1.3.5.3, miles per gallon: 249 cars with mean 20.14458 and
    deviation 6.41470, 79 with 30.48101 and 6.10771; t = -12.94627 with 136.8750 degrees of
    freedom, of which 136 are counted.
    """
    low, high = welch(
        Sample(249, 20.14458, 6.41470**2 * 248), Sample(79, 30.48101, 6.10771**2 * 78)
    )
    middle, reach = (low + high) / 2, (high - low) / 2
    assert middle == pytest.approx(20.14458 - 30.48101)
    assert middle / reach * student(0.975, 136) == pytest.approx(-12.94627, abs=1e-5)


def test_welch_by_hand() -> None:
    """4, 6, 8, 10 (squares 20) against four of 10: as the interval of the first mean alone. And
    against itself: e = f = 20 / 3 / 4, 6 degrees of freedom, 0 ± 2.4469 x √(10 / 3).
    """
    one = Sample(4, 7, 20)
    low, high = mean_interval(7, math.sqrt(20 / 3), 4)
    assert welch(one, Sample(4, 10, 0)) == pytest.approx((low - 10, high - 10))
    assert welch(one, one) == pytest.approx((-4.4674, 4.4674), abs=1e-4)
    assert welch(Sample(2, 5, 0), Sample(3, 4, 0)) == (1, 1)


@pytest.mark.parametrize("rows", [(1, 5), (5, 1)])
def test_one_row_has_no_difference(rows: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="one row"):
        welch(Sample(rows[0], 1, 0), Sample(rows[1], 1, 0))
