"""Targets that are proposed: a little better than lately, in round numbers."""

import math
from typing import Final

BETTER: Final = 0.05  # than the mean of the last periods
PERIODS: Final = 12  # of which it is the mean
FEWEST: Final = 3  # below which nothing is proposed


def proposed(base: float | None, *, down: bool, levers: int = 1, digits: int = 3) -> float | None:
    """A target for something that lately was `base`, or None where that says nothing.

    levers: how many together make the goal that much better, when they are multiplied.
    """
    if base is None or not math.isfinite(base) or base <= 0:
        return None
    better = (1 - BETTER if down else 1 + BETTER) ** (1 / levers)
    return rounded(base * better, digits)


def rounded(value: float, digits: int) -> float:
    """To so many significant digits; whole where it can be."""
    places = digits - 1 - math.floor(math.log10(abs(value)))
    near = round(value, places)
    return int(near) if near == int(near) else near
