"""`json`: one object, its keys in this order.

    schema_version  1
    tree            its name
    kpi             the KPI whose change is taken apart
    as_of           ISO date or null
    period          {label, start, end, complete, days, covered_days}; end is exclusive
    settings        {KPI: what it was set to, as written}
    kpis[]          in tree-file order
      kpi, label, role, unit
      given                its value was set; else it follows from its formula, or stays
      before, before_reason    reason: null, or why there is no value
      after, after_reason
      change, percent      after - before; the same as a fraction of before
      favourable           whether the change is in the KPI's good direction; null for none
      target               its own, else the implied one; it stays what it was
      before_status, after_status
    drivers         the change of `kpi` by the values set, as an object of `drivers` in
                    `kpitree eval --format json`; vs is what-if
    warnings[]      {code, message, kpi, source}

Numbers are unrounded and in their KPI's unit; percent is a fraction.
"""

from typing import Any

from kpitree.analysis.results.whatif import WhatIf
from kpitree.render.fields import number
from kpitree.render.kpis import period_object
from kpitree.render.objects import SCHEMA_VERSION, attribution_object, warning_object
from kpitree.render.style import Style
from kpitree.render.whatif.rows import Row, rows_of


def document(answer: WhatIf, style: Style) -> dict[str, Any]:
    """The object as Python values. Raises ValueError for a number that is not finite."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tree": answer.tree.name,
        "kpi": answer.kpi,
        "as_of": answer.as_of and answer.as_of.isoformat(),
        "period": period_object(answer.period),
        "settings": dict(answer.settings),
        "kpis": [_kpi(row) for row in rows_of(answer, style)],
        "drivers": attribution_object(answer.attribution, answer.tree),
        "warnings": [warning_object(notice) for notice in answer.warnings],
    }


def _kpi(row: Row) -> dict[str, Any]:
    return {
        "kpi": row.kpi.id,
        "label": row.kpi.label,
        "role": row.kpi.role,
        "unit": row.kpi.unit,
        "given": row.given,
        "before": number(row.before),
        "before_reason": row.before_reason,
        "after": number(row.after),
        "after_reason": row.after_reason,
        "change": number(row.change),
        "percent": number(row.percent),
        "favourable": row.favourable,
        "target": number(row.target),
        "before_status": row.before_status,
        "after_status": row.after_status,
    }
