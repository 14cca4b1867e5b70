"""The default method: the straight line from one state to the other (Aumann-Shapley).

All drivers move together, each along x0 + t (x1 - x0); a line is the integral of the KPI's
derivative by the driver, times the driver's speed. Source: Aumann & Shapley, Values of
Non-Atomic Games (1974); known in machine learning as integrated gradients.
"""

import math

from kpitree.analysis.attribution.contract import Problem, State
from kpitree.analysis.attribution.crossings import IndivisibleError, Pieces, values_inside
from kpitree.analysis.attribution.limits import End, ends
from kpitree.analysis.attribution.quadrature import WHOLE, Point, by_rule, integrate
from kpitree.analysis.attribution.scope import (
    CARRIED,
    INDIVISIBLE,
    Ends,
    Scope,
    Solution,
    WithheldError,
    survey,
)
from kpitree.analysis.attribution.tape import Tape, compile_scope
from kpitree.errors import Notice
from kpitree.tree.model import Tree

CLOSING = 1e-9  # of max(|before|, |after|, gross): semantics 5.4
MAX_DEGREE = 64  # up to here a polynomial takes one exact rule; beyond, the adaptive one is cheaper


def solve(problem: Problem) -> Solution:
    """Integrate along the straight line; what cannot be split on it becomes one driver.

    Raises WithheldError where a driver or an end has no value.
    """
    tree, kpi, before, after = problem.tree, problem.kpi, problem.before, problem.after
    whole: dict[str, Ends] = {}
    warnings: list[Notice] = []
    while True:  # every turn but the last opens one KPI less
        scope = survey(problem, whole)
        if not scope.opened:
            return _undivided(scope, warnings)
        tape = compile_scope(tree, scope)
        found = ends(tape)
        for end, state in zip(found, (before, after), strict=True):
            _must_have_value(tree, tape, end, state)
        try:
            flows = _flows(tape, found)
        except IndivisibleError as error:
            one = error.kpi if _has_ends(tape, error.kpi, found) else kpi
            whole[one] = _ends_of(tape, one, found)
            warnings.append(_not_split(tree, one, error.why, before, after))
        else:
            warnings += _limits_taken(tree, found, before, after)
            start, finish = (end.values[tape.root] for end in found)
            return Solution(
                scope=scope,
                before=start,
                after=finish,
                lines=_lines(scope, flows),
                flows=flows,
                warnings=tuple(warnings),
            )


def _undivided(scope: Scope, warnings: list[Notice]) -> Solution:
    """The KPI explained is itself the only driver."""
    own = scope.drivers[scope.kpi]
    return Solution(
        scope=scope,
        before=own.before,
        after=own.after,
        lines={scope.kpi: own.after - own.before},
        flows={},
        gradients={scope.kpi: 1.0},
        warnings=tuple(warnings),
    )


def _lines(scope: Scope, flows: dict[tuple[str, str], float]) -> dict[str, float]:
    """A driver's line is the sum of what flows through its mentions."""
    into: dict[str, list[float]] = {driver: [] for driver in scope.drivers}
    for (_, child), flow in flows.items():
        if child in into:
            into[child].append(flow)
    return {driver: math.fsum(found) for driver, found in into.items()}


def _must_have_value(tree: Tree, tape: Tape, end: End, state: State) -> None:
    if math.isnan(end.values[tape.root]):
        owner, reason = tape.culprit(end.values)
        raise WithheldError(f"{tree.kpis[owner].label} has no value in {state.label}: {reason}")


def _has_ends(tape: Tape, kpi: str, found: tuple[End, End]) -> bool:
    return not any(math.isnan(end.values[tape.slots[kpi]]) for end in found)


def _ends_of(tape: Tape, kpi: str, found: tuple[End, End]) -> Ends:
    start, finish = (end.values[tape.slots[kpi]] for end in found)
    carried = any(kpi in end.carried for end in found)
    flags = (CARRIED, INDIVISIBLE) if carried else (INDIVISIBLE,)
    return Ends(before=start, after=finish, flags=flags)


# --- integrals -----------------------------------------------------------------------------------


def _flows(tape: Tape, found: tuple[End, End]) -> dict[tuple[str, str], float]:
    """The integral over each edge; raises IndivisibleError where it does not settle or close."""

    def integrand(point: Point) -> list[float]:
        return tape.flows(values_inside(tape, point))

    pieces = Pieces(tape, found)
    degree = tape.degrees[tape.root]
    if degree is not None and degree <= MAX_DEGREE and not pieces.switches:
        values = by_rule(integrand, WHOLE, max(1, math.ceil(degree / 2)))
    else:
        integral = integrate(integrand, len(tape.edges), pieces)
        values = integral.values
        _must_settle(tape, found, values, integral.errors)
    _must_close(tape, found, values)
    return {(edge.parent, edge.child): flow for edge, flow in zip(tape.edges, values, strict=True)}


def _must_settle(
    tape: Tape, found: tuple[End, End], values: list[float], errors: list[float]
) -> None:
    allowed = CLOSING * _scale(tape, found, values)
    unsettled = [
        edge.parent for edge, error in zip(tape.edges, errors, strict=True) if error > allowed
    ]
    if unsettled:  # the edges stand operands first: the last is the one nearest the root
        raise IndivisibleError(unsettled[-1], "its lines grow beyond all bounds on the way")


def _must_close(tape: Tape, found: tuple[End, End], values: list[float]) -> None:
    """A pole or a jump so narrow that no point of a rule has met it still shows in the sum."""
    start, finish = (end.values[tape.root] for end in found)
    into_drivers = [
        value for edge, value in zip(tape.edges, values, strict=True) if edge.slot in tape.ranges
    ]
    residual = (finish - start) - math.fsum(into_drivers)
    if abs(residual) > CLOSING * _scale(tape, found, into_drivers):
        owner = tape.producers[tape.root].owner
        raise IndivisibleError(owner, "its lines do not add up to its change")


def _scale(tape: Tape, found: tuple[End, End], values: list[float]) -> float:
    gross = math.fsum(abs(value) for value in values if math.isfinite(value))
    return max(gross, *(abs(end.values[tape.root]) for end in found))


# --- words ---------------------------------------------------------------------------------------


def _not_split(tree: Tree, kpi: str, why: str, before: State, after: State) -> Notice:
    parts = ", ".join(tree.kpis[operand].label for operand in tree.operands(kpi))
    return Notice(
        code=INDIVISIBLE,
        kpi=kpi,
        message=f"{tree.kpis[kpi].label} counts as one driver and is not split into {parts}:"
        f" {why} from {before.label} to {after.label}",
    )


def _limits_taken(tree: Tree, found: tuple[End, End], before: State, after: State) -> list[Notice]:
    return [
        Notice(
            code=CARRIED,
            kpi=kpi,
            message=f"{tree.kpis[kpi].label} is 0 / 0 in {state.label};"
            " the limit along the way is taken",
        )
        for end, state in zip(found, (before, after), strict=True)
        for kpi in end.carried
    ]
