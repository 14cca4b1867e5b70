"""Opening a KPI down to its drivers, one KPI less each time that one cannot be split.

For the methods that move along a path from one state to the other.
"""

import math
from collections.abc import Callable
from dataclasses import replace

from kpitree.analysis.attribution.compiling import compile_scope
from kpitree.analysis.attribution.contract import Problem, State
from kpitree.analysis.attribution.division import limits_taken, not_split, undivided
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
from kpitree.analysis.attribution.tape import Tape
from kpitree.errors import Notice
from kpitree.tree.model import Tree

Attempt = Callable[[Problem, Scope, Tape, tuple[End, End]], Solution]


def open_up(problem: Problem, attempt: Attempt, *, every: bool = False) -> Solution:
    """Attempt it, with one more KPI as an indivisible driver after each IndivisibleError.

    every: the tape is to hold drivers that did not move among what moves.

    The ends are those of the straight line, limits of 0 / 0 included. Raises WithheldError where
    a driver or an end has no value.
    """
    tree, kpi = problem.tree, problem.kpi
    whole: dict[str, Ends] = {}
    warnings: list[Notice] = []
    while True:  # every turn but the last opens one KPI less
        scope = survey(problem, whole)
        if not scope.opened:
            return undivided(scope, warnings)
        tape = compile_scope(tree, scope, every=every)
        found = ends(tape)
        for end, state in zip(found, (problem.before, problem.after), strict=True):
            _must_have_value(tree, tape, end, state)
        try:
            solution = attempt(problem, scope, tape, found)
        except IndivisibleError as error:
            one = error.kpi if _has_ends(tape, error.kpi, found) else kpi
            whole[one] = _ends_of(tape, one, found)
            warnings.append(not_split(problem, one, error.why))
        else:
            warnings += _limits(problem, found)
            return replace(solution, warnings=(*warnings, *solution.warnings))


def _limits(problem: Problem, found: tuple[End, End]) -> list[Notice]:
    return [
        notice
        for one in dict.fromkeys((*found[0].carried, *found[1].carried))
        for notice in limits_taken(problem, one, found)
    ]


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
