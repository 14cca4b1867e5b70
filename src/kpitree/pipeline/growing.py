"""What goes on as it usually does: what grows with the days of a period, stocks, and their KPIs."""

from dataclasses import replace
from typing import Final

from kpitree.data.cube.weekdays import is_sum
from kpitree.pipeline.plan import Plan, with_parts
from kpitree.tree.expressions import Call, Expr, Name, calls_in
from kpitree.tree.measures import Part
from kpitree.tree.model import Branch, Leaf, Node

RISING: Final = frozenset({"+", "*", "/", "coalesce", "min", "max"})  # take nothing off
LEVELS: Final = frozenset({"first", "last", "min", "max"})


def with_rows_counted(plan: Plan) -> Plan:
    """The plan with the rows behind what grows: of its source, and of each distinct count."""
    return with_parts(
        plan,
        {
            source: [
                one for part in parts if grows(part) for one in (rows_of(part), days_seen_in(part))
            ]
            for source, parts in plan.parts.items()
        },
    )


def rows_of(part: Part) -> Part:
    """All rows of the part's source, placed in time as it is."""
    return Part("count", None, None, None, part.time)


def days_seen_in(part: Part) -> Part:
    """What the weekdays of a part are seen in: of a distinct count, the rows that it looks at."""
    return Part("count", part.argument, None, part.where, part.time) if _is_distinct(part) else part


def _is_distinct(part: Part) -> bool:
    return part.function == "n_unique" and part.over == "period"


def grows(part: Part) -> bool:
    """Whether a part of a running period grows with its days: a count, a sum, a distinct count."""
    return is_sum(part) or _is_distinct(part)


def moves(part: Part) -> bool:
    """Whether a part is a stock, or the highest or lowest so far: it moves on from where it is."""
    return part.over != "period" or part.function in LEVELS


def parts_going_on(plan: Plan) -> dict[str, frozenset[str]]:
    """KPI -> the columns of its parts that grow or move, however far down.

    What has a formula follows from it, whatever is measured beside it.
    """
    by_leaf = {
        leaf.kpi: frozenset(
            column
            for part, column in zip(leaf.parts, leaf.columns, strict=True)
            if grows(part) or moves(part)
        )
        for leaf in plan.leaves.values()
    }
    found: dict[str, frozenset[str]] = {}
    for name, kpi in plan.nodes.items():  # operands first
        if isinstance(kpi, Leaf):
            found[name] = by_leaf[name]
        else:
            found[name] = frozenset[str]().union(*(found[one] for one in plan.tree.operands(name)))
    return found


def takes_nothing_off(plan: Plan) -> frozenset[str]:
    """The KPIs whose formula, and all below it, neither subtracts nor changes a sign."""
    found: set[str] = set()
    for name, kpi in plan.nodes.items():  # operands first
        expr = kpi.formula if isinstance(kpi, Branch) else None
        expr = plan.leaves[name].over_columns if isinstance(kpi, Leaf) else expr
        if found.issuperset(plan.tree.operands(name)) and (expr is None or _is_rising(expr)):
            found.add(name)
    return frozenset(found)


def _is_rising(expr: Expr) -> bool:
    return all(call.name in RISING for call in calls_in(expr))


def by_formula(node: Node) -> Node:
    """The same KPI, whose formula counts where nothing is measured beside it."""
    match node:
        case Branch(formula=formula, measured=Leaf(id=measured)):
            either = Call("coalesce", (Name(measured), formula))
            return replace(node, formula=either, measured=None)
        case _:
            return node
