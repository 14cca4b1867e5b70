"""Rounding for display, so that the printed lines add up to the printed total."""

import math
from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal


def shown(lines: Sequence[float], total: float, decimals: int) -> list[float]:
    """The lines as they are to be printed: they add up to the total rounded half to even.

    decimals: places after the point; negative for tens, hundreds, ...

    Largest remainder: every line is rounded down, and the steps still missing go to the lines
    that lost most by it, the larger line first when two lost the same, then the earlier. A line
    moves by less than one step of the last place, unless the lines do not add up to the total in
    the first place: then the rest is spread one step at a time in the same order. A line of
    exactly 0 stays 0.
    """
    step = Decimal(1).scaleb(-decimals)
    exact = [Decimal(line) / step for line in lines]
    floors = [int(line.to_integral_value(ROUND_FLOOR)) for line in exact]
    wanted = int((Decimal(total) / step).to_integral_value(ROUND_HALF_EVEN))
    missing = wanted - sum(floors)
    moved = [position for position, line in enumerate(exact) if line]
    order = sorted(
        moved, key=lambda i: (floors[i] - exact[i], -abs(exact[i]), i), reverse=missing < 0
    )
    for turn in range(abs(missing) if order else 0):
        floors[order[turn % len(order)]] += int(math.copysign(1, missing))
    return [float(floor * step) for floor in floors]
