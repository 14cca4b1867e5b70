"""Operands of max, min and abs that are equal all the way, but for rounding.

They count as equal: none of them is ahead, and what passes them is shared equally.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kpitree.analysis.arithmetic import Numbers
from kpitree.analysis.attribution.limits import End
from kpitree.analysis.attribution.quadrature import ORDER, WHOLE, points
from kpitree.analysis.attribution.tape import Step, Tape
from kpitree.analysis.functions import FUNCTIONS, Function

ROUNDING: Final = 1e-12  # of what two values are made of

Pair = tuple[int, int | None]  # positions of two operands, or of one that is 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tied(Function):
    """One of max, min and abs. groups: by position, the first operand that is the same."""

    groups: tuple[int, ...]


def with_ties(tape: Tape, ends: Sequence[End]) -> Tape:
    """The same formulas, where operands count as equal that are so at every point looked at."""
    found = {step.out: pairs for step in tape.steps if (pairs := _pairs(step))}
    for values in (end.values for end in ends):
        found = _still_tied(tape, values, found)
    for point in points(WHOLE, ORDER):
        if not found:
            return tape
        found = _still_tied(tape, tape.forward(point), found)
    new = {out: _tied(tape.producers[out], pairs) for out, pairs in found.items()}
    return replace(
        tape,
        steps=tuple(new.get(step.out, step) for step in tape.steps),
        producers={**tape.producers, **new},
    )


def _pairs(step: Step) -> list[Pair]:
    if step.function is FUNCTIONS["abs"]:
        return [(0, None)]
    if step.function not in (FUNCTIONS["max"], FUNCTIONS["min"]):
        return []
    size = len(step.args)
    return [(first, second) for first in range(size) for second in range(first + 1, size)]


def _still_tied(
    tape: Tape, values: Sequence[float], found: Mapping[int, list[Pair]]
) -> dict[int, list[Pair]]:
    if not found:
        return {}
    sizes = _sizes(tape, values)
    left: dict[int, list[Pair]] = {}
    for out, pairs in found.items():
        args = tape.producers[out].args
        close = [pair for pair in pairs if _is_close(args, pair, values, sizes)]
        if close:
            left[out] = close
    return left


def _is_close(
    args: Sequence[int], pair: Pair, values: Sequence[float], sizes: Sequence[float]
) -> bool:
    one, other = (None if position is None else args[position] for position in pair)
    assert one is not None
    if other is None:
        return abs(values[one]) <= ROUNDING * sizes[one]
    return abs(values[one] - values[other]) <= ROUNDING * max(sizes[one], sizes[other])


def _sizes(tape: Tape, values: Sequence[float]) -> list[float]:
    """How large what each value is made of is; it is rounded by so many times 1e-16."""
    sizes = [abs(value) for value in values]
    for step, partials in zip(tape.steps, tape.partials(values), strict=True):
        parts = sum(abs(partials[i]) * sizes[step.args[i]] for i in step.moving if partials[i])
        if math.isfinite(parts):
            sizes[step.out] = max(sizes[step.out], parts)
    return sizes


def _tied(step: Step, pairs: Sequence[Pair]) -> Step:
    groups = list(range(len(step.args)))
    for first, second in pairs:
        if second is not None:
            groups[second] = min(groups[second], groups[first])
    return replace(step, function=_function(step.function, tuple(groups)))


def _function(function: Function, groups: tuple[int, ...]) -> Tied:
    extreme = min if function is FUNCTIONS["min"] else max

    def regime(args: Numbers) -> int:
        return groups[args.index(extreme(args))]

    def partials(args: Numbers, _value: float) -> Numbers:
        if function is FUNCTIONS["abs"]:
            return (0.0,)
        ahead = {groups[i] for i, arg in enumerate(args) if arg == extreme(args)}
        reached = [1.0 if group in ahead else 0.0 for group in groups]
        return [one / sum(reached) for one in reached]

    return Tied(
        polars=function.polars,
        value=function.value,
        partials=partials,
        regime=regime,
        crossing=function.crossing,
        corners=function.corners,
        groups=groups,
    )
