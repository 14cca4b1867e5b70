"""Mean gradients along a straight stretch: how much of a line a change of 1 makes.

For a driver that moved that is its line by its change. Others need slopes of their own, over a
tape on which they could move; they may have none, and must not spoil the lines of the others.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from kpitree.analysis.attribution.crossings import Pieces, values_inside
from kpitree.analysis.attribution.limits import End
from kpitree.analysis.attribution.quadrature import WHOLE, Integral, Point, by_rule, integrate
from kpitree.analysis.attribution.scope import Ends
from kpitree.analysis.attribution.stretch import MAX_DEGREE
from kpitree.analysis.attribution.tape import NO_VALUE, Tape

SETTLED: Final = 1e-9  # of all gradients together, each taken for the whole driver


def of_moved(drivers: Mapping[str, Ends], lines: Mapping[str, float]) -> dict[str, float]:
    """Line by change, of the drivers that changed."""
    return {
        kpi: lines[kpi] / (ends.after - ends.before)
        for kpi, ends in drivers.items()
        if ends.after != ends.before
    }


def mean_gradients(
    tape: Tape, found: tuple[End, End], drivers: Mapping[str, float]
) -> dict[str, float]:
    """The mean derivative by each of these drivers, of those that have one.

    tape: on which they are among what moves. drivers: id -> value.
    """
    sizes = {kpi: abs(value) or 1.0 for kpi, value in drivers.items()}
    while sizes:
        integral = _integral(tape, found, sizes)
        allowed = SETTLED * _gross(tape, found, integral.values)
        settled = {
            kpi: value / sizes[kpi]
            for kpi, value, error in zip(sizes, integral.values, integral.errors, strict=True)
            if math.isfinite(value) and error <= allowed
        }
        if len(settled) == len(sizes):
            return settled
        sizes = {kpi: sizes[kpi] for kpi in settled}
    return {}


def _integral(tape: Tape, found: tuple[End, End], sizes: Mapping[str, float]) -> Integral:
    """Of each slope times the driver's size, so that all are in the unit of the root."""
    slots = [(tape.slots[kpi], size) for kpi, size in sizes.items()]

    def integrand(point: Point) -> list[float]:
        by_slot = slopes_at(tape, values_inside(tape, point))
        return [tape.derivative(by_slot, slot) * size for slot, size in slots]

    pieces = Pieces(tape, found)
    degree = tape.degrees[tape.root]
    if degree is not None and degree <= MAX_DEGREE and not pieces.switches.steps:
        values = by_rule(integrand, WHOLE, max(1, math.ceil(degree / 2)))
        return Integral(values, [0.0] * len(values))
    return integrate(integrand, len(slots), pieces)


def slopes_at(tape: Tape, values: Sequence[float]) -> list[float]:
    """The derivative of the root by every slot; NO_VALUE by what stands in a corner."""
    partials = []
    for step, by_args in zip(tape.steps, tape.partials(values), strict=True):
        corners = step.function.corners([values[slot] for slot in step.args])
        partials.append([NO_VALUE if i in corners else by for i, by in enumerate(by_args)])
    return tape.adjoints(partials, {tape.root: 1.0})


def _gross(tape: Tape, found: tuple[End, End], values: Sequence[float]) -> float:
    gross = math.fsum(abs(value) for value in values if math.isfinite(value))
    return max(gross, *(abs(end.values[tape.root]) for end in found))
