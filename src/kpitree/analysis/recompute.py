"""KPIs computed anew where some of them have other values: the same formulas, one state."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

from kpitree.analysis.functions import Undefined, evaluate
from kpitree.analysis.nodes import looked_up_column, periods
from kpitree.tree.expressions import OVER_TIME, Call, Name, calls_in, names_in
from kpitree.tree.model import Branch, Node

Row = Mapping[str, float | None]


def above(nodes: Iterable[Node], changed: Collection[str]) -> list[Branch]:
    """The formulas that name, directly or not, a KPI that has changed; operands first.

    nodes: operands first. A KPI that has changed is given: its own formula is not among them.
    """
    moved = set(changed)
    found: list[Branch] = []
    for node in nodes:
        if (
            isinstance(node, Branch)
            and node.id not in moved
            and not moved.isdisjoint(names_in(node.formula))
        ):
            moved.add(node.id)
            found.append(node)
    return found


def recomputed(formulas: Sequence[Branch], row: Row, changes: Row) -> dict[str, float | None]:
    """The row with changes made, and these formulas computed anew.

    Args:
        formulas: from above().
        row: every KPI's value in its own unit, and what looks at other periods gave
            (looked_up_column), as in VALUES.

    Null rules are those of the formulas everywhere: without an operand no value, x / 0 is none.
    What is measured beside a formula moves by as much as the formula does.
    Other periods stay as they are: what looks back sees the change only in its own period.
    """
    found = dict(row) | dict(changes)
    for kpi in formulas:
        for call in calls_in(kpi.formula):
            if call.name in OVER_TIME:
                found[looked_up_column(call)] = _looked_up(call, row, found)
        found[kpi.id] = _with_gap(kpi, row, value_or_none(kpi, found))
    return found


def _with_gap(kpi: Branch, before: Row, given: float | None) -> float | None:
    """What is measured beside a formula stays as far from it as it was."""
    if kpi.measured is None or given is None:
        return given
    own, old = before.get(kpi.id), value_or_none(kpi, before)
    return None if own is None or old is None else given + (own - old)


def value_or_none(kpi: Branch, row: Row) -> float | None:
    """What a formula gives, or None."""
    try:
        return evaluate(kpi.formula, row, lambda call: row.get(looked_up_column(call)))
    except Undefined:
        return None


def _looked_up(call: Call, before: Row, after: Row) -> float | None:
    """What prev, rolling_sum and their kin give when this period's value is another."""
    operand = call.args[0]
    assert isinstance(operand, Name)  # checks.over_time_takes_a_kpi
    old, new = before.get(operand.id), after.get(operand.id)
    known = before.get(looked_up_column(call))
    if call.name == "prev" or old == new or known is None:
        return known
    if old is None or new is None:
        return None
    found = known + (new - old) / (periods(call) if call.name == "rolling_mean" else 1)
    return found if math.isfinite(found) else None
