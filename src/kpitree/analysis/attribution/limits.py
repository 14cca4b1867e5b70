"""Values at the two ends of the path, where 0 / 0 may still have a limit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kpitree.analysis.attribution.quadrature import END, START, Point
from kpitree.analysis.attribution.tape import NO_VALUE, Step, Tape, along, outcome, slopes
from kpitree.analysis.functions import FUNCTIONS


@dataclass(frozen=True, slots=True)
class End:
    """Every slot's value at one end; `carried` are the KPIs whose formula took a limit."""

    point: Point
    values: list[float]
    carried: tuple[str, ...] = ()


def ends(tape: Tape) -> tuple[End, End]:
    """Both ends of the path; the root is NaN where it has neither a value nor a limit."""
    return _end(tape, START), _end(tape, END)


def _end(tape: Tape, point: Point) -> End:
    # A formula that minds its own zeros (coalesce, if_else) has the first word.
    values = tape.forward(point)
    return _with_limits(tape, point) if math.isnan(values[tape.root]) else End(point, values)


def _with_limits(tape: Tape, point: Point) -> End:
    """Values with 0 / 0 taken as the ratio of the speeds at which both leave 0 (L'Hopital)."""
    values = tape.forward(point)
    tangents = [0.0] * tape.size
    for slot, (before, after) in tape.ranges.items():
        tangents[slot] = after - before
    carried: dict[str, None] = {}
    for step in tape.steps:
        args = [values[slot] for slot in step.args]
        if step.function is FUNCTIONS["/"] and args == [0.0, 0.0]:
            values[step.out], tangents[step.out] = _limit(tape, step, tangents)
            carried[step.owner] = None
        else:
            values[step.out] = outcome(step.function, args)
            tangents[step.out] = along(step, slopes(step, values), tangents)
    return End(point, values, tuple(carried))


def _limit(tape: Tape, step: Step, tangents: Sequence[float]) -> tuple[float, float]:
    """The limit and its own speed, which is known where both sides run along straight lines."""
    above, below = (tangents[slot] for slot in step.args)
    if not below:
        return NO_VALUE, NO_VALUE
    straight = all(tape.degrees[slot] in (0, 1) for slot in step.args)
    return above / below, 0.0 if straight else NO_VALUE
