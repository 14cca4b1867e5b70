"""`json`: one object, its keys in this order.

    schema_version  1
    tree            its name
    root, grain
    as_of           ISO date or null
    period          {label, start, end, complete, days, covered_days}; end is exclusive; the
                    main period (the last, with --last N)
    kpis[]          in tree-file order: the whole (segment {}), then its segments; one entry
                    for each period shown, oldest first
      kpi, label, role, unit, owner, depth, parents[], segment{}, period
      value, reason          reason: null, or why value is null
      target, target_implied, target_reason, attainment, status
      comparisons[]  {vs, label, reference, change, percent, favourable, signal, reason}
    drivers[]       for each missed (or asked for) KPI and reference
      schema_version, tree, kpi, vs, method
      mix_reference          null: nothing is split into rate and mix
      from, to               {label, value}
      change, residual, gross
      reason                 null, or why there are no lines
      lines[]  {kpi, label, segment{}, effect, from, to, line, share, flags[], via[{parent, flow}]}
      nodes[]  {kpi, line}
      sentence
      warnings[]
    warnings[]      {code, message, kpi, source}

Numbers are unrounded and in their KPI's unit; percent, attainment and share are fractions.
Whole numbers below 2**53 have no fraction. Null where there is no value; never NaN.
"""

import json
from typing import Any

from kpitree.analysis.attribution.contract import Attribution, Line
from kpitree.analysis.result import Evaluation, PeriodInfo
from kpitree.errors import Notice
from kpitree.render.facts import Comparison, Fact, drawn, facts
from kpitree.render.long import number
from kpitree.render.sentence import sentence
from kpitree.render.style import Style
from kpitree.render.words import json_safe
from kpitree.tree.model import Tree

SCHEMA_VERSION = 1


def render(evaluation: Evaluation, style: Style) -> str:
    """The object, indented by two spaces, with a line feed at its end."""
    document = json.dumps(
        document_of(evaluation, style), indent=2, ensure_ascii=style.ascii, allow_nan=False
    )
    return json_safe(document) + "\n"


def document_of(evaluation: Evaluation, style: Style) -> dict[str, Any]:
    """The object as Python values. Raises ValueError for a number that is not finite."""
    tree = evaluation.tree
    shown = drawn(evaluation, style.depth)
    return {
        "schema_version": SCHEMA_VERSION,
        "tree": tree.name,
        "root": tree.root,
        "grain": str(evaluation.grain),
        "as_of": evaluation.as_of and evaluation.as_of.isoformat(),
        "period": _period(evaluation.period),
        "kpis": [_kpi(evaluation, fact) for fact in facts(evaluation, depth=style.depth)],
        "drivers": [
            attribution_object(found, tree)
            for found in evaluation.attributions
            if found.kpi in shown
        ],
        "warnings": [_warning(notice) for notice in evaluation.warnings],
    }


def attribution_object(found: Attribution, tree: Tree) -> dict[str, Any]:
    """One attribution, in the shape of `kpitree drivers --format json`."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tree": tree.name,
        "kpi": found.kpi,
        "vs": found.vs,
        "method": found.method,
        "mix_reference": None,
        "from": {"label": found.from_label, "value": number(found.before)},
        "to": {"label": found.to_label, "value": number(found.after)},
        "change": number(found.change),
        "residual": number(found.residual),
        "gross": number(found.gross),
        "reason": found.reason,
        "lines": [_line(line) for line in found.lines],
        "nodes": [{"kpi": kpi, "line": number(line)} for kpi, line in found.nodes.items()],
        "sentence": sentence(found, tree.kpi(found.kpi)),
        "warnings": [_warning(notice) for notice in found.warnings],
    }


def _period(period: PeriodInfo) -> dict[str, Any]:
    return {
        "label": period.span.label,
        "start": period.span.start.isoformat(),
        "end": period.span.end.isoformat(),
        "complete": period.complete,
        "days": period.days,
        "covered_days": period.covered_days,
    }


def _kpi(evaluation: Evaluation, fact: Fact) -> dict[str, Any]:
    kpi = fact.kpi
    return {
        "kpi": kpi.id,
        "label": kpi.label,
        "role": kpi.role,
        "unit": kpi.unit,
        "owner": kpi.owner,
        "depth": evaluation.depths.get(kpi.id),
        "parents": list(evaluation.parents.get(kpi.id, ())),
        "segment": dict(fact.segment),
        "period": fact.period,
        "value": number(fact.value),
        "reason": fact.reason,
        "target": number(fact.target),
        "target_implied": number(fact.target_implied),
        "target_reason": fact.target_reason,
        "attainment": number(fact.attainment),
        "status": fact.status,
        "comparisons": [_comparison(found) for found in fact.comparisons],
    }


def _comparison(found: Comparison) -> dict[str, Any]:
    return {
        "vs": found.vs,
        "label": found.label,
        "reference": number(found.reference),
        "change": number(found.change),
        "percent": number(found.percent),
        "favourable": found.favourable,
        "signal": found.signal,
        "reason": found.reason,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "kpi": line.kpi,
        "label": line.label,
        "segment": line.segment,
        "effect": line.effect,
        "from": number(line.before),
        "to": number(line.after),
        "line": number(line.line),
        "share": number(line.share),
        "flags": list(line.flags),
        "via": [{"parent": flow.parent, "flow": number(flow.flow)} for flow in line.via],
    }


def _warning(notice: Notice) -> dict[str, Any]:
    return {
        "code": notice.code,
        "message": notice.message,
        "kpi": notice.kpi,
        "source": notice.source,
    }
