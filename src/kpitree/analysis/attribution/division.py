"""Taking a KPI apart again and again, until all that cannot be split counts as one driver.

What the methods share that look only at values (of corners, or of the two states): the values of
every formula in both states, and the words for what was not split.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from kpitree.analysis.attribution.compiling import compile_scope
from kpitree.analysis.attribution.contract import Problem, State
from kpitree.analysis.attribution.limits import End, ends
from kpitree.analysis.attribution.scope import (
    CARRIED,
    INDIVISIBLE,
    Ends,
    IndivisibleError,
    Scope,
    Solution,
    WithheldError,
    survey,
)
from kpitree.analysis.functions import Undefined, evaluate
from kpitree.errors import Notice
from kpitree.tree.expressions import Expr, Name, walk
from kpitree.tree.model import Branch, Tree

Values = dict[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """A scope with the values of its drivers and formulas in both states.

    before, after: KPI id -> value, None where a formula has none and the root needs none.
    """

    problem: Problem
    scope: Scope
    before: Values
    after: Values

    @property
    def tree(self) -> Tree:
        return self.problem.tree

    @property
    def root_values(self) -> tuple[float, float]:
        """The explained KPI as its formulas give it."""
        kpi = self.scope.kpi
        return known(self.before, kpi), known(self.after, kpi)

    @property
    def moved(self) -> tuple[str, ...]:
        """The drivers that did not stand still."""
        drivers = self.scope.drivers.items()
        return tuple(one for one, ends in drivers if ends.before != ends.after)

    def ends(self, kpi: str) -> Ends | None:
        """What an indivisible KPI's values are; None where it lacks one."""
        before, after = self.before[kpi], self.after[kpi]
        if before is None or after is None:
            return None
        return Ends(before=before, after=after, flags=(INDIVISIBLE,))


Attempt = Callable[[Sides], Solution]


def take_apart(problem: Problem, attempt: Attempt) -> Solution:
    """Attempt it, with one more KPI as an indivisible driver after each IndivisibleError.

    Where the root needs a 0 / 0 at an end, its limit along the straight line is carried and the
    KPI whose formula holds it is such a driver: away from that line the limit is another one.

    Raises WithheldError where a driver or an end has no value.
    """
    whole: dict[str, Ends] = {}
    warnings: list[Notice] = []
    while True:  # every turn but the last opens one KPI less
        scope = survey(problem, whole)
        if not scope.opened:
            return undivided(scope, warnings)
        sides = _sides(problem, scope)
        if isinstance(sides, Carried):
            whole[sides.kpi] = sides.ends
            warnings += sides.warnings
            continue
        try:
            solution = attempt(sides)
        except IndivisibleError as error:
            found = sides.ends(error.kpi)
            one = error.kpi if found else scope.kpi
            start, finish = sides.root_values
            whole[one] = found or Ends(before=start, after=finish, flags=(INDIVISIBLE,))
            warnings.append(not_split(problem, one, error.why))
        else:
            return replace(solution, warnings=(*warnings, *solution.warnings))


def undivided(scope: Scope, warnings: list[Notice]) -> Solution:
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


# --- values in both states -----------------------------------------------------------------------


def known(values: Mapping[str, float | None], kpi: str) -> float:
    """A value that is there because the root has one."""
    value = values[kpi]
    assert value is not None
    return value


def formulas_of(tree: Tree, scope: Scope) -> dict[str, Expr]:
    """The formula of every KPI that the scope opens, operands first."""
    found: dict[str, Expr] = {}
    for kpi in scope.opened:
        node = tree.kpis[kpi]
        assert isinstance(node, Branch)
        found[kpi] = node.formula
    return found


def with_formulas(formulas: Mapping[str, Expr], drivers: Mapping[str, float | None]) -> Values:
    """The drivers' values and those of the formulas over them; None where there is none."""
    values: Values = dict(drivers)
    for kpi, formula in formulas.items():
        values[kpi] = value_of(formula, values)
    return values


def value_of(formula: Expr, values: Values) -> float | None:
    """A formula's value, None where it has none."""
    try:
        return evaluate(formula, values)
    except Undefined:
        return None


def culprit(formulas: Mapping[str, Expr], kpi: str, values: Values) -> tuple[str, str]:
    """The KPI whose formula keeps another from having a value, and the reason."""
    while True:
        try:
            evaluate(formulas[kpi], values)
        except Undefined as undefined:
            places = (one for one in walk(formulas[kpi]) if one.at == undefined.at)
            match next(places, None):
                case Name(id=operand) if operand in formulas and values[operand] is None:
                    kpi = operand
                case _:
                    return kpi, undefined.reason
        else:
            raise AssertionError("a formula with a value was taken for one without")


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A KPI that is 0 / 0 at an end, with the limits that are taken."""

    kpi: str
    ends: Ends
    warnings: list[Notice]


def _sides(problem: Problem, scope: Scope) -> Sides | Carried:
    formulas = formulas_of(problem.tree, scope)
    before = with_formulas(formulas, {one: ends.before for one, ends in scope.drivers.items()})
    after = with_formulas(formulas, {one: ends.after for one, ends in scope.drivers.items()})
    if before[scope.kpi] is None or after[scope.kpi] is None:
        return _carried(problem, scope)
    return Sides(problem=problem, scope=scope, before=before, after=after)


def _carried(problem: Problem, scope: Scope) -> Carried:
    tape = compile_scope(problem.tree, scope)
    found = ends(tape)
    for end, state in zip(found, (problem.before, problem.after), strict=True):
        if math.isnan(end.values[tape.root]):  # there is no limit either
            owner, reason = tape.culprit(end.values)
            label = problem.tree.kpis[owner].label
            raise WithheldError(f"{label} has no value in {state.label}: {reason}")
    kpi = next(one for one in scope.opened if any(one in end.carried for end in found))
    start, finish = (end.values[tape.slots[kpi]] for end in found)
    if math.isnan(start) or math.isnan(finish):  # what needs no value at its other end
        kpi = scope.kpi
        start, finish = (end.values[tape.root] for end in found)
    return Carried(
        kpi=kpi,
        ends=Ends(before=start, after=finish, flags=(CARRIED, INDIVISIBLE)),
        warnings=[
            *limits_taken(problem, kpi, found),
            not_split(problem, kpi, "its 0 / 0 has another limit on every other way"),
        ],
    )


# --- words ---------------------------------------------------------------------------------------


def not_split(problem: Problem, kpi: str, why: str) -> Notice:
    """Says which KPI counts as one driver, what it is not split into, and why."""
    tree, before, after = problem.tree, problem.before, problem.after
    parts = ", ".join(tree.kpis[operand].label for operand in tree.operands(kpi))
    return Notice(
        code=INDIVISIBLE,
        kpi=kpi,
        message=f"{tree.kpis[kpi].label} counts as one driver and is not split into {parts}:"
        f" {why} from {before.label} to {after.label}",
    )


def limits_taken(problem: Problem, kpi: str, found: tuple[End, End]) -> list[Notice]:
    """Says in which state a KPI is 0 / 0 and has its limit as value."""
    states: tuple[State, State] = (problem.before, problem.after)
    return [
        Notice(
            code=CARRIED,
            kpi=kpi,
            message=f"{problem.tree.kpis[kpi].label} is 0 / 0 in {state.label};"
            " the limit along the way is taken",
        )
        for end, state in zip(found, states, strict=True)
        if kpi in end.carried
    ]
