"""One driver after another: each moves while those before it in the order have moved already.

The textbook's price-volume-mix analysis, and a waterfall whose steps can be checked by hand: the
line of a driver is what the KPI changes by when it moves. It depends on the order.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from kpitree.analysis.attribution.contract import CLOSING, Problem
from kpitree.analysis.attribution.gradients import of_moved, slopes_at
from kpitree.analysis.attribution.limits import End, ends
from kpitree.analysis.attribution.opening import open_up
from kpitree.analysis.attribution.scope import Ends, IndivisibleError, Jump, Scope, Solution, survey
from kpitree.analysis.attribution.stretch import Stretch, integrate_stretch
from kpitree.analysis.attribution.tape import Tape
from kpitree.analysis.attribution.unexplained import GAP
from kpitree.errors import Notice, UsageError, did_you_mean
from kpitree.tree.model import Tree

MOST_NAMED: Final = 6  # drivers that the notice about the order tells by name


def solve(problem: Problem) -> Solution:
    """Move the drivers in the order given; every move is one straight stretch.

    A KPI that cannot be split on some move is one driver on all of them, and moves where the
    first of its drivers would have. Drivers that did not move may be left out of
    the order. A gradient is that of the driver's own move.

    Raises UsageError where a driver that moved is not in the order or something else is, or twice.
    """
    drivers = survey(problem, {}).drivers
    _check(problem, drivers)

    def attempt(problem: Problem, scope: Scope, tape: Tape, found: tuple[End, End]) -> Solution:
        order = _in_force(problem, scope)
        moves = _Moves(tape, found[0].values, gradients=problem.gradients)
        for kpi in order:
            moves.move(kpi, scope.drivers[kpi])
        moves.must_be_at(found[1].values[tape.root], scope.kpi)
        return _solution(problem, scope, found, moves, order)

    return open_up(problem, attempt, every=True)


# --- the order -----------------------------------------------------------------------------------


def _check(problem: Problem, drivers: dict[str, Ends]) -> None:
    if list(drivers) == [problem.kpi]:  # nothing to put in an order
        return
    tree, order = problem.tree, problem.order
    label = tree.kpis[problem.kpi].label
    known = [kpi for kpi in drivers if not kpi.endswith(GAP)]
    needed = [kpi for kpi in known if _moved(drivers[kpi])]
    named = [kpi for kpi in dict.fromkeys(order) if kpi in known]
    full = ",".join([*named, *(kpi for kpi in needed if kpi not in named)])
    hint = f"a full order: {full}"
    for kpi in order:
        if kpi not in drivers:
            close = did_you_mean(kpi, known) if kpi not in tree.kpis else ""
            raise UsageError(
                f"{kpi!r} in the order is not a driver of {label}",
                where="--order",
                hint=close if close.startswith("did") else hint,
            )
        if order.count(kpi) > 1:
            raise UsageError(f"the order names {kpi!r} twice", where="--order", hint=hint)
    missing = [kpi for kpi in needed if kpi not in named]
    if missing:
        raise UsageError(
            f"the order does not name {', '.join(missing)}: every driver of {label} that moved"
            " must be in it",
            where="--order",
            hint=hint,
        )


def _moved(ends: Ends) -> bool:
    return ends.before != ends.after


def _in_force(problem: Problem, scope: Scope) -> list[str]:
    """Every driver of the scope once; a KPI that is not split stands for the drivers below it."""
    stands_for = {one: one for one in scope.drivers}
    for kpi in scope.drivers:
        for below in _below(problem.tree, kpi):
            stands_for.setdefault(below, kpi)
    named = [stands_for[kpi] for kpi in problem.order if kpi in stands_for]
    return list(dict.fromkeys((*named, *scope.drivers)))


def _below(tree: Tree, kpi: str) -> Collection[str]:
    seen, waiting = {kpi: None}, [kpi]
    while waiting:
        new = [one for one in tree.operands(waiting.pop()) if one not in seen]
        seen.update(dict.fromkeys(new))
        waiting += new
    return seen


# --- the moves -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Moves:
    """Where the drivers are by now (values of every slot), and what the moves so far gave."""

    tape: Tape
    values: Sequence[float]
    gradients: bool
    stretches: list[Stretch] = field(default_factory=list)
    slopes: dict[str, float] = field(default_factory=dict)

    def move(self, kpi: str, driver: Ends) -> None:
        slot = self.tape.slots[kpi]
        if driver.before == driver.after:
            if self.gradients:
                self.stand(kpi, slot)
            return
        short = self.tape.narrowed(self.values, {slot: (driver.before, driver.after)})
        found = ends(short)
        for end in found:
            if math.isnan(end.values[short.root]):
                owner, reason = short.culprit(end.values)
                raise IndivisibleError(owner, f"{reason} between the moves of its drivers")
        carried = (*found[0].carried, *found[1].carried)
        self.must_be_at(
            found[0].values[short.root],
            carried[0] if carried else self.tape.producers[self.tape.root].owner,
        )
        self.stretches.append(integrate_stretch(short, found))
        self.values = found[1].values

    def must_be_at(self, value: float, owner: str) -> None:
        """A limit of 0 / 0 may depend on who moves; then there is no one value to go on from."""
        here = self.values[self.tape.root]
        if not abs(value - here) <= CLOSING * max(abs(value), abs(here)):
            raise IndivisibleError(owner, "its 0 / 0 has a limit for each driver that moves")

    def stand(self, kpi: str, slot: int) -> None:
        slope = self.tape.derivative(slopes_at(self.tape, self.values), slot)
        if math.isfinite(slope):
            self.slopes[kpi] = slope


def _solution(
    problem: Problem, scope: Scope, found: tuple[End, End], moves: _Moves, order: list[str]
) -> Solution:
    lines = dict.fromkeys(scope.drivers, 0.0)
    flows: dict[tuple[str, str], list[float]] = {
        (edge.parent, edge.child): [] for edge in moves.tape.edges
    }
    jumps: list[Jump] = []
    for stretch in moves.stretches:
        lines |= stretch.lines
        jumps += stretch.jumps
        for edge, flow in stretch.flows.items():
            flows[edge].append(flow)
    slopes = of_moved(scope.drivers, lines) | moves.slopes if problem.gradients else {}
    return Solution(
        scope=scope,
        before=found[0].values[moves.tape.root],
        after=found[1].values[moves.tape.root],
        lines=lines,
        flows={edge: math.fsum(parts) for edge, parts in flows.items()},
        jumps=tuple(jumps),
        gradients={kpi: slopes[kpi] for kpi in scope.drivers if kpi in slopes},
        warnings=_depends(problem, scope, moves.tape, order),
    )


def _depends(problem: Problem, scope: Scope, tape: Tape, order: list[str]) -> tuple[Notice, ...]:
    """One word on the order, where another one may give other lines."""
    moved = [one for one in order if scope.drivers[one].before != scope.drivers[one].after]
    if len(moved) < 2 or tape.degrees[tape.root] == 1:
        return ()
    labels = [problem.tree.kpis[one].label for one in moved]
    if len(labels) > MOST_NAMED:
        labels[MOST_NAMED:] = [f"{len(labels) - MOST_NAMED} more"]
    return (
        Notice(
            code="order_dependent",
            kpi=scope.kpi,
            message=f"in another order the lines would be others; here: {', then '.join(labels)}",
        ),
    )
