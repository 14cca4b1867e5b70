"""The nearest place where a function of one number reaches a goal: bracket it, then close in.

The walk goes outward from the start, on both sides at once, in steps that grow. Where the
function passes the goal between two steps, secants and halvings close the bracket down to
neighbouring floats. What it passes may be a crossing, a jump over the goal, or a pole (then the
walk goes on). Two crossings between one step and the next are not seen.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, zip_longest
from typing import Final

Function = Callable[[float], float | None]  # None where there is no value

FIRST_STEP: Final = 1e-3  # of the start's size
LAST_STEP: Final = 1e9
GROWTH: Final = 1.5
STEPS: Final = math.ceil(math.log(LAST_STEP / FIRST_STEP, GROWTH))
REACHED: Final = 1e-9  # a relative gap below this is none
CLOSE: Final = 1e-15  # where it is below this on both sides, there is nothing left to look for
STEEP: Final = 1e3  # gaps that grow so much on both sides of a place lead to a pole


@dataclass(frozen=True, slots=True)
class Found:
    """at: where. jump: the function leaps over the goal there, and `at` is just beyond."""

    at: float
    jump: bool = False


@dataclass(frozen=True, slots=True)
class Missed:
    """closest: the value nearest to the goal that was seen; flat: it was the same everywhere."""

    closest: float
    flat: bool


@dataclass(frozen=True, slots=True)
class _Point:
    x: float
    gap: float  # what the function gives less the goal


def seek(
    function: Function,
    start: float,
    goal: float,
    *,
    size: float = 1.0,
    lowest: float = -math.inf,
    highest: float = math.inf,
) -> Found | Missed | None:
    """The place nearest to `start` where the function gives `goal`; None without a value there.

    size: what counts as a step of one where the start is 0. lowest, highest: what the number
    can be.
    """
    gaps = _Gaps(function, goal)
    here = gaps.at(start)
    if here is None:
        return None
    if here.gap == 0.0:
        return Found(start)
    step = abs(start) or size
    sides = (
        _brackets(gaps, here, -step, bound=min(lowest, start)),
        _brackets(gaps, here, step, bound=max(highest, start)),
    )
    for brackets in zip_longest(*sides):
        closed = [_closed(gaps, *ends) for ends in brackets if ends is not None]
        found = [one for one in closed if one is not None]
        if found:
            return min(found, key=lambda one: abs(one.at - start))
    return Missed(goal + gaps.closest, flat=gaps.flat)


class _Gaps:
    """The function's distance to the goal, and the smallest seen."""

    def __init__(self, function: Function, goal: float) -> None:
        self.function = function
        self.goal = goal
        self.closest = math.inf
        self.seen: set[float] = set()

    def at(self, x: float) -> _Point | None:
        value = self.function(x)
        if value is None:
            return None
        gap = value - self.goal
        if abs(gap) < abs(self.closest):
            self.closest = gap
        if len(self.seen) < 2:
            self.seen.add(value)
        return _Point(x, gap)

    @property
    def flat(self) -> bool:
        return len(self.seen) < 2


def _brackets(
    gaps: _Gaps, start: _Point, step: float, *, bound: float
) -> Iterator[tuple[_Point, _Point] | None]:
    """For every step outward: its two ends where the goal lies between them, else None.

    Ends at the bound, or where the function has no value.
    """
    near = start
    for power in range(STEPS + 1):
        x = start.x + step * FIRST_STEP * GROWTH**power
        last = not abs(x - start.x) < abs(bound - start.x)
        x = bound if last else x
        far = gaps.at(x) if math.isfinite(x) and x != near.x else None
        if far is None:
            far, last = _edge(gaps, near, x), True
        yield (near, far) if _passes(near, far) else None
        if last:
            return
        near = far


def _passes(near: _Point, far: _Point) -> bool:
    return near.gap != 0.0 and (far.gap == 0.0 or (near.gap < 0.0) != (far.gap < 0.0))


def _edge(gaps: _Gaps, inside: _Point, outside: float) -> _Point:
    """The last place towards `outside` where the function still has a value."""
    while math.isfinite(outside):
        middle = inside.x + (outside - inside.x) / 2
        if middle in (inside.x, outside):
            break
        found = gaps.at(middle)
        if found is None:
            outside = middle
        else:
            inside = found
    return inside


def _closed(gaps: _Gaps, near: _Point, far: _Point) -> Found | None:
    """The place between two ends at which the goal is first reached; None for a pole."""
    largest = max(abs(near.gap), abs(far.gap))
    close = CLOSE * (abs(gaps.goal) or abs(near.gap))
    reached = REACHED * max(abs(gaps.goal), abs(near.gap))
    width_then = 0.0
    for turn in count():
        width = abs(far.x - near.x)
        smallest = math.ulp(max(abs(near.x), abs(far.x)))
        if width <= smallest or max(abs(near.gap), abs(far.gap)) <= close:
            break
        if min(abs(near.gap), abs(far.gap)) > STEEP * largest:
            return None
        halve = turn % 3 == 2 and width > width_then / 2
        width_then = width if turn % 3 == 2 else width_then
        middle = gaps.at(_between(near, far, smallest, halve=halve))
        if middle is None:
            return None
        near, far = (near, middle) if _passes(near, middle) else (middle, far)
    best = near if abs(near.gap) < abs(far.gap) else far
    if abs(best.gap) <= reached:
        return Found(best.x)
    leaps = max(abs(near.gap), abs(far.gap)) <= 2 * largest  # beside a pole it would be far more
    return Found(far.x, jump=True) if leaps else None


def _between(near: _Point, far: _Point, smallest: float, *, halve: bool) -> float:
    """Where to look next: strictly between the ends."""
    side = math.copysign(smallest, far.x - near.x)
    if far.gap == 0.0 and not halve:  # reached exactly; is it where it is first reached?
        return far.x - side
    if halve:
        return near.x + (far.x - near.x) / 2
    x = near.x + (far.x - near.x) * (near.gap / (near.gap - far.gap))
    first, last = sorted((near.x + side, far.x - side))
    return min(max(x, first), last)
