"""`json`: one object, its keys in this order.

    schema_version  1
    tree            its name
    kpi             the KPI to be moved
    as_of           ISO date or null
    period          {label, start, end, complete, days, covered_days}; end is exclusive
    value, reason   the KPI's own; why it is null, else null
    goal            {label, value, reason, reached}; label: target | target (implied) | good range |
                    goal (of --to); reached: it is there, or on the good side of it
    history         {first, last}: labels of the periods in which `best` was looked for, or null
    levers[]        in the order of the tree
      kpi, label, unit, controllable
      value, reason        reason: null, or why value is null
      marginal             the KPI's change per unit of the lever, at this state
      elasticity           its change in % per 1 % of the lever; null where either is 0
      needed               what the lever alone would have to be, all else as it is
      needed_reason        null, or why there is no such value
      change, percent      needed - value; the same as a fraction of the value
      gives                the KPI with the lever there
      best, best_period    the best value it ever had, and when
      within               needed lies between the lowest and the highest it ever was
      flags[]              beyond_100 (a percentage over 100 %) | below_0 | threshold (the KPI leaps
                           past the goal there) | indivisible (a formula over other periods) |
                           no_slope (there is no derivative at this state)
    sentence
    warnings[]      {code, message, kpi, source}

Numbers are unrounded and in their KPI's unit.
"""

from typing import Any

from kpitree.analysis.results.levers import Levers
from kpitree.render.fields import number
from kpitree.render.kpis import period_object
from kpitree.render.levers.rows import Row, rows_of
from kpitree.render.levers.sentence import sentence
from kpitree.render.objects import SCHEMA_VERSION, warning_object
from kpitree.render.style import Style


def document(levers: Levers, style: Style) -> dict[str, Any]:
    """The object as Python values. Raises ValueError for a number that is not finite."""
    goal, history = levers.goal, levers.history
    return {
        "schema_version": SCHEMA_VERSION,
        "tree": levers.tree.name,
        "kpi": levers.kpi,
        "as_of": levers.as_of and levers.as_of.isoformat(),
        "period": period_object(levers.period),
        "value": number(levers.value),
        "reason": levers.reason,
        "goal": {
            "label": goal.label,
            "value": number(goal.value),
            "reason": goal.reason,
            "reached": goal.reached,
        },
        "history": None if history is None else {"first": history[0], "last": history[1]},
        "levers": [_lever(row) for row in rows_of(levers)],
        "sentence": sentence(levers, style),
        "warnings": [warning_object(notice) for notice in levers.warnings],
    }


def _lever(row: Row) -> dict[str, Any]:
    return {
        "kpi": row.kpi.id,
        "label": row.kpi.label,
        "unit": row.kpi.unit,
        "controllable": row.controllable,
        "value": number(row.value),
        "reason": row.reason,
        "marginal": number(row.marginal),
        "elasticity": number(row.elasticity),
        "needed": number(row.needed),
        "needed_reason": row.needed_reason,
        "change": number(row.change),
        "percent": number(row.percent),
        "gives": number(row.gives),
        "best": number(row.best),
        "best_period": row.best_period,
        "within": row.within,
        "flags": list(row.flags),
    }
