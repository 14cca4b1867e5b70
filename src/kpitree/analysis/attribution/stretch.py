"""One straight stretch between two states: what flows through every mention on the way.

Between thresholds the flows are integrals. Over a threshold the explained KPI leaps; the leap is
taken apart along a path of its own, from the values just before to those just after, on which
the outcome of the if_else moves by itself as a driver does.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kpitree.analysis.attribution.contract import CLOSING
from kpitree.analysis.attribution.crossings import Flip, Pieces, values_inside
from kpitree.analysis.attribution.jumps import (
    ROUNDING,
    Edges,
    add,
    carriers,
    is_rounding,
    is_steep,
    leaping,
    times,
)
from kpitree.analysis.attribution.limits import End, ends
from kpitree.analysis.attribution.quadrature import (
    WHOLE,
    Integrand,
    Point,
    by_rule,
    integrate,
    total,
)
from kpitree.analysis.attribution.scope import IndivisibleError, Jump
from kpitree.analysis.attribution.tape import Tape

NEAR: Final = 1e-6  # for one leap; where it lands on a slope without bounds, its ends are blurred
MAX_DEGREE: Final = 64  # up to here a polynomial takes one exact rule; then adaptive is cheaper


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """lines: driver that moved -> its line without jumps. flows: by mention of what moved, without
    jumps. Lines and jumps add up to after - before.
    """

    before: float
    after: float
    lines: dict[str, float]
    flows: Edges
    jumps: tuple[Jump, ...]


@dataclass(frozen=True, slots=True)
class _Leap:
    """What one threshold did: to the root, by slot of what moves by itself, and by mention."""

    owner: str
    sources: dict[int, float]
    edges: Edges


@dataclass(slots=True)
class _Parts:
    """sources: what comes from each slot that moves by itself. edges: what drivers send through
    each mention; leaping: what leaping outcomes send.
    """

    sources: dict[int, float]
    edges: Edges
    leaping: Edges
    leaps: list[_Leap]
    steep: list[_Leap]  # what happens within brackets of slopes without bounds

    def lines(self) -> list[float]:
        """All that adds up to the change."""
        leaps = (line for leap in self.leaps for line in leap.sources.values())
        return [*self.sources.values(), *leaps]

    def add(self, leap: _Leap) -> None:
        """Count a leap that is none among what moves smoothly."""
        add(self.sources, leap.sources)
        add(self.edges, leap.edges)


def integrate_stretch(tape: Tape, found: tuple[End, End]) -> Stretch:
    """The way from one end to the other; raises IndivisibleError where it cannot be told."""
    parts = _parts(tape, found, tape.producers[tape.root].owner)
    drivers = {slot: kpi for kpi, slot in tape.slots.items() if slot in tape.ranges}
    start, finish = (end.values[tape.root] for end in found)
    return Stretch(
        before=start,
        after=finish,
        lines={kpi: parts.sources[slot] for slot, kpi in drivers.items()},
        flows=parts.edges,
        jumps=tuple(
            Jump(
                kpi=leap.owner,
                lines={drivers[slot]: line for slot, line in leap.sources.items()},
                flows=leap.edges,
            )
            for leap in parts.leaps
        ),
    )


def _parts(tape: Tape, found: tuple[End, End], owner: str, closing: float = CLOSING) -> _Parts:
    """owner: the KPI to blame where the parts do not add up, by more than `closing`."""
    pieces = Pieces(tape, found)
    tape = pieces.tape
    values = _integrals(tape, found, pieces)
    parts = _sorted(tape, values)
    for flip in pieces.flips:
        _cross(tape, pieces, flip, parts)
    _settle_steep(tape, found, parts)
    _must_close(tape, found, parts, owner, closing)
    return parts


# --- integrals -----------------------------------------------------------------------------------


def _integrals(tape: Tape, found: tuple[End, End], pieces: Pieces) -> list[float]:
    def integrand(point: Point) -> list[float]:
        return tape.flows(values_inside(tape, point))

    degree = tape.degrees[tape.root]
    if degree is not None and degree <= MAX_DEGREE and not pieces.switches.steps:
        return by_rule(integrand, WHOLE, max(1, math.ceil(degree / 2)))
    if pieces.switches.straight:
        degree = pieces.switches.degree()
        if degree is not None and degree <= MAX_DEGREE:
            return _by_pieces(integrand, pieces, max(1, math.ceil(degree / 2)))
    owners = [edge.parent for edge in tape.edges]
    if tape.leaping:
        owners += [*owners, *(tape.producers[slot].owner for slot in tape.leaping)]
    integral = integrate(integrand, len(owners), pieces)
    allowed = CLOSING * _scale(tape, found, integral.values)
    unsettled = [
        owner for owner, error in zip(owners, integral.errors, strict=True) if error > allowed
    ]
    if unsettled:  # the edges stand operands first: the last is the one nearest the root
        raise IndivisibleError(unsettled[-1], "its lines do not settle on the way")
    return integral.values


def _by_pieces(integrand: Integrand, pieces: Pieces, order: int) -> list[float]:
    """Of what is a polynomial between its kinks."""
    parts = [by_rule(integrand, piece, order) for piece in pieces(WHOLE)]
    return [total(column) for column in zip(*parts, strict=True)]


def _sorted(tape: Tape, values: Sequence[float]) -> _Parts:
    size = len(tape.edges)
    keys = [(edge.parent, edge.child) for edge in tape.edges]
    into: dict[int, list[float]] = {slot: [] for slot in tape.ranges}
    for edge, flow in zip(tape.edges, values[:size], strict=True):
        if edge.slot in into:
            into[edge.slot].append(flow)
    sources = {slot: total(flows) for slot, flows in into.items()}
    sources.update(zip(tape.leaping, values[2 * size :], strict=True))
    return _Parts(
        sources,
        dict(zip(keys, values[:size], strict=True)),
        dict(zip(keys, values[size : 2 * size], strict=True)) if tape.leaping else {},
        [],
        [],
    )


def _settle_steep(tape: Tape, found: tuple[End, End], parts: _Parts) -> None:
    """Count what is within brackets of steep slopes, unless the integrals up to them have it.

    A rule whose points grow dense at an end gives the whole integral up to the kink; one that
    was halved until it met the bracket gives what is outside.
    """
    within = total(line for leap in parts.steep for line in leap.sources.values())
    residual = _residual(tape, found, parts.lines())
    if abs(residual - within) < abs(residual):
        for leap in parts.steep:
            parts.add(leap)


def _residual(tape: Tape, found: tuple[End, End], lines: Sequence[float]) -> float:
    start, finish = (end.values[tape.root] for end in found)
    return (finish - start) - total(lines)


def _must_close(
    tape: Tape, found: tuple[End, End], parts: _Parts, owner: str, closing: float
) -> None:
    """A pole or a jump so narrow that no point of a rule has met it still shows in the sum."""
    lines = parts.lines()
    if not abs(_residual(tape, found, lines)) <= closing * _scale(tape, found, lines):
        raise IndivisibleError(owner, "its lines do not add up to its change")


def _scale(tape: Tape, found: tuple[End, End], values: Sequence[float]) -> float:
    gross = total(abs(value) for value in values if math.isfinite(value))
    return max(gross, *(abs(end.values[tape.root]) for end in found))


# --- thresholds ----------------------------------------------------------------------------------


def _cross(tape: Tape, pieces: Pieces, flip: Flip, parts: _Parts) -> None:
    """Add what happens at one threshold; where branches meet there, it is a mere kink."""
    before, after = (pieces.values(point) for point in flip.panel)
    steps = leaping(tape, flip)
    if all(is_rounding(tape, step, before, after) for step in steps):
        return
    over = {
        slot: (before[slot], after[slot]) for slot in (*tape.ranges, *(one.out for one in steps))
    }
    speeds = {slot: flip.panel.width * speed for slot, speed in tape.speeds.items()}
    for step in steps:
        speeds[step.out] = after[step.out] - before[step.out]
    short = tape.narrowed(tape.start, over, speeds)
    owner = steps[0].owner
    inner = _parts(short, ends(short), owner, NEAR)
    leap = _Leap(owner, {}, inner.leaping)
    for one in inner.leaps:
        add(leap.sources, one.sources)
        add(leap.edges, one.edges)
    for step in steps:
        amount = inner.sources.pop(step.out) + leap.sources.pop(step.out, 0.0)
        shares = carriers(tape, step, before, after)
        add(leap.sources, times(amount, shares.sources))
        add(leap.edges, times(amount, shares.edges))
    parts.add(_Leap(owner, inner.sources, inner.edges))
    amount = total(leap.sources.values())
    size = max(abs(values[tape.root]) for values in (before, after, *pieces.ends.values()))
    steep = all(is_steep(tape, step, flip.panel, before, after) for step in steps)
    if steep:
        parts.steep.append(leap)
    elif abs(amount) <= ROUNDING * size:
        parts.add(leap)
    else:
        parts.leaps.append(leap)
