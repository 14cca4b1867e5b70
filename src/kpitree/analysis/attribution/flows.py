"""What reaches a KPI through each mention, when its lines are averages over orders.

Where all is multilinear, orders give what the straight line gives. Where whatever moved reaches
the KPI on one way only, flows are sums of lines. Otherwise a flow is its integral along the
moves of an order, one driver after another, averaged over all orders: for few drivers only.
"""

import math
from typing import Final

from kpitree.analysis.attribution.compiling import compile_scope
from kpitree.analysis.attribution.corners import order_share
from kpitree.analysis.attribution.division import Sides
from kpitree.analysis.attribution.games import game_of
from kpitree.analysis.attribution.limits import ends
from kpitree.analysis.attribution.quadrature import START
from kpitree.analysis.attribution.scope import IndivisibleError
from kpitree.analysis.attribution.slopes import flows_along_the_line
from kpitree.analysis.attribution.stretch import integrate_stretch
from kpitree.analysis.attribution.tape import Tape

MOST: Final = 6  # moved drivers: 6 x 2^5 moves

Edges = dict[tuple[str, str], float]


def flows_over_orders(sides: Sides, lines: dict[str, float], degree: int | None) -> Edges:
    """The flow through every mention of the scope; {} where it cannot be told.

    degree: of the change as a polynomial, None where not all of it is multilinear.
    """
    if degree is not None:
        return flows_along_the_line(game_of(sides), degree)
    return _upward(sides, lines) or _integrated(sides)


def _upward(sides: Sides, lines: dict[str, float]) -> Edges:
    """Sums of lines, where whatever moved reaches the KPI on one way only; else {}."""
    tree, totals = sides.tree, dict(lines)
    moving = set(sides.moved)
    flows: Edges = {}
    reached: set[str] = set()
    for parent in sides.scope.opened:
        children = tree.operands(parent)
        if any(child in reached and child in moving for child in children):
            return {}
        if any(child in moving for child in children):
            moving.add(parent)
        reached.update(children)
        totals[parent] = math.fsum(totals[child] for child in children)
        flows |= {(parent, child): totals[child] if child in moving else 0.0 for child in children}
    return flows


def _integrated(sides: Sides) -> Edges:
    if len(sides.moved) > MOST:
        return {}
    tape = compile_scope(sides.tree, sides.scope)
    parts: dict[tuple[str, str], list[float]] = {
        (parent, child): []
        for parent in sides.scope.opened
        for child in sides.tree.operands(parent)
    }
    try:
        for mask in range(1 << len(sides.moved)):
            for place, mover in enumerate(sides.moved):
                if mask >> place & 1 == 0:
                    share = order_share(len(sides.moved), mask.bit_count())
                    for edge, flow in _move(tape, sides, mask, mover).items():
                        parts[edge].append(share * flow)
    except IndivisibleError:  # a pole between two corners: lines are told, ways are not
        return {}
    return {edge: math.fsum(found) for edge, found in parts.items()}


def _move(tape: Tape, sides: Sides, mask: int, mover: str) -> Edges:
    """What one driver's move sends through each mention, leaps included."""
    drivers = sides.scope.drivers
    corner = {
        tape.slots[one]: drivers[one].after if mask >> place & 1 else drivers[one].before
        for place, one in enumerate(sides.moved)
    }
    values = tape.narrowed(tape.start, {slot: (at, at) for slot, at in corner.items()}).forward(
        START
    )
    own = drivers[mover]
    short = tape.narrowed(values, {tape.slots[mover]: (own.before, own.after)})
    stretch = integrate_stretch(short, ends(short))
    flows = dict(stretch.flows)
    for jump in stretch.jumps:
        for edge, flow in jump.flows.items():
            flows[edge] = flows.get(edge, 0.0) + flow
    return flows
