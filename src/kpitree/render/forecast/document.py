"""`json`: one object, its keys in this order.

    schema_version  1
    tree, root      its name; the goal
    as_of           ISO date or null
    period          {label, start, end, complete, days, covered_days}; end is exclusive
    past            {first, last, count}: the whole periods before it that were looked at, or null
    level           0.8: how many of the outcomes an interval is to hold
    forecasts[]     in tree-file order
      kpi, label, unit, owner
      horizon              period | deadline: the period that holds a deadline after this one
      period, by           its label; its last day, or the deadline
      value, reason        to date; null, or why there is none
      target               of the whole period: its own, else the implied one
      target_label         target, or target (implied ...); null without one
      target_reason        null, or why there is no target though the file has one
      target_to_date       the target pro rata
      range                {low, high}: the good range, or null
      method               complete | course | run_rate | carried
      periods              past periods that show the usual course; null: it has none
      share                value / landing: what is usually there by now; of what adds up over time
      landing, landing_reason
      interval             {low, high}, or null
      leaning              above | below: the interval lies wholly on that side of the landing, as
                           the rule was usually off to it; null otherwise
      interval_reason      null, or why there is no interval
      errors               past periods in which the same rule was tried
      reached              how many of their errors would lead to the target; null without interval
      gap, percent         landing - target; the same as a fraction of the target
      attainment           of the landing
      left, days_left      target - value; days to the end
      pace, expected       a day so far; a day for the days left, on the way to the landing
      needed, ratio        a day for the days left, to reach the target; the same by `expected`
      status               of the landing; where it is leaning, of the interval's nearer end
      stale                whether its data is older than fresh_within; null unless --as-of is given
                           and some source says how fresh it is to be
      sentence
    warnings[]      {code, message, kpi, source}

Numbers are unrounded and in their KPI's unit.
"""

from typing import Any

from kpitree.analysis.forecast import LEVEL
from kpitree.analysis.results.forecast import Forecast
from kpitree.analysis.results.standing import is_stale
from kpitree.render.fields import number
from kpitree.render.forecast.rows import Row, rows_of
from kpitree.render.forecast.sentence import sentence
from kpitree.render.kpis import period_object
from kpitree.render.objects import SCHEMA_VERSION, warning_object
from kpitree.render.style import Style


def document(found: Forecast, style: Style) -> dict[str, Any]:
    """The object as Python values. Raises ValueError for a number that is not finite."""
    past = (
        None
        if found.past is None
        else dict(zip(("first", "last", "count"), found.past, strict=True))
    )
    return {
        "schema_version": SCHEMA_VERSION,
        "tree": found.tree.name,
        "root": found.tree.root,
        "as_of": found.as_of and found.as_of.isoformat(),
        "period": period_object(found.period),
        "past": past,
        "level": LEVEL,
        "forecasts": [
            _forecast(row, style, stale=is_stale(row.kpi.id, found.stale)) for row in rows_of(found)
        ],
        "warnings": [warning_object(notice) for notice in dict.fromkeys(found.warnings)],
    }


def _forecast(row: Row, style: Style, *, stale: bool | None) -> dict[str, Any]:
    return {
        "kpi": row.kpi.id,
        "label": row.kpi.label,
        "unit": row.kpi.unit,
        "owner": row.kpi.owner,
        "horizon": row.horizon,
        "period": row.period,
        "by": row.by.isoformat(),
        "value": number(row.value),
        "reason": row.reason,
        "target": number(row.target),
        "target_label": row.target_label,
        "target_reason": row.target_reason,
        "target_to_date": number(row.target_to_date),
        "range": _ends(row.range_low, row.range_high),
        "method": row.method,
        "periods": row.periods,
        "share": number(row.share),
        "landing": number(row.landing),
        "landing_reason": row.landing_reason,
        "interval": _ends(row.low, row.high),
        "leaning": row.leaning,
        "interval_reason": row.interval_reason,
        "errors": row.errors,
        "reached": row.reached,
        "gap": number(row.gap),
        "percent": number(row.percent),
        "attainment": number(row.attainment),
        "left": number(row.left),
        "days_left": row.days_left,
        "pace": number(row.pace),
        "expected": number(row.expected),
        "needed": number(row.needed),
        "ratio": number(row.ratio),
        "status": row.status,
        "stale": stale,
        "sentence": sentence(row, style),
    }


def _ends(low: float | None, high: float | None) -> dict[str, Any] | None:
    return None if low is None or high is None else {"low": number(low), "high": number(high)}
