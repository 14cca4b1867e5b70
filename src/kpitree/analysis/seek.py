"""The nearest place where a function of one number reaches a goal: bracket it, then close in.

The walk goes outward from the start, on both sides at once, in steps that grow. Three things are
looked for in a step: a change of side, closed in by secants and halvings down to neighbouring
floats (a crossing, a jump over the goal, or a pole); a change of piece, whose border is closed in
from both sides, so that what a pole reaches beside itself is seen; and a hill or valley towards
the goal, climbed by golden sections (two crossings inside one step). What turns around twice
within one piece and one step is not seen, so that nothing found is no proof.
"""

import math
import struct
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, zip_longest
from typing import Final, NamedTuple

FIRST_STEP: Final = 1e-3  # of the start's size
LAST_STEP: Final = 1e9
GROWTH: Final = 1.5
STEPS: Final = math.ceil(math.log(LAST_STEP / FIRST_STEP, GROWTH))
REACHED: Final = 1e-9  # a relative gap below this is none
CLOSE: Final = 1e-15  # where it is below this on both sides, there is nothing left to look for
STEEP: Final = 1e3  # gaps that grow so much on both sides of a place lead to a pole
BESIDE: Final = 1e-6  # of a step; what is nearer to a place may have been drawn up by its pole
GOLDEN: Final = (3 - math.sqrt(5)) / 2
TURNS: Final = 100  # golden sections for one hill
MOST: Final = 2_000  # values asked for; after them only what is bracketed is closed in
BORDERS: Final = 8  # between pieces, in one step


class Sample(NamedTuple):
    """value: None where there is none. piece: of the function; where it differs between two
    places there may be a corner, a leap or a pole between them.
    """

    value: float | None
    piece: Hashable = None


Function = Callable[[float], Sample]


@dataclass(frozen=True, slots=True)
class Found:
    """at: where. jump: the function leaps over the goal there, and `at` is just beyond."""

    at: float
    jump: bool = False


@dataclass(frozen=True, slots=True)
class Missed:
    """closest: the value nearest to the goal that was seen; flat: it was the same everywhere.

    certain: no place there is, not only none that was found.
    """

    closest: float
    flat: bool
    certain: bool = False


@dataclass(frozen=True, slots=True)
class _Point:
    x: float
    gap: float  # what the function gives less the goal; NaN without a value
    piece: Hashable

    @property
    def known(self) -> bool:
        return not math.isnan(self.gap)

    def like(self, other: "_Point") -> bool:
        return self.piece == other.piece and self.known == other.known


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
    can be. The function is asked MOST times, and as often as it takes to close in at the end.
    """
    gaps = _Gaps(function, goal)
    here = gaps.at(start)
    if not here.known:
        return None
    if here.gap == 0.0:
        return Found(start)
    gaps.present = abs(here.gap)
    step = abs(start) or size
    low, high = min(lowest, start), max(highest, start)
    before, after = (
        gaps.at(min(max(start + side * step * FIRST_STEP, low), high)) for side in (-1, 1)
    )
    sides = (
        _along(gaps, after, here, _outward(gaps, here, -step, bound=low)),
        _along(gaps, before, here, _outward(gaps, here, step, bound=high)),
    )
    nearest: Found | None = None
    for ring in zip_longest(*sides):
        found = [one for one in (nearest, *ring) if one is not None]
        best = min(found, key=lambda one: abs(one.at - start), default=None)
        if nearest is not None:  # a hill of the other side's next step may begin in this one
            return best
        nearest = best
    return nearest or Missed(goal + gaps.closest, flat=gaps.flat)


class _Gaps:
    """The function's distance to the goal, the smallest seen, and how often it was asked."""

    def __init__(self, function: Function, goal: float) -> None:
        self.function = function
        self.goal = goal
        self.present = 0.0
        self.closest = math.inf
        self.seen: set[float] = set()
        self.asked = 0

    def at(self, x: float) -> _Point:
        self.asked += 1
        value, piece = self.function(x)
        if value is None:
            return _Point(x, math.nan, piece)
        gap = value - self.goal
        if abs(gap) < abs(self.closest):
            self.closest = gap
        if len(self.seen) < 2:
            self.seen.add(value)
        return _Point(x, gap, piece)

    @property
    def flat(self) -> bool:
        return len(self.seen) < 2


# --- the walk ------------------------------------------------------------------------------------


def _outward(
    gaps: _Gaps, start: _Point, step: float, *, bound: float
) -> Iterator[tuple[_Point, ...]]:
    """The places looked at in every step, the last of the step before first."""
    near = start
    for power in range(STEPS + 1):
        x = start.x + step * FIRST_STEP * GROWTH**power
        last = not abs(x - start.x) < abs(bound - start.x)
        x = bound if last else x
        if not math.isfinite(x) or gaps.asked >= MOST:
            return
        if x != near.x:
            far = gaps.at(x)
            inner = _borders(gaps, near, far)
            if last:  # so that a hill just before the bound has a side towards it
                inner.append(gaps.at(far.x + FIRST_STEP * (near.x - far.x)))
            inner.sort(key=lambda point: point.x, reverse=step < 0.0)
            yield near, *inner, far
            near = far
        if last:
            return


def _borders(gaps: _Gaps, near: _Point, far: _Point) -> list[_Point]:
    """Places between two: ever nearer to each border between pieces, on both sides of it."""
    points: list[_Point] = []
    for _ in range(BORDERS):
        if near.like(far) or gaps.asked >= MOST:
            break
        inside, outside = _border(gaps, near, far)
        points += inside + outside
        if not outside:
            break
        near = outside[0]
    return points


def _border(gaps: _Gaps, near: _Point, far: _Point) -> tuple[list[_Point], list[_Point]]:
    """What halving meets on the near side of a border, and beyond it, outward."""
    inside, outside = [near], [far]
    while True:
        middle = _middle(inside[-1].x, outside[-1].x)
        if middle in (inside[-1].x, outside[-1].x):
            return inside[1:], outside[:0:-1]
        point = gaps.at(middle)
        (inside if point.like(near) else outside).append(point)


def _along(
    gaps: _Gaps, mirror: _Point, start: _Point, steps: Iterator[tuple[_Point, ...]]
) -> Iterator[Found | None]:
    """For every step, where the goal is first reached in it; ends with the first.

    mirror: a place on the other side of the start.
    """
    inner, middle = mirror, start
    for points in steps:
        for outer in points[1:]:
            found = _reached(gaps, inner, middle, outer, points)
            if found is not None:
                yield found
                return
            inner, middle = middle, outer
        yield None


def _reached(
    gaps: _Gaps, inner: _Point, middle: _Point, outer: _Point, step: Sequence[_Point]
) -> Found | None:
    if not (middle.known and outer.known):
        return None
    if _passes(middle, outer):
        return _closed(gaps, middle, outer, _scale(middle, outer, step))
    if inner.known and not _passes(inner, middle) and _is_hill(inner, middle, outer):
        return _climbed(gaps, inner, middle, outer)
    return None


def _scale(near: _Point, far: _Point, step: Sequence[_Point]) -> float:
    """How large gaps are in a step, not counting what is drawn up by a pole between the two."""
    least = BESIDE * abs(step[-1].x - step[0].x)
    if abs(far.x - near.x) > least:
        return max(abs(near.gap), abs(far.gap))
    aside = [one for one in step if one.known and abs(one.x - far.x) > least]
    return max(abs(one.gap) for one in aside or (near, far))


def _passes(near: _Point, far: _Point) -> bool:
    return near.gap != 0.0 and (far.gap == 0.0 or (near.gap < 0.0) != (far.gap < 0.0))


# --- a hill or valley towards the goal -----------------------------------------------------------


def _is_hill(inner: _Point, middle: _Point, outer: _Point) -> bool:
    left, top, right = abs(inner.gap), abs(middle.gap), abs(outer.gap)
    return top <= left and top <= right and top < max(left, right)


def _climbed(gaps: _Gaps, inner: _Point, top: _Point, outer: _Point) -> Found | None:
    """Where the goal is first reached on a hill whose two feet and a place between are known."""
    for _ in range(TURNS):
        if gaps.asked >= MOST or _is_narrow(gaps, inner, top, outer):
            break
        outward = abs(outer.x - top.x) > abs(inner.x - top.x)
        near, far = (top, outer) if outward else (inner, top)
        point = gaps.at(top.x + GOLDEN * ((outer if outward else inner).x - top.x))
        if not point.known:
            break
        if _passes(near, point):
            return _either(gaps, near, point, far)
        if abs(point.gap) < abs(top.gap):
            inner, top, outer = (top, point, outer) if outward else (inner, point, top)
        else:
            inner, outer = (inner, point) if outward else (point, outer)
    touched = abs(top.gap) <= REACHED * (abs(gaps.goal) or gaps.present)
    return Found(top.x) if touched else None


def _is_narrow(gaps: _Gaps, inner: _Point, top: _Point, outer: _Point) -> bool:
    """Whether the hill is a level, or a few floats wide."""
    height = max(abs(inner.gap), abs(outer.gap)) - abs(top.gap)
    width = abs(outer.x - inner.x)
    return height <= CLOSE * max(abs(gaps.goal), abs(top.gap)) or width <= 4 * math.ulp(
        max(abs(inner.x), abs(outer.x))
    )


def _either(gaps: _Gaps, near: _Point, beyond: _Point, far: _Point) -> Found | None:
    """Where the goal is reached on the near or else on the far side of a place beyond it."""
    for ends in ((near, beyond), (beyond, far)):
        if _passes(*ends):
            found = _closed(gaps, *ends, max(abs(one.gap) for one in ends))
            if found is not None:
                return found
    return None


# --- a change of side ----------------------------------------------------------------------------


def _closed(gaps: _Gaps, near: _Point, far: _Point, scale: float) -> Found | None:
    """The place between two ends at which the goal is first reached; None for a pole.

    scale: how large gaps are that no pole has drawn up.
    """
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
        if not middle.known:
            return None
        near, far = (near, middle) if _passes(near, middle) else (middle, far)
    best = near if abs(near.gap) < abs(far.gap) else far
    if abs(best.gap) <= reached:
        return Found(best.x)
    if max(abs(near.gap), abs(far.gap)) > 2 * scale:  # a pole
        return None
    return Found(best.x) if _is_steep(gaps, near, far) else Found(far.x, jump=True)


def _is_steep(gaps: _Gaps, near: _Point, far: _Point) -> bool:
    """Whether what lies between neighbouring floats is a slope, which goes on before them."""
    before = gaps.at(near.x - (far.x - near.x))
    return before.known and abs(near.gap - before.gap) > abs(far.gap - near.gap) / 4


def _between(near: _Point, far: _Point, smallest: float, *, halve: bool) -> float:
    """Where to look next: strictly between the ends."""
    side = math.copysign(smallest, far.x - near.x)
    if far.gap == 0.0 and not halve:  # reached exactly; is it where it is first reached?
        return far.x - side
    if halve:
        return _middle(near.x, far.x)
    x = near.x + (far.x - near.x) * (near.gap / (near.gap - far.gap))
    first, last = sorted((near.x + side, far.x - side))
    return min(max(x, first), last)


def _middle(one: float, other: float) -> float:
    """The float that has as many floats between it and one as between it and the other.

    64 such halvings lead anywhere, to 0 too; from 1 to the smallest float it is 1,074 of width.
    """
    return _float((_rank(one) + _rank(other)) // 2)


def _rank(number: float) -> int:
    (bits,) = struct.unpack("<q", struct.pack("<d", abs(number)))
    return -int(bits) if number < 0.0 else int(bits)


def _float(rank: int) -> float:
    (number,) = struct.unpack("<d", struct.pack("<q", abs(rank)))
    return math.copysign(float(number), rank)
