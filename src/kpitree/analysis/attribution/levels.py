"""Level by level: Shapley at each KPI over its own operands, chained from the root down.

    flow from operand to KPI = multiplier of the KPI x the operand's Shapley line in its formula

where a KPI's multiplier is its line per unit of its own change: the sum, over the formulas that
mention it, of their multiplier x the mean slope by it. With one formula in all this is
`shapley`; with several, the lines of a level do not depend on how the KPIs below it are taken
apart. Source: Owen, "Values of games with a priori unions" (1977), of which it is the nested
form when all formulas are multilinear.
"""

import math
from dataclasses import dataclass, field, replace

from kpitree.analysis.attribution.contract import Problem
from kpitree.analysis.attribution.division import Sides, take_apart
from kpitree.analysis.attribution.scope import Ends, IndivisibleError, Scope, Solution
from kpitree.analysis.attribution.shapley import Split, sample_notice, split
from kpitree.errors import Notice


def solve(problem: Problem) -> Solution:
    """Split every KPI by its own operands; what has no value in some order is one driver.

    Where a KPI (nearly) stands still while its operands offset each other, its multiplier is the
    mean slope by it, never a division by its change. Gradients are the drivers' multipliers.

    Raises WithheldError where a driver or an end has no value.
    """
    return take_apart(problem, _attempt)


@dataclass(slots=True)
class _Reached:
    """What reaches a KPI from the formulas that mention it, in the explained KPI's unit.

    multiplier: NaN where a slope does not exist. Errors are standard errors.
    """

    lines: list[float] = field(default_factory=list)
    multipliers: list[float] = field(default_factory=list)
    line_errors: list[float] = field(default_factory=list)
    multiplier_errors: list[float] = field(default_factory=list)

    @property
    def multiplier(self) -> float:
        return (
            math.fsum(self.multipliers) if all(map(math.isfinite, self.multipliers)) else math.nan
        )

    @property
    def multiplier_error(self) -> float:
        return math.hypot(*self.multiplier_errors)


def _attempt(sides: Sides) -> Solution:
    scope, tree = sides.scope, sides.tree
    reached = {one: _Reached() for one in scope.order}
    reached[scope.kpi].multipliers.append(1.0)
    moving = _moving(sides)
    handing_on = set(scope.order) if sides.problem.gradients else moving.intersection(scope.opened)
    flows: dict[tuple[str, str], float] = {}
    warnings: list[Notice] = []
    for kpi in reversed(scope.opened):
        if kpi not in moving and not (sides.problem.gradients and _has_operands(sides, kpi)):
            for child in tree.operands(kpi):
                flows[kpi, child] = 0.0
                reached[child].multipliers.append(math.nan)
            continue
        if kpi in moving and math.isnan(reached[kpi].multiplier):
            raise IndivisibleError(kpi, "what is computed from it has no slope there")
        alone = _formula_alone(sides, kpi)
        found = split(alone, [one for one in alone.scope.drivers if one in handing_on])
        flows |= {(kpi, child): flow for child, flow in _hand_on(found, kpi, reached).items()}
        if found.sampled:
            warnings.append(sample_notice(tree, kpi, found.sampled, found.errors))
    start, finish = sides.root_values
    slopes = {one: reached[one].multiplier for one in scope.drivers if one in handing_on}
    errors = {one: math.hypot(*reached[one].line_errors) for one in scope.drivers}
    return Solution(
        scope=scope,
        before=start,
        after=finish,
        lines={one: math.fsum(reached[one].lines) for one in scope.drivers},
        flows=flows,
        gradients={one: slope for one, slope in slopes.items() if math.isfinite(slope)},
        errors=errors if any(errors.values()) else {},
        warnings=(*warnings, *_shared(sides, moving)),
    )


def _has_operands(sides: Sides, kpi: str) -> bool:
    return None not in [sides.before[child] for child in sides.tree.operands(kpi)]


def _formula_alone(sides: Sides, kpi: str) -> Sides:
    """One formula as a scope of its own, with its operands for drivers."""
    problem = sides.problem
    drivers: dict[str, Ends] = {}
    for child in sides.tree.operands(kpi):
        before, after = sides.before[child], sides.after[child]
        if before is None or after is None:
            lacking = problem.before if before is None else problem.after
            label = sides.tree.kpis[child].label
            raise IndivisibleError(kpi, f"{label} has no value in {lacking.label}")
        drivers[child] = Ends(before=before, after=after)
    scope = Scope(kpi=kpi, order=(kpi, *drivers), opened=(kpi,), drivers=drivers)
    return replace(sides, problem=replace(problem, kpi=kpi), scope=scope)


def _hand_on(found: Split, kpi: str, reached: dict[str, _Reached]) -> dict[str, float]:
    """Give each operand its part of a KPI's line; returns these parts."""
    outer, outer_error = reached[kpi].multiplier, reached[kpi].multiplier_error
    flows: dict[str, float] = {}
    for child, line in found.lines.items():
        slope, error = found.gradients.get(child, math.nan), found.errors.get(child, 0.0)
        slope_error = error * abs(slope / line) if line else 0.0
        flows[child] = outer * line + 0.0 if line else 0.0  # no -0.0, nor 0 x NaN
        to = reached[child]
        to.lines.append(flows[child])
        to.multipliers.append(outer * slope if outer else 0.0)
        if error or outer_error:
            to.line_errors.append(math.hypot(outer * error, outer_error * line))
            to.multiplier_errors.append(math.hypot(outer * slope_error, outer_error * slope))
    return flows


def _moving(sides: Sides) -> set[str]:
    """The drivers that moved and the formulas over them."""
    found = set(sides.moved)
    for kpi in sides.scope.opened:
        if any(child in found for child in sides.tree.operands(kpi)):
            found.add(kpi)
    return found


def _shared(sides: Sides, moving: set[str]) -> list[Notice]:
    """A warning for every driver that moved and reaches the KPI on several ways."""
    scope, kpis = sides.scope, sides.tree.kpis
    ways = dict.fromkeys(scope.order, 0) | {scope.kpi: 1}
    for kpi in reversed(scope.opened):
        for child in sides.tree.operands(kpi):
            ways[child] += ways[kpi]
    return [
        Notice(
            code="shared",
            kpi=driver,
            message=f"{kpis[driver].label} reaches {kpis[scope.kpi].label} in {ways[driver]} ways;"
            " the method levels splits each KPI by itself, as if it were another driver in each",
        )
        for driver in scope.drivers
        if driver in moving and ways[driver] > 1
    ]
