"""`json`: one object, its keys in this order.

    schema_version  1
    tree            its name
    kpi             the KPI explained
    vs              target | previous | last-year | benchmark | period | rest
    method          path | shapley | levels | log | sequential
    order[]         the drivers in the order given, for the method that needs one
    mix_reference   average | segments | none; null where nothing is split by segment
    from, to        {label, value}
    change, residual, gross   of the lines below: change = sum of lines + residual; gross is
                    the sum of |line|
    factors         {ratio}: to / from, the product of the lines' factors; null unless asked for
    reason          null, or why there are no lines
    lines[]         in the order of the tree, or largest first with --top
      kpi, label, segment{}, effect      driver | rate | mix | threshold | unexplained | overlap |
                                         no_base | rest
      from, to      the driver's values; the segment's for rate; its shares for mix
      line, share   in the KPI's unit; line / change, null where that would mislead
      flags[]       carried | indivisible | new | lost
      via[]         {parent, flow}: where a driver's whole line reaches the KPI on several ways
      reason        why the driver is not split by segment, else null
      factor        exp(line / logarithmic mean of from and to); null unless asked for
      error         standard error of a line that was sampled, else null
    nodes[]         {kpi, line}: every KPI between the drivers and the one explained
    through[]       with --through, each step: {from, to, change, residual, lines[{kpi, effect,
                    line}]}
    steadiness      {reference, top, moved_top, reason}: the driver that explains most, and the
                    one that would against another reference; null where there is no other
    sentence
    warnings[]      {code, message, kpi, source}

Numbers are unrounded; shares are fractions.
"""

from typing import Any

from kpitree.analysis.attribution.contract import Attribution, Flow
from kpitree.analysis.results.change import Change, Steadiness
from kpitree.render.change.rows import Row, gross_of, ratio_of, residual_of, rows_of
from kpitree.render.change.told import told
from kpitree.render.fields import number
from kpitree.render.objects import (
    SCHEMA_VERSION,
    nodes_list,
    state_object,
    via_list,
    warning_object,
)
from kpitree.render.style import Style

Via = dict[tuple[str, str], tuple[float, tuple[Flow, ...]]]


def document(change: Change, _style: Style) -> dict[str, Any]:
    """The object as Python values. Raises ValueError for a number that is not finite."""
    found, rows = change.attribution, rows_of(change)
    via = _via(found)
    return {
        "schema_version": SCHEMA_VERSION,
        "tree": change.tree.name,
        "kpi": found.kpi,
        "vs": found.vs,
        "method": found.method,
        "order": list(found.order),
        "mix_reference": change.mix_reference,
        "from": state_object(found.from_label, found.before),
        "to": state_object(found.to_label, found.after),
        "change": number(found.change),
        "residual": number(residual_of(change, rows)),
        "gross": number(gross_of(change, rows)),
        "factors": {"ratio": number(ratio_of(found))} if change.factors else None,
        "reason": found.reason,
        "lines": [_line(row, via) for row in rows],
        "nodes": nodes_list(found),
        "through": [_step(link) for link in change.links],
        "steadiness": _steadiness(change.steadiness),
        "sentence": told(change),
        "warnings": [warning_object(notice) for notice in dict.fromkeys(change.warnings)],
    }


def _via(found: Attribution) -> Via:
    """Driver and effect -> the whole line and its ways."""
    return {(line.kpi, line.effect): (line.line, line.via) for line in found.lines if line.via}


def _line(row: Row, via: Via) -> dict[str, Any]:
    whole, ways = via.get((row.driver, row.effect), (None, ()))
    return {
        "kpi": row.driver,
        "label": row.label,
        "segment": dict(row.segment),
        "effect": row.effect,
        "from": number(row.before),
        "to": number(row.after),
        "line": number(row.line),
        "share": number(row.share),
        "flags": list(row.flags),
        "via": via_list(ways) if whole == row.line and not row.segment else [],
        "reason": row.reason,
        "factor": number(row.factor),
        "error": number(row.error),
    }


def _step(link: Attribution) -> dict[str, Any]:
    return {
        "from": state_object(link.from_label, link.before),
        "to": state_object(link.to_label, link.after),
        "change": number(link.change),
        "residual": number(link.residual),
        "lines": [
            {"kpi": line.kpi, "effect": line.effect, "line": number(line.line)}
            for line in link.lines
        ],
    }


def _steadiness(found: Steadiness | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "reference": found.reference,
        "top": found.top,
        "moved_top": found.moved_top,
        "reason": found.reason,
    }
