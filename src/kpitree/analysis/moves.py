"""How a stock goes on: what it usually did from one point of time to a later one."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Move:
    """What a stock usually does: x `middle` where relative, otherwise + `middle` in its own unit.

    periods: how many it was seen in.
    """

    middle: float
    relative: bool
    periods: int

    def of(self, value: float, times: int = 1) -> float | None:
        """The value after so many such moves; None where that is too large for a number."""
        try:
            moved = value * self.middle**times if self.relative else value + times * self.middle
        except OverflowError:
            return None
        return moved if math.isfinite(moved) else None


def usual_move(seen: Iterable[tuple[float | None, float | None]]) -> Move | None:
    """The median of what a stock did: of later / earlier where all are above 0, else differences.

    seen: its value earlier and later, in each of the past periods. None without any.
    """
    known = [(one, other) for one, other in seen if one is not None and other is not None]
    if not known:
        return None
    relative = all(one > 0.0 and other > 0.0 for one, other in known)
    moves = [other / one if relative else other - one for one, other in known]
    return Move(median(moves), relative, len(known))
