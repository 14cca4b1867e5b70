"""Signal or noise: natural process limits of an XmR chart (Wheeler, Understanding Variation)."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean

NEEDED = 12  # periods of history before limits mean anything
BASELINE = 24  # the latest periods that the limits are computed from
SIGMAS = 2.66  # mean +- 2.66 x mean moving range = 3 sigma limits of individual values
RUN = 8  # values in a row on one side of the centre
ROUNDING = 1e-12  # of the largest value: a smaller distance is none


def signal(earlier: Sequence[float | None], value: float | None) -> str | None:
    """Whether a value stands out from the periods before it.

    Args:
        earlier: the values of the periods before, oldest first, in any unit; nulls are left out.
        value: the value of the period in question, in the same unit.

    Returns:
        "signal" when it lies outside the natural process limits of the latest BASELINE earlier
        values, is the 8th in a row on one side of their mean, or is the 3rd of the last 4 that
        lie nearer to a limit than to the mean, on the same side; "noise" when none of that
        holds; None without a value or with fewer than NEEDED earlier values.
    """
    known = [one for one in earlier if one is not None][-BASELINE:]
    if value is None or len(known) < NEEDED:
        return None
    # In units of the largest, so that sums of huge values do not overflow.
    largest = max(map(abs, (*known, value))) or 1.0
    known, value = [one / largest for one in known], value / largest
    centre = fmean(known)
    reach = SIGMAS * fmean(abs(later - before) for before, later in pairwise(known))
    least = ROUNDING
    offsets = [_distance(one, centre, least) for one in (*known, value)]
    found = abs(offsets[-1]) > reach + least or _run(offsets) or _near_a_limit(offsets, reach)
    return "signal" if found else "noise"


def _distance(value: float, centre: float, least: float) -> float:
    """From the centre; 0.1 + 0.2 is not above a mean of 0.3."""
    return value - centre if abs(value - centre) > least else 0.0


def _run(offsets: Sequence[float]) -> bool:
    last = offsets[-RUN:]
    return all(one > 0 for one in last) or all(one < 0 for one in last)


def _near_a_limit(offsets: Sequence[float], reach: float) -> bool:
    """3 of the last 4, this one among them, in the outer half on one side."""
    side = 1 if offsets[-1] > 0 else -1
    outer = [one * side > reach / 2 for one in offsets[-4:]]
    return outer[-1] and sum(outer) >= 3
