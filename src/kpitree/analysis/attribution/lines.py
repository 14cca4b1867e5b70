"""From what a method found to lines in the order of the tree, and to the flows between KPIs."""

import math
from collections.abc import Iterator, Mapping

from kpitree.analysis.attribution.contract import Flow, Line
from kpitree.analysis.attribution.quadrature import total
from kpitree.analysis.attribution.scope import Solution, WithheldError
from kpitree.tree.model import Tree

Edges = dict[tuple[str, str], float]


def lines_of(tree: Tree, solution: Solution, gaps: Mapping[str, str]) -> Iterator[Line]:
    """Every driver's line, and after it the line of the thresholds that it crossed, if any.

    gaps: driver that stands for what a formula does not give -> the KPI with that formula.

    Raises WithheldError where they are too large, together, for a number.
    """
    jumps = (line for jump in solution.jumps for line in jump.lines.values())
    if not math.isfinite(total(abs(line) for line in (*solution.lines.values(), *jumps))):
        label = tree.kpis[solution.scope.kpi].label
        raise WithheldError(f"the lines of {label} are too large for a number")
    via = _via(solution)
    crossed = _crossed(solution)
    for driver, ends in solution.scope.drivers.items():
        gap = driver in gaps and gaps[driver] == solution.scope.kpi
        line = Line(
            kpi=gaps.get(driver, driver),
            label="unexplained" if gap else tree.kpis[driver].label,
            effect="unexplained" if driver in gaps else "driver",
            before=ends.before,
            after=ends.after,
            line=solution.lines[driver],
            flags=ends.flags,
            via=via.get(driver, ()),
            error=solution.errors.get(driver),
        )
        yield line
        if crossed.get(driver):
            yield Line(
                kpi=line.kpi,
                label=line.label,
                effect="threshold",
                before=ends.before,
                after=ends.after,
                line=crossed[driver],
            )


def _crossed(solution: Solution) -> dict[str, float]:
    """Driver -> its parts of all leaps together, without those that cancel out."""
    found: dict[str, list[float]] = {}
    for jump in solution.jumps:
        for driver, line in jump.lines.items():
            found.setdefault(driver, []).append(line)
    return {
        driver: total
        for driver, parts in found.items()
        if abs(total := math.fsum(parts)) > 1e-12 * math.fsum(map(abs, parts))
    }


def _via(solution: Solution) -> dict[str, tuple[Flow, ...]]:
    """The flow through each parent, in tree order, of the KPIs that have several."""
    order = {one: position for position, one in enumerate(solution.scope.order)}
    found: dict[str, list[Flow]] = {}
    for (parent, child), flow in sorted(solution.flows.items(), key=lambda item: order[item[0][0]]):
        found.setdefault(child, []).append(Flow(parent=parent, flow=flow))
    return {child: tuple(flows) for child, flows in found.items() if len(flows) > 1}


def flows_of(tree: Tree, solution: Solution, gaps: Mapping[str, str]) -> Edges:
    """What passes each mention between the KPI and its drivers, leaps included.

    Empty where the method does not tell. What a formula does not give passes no mention.
    """
    scope = solution.scope
    if not solution.flows:
        return {}
    opened = set(scope.opened)
    found: dict[tuple[str, str], list[float]] = {
        (parent, child): []
        for parent in scope.order
        if parent in opened
        for child in tree.operands(parent)
        if child not in gaps
    }
    for part in (solution.flows, *(jump.flows for jump in solution.jumps)):
        for edge, flow in part.items():
            if edge in found:
                found[edge].append(flow)
    return {edge: math.fsum(flows) for edge, flows in found.items()}


def nodes_of(solution: Solution, flows: Edges, gaps: Mapping[str, str]) -> dict[str, float]:
    """Every KPI below the one explained: its line over its cut; drivers only, without flows."""
    scope = solution.scope
    into: dict[str, list[float]] = {one: [] for one in scope.order if one != scope.kpi}
    if not flows:
        into = {one: [solution.lines[one]] for one in into if one in scope.drivers}
        for jump in solution.jumps:
            for driver, line in jump.lines.items():
                into[driver].append(line)
    for (_, child), flow in flows.items():
        into[child].append(flow)
    return {one: math.fsum(parts) for one, parts in into.items() if one not in gaps}
