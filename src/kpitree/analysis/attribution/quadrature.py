"""Integrals along a path: Gauss-Legendre rules, refined where a line has not settled yet.

A point on the path is held by its distance from both ends. Near an end the distance is exact
however small, so what happens there is seen at any scale, and swapping the two states gives the
same points in reverse.
"""

import heapq
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

ORDER: Final = 16  # points of the rule that is believed; half as many check it
MAX_PANELS: Final = 400
PATIENCE: Final = 40  # panels within which the worst error must have halved
PRECISION: Final = 1e-11  # of each line, relative to its integral without signs
NOISE: Final = 1e-13  # of all lines together; below it a line is rounding


class Point(NamedTuple):
    """A place on the path: 0 <= from_start, from_end <= 1, together 1."""

    from_start: float
    from_end: float


START: Final = Point(0.0, 1.0)
END: Final = Point(1.0, 0.0)


class Panel(NamedTuple):
    """The stretch of the path between two points."""

    start: Point
    end: Point

    @property
    def width(self) -> float:
        """Its share of the whole path, exact near either end."""
        if self.end.from_start <= self.start.from_end:
            return self.end.from_start - self.start.from_start
        return self.start.from_end - self.end.from_end

    def halves(self) -> "tuple[Panel, Panel]":
        middle = between(self.start, self.end)
        return Panel(self.start, middle), Panel(middle, self.end)


WHOLE: Final = Panel(START, END)


@dataclass(frozen=True, slots=True)
class Integral:
    """values: one integral each; errors: what they may be off by, infinite if they diverge."""

    values: list[float]
    errors: list[float]


Integrand = Callable[[Point], Sequence[float]]


def between(start: Point, end: Point) -> Point:
    """The point half-way."""
    return Point((start.from_start + end.from_start) / 2.0, (start.from_end + end.from_end) / 2.0)


@cache
def gauss_legendre(order: int) -> tuple[tuple[float, float], ...]:
    """Nodes on (-1, 1) in ascending order and their weights, exact up to degree 2 x order - 1.

    Newton's method on the Legendre polynomial, from Tricomi's estimate of its roots.
    """
    rule: list[tuple[float, float]] = []
    for position in range(order, 0, -1):
        node = math.cos(math.pi * (position - 0.25) / (order + 0.5))
        for _ in range(8):  # converges quadratically; 5 do for any order
            value, slope = _legendre(order, node)
            node -= value / slope
        slope = _legendre(order, node)[1]
        rule.append((node, 2.0 / ((1.0 - node * node) * slope * slope)))
    return tuple(rule)


def _legendre(order: int, x: float) -> tuple[float, float]:
    """The Legendre polynomial of this order and its slope, by the three-term recurrence."""
    before, value = 1.0, x
    for n in range(2, order + 1):
        before, value = value, ((2 * n - 1) * x * value - (n - 1) * before) / n
    return value, order * (x * value - before) / (x * x - 1.0)


def points(panel: Panel, order: int) -> list[Point]:
    """The rule's nodes on the panel, in the direction of the path."""
    return [
        _inside(panel, (1.0 + node) / 2.0, (1.0 - node) / 2.0) for node, _ in gauss_legendre(order)
    ]


def _inside(panel: Panel, done: float, left: float) -> Point:
    """The point with these parts of the panel behind and before it; never beyond its ends."""
    start, end = panel
    long = end.from_start - start.from_start
    back = start.from_end - end.from_end
    return Point(
        min(start.from_start + long * done, end.from_start),
        min(end.from_end + back * left, start.from_end),
    )


def by_rule(integrand: Integrand, panel: Panel, order: int) -> list[float]:
    """The integrals over one panel; exact where the integrand's degree is below 2 x order."""
    rows = [integrand(point) for point in points(panel, order)]
    weights = [weight * panel.width / 2.0 for _, weight in gauss_legendre(order)]
    return [_dot(weights, column) for column in zip(*rows, strict=True)]


def _dot(weights: Sequence[float], column: Sequence[float]) -> float:
    return sum(weight * value for weight, value in zip(weights, column, strict=True))


@dataclass(frozen=True, slots=True)
class _Measured:
    panel: Panel
    values: list[float]
    errors: list[float]
    sizes: list[float]  # integrals without signs


def _measure(integrand: Integrand, panel: Panel) -> _Measured:
    """By the plain rule, or by the one that is dense at both ends where that one settles better.

    It makes a slope without bounds at an end of the panel, as of the square root at 0, smooth.
    """
    plain = _compared(integrand, panel, _plain)
    off = max(plain.errors, default=0.0)
    if math.isinf(off) or off <= PRECISION * max(plain.sizes, default=0.0):
        return plain
    dense = _compared(integrand, panel, _dense)
    return min(plain, dense, key=lambda one: max(one.errors))


def _compared(integrand: Integrand, panel: Panel, nodes: "Nodes") -> _Measured:
    values, sizes = _with_sizes(integrand, nodes(panel, ORDER))
    coarse = zip(*_with_sizes(integrand, nodes(panel, ORDER // 2)), strict=True)
    errors = [
        _error(value - other, size, rough)
        for value, size, (other, rough) in zip(values, sizes, coarse, strict=True)
    ]
    return _Measured(panel, values, errors, sizes)


Weighted = list[tuple[Point, float]]
Nodes = Callable[[Panel, int], Weighted]


def _plain(panel: Panel, order: int) -> Weighted:
    rule = gauss_legendre(order)
    weights = [weight * panel.width / 2.0 for _, weight in rule]
    return list(zip(points(panel, order), weights, strict=True))


def _dense(panel: Panel, order: int) -> Weighted:
    """The rule over u, where the way through the panel is u^2 (3 - 2 u), u from 0 to 1."""
    found: Weighted = []
    for node, weight in gauss_legendre(order):
        u, rest = (1.0 + node) / 2.0, (1.0 - node) / 2.0
        place = _inside(panel, u * u * (3.0 - 2.0 * u), rest * rest * (3.0 - 2.0 * rest))
        found.append((place, 3.0 * u * rest * weight * panel.width))
    return found


def _with_sizes(integrand: Integrand, nodes: Weighted) -> tuple[list[float], list[float]]:
    rows = [integrand(point) for point, _ in nodes]
    weights = [weight for _, weight in nodes]
    columns = list(zip(*rows, strict=True))
    values = [_dot(weights, column) for column in columns]
    return values, [_dot(weights, list(map(abs, column))) for column in columns]


def _error(difference: float, size: float, rough: float) -> float:
    """How far off a panel may be: what two rules differ by, infinite where either has no value.

    Right and left of a pole the halves may cancel to the last digit. Their sizes do not.
    """
    if not (math.isfinite(difference) and math.isfinite(size)):
        return math.inf
    spread = abs(size - rough)
    return max(abs(difference), spread) if spread > 0.5 * size else abs(difference)


def integrate(
    integrand: Integrand, size: int, pieces: Callable[[Panel], Iterable[Panel]]
) -> Integral:
    """Integrate a function with `size` components over the whole path.

    pieces: cuts a panel where the integrand is not smooth; called again on every half.

    Each component must settle by itself: the panel that is furthest off on any of them is
    halved until none is, or until halving no longer helps, and then `errors` tells.
    """
    measured = [_measure(integrand, panel) for panel in pieces(WHOLE)]
    queue = _Queue(measured, _tolerances(measured, size))
    while queue.unsettled():
        halves = [piece for half in queue.pop().halves() for piece in pieces(half)]
        queue.add(_measure(integrand, piece) for piece in halves)
    done = queue.all()
    return Integral(
        [total(one.values[i] for one in done) for i in range(size)],
        [total(one.errors[i] for one in done) for i in range(size)],
    )


class _Queue:
    """Panels, the one that is most times over its tolerance first."""

    def __init__(self, measured: Iterable[_Measured], wanted: Sequence[float]) -> None:
        self.wanted = wanted
        self.heap: list[tuple[float, int, _Measured]] = []
        self.added = 0  # keeps equals in the order in which they came
        self.add(measured)
        self.worst_before = math.inf
        self.look_again = PATIENCE

    def add(self, measured: Iterable[_Measured]) -> None:
        for one in measured:
            self.added += 1
            heapq.heappush(self.heap, (-_worst(one.errors, self.wanted), self.added, one))

    def pop(self) -> Panel:
        return heapq.heappop(self.heap)[2].panel

    def all(self) -> list[_Measured]:
        return [one for _, _, one in self.heap]

    def unsettled(self) -> bool:
        """Whether some panel is off and halving has been of use."""
        if not self.heap or self.worst() <= 1.0 or len(self.heap) >= MAX_PANELS:
            return False
        if len(self.heap) >= self.look_again:
            if math.isinf(self.worst()) or self.worst() > self.worst_before / 2.0:
                return False  # it has no value, diverges, or is rounding already
            self.worst_before = self.worst()
            self.look_again += PATIENCE
        return True

    def worst(self) -> float:
        return -self.heap[0][0]


def total(values: Iterable[float]) -> float:
    """The sum; infinite where one of the values is, or the sum is too large for a number."""
    found = list(values)
    try:
        return math.fsum(found) if all(map(math.isfinite, found)) else math.inf
    except OverflowError:
        return math.inf


def _tolerances(measured: Sequence[_Measured], size: int) -> list[float]:
    lines = [_finite(one.sizes[i] for one in measured) for i in range(size)]
    noise = NOISE * total(lines)
    return [max(PRECISION * line, noise) for line in lines]


def _finite(values: Iterable[float]) -> float:
    return total(value for value in values if math.isfinite(value))


def _worst(errors: Sequence[float], wanted: Sequence[float]) -> float:
    """How many times over its tolerance the worst component is."""
    ratios = [
        error / allowed if allowed else math.inf
        for error, allowed in zip(errors, wanted, strict=True)
        if error
    ]
    return max(ratios, default=0.0)
