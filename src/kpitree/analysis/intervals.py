"""How far a rate or a mean of few rows may be from what many would give: 95 % intervals.

Of one figure (wilson, mean_interval), and of the difference of two (newcombe, welch). Whether two
differ is told by the second kind alone: the first knows nothing of how uncertain the other one is.
"""

import math
from statistics import NormalDist
from typing import Final, NamedTuple

CONFIDENCE: Final = 0.95
_ROUNDING: Final = 1e-9  # of degrees of freedom: so little below 3 is 3
_EXACT_UP_TO: Final = 30  # degrees of freedom; from there on the expansion has 6 digits right


def wilson(hits: float, trials: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The score interval of a proportion, as fractions: never below 0 or above 1.

    With z the normal quantile of the confidence, p = hits / trials and n = trials:
    (p + z²/2n ± z √(p (1 - p) / n + z²/4n²)) / (1 + z²/n).

    Source: E. B. Wilson (1927), Probable inference, the law of succession, and statistical
    inference, JASA 22, 209-212; method 3 in R. G. Newcombe (1998), Statistics in Medicine 17,
    857-872. Raises ValueError unless 0 <= hits <= trials and trials > 0.
    """
    if not 0 <= hits <= trials or trials == 0:
        raise ValueError(f"{hits} of {trials} is no proportion")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    square = z * z
    middle = (hits + square / 2) / (trials + square)
    reach = z * math.sqrt(hits * (trials - hits) / trials + square / 4) / (trials + square)
    # At the ends the square root is z/2, and only rounding would keep the bound from 0 or 1.
    low = 0.0 if hits == 0 else middle - reach
    return low, 1.0 if hits == trials else middle + reach


def mean_interval(
    mean: float, deviation: float, rows: float, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """The interval of a mean of rows, in their unit: mean ± t x deviation / √rows.

    deviation: the sample standard deviation (divided by rows - 1). t: Student's quantile with
    rows - 1 degrees of freedom (Student 1908, The probable error of a mean, Biometrika 6, 1-25).
    Raises ValueError for fewer than two rows, which have no deviation.
    """
    if rows < 2:
        raise ValueError("one row has no standard deviation")
    reach = student((1 + confidence) / 2, round(rows) - 1) * deviation / math.sqrt(rows)
    return mean - reach, mean + reach


def newcombe(
    hits: float,
    trials: float,
    other_hits: float,
    other_trials: float,
    confidence: float = CONFIDENCE,
) -> tuple[float, float]:
    """The hybrid score interval of the difference of two proportions, hits / trials less the other.

    With p, l, u a proportion and the ends of its Wilson interval, and q, m, v the other's:
    p - q - √((p - l)² + (v - q)²) to p - q + √((u - p)² + (q - m)²).

    Source: method 10 in R. G. Newcombe (1998), Interval estimation for the difference between
    independent proportions, Statistics in Medicine 17, 873-890. Raises ValueError as wilson does.
    """
    low, high = wilson(hits, trials, confidence)
    other_low, other_high = wilson(other_hits, other_trials, confidence)
    share, other = hits / trials, other_hits / other_trials
    below = math.hypot(share - low, other_high - other)
    above = math.hypot(high - share, other - other_low)
    return share - other - below, share - other + above


class Sample(NamedTuple):
    """Rows with values: how many, their mean, and the sum of squared distances from it."""

    rows: float
    mean: float
    squares: float

    @property
    def error(self) -> float:
        """The square of the mean's standard error; of two rows or more."""
        return self.squares / (self.rows - 1) / self.rows


def welch(one: Sample, other: Sample, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The interval of the difference of two means, one's less the other's.

    difference ± t x √(e + f), e and f the squares of the standard errors, whose spreads need not
    be alike. t: Student's quantile with (e + f)² / (e² / (rows - 1) + f² / (other rows - 1))
    degrees of freedom, rounded down.

    Source: B. L. Welch (1947), The generalization of Student's problem when several different
    population variances are involved, Biometrika 34, 28-35. Raises ValueError for fewer than two
    rows on either side, which have no deviation.
    """
    if min(one.rows, other.rows) < 2:
        raise ValueError("one row has no standard deviation")
    difference, both = one.mean - other.mean, one.error + other.error
    if both == 0:
        return difference, difference
    parts = ((side.error / both) ** 2 / (side.rows - 1) for side in (one, other))
    freedom = math.floor(1 / math.fsum(parts) + _ROUNDING)
    reach = student((1 + confidence) / 2, max(freedom, 1)) * math.sqrt(both)
    return difference - reach, difference + reach


def student(probability: float, freedom: int) -> float:
    """The quantile of Student's t for a probability of at least one half.

    Up to 30 degrees of freedom from the exact distribution, found by halving; beyond by its
    expansion around the normal quantile (Abramowitz and Stegun, 26.7.3, 26.7.4 and 26.7.5).
    """
    z = NormalDist().inv_cdf(probability)
    if freedom > _EXACT_UP_TO:
        return _expanded(z, freedom)
    low, high = 0.0, 1.0
    while _below(high, freedom) < probability:
        high *= 2
    while (middle := (low + high) / 2) not in (low, high):
        low, high = (middle, high) if _below(middle, freedom) < probability else (low, middle)
    return high


def _below(t: float, freedom: int) -> float:
    """The probability of a value below t, for t >= 0."""
    angle = math.atan(t / math.sqrt(freedom))
    square = math.cos(angle) ** 2
    odd = freedom % 2
    term = total = math.cos(angle) if odd else 1.0
    for k in range(3 if odd else 2, freedom - 1, 2):
        term *= square * (k - 1) / k
        total += term
    if odd:
        within = 2 / math.pi * (angle + (math.sin(angle) * total if freedom > 1 else 0.0))
    else:
        within = math.sin(angle) * total
    return (1 + within) / 2


def _expanded(z: float, freedom: int) -> float:
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return math.fsum(term / float(freedom) ** power for power, term in enumerate(terms))
