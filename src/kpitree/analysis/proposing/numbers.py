"""Targets that are proposed: a little better than lately, in round numbers."""

import math
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
