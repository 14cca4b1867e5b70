"""Targets that are proposed: a little better than lately, in round numbers."""

import math
from collections.abc import Sequence
from typing import Final

BETTER: Final = 0.05  # than the mean of the last periods
PERIODS: Final = 12  # of which it is the mean
FEWEST: Final = 3  # below which nothing is proposed


def aim(*, down: bool) -> float:
    """What is multiplied with the mean of the last periods."""
    return 1 - BETTER if down else 1 + BETTER


def target_for(base: float | None, ratio: float, digits: int) -> float | None:
    """`ratio` times what lately was `base`; None where that is no number to begin with.

    digits: significant ones.
    """
    if base is None or not math.isfinite(base) or base <= 0 or ratio <= 0:
        return None
    return rounded(base * ratio, digits)


def rounded(value: float, digits: int) -> float:
    """To so many significant digits; whole where it can be."""
    places = digits - 1 - math.floor(math.log10(abs(value)))
    near = round(value, places)
    return int(near) if near == int(near) else near


def typical(
    sign: str, goals: Sequence[float], elements: Sequence[Sequence[float]]
) -> tuple[float, list[float]]:
    """What a goal and its elements are in a usual period, so that the elements give the goal.

    sign: between the elements, "" for none. goals, elements: their values by period, at least one.
    Of a product the first is a plain mean, and each ratio is the sum of what it leads to over the
    sum of what it is for: the mean of ratios, weighted by what they are ratios of.
    """
    match sign:
        case "*":
            return _of_product(elements)
        case "+":
            means = [_mean(values) for values in elements]
            return sum(means), means
        case "/":
            above, below = map(_mean, elements)
            return (above / below if below else _mean(goals)), [above, below]
        case _:
            return _mean(goals), []


def _of_product(elements: Sequence[Sequence[float]]) -> tuple[float, list[float]]:
    so_far = [1.0] * len(elements[0])
    found = []
    for values in elements:
        reached = [before * value for before, value in zip(so_far, values, strict=True)]
        whole = math.fsum(so_far)
        found.append(math.fsum(reached) / whole if whole else 0.0)
        so_far = reached
    return _mean(so_far), found


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
