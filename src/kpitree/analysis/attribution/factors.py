"""The factors of a product and their parts in its change, by logarithmic means."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kpitree.tree.expressions import Expr

Pair = tuple[float, float]  # values before and after


def log_mean(one: float, other: float) -> float:
    """The logarithmic mean of two numbers of one sign; 0 where either is 0.

    Well-behaved where they are nearly equal, and symmetric to the last digit. For columns of
    segments it is segments/effects.py:log_mean, by the same definition.
    """
    low, high = sorted((abs(one), abs(other)))
    if low == 0.0:
        return 0.0
    above = (high - low) / low
    if above == 0.0:
        mean = low
    elif math.isinf(above):
        mean = (high - low) / (math.log(high) - math.log(low))
    else:
        mean = low * (above / math.log1p(above))
    return math.copysign(mean, one)


@dataclass(frozen=True, slots=True)
class Factor:
    """What is raised to a fixed power in a product, with its values before and after."""

    expr: Expr
    exponent: float
    values: Pair

    @property
    def moves(self) -> bool:
        return self.values[0] != self.values[1]

    def is_zero(self, state: int) -> bool:
        return self.values[state] == 0.0


def weight(factor: Factor, factors: Sequence[Factor], sign: float, product: Pair) -> float:
    """A factor's line per unit of its own change, as a part of its product's change.

    sign: of all that is negated in the product. NaN where there is no limit.
    """
    if factor.exponent == 0.0:
        return 0.0
    mean = log_mean(product[1], product[0])
    for state in (0, 1):
        if factor.moves and factor.is_zero(state):
            return _all_of_it(factor, factors, state, product)
    if factor.moves:
        return factor.exponent * (mean / log_mean(*factor.values))
    if factor.values[0] == 0.0:
        return _limit_at_zero(factor, factors, sign)
    return factor.exponent * (mean / factor.values[0])


def _all_of_it(factor: Factor, factors: Sequence[Factor], state: int, product: Pair) -> float:
    """The product's whole change, shared with other factors that are 0 in this state only."""
    zeros = [one.exponent for one in factors if one.moves and one.is_zero(state)]
    share = factor.exponent / math.fsum(zeros)
    return share * (product[1] - product[0]) / (factor.values[1] - factor.values[0])


def _limit_at_zero(factor: Factor, factors: Sequence[Factor], sign: float) -> float:
    """The limit of e L(p1, p0) / x where x is 0 in both states."""
    if factor.exponent != 1.0:
        return 0.0 if factor.exponent > 1.0 else math.nan
    rest = [
        math.prod(one.values[state] ** one.exponent for one in factors if one is not factor)
        for state in (0, 1)
    ]
    return sign * log_mean(*rest)
