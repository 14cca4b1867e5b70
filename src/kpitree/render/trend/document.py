"""`json`: one object, its keys in this order.

    schema_version  1
    tree            its name
    grain           day | week | month | quarter | year
    as_of           ISO date or null
    period          the last one: {label, start, end, complete, days, covered_days}; end exclusive
    dimensions[]    of --by
    limits          mean | median: what the process limits lie around
    kpis[]          in the order of the tree file; one entry for the whole (segment {}), then one a
                    segment
      kpi, label, unit, segment{}
      stale         whether its data is older than fresh_within; null unless --as-of is given and
                    some source says how fresh it is to be
      points[]      oldest first
        period, start, end     label and days; end is exclusive
        days, covered_days     of the whole period, and of the value: fewer while it is running
        value, reason          reason: null, or why value is null
        target, implied        the target that counts in this period; whether it follows from others
                               (null without a target)
        implied_by             from which, in words: goals by region, the targets of its operands;
                               null where it is its own
        target_reason          why there is none though the file gives one, else null
        centre, lower, upper   natural process limits, of the periods before; null with under 12
                               of them, and of a running period
        signal                 signal | noise; null without limits
        rule                   beyond_limits | run_of_8 | 3_of_4: why it is a signal, else null
        new_baseline           values are judged anew from this period on
    leads[]         each KPI shown with each KPI that it names in `leads`
      kpi, leads           the leader and the follower
      verdict              leads | together | not_seen | cannot_be_told
      lag                  periods that the leader is ahead; null where nothing stands out
      reason               why nothing can be told, else null
      leader_changes       {relative, per_day}: whether the changes of the leader are relative
                           (differences of logarithms), and of values per day
      follower_changes     the same of the follower
      lags[]               {lag, n, effective, correlation, lower, upper}: the follower's changes
                           beside the leader's `lag` periods earlier; n pairs, worth `effective`;
                           of ranks (normal scores); bounds of 95 % for all lags together
      sentence
    warnings[]      {code, message, kpi, source}

Numbers are unrounded and in their KPI's unit.
"""

from dataclasses import asdict, fields
from typing import Any

from kpitree.analysis.lead import Lag, Lead
from kpitree.analysis.results.standing import is_stale
from kpitree.analysis.results.trend import Trend
from kpitree.render.fields import machine_form, number
from kpitree.render.kpis import period_object
from kpitree.render.objects import SCHEMA_VERSION, warning_object
from kpitree.render.style import Style
from kpitree.render.trend.leading import sentence
from kpitree.render.trend.rows import Point, Row, rows_of


def document(trend: Trend, style: Style) -> dict[str, Any]:
    """The object as Python values. Raises ValueError for a number that is not finite."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tree": trend.tree.name,
        "grain": trend.grain.value,
        "as_of": trend.as_of and trend.as_of.isoformat(),
        "period": period_object(trend.period),
        "dimensions": list(trend.dimensions),
        "limits": trend.limits,
        "kpis": [_row(row, stale=is_stale(row.kpi.id, trend.stale)) for row in rows_of(trend)],
        "leads": [_lead(found, trend, style) for found in trend.leads],
        "warnings": [warning_object(notice) for notice in dict.fromkeys(trend.warnings)],
    }


def _row(row: Row, *, stale: bool | None) -> dict[str, Any]:
    return {
        "kpi": row.kpi.id,
        "label": row.kpi.label,
        "unit": row.kpi.unit,
        "segment": dict(row.segment),
        "stale": stale,
        "points": [_point(point) for point in row.points],
    }


def _point(point: Point) -> dict[str, Any]:
    figures = {field.name: getattr(point, field.name) for field in fields(point)}
    days = {"start": point.start.isoformat(), "end": point.end.isoformat()}
    return {name: machine_form(figure) for name, figure in (figures | days).items()}


def _lead(found: Lead, trend: Trend, style: Style) -> dict[str, Any]:
    leader, follower = found.taken
    return {
        "kpi": found.kpi,
        "leads": found.follower,
        "verdict": found.verdict,
        "lag": None if found.at is None else found.at.lag,
        "reason": found.reason,
        "leader_changes": asdict(leader),
        "follower_changes": asdict(follower),
        "lags": [_lag(lag) for lag in found.lags],
        "sentence": sentence(found, trend, style),
    }


def _lag(lag: Lag) -> dict[str, Any]:
    return {
        "lag": lag.lag,
        "n": lag.n,
        "effective": number(lag.effective),
        "correlation": number(lag.correlation),
        "lower": number(lag.lower),
        "upper": number(lag.upper),
    }
