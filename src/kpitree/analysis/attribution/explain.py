"""From what a method found to lines that add up, with names, shares and warnings."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from kpitree.analysis.attribution import path
from kpitree.analysis.attribution.contract import Attribution, Flow, Line, Problem, State
from kpitree.analysis.attribution.scope import Solution, WithheldError
from kpitree.errors import UsageError, did_you_mean
from kpitree.tree.model import Tree

Method = Callable[[Problem], Solution]

METHODS: Final[Mapping[str, Method]] = {"path": path.solve}
ROUNDING: Final = 1e-9  # a gap between a KPI and its formula below this (relative) is none
SMALL_CHANGE: Final = 0.01  # of the gross movement; below, shares of the change would mislead


def attribute(
    tree: Tree,
    kpi: str,
    before: State,
    after: State,
    *,
    vs: str,
    method: str = "path",
    order: tuple[str, ...] = (),
    gradients: bool = False,
    factors: bool = False,
) -> Attribution:
    """Take the change of one KPI between two states apart by its drivers (semantics.md 5).

    before, after: values of (at least) the KPI and its drivers, in their own units. Where they
        have none for the KPI itself, its formula (or the limit of its 0 / 0) is taken.
    vs: what `before` is: target, previous, last-year, ...; method: a key of METHODS.
    order: drivers in the order in which `sequential` moves them.
    gradients: also give the mean gradient of every driver, as splitting by segment needs it.
    factors: give every line as a factor too (method log).

    Lines stand in tree order, depth first, and are in the unit of the KPI. When the states'
    values of the KPI are not what its formula gives, one more line, `unexplained`, takes the gap.
    Shares are None when the change is 0 or below SMALL_CHANGE of the sum of |lines|.

    A KPI without a formula is its own only driver.

    Raises UsageError for an unknown method or KPI. What cannot be taken apart gives an
    Attribution with a reason and no lines.
    """
    if method not in METHODS:
        raise UsageError(
            f"there is no attribution method {method!r}", hint=did_you_mean(method, METHODS)
        )
    tree.kpi(kpi)
    nothing = _nothing_yet(tree, kpi, before, after, vs, method)
    problem = Problem(
        tree=tree, kpi=kpi, before=before, after=after, order=order, gradients=gradients
    )
    try:
        solution = METHODS[method](problem)
    except WithheldError as error:
        return replace(nothing, reason=error.reason)
    return _taken_apart(tree, solution, nothing)


def _nothing_yet(
    tree: Tree, kpi: str, before: State, after: State, vs: str, method: str
) -> Attribution:
    """What is known of a change before it is taken apart."""
    start, finish = before.values.get(kpi), after.values.get(kpi)
    return Attribution(
        kpi=kpi,
        label=tree.kpis[kpi].label,
        unit=tree.kpis[kpi].unit,
        vs=vs,
        method=method,
        from_label=before.label,
        to_label=after.label,
        before=start,
        after=finish,
        change=_finite_change(start, finish),
    )


def _finite_change(start: float | None, finish: float | None) -> float | None:
    if start is None or finish is None or not math.isfinite(finish - start):
        return None
    return finish - start


def _taken_apart(tree: Tree, solution: Solution, nothing: Attribution) -> Attribution:
    start = _or(nothing.before, solution.before)
    finish = _or(nothing.after, solution.after)
    change = finish - start
    if not math.isfinite(change):
        return replace(nothing, reason=f"the change of {nothing.label} is too large for a number")
    totals = _totals(solution)
    lines = list(_driver_lines(tree, solution, totals))
    gap = change - (solution.after - solution.before)
    if abs(gap) > ROUNDING * max(map(abs, (start, finish, solution.before, solution.after))):
        lines.append(_unexplained(nothing.kpi, gap, nothing.vs))
    gross = math.fsum(abs(line.line) for line in lines)
    shares = change != 0.0 and abs(change) >= SMALL_CHANGE * gross
    return replace(
        nothing,
        before=start,
        after=finish,
        change=change,
        residual=change - math.fsum(line.line for line in lines),
        gross=gross,
        lines=tuple(replace(line, share=line.line / change) if shares else line for line in lines),
        nodes={one: totals[one] for one in solution.scope.order if one != nothing.kpi},
        warnings=solution.warnings,
    )


def _driver_lines(tree: Tree, solution: Solution, totals: Mapping[str, float]) -> Iterator[Line]:
    via = _via(solution)
    for driver, ends in solution.scope.drivers.items():
        yield Line(
            kpi=driver,
            label=tree.kpis[driver].label,
            effect="driver",
            before=ends.before,
            after=ends.after,
            line=totals[driver],
            flags=ends.flags,
            via=via.get(driver, ()),
        )


def _or(own: float | None, computed: float) -> float:
    return computed if own is None else own


def _totals(solution: Solution) -> dict[str, float]:
    """KPI -> its line over its cut: the sum of what flows through its mentions."""
    scope = solution.scope
    if not scope.opened:
        return {scope.kpi: solution.after - solution.before}
    into: dict[str, list[float]] = {one: [] for one in scope.order}
    for (_, child), flow in solution.flows.items():
        into[child].append(flow)
    return {one: math.fsum(flows) for one, flows in into.items()}


def _via(solution: Solution) -> dict[str, tuple[Flow, ...]]:
    """The flow through each parent, in tree order, of the KPIs that have several."""
    order = {one: position for position, one in enumerate(solution.scope.order)}
    found: dict[str, list[Flow]] = {}
    for (parent, child), flow in sorted(solution.flows.items(), key=lambda item: order[item[0][0]]):
        found.setdefault(child, []).append(Flow(parent=parent, flow=flow))
    return {child: tuple(flows) for child, flows in found.items() if len(flows) > 1}


def _unexplained(kpi: str, gap: float, vs: str) -> Line:
    label = "targets that do not add up" if vs == "target" else "unexplained"
    return Line(kpi=kpi, label=label, effect="unexplained", before=None, after=None, line=gap)
