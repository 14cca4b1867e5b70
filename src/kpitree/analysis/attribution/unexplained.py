"""What is measured beside a formula, and what the formula does not give of it.

A KPI with `measured` has the measured value. For an attribution its formula gets one operand
more, the gap between the two, which is a driver like any other: in every method, for the KPI
explained as for any below it.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from kpitree.analysis.attribution.contract import CLOSING, Problem, State
from kpitree.analysis.attribution.division import Values, culprit, formulas_of, not_split, value_of
from kpitree.analysis.attribution.scope import Scope, WithheldError, survey
from kpitree.errors import Notice
from kpitree.tree.expressions import Call, Name
from kpitree.tree.model import Branch, Leaf, Tree

GAP: Final = ":unexplained"  # ends the id of a gap; no KPI of a file has a colon in its id


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """problem: with the gaps as drivers. kpis: gap's id -> the KPI that it belongs to."""

    problem: Problem
    kpis: dict[str, str] = field(default_factory=dict)
    warnings: tuple[Notice, ...] = ()


def with_gaps(problem: Problem) -> Gaps:
    """Put a gap beside every formula that does not give what is measured.

    In a state that is not measured (targets) gaps are 0. Gaps move after the drivers that `order`
    names. Where a formula has no value in a state, what is measured is one driver.

    Raises WithheldError where a measured value, a driver, or the explained KPI's own formula has
    no value.
    """
    tree = problem.tree
    scope = survey(problem, {})
    if not any(_measured(tree, kpi) for kpi in scope.opened):
        return Gaps(problem=problem)
    starts = {kpi: ends.before for kpi, ends in scope.drivers.items()}
    finishes = {kpi: ends.after for kpi, ends in scope.drivers.items()}
    before = _gaps_in(problem, scope, problem.before, starts)
    after = _gaps_in(problem, scope, problem.after, finishes)
    kpis = dict(tree.kpis)
    found: dict[str, tuple[float, float]] = {}
    warnings: list[Notice] = []
    for kpi in before:
        start, finish = before[kpi], after[kpi]
        node = kpis[kpi]
        assert isinstance(node, Branch)
        if isinstance(start, str) or isinstance(finish, str):
            kpis[kpi] = replace(node, driver=True)
            warnings.append(
                not_split(problem, kpi, start if isinstance(start, str) else str(finish))
            )
        elif start or finish:
            gap = _leaf(node)
            kpis[kpi] = replace(node, formula=Call("+", (node.formula, Name(gap.id))))
            kpis[gap.id] = gap
            found[kpi] = start, finish
    return Gaps(
        problem=_written(problem, replace(tree, kpis=kpis), found),
        kpis={kpi + GAP: kpi for kpi in found},
        warnings=tuple(warnings),
    )


def _measured(tree: Tree, kpi: str) -> bool:
    node = tree.kpis[kpi]
    return isinstance(node, Branch) and node.measured is not None


def _leaf(node: Branch) -> Leaf:
    assert node.measured is not None
    return replace(node.measured, id=node.id + GAP, label=f"{node.label}: unexplained")


def _written(problem: Problem, tree: Tree, gaps: dict[str, tuple[float, float]]) -> Problem:
    before: Values = {kpi + GAP: start for kpi, (start, _) in gaps.items()}
    after: Values = {kpi + GAP: finish for kpi, (_, finish) in gaps.items()}
    return replace(
        problem,
        tree=tree,
        before=replace(problem.before, values=problem.before.values | before),
        after=replace(problem.after, values=problem.after.values | after),
        order=(*problem.order, *before) if problem.order else (),
    )


def _gaps_in(
    problem: Problem, scope: Scope, state: State, drivers: dict[str, float]
) -> dict[str, float | str]:
    """KPI with `measured` -> its gap, or why its formula has no value in this state."""
    formulas = formulas_of(problem.tree, scope)
    values: Values = dict(drivers)
    found: dict[str, float | str] = {}
    for kpi, formula in formulas.items():
        given = values[kpi] = value_of(formula, values)
        if not _measured(problem.tree, kpi):
            continue
        if not state.measured:
            found[kpi] = 0.0
            continue
        own = values[kpi] = _own(problem.tree, kpi, state)
        if given is not None:
            near = abs(own - given) <= CLOSING * max(abs(own), abs(given))
            found[kpi] = 0.0 if near else own - given
            continue
        owner, reason = culprit(formulas, kpi, values)
        label = problem.tree.kpis[owner].label
        if kpi == problem.kpi:
            raise WithheldError(f"{label} has no value in {state.label}: {reason}")
        found[kpi] = f"{reason} in the formula of {label}"
    return found


def _own(tree: Tree, kpi: str, state: State) -> float:
    own = state.values.get(kpi)
    if own is None:
        said = state.absent or f"has no value in {state.label}"
        raise WithheldError(f"{tree.kpis[kpi].label} {said}")
    return own
