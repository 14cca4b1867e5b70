"""The default method: the straight line from one state to the other (Aumann-Shapley).

All drivers move together, each along x0 + t (x1 - x0); a line is the integral of the KPI's
derivative by the driver, times the driver's speed. Source: Aumann & Shapley, Values of
Non-Atomic Games (1974); known in machine learning as integrated gradients.
"""

from kpitree.analysis.attribution.compiling import compile_scope
from kpitree.analysis.attribution.contract import Problem
from kpitree.analysis.attribution.gradients import mean_gradients, of_moved
from kpitree.analysis.attribution.limits import End, ends
from kpitree.analysis.attribution.opening import open_up
from kpitree.analysis.attribution.scope import Scope, Solution
from kpitree.analysis.attribution.stretch import integrate_stretch
from kpitree.analysis.attribution.tape import Tape


def solve(problem: Problem) -> Solution:
    """Integrate along the straight line; what cannot be split on it becomes one driver.

    Gradients are those of the integral; a driver that did not move and has none on the way (the
    square root at 0) is left out.

    Raises WithheldError where a driver or an end has no value.
    """
    return open_up(problem, _attempt)


def _attempt(problem: Problem, scope: Scope, tape: Tape, found: tuple[End, End]) -> Solution:
    stretch = integrate_stretch(tape, found)
    lines = dict.fromkeys(scope.drivers, 0.0) | stretch.lines
    return Solution(
        scope=scope,
        before=stretch.before,
        after=stretch.after,
        lines=lines,
        flows=stretch.flows,
        jumps=stretch.jumps,
        gradients=_gradients(problem, scope, lines) if problem.gradients else {},
    )


def _gradients(problem: Problem, scope: Scope, lines: dict[str, float]) -> dict[str, float]:
    still = {kpi: ends.before for kpi, ends in scope.drivers.items() if ends.before == ends.after}
    found = of_moved(scope.drivers, lines)
    if still:
        tape = compile_scope(problem.tree, scope, every=True)
        found |= mean_gradients(tape, ends(tape), still)
    return {kpi: found[kpi] for kpi in scope.drivers if kpi in found}
