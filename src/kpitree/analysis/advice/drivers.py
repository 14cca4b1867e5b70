"""Drivers that cancel out by the formulas, whatever the data: deals x (amount / deals)."""

import math
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kpitree.advice.contract import Finding
from kpitree.analysis.advice.evidence import Evidence
from kpitree.analysis.attribution.compiling import compile_scope
from kpitree.analysis.attribution.quadrature import START
from kpitree.analysis.attribution.scope import Ends, Scope, looks_back
from kpitree.analysis.attribution.tape import Tape
from kpitree.tree.expressions import Call, calls_in, names_in
from kpitree.tree.graph import under
from kpitree.tree.model import Branch, Constant, Tree

CANCELLED: Final = 1e-9  # of what flows through a KPI: a smaller rest is rounding
# How many times as much or as little every driver is at most, each by itself: near the actual
# state, and far enough from it to come to the other side of a min() or a capacity.
SPREADS: Final = (2.0, 2.0, 2.0, 2.0, 10.0, 10.0, 10.0, 10.0, 1e3, 1e3, 1e3, 1e3)
NEEDED: Final = 3  # of these states, in which the goal has a value
SEED: Final = 20_240_229


@dataclass(frozen=True, slots=True)
class _Net:
    """The goal over its drivers. cancelled: what moves it in no state, though it flows in."""

    opened: tuple[str, ...]
    cancelled: tuple[str, ...]
    moving: frozenset[str]


def cancelling(seen: Evidence) -> Iterator[Finding]:
    """KT404: what a KPI adds on one way to the goal it takes away on another, by the formulas.

    In deals x (won / deals) x (amount / won) everything but the amount cancels (semantics 5.1).
    Told where a formula divides by it that would tell more as one driver; the goal itself and
    what is made of the KPI above the line stay as they are: in profit / revenue there is nothing
    to mend.
    """
    tree = seen.tree
    net = _net(tree, seen.state)
    for kpi in net.cancelled:
        made_of = _made_of(tree, net.opened, kpi)
        dividing = [one for one in net.opened if _divides(tree, one, made_of)]
        parents = [one for one in net.opened if kpi in tree.operands(one)]
        if len(parents) == 1 and parents == dividing:
            yield _finding(kpi, parents[0], f"it cancels out in the formula of {parents[0]}")
            continue
        drivers = [one for one in dividing if one != tree.root]
        if drivers and kpi in _net(tree, seen.state, frozenset(drivers)).moving:
            yield _finding(
                kpi,
                drivers[0],
                f"what it adds {_ways(tree, parents)} cancels out;"
                f" driver = true for {' and '.join(drivers)} would tell more",
                of=tree.root,
            )


def _finding(kpi: str, where: str, said: str, *, of: str = "") -> Finding:
    message = f"{kpi} explains nothing of {of or where}: {said}"
    return Finding(code="KT404", message=message, key=("kpi", where), kpi=where)


def _ways(tree: Tree, parents: Sequence[str]) -> str:
    others = [one for one in reversed(parents) if one != tree.root]
    ways = ["directly"] if tree.root in parents else []
    return " and ".join([*ways, *([f"by way of {' and '.join(others)}"] if others else [])])


def _made_of(tree: Tree, opened: Sequence[str], kpi: str) -> set[str]:
    """The KPI, and those of opened (operands first) that are computed from it."""
    found = {kpi}
    for one in opened:
        if not found.isdisjoint(tree.operands(one)):
            found.add(one)
    return found


def _divides(tree: Tree, kpi: str, made_of: Collection[str]) -> bool:
    """Whether a formula divides what is not made of a KPI by what is."""
    node = tree.kpis[kpi]
    assert isinstance(node, Branch)
    for call in calls_in(node.formula):
        match call:
            case Call(name="/", args=(above, below)):
                if set(names_in(below)) & set(made_of) and not set(names_in(above)) & set(made_of):
                    return True
    return False


def _net(
    tree: Tree, state: Mapping[str, float | None], drivers: frozenset[str] = frozenset()
) -> _Net:
    """drivers: taken as such, beside those that the tree declares."""
    opened, ends = _cut(tree, drivers)
    if not opened:
        return _Net((), (), frozenset())
    tape = compile_scope(
        tree,
        Scope(
            kpi=tree.root,
            order=(),
            opened=opened,
            drivers={kpi: Ends(before=size, after=size) for kpi, size in _sizes(ends, state)},
        ),
        every=True,
    )
    rests = _rests(tape)
    judged = {kpi: found for kpi, found in rests.items() if len(found) >= NEEDED}
    return _Net(
        opened,
        tuple(
            kpi
            for kpi in tree.kpis
            if kpi in judged
            and not isinstance(tree.kpis[kpi], Constant)
            and all(rest <= CANCELLED for rest in judged[kpi])
        ),
        frozenset(kpi for kpi, found in judged.items() if any(rest > CANCELLED for rest in found)),
    )


def _cut(tree: Tree, drivers: frozenset[str]) -> tuple[tuple[str, ...], list[str]]:
    """What is taken apart, operands first, and the drivers under it."""

    def opens(kpi: str) -> bool:
        node = tree.kpis[kpi]
        if not isinstance(node, Branch) or looks_back(node):
            return False
        return kpi == tree.root or not (node.driver or kpi in drivers)

    reached, waiting = {tree.root}, [tree.root]
    while waiting:
        kpi = waiting.pop()
        new = [one for one in tree.operands(kpi) if one not in reached] if opens(kpi) else []
        reached.update(new)
        waiting += new
    order = [kpi for kpi in under(tree, tree.root) if kpi in reached]
    return tuple(filter(opens, order)), [kpi for kpi in order if not opens(kpi)]


def _sizes(
    drivers: Sequence[str], state: Mapping[str, float | None]
) -> Iterator[tuple[str, float]]:
    """The actual state; what is 0 or unknown there is 1, or it could not be moved."""
    return ((kpi, state.get(kpi) or 1.0) for kpi in drivers)


def _rests(tape: Tape) -> dict[str, list[float]]:
    """KPI -> its gradient, as a share of what flows through it, in each state where it counts."""
    chance = random.Random(SEED)  # noqa: S311 - the same states every time are what is wanted
    found: dict[str, list[float]] = {}
    for spread in SPREADS:
        ranges = {
            slot: (value, value)
            for slot, (actual, _) in tape.ranges.items()
            for value in [actual * spread ** chance.uniform(-1.0, 1.0)]
        }
        slopes, flows = _swept(tape, replace(tape, ranges=ranges).forward(START))
        for kpi, slot in tape.slots.items():
            slope = tape.derivative(slopes, slot)
            flow = math.fsum(flows[sink] for sink in tape.inflows.get(slot, ()))
            if math.isfinite(slope) and math.isfinite(flow) and flow > 0:
                found.setdefault(kpi, []).append(abs(slope) / flow)
    return found


def _swept(tape: Tape, values: Sequence[float]) -> tuple[list[float], list[float]]:
    """The derivative of the goal by every mention, and the sum of the sizes of its parts."""
    slopes, flows = [0.0] * tape.size, [0.0] * tape.size
    slopes[tape.root] = 1.0
    for step, partials in zip(reversed(tape.steps), reversed(tape.partials(values)), strict=True):
        outer = tape.derivative(slopes, step.out)
        for position in step.moving if outer else ():
            if partials[position]:
                part = outer * partials[position]
                slopes[step.sinks[position]] += part
                flows[step.sinks[position]] += abs(part)
    return slopes, flows
