"""Which KPIs an attribution opens, which it takes as drivers, and what methods give back."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from kpitree.analysis.attribution.contract import Problem, State
from kpitree.errors import Notice
from kpitree.tree.expressions import OVER_TIME, calls_in
from kpitree.tree.model import Branch, Tree

CARRIED = "carried"
INDIVISIBLE = "indivisible"


class WithheldError(Exception):
    """There is no attribution, for a reason that the reader is told; no mistake of the user."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class IndivisibleError(Exception):
    """One KPI cannot be split into its operands on the way, and why."""

    def __init__(self, kpi: str, why: str) -> None:
        super().__init__(f"{kpi}: {why}")
        self.kpi = kpi
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """A driver's values in the two states, in its own unit, and how they were come by."""

    before: float
    after: float
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The part of the tree between one KPI and its drivers.

    order: all of it, depth first from the KPI explained, operands as written.
    opened: KPIs taken apart by their formulas, operands first, the one explained last; empty
        when that one is itself a driver.
    drivers: KPI id -> its values, in tree order.
    """

    kpi: str
    order: tuple[str, ...]
    opened: tuple[str, ...]
    drivers: dict[str, Ends]


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """A threshold crossed on the way: the explained KPI leaps, and which drivers carried it over.

    kpi: whose formula holds the condition. lines: driver of the condition -> its share of the
    leap, in the explained KPI's unit. flows: the same leap through every edge that it takes.
    """

    kpi: str
    lines: dict[str, float]
    flows: dict[tuple[str, str], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What a method found.

    before, after: the explained KPI as its formulas give it from the drivers.
    lines: driver -> its part of the change, in the explained KPI's unit, without jumps; one for
        every driver of the scope. With jumps they add up to after - before.
    flows: (parent, child) -> the part of the change that reaches the explained KPI through
        this mention, without jumps; one for every edge of the scope, or {} where the method does
        not tell.
    gradients: driver -> mean gradient on the way, where the problem asks for them and there is
        one; line = gradient x change.
    errors: driver -> standard error of its line, where lines are sampled.
    """

    scope: Scope
    before: float
    after: float
    lines: dict[str, float]
    flows: dict[tuple[str, str], float]
    jumps: tuple[Jump, ...] = ()
    gradients: dict[str, float] = field(default_factory=dict)
    errors: dict[str, float] = field(default_factory=dict)
    warnings: tuple[Notice, ...] = ()


def survey(problem: Problem, whole: Mapping[str, Ends]) -> Scope:
    """Find the drivers of a KPI and their values.

    whole: KPIs that are not to be opened although they could be, with the values to use.

    Drivers are leaves, constants, `driver = true` below the KPI explained, formulas that look at
    other periods, and `whole`. Raises WithheldError when a driver lacks a value and its
    `missing` does not say what to take.
    """
    tree, kpi = problem.tree, problem.kpi
    before, after = problem.before, problem.after

    def operands(one: str) -> tuple[str, ...]:
        return () if one in whole or not _opens(tree, one, kpi) else tree.operands(one)

    order, operands_first = _depth_first(kpi, operands)
    opened = tuple(one for one in operands_first if one not in whole and _opens(tree, one, kpi))
    drivers = {
        one: whole.get(one) or _ends(tree, one, before, after) for one in order if one not in opened
    }
    for one, found in drivers.items():
        if not math.isfinite(found.after - found.before):
            raise WithheldError(f"the change of {tree.kpis[one].label} is too large for a number")
    return Scope(kpi=kpi, order=tuple(order), opened=opened, drivers=drivers)


def _opens(tree: Tree, one: str, explained: str) -> bool:
    node = tree.kpis[one]
    if not isinstance(node, Branch) or looks_back(node):
        return False
    return one == explained or not node.driver


def looks_back(node: Branch) -> bool:
    """Whether the formula mentions other periods, which two states do not hold."""
    return any(call.name in OVER_TIME for call in calls_in(node.formula))


def _depth_first(
    kpi: str, operands: Callable[[str], tuple[str, ...]]
) -> tuple[list[str], list[str]]:
    """Every KPI once: in the order of reading, and operands first. Trees may be deep."""
    reading, finished = [kpi], []
    seen = {kpi}
    path: list[tuple[str, Iterator[str]]] = [(kpi, iter(operands(kpi)))]
    while path:
        one, rest = path[-1]
        child = next((name for name in rest if name not in seen), None)
        if child is None:
            finished.append(one)
            path.pop()
        else:
            seen.add(child)
            reading.append(child)
            path.append((child, iter(operands(child))))
    return reading, finished


def _ends(tree: Tree, one: str, before: State, after: State) -> Ends:
    node = tree.kpis[one]
    values = (before.values.get(one), after.values.get(one))
    flags = (INDIVISIBLE,) if isinstance(node, Branch) and looks_back(node) else ()
    match node.missing, values:
        case _, (float() | int() as first, float() | int() as last):
            return Ends(before=float(first), after=float(last), flags=flags)
        case "zero", (first, last):
            return Ends(
                before=float(first or 0.0), after=float(last or 0.0), flags=(CARRIED, *flags)
            )
        case "carry", (None, float() | int() as known) | (float() | int() as known, None):
            return Ends(before=float(known), after=float(known), flags=(CARRIED, *flags))
    lacking = [state for state in (before, after) if state.values.get(one) is None]
    said = (state.absent or f"has no value in {state.label}" for state in lacking)
    raise WithheldError(f"{node.label} {' and '.join(said)}")
